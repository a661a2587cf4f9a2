#!/usr/bin/env bash
# The gates of a change: its budget, then whether it is slower than the branch that it goes to.
#   ci/gate.sh            the budget in ci/budgets/checkout.toml
#   ci/gate.sh main       that, and the change against main (the branch has to be fetched)
# The answer is in reports/out/*-gate-*/: gate.md for a comment, junit.xml for the CI server. Exit codes as of
# redline: 0 fine, 10 a limit is broken or the change is slower, 4 not measurable here. Both gates are always made.
set -uo pipefail
cd "$(dirname "$0")/.."

redline=${REDLINE:-target/release/redline}
if [ ! -x "$redline" ]; then
    cargo build --release --locked || exit 1
fi

worst=0
gate() {
    printf '\n== redline gate %s (%s)\n' "$*" "$(date -u +%H:%M:%S)"
    "$redline" gate "$@"
    local code=$?
    # 10 says more than 4, and any code says more than 0.
    if [ "$worst" -eq 0 ] || [ "$code" -eq 10 ]; then worst=$code; fi
}

gate "${REDLINE_BUDGET:-ci/budgets/checkout.toml}"
if [ $# -gt 0 ]; then gate --base "$1"; fi
exit "$worst"
