/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 48: stories. Eva tells one in two texts, one of them long; it is kept on her yes, over a
 * kill of the box, read by the admin without her number, and gone on her word.
 */
#include <sys/stat.h>

#include "cmocka_story.h"

#define PIECE "They came at six in the morning, in two vans without signs, and knocked. "
#define LONG  PIECE PIECE PIECE PIECE PIECE PIECE "My brother opened."

static char *exported(struct box *box)
{
	struct ran ran = box_faroctl(box, "stories", "export", NULL);
	char *out = ran.out;

	assert_int_equal(ran.code, 0);
	ran.out = NULL;
	ran_free(&ran);
	return out;
}

static void eva_tells(struct box *box)
{
	person_texts(box, &eva, "STORY " LONG);
	expect_text(box, &eva, "may we keep this? Only our admins read it");
	person_texts(box, &eva, "story He has \"two\" children");
	expect_text(box, &eva, "may we keep this?");
	person_texts(box, &eva, "yes");
	expect_text(box, &eva, "Faro has 1 story of yours.");
}

static void a_story_is_kept_over_a_kill_and_exported_without_a_number(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	char *csv;

	(void)state;
	box_start(box);
	eva_tells(box);
	box_kill(box);
	box_start(box);
	csv = exported(box);
	assert_non_null(strstr(csv, "told,language,text\n"));
	assert_non_null(strstr(csv, "\"en\",\"" LONG "\nHe has \"\"two\"\" children\"\n"));
	assert_null(strstr(csv, "555"));
	free(csv);
	person_texts(box, &eva, "STORY DELETE");
	expect_text(box, &eva, "Your story is deleted.");
	csv = exported(box);
	assert_string_equal(csv, "told,language,text\n");
	free(csv);
	expect_no_text(box, &ana);
	box_free(box);
}

static void an_export_into_a_file_is_for_its_owner_only(void **state)
{
	struct box *box = box_new(&(struct box_options){ .modems = 1 });
	char path[256];
	struct stat st;
	struct ran ran;

	(void)state;
	box_start(box);
	eva_tells(box);
	snprintf(path, sizeof(path), "%s/stories.csv", box_dir(box));
	ran = box_faroctl(box, "stories", "export", path, NULL);
	assert_int_equal(ran.code, 0);
	assert_string_equal(ran.out, "1 story\n");
	ran_free(&ran);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	ran = box_faroctl(box, "stories", "export", path, NULL);
	assert_int_equal(ran.code, 1);
	ran_free(&ran);
	ran = box_faroctl(box, "--json", "stories", "export", NULL);
	assert_non_null(strstr(ran.out, "\"total\":1,\"ok\":true}"));
	assert_null(strstr(ran.out, "555"));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_story_is_kept_over_a_kill_and_exported_without_a_number),
		cmocka_unit_test(an_export_into_a_file_is_for_its_owner_only),
	};

	return run_stories(stories);
}
