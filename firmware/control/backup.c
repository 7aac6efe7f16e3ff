/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A copy of the database goes to faroctl in pieces, and comes back the same way: farod itself may
 * write nowhere but where its data is.
 */
#include <stdlib.h>
#include <string.h>

#include "room.h"

#define PIECE_SIZE 8192
#define PIECE_ROOM 32768

struct copying {
	bool begun, whole;
	int64_t at;
};
_Static_assert(sizeof(struct copying) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static enum control_step give_up(struct store *store, struct control_request *request, int error)
{
	store_copy_end(store);
	return control_fail_errno(request, error, "the copy cannot be made");
}

static enum control_step send_pieces(
	struct store *store, struct control_request *request, struct copying *copying)
{
	char hex[2 * PIECE_SIZE + 1];
	uint8_t piece[PIECE_SIZE];
	ssize_t n;

	while (control_room(request) > PIECE_ROOM) {
		n = store_copy_read(store, copying->at, piece, sizeof(piece));
		if (n < 0)
			return give_up(store, request, (int)n);
		if (n == 0) {
			store_copy_end(store);
			return control_answer(
				request, json_pack("{s:I}", "bytes", (json_int_t)copying->at));
		}
		hex_encode(hex, piece, (size_t)n);
		control_row(request, json_pack("{s:s}", "data", hex));
		copying->at += n;
	}
	return CONTROL_AGAIN;
}

/* Rows of "data", in order. */
enum control_step command_backup(void *ctx, struct control_request *request)
{
	struct copying *copying = control_scratch(request);
	const struct control_rooms *rooms = ctx;
	int rc;

	if (copying->whole)
		return send_pieces(rooms->store, request, copying);
	rc = copying->begun ? store_copy_step(rooms->store) : store_copy_begin(rooms->store);
	if (rc < 0)
		return give_up(rooms->store, request, rc);
	copying->whole = copying->begun && rc == 0;
	copying->begun = true;
	return CONTROL_AGAIN;
}

/* Asked before the first piece is taken, and once more before the copy takes the list's place. */
static bool alert_is_in_the_way(const struct control_rooms *rooms, struct control_request *request,
	enum control_step *refused)
{
	struct store_counts counts;
	int rc = store_counts(rooms->store, &counts);

	if (rc < 0)
		*refused = control_fail_errno(request, rc, "the copy cannot be taken in");
	else if (counts.alerts_running > 0 && !control_flag(request, "force"))
		*refused = control_fail(request, FARO_EXIT_FAILED,
			"an alert is running: what is still to be sent of it would be lost "
			"(--force does it nevertheless)");
	else
		return false;
	return true;
}

/* {"at", "data", "force"}: one piece of a copy, in order. */
enum control_step command_restore_put(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	const char *hex = control_text(request, "data", "");
	static uint8_t piece[CONTROL_LINE_MAX / 2];
	int n = hex_decode(hex, strlen(hex), piece, sizeof(piece));
	int64_t at = control_number(request, "at", 0);
	enum control_step refused;
	int rc = n;

	if (at == 0 && alert_is_in_the_way(rooms, request, &refused))
		return refused;
	if (n >= 0)
		rc = store_restore_put(rooms->store, at, piece, (size_t)n);
	if (rc < 0)
		return control_fail_errno(request, rc, "the copy cannot be taken in");
	return control_answer(request, NULL);
}

/* {"force"}: the copy that was taken in is put in force, and farod starts anew. */
enum control_step command_restore(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	enum control_step refused;
	char why[512];
	int rc;

	if (alert_is_in_the_way(rooms, request, &refused))
		return refused;
	rc = store_restore(rooms->store, why, sizeof(why));
	if (rc < 0)
		return control_fail(request, FARO_EXIT_FAILED, "%s", why);
	log_notice("control: a copy is restored: farod starts anew");
	rooms->restart(rooms->ctx);
	return control_answer(request, NULL);
}
