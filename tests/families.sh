#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Tells every story with every family of modems (tests/sim/*.modem), and ends with a line a family.
# Usage: families.sh BUILD_DIR STORY...
# FARO_FAMILIES="ec25 sara" tells them with these only.
O=$1
shift
tests=$(dirname "$0")
summary="" failed=0
for file in "$tests"/sim/*.modem; do
	family=$(basename "$file" .modem)
	case " ${FARO_FAMILIES:-$family} " in *" $family "*) ;; *) continue ;; esac
	echo "== $family"
	FARO_SIM_PROFILE=$family "$tests/run.sh" "$O" "$@" || failed=1
	summary="$summary$(printf '%-10s %s' "$family" "$(cat "$O/test-counts")")
"
done
printf '%s' "$summary"
[ "$failed" -eq 0 ] && [ -n "$summary" ]
