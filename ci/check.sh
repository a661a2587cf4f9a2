#!/usr/bin/env bash
# The whole check: format, lints, dependencies, the README's test command. Needs Rust, a C compiler and
# Docker; installs the rest itself. `--fast` leaves out what needs Docker and the dependency check.
set -euo pipefail
cd "$(dirname "$0")/.."

fast=no
[ "${1:-}" = "--fast" ] && fast=yes

say() { printf '\n== %s (%s)\n' "$1" "$(date -u +%H:%M:%S)"; }

say "format"
cargo fmt --all --check

say "lints, warnings denied"
cargo clippy --workspace --all-targets --locked -- -D warnings

say "shell scripts parse"
git ls-files '*.sh' .ci/run | xargs -n1 bash -n

if [ "$fast" = no ]; then
    say "dependencies: licences, sources, bans"
    tools="${REDLINE_CI_TOOLS:-$PWD/target/ci-tools}"
    if ! command -v cargo-deny >/dev/null && [ ! -x "$tools/bin/cargo-deny" ]; then
        cargo install --locked --quiet cargo-deny --version 0.20.2 --root "$tools"
    fi
    PATH="$tools/bin:$PATH" cargo deny --log-level error check licenses sources bans
fi

say "tests"
# The command is the README's own, so that what a newcomer types is what is checked.
test_command=$(sed -n 's/^\(cargo test.*\)$/\1/p' README.md | head -n 1)
[ -n "$test_command" ] || { echo "README.md names no test command" >&2; exit 1; }
if [ "$fast" = yes ]; then export REDLINE_SKIP_DOCKER=1; fi
echo "+ $test_command"
bash -c "$test_command"
