/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faro's commands, by file. Inside of the control room only; ctx of each is a struct control_rooms.
 */
#ifndef FARO_CONTROL_ROOM_H
#define FARO_CONTROL_ROOM_H

#include "faro/control.h"
#include "faro/store.h"

#define CONTROL_SLICE_ROWS 1000 /* that one step of a command counts: 2 ms, 20 on a slow board */

enum control_step command_status(void *ctx, struct control_request *request);
enum control_step command_doctor(void *ctx, struct control_request *request);

/** Whether the database can be written and has room to grow; said: what is free, or what is not. */
bool control_disk_is_good(const struct control_rooms *rooms, struct strbuf *said);

/** Whether this may be the time of day at all. */

enum control_step command_board_list(void *ctx, struct control_request *request);
enum control_step command_board_test(void *ctx, struct control_request *request);

enum control_step command_modem_list(void *ctx, struct control_request *request);
enum control_step command_modem_reset(void *ctx, struct control_request *request);
enum control_step command_modem_ussd(void *ctx, struct control_request *request);

enum control_step command_members_list(void *ctx, struct control_request *request);
enum control_step command_members_add(void *ctx, struct control_request *request);
enum control_step command_members_remove(void *ctx, struct control_request *request);
enum control_step command_members_import(void *ctx, struct control_request *request);

enum control_step command_events(void *ctx, struct control_request *request);
enum control_step command_stories_export(void *ctx, struct control_request *request);

enum control_step command_alert(void *ctx, struct control_request *request);
enum control_step command_alert_send(void *ctx, struct control_request *request);
enum control_step command_alert_follow(void *ctx, struct control_request *request);
enum control_step command_cancel(void *ctx, struct control_request *request);
enum control_step command_schedule(void *ctx, struct control_request *request);

enum control_step command_messages_check(void *ctx, struct control_request *request);

enum control_step command_incidents(void *ctx, struct control_request *request);
enum control_step command_show(void *ctx, struct control_request *request);

enum control_step command_backup(void *ctx, struct control_request *request);
enum control_step command_restore_put(void *ctx, struct control_request *request);
enum control_step command_restore(void *ctx, struct control_request *request);

enum control_step command_report(void *ctx, struct control_request *request);
enum control_step command_report_months(void *ctx, struct control_request *request);

/** Ends the request with what an -errno means to an admin. doing: "the list cannot be read". */
enum control_step control_fail_errno(struct control_request *request, int error, const char *doing);

/** {"queued": 0, ... "dropped": 0, "given_up": 0}; the last counts some of the failed. */
json_t *json_of_messages(const struct store_tally *tally);

/** wall_ms as "2026-11-21T20:28:32.123Z"; null for 0 and TIME_NEVER. */
json_t *json_of_time(int64_t wall_ms);

/** The number; null for -1, which says that there is none. */
json_t *json_or_null(int64_t number);

/** Sets text that may hold any bytes. */
void json_set_text(json_t *object, const char *name, const char *text);

#endif
