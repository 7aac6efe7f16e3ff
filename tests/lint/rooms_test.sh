#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Proves that rooms.sh finds what the table forbids: one forbidden line at a time in a small tree.
# Usage: rooms_test.sh TABLE
set -u
here=$(dirname "$0")
table=$1
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

# A tree that is as it should be, but for one line in one file.
try() { # verdict file line
	rm -rf "$tree"/*
	mkdir -p "$tree/firmware/sms" "$tree/board" "$tree/include/faro" "$tree/$(dirname "$2")"
	echo '#include "faro/sms.h"' >"$tree/firmware/sms/good.c"
	echo "$3" >"$tree/$2"
	said=$("$here/rooms.sh" "$table" "$tree" 2>&1)
	rc=$?
	case $1 in
	allowed) [ $rc -eq 0 ] && return ;;
	forbidden) [ $rc -eq 1 ] && case $said in "$2:1: "*) return ;; esac ;;
	esac
	echo "rooms_test: $2 with '$3' is not $1: $said"
	failed=1
}

try allowed firmware/store/x.c '#include <sqlite3.h>'
try allowed firmware/courier/x.c '#include "faro/modem.h"'
try allowed firmware/base/loop.c '#include <systemd/sd-event.h>'
try allowed firmware/desk/x.c '#include "internal.h"'
try allowed firmware/sms/x.c '/* time_wall_ms() is not for this room */'
try forbidden firmware/desk/x.c '#include <sqlite3.h>'
try forbidden firmware/control/x.c '#include <sqlite3.h>'
try forbidden firmware/modem/x.c '#include <gpiod.h>'
try forbidden firmware/at/x.c '#include <libserialport.h>'
try forbidden firmware/desk/x.c '#include <libconfig.h>'
try forbidden firmware/courier/x.c '# include <sodium.h>'
try forbidden firmware/base/text.c '#include <systemd/sd-event.h>'
try forbidden firmware/courier/x.c '#include <jansson.h>'
try forbidden firmware/courier/x.c '#include <a_library_nobody_named.h>'
try forbidden firmware/sms/x.c '#include <stdio.h>'
try forbidden firmware/sms/x.c '	return time_wall_ms();'
try forbidden firmware/sms/x.c '	log_error("no");'
try forbidden firmware/desk/x.c '	int64_t now_ms = time_wall_ms();'
try forbidden firmware/desk/x.c '#include "faro/courier.h"'
try forbidden firmware/desk/x.c '#include "faro/modem.h"'
try forbidden firmware/modem/x.c '#include "faro/sms.h"'
try forbidden firmware/modem/x.c '#include "faro/store.h"'
try forbidden firmware/store/x.c '#include "faro/desk.h"'
try forbidden firmware/speech/x.c '#include "faro/settings.h"'
try forbidden firmware/base/x.c '#include "faro/sms.h"'
try forbidden firmware/panel/x.c '#include "faro/desk.h"'
try forbidden firmware/faroctl_x.c '#include "faro/store.h"'
try forbidden firmware/desk/x.c '#include "../store/internal.h"'
try forbidden include/faro/store.h '#include "faro/modem.h"'
try forbidden include/faro/store/people.h '#include "faro/modem.h"'
try forbidden firmware/desk/x.c '#include "faro/store/people.h"'
try forbidden include/faro/base.h '#include <sqlite3.h>'
try forbidden firmware/newroom/x.c '#include "faro/base.h"'
[ $failed -eq 0 ] && echo "rooms_test: what the table forbids is found"
exit $failed
