#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The short form of the bench, for a check that must be over soon: the board's and the ports'
# programs and five power cuts, with this system's libraries. Where there is no KVM every
# instruction would be emulated: then it is left out, and says so.
# Environment: FARO_TARGET_EMULATE=1 runs it there too.
set -eu

if [ "${FARO_TARGET_EMULATE:-}" != 1 ] &&
	{ [ ! -w /dev/kvm ] || ! grep -qwE 'vmx|svm' /proc/cpuinfo; }; then
	echo "target: left out, this machine has no KVM; make target runs all of it, emulated"
	exit 0
fi
make --no-print-directory deps-test deps-target
FARO_TARGET_TRIXIE=0 FARO_TARGET_CUTS=5 FARO_TARGET_JOBS=3 \
	FARO_TEST="target_board target_ports power_cut" make --no-print-directory target-run
