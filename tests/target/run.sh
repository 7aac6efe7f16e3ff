#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests of tests/target on the kernel's own devices, with this system's libgpiod and with
# that of Debian 13.
# Usage: run.sh BUILD_DIR
set -eu

[ "$(id -u)" = 0 ] || exec sudo FARO_TARGET_TRIXIE="${FARO_TARGET_TRIXIE:-1}" "$0" "$@"
here=$(realpath "$(dirname "$0")")
O=$(realpath "$1")
failed=0
run() { # ROOT PROGRAM NAME
	echo "== $3"
	"$here/boot.sh" "$O/target/bzImage" "$1" "$2" || failed=1
}

"$here/kernel.sh" "$O/target"
run / "$O/target_tests" "libgpiod $(pkg-config --modversion libgpiod)"
if [ "${FARO_TARGET_TRIXIE:-1}" = 1 ]; then
	O=$1 "$here/check-trixie.sh" -s deps-test
	O=$1 "$here/check-trixie.sh" -s build/target_tests
	run "$O/trixie/root" /src/build/target_tests \
		"Debian 13, libgpiod $(chroot "$O/trixie/root" pkg-config --modversion libgpiod)"
fi
[ "$failed" = 0 ]
