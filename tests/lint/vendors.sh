#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makers' names are data: whatever families.c looks for in an identity may stand in no other source.
# Usage: vendors.sh
set -u
data=firmware/modem/families.c
words=$(sed -n 's/.*\.match = {\(.*\)}.*/\1/p' $data | grep -oE '"[^"]+"' | tr -d '"' | sort -u |
	paste -sd'|' -)
[ -n "$words" ] || { echo "vendors: $data names nobody" >&2; exit 1; }
bad=$(git ls-files -co --exclude-standard -- 'firmware/*.[ch]' 'board/*.[ch]' 'include/*.h' |
	grep -v "^$data$" | xargs grep -niE "(^|[^a-z])($words)")
[ -z "$bad" ] && echo "vendors: no maker's name outside of $data" && exit 0
echo "$bad" >&2
exit 1
