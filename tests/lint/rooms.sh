#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks every #include of firmware, board and include, and what the pure rooms must not call,
# against the table of rooms. Usage: rooms.sh TABLE [TREE]
set -eu
table=$(realpath "$1")
cd "${2:-.}"
files=$(find firmware board include -name '*.[ch]' -o -name '*.def' | LC_ALL=C sort)
awk -v table="$table" '
	function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
	function complain(words) { print FILENAME ":" FNR ": " words; bad++ }
	function has(list, word) { return index(" " list " ", " " word " ") > 0 }
	function read_table(    line, n, f) {
		while ((getline line < table) > 0) {
			if (line ~ /^ *(#|$)/) continue
			if (line ~ /^[A-Za-z]+ *=/) {
				n = index(line, "=")
				set[trim(substr(line, 1, n - 1))] = trim(substr(line, n + 1))
				continue
			}
			if (split(line, f, / +\| */) < 5) {
				print table ": not a row: " line
				exit stop = 2
			}
			rooms++
			room[rooms] = trim(f[1])
			pattern[rooms] = "^" trim(f[2]) "$"
			faces[rooms] = trim(f[3])
			headers[rooms] = trim(f[4])
			never[rooms] = trim(f[5])
			if (match(never[rooms], /clocks/))
				sub(/clocks/, set["clocks"], never[rooms])
		}
		if (!rooms) { print table ": no rows"; exit stop = 2 }
	}
	# a header is allowed by its name, or by a set it is in ("pure", "C")
	function header_allowed(name, r,    w, n, i) {
		n = split(headers[r], w, / +/)
		for (i = 1; i <= n; i++)
			if (w[i] == name || (w[i] in set && has(set[w[i]], name)) ||
				(w[i] == "C" && has(set["pure"], name)))
				return 1
		return 0
	}
	function check_include(line,    name, face, quoted) {
		name = line
		sub(/^ *# *include */, "", name)
		quoted = name ~ /^"/
		sub(/^[<"]/, "", name)
		sub(/[>"].*$/, "", name)
		if (name ~ /^faro\//) {
			face = name
			sub(/^faro\//, "", face)
			sub(/\.(h|def)$/, "", face)
			if (faces[r] != "*" && !has(faces[r], face))
				complain(room[r] " may not stand on " face ", only on: " faces[r])
		} else if (quoted) {
			# its own headers, and its own texts made into C by the Makefile
			if (name ~ /\//)
				complain(room[r] " may not reach into \"" name "\"")
		} else if (!header_allowed(name, r))
			complain(room[r] " may not include <" name ">")
	}
	function check_words(line,    w, n, i) {
		if (never[r] == "-" || line ~ /^[ \t]*(\/\*|\*|\/\/)/) return
		n = split(never[r], w, / +/)
		for (i = 1; i <= n; i++)
			if (line ~ ("(^|[^A-Za-z0-9_])" w[i] " *\\("))
				complain(room[r] " may not call " w[i])
	}
	BEGIN { read_table() }
	FNR == 1 {
		r = 0; files++
		for (i = 1; i <= rooms && !r; i++)
			if (FILENAME ~ pattern[i])
				r = i
		if (!r)
			complain("belongs to no room of " table)
	}
	r && /^ *# *include/ { check_include($0); next }
	r { check_words($0) }
	END {
		if (stop)
			exit stop
		if (bad || !files) {
			print "rooms: " (files ? bad " to mend" : "no files")
			exit 1
		}
		print "rooms: " files " files are as the table says"
	}' $files
