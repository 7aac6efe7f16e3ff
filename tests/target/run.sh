#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the programs of tests/target on the kernel's own devices, with this system's libraries and
# with those of Debian 13, and then the power cuts. What the machines said is in BUILD_DIR/target.
# Usage: run.sh BUILD_DIR CACHE_DIR
# Environment: FARO_TARGET_TRIXIE=0 leaves Debian 13 out; FARO_TARGET_CUTS (50);
# FARO_TARGET_JOBS (2) machines at a time; FARO_TEST=substring runs only the programs whose names
# contain it; FARO_STORY=pattern only their tests whose names match it.
set -eu

[ "$(id -u)" = 0 ] || exec sudo FARO_TARGET_TRIXIE="${FARO_TARGET_TRIXIE:-1}" \
	FARO_TARGET_CUTS="${FARO_TARGET_CUTS:-}" FARO_TARGET_JOBS="${FARO_TARGET_JOBS:-}" \
	FARO_TEST="${FARO_TEST:-}" FARO_STORY="${FARO_STORY:-}" "$0" "$@"
cd "$(dirname "$0")/../.."
O=$1
logs=$O/target
mkdir -p "$logs"
failed=

# One machine: boot.sh's arguments for a program. Its log ends with how it went.
one() { # ROOT SRC BUILD PROGRAM LOG
	code=0
	environment="FARO_WAIT_MS=120000 FARO_BUILD=$3 FARO_STORY='${FARO_STORY:-*}'"
	tests/target/boot.sh "$kernel" "$1" "$2" "$environment $3/tests/target/$4" \
		config tests/sim "$3/farod" "$3/faroctl" "$3/modemsim" "$3/tests/target/$4" \
		/usr/lib/systemd/systemd-udevd /usr/bin/udevadm /usr/lib/udev/rules.d \
		>"$5" 2>&1 || code=$?
	echo "$code" >"$5.code"
}

wanted() { # PROGRAM
	case $1 in *"${FARO_TEST:-}"*) true ;; *) false ;; esac
}

# All programs that are wanted; stories wait more than they compute.
all() { # ROOT SRC BUILD NAME
	running=0
	for source in tests/target/target_*.c; do
		program=$(basename "$source" .c)
		wanted "$program" || continue
		one "$1" "$2" "$3" "$program" "$logs/$4-$program" &
		running=$((running + 1))
		[ $((running % ${FARO_TARGET_JOBS:-2})) != 0 ] || wait
	done
	wait
	for source in tests/target/target_*.c; do
		program=$(basename "$source" .c)
		wanted "$program" || continue
		echo "== $4: $program"
		cat "$logs/$4-$program"
		[ "$(cat "$logs/$4-$program.code")" = 0 ] || failed="$failed $4-$program"
	done
}

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

power_cuts() {
	folder=$(mktemp -d "$(place)/faro.XXXXXX")
	echo "== power cuts"
	TMPDIR=$folder FARO_WAIT_MS=120000 FARO_BUILD=$O FARO_TARGET_KERNEL=$kernel \
		"$O/tests/target/host_power_cut" ||
		failed="$failed power-cuts"
	rm -rf --one-file-system "$folder"
}

FARO_TARGET_CLOCK=$("$O/tests/target/host_clock")
export FARO_TARGET_CLOCK
kernel=$(tests/target/kernel.sh "$2")
all / "$PWD" "$O" "libgpiod-$(pkg-config --modversion libgpiod)"
if [ "${FARO_TARGET_TRIXIE:-1}" = 1 ]; then
	root=$O/trixie/root
	O=$O tests/target/check-trixie.sh -s deps-test deps-guest
	O=$O tests/target/check-trixie.sh -s target-programs
	all "$(realpath "$root")" /src build \
		"debian-13-libgpiod-$(chroot "$root" pkg-config --modversion libgpiod)"
fi
if wanted power_cut; then power_cuts; fi
[ -z "$failed" ] || { echo "target: failed:$failed" >&2; exit 1; }
echo "target: all passed"
