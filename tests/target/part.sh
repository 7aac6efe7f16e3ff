#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# One part of what run.sh runs: a program of tests/target in a machine of its own, or the power
# cuts. Shows its log when it is over, and leaves a row for the table beside it.
# Usage: part.sh BUILD_DIR PART LIBGPIOD ROOT SRC BUILD CUTS
# The farod that is tested is BUILD/farod in the folder SRC of the system at ROOT.
# Environment: FARO_TARGET_KERNEL, FARO_TARGET_CLOCK, FARO_STORY.
set -eu

O=$1 part=$2 libgpiod=$3 root=$4 src=$5 build=$6 cuts=$7
log=$O/target/$libgpiod-$part

# In memory where there is much of it: a machine that is killed loses nothing that its disk was
# given, wherever that is kept.
place() {
	free_kb=$(df -k --output=avail /dev/shm 2>/dev/null | tail -1)
	if [ "${free_kb:-0}" -gt 2000000 ] && [ -w /dev/shm ]; then
		echo /dev/shm
	else
		echo "${TMPDIR:-/tmp}"
	fi
}

power_cut() {
	folder=$(mktemp -d "$(place)/faro.XXXXXX")
	trap 'rm -rf --one-file-system "$folder"' EXIT
	TMPDIR=$folder FARO_WAIT_MS=120000 FARO_BUILD=$O FARO_TARGET_CUTS=$cuts \
		FARO_TARGET_ROOT=$root FARO_TARGET_SRC=$src FARO_TARGET_FAROD=$build/farod \
		"$O/tests/target/host_power_cut"
}

program() {
	environment="FARO_WAIT_MS=120000 FARO_BUILD=$build FARO_STORY='${FARO_STORY:-*}'"
	tests/target/boot.sh "$FARO_TARGET_KERNEL" "$root" "$src" \
		"$environment $build/tests/target/$part" \
		config tests/sim "$build/farod" "$build/faroctl" "$build/modemsim" \
		"$build/tests/target/$part" \
		/usr/lib/systemd/systemd-udevd /usr/bin/udevadm /usr/lib/udev/rules.d
}

counted() { # "PASSED" or "FAILED": of what cmocka says, how many
	sed -n "s/^\[  $1  \] \([0-9]*\) test(s).*/\1/p" "$log" | tail -1
}

code=0 from=$(date +%s)
if [ "$part" = power_cut ]; then
	(power_cut) >"$log" 2>&1 || code=$?
else
	(program) >"$log" 2>&1 || code=$?
fi
failed=$(counted FAILED)
[ "$code" = 0 ] || failed=${failed:-1}
passed=$(counted PASSED)
printf '%-14s %-8s %6s %6s %7s\n' "$part" "$libgpiod" "${passed:-0}" "${failed:-0}" \
	$(($(date +%s) - from)) >"$log.row"
{ echo "== $part, libgpiod $libgpiod"; cat "$log"; }
