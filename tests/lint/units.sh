#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The units as systemd understands them, and how much they leave open. Usage: units.sh BUILD_DIR
set -eu
O=$1
units=$O/units
LIMIT=15 # tenths of systemd-analyze's exposure

rm -rf --one-file-system "$units"
mkdir -p "$units"
for f in config/systemd/*.service config/systemd/*.path; do
	sed "s|/usr/sbin/farod|$(realpath "$O/farod")|" "$f" >"$units/${f##*/}"
done
said=$(systemd-analyze verify --man=no --recursive-errors=no "$units"/* 2>&1) || {
	echo "$said" >&2
	exit 1
}
[ -z "$said" ] || { echo "$said" >&2; exit 1; }
security=$(systemd-analyze security --offline=true --threshold=$LIMIT "$units/farod.service") || {
	echo "$security" | grep -v '^✓' >&2
	exit 1
}
echo "$security" | tail -1
