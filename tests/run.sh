#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs cmocka programs, as many at a time as there are processors (at most 4), each with a time
# limit, and ends with the counts. Usage: run.sh BUILD_DIR PROGRAM...
# Environment: FARO_TEST=substring runs only the programs whose path contains it; FARO_TEST_JOBS;
# FARO_TEST_LIMIT_S (of one program).
# What each program said is kept in BUILD_DIR/test-logs, the counts in BUILD_DIR/test-counts.
O=$1
shift
export FARO_BUILD="$O"
logs=$O/test-logs

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# One program: its line is printed in one piece, its counts are kept beside its log.
run_one() { # program
	name=${1#"$O"/tests/}
	log=$logs/$(echo "$name" | tr / -)
	start=$(now_ms)
	timeout -k 5 "${FARO_TEST_LIMIT_S:-300}" "$1" >"$log" 2>&1
	rc=$?
	ms=$(($(now_ms) - start))
	p=$(grep -c '^\[ *OK *\]' "$log")
	# cmocka names a failed test twice: as it fails and in the closing list, whose head counts
	f=$(grep '^\[ *FAILED *\]' "$log" | grep -v ' test(s)' | sort -u | grep -c .)
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$rc" -eq 0 ] && [ "$p" -eq 0 ] && f=1
	echo "$p $f $ms $name" >"$log.counts"
	time=$(printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)))
	if [ "$f" -eq 0 ]; then
		printf 'ok    %-36s %3d tests %8s\n' "$name" "$p" "$time"
	else
		printf 'FAIL  %-36s exit %d  %8s\n%s\n' "$name" "$rc" "$time" "$(cat "$log")"
	fi
}

if [ "${FARO_TEST_ONE:-}" ]; then
	run_one "$1"
	exit 0
fi

jobs=$(nproc)
[ "$jobs" -gt 4 ] && jobs=4
rm -rf "$logs"
mkdir -p "$logs"
for program in "$@"; do
	case "$program" in *"${FARO_TEST:-}"*) echo "$program" ;; esac
done | FARO_TEST_ONE=1 xargs -P "${FARO_TEST_JOBS:-$jobs}" -n 1 "$0" "$O"
cat "$logs"/*.counts 2>/dev/null | sort -k 4 | awk '
	{ passed += $1; failed += $2; ms += $3; if ($2) broken = broken " " $4 }
	END {
		if (broken) print "broken:" broken
		print passed + 0 " passed, " failed + 0 " failed"
		exit !passed || failed
	}' >"$logs/sum"
rc=$?
cat "$logs/sum"
tail -1 "$logs/sum" >"$O/test-counts"
exit $rc
