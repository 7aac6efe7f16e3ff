#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What holds for every file: its licence line, at most 100 columns of code, no unfinished business,
# no path of somebody's machine, no telephone number that may be somebody's (555-01xx are nobody's).
# Usage: files.sh, from the top of the source.
set -u
# Data that says by itself where it comes from, or has no comments.
data='^(LICENSE|tests/fuzz/corpus/|tests/golden/)|\.json$'
data="$data|^config/debian/(changelog|source/|po/POTFILES)"
list=$(mktemp)
found=$(mktemp)
trap 'rm -f "$list" "$found"' EXIT
git ls-files -co --exclude-standard 2>/dev/null >"$list" ||
	find . -type f -not -path './build/*' | cut -c3- >"$list"
texts=$(grep -vE "$data" "$list" | while read -r f; do [ -f "$f" ] && echo "$f"; done)
code=$(echo "$texts" | grep -E '\.([ch]|def|sql|sh)$')
[ -n "$code" ] || { echo "files: none found" >&2; exit 1; }

# Every line of stdin is a finding.
because() { # what is wrong
	sed "s|\$|: $1|" >>"$found"
}
in_texts() { # grep's options and pattern
	echo "$texts" | xargs grep "$@" /dev/null
}

echo "$texts" | xargs grep -L 'SPDX-License-Identifier: Apache-2.0' | because 'no SPDX line'
# (a single word cannot be broken)
for f in $code; do
	expand "$f" | LC_ALL=C.UTF-8 grep -nE '^.{101,}$' | grep -E '^[0-9]+: *[^ ]+ ' |
		cut -d: -f1 | sed "s|^|$f:|"
done | because 'longer than 100 columns'
# "todo despejado" is Spanish for "all clear"
in_texts -nwE 'TODO|FIXME|XXX|HACK|[Ss]tub' | grep -vE 'TODO DESPEJADO|lint/files\.sh' |
	because 'unfinished'
in_texts -nE '^(<<<<<<<|>>>>>>>)' | because 'a conflict'
in_texts -nE '(^|[^A-Za-z0-9_.])/(root|home|work|Users)/[a-z]' | because 'a path of one machine'
in_texts -noE '\+1[2-9][0-9]{9}([^0-9]|$)' | grep -vE '\+1[0-9]{3}55501[0-9]{2}' |
	because "a number that may be somebody's"

if [ -s "$found" ]; then
	cat "$found" >&2
	exit 1
fi
echo "files: $(echo "$texts" | wc -l) are in order"
