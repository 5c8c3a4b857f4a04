# bash completion for stormglass; made by 'stormglass docs bash'.
_stormglass() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    if [ "$command" = rules ] && [ "$COMP_CWORD" -gt 2 ]; then command="rules ${COMP_WORDS[2]}"; fi
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W "scan summary verify gaps explain simulate docs help version rules" -- "$word"))
        return
    fi
    if [ "$command" = rules ]; then COMPREPLY=($(compgen -W "check test list update" -- "$word")); return; fi
    if [ "$command" = docs ]; then COMPREPLY=($(compgen -W "man bash zsh fish commands fields" -- "$word")); return; fi
    case "$command $before" in
    "scan --out" | "scan -o") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "scan --format" | "scan -f") COMPREPLY=($(compgen -W "text json jsonl" -- "$word")); return ;;
    "scan --rules" | "scan -r") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "scan --level" | "scan -l") COMPREPLY=($(compgen -W "info low medium high critical" -- "$word")); return ;;
    "scan --status") COMPREPLY=($(compgen -W "stable test experimental deprecated unsupported" -- "$word")); return ;;
    "scan --tag") return ;;
    "scan --exclude-rule") return ;;
    "scan --exclude-rules") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "scan --placeholders") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "scan --logsource") return ;;
    "scan --since") return ;;
    "scan --until") return ;;
    "scan --fail-on") COMPREPLY=($(compgen -W "info low medium high critical" -- "$word")); return ;;
    "scan --mmdb") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "scan --hypotheses") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "scan --state") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "scan --threads" | "scan -j") return ;;
    "summary --format" | "summary -f") COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    "summary --since") return ;;
    "summary --until") return ;;
    "summary --threads" | "summary -j") return ;;
    "verify --format" | "verify -f") COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    "gaps --format" | "gaps -f") COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    "gaps --since") return ;;
    "gaps --until") return ;;
    "gaps --mmdb") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "gaps --threads" | "gaps -j") return ;;
    "explain --rules" | "explain -r") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "explain --placeholders") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "explain --logsource") return ;;
    "explain --record") return ;;
    "rules check --placeholders") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "rules test --placeholders") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "rules list --format" | "rules list -f") COMPREPLY=($(compgen -W "text json" -- "$word")); return ;;
    "rules list --rules" | "rules list -r") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "rules list --level" | "rules list -l") COMPREPLY=($(compgen -W "info low medium high critical" -- "$word")); return ;;
    "rules list --status") COMPREPLY=($(compgen -W "stable test experimental deprecated unsupported" -- "$word")); return ;;
    "rules list --tag") return ;;
    "rules list --exclude-rule") return ;;
    "rules list --exclude-rules") COMPREPLY=($(compgen -f -- "$word")); return ;;
    "rules list --placeholders") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "rules update --rules" | "rules update -r") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "simulate --out" | "simulate -o") COMPREPLY=($(compgen -d -- "$word")); return ;;
    "simulate --scenario" | "simulate -s") return ;;
    "simulate --dialect") return ;;
    "simulate --seed") return ;;
    "simulate --mailboxes") return ;;
    "simulate --days") return ;;
    "simulate --start") return ;;
    esac
    if [ "${word#-}" != "$word" ]; then
        case $command in
        "scan") COMPREPLY=($(compgen -W "--out --format --rules --no-builtin-rules --level --status --tag --exclude-rule --exclude-rules --placeholders --logsource --since --until --fail-on --mmdb --hypotheses --state --threads --quiet --no-color --help" -- "$word")) ;;
        "summary") COMPREPLY=($(compgen -W "--format --since --until --threads --quiet --no-color --help" -- "$word")) ;;
        "verify") COMPREPLY=($(compgen -W "--format --quiet --no-color --help" -- "$word")) ;;
        "gaps") COMPREPLY=($(compgen -W "--format --since --until --mmdb --threads --quiet --no-color --help" -- "$word")) ;;
        "explain") COMPREPLY=($(compgen -W "--rules --no-builtin-rules --placeholders --logsource --record --no-color --help" -- "$word")) ;;
        "rules check") COMPREPLY=($(compgen -W "--placeholders --quiet --no-color --help" -- "$word")) ;;
        "rules test") COMPREPLY=($(compgen -W "--placeholders --quiet --no-color --help" -- "$word")) ;;
        "rules list") COMPREPLY=($(compgen -W "--format --rules --no-builtin-rules --level --status --tag --exclude-rule --exclude-rules --placeholders --no-color --help" -- "$word")) ;;
        "rules update") COMPREPLY=($(compgen -W "--rules --dry-run --quiet --no-color --help" -- "$word")) ;;
        "simulate") COMPREPLY=($(compgen -W "--out --scenario --dialect --seed --mailboxes --days --start --quiet --no-color --help" -- "$word")) ;;
        "docs") COMPREPLY=($(compgen -W "--no-color --help" -- "$word")) ;;
        "help") COMPREPLY=($(compgen -W "--no-color --help" -- "$word")) ;;
        "version") COMPREPLY=($(compgen -W "--no-color --help" -- "$word")) ;;
        esac
        return
    fi
    COMPREPLY=($(compgen -f -- "$word"))
}
complete -o filenames -F _stormglass stormglass
