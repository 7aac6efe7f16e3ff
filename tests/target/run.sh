#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the programs of tests/target on the kernel's own devices, and the power cuts, with this
# system's libraries and with those of Debian 13. Several parts at a time: they wait more than they
# compute. What each said is in BUILD_DIR/target; the last thing that is said is a table of all.
# Usage: run.sh BUILD_DIR CACHE_DIR
# Environment: FARO_TARGET_TRIXIE=0 leaves Debian 13 out; FARO_TARGET_CUTS (50), a tenth of them
# with Debian 13's libraries; FARO_TARGET_JOBS (2) machines at a time; FARO_TEST=words runs only
# the parts whose names contain one of them; FARO_STORY=pattern only their tests whose names
# match it.
set -eu

[ "$(id -u)" = 0 ] || exec sudo FARO_TARGET_TRIXIE="${FARO_TARGET_TRIXIE:-1}" \
	FARO_TARGET_CUTS="${FARO_TARGET_CUTS:-}" FARO_TARGET_JOBS="${FARO_TARGET_JOBS:-}" \
	FARO_TEST="${FARO_TEST:-}" FARO_STORY="${FARO_STORY:-}" "$0" "$@"
cd "$(dirname "$0")/../.."
O=$1
logs=$O/target
rm -rf --one-file-system "$logs"
mkdir -p "$logs"

wanted() { # PART
	[ -n "${FARO_TEST:-}" ] || return 0
	for word in $FARO_TEST; do
		case $1 in *"$word"*) return 0 ;; esac
	done
	return 1
}

# A line for each part: what part.sh is told. The longest come first.
parts() { # LIBGPIOD ROOT SRC BUILD CUTS
	for part in power_cut target_lights target_modem target_front target_board target_ports \
		target_boards; do
		! wanted "$part" || echo "$part $*"
	done
}

FARO_TARGET_CLOCK=$("$O/tests/target/host_clock")
FARO_TARGET_KERNEL=$(tests/target/kernel.sh "$2")
export FARO_TARGET_CLOCK FARO_TARGET_KERNEL
cuts=${FARO_TARGET_CUTS:-50}
parts "$(pkg-config --modversion libgpiod)" / "$PWD" "$O" "$cuts" >"$logs/parts"
if [ "${FARO_TARGET_TRIXIE:-1}" = 1 ]; then
	root=$(realpath "$O")/trixie/root
	O=$O tests/target/check-trixie.sh -s deps-test deps-guest
	O=$O tests/target/check-trixie.sh -s target-programs
	parts "$(chroot "$root" pkg-config --modversion libgpiod)" "$root" /src build \
		$(((cuts + 9) / 10)) >>"$logs/parts"
fi
xargs -P "${FARO_TARGET_JOBS:-2}" -L 1 tests/target/part.sh "$O" <"$logs/parts"
printf '\n%-14s %-8s %6s %6s %7s\n' part libgpiod passed failed seconds
sort "$logs"/*.row
! awk '$4 != 0' "$logs"/*.row | grep -q . || { echo "target: not all passed" >&2; exit 1; }
echo "target: all passed"
