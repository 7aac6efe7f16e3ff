#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the programs of tests/target on the kernel's own devices, with this system's libraries and
# with those of Debian 13, and the power cuts likewise. What the machines said is in
# BUILD_DIR/target; the last thing that is said is a table of all.
# Usage: run.sh BUILD_DIR CACHE_DIR
# Environment: FARO_TARGET_TRIXIE=0 leaves Debian 13 out; FARO_TARGET_CUTS (50), a tenth of them
# with Debian 13's libraries; FARO_TARGET_JOBS (2) machines at a time; FARO_TEST=words runs only
# the programs whose names contain one of them; FARO_STORY=pattern only their tests whose names
# match it.
set -eu

[ "$(id -u)" = 0 ] || exec sudo FARO_TARGET_TRIXIE="${FARO_TARGET_TRIXIE:-1}" \
	FARO_TARGET_CUTS="${FARO_TARGET_CUTS:-}" FARO_TARGET_JOBS="${FARO_TARGET_JOBS:-}" \
	FARO_TEST="${FARO_TEST:-}" FARO_STORY="${FARO_STORY:-}" "$0" "$@"
cd "$(dirname "$0")/../.."
O=$1
logs=$O/target
mkdir -p "$logs"
table=$logs/table
: >"$table"

# A row of the table: of what cmocka counted, and whether the part as a whole ended well.
row() { # PART LIBGPIOD LOG CODE SECONDS
	passed=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test(s).*/\1/p' "$3" | tail -1)
	failed=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s).*/\1/p' "$3" | tail -1)
	[ "$4" = 0 ] || failed=${failed:-1}
	printf '%-22s %-8s %6s %6s %7s\n' "$1" "$2" "${passed:-0}" "${failed:-0}" "$5" >>"$table"
}

# One machine: boot.sh's arguments for a program. Beside its log, how it went.
one() { # ROOT SRC BUILD PROGRAM LOG
	code=0 from=$(date +%s)
	environment="FARO_WAIT_MS=120000 FARO_BUILD=$3 FARO_STORY='${FARO_STORY:-*}'"
	tests/target/boot.sh "$kernel" "$1" "$2" "$environment $3/tests/target/$4" \
		config tests/sim "$3/farod" "$3/faroctl" "$3/modemsim" "$3/tests/target/$4" \
		/usr/lib/systemd/systemd-udevd /usr/bin/udevadm /usr/lib/udev/rules.d \
		>"$5" 2>&1 || code=$?
	echo "$code $(($(date +%s) - from))" >"$5.code"
}

wanted() { # PROGRAM
	[ -n "${FARO_TEST:-}" ] || return 0
	for word in $FARO_TEST; do
		case $1 in *"$word"*) return 0 ;; esac
	done
	return 1
}

# All programs that are wanted; stories wait more than they compute.
all() { # ROOT SRC BUILD LIBGPIOD
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
		echo "== libgpiod $4: $program"
		cat "$logs/$4-$program"
		read -r code seconds <"$logs/$4-$program.code"
		row "$program" "$4" "$logs/$4-$program" "$code" "$seconds"
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

power_cuts() { # ROOT SRC BUILD LIBGPIOD CUTS
	wanted power_cut || return 0
	folder=$(mktemp -d "$(place)/faro.XXXXXX")
	echo "== libgpiod $4: power cuts"
	code=0 from=$(date +%s)
	TMPDIR=$folder FARO_WAIT_MS=120000 FARO_BUILD=$O FARO_TARGET_KERNEL=$kernel \
		FARO_TARGET_CUTS=$5 FARO_TARGET_ROOT=$1 FARO_TARGET_SRC=$2 \
		FARO_TARGET_FAROD=$3/farod \
		"$O/tests/target/host_power_cut" >"$logs/$4-power_cut" 2>&1 || code=$?
	cat "$logs/$4-power_cut"
	row "power_cut ($5)" "$4" "$logs/$4-power_cut" "$code" "$(($(date +%s) - from))"
	rm -rf --one-file-system "$folder"
}

FARO_TARGET_CLOCK=$("$O/tests/target/host_clock")
export FARO_TARGET_CLOCK
kernel=$(tests/target/kernel.sh "$2")
cuts=${FARO_TARGET_CUTS:-50}
version=$(pkg-config --modversion libgpiod)
all / "$PWD" "$O" "$version"
power_cuts / "$PWD" "$O" "$version" "$cuts"
if [ "${FARO_TARGET_TRIXIE:-1}" = 1 ]; then
	root=$(realpath "$O")/trixie/root
	O=$O tests/target/check-trixie.sh -s deps-test deps-guest
	O=$O tests/target/check-trixie.sh -s target-programs
	version=$(chroot "$root" pkg-config --modversion libgpiod)
	all "$root" /src build "$version"
	power_cuts "$root" /src build "$version" $(((cuts + 9) / 10))
fi
printf '\n%-22s %-8s %6s %6s %7s\n' part libgpiod passed failed seconds
cat "$table"
awk '$(NF - 1) != 0 { bad = 1 } END { exit bad }' "$table" ||
	{ echo "target: not all passed" >&2; exit 1; }
echo "target: all passed"
