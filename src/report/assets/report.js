// What report.html can do beside being read: search, sort and page through its tables, copy commands,
// show what a thing is connected with, and open everything for printing. The page is whole without it.
// SPDX-License-Identifier: Apache-2.0
"use strict";
(function () {
    const PAGE = 50; // rows shown at once
    const PRINTED = 200; // rows of a table on paper: as many as there are without a script
    const TOOLS_FROM = 8; // smaller tables need no tools
    const FACET_LIMIT = 200; // more different values are no choice

    function make(name, attributes, text) {
        const element = document.createElement(name);
        for (const key in attributes) element.setAttribute(key, attributes[key]);
        if (text !== undefined) element.textContent = text;
        return element;
    }
    function figure(number) {
        return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
    }

    // Places to break a line, as the page's own rows have them.
    function add_long_text(element, text) {
        text.split(/(?<=[@/\\])(?=.)/s).forEach((piece, i) => {
            if (i) element.append(make("wbr", {}));
            element.append(piece);
        });
    }

    // ---- rows ----------------------------------------------------------------------------------

    // A row is {cells, node}: cells as the JSON has them (text, number, [count, ids]), node made when shown.
    function read_cell(kind, td) {
        if (kind === "number") return Number(td.textContent.replace(/,/g, ""));
        if (kind !== "records") return td.textContent;
        const ids = Array.from(td.querySelectorAll("code"), (code) => code.textContent);
        const summary = td.querySelector("summary");
        return [summary ? Number(summary.textContent.replace(/\D/g, "")) : 0, ids];
    }
    function show_records(td, cell) {
        if (!cell[0]) return;
        const details = make("details", { class: "records" });
        details.append(make("summary", {}, figure(cell[0]) + " record" + (cell[0] === 1 ? "" : "s")));
        const list = make("ul", {});
        for (const id of cell[1]) {
            const item = make("li", {});
            item.append(make("code", {}, id));
            list.append(item);
        }
        if (cell[0] > cell[1].length)
            list.append(make("li", {}, "and " + figure(cell[0] - cell[1].length) + " more"));
        details.append(list);
        td.append(details);
    }
    function show_cell(column, cell) {
        const td = make("td", { class: column.kind, "data-l": column.title });
        if (column.kind === "records") show_records(td, cell);
        else if (column.kind === "number") td.textContent = figure(cell);
        else if (column.kind === "level") td.append(make("span", { class: "level " + cell }, cell));
        else if (column.kind !== "code") add_long_text(td, cell);
        else if (cell) {
            const code = make("code", {});
            add_long_text(code, cell);
            td.append(code);
        }
        return td;
    }
    function show_row(columns, row) {
        if (!row.node) {
            row.node = make("tr", {});
            row.cells.forEach((cell, i) => row.node.append(show_cell(columns[i], cell)));
        }
        return row.node;
    }
    function words(cell) {
        return Array.isArray(cell) ? cell[1].join("\n") : String(cell);
    }
    function compare(a, b) {
        const x = Array.isArray(a) ? a[0] : a, y = Array.isArray(b) ? b[0] : b;
        return x < y ? -1 : x > y ? 1 : 0;
    }

    // ---- a table -------------------------------------------------------------------------------

    function ledger(root) {
        const table = root.querySelector("table"), body = table.tBodies[0];
        const heads = Array.from(table.tHead.rows[0].cells);
        const data = root.querySelector("script");
        const columns = heads.map((th) => ({ kind: th.className, title: th.textContent }));
        const name = table.caption.textContent;
        const given = Array.from(body.rows); // in the page itself
        let rows = null, shown = null, page = 0, sorted = -1, is_down = false;
        const chosen = new Map();

        // Read when first asked for, so that the page opens at once.
        function load() {
            if (rows) return;
            rows = given.map((tr) => ({
                cells: Array.from(tr.cells, (td, i) => read_cell(columns[i].kind, td)),
                node: tr,
            }));
            if (data) for (const cells of JSON.parse(data.textContent)) rows.push({ cells, node: null });
            rows.forEach((row, i) => { row.order = i; });
            shown = rows;
        }
        function is_wanted(row, needles) {
            for (const [i, value] of chosen) if (words(row.cells[i]) !== value) return false;
            if (!needles.length) return true;
            if (row.text === undefined) row.text = row.cells.map(words).join("\n").toLowerCase();
            return needles.every((needle) => row.text.includes(needle));
        }
        function choose() {
            load();
            const needles = search.value.toLowerCase().split(/\s+/).filter(Boolean);
            shown = rows.filter((row) => is_wanted(row, needles));
            if (sorted >= 0)
                shown.sort((a, b) => (is_down ? -1 : 1) * compare(a.cells[sorted], b.cells[sorted]) || a.order - b.order);
            page = 0;
            render();
        }
        function render() {
            load();
            const first = page * PAGE, last = Math.min(first + PAGE, shown.length);
            body.replaceChildren(...shown.slice(first, last).map((row) => show_row(columns, row)));
            tell(first, last, shown.length, rows.length);
        }
        // On paper there is no paging.
        function print(is_printing) {
            if (is_printing) body.replaceChildren(...(rows ? shown.slice(0, PRINTED).map((row) => show_row(columns, row)) : given));
            else if (rows) render();
            else body.replaceChildren(...given.slice(0, PAGE));
        }
        function tell(first, last, count, all) {
            const of = count === all ? figure(all) : figure(count) + " (of " + figure(all) + ")";
            status.textContent = count ? figure(first + 1) + "\u2013" + figure(last) + " of " + of : "none of " + figure(all);
            back.disabled = first === 0;
            next.disabled = last >= count;
            back.hidden = next.hidden = all <= PAGE;
        }
        function sort_by(i) {
            is_down = sorted === i ? !is_down : columns[i].kind === "number" || columns[i].kind === "records";
            sorted = i;
            heads.forEach((th, k) => {
                if (k === i) th.setAttribute("aria-sort", is_down ? "descending" : "ascending");
                else th.removeAttribute("aria-sort");
            });
            choose();
        }
        function fill_facet(select, i) {
            if (select.options.length > 1) return;
            load();
            const values = Array.from(new Set(rows.map((row) => words(row.cells[i])))).sort();
            for (const value of values.slice(0, FACET_LIMIT)) select.append(make("option", { value }, value || "(empty)"));
        }
        function add_facet(i) {
            const select = make("select", { "aria-label": columns[i].title + ", " + name });
            select.append(make("option", { value: "" }, columns[i].title + ": all"));
            // The choices are gathered when they are wanted.
            for (const wish of ["pointerdown", "focus"]) select.addEventListener(wish, () => fill_facet(select, i));
            select.addEventListener("change", () => {
                if (select.selectedIndex === 0) chosen.delete(i);
                else chosen.set(i, select.value);
                choose();
            });
            tools.append(select);
        }

        const tools = make("div", { class: "tools" });
        const search = make("input", { type: "search", placeholder: "Search these rows", "aria-label": "Search: " + name });
        const status = make("span", { class: "shown", role: "status" });
        const back = make("button", { type: "button", "aria-label": "Page before, " + name }, "\u2190");
        const next = make("button", { type: "button", "aria-label": "Next page, " + name }, "\u2192");
        let waiting = 0;
        search.addEventListener("input", () => {
            clearTimeout(waiting);
            waiting = setTimeout(choose, 120);
        });
        back.addEventListener("click", () => { page--; render(); });
        next.addEventListener("click", () => { page++; render(); });
        tools.append(search);
        heads.forEach((th, i) => {
            if (th.hasAttribute("data-facet")) add_facet(i);
            if (columns[i].kind === "records") return;
            const button = make("button", { type: "button" }, th.textContent);
            button.addEventListener("click", () => sort_by(i));
            th.replaceChildren(button);
        });
        tools.append(status, back, next);
        const note = root.querySelector("[data-rows]");
        const all = note ? Number(note.dataset.rows) : body.rows.length;
        tell(0, Math.min(PAGE, all), all, all);
        // What the table is stands above its tools; the caption itself goes on naming it for screen readers.
        table.before(make("p", { class: "caption", "aria-hidden": "true" }, name), tools);
        table.caption.classList.add("hidden");
        print(false);
        return print;
    }

    // ---- commands, graph ------------------------------------------------------------------------

    // Files opened from a disk have no clipboard in some browsers: then the text is selected and copied the old way.
    function copy_text(text, pre) {
        if (navigator.clipboard && window.isSecureContext)
            return navigator.clipboard.writeText(text).catch(() => copy_selected(text, pre));
        return copy_selected(text, pre);
    }
    function copy_selected(text, pre) {
        const give = (event) => {
            event.preventDefault();
            event.clipboardData.setData("text/plain", text);
        };
        getSelection().selectAllChildren(pre);
        addEventListener("copy", give);
        const is_done = document.execCommand("copy");
        removeEventListener("copy", give);
        return is_done ? Promise.resolve() : Promise.reject(new Error("no clipboard"));
    }
    function copy_button(text, pre) {
        const button = make("button", { type: "button", class: "copy" }, "Copy");
        button.addEventListener("click", () => {
            copy_text(text, pre).then(() => { button.textContent = "Copied"; }, () => { button.textContent = "Press Ctrl+C"; });
            setTimeout(() => { button.textContent = "Copy"; }, 2500);
        });
        return button;
    }
    function add_copy(command) {
        const pre = command.querySelector("pre");
        command.append(copy_button(pre.textContent, pre));
    }
    function pick(graph, node) {
        const number = node && node.dataset.n, near = new Set([number]);
        graph.classList.toggle("is-picking", Boolean(node));
        for (const edge of graph.querySelectorAll(".edge")) {
            const is_near = node && (edge.dataset.a === number || edge.dataset.b === number);
            edge.classList.toggle("is-picked", Boolean(is_near));
            if (is_near) near.add(edge.dataset.a).add(edge.dataset.b);
        }
        for (const other of graph.querySelectorAll(".node")) other.classList.toggle("is-picked", Boolean(node) && near.has(other.dataset.n));
    }
    function add_picking(graph) {
        graph.addEventListener("pointerover", (event) => pick(graph, event.target.closest(".node")));
        graph.addEventListener("pointerleave", () => pick(graph, null));
    }
    function add_fold(list) {
        const items = Array.from(list.querySelectorAll("details.hypothesis"));
        const button = make("button", { type: "button", class: "fold" }, "Open all");
        button.addEventListener("click", () => {
            const is_open = items.some((item) => !item.open);
            for (const item of items) item.open = is_open;
            button.textContent = is_open ? "Close all" : "Open all";
        });
        const line = make("p", { class: "tools" });
        line.append(button);
        list.before(line);
    }

    // ---- records -------------------------------------------------------------------------------

    const INDENT_LIMIT = 40;
    // As report/safe.c: what is not seen, or moves what is, becomes a visible escape; so do letters' marks beyond three.
    const UNSEEN = new RegExp("[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5" +
        "\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0\\ufff0-\\ufffb\\ufffe\\uffff" +
        "\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}\\u{f0000}-\\u{10ffff}]|(?<=\\p{M}{3})\\p{M}", "gu");
    let records = null; // by id; read when first asked for

    function visible(text) {
        return text.replace(UNSEEN, (letter) => {
            const code = letter.codePointAt(0), digits = code.toString(16);
            return code > 0xffff ? "\\U" + digits.padStart(8, "0") : "\\u" + digits.padStart(4, "0");
        });
    }
    function load_records() {
        const data = document.getElementById("record-data");
        if (records || !data) return records;
        const all = JSON.parse(data.textContent);
        records = new Map();
        for (const record of all.records) {
            record.where = all.inputs[record.input];
            record.header = all.headers[record.input];
            if (!records.has(record.id)) records.set(record.id, record);
        }
        return records;
    }
    // JSON with line feeds and blanks between its parts, none of which is changed: numbers and repeated keys stay as they were.
    function indent(text) {
        const parts = text.match(/"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\],:]|[^\s{}[\],:"]+/gs) || [];
        const lines = [];
        let depth = 0, line = "";
        const feed = () => {
            lines.push(line);
            line = "  ".repeat(Math.min(Math.max(depth, 0), INDENT_LIMIT));
        };
        parts.forEach((part, i) => {
            const before = parts[i - 1];
            if (part === "}" || part === "]") {
                depth--;
                if (before !== "{" && before !== "[") feed();
            } else if (before === "{" || before === "[") feed();
            line += part === ":" ? ": " : part;
            if (part === "{" || part === "[") depth++;
            if (part === ",") feed();
        });
        lines.push(line);
        return lines.join("\n");
    }
    // Cells of one row of CSV (RFC 4180).
    function cells_of(text, delimiter) {
        const cells = [];
        let cell = "", is_quoted = false;
        for (let i = 0; i < text.length; i++) {
            const letter = text[i];
            if (is_quoted && letter === '"' && text[i + 1] === '"') cell += text[i++];
            else if (letter === '"' && (is_quoted || cell === "")) is_quoted = !is_quoted;
            else if (letter === delimiter && !is_quoted) {
                cells.push(cell);
                cell = "";
            } else cell += letter;
        }
        cells.push(cell);
        return cells;
    }
    function readable(record) {
        // What is no JSON stays as it is; of a record that was cut off the end is missing.
        const is_json = (text) => {
            try {
                return /^\s*[{[]/.test(text) && (record.cut || JSON.parse(text) !== null);
            } catch {
                return false;
            }
        };
        if (!record.delimiter) return is_json(record.text) ? indent(record.text) : record.text;
        return cells_of(record.text, record.delimiter).map((cell, i) => {
            const name = record.header && record.header[i] || "column " + (i + 1);
            return name + ": " + (is_json(cell) ? indent(cell) : cell);
        }).join("\n");
    }
    function add_facts(article, record) {
        const list = make("dl", {});
        const add = (term, text) => { if (text) list.append(make("dt", {}, term), make("dd", {}, text)); };
        const where = record.where;
        add("Input", where && where.path + (where.format === "plain" ? "" : " (" + where.format + ")"));
        add("Place", where && (record.line ? "line " + figure(record.line) + ", " : "") + "byte " + figure(record.offset));
        add("Input\u2019s SHA-256", where && where.sha256);
        add("Record\u2019s SHA-256", record.sha256 && record.sha256 + " (" + figure(record.bytes) + " bytes)");
        add("Copies", record.copies > 1 && figure(record.copies) + " records of this id are in the inputs; this is one of them");
        add("Note", record.note);
        add("Note", record.is_repaired && "bytes that are no UTF-8 are shown as \ufffd; records.jsonl has them");
        article.append(list);
    }
    function add_text(article, record) {
        const pre = make("pre", { tabindex: "0" }, visible(readable(record)));
        const tools = make("p", { class: "tools" }), toggle = make("button", { type: "button", "aria-pressed": "false" }, "As exported");
        toggle.addEventListener("click", () => {
            const is_exact = toggle.getAttribute("aria-pressed") === "false";
            toggle.setAttribute("aria-pressed", String(is_exact));
            pre.textContent = visible(is_exact ? record.text : readable(record));
        });
        tools.append(copy_button(record.text, pre), toggle);
        article.append(tools, pre);
        if (record.cut) article.append(make("p", { class: "note" }, figure(record.cut) + " more bytes are cut off here and in records.jsonl."));
    }
    function show_record(id) {
        const article = make("article", {}), record = records.get(id);
        const title = make("h3", {});
        title.append(make("code", {}, id));
        article.append(title);
        if (!record) {
            article.append(make("p", { class: "note" }, "There is no room for it in this page: see records.jsonl beside it."));
            return article;
        }
        add_facts(article, record);
        if (record.text === undefined) article.append(make("p", { class: "note" }, "The record " + record.why + "."));
        else add_text(article, record);
        return article;
    }
    // What the records are listed for.
    function subject_of(details) {
        const row = details.closest("tr"), cell = row && (row.querySelector("td.long") || row.cells[0]);
        if (!cell) return "";
        const copy = cell.cloneNode(true);
        for (const mark of copy.querySelectorAll(".mark")) mark.remove();
        return copy.textContent.trim();
    }
    function show_dialog(details, ids) {
        const dialog = make("dialog", { class: "raw", "aria-labelledby": "raw-title" });
        const head = make("header", {}), close = make("button", { type: "button", class: "close" }, "Close");
        head.append(make("h2", { id: "raw-title" }, ids.length === 1 ? "Record" : "Records"), close);
        dialog.append(head, make("p", { class: "of" }, subject_of(details)), ...ids.map(show_record));
        close.addEventListener("click", () => dialog.close());
        dialog.addEventListener("close", () => dialog.remove());
        document.body.append(dialog);
        dialog.showModal();
    }
    function add_opener(details) {
        if (details.querySelector(".opener") || !load_records()) return;
        const ids = Array.from(details.querySelectorAll("code"), (code) => code.textContent);
        const button = make("button", { type: "button", class: "opener" }, ids.length === 1 ? "Show the record" : "Show the records");
        button.addEventListener("click", () => show_dialog(details, ids));
        details.querySelector("summary").after(button);
    }
    // Rows come and go as a table is paged: one listener hears of all that are opened.
    document.addEventListener("toggle", (event) => {
        if (event.target.open && event.target.classList.contains("records")) add_opener(event.target);
    }, true);

    // ---- printing ------------------------------------------------------------------------------

    let opened = [];
    const printers = [];
    addEventListener("beforeprint", () => {
        for (const print of printers) print(true);
        opened = Array.from(document.querySelectorAll("details.print:not([open])"));
        for (const item of opened) item.open = true;
    });
    addEventListener("afterprint", () => {
        for (const print of printers) print(false);
        for (const item of opened) item.open = false;
    });

    document.documentElement.classList.add("has-script");
    for (const root of document.querySelectorAll(".ledger")) {
        const table = root.querySelector("table");
        if (table.tHead && table.tBodies[0].rows.length >= TOOLS_FROM) printers.push(ledger(root));
    }
    document.querySelectorAll(".command").forEach(add_copy);
    document.querySelectorAll("svg.graph").forEach(add_picking);
    document.querySelectorAll("ol.hypotheses").forEach(add_fold);
})();
