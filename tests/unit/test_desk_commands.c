/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every command, of every role, in its right and its wrong form; and every message in both
 * languages, in segments.
 */
#include "desk_world.h"

/* What Ben hears when the word is no command for him: his text went to people. */
#define MESSAGE    "A person reads it"
#define STOPPED    "you are off the list"
#define NO_ALERT   "There is no alert to answer"
#define ADMINS     "Only an admin can do this."
#define A_NEIGHBOR "neighborhood alert line"

static const struct command_case {
	const char *text;
	enum role role_min;
	const char *right; /* what those of the role hear */
	const char *other; /* what others hear */
} cases[] = {
	{ "JOIN north", ROLE_MEMBER, "You are on the list of Faro", "reply YES" },
	{ "START", ROLE_MEMBER, "You are on the list of Faro", "reply YES" },
	{ "HELP", ROLE_MEMBER, "STOP leaves", A_NEIGHBOR },
	{ "INFO", ROLE_MEMBER, "STOP leaves", A_NEIGHBOR },
	{ "STOP", ROLE_NEIGHBOR, STOPPED, "" },
	{ "LANG es", ROLE_NEIGHBOR, "Desde ahora le escribimos", "" },
	{ "LANG", ROLE_NEIGHBOR, "Text LANG and one of", "" },
	{ "REPORT vans at 5th", ROLE_NEIGHBOR, "It is report #3", "" },
	{ "REPORT", ROLE_NEIGHBOR, "Text REPORT and what you see", "" },
	{ "rights", ROLE_NEIGHBOR, "You may remain silent.", "" },
	{ "something else", ROLE_NEIGHBOR, MESSAGE, "" },
	{ "STORY they took him", ROLE_NEIGHBOR, "may we keep this?", "" },
	{ "STORY", ROLE_NEIGHBOR, "Faro has no story of yours.", "" },
	{ "STORY DELETE", ROLE_NEIGHBOR, "There was no story of yours", "" },
	{ "ZONE", ROLE_MEMBER, "Your zones: all zones.", MESSAGE },
	{ "ZONE south", ROLE_MEMBER, "Your zones are now: south.", MESSAGE },
	{ "ZONE east", ROLE_MEMBER, "east is not one of our zones", MESSAGE },
	{ "DIGEST", ROLE_MEMBER, "You get no digest of Faro.", MESSAGE },
	{ "DIGEST weekly", ROLE_MEMBER, "once a week at 09:00", MESSAGE },
	{ "DIGEST OFF", ROLE_MEMBER, "You get no digest of Faro.", MESSAGE },
	{ "POST", ROLE_DISPATCHER, "POST and your news", MESSAGE },
	{ "POST the clinic moved", ROLE_DISPATCHER, "go to nobody yet, 0 together. Reply ",
		MESSAGE },
	{ "RSVP 3", ROLE_MEMBER, "There is no event E3 to come.", MESSAGE },
	{ "EVENT", ROLE_DISPATCHER, "EVENT, when, and what and where", MESSAGE },
	{ "EVENT 2020-01-01 10:00 past", ROLE_DISPATCHER, "EVENT, when, and", MESSAGE },
	{ "EVENT tomorrow 10:00 a walk", ROLE_DISPATCHER, "1 segment each, ", MESSAGE },
	{ "CANCEL E9", ROLE_DISPATCHER, "There is no event E9 to come.", STOPPED },
	{ "VOUCH", ROLE_MEMBER, "nobody needs a word from you", MESSAGE },
	{ "YES", ROLE_MEMBER, NO_ALERT, A_NEIGHBOR },
	{ "YES 10", ROLE_MEMBER, NO_ALERT, A_NEIGHBOR },
	{ "NO", ROLE_MEMBER, NO_ALERT, A_NEIGHBOR },
	{ "ETA 10", ROLE_MEMBER, NO_ALERT, A_NEIGHBOR },
	{ "HERE", ROLE_MEMBER, NO_ALERT, MESSAGE },
	{ "DONE", ROLE_MEMBER, NO_ALERT, MESSAGE },
	{ "DUTY ON", ROLE_RESPONDER, "You are on duty for 12 h.", MESSAGE },
	{ "DUTY ON 4", ROLE_RESPONDER, "You are on duty for 4 h.", MESSAGE },
	{ "DUTY ON 8h", ROLE_RESPONDER, "You are on duty for 8 h.", MESSAGE },
	{ "DUTY ON 99", ROLE_RESPONDER, "12 hours (at most 48)", MESSAGE },
	{ "DUTY ON forever", ROLE_RESPONDER, "DUTY ON 12 begins", MESSAGE },
	{ "DUTY OFF", ROLE_RESPONDER, "You are off duty.", MESSAGE },
	{ "DUTY", ROLE_RESPONDER, "DUTY ON 12 begins", MESSAGE },
	{ "TAKE 1", ROLE_DISPATCHER, "#1 is yours.", MESSAGE },
	{ "take1", ROLE_DISPATCHER, "#1 is yours.", MESSAGE },
	{ "TAKE", ROLE_DISPATCHER, "TAKE needs the number", MESSAGE },
	{ "TAKE 99", ROLE_DISPATCHER, "There is no #99.", MESSAGE },
	{ "CONFIRM #1", ROLE_DISPATCHER, "#1 is confirmed.", MESSAGE },
	{ "CONFIRM it", ROLE_DISPATCHER, "CONFIRM needs the number", MESSAGE },
	{ "FALSE 1", ROLE_DISPATCHER, "#1 is closed as unfounded.", MESSAGE },
	{ "FALSE", ROLE_DISPATCHER, "FALSE needs the number", MESSAGE },
	{ "FALSE 2", ROLE_DISPATCHER, "The alert of #2 is running.", MESSAGE },
	{ "ALERT vans at 5th", ROLE_DISPATCHER, "Reply ", MESSAGE },
	{ "ALERT INFO vans at 5th", ROLE_DISPATCHER, "Nobody is asked to come. Reply ", MESSAGE },
	{ "ALERT INFO", ROLE_DISPATCHER, "ALERT [number] [zone]", MESSAGE },
	{ "ALERT north", ROLE_DISPATCHER, "ALERT [number] [zone]", MESSAGE },
	{ "ALERT 2 vans", ROLE_DISPATCHER, "The alert of #2 is running.", MESSAGE },
	{ "SCHEDULE", ROLE_DISPATCHER, "Nothing is scheduled.", MESSAGE },
	{ "SCHEDULE 18:30 vans", ROLE_DISPATCHER, "It waits until 2026-09-2", MESSAGE },
	{ "SCHEDULE vans", ROLE_DISPATCHER, "SCHEDULE time [zone] text", MESSAGE },
	{ "MORE 2", ROLE_DISPATCHER, "#2: no number was asked for", MESSAGE },
	{ "MORE 2 many", ROLE_DISPATCHER, "MORE 2 5 asks for five more people", MESSAGE },
	{ "MORE 1", ROLE_DISPATCHER, "No alert was sent for #1.", MESSAGE },
	{ "MORE 99", ROLE_DISPATCHER, "There is no #99.", MESSAGE },
	{ "MORE", ROLE_DISPATCHER, "MORE 2 5 asks for five more people", MESSAGE },
	{ "need more", ROLE_DISPATCHER, "MORE 2 5 asks for five more people", MESSAGE },
	{ "Need more people!", ROLE_DISPATCHER, "MORE 2 5 asks for five more people", MESSAGE },
	{ "More of them come", ROLE_NEIGHBOR, MESSAGE, "" },
	{ "need more water at 5th", ROLE_NEIGHBOR, MESSAGE, "" },
	{ "all clear", ROLE_DISPATCHER, "all clear needs the number", MESSAGE },
	{ "All clear!", ROLE_DISPATCHER, "All clear needs the number", MESSAGE },
	{ "all clear 1", ROLE_DISPATCHER, "#1 is closed", MESSAGE },
	{ "ALL CLEAR #2 thank you", ROLE_DISPATCHER, "#2: it goes to the 7", MESSAGE },
	{ "UPDATE 2 they left", ROLE_DISPATCHER, "#2: it goes to the 7", MESSAGE },
	{ "UPDATE 2", ROLE_DISPATCHER, "UPDATE needs a number and a text", MESSAGE },
	{ "UPDATE they left", ROLE_DISPATCHER, "UPDATE needs a number and a text", MESSAGE },
	{ "UPDATE 1 they left", ROLE_DISPATCHER, "No alert was sent for #1.", MESSAGE },
	{ "CLEAR 2", ROLE_DISPATCHER, "#2: it goes to the 7", MESSAGE },
	{ "CLEAR 1", ROLE_DISPATCHER, "#1 is closed.", MESSAGE },
	{ "CLEAR", ROLE_DISPATCHER, "CLEAR needs the number", MESSAGE },
	{ "CANCEL 2", ROLE_DISPATCHER, "#2: it goes to the 7", STOPPED },
	{ "CANCEL 1", ROLE_DISPATCHER, "No alert was sent for #1.", STOPPED },
	{ "CANCEL", ROLE_DISPATCHER, "CANCEL 2 calls alert #2 off.", STOPPED },
	{ "#1 hello", ROLE_DISPATCHER, NULL, MESSAGE },
	{ "#1", ROLE_DISPATCHER, "Text #1 and your words", MESSAGE },
	{ "#2 hello", ROLE_DISPATCHER, "#2 was not reported by text", MESSAGE },
	{ "0000", ROLE_DISPATCHER, "No alert waits for a code.", MESSAGE },
	{ "STATUS", ROLE_DISPATCHER, "2 of 2 modems ready", MESSAGE },
	{ "ADD 5105550112 member Flo", ROLE_ADMIN, "Flo is on the list as member", ADMINS },
	{ "ADD Flo", ROLE_ADMIN, "ADD phone role name", MESSAGE },
	{ "Add two more vans at 5th", ROLE_ADMIN, "ADD phone role name", MESSAGE },
	{ "ADD 5105550112", ROLE_ADMIN, "ADD phone role name", ADMINS },
	{ "Block the door at 5th street", ROLE_ADMIN, " needs the number", MESSAGE },
	{ "BLOCK 5 people at the door", ROLE_ADMIN, "There is no #5.", MESSAGE },
	{ "Resume at 5th and Main", ROLE_ADMIN, "sends again", MESSAGE },
	{ "ROLE 5105550106 responder", ROLE_ADMIN, "Mia is responder now", ADMINS },
	{ "ROLE 5105550106", ROLE_ADMIN, "ROLE phone role", ADMINS },
	{ "ROLE 5105550112 member", ROLE_ADMIN, "That number is not on the list.", ADMINS },
	{ "REMOVE 5105550106", ROLE_ADMIN, "Mia is off the list.", STOPPED },
	{ "REMOVE 5105550112", ROLE_ADMIN, "That number is not on the list.", STOPPED },
	{ "REMOVE", ROLE_NEIGHBOR, STOPPED, "" },
	{ "BLOCK 1", ROLE_ADMIN, "The sender of #1 is blocked", ADMINS },
	{ "BLOCK", ROLE_ADMIN, "BLOCK needs the number", ADMINS },
	{ "PAUSE", ROLE_ADMIN, "Faro is paused", ADMINS },
	{ "RESUME", ROLE_ADMIN, "Faro sends again.", ADMINS },
};

/* Eva has reported #1, the alert of #2 runs; Ben has the role and got no alert. */
static struct world *scene(enum role role)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_person_request ben = { .phone = phone_of("Ben"),
		.role = store_role_name(role) };
	char why[64];

	texts(w, "Eva", "REPORT vans at 5th");
	texts(w, "Ana", "ALERT vans at 6th");
	for (int i = 0; i < w->n_heard; i++)
		keep_code(w, w->heard[i].text);
	texts(w, "Ana", w->code);
	if (role > ROLE_NEIGHBOR)
		assert_int_equal(desk_person_add(w->desk, &ben, w->now_ms, why, sizeof(why)), 0);
	settle(w);
	forget(w);
	return w;
}

static const char *what_is_said(const struct command_case *c, enum role role)
{
	if (role >= c->role_min)
		return c->right;
	/* of those who do not know the commands it is a message */
	return role < ROLE_DISPATCHER && strcmp(c->other, ADMINS) == 0 ? MESSAGE : c->other;
}

static void every_command_is_answered_by_role_and_form_with_one_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		for (int role = ROLE_NEIGHBOR; role < ROLES; role++) {
			const struct command_case *c = &cases[i];
			const char *piece = what_is_said(c, (enum role)role);
			struct world *w = scene((enum role)role);
			struct heard_text *heard;

			texts(w, "Ben", c->text);
			heard = next_heard(w, "Ben");
			/* admins and dispatchers also hear what concerns them all */
			while (heard && piece && !strstr(heard->text, piece) &&
				role >= ROLE_DISPATCHER) {
				heard->taken = true;
				heard = next_heard(w, "Ben");
			}
			if (piece && (!heard || !strstr(heard->text, piece)))
				fail_msg("%s of a %s: \"%s\" expected, \"%s\" heard", c->text,
					store_role_name((enum role)role), piece,
					heard ? heard->text : "");
			if (!piece && heard)
				fail_msg("%s of a %s: \"%s\" heard", c->text,
					store_role_name((enum role)role), heard->text);
			world_destroy(w);
		}
}

/* ---- every message, in segments ---- */

static const struct speech_arg usual[] = {
	SPEECH_TEXT("box", "Faro"),
	SPEECH_TEXT("zones", "north"),
	SPEECH_TEXT("known", "north, south, east, west"),
	SPEECH_TEXT("person", "P412"),
	SPEECH_TEXT("role", "dispatcher"),
	SPEECH_TEXT("language", "español"),
	SPEECH_TEXT("languages", "English, español, kreyol, Tagalog"),
	SPEECH_TEXT("text", "Two vans and six agents with vests at 5th and Main, since 8:10"),
	SPEECH_TEXT("name", "Ana Maria"),
	SPEECH_TEXT("code", "4821"),
	SPEECH_TEXT("word", "CONFIRM"),
	SPEECH_TEXT("modem", "stick"),
	SPEECH_TEXT("when", "2026-12-24 18:00"),
	SPEECH_TEXT("clock", "18:30"),
	SPEECH_TEXT("gaps", "11-16 22:00-08:00, 11-18 02:00-08:00, 11-21 18:00-22:00"),
	SPEECH_TEXT("token", "1234-0123456789abcdef"),
	SPEECH_TEXT("place", "3500 International Blvd"),
	SPEECH_TEXT("time", "14:35"),
	SPEECH_NUMBER("incident", 117),
	SPEECH_NUMBER("number", 117),
	SPEECH_NUMBER("other", 116),
	SPEECH_NUMBER("people", 1212),
	SPEECH_NUMBER("segments", 1),
	SPEECH_NUMBER("minutes", 44),
	SPEECH_NUMBER("need", 10),
	SPEECH_NUMBER("duty", 140),
	SPEECH_NUMBER("left", 212),
	SPEECH_NUMBER("tries", 2),
	SPEECH_NUMBER("yes", 112),
	SPEECH_NUMBER("here", 13),
	SPEECH_NUMBER("done", 11),
	SPEECH_NUMBER("no", 104),
	SPEECH_NUMBER("sent", 1180),
	SPEECH_NUMBER("total", 1212),
	SPEECH_NUMBER("held", 1120),
	SPEECH_NUMBER("dropped", 1132),
	SPEECH_NUMBER("ready", 4),
	SPEECH_NUMBER("percent", 12),
	SPEECH_NUMBER("modems", 4),
	SPEECH_NUMBER("incidents", 13),
	SPEECH_NUMBER("alerts", 1),
	SPEECH_NUMBER("queued", 1120),
	SPEECH_NUMBER("failed", 3),
	SPEECH_NUMBER("doubt", 12),
	SPEECH_NUMBER("signal", -67),
	SPEECH_NUMBER("hours", 12),
	SPEECH_TEXT("token", "LX9K3B2M-4F7A91C2"),
};

/* Of a draft, and of one whose letters are not in the default alphabet. */
#define DRAFT_SEGMENTS 4

static void every_message_is_one_segment_with_usual_values(void **state)
{
	struct speech *speech;
	char memory[1024];
	struct strbuf out;
	struct sms_plan plan;

	(void)state;
	assert_int_equal(speech_new("config/messages", "en", print_problem, NULL, &speech), 0);
	for (int l = 0; speech_language(speech, l); l++)
		for (int id = 0; id < SPEECH_MESSAGES; id++) {
			const char *language = speech_language(speech, l);
			bool draft = speech_is_draft(speech, language, NULL);

			if (speech_is_draft(speech, language, NULL))
				continue; /* test_speech_say.c says what these may cost */
			strbuf_init(&out, memory, sizeof(memory));
			speech_say(speech, language, (enum speech_message)id, usual,
				ARRAY_SIZE(usual), &out);
			assert_int_equal(speech_plan(speech, language, out.text, &plan), 0);
			print_message("%s %-20s %d segment, %3u of %u\n", language,
				speech_message_name((enum speech_message)id), plan.segments,
				plan.units, plan.units_per_segment);
			if (draft ? plan.segments > DRAFT_SEGMENTS
				  : plan.segments != 1 || plan.alphabet != SMS_ALPHABET_GSM7)
				fail_msg("%s in %s takes %d segments: %s",
					speech_message_name((enum speech_message)id), language,
					plan.segments, out.text);
			assert_null(strchr(out.text, '{')); /* no value is missing */
		}
	speech_free(speech);
}

/* The promise, the status and the summary are made of several sentences. */
static void what_is_made_of_several_sentences_is_one_segment_too(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON");
	texts(w, "Ana", "ALERT north NEED 10 vans at 5th");
	texts(w, "Rosa", "ALERTA norte NECESITO 10 camionetas en la quinta");
	texts(w, "Ana", "STATUS");
	texts(w, "Rosa", "ESTADO");
	for (int i = 0; i < w->n_heard; i++)
		if (w->heard[i].segments != 1)
			fail_msg("%d segments: %s", w->heard[i].segments, w->heard[i].text);
	assert_true(w->n_heard == 5);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_answered_by_role_and_form_with_one_text),
		cmocka_unit_test(every_message_is_one_segment_with_usual_values),
		cmocka_unit_test(what_is_made_of_several_sentences_is_one_segment_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
