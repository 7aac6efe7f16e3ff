/* SPDX-License-Identifier: Apache-2.0 */
/* Story 12: whoever takes the box away reads nothing in it. */
#include <dirent.h>

#include "cmocka_story.h"

/* Fails when any file of dir but `key` holds the piece, as text or in UTF-16. */
static void search_file(const char *path, const char *piece)
{
	char wide[128], *text = NULL;
	size_t n = strlen(piece), size = 0, len;
	FILE *file = fopen(path, "r");

	if (!file)
		return;
	for (size_t i = 0; i < n; i++) {
		wide[2 * i] = 0;
		wide[2 * i + 1] = piece[i];
	}
	fseek(file, 0, SEEK_END);
	size = (size_t)ftell(file);
	rewind(file);
	text = malloc(size + 1);
	len = fread(text, 1, size, file);
	fclose(file);
	if (memmem(text, len, piece, n) || memmem(text, len, wide, 2 * n))
		fail_msg("\"%s\" can be read in %s", piece, path);
	free(text);
}

static void search(struct box *box)
{
	static const char *const personal[] = { "5105550111", "5550111", "Ben Wachira",
		"grandmother", "5550101", "Ana", "church",
		/* the number in semi-octets, as PDUs have it */
		"0155551011", "5101550511F1" };
	static const char *const places[] = { "data/faro.db", "data/faro.db-wal",
		"data/faro.db-shm", "farod.log" };
	char path[300];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (size_t k = 0; k < sizeof(personal) / sizeof(personal[0]); k++) {
			snprintf(path, sizeof(path), "%s/%s", box_dir(box), places[i]);
			search_file(path, personal[k]);
		}
}

static void nothing_personal_can_be_read_in_database_journal_or_log(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	person_texts(box, &rosa, "ADD 510 555 0111 responder Ben Wachira");
	expect_text(box, &ben, "responder");
	person_texts(box, &ben, "REPORT they took my grandmother at the church");
	expect_text(box, &ana, "grandmother");
	person_texts(box, &ana, "#1 which church?");
	expect_text(box, &ben, "which church?");
	box_settle(box);
	search(box);
	box_kill(box);
	search(box);
	box_start(box);
	box_settle(box);
	assert_int_equal(box_stop(box), 0);
	search(box);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(nothing_personal_can_be_read_in_database_journal_or_log),
	};

	return run_stories(stories);
}
