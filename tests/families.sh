#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tells every story with every family of modems (tests/sim/*.modem), but for those that
# tests/families.txt names, and ends with a line a family. Usage: families.sh BUILD_DIR STORY...
# FARO_FAMILIES="ec25 sara" tells them with these only.
# All are in one queue, the longest first, so that no processor waits at the end for one of them;
# they wait much more than they compute, so many are told at a time.
O=$1
shift
tests=$(dirname "$0")
longest="20_points 14_keeping 08_modem 24_matrix 41_enough 21_disk 13_kill 18_soak"
seldom=$(sed 's/#.*//' "$tests/families.txt" | cut -f 1)
families=""
for file in "$tests"/sim/*.modem; do
	family=$(basename "$file" .modem)
	case " ${FARO_FAMILIES:-$family} " in *" $family "*) families="$families $family" ;; esac
done
set -f # the patterns of the table are not of files here

is_seldom() { # story
	for pattern in $seldom; do
		case "$1" in $pattern) return 0 ;; esac
	done
	return 1
}

queue() { # story...
	for story in "$@"; do
		for family in $families; do
			echo "$story@$family"
		done
	done
}

first="" rest="" once=""
for name in $longest; do
	for story in "$@"; do
		[ "${story##*/}" = "$name" ] && first="$first $story"
	done
done
for story in "$@"; do
	if is_seldom "${story##*/}"; then
		once="$once $story"
	else
		case "$first " in *" $story "*) ;; *) rest="$rest $story" ;; esac
	fi
done
FARO_TEST_JOBS=${FARO_TEST_JOBS:-$(($(nproc) * 5))} \
	"$tests/run.sh" "$O" $(queue $first) $once $(queue $rest)
failed=$?
set +f
for family in $families; do
	cat "$O"/test-logs/*@"$family".counts | awk -v family="$family" '
		{ passed += $1; failed += $2 }
		END { printf "%-10s %d passed, %d failed\n", family, passed, failed }'
done
[ "$failed" -eq 0 ] && [ "$families" ]
