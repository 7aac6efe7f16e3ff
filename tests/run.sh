#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs cmocka programs one after another, each with a time limit, and ends with the counts.
# Usage: run.sh BUILD_DIR PROGRAM...
# FARO_TEST=substring runs only the programs whose path contains it.
O=$1
shift
export FARO_BUILD="$O"
passed=0 failed=0 broken=""
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for program in "$@"; do
	case "$program" in *"${FARO_TEST:-}"*) ;; *) continue ;; esac
	timeout -k 5 "${FARO_TEST_LIMIT_S:-300}" "$program" >"$log" 2>&1
	rc=$?
	p=$(grep -c '^\[ *OK *\]' "$log")
	# cmocka names a failed test twice: as it fails and in the closing list, whose head counts
	f=$(grep '^\[ *FAILED *\]' "$log" | grep -v ' test(s)' | sort -u | grep -c .)
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	passed=$((passed + p)) failed=$((failed + f))
	if [ "$rc" -eq 0 ] && [ "$p" -gt 0 ]; then
		printf 'ok    %-40s %d tests\n' "${program#"$O"/tests/}" "$p"
	else
		printf 'FAIL  %-40s exit %d\n' "${program#"$O"/tests/}" "$rc"
		broken="$broken ${program#"$O"/tests/}"
		cat "$log"
	fi
done
[ -n "$broken" ] && echo "broken:$broken"
echo "$passed passed, $failed failed" | tee "$O/test-counts"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
