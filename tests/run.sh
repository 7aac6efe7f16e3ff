#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs cmocka programs, more at a time than there are processors (at most 8), each with a time
# limit, and ends with the counts. Usage: run.sh BUILD_DIR PROGRAM[@FAMILY]...
# With @FAMILY the program's modems are of that family (tests/sim/FAMILY.modem).
# Environment: FARO_TEST=substring runs only the programs whose path contains it; FARO_TEST_JOBS;
# FARO_TEST_LIMIT_S (of one program).
# What each program said is kept in BUILD_DIR/test-logs, with the files of those that failed; the
# counts in BUILD_DIR/test-counts. Interrupted, it ends what it started and removes their folders.
# FARO_EMULATOR=qemu-aarch64-static runs programs of another machine, and what they start.
O=$1
shift
export FARO_BUILD="$O" FARO_EMULATOR="${FARO_EMULATOR:-}"
if [ "$FARO_EMULATOR" ] && [ -z "${FARO_TEST_ONE:-}" ]; then
	mkdir -p "$O/emulated"
	for p in farod faroctl modemsim; do
		printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$FARO_EMULATOR" "$(realpath "$O/$p")" \
			>"$O/emulated/$p"
		chmod +x "$O/emulated/$p"
	done
fi
[ -z "$FARO_EMULATOR" ] || export FARO_BUILD="$O/emulated"
logs=$O/test-logs

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# A folder of its own for each program, in memory where there is much of it. No test can tell:
# a process that is killed loses nothing that it gave to the kernel. A disk would be waited for.
place() {
	free_kb=$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)
	if [ "${free_kb:-0}" -gt 2000000 ] && [ -w /dev/shm ]; then
		mktemp -d /dev/shm/faro.XXXXXX
	else
		mktemp -d "${TMPDIR:-/tmp}/faro.XXXXXX"
	fi
}

# What timeout started has a process group of its own, and ends with it.
run_interrupted() {
	kill "$running" 2>/dev/null && wait "$running" 2>/dev/null
	rm -rf "$dir"
	exit 143
}

# One program: its line is printed in one piece, its counts are kept beside its log.
run_one() { # program[@family]
	program=${1%@*}
	name=${1#"$O"/tests/}
	log=$logs/$(echo "$name" | tr / -)
	[ "$program" = "$1" ] || export FARO_SIM_PROFILE="${1#*@}"
	start=$(now_ms)
	dir="" running=0
	trap run_interrupted TERM
	dir=$(place) || exit 255
	TMPDIR=$dir timeout -k 5 "${FARO_TEST_LIMIT_S:-300}" $FARO_EMULATOR "$program" \
		>"$log" 2>&1 &
	running=$!
	wait "$running"
	rc=$?
	trap '' TERM
	ms=$(($(now_ms) - start))
	p=$(grep -c '^\[ *OK *\]' "$log")
	s=$(sed -n 's/^\[ *SKIPPED *\] [a-z: ]*\([0-9]*\) test(s).*/, \1 skipped/p' "$log")
	# cmocka names a failed test twice: as it fails and in the closing list, whose head counts
	f=$(grep '^\[ *FAILED *\]' "$log" | grep -v ' test(s)' | sort -u | grep -c .)
	[ "$rc" -ne 0 ] && [ "$f" -eq 0 ] && f=1
	[ "$rc" -eq 0 ] && [ "$p" -eq 0 ] && f=1
	echo "$p $f $ms $name" >"$log.counts"
	time=$(printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100)))
	[ "$f" -ne 0 ] && cp -r "$dir" "$log.files" 2>/dev/null
	rm -rf "$dir"
	if [ "$f" -eq 0 ]; then
		printf 'ok    %-36s %3d tests %8s%s\n' "$name" "$p" "$time" "$s"
	else
		printf 'FAIL  %-36s exit %d  %8s\n%s\n' "$name" "$rc" "$time" "$(cat "$log")"
	fi
}

if [ "${FARO_TEST_ONE:-}" ]; then
	run_one "$1"
	exit 0
fi

# Programs wait more than they compute, unless they are emulated: twice as many as processors.
jobs=$(($(nproc) * 2))
[ -z "$FARO_EMULATOR" ] || jobs=$(nproc)
[ "$jobs" -gt 8 ] && jobs=8
rm -rf "$logs"
mkdir -p "$logs"
for program in "$@"; do
	case "$program" in *"${FARO_TEST:-}"*) echo "$program" ;; esac
done >"$logs/wanted"
# Away from the terminal, whose Ctrl-C would end those that have something to clear up too early.
FARO_TEST_ONE=1 setsid xargs -P "${FARO_TEST_JOBS:-$jobs}" -n 1 -a "$logs/wanted" "$0" "$O" &
all=$!
trap 'kill -TERM -"$all"; wait "$all"; exit 130' INT TERM HUP
wait "$all"
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
