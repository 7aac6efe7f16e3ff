/* SPDX-License-Identifier: Apache-2.0 */
/* Kept stories, for their export: a slice at a time, without who told them. */
#include <string.h>

#include "room.h"

/* Of a story as one row: with every letter escaped it is a line that a client takes. */
#define CHUNK_SIZE 4096
#define ROW_MAX    (6 * CHUNK_SIZE + 512)

struct export
{
	int64_t story, id;  /* the piece that is being said */
	size_t said;        /* bytes of it; 0: it is done, the next one follows */
	int64_t number;     /* of the story in this export */
	int64_t told_story; /* that has this number */
};
_Static_assert(sizeof(struct export) <= CONTROL_SCRATCH_SIZE, "kept between two steps");

static void say_chunk(struct control_request *request, struct export *export,
	const struct store_story_piece *piece)
{
	char chunk[CHUNK_SIZE];
	json_t *row = json_object();

	text_copy(chunk, sizeof(chunk), piece->text + export->said);
	export->said += strlen(chunk);
	if (!piece->text[export->said])
		export->said = 0;
	if (piece->story != export->told_story)
		export->number++;
	export->told_story = piece->story;
	json_object_set_new(row, "story", json_integer(export->number));
	json_object_set_new(row, "told", json_of_time(piece->told_ms));
	json_object_set_new(row, "kept", json_of_time(piece->kept_ms));
	json_set_text(row, "language", piece->language);
	/* where a piece begins, a line of its own begins */
	json_object_set_new(row, "begins", json_boolean(export->id != piece->id));
	json_set_text(row, "text", chunk);
	control_row(request, row);
	export->story = piece->story;
	export->id = piece->id;
}

/* {"cmd": "stories export"}: each row a part of a story, those of one story behind one another. */
enum control_step command_stories_export(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct export *export = control_scratch(request);

	while (control_room(request) >= ROW_MAX) {
		/* the one that is being said is read again */
		struct store_story_piece piece = { .story = export->story,
			.id = export->said ? export->id - 1 : export->id };
		int rc = store_story_next(rooms->store, &piece);

		if (rc < 0)
			return control_fail_errno(request, rc, "the stories cannot be read");
		if (rc == 0)
			return control_answer(request,
				json_pack("{s:I}", "stories", (json_int_t) export->number));
		/* taken back by its teller meanwhile */
		if (piece.id != export->id || export->said > strlen(piece.text))
			export->said = 0;
		say_chunk(request, export, &piece);
	}
	return CONTROL_AGAIN;
}
