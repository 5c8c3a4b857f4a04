// Opens the sample reports in a headless Chromium and looks at what a reader would see:
// node test.mjs FOLDER, with rich.html, hostile.html and so on in it. Prints "ok NAME" or "not ok NAME" for each
// test and "N passed, N failed" at the end.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

// Packages lie beside the folder of the reports, not beside this file.
const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "here.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const WIDTHS = [390, 768, 980, 1280];

const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"],
});

// ---- pages --------------------------------------------------------------------------------------

// A page of its own user data, with everything that went wrong on it in `faults`.
async function open(name, options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const faults = [];
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) faults.push(message.text()); });
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => { if (!request.url().startsWith("file:")) faults.push("request " + request.url()); });
    page.on("dialog", (dialog) => { faults.push("dialog " + dialog.message()); dialog.dismiss(); });
    await page.goto(pathToFileURL(path.join(folder, name + ".html")).href);
    return { page, faults, close: () => context.close() };
}

// Sections that lie out of sight are not laid out: for measuring they have to be.
function lay_out(page) {
    return page.evaluate(() => {
        for (const part of document.querySelectorAll(".part, .chapter")) part.style.contentVisibility = "visible";
        for (const details of document.querySelectorAll("details")) details.open = true;
    });
}

function ledger(page, caption) {
    return page.locator(".ledger", { has: page.locator("caption", { hasText: caption }) }).first();
}

const tests = [];
function test(name, run) {
    tests.push({ name, run });
}

// ---- what must hold of every report ----------------------------------------------------------------

for (const name of ["single", "rich", "hostile", "plain", "empty", "large"])
    test(`${name}: no error and no request`, async () => {
        const { page, faults, close } = await open(name);
        await page.waitForTimeout(100);
        assert.deepEqual(faults, []);
        assert.equal(await page.locator("h1").count(), 1);
        await close();
    });

for (const name of ["rich", "hostile"])
    test(`${name}: nothing overflows at ${WIDTHS.join(", ")} px`, async () => {
        const { page, close } = await open(name);
        await lay_out(page);
        for (const width of WIDTHS) {
            await page.setViewportSize({ width, height: 900 });
            const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
            assert.ok(widths[0] <= widths[1], `${widths[0]} px wide in ${widths[1]} px`);
        }
        await close();
    });

for (const [name, colorScheme, width] of [["rich", "light", 1280], ["rich", "dark", 1280], ["single", "dark", 390]])
    test(`axe finds nothing serious in ${name}, ${colorScheme}, ${width} px`, async () => {
        const { page, close } = await open(name, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await lay_out(page);
        // Rows are alike, and axe takes milliseconds for each word: a few of each table will do.
        await page.evaluate(() => {
            const alike = "#incident-3, .ledger tbody tr:nth-child(n + 4), .hypotheses > li:nth-child(n + 3), .records li:nth-child(n + 3)";
            for (const element of document.querySelectorAll(alike)) element.remove();
        });
        await page.evaluate(axe);
        const result = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
        const grave = result.violations.filter((fault) => ["serious", "critical"].includes(fault.impact));
        assert.deepEqual(grave.map((fault) => `${fault.id}: ${fault.nodes[0].html} ${fault.nodes[0].failureSummary}`), []);
        await close();
    });

// Waits for what a slow machine may show a little later.
async function until(holds) {
    for (let i = 0; i < 100; i++) {
        if (await holds()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail("it did not come within five seconds");
}

test("hostile: nothing of it became an element or an attribute", async () => {
    const { page, faults, close } = await open("hostile");
    await lay_out(page);
    // The last page of the messages is made by the script, from data.
    const status = ledger(page, "Proved").getByRole("status");
    await ledger(page, "Proved").getByRole("searchbox").fill("script");
    // A search begins when typing has stopped, and then shows the first page: all rows have the word.
    await page.waitForTimeout(1000);
    for (let i = 0; i < 5; i++) await ledger(page, "Proved").getByRole("button", { name: "Next page" }).click();
    await until(async () => /^251/.test(await status.textContent()));
    assert.equal(await page.locator("img, iframe, object, base, [onmouseover], [onerror], [style*=expression]").count(), 0);
    assert.equal(await page.locator("script:not([type])").count(), 1);
    assert.equal(await page.locator("a[href^='javascript:']").count(), 0);
    const text = await page.locator("main").textContent();
    assert.ok(text.includes("</script><script>fetch('//evil.example')"));
    assert.ok(!/[\u202e\u2028\u200b\u0000\u001b]/.test(text));
    assert.ok(text.includes("\\u202e") && text.includes("\\x00") && text.includes("\\x1b"));
    assert.deepEqual(faults, []);
    await close();
});

test("a script that is not the report's own does not run", async () => {
    const { page, close } = await open("single");
    await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "document.title = 'taken over'";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=\"document.title = 'taken over'\">");
    });
    await page.waitForTimeout(100);
    assert.ok((await page.title()).startsWith("Incident report"));
    await close();
});

// ---- the first screen --------------------------------------------------------------------------------

test("the first screen says what, how sure, since when and what to do", async () => {
    const { page, close } = await open("single");
    for (const words of ["Tokens that were never issued", "Someone read mail in 4 mailboxes", "99 %", "Do this first",
        "Revoke all sessions", "2026-11-17 02:11", "nadia.okafor@contoso.example", "60 proved read"]) {
        const box = await page.locator("main").getByText(words).first().boundingBox();
        assert.ok(box && box.y + box.height <= 900, `'${words}' is not on the first screen`);
    }
    await close();
});

test("where the evidence does not decide, it says so first", async () => {
    const { page, close } = await open("rich");
    const sure = await page.locator("#incident-2 .sure").textContent();
    assert.match(sure, /Cannot tell/);
    assert.match(sure, /Strongest lead:.*\d+ %/);
    await close();
});

test("several incidents begin with a list that leads to them", async () => {
    const { page, close } = await open("rich");
    const links = page.locator("#incidents td a");
    assert.equal(await links.count(), 3);
    await links.nth(1).click();
    const box = await page.locator("#incident-2-title").boundingBox();
    assert.ok(box.y >= 0 && box.y < 900);
    await close();
});

test("every link leads somewhere and every id is one", async () => {
    const { page, close } = await open("rich");
    const wrong = await page.evaluate(() => {
        const ids = Array.from(document.querySelectorAll("[id]"), (element) => element.id);
        const links = Array.from(document.querySelectorAll("a[href]"), (a) => a.getAttribute("href"));
        return [...ids.filter((id, i) => ids.indexOf(id) !== i), ...links.filter((href) => !ids.includes(href.slice(1)))];
    });
    assert.deepEqual(wrong, []);
    await close();
});

// ---- hypotheses --------------------------------------------------------------------------------------

test("the weights that are shown add up to the score that is shown", async () => {
    const { page, close } = await open("rich");
    const wrong = await page.evaluate(() => {
        const number = (cell) => Math.round(Number(cell.textContent.replace("\u2212", "-")) * 100) || 0;
        const faults = [];
        for (const table of document.querySelectorAll(".evidence")) {
            const items = Array.from(table.tBodies[0].querySelectorAll("td.number"), number);
            const sums = Array.from(table.tBodies[1].querySelectorAll("td.number"), number);
            const total = items.reduce((sum, weight) => sum + weight, 0);
            if (sums[1] + sums[2] !== total || sums[0] + total !== sums[3]) faults.push(table.caption.textContent);
        }
        return [document.querySelectorAll(".evidence").length, ...faults];
    });
    assert.deepEqual(wrong, [24]);
    await close();
});

test("a hypothesis opens by the keyboard, and all of them at once", async () => {
    const { page, close } = await open("single");
    const first = page.locator("details.hypothesis").first();
    assert.equal(await first.locator(".evidence").isVisible(), false);
    await first.locator("> summary").focus();
    await page.keyboard.press("Enter");
    assert.equal(await first.locator(".evidence").isVisible(), true);
    await page.getByRole("button", { name: "Open all" }).click();
    assert.equal(await page.locator("details.hypothesis[open]").count(), 8);
    await close();
});

// ---- tables ------------------------------------------------------------------------------------------

test("a table can be searched", async () => {
    const { page, close } = await open("single");
    const table = ledger(page, "Proved");
    await table.getByRole("searchbox").fill("settlement legal");
    await page.waitForTimeout(250);
    const rows = await table.locator("tbody tr").allTextContents();
    assert.ok(rows.length > 0 && rows.length < 60);
    assert.ok(rows.every((row) => /settlement/i.test(row) && /legal/i.test(row)));
    assert.match(await table.getByRole("status").textContent(), /of 60/);
    await table.getByRole("searchbox").fill("no such words");
    await page.waitForTimeout(250);
    assert.equal(await table.locator("tbody tr").count(), 0);
    await close();
});

test("a table can be narrowed to one mailbox", async () => {
    const { page, close } = await open("single");
    const table = ledger(page, "Proved");
    const choice = table.getByRole("combobox", { name: "Mailbox" });
    await choice.focus();
    await choice.selectOption("mei.tanaka@contoso.example");
    const rows = await table.locator("tbody tr td:first-child").allTextContents();
    assert.equal(rows.length, 10);
    assert.ok(rows.every((row) => row === "mei.tanaka@contoso.example"));
    await close();
});

test("a table can be sorted both ways, numbers as numbers", async () => {
    const { page, close } = await open("single");
    const table = ledger(page, "Proved");
    const bytes = async () => (await table.locator("tbody td.number").allTextContents()).map((text) => Number(text.replaceAll(",", "")));
    const button = table.locator("thead").getByRole("button", { name: "Bytes" });
    await button.click();
    const down = await bytes();
    assert.deepEqual(down, [...down].sort((a, b) => b - a));
    assert.equal(await table.locator("th[aria-sort=descending]").textContent(), "Bytes");
    await button.click();
    const up = await bytes();
    assert.deepEqual(up, [...up].sort((a, b) => a - b));
    await close();
});

test("a table has pages, and its last rows are those of the data", async () => {
    const { page, close } = await open("large");
    const table = ledger(page, "Proved");
    await table.getByRole("button", { name: "Next page" }).click();
    assert.match(await table.getByRole("status").textContent(), /^51–100 of 99,\d{3}$/);
    await table.locator("thead").getByRole("button", { name: "Mailbox" }).click();
    await table.locator("thead").getByRole("button", { name: "Mailbox" }).click();
    assert.equal(await table.locator("tbody tr td:first-child").first().textContent(), "user199@contoso.example");
    await close();
});

test("rows from the data look as rows of the page", async () => {
    const { page, close } = await open("large");
    const table = ledger(page, "Findings that belong");
    const shape = () => table.locator("tbody tr").first().evaluate((tr) => Array.from(tr.cells, (td) => td.className + "/" + td.dataset.l));
    const before = await shape();
    for (let i = 0; i < 4; i++) await table.getByRole("button", { name: "Next page" }).click();
    assert.match(await table.getByRole("status").textContent(), /^201–250/);
    assert.deepEqual(await shape(), before);
    const records = table.locator("tbody details.records").first();
    await records.locator("summary").click();
    assert.ok(await records.locator("code").count() > 0);
    await close();
});

test("a command is copied as it stands", async () => {
    const { page, close } = await open("single", { permissions: ["clipboard-read", "clipboard-write"] });
    const command = page.locator(".command").first();
    const text = await command.locator("pre").textContent();
    await command.getByRole("button", { name: "Copy" }).click();
    await command.getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
    assert.ok(text.split("\n").length === 4);
    await close();
});

// ---- records -----------------------------------------------------------------------------------------

// Opens the records of the finding of that row; gives their dialog.
async function open_records(page, row) {
    const details = ledger(page, "Findings that belong").locator("tbody tr").nth(row).locator("details.records");
    await details.locator("summary").click();
    await details.getByRole("button", { name: /Show the record/ }).click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    return dialog;
}
// A cited record as the page has it.
function data_of(page, id) {
    return page.evaluate((id) => JSON.parse(document.getElementById("record-data").textContent).records.find((it) => it.id === id), id);
}

test("a finding's record opens, says where it stood, and is copied exactly", async () => {
    const { page, faults, close } = await open("single", { permissions: ["clipboard-read", "clipboard-write"] });
    const dialog = await open_records(page, 0);
    const id = await dialog.locator("h3").first().textContent();
    const raw = (await data_of(page, id)).text;
    const text = await dialog.textContent();
    for (const words of ["Tokens that were never issued", "Inputexports/signins.json.gz", "byte 0", "b".repeat(64), "c".repeat(64)])
        assert.ok(text.includes(words), words);
    // Neither the number nor the letters are other than in the log.
    const shown = await dialog.locator("pre").textContent();
    assert.deepEqual(JSON.parse(shown), JSON.parse(raw));
    assert.match(shown, /^\{\n {2}"CreationTime": "2026-11-17T02:11:00",\n/);
    assert.ok(shown.includes('"Exact": 12345678901234567890,\n  "None": {},\n  "Folders": [\n    {\n'), shown);
    await dialog.getByRole("button", { name: "Copy" }).click();
    await dialog.getByRole("button", { name: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), raw);
    await dialog.getByRole("button", { name: "As exported" }).click();
    assert.equal(await dialog.locator("pre").textContent(), raw);
    await page.keyboard.press("Escape");
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.deepEqual(faults, []);
    await close();
});

test("rows of CSV, cut records and those that could not be read say what they are", async () => {
    const { page, faults, close } = await open("single");
    const texts = [];
    for (let row = 1; row < 6; row++) {
        const dialog = await open_records(page, row);
        texts.push(...await dialog.locator("article").allTextContents());
        await dialog.getByRole("button", { name: "Close" }).click();
    }
    const csv = texts.find((text) => text.includes("AuditData"));
    assert.match(csv, /Operation: Bind, and more\nAuditData: \{\n {2}"CreationTime": /);
    assert.ok(texts.some((text) => /100,000 more bytes are cut off here/.test(text)));
    assert.ok(texts.some((text) => /The record could not be read again: the file has changed/.test(text)));
    assert.ok(texts.some((text) => /2 records of this id are in the inputs/.test(text)));
    assert.deepEqual(faults, []);
    await close();
});

test("hostile: a record stays text, whatever is in it", async () => {
    const { page, faults, close } = await open("hostile");
    const dialog = await open_records(page, 0);
    assert.equal(await dialog.locator("img, iframe, script, [onmouseover], [onerror], pre *").count(), 0);
    const text = await dialog.locator("pre").textContent();
    assert.ok(text.includes("</script><script>fetch('//evil.example')") && text.includes("[".repeat(3000)));
    assert.ok(text.includes("\\u202e") && text.includes("\\u001b[31m") && text.includes("\\u0000"));
    assert.ok(!/[\u202e\u2028\u200b\u0000\u001b]/.test(await dialog.textContent()));
    for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        const widths = await dialog.evaluate((element) => [element.scrollWidth, element.clientWidth, element.getBoundingClientRect().right, innerWidth]);
        assert.ok(widths[0] <= widths[1] && widths[2] <= widths[3], `${widths} at ${width} px`);
    }
    assert.deepEqual(faults, []);
    await close();
});

for (const [colorScheme, width] of [["light", 1280], ["dark", 390]])
    test(`axe finds nothing serious in open records, ${colorScheme}, ${width} px`, async () => {
        const { page, close } = await open("single", { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await open_records(page, 2);
        await page.evaluate(axe);
        const result = await page.evaluate(() => axe.run(document.querySelector("dialog"), { resultTypes: ["violations"] }));
        const grave = result.violations.filter((fault) => ["serious", "critical"].includes(fault.impact));
        assert.deepEqual(grave.map((fault) => `${fault.id}: ${fault.nodes[0].html} ${fault.nodes[0].failureSummary}`), []);
        await close();
    });

test("records are printed when they are open, and then alone", async () => {
    const { page, close } = await open("single");
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("main").isVisible(), true);
    assert.equal(await page.getByText('"OperationCount": 1.0').count(), 0);
    await page.emulateMedia({ media: "screen" });
    const dialog = await open_records(page, 0);
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("main").isVisible(), false);
    // A dialog that stays where the screen had it loses its head on paper.
    assert.equal(await dialog.evaluate((element) => getComputedStyle(element).position + getComputedStyle(element).top), "absolute0px");
    await close();
});

test("without JavaScript the records' file is named", async () => {
    const { page, close } = await open("single", { javaScriptEnabled: false });
    assert.match(await page.locator("#records").textContent(), /records\.jsonl beside this file has \d+ records/);
    assert.equal(await page.locator("#records .with-script").isVisible(), false);
    await close();
});

test("the large report's records open", async () => {
    const { page, faults, close } = await open("large");
    assert.ok(await page.evaluate(() => document.getElementById("record-data").textContent.length) > 3e6);
    const started = performance.now();
    const dialog = await open_records(page, 0);
    const took = performance.now() - started;
    assert.ok(await dialog.locator("pre").count() === 1);
    console.log(`# the first record of the large report: after ${Math.round(took)} ms`);
    assert.deepEqual(faults, []);
    await close();
});

// ---- paper, no script, size --------------------------------------------------------------------------

test("it prints, with the evidence open and every row there is room for", async () => {
    const { page, faults, close } = await open("single");
    const pdf = await page.pdf({ preferCSSPageSize: true });
    assert.ok(pdf.length > 20000);
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    assert.equal(await page.locator("details.hypothesis.print:not([open])").count(), 0);
    assert.equal(await ledger(page, "Proved").locator("tbody tr").count(), 60);
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    assert.equal(await page.locator("details.hypothesis[open]").count(), 0);
    assert.equal(await ledger(page, "Proved").locator("tbody tr").count(), 50);
    assert.deepEqual(faults, []);
    await close();
});

test("without JavaScript everything can be read", async () => {
    const { page, close } = await open("large", { javaScriptEnabled: false });
    assert.equal(await page.locator("button, .tools").count(), 0);
    assert.equal(await ledger(page, "Proved").locator("tbody tr").count(), 200);
    assert.match(await ledger(page, "Proved").locator(".note").textContent(), /first 200 of 99,\d{3} rows.*scope\.csv/s);
    assert.equal(await ledger(page, "Proved").locator(".without-script").isVisible(), true);
    await page.locator("details.hypothesis > summary").first().click();
    assert.equal(await page.locator("details.hypothesis .evidence").first().isVisible(), true);
    await close();
});

test("the large report opens and is searched", async () => {
    const started = performance.now();
    const { page, close } = await open("large");
    const opened = performance.now();
    const table = ledger(page, "Proved");
    await table.getByRole("searchbox").fill("user150@ confidential");
    await table.getByText(/\(of 99,/).waitFor();
    const searched = performance.now();
    console.log(`# 100,000 messages, 10,000 findings: open after ${Math.round(opened - started)} ms, ` +
        `first search ${Math.round(searched - opened)} ms`);
    await close();
});

// ---- running -----------------------------------------------------------------------------------------

let passed = 0, failed = 0;
const wanted = process.argv[3];
for (const { name, run } of tests) {
    if (wanted && !name.includes(wanted)) continue;
    const started = performance.now();
    try {
        await run();
        passed++;
        console.log(`ok ${name}${process.env.TIMES ? `, ${Math.round(performance.now() - started)} ms` : ""}`);
    } catch (error) {
        failed++;
        console.log("not ok " + name + "\n" + String(error.stack).replace(/^/gm, "    "));
    }
}
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
