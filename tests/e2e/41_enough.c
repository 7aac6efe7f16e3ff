/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 41: the alert reaches the right people first and stops when it is enough. Those who came
 * before are called first; MORE; who is there; who is silent is asked once more; INFO; the end.
 */
#include "cmocka_story.h"

static const char people[] =
	"people = ( { phone = \"+15105550101\"; name = \"Ana\"; role = \"dispatcher\"; language = "
	"\"en\"; },\n" NEIGHBORS " );\n";

static struct box *box_of_five(const char *settings, int segment_ms)
{
	struct box *box = box_new(&(struct box_options){
		.people = people, .settings = settings, .segment_ms = segment_ms });

	box_start(box);
	return box;
}

/* When the text with this piece reached the person: its place among all that reached anybody. */
static int place_of(struct box *box, const struct person_of_test *who, const char *piece)
{
	const struct heard *heard;

	for (int i = 0; (heard = heard_at(box, i)); i++)
		if (strcmp(heard->to, who->phone) == 0 && strstr(heard->text, piece))
			return i;
	fail_msg("%s never got \"%s\"", who->name, piece);
	return -1;
}

static void who_came_before_is_called_first(void **state)
{
	struct box *box = box_of_five("alerts : { confirm = \"none\"; };", 0);

	(void)state;
	person_texts(box, &ana, "ALERT north ALL vans");
	expect_text(box, &dan, "vans");
	box_settle(box);
	assert_true(place_of(box, &ben, "vans") < place_of(box, &carla, "vans"));
	person_texts(box, &carla, "SI 5");
	expect_text(box, &carla, "en 5 min");
	person_texts(box, &dan, "HERE");
	expect_text(box, &dan, "you are there for #1");
	person_texts(box, &ana, "CLEAR 1");
	expect_text(box, &carla, "DESPEJADO");
	box_settle(box);
	person_texts(box, &ana, "ALERT north ALL boats");
	expect_text(box, &dan, "boats");
	box_settle(box);
	assert_true(place_of(box, &carla, "boats") < place_of(box, &ben, "boats"));
	/* but a member never before a responder, and the zone before the others */
	assert_true(place_of(box, &ben, "boats") < place_of(box, &eva, "boats"));
	assert_true(place_of(box, &eva, "boats") < place_of(box, &dan, "boats"));
	box_free(box);
}

static void enough_holds_more_lets_go_on_and_heads_are_counted(void **state)
{
	struct box *box = box_of_five("alerts : { confirm = \"none\"; };", 600);
	struct ran ran;

	(void)state;
	/* one modem, 0.6 s a segment: Ben says yes before everybody was sent it */
	sim_do(box, "{s:s,s:i,s:s,s:[{s:s,s:[s]}]}", "cmd", "population", "count", 1, "first",
		ben.phone, "rules", "match", "vans", "answers", "YES 5");
	person_texts(box, &ana, "ALERT north ALL NEED 1 vans");
	expect_text(box, &ana, "are held. MORE 1 lets them go on.");
	box_wait_status(box, "outbox.held", 1, true);
	person_texts(box, &ana, "MORE 1 5");
	expect_text(box, &ana, "#1: 6 are needed now, 1 said yes.");
	expect_text(box, &dan, "vans");
	box_wait_status(box, "outbox.held", 0, false);
	person_texts(box, &ben, "HERE");
	expect_text(box, &ben, "you are there for #1");
	person_texts(box, &eva, "YES 10");
	expect_text(box, &eva, "in 10 min");
	person_texts(box, &ana, "STATUS");
	expect_text(box, &ana, "#1: 1 there, 1 on the way.");
	ran = box_faroctl(box, "show", "1", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "1 yes, 0 no, 1 here, 0 done"));
	ran_free(&ran);
	box_free(box);
}

static void who_is_silent_is_asked_once_more(void **state)
{
	struct box *box = box_of_five("alerts : { confirm = \"none\"; remind_after = 2; };", 0);

	(void)state;
	person_texts(box, &ana, "ALERT north vans");
	expect_text(box, &ben, "can you come?");
	expect_text(box, &carla, "puede venir?");
	person_texts(box, &ben, "NO");
	person_texts(box, &carla, "SI 5");
	expect_text(box, &carla, "en 5 min");
	box_settle(box);
	assert_int_equal(texts_with(box, carla.phone, "puede venir?"), 1);
	assert_int_equal(texts_with(box, ben.phone, "can you come?"), 1);
	assert_int_equal(texts_with(box, eva.phone, "can you come?"), 0);
	box_free(box);
}

static void info_asks_nobody_and_the_end_is_told_to_those_who_come(void **state)
{
	struct box *box = box_of_five(
		"alerts : { confirm = \"none\"; shelf_life = 15; remind_after = 0; };", 0);

	struct ran ran;

	(void)state;
	person_texts(box, &ana, "ALERT INFO stay away from 5th");
	expect_text(box, &ana, "Nobody is asked to come.");
	expect_text(box, &ben, "INFO #1: stay away from 5th");
	expect_text(box, &carla, "AVISO #1: stay away from 5th");
	person_texts(box, &ben, "YES");
	expect_text(box, &ben, "There is no alert to answer");
	ran = box_faroctl(box, "alert", "--info", "--need", "1", "--zone", "north", "--yes",
		"--no-wait", "roads are closed", NULL);
	assert_int_equal(ran.code, 0);
	ran_free(&ran);
	expect_text(box, &ben, "INFO #2: roads are closed");
	ran = box_faroctl(box, "show", "2", NULL);
	assert_non_null(strstr(ran.out, "for information"));
	assert_null(strstr(ran.out, "needs"));
	ran_free(&ran);
	person_texts(box, &ana, "ALERT north vans");
	expect_text(box, &ben, "vans");
	person_texts(box, &ben, "YES 5");
	expect_text(box, &ben, "Counted for #3");
	expect_text(box, &ana, "The time of alert #3 is over: 1 said yes.");
	expect_text(box, &ben, "#3: the time of this alert is over.");
	box_settle(box);
	assert_int_equal(texts_with(box, carla.phone, "ha terminado"), 0);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(who_came_before_is_called_first),
		cmocka_unit_test(enough_holds_more_lets_go_on_and_heads_are_counted),
		cmocka_unit_test(who_is_silent_is_asked_once_more),
		cmocka_unit_test(info_asks_nobody_and_the_end_is_told_to_those_who_come),
	};

	return run_stories(stories);
}
