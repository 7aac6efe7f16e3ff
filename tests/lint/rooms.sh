#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks every #include of firmware, board and include against the table of rooms. Usage: rooms.sh TABLE
set -u
table=$1
bad=$(git ls-files -co --exclude-standard -- 'firmware/*.[ch]' 'board/*.[ch]' 'include/*.h' | xargs grep -n '^ *# *include' | awk -F: -v table="$table" '
	function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
	BEGIN {
		while ((getline line < table) > 0) {
			if (line ~ /^ *(#|$)/) continue
			split(line, f, /\|/)
			# a pattern may hold "|" within ( ): then the line has more fields
			n = split(line, f, / \| */)
			rooms++
			room[rooms] = trim(f[1]); pattern[rooms] = "^" trim(f[2]) "$"
			faces[rooms] = " " trim(f[3]) " "; libs[rooms] = trim(f[4])
			sub(/\|$/, "", room[rooms])
		}
	}
	{
		file = $1; inc = $0; sub(/^[^#]*# *include */, "", inc)
		name = inc; gsub(/^[<"]|[>"].*$/, "", name)
		r = 0
		for (i = 1; i <= rooms; i++) if (file ~ pattern[i]) { r = i; break }
		if (!r) { print file ": belongs to no room of " table; next }
		if (name ~ /^faro\//) {
			face = name; sub(/^faro\//, "", face); sub(/\.(h|def)$/, "", face)
			if (faces[r] !~ / \* / && index(faces[r], " " face " ") == 0)
				print file ":" $2 ": " room[r] " may not stand on " face " (it stands on:" faces[r] ")"
		} else if (name ~ /^(sqlite3|gpiod|libserialport|libconfig|sodium|jansson|csv|cmocka|curl)/ || name ~ /^systemd\//) {
			ok = 0; m = split(libs[r], l, " ")
			for (i = 1; i <= m; i++) if (index(name, l[i]) == 1) ok = 1
			if (!ok) print file ":" $2 ": " room[r] " may not include <" name ">"
		}
	}')
[ -z "$bad" ] && echo "rooms: every include is in the table" && exit 0
echo "$bad" >&2
exit 1
