/* SPDX-License-Identifier: Apache-2.0 */
/* Story 7: long texts come in parts, in any order, doubled, or not at all. */
#include <time.h>

#include "cmocka_story.h"

/* 3 parts of at most 153 letters */
static const char report[] = "REPORT there are three white vans without plates and about eleven "
			     "men in vests at the corner of 35th and International, "
			     "they stop everybody who walks from the station to the market and ask "
			     "for papers, two more vans wait behind the church on "
			     "Fruitvale and a bus with dark windows stands at the library, it "
			     "began half an hour ago and goes on";
static const char end_of_report[] = "it began half an hour ago and goes on";

static void dispatcher_gets_all_of_it(json_t *how)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "delivery : { parts_wait = 2; unknown_wait = 1; };" });

	box_start(box);
	json_object_set_new(how, "cmd", json_string("text"));
	json_object_set_new(how, "modem", json_string("sim1"));
	json_object_set_new(how, "from", json_string(ben.phone));
	json_object_set_new(how, "text", json_string(report));
	sim_do(box, "o", how);
	expect_text(box, &ana, end_of_report);
	expect_text(box, &ben, "#1");
	box_settle(box);
	assert_int_equal(texts_with(box, ana.phone, "REPORT"), 1);
	assert_int_equal(texts_with(box, ana.phone, "[...]"), 0);
	box_free(box);
}

static void in_order(void **state)
{
	(void)state;
	dispatcher_gets_all_of_it(json_object());
}

static void in_any_order(void **state)
{
	(void)state;
	dispatcher_gets_all_of_it(json_pack("{s:[i,i,i]}", "order", 3, 1, 2));
}

static void doubled(void **state)
{
	(void)state;
	dispatcher_gets_all_of_it(json_pack("{s:[i,i]}", "double", 1, 3));
}

static void with_a_wide_reference(void **state)
{
	(void)state;
	dispatcher_gets_all_of_it(json_pack("{s:b}", "wide", 1));
}

static void in_ucs2(void **state)
{
	(void)state;
	dispatcher_gets_all_of_it(json_pack("{s:s}", "encoding", "ucs2"));
}

static void a_part_that_never_comes_is_marked(void **state)
{
	struct box *box = box_new(&(struct box_options){
		.settings = "delivery : { parts_wait = 2; unknown_wait = 1; };" });

	(void)state;
	box_start(box);
	sim_do(box, "{s:s,s:s,s:s,s:s,s:[i]}", "cmd", "text", "modem", "sim1", "from", ben.phone,
		"text", report, "drop", 2);
	/* others are not kept waiting */
	person_texts(box, &carla, "HELP");
	expect_text(box, &carla, "STOP");
	expect_text(box, &ana, "[...]");
	box_free(box);
}

/* A phone whose reference is always the same sends two; the network mixes their parts. */
static void two_texts_under_one_reference_are_kept_apart(void **state)
{
	static const char second[] =
		"REPORT the white vans have left the corner of 35th and International, nobody was "
		"taken, the people who were stopped have gone home, "
		"the bus with the dark windows still stands at the library and two men sit in it, "
		"somebody from the church is there and writes down "
		"the plates of every car that stops, she asks for one more person to stand with "
		"her "
		"until all of this is over, bring water";
	struct box *box = box_new(&(struct box_options){
		.settings = "delivery : { parts_wait = 5; unknown_wait = 1; };" });
	struct timespec now;

	(void)state;
	box_start(box);
	clock_gettime(CLOCK_REALTIME, &now);
	/* one part of each in turn */
	for (int part = 1; part <= 3; part++) {
		for (int i = 0; i < 2; i++) {
			int64_t sent_s = now.tv_sec - 60 + 5 * (3 * i + part);

			sim_do(box, "{s:s,s:s,s:s,s:s,s:i,s:I,s:[i,i]}", "cmd", "text", "modem",
				"sim1", "from", ben.phone, "text", i ? second : report, "ref", 7,
				"sent_ms", (json_int_t)sent_s * 1000, "drop", part % 3 + 1,
				(part + 1) % 3 + 1);
		}
	}
	expect_text(box, &ana, end_of_report);
	expect_text(box, &ana, "bring water");
	box_settle(box);
	assert_int_equal(texts_with(box, ana.phone, "[...]"), 0);
	assert_int_equal(texts_with(box, ana.phone, "vans wait behind"), 1);
	assert_int_equal(texts_with(box, ana.phone, "plates of every car"), 1);
	for (int i = 0; heard_at(box, i); i++) {
		const char *text = heard_at(box, i)->text;

		assert_false(strstr(text, "vans wait behind") && strstr(text, "bring water"));
	}
	box_free(box);
}

static void emoji_and_other_scripts_come_through_whole(void **state)
{
	static const char *const texts[] = { "REPORT \U0001F6A8\U0001F692 at 5th",
		"REPORT \u8b66\u5bdf\u5728\u8fd9\u91cc",
		"REPORT \u0627\u0644\u0634\u0631\u0637\u0629 \u0647\u0646\u0627",
		"REPORT \u00bfD\u00f3nde est\u00e1 {\u20ac}?" };
	struct box *box = box_new(&(struct box_options){ 0 });

	(void)state;
	box_start(box);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		person_texts(box, &ben, texts[i]);
		expect_text(box, &ana, texts[i] + strlen("REPORT "));
	}
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(in_any_order),
		cmocka_unit_test(doubled),
		cmocka_unit_test(with_a_wide_reference),
		cmocka_unit_test(in_ucs2),
		cmocka_unit_test(a_part_that_never_comes_is_marked),
		cmocka_unit_test(two_texts_under_one_reference_are_kept_apart),
		cmocka_unit_test(emoji_and_other_scripts_come_through_whole),
	};

	return run_stories(stories);
}
