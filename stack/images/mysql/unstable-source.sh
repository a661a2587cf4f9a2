#!/bin/sh
# Prints an apt source for Debian unstable on the mirror that the base image
# already uses, because MySQL is not in a stable release and a mirror that
# works for the base is the only one known to be reachable.
set -eu

# shellcheck source=/dev/null # not there while linting
. /etc/os-release

# A base made by mmdebstrap has one-line sources, Debian's own image has deb822.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] || continue
    awk -v suite="$VERSION_CODENAME" '
        $1 == "deb" {
            options = ""
            first = 2
            if ($2 ~ /^\[/) {
                while ($first !~ /\]$/) { options = options " " $first; first++ }
                options = options " " $first
                first++
            }
            if ($(first + 1) != suite) next
            gsub(/[][]/, "", options)
            print "deb [check-valid-until=no" options "] " $first " unstable main"
            exit
        }' "$file"
done > /tmp/unstable.list

for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] || continue
    awk -v suite="$VERSION_CODENAME" -v RS= '
        {
            uri = key = ""
            matches = 0
            count = split($0, lines, "\n")
            for (i = 1; i <= count; i++) {
                n = split(lines[i], words, " ")
                name = tolower(words[1])
                if (name == "uris:") uri = words[2]
                if (name == "signed-by:" && words[2] ~ /^\//) key = " signed-by=" words[2]
                if (name == "suites:") for (j = 2; j <= n; j++) if (words[j] == suite) matches = 1
            }
            if (matches && uri != "") {
                print "deb [check-valid-until=no" key "] " uri " unstable main"
                exit
            }
        }' "$file"
done >> /tmp/unstable.list

if [ ! -s /tmp/unstable.list ]; then
    echo "unstable-source: no apt source for $VERSION_CODENAME in this base" >&2
    exit 1
fi
head -n 1 /tmp/unstable.list
rm /tmp/unstable.list
