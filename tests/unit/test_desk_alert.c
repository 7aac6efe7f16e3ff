/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts, as conversations: the promise, the code, the answers, what follows, and what ends by
 * itself.
 */
#include "desk_world.h"

/* Everybody but Eva and Flo; Ana, Abe and Rosa are on the list too. */
#define ALERT_1  "Faro ALERT #1: vans at 5th. Answer YES and minutes, or NO."
#define ALERTA_1 "Faro ALERTA #1: vans at 5th. Responda SI y minutos, o NO."
#define ALL_HEAR                                                                                   \
	HEARS("Ana", ALERT_1), HEARS("Abe", ALERT_1), HEARS("Carla", ALERT_1),                     \
		HEARS("Mia", ALERT_1), HEARS("Rosa", ALERTA_1), HEARS("Dan", ALERTA_1),            \
		HEARS("Max", ALERTA_1)
#define ALL_GONE_OUT                                                                               \
	SAYS(0, "Ana", "ALERT vans at 5th"),                                                       \
		HEARS("Ana", "#1 (all zones): 7 people, 1 segment, "                               \
			     "about 1 min. Reply "),                                               \
		SAYS(1, "Ana", CODE), HEARS("Ana", "#1 is going out to 7 people."), ALL_HEAR

static void the_code_sends_the_alert_to_everybody_in_their_language(void **state)
{
	static const struct line talk[] = {
		ALL_GONE_OUT,
		SAYS(2, "Ana", CODE), /* one use */
		HEARS("Ana", "The alert of #1 is running."),
		SAYS(3, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to the 7"),
		HEARS("Ana", "ALL CLEAR"),
		HEARS("Abe", "ALL CLEAR"),
		HEARS("Carla", "ALL CLEAR"),
		HEARS("Mia", "ALL CLEAR"),
		HEARS("Rosa", "DESPEJADO"),
		HEARS("Dan", "DESPEJADO"),
		HEARS("Max", "DESPEJADO"),
		SAYS(4, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
	};

	(void)state;
	TALK(talk);
}

static void a_code_sent_twice_takes_no_try_from_another_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char code[8];

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(code, sizeof(code), w->code);
	texts(w, "Ana", code);
	hears(w, "Ana", "#1 is going out");
	hears(w, "Abe", ALERT_1);
	texts(w, "Abe", "ALERT trucks at 9th");
	keep_code(w, hears(w, "Abe", "Reply "));
	forget(w);
	for (int i = 0; i < 3; i++)
		texts(w, "Ana", code);
	hears(w, "Ana", "The alert of #1 is running.");
	texts(w, "Abe", w->code);
	hears(w, "Abe", "#2 is going out");
	world_destroy(w);
}

static void a_zone_with_a_wrong_letter_is_told_before_the_code_is_used(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT nroth vans at 5th"),
		HEARS("Ana", "#1 (all zones): 7 people, 1 segment, about 1 min. nroth is no zone. "
			     "Reply "),
		SAYS(1, "Ana", "ALERT checkpoint at 98th"),
		HEARS("Ana", "Reply "),
	};

	(void)state;
	TALK(talk);
}

static void a_kind_and_a_place_with_its_own_at_say_it_once(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT checkpoint at 98th 14:35");
	confirms(w, "Ana", "Reply ");
	hears(w, "Carla", "ALERT #1: Checkpoint at 98th, 14:35.");
	world_destroy(w);
}

static void yes_and_no_are_understood_as_people_write_them(void **state)
{
	static const struct {
		const char *who, *says, *hears;
	} rows[] = {
		{ "Carla", "YES10", "Counted for #1, in 10 min." },
		{ "Mia", "omw", "You are counted for #1." },
		{ "Mia", "I can come in 20", "Counted for #1, in 20 min." },
		{ "Mia", "ETA 1h", "Counted for #1, in 60 min." },
		{ "Mia", "yes 2 hours", "Counted for #1, in 120 min." },
		{ "Mia", "\xF0\x9F\x91\x8D", "You are counted for #1." },
		{ "Carla", "I'm here", "you are there for #1" },
		{ "Mia", "can't", "Thank you for answering #1." },
		{ "Dan", "ya voy 15", "#1, en 15 min." },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	confirms(w, "Ana", "Reply ");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		w->now_ms += 3 * MS_PER_MIN;
		forget(w);
		texts(w, rows[i].who, rows[i].says);
		hears(w, rows[i].who, rows[i].hears);
	}
	world_destroy(w);
}

static void an_alert_for_a_zone_reaches_its_people_and_those_of_no_zone(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "DUTY ON"),
		HEARS("Carla", "12 h"),
		SAYS(0, "Ana", "alert NORTE need 2 vans at 5th"),
		HEARS("Ana",
			"#1 (north): 5 people, 1 segment, about 1 min. 2 needed. The one on duty "
			"in the next minute. Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "#1 is going out to 5 people."),
		HEARS("Carla", ALERT_1),
		HEARS("Mia", ALERT_1),
		HEARS("Abe", ALERT_1),
		HEARS("Ana", ALERT_1),
		HEARS("Rosa", ALERTA_1),
	};

	(void)state;
	TALK(talk);
}

static void all_behind_the_zones_means_the_others_too(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT north ALL vans at 5th"),
		HEARS("Ana", "#1 (north): 7 people"),
	};

	(void)state;
	TALK(talk);
}

static void need_is_also_understood_at_the_end(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th NEED 3"),
		HEARS("Ana", "about 1 min. 3 needed. Reply "),
		SAYS(1, "Ana", CODE),
		HEARS("Ana", "going out"),
		ALL_HEAR,
	};

	(void)state;
	TALK(talk);
}

static void a_house_number_in_front_is_text_and_an_incidents_number_is_the_incident(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Eva", "REPORT vans at 5th"),
		STAFF_HEAR("#1"),
		HEARS("Eva", "#1"),
		SAYS(1, "Ana", "ALERT 3500 International Blvd"),
		HEARS("Ana", "#2 (all zones)"),
		SAYS(2, "Ana", "ALERT 1 south vans at 5th"),
		HEARS("Ana", "#1 (south): 4 people"),
		SAYS(3, "Ana", "ALERT #77 vans"),
		HEARS("Ana", "There is no #77."),
		SAYS(4, "Ana", "ALERT"),
		HEARS("Ana", "ALERT [number] [zone] [NEED people] text."),
		SAYS(5, "Ana", "TAKE 2"), /* it went with the alert that gave way */
		HEARS("Ana", "#2 is closed."),
	};

	(void)state;
	TALK(talk);
}

static void three_wrong_codes_withdraw_the_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char wrong[3][8];
	int code;

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	code = atoi(w->code);
	for (int i = 0; i < 3; i++)
		snprintf(wrong[i], sizeof(wrong[i]), "%04d", (code + 1 + i) % 10000);
	texts(w, "Ana", wrong[0]);
	hears(w, "Ana", "That is not the code. 2 tries left.");
	texts(w, "Abe", wrong[1]); /* another dispatcher's wrong code counts too */
	hears(w, "Abe", "That is not the code. 1 try left.");
	texts(w, "Ana", wrong[2]);
	hears(w, "Ana", "the alert is withdrawn");
	texts(w, "Ana", w->code);
	hears(w, "Ana", "No alert waits for a code.");
	hears_nothing(w, "Mia");
	texts(w, "Ana", "TAKE 1");
	hears(w, "Ana", "#1 is closed.");
	world_destroy(w);
}

static void a_code_from_another_dispatcher_sends_it_and_the_author_is_told(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Abe", CODE),
		HEARS("Ana", "Your alert #1 was sent by Abe."),
		HEARS("Abe", "#1 is going out to 7 people."),
		ALL_HEAR,
	};

	(void)state;
	TALK(talk);
}

static void a_code_from_a_member_or_a_stranger_sends_nothing(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		SAYS(1, "Eva", CODE),
		HEARS("Ana", "#2 message"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Eva", "#2"),
		SAYS(1, "Carla", CODE),
		HEARS("Ana", "#3 message"),
		HEARS("Abe", "#3"),
		HEARS("Rosa", "#3"),
		HEARS("Carla", "#3"),
	};

	(void)state;
	TALK(talk);
}

static void a_code_runs_out_after_its_time(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ana", "ALERT vans at 5th"),
		HEARS("Ana", "Reply "),
		TIME(4),
		TIME(6),
		HEARS("Ana", "Alert #1 was not confirmed in time and was not sent."),
		SAYS(6, "Ana", CODE),
		HEARS("Ana", "No alert waits for a code."),
	};

	(void)state;
	TALK(talk);
}

static void answers_are_counted_and_the_author_gets_one_summary_a_minute(void **state)
{
	static const struct line talk[] = {
		ALL_GONE_OUT,
		SAYS(2, "Carla", "yes"),
		HEARS("Carla", "Thank you! You are counted for #1. Text HERE when you arrive"),
		HEARS("Ana", "#1: 1 yes. Sent to 7 of 7."),
		SAYS(2, "Dan", "Sí 15 min"),
		HEARS("Dan", "Contamos con usted para #1, en 15 min."),
		SAYS(2, "Mia", "20"),
		HEARS("Mia", "Counted for #1, in 20 min."),
		SAYS(2, "Max", "NO"),
		HEARS("Max", "Gracias por responder a #1."),
		TIME(3),
		HEARS("Ana", "#1: 3 yes, 1 no. Sent to 7 of 7. Soonest in 14 min."),
		TIME(10),
		SAYS(10, "Dan", "aquí"),
		HEARS("Dan", "Gracias por llegar a #1."),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no."),
		SAYS(10, "Mia", "ETA 5"),
		HEARS("Mia", "Counted for #1, in 5 min."),
		SAYS(10, "Mia", "eta"),
		HEARS("Mia", "Text ETA and the minutes"),
		SAYS(12, "Carla", "Done"),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no. Sent to 7 of 7. Soonest in 4 min."),
		HEARS("Carla", "Thank you for being there for #1."),
		HEARS("Ana", "#1: 1 yes, 1 here, 1 done, 1 no."),
		SAYS(14, "Carla", "yes but I need a ride from the station"),
		HEARS("Ana", "#1 responder: yes but I need a ride from the station"),
		HEARS("Carla", "You are counted for #1."),
		HEARS("Ana", "#1: 2 yes, 1 here, 1 no."),
	};

	(void)state;
	TALK(talk);
}

static void an_answer_without_an_alert_is_no_answer(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Carla", "YES"),
		HEARS("Carla", "There is no alert to answer at the moment."),
		SAYS(0, "Mia", "ETA 5"),
		HEARS("Mia", "There is no alert to answer"),
		SAYS(0, "Mia", "15"),
		HEARS("Ana", "#1 message: 15"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Mia", "#1"),
		SAYS(1, "Mia", "yes"), /* of an open incident it is more of it */
		HEARS("Ana", "#1 more: yes"),
		HEARS("Abe", "#1"),
		HEARS("Rosa", "#1"),
		HEARS("Mia", "added to #1"),
		SAYS(2, "Eva", "Here they are at 5th"), /* of a neighbor a report, not an answer */
		HEARS("Ana", "#2 message: Here they are at 5th"),
		HEARS("Abe", "#2"),
		HEARS("Rosa", "#2"),
		HEARS("Eva", "#2"),
	};

	(void)state;
	TALK(talk);
}

static void when_enough_said_yes_the_rest_is_held_and_a_no_lets_it_go_on(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON");
	forget(w);
	texts(w, "Ana", "ALERT NEED 2 vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	w->deaf = true;
	texts(w, "Ana", w->code);
	w->deaf = false;
	deliver(w, 3); /* the answer to Ana, and two copies: Carla, who is on duty, and Rosa */
	hears(w, "Ana", "going out to 7 people");
	hears(w, "Carla", "Faro ALERT #");
	hears(w, "Rosa", "Faro ALERTA #");
	w->deaf = true;
	texts(w, "Carla", "YES");
	texts(w, "Rosa", "SI 5");
	w->deaf = false;
	settle(w);
	hears(w, "Ana", ": 1 yes");
	hears(w, "Ana", "the 2 that you need said yes. 5 copies that were not sent yet are held.");
	hears_nothing(w, "Mia");
	hears_nothing(w, "Max");
	time_goes_on(w, w->now_ms + 5 * MS_PER_MIN);
	hears_nothing(w, "Ana");
	texts(w, "Rosa", "NO");
	hears(w, "Ana", "now 1 of 2, somebody cannot come. The 5 held copies go out.");
	hears(w, "Mia", "Faro ALERT #");
	hears(w, "Max", "Faro ALERTA #");
	world_destroy(w);
}

static void update_clear_and_cancel_go_to_those_who_were_sent_the_alert(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Carla", "DUTY ON");
	texts(w, "Ana", "ALERT vans at 5th");
	keep_code(w, next_heard(w, "Ana")->text);
	forget(w);
	w->deaf = true;
	texts(w, "Ana", w->code);
	w->deaf = false;
	deliver(w, 3);
	hears(w, "Ana", "going out");
	hears(w, "Carla", "ALERT #1");
	hears(w, "Rosa", "ALERTA #1"); /* who runs the network comes before its members */
	w->deaf = true;
	texts(w, "Ana", "UPDATE 1 they moved to 7th");
	w->deaf = false;
	settle(w);
	hears(w, "Ana",
		"#1: it goes to the 2 who were sent the alert. 5 unsent copies were dropped.");
	hears(w, "Carla", "Faro UPDATE #1: they moved to 7th");
	hears(w, "Rosa", "Faro #1 CAMBIO: they moved to 7th");
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		hears_nothing(w, people[i].name);
	texts(w, "Ana", "CLEAR 1");
	hears(w, "Ana", "#1: it goes to the 2");
	hears(w, "Carla", "Faro ALL CLEAR #1: it is over.");
	hears(w, "Rosa", "Faro #1 TODO DESPEJADO.");
	texts(w, "Carla", "YES");
	hears(w, "Carla", "#1 is over.");
	texts(w, "Ana", "UPDATE 1 more");
	hears(w, "Ana", "#1 is closed.");
	for (size_t i = 0; i < ARRAY_SIZE(people); i++)
		hears_nothing(w, people[i].name);
	world_destroy(w);
}

static void clear_with_a_text_says_it(void **state)
{
	static const struct line talk[] = {
		ALL_GONE_OUT,
		SAYS(2, "Abe", "CLEAR 1 they left, nobody was taken"),
		HEARS("Abe", "#1: it goes to the 7 who were sent the alert."),
#define OVER(name)      HEARS(name, "Faro ALL CLEAR #1: they left, nobody was taken")
#define DESPEJADO(name) HEARS(name, "Faro #1 TODO DESPEJADO: they left, nobody was taken")
		OVER("Ana"),
		OVER("Abe"),
		OVER("Carla"),
		OVER("Mia"),
		DESPEJADO("Rosa"),
		DESPEJADO("Dan"),
		DESPEJADO("Max"),
	};

	(void)state;
	TALK(talk);
}

static void cancel_with_a_number_calls_off_and_alone_it_is_stop(void **state)
{
	static const struct line talk[] = {
		ALL_GONE_OUT,
		SAYS(2, "Ana", "cancel 1"),
		HEARS("Ana", "#1: it goes to the 7"),
#define OFF(name)        HEARS(name, "Faro: #1 is called off. Please do not come.")
#define SE_CANCELA(name) HEARS(name, "Faro: #1 se cancela. Por favor no venga.")
		OFF("Ana"),
		OFF("Abe"),
		OFF("Carla"),
		OFF("Mia"),
		SE_CANCELA("Rosa"),
		SE_CANCELA("Dan"),
		SE_CANCELA("Max"),
		SAYS(3, "Ana", "ALERT south vans"),
		HEARS("Ana", "#2 (south)"),
		SAYS(4, "Ana", "CANCEL #2"),
		HEARS("Ana", "Alert #2 is withdrawn. Nobody was sent it."),
		SAYS(5, "Carla", "CANCEL 1"), /* not a dispatcher: it is STOP */
		HEARS("Carla", "you are off the list"),
		SAYS(6, "Ana", "CANCEL 99"), /* a typing error of hers is no STOP */
		HEARS("Ana", "There is no #99."),
		SAYS(7, "Abe", "Cancel"),
		HEARS("Abe", "you are off the list"),
	};

	(void)state;
	TALK(talk);
}

static void the_shelf_life_ends_an_alert_and_clear_still_reaches_its_people(void **state)
{
	static const struct line talk[] = {
		ALL_GONE_OUT,
		SAYS(2, "Mia", "YES"),
		HEARS("Mia", "You are counted"),
		HEARS("Ana", "#1: 1 yes"),
		TIME(120),
		TIME(121),
		HEARS("Ana", "The time of alert #1 is over: 1 said yes."),
		HEARS("Mia", "Faro #1: the time of this alert is over."),
		SAYS(122, "Mia", "YES"),
		HEARS("Mia", "#1 is over."),
		SAYS(123, "Ana", "CLEAR 1"),
		HEARS("Ana", "#1: it goes to the 7"),
		HEARS("Ana", "ALL CLEAR #1"),
		HEARS("Abe", "ALL CLEAR #1"),
		HEARS("Carla", "ALL CLEAR #1"),
		HEARS("Mia", "ALL CLEAR #1"),
		HEARS("Rosa", "DESPEJADO"),
		HEARS("Dan", "DESPEJADO"),
		HEARS("Max", "DESPEJADO"),
	};

	(void)state;
	TALK(talk);
}

static void how_to_answer_is_left_out_where_it_would_cost_a_segment(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char text[256] = "ALERT ";

	(void)state;
	memset(text + 6, 'x', 130);
	texts(w, "Ana", text);
	confirms(w, "Ana", "7 people, 1 segment");
	hears(w, "Ana", "going out");
	for (int i = 0; i < w->n_heard; i++)
		if (w->heard[i].class == CLASS_ALERT) {
			assert_int_equal(w->heard[i].segments, 1);
			assert_null(strstr(w->heard[i].text, "YES"));
			assert_non_null(strstr(w->heard[i].text, "Faro #1: xxx"));
		}
	world_destroy(w);
}

static void the_promise_is_honest_about_modems_and_allowance(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	w->pace.modems_ready = 0;
	w->pace.segments_per_s = 0;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "No modem is ready: it would wait. Reply ");
	w->pace.segments_per_s = 0.01;
	w->pace.allowance = 3;
	texts(w, "Ana", "ALERT vans at 6th");
	hears(w, "Ana", "about 12 min. Only 3 segments are left today. Reply ");
	w->pace.allowance = -1;
	w->pace.newcomers = 2;
	texts(w, "Ana", "ALERT vans at 7th");
	hears(w, "Ana", "Of people not texted yet this month only 2 can be reached. Reply ");
	world_destroy(w);
}

static void admins_hear_of_a_sim_that_seems_to_be_blocked(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);

	(void)state;
	assert_int_equal(desk_modem_blocked(w->desk, "sim1", 92, w->now_ms), 0);
	settle(w);
	hears(w, "Rosa", "Modem sim1: 92% de sus mensajes sin acuse.");
	hears_nothing(w, "Ana");
	world_destroy(w);
}

static void where_only_the_button_counts_a_code_sends_nothing(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"button\"; };\n");
	struct desk_state lights;

	(void)state;
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 0);
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "Hold SEND at the box for 3 seconds to send.");
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_int_equal(lights.alerts_pending, 1);
	assert_int_equal(desk_button_send(w->desk, w->now_ms), 1);
	settle(w);
	hears(w, "Ana", "Alert #1 was sent with the button at the box.");
	hears(w, "Mia", ALERT_1);
	assert_int_equal(desk_get_state(w->desk, w->now_ms, &lights), 0);
	assert_int_equal(lights.alerts_pending, 0);
	assert_int_equal(lights.alerts_running, 1);
	assert_int_equal(desk_button_stop(w->desk, w->now_ms), 1);
	settle(w);
	hears(w, "Mia", "Faro: #1 is called off.");
	assert_int_equal(desk_button_stop(w->desk, w->now_ms), 0);
	world_destroy(w);
}

static void without_confirmation_an_alert_leaves_at_once(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n");

	(void)state;
	texts(w, "Ana", "ALERT vans at 5th");
	hears(w, "Ana", "#1 (all zones): 7 people, 1 segment, about 1 min. It is going out now.");
	hears(w, "Mia", ALERT_1);
	world_destroy(w);
}

static void faroctl_prepares_sends_and_cancels(void **state)
{
	static const char *const zones[] = { "norte" }, *const nowhere[] = { "atlantis" };
	struct desk_alert_request request = {
		.zones = nowhere, .n_zones = 1, .text = "vans at 5th"
	};
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_promise promise;
	char why[128];

	(void)state;
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
		-EINVAL);
	assert_string_equal(why, "there is no zone \"atlantis\"; the zones are: north, south");
	request.zones = zones;
	request.text = " ";
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)),
		-EINVAL);
	request.text = "vans at 5th";
	request.need = 1;
	assert_int_equal(
		desk_alert_prepare(w->desk, &request, w->now_ms, &promise, why, sizeof(why)), 0);
	assert_int_equal(promise.people, 5);
	assert_int_equal(promise.segments, 1);
	assert_int_equal(promise.seconds, 10);
	assert_int_equal(strlen(promise.code), 4);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), 0);
	settle(w);
	assert_int_equal(desk_alert_send(w->desk, promise.alert_id, w->now_ms), -EALREADY);
	hears(w, "Mia", ALERT_1);
	hears(w, "Ana", ALERT_1);
	texts(w, "Mia", "YES");
	hears(w, "Ana", "#1: the one that you need said yes."); /* all dispatchers are told */
	hears(w, "Abe", ALERT_1);
	hears(w, "Abe", "#1: the one that you need said yes.");
	assert_int_equal(desk_alert_cancel(w->desk, promise.incident_id, w->now_ms), 0);
	settle(w);
	hears(w, "Ana", "Faro: #1 is called off.");
	assert_int_equal(desk_alert_cancel(w->desk, promise.incident_id, w->now_ms), -ENOENT);
	assert_int_equal(desk_alert_cancel(w->desk, 77, w->now_ms), -ENOENT);
	world_destroy(w);
}

static void the_configurations_people_are_changed_there_only(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct desk_person_request as_it_is = { .phone = phone_of("Ana"),
		.name = "Ana",
		.role = "dispatcher" },
				   renamed = { .phone = phone_of("Ana"), .name = "Zed" },
				   lowered = { .phone = phone_of("Ana"), .role = "member" },
				   lost = { .phone = phone_of("Ana"), .zones = "nroth" };
	char why[128];

	(void)state;
	assert_int_equal(desk_person_add(w->desk, &as_it_is, w->now_ms, why, sizeof(why)), 0);
	assert_int_equal(desk_person_add(w->desk, &renamed, w->now_ms, why, sizeof(why)), -EPERM);
	assert_int_equal(desk_person_add(w->desk, &lowered, w->now_ms, why, sizeof(why)), -EPERM);
	assert_string_equal(why, "the configuration file says name and role of this person");
	assert_int_equal(desk_person_add(w->desk, &lost, w->now_ms, why, sizeof(why)), -EINVAL);
	assert_non_null(strstr(why, "there is no zone \"nroth\"; the zones are: "));
	world_destroy(w);
}

static void a_big_list_is_queued_in_slices_and_a_restart_goes_on(void **state)
{
	struct world *w = world_make(USUAL_SETTINGS);
	struct store_tally tally;
	char phone[PHONE_SIZE], why[64];
	int slices = 0;

	(void)state;
	assert_int_equal(store_begin(w->store), 0);
	for (int i = 0; i < 2500; i++) {
		struct desk_person_request request = { .phone = phone };

		/* only different numbers are needed: 555-0200 and on, in many area codes */
		snprintf(phone, sizeof(phone), "+1%03d555%04d", 200 + i / 100, 100 + i % 100);
		assert_int_equal(
			desk_person_add(w->desk, &request, w->now_ms, why, sizeof(why)), 0);
	}
	assert_int_equal(store_commit(w->store), 0);
	w->deaf = true;
	texts(w, "Ana", "ALERT vans at 5th");
	w->deaf = false;
	deliver(w, 1);
	keep_code(w, hears(w, "Ana", "2503 people"));
	text_arrives(w, phone_of("Ana"), w->code);
	assert_int_equal(desk_handle_next(w->desk, w->now_ms), 1);
	world_restart(w);
	/* the courier's part */
	while (store_broadcast_expand(w->store, 1000, w->now_ms) == 1)
		slices++;
	assert_true(slices >= 2);
	assert_int_equal(store_tally(w->store, 1, &tally), 0);
	assert_int_equal(tally.messages[MESSAGE_QUEUED], 2503);
	world_destroy(w);
}

/* ---- what is to be known only ---- */

static void an_info_alert_is_never_told_not_to_come(void **state)
{
	static const char *const ends[][2] = {
		{ "CLEAR 1", "Faro INFO #1: this is over now. Thank you." },
		{ "CANCEL 1", "Faro INFO #1: please ignore this notice. Thank you." },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct world *w = world_of_people(USUAL_SETTINGS);

		texts(w, "Ana", "ALERT north INFO stay away from 5th");
		confirms(w, "Ana", "Nobody is asked to come.");
		hears(w, "Mia", "Faro INFO #1: stay away from 5th");
		texts(w, "Mia", "YES");
		hears(w, "Mia", "There is no alert to answer at the moment.");
		texts(w, "Ana", ends[i][0]);
		hears(w, "Mia", ends[i][1]);
		hears_nothing(w, "Mia");
		world_destroy(w);
	}
}

static void the_time_of_an_info_alert_ends_without_counting_who_comes(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	texts(w, "Ana", "ALERT north INFO stay away from 5th");
	confirms(w, "Ana", "Nobody is asked to come.");
	texts(w, "Mia", "YES");
	time_goes_on(w, w->now_ms + MS_PER_MIN);
	forget(w);
	time_goes_on(w, w->now_ms + 3 * MS_PER_H);
	hears(w, "Ana", "The time of notice #1 is over. CLEAR 1 tells");
	hears_nothing(w, "Ana");
	hears_nothing(w, "Mia");
	world_destroy(w);
}

/* ---- a text that begins like a template ---- */

static void a_template_is_shown_and_quotation_marks_send_what_is_written(void **state)
{
	static const char *const quoted[] = { "ALERT north \"raid on the store at 5th\"",
		"ALERT north \xE2\x80\x9Craid on the store at 5th\xE2\x80\x9D" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	const char *said;

	(void)state;
	texts(w, "Ana", "ALERT north raid on the store at 5th");
	hears(w, "Ana", "They read: Raid at on the store at 5th, ");
	for (size_t i = 0; i < ARRAY_SIZE(quoted); i++) {
		forget(w);
		texts(w, "Ana", quoted[i]);
		said = hears(w, "Ana", "Reply ");
		keep_code(w, said);
		assert_null(strstr(said, "They read"));
	}
	texts(w, "Ana", "ES redada en la tienda");
	confirms(w, "Ana", "Added: ES redada en la tienda Reply ");
	hears(w, "Mia", ": raid on the store at 5th. Answer");
	hears(w, "Rosa", ": redada en la tienda. Responda");
	world_destroy(w);
}

/* ---- words that are added to what waits for its code ---- */

/*
 * A number can be forged: the code that Ana has not read the added words with sends nothing more,
 * and her answer with it is no wrong try, once.
 */
static void the_code_from_before_a_version_sends_nothing(
	const char *command, const char *lost, const char *sent)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char before[8];
	int heard;

	texts(w, "Ana", command);
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(before, sizeof(before), w->code);
	texts(w, "Ana", "ES Vayan todos a la cárcel");
	keep_code(w, hears(w, "Ana", "Added: ES Vayan todos a la cárcel Reply "));
	assert_string_not_equal(w->code, before);
	heard = w->n_heard;
	texts(w, "Ana", before);
	hears(w, "Ana", "Words were added since that code, so nothing was sent.");
	texts(w, "Ana", before);
	hears(w, "Ana", "That is not the code. 2 tries left.");
	assert_int_equal(w->n_heard, heard + 2);
	/* one of before that one is a wrong try */
	texts(w, "Ana", "ES Dos camionetas");
	keep_code(w, hears(w, "Ana", "Added: ES Dos camionetas Reply "));
	texts(w, "Ana", before);
	hears(w, "Ana", lost);
	texts(w, "Ana", w->code);
	hears(w, "Ana", sent);
	world_destroy(w);
}

static void a_forged_version_leaves_on_no_code_from_before(void **state)
{
	static const struct {
		const char *command, *sent;
	} rows[] = {
		{ "ALERT Two vans at 5th", "#1 is going out" },
		{ "SCHEDULE 2026-10-01 10:00 Two vans at 5th", "#1 goes out on 2026-10-01 10:00" },
		{ "POST Two vans at 5th", "Posted" },
		{ "EVENT 2026-10-01 10:00 Two vans at 5th", "E1 is announced" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		the_code_from_before_a_version_sends_nothing(
			rows[i].command, "That is not the code. 1 try left.", rows[i].sent);
}

/* The code of before, when what waited for it is gone, is a code like any other. */
static void a_code_from_before_a_version_of_what_is_gone_waits_for_nothing(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char before[8];

	(void)state;
	texts(w, "Ana", "POST Two vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	text_copy(before, sizeof(before), w->code);
	texts(w, "Ana", "ES Dos camionetas");
	confirms(w, "Ana", "Reply ");
	hears(w, "Ana", "Posted");
	texts(w, "Ana", before);
	hears(w, "Ana", "No alert waits for a code.");
	world_destroy(w);
}

/* Item by item: who reads it in their language, and how many in none of theirs. */
static void the_promise_counts_who_reads_it_in_their_language(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	const char *said;

	(void)state;
	/* Rosa, Dan and Max read Spanish; Ana, Abe, Carla and Mia English */
	texts(w, "Ana", "ALERT Two vans at 5th");
	hears(w, "Ana", "Languages: en 4. 3 not in their language.");
	texts(w, "Ana", "ALERT north Two vans at 5th");
	hears(w, "Ana", "Languages: en 4. 1 not in their language.");
	texts(w, "Ana", "ALERT Two vans at 5th");
	hears(w, "Ana", "Languages: en 4. 3 not in their language.");
	texts(w, "Ana", "ES Dos camionetas en la 5th");
	said = hears(w, "Ana", "Languages: en 4, es 3.");
	assert_null(strstr(said, "not in their language"));
	world_destroy(w);
}

/* ---- numbers ---- */

static void need_takes_a_number_in_words_or_says_so(void **state)
{
	static const char *const rows[][2] = {
		{ "ALERT north vans at 5th NEED Two", " 2 needed." },
		{ "ALERT NEED ten north vans at 5th", " 10 needed." },
		{ "ALERTA norte NECESITO tres camionetas en la 5th", "Se necesitan 3." },
		{ "ALERT north vans at 5th NEED many", " NEED takes a number, as in NEED 5." },
	};
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		forget(w);
		texts(w, "Ana", rows[i][0]);
		hears(w, "Ana", rows[i][1]);
	}
	forget(w);
	texts(w, "Ana", "ALERT north they need water at 5th");
	assert_null(strstr(hears(w, "Ana", "Reply "), "NEED takes"));
	world_destroy(w);
}

static void a_code_is_understood_behind_its_word_and_a_short_one_is_none(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char text[32];

	(void)state;
	texts(w, "Ana", "ALERT north vans at 5th");
	keep_code(w, hears(w, "Ana", "Reply "));
	texts(w, "Ana", "999");
	hears(w, "Ana", "A code has 4 digits.");
	hears_nothing(w, "Abe");
	snprintf(text, sizeof(text), "Code: %s", w->code);
	texts(w, "Ana", text);
	hears(w, "Ana", "#1 is going out");
	hears(w, "Mia", "vans at 5th");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_code_sends_the_alert_to_everybody_in_their_language),
		cmocka_unit_test(a_code_sent_twice_takes_no_try_from_another_alert),
		cmocka_unit_test(a_zone_with_a_wrong_letter_is_told_before_the_code_is_used),
		cmocka_unit_test(a_kind_and_a_place_with_its_own_at_say_it_once),
		cmocka_unit_test(yes_and_no_are_understood_as_people_write_them),
		cmocka_unit_test(an_alert_for_a_zone_reaches_its_people_and_those_of_no_zone),
		cmocka_unit_test(all_behind_the_zones_means_the_others_too),
		cmocka_unit_test(need_is_also_understood_at_the_end),
		cmocka_unit_test(
			a_house_number_in_front_is_text_and_an_incidents_number_is_the_incident),
		cmocka_unit_test(three_wrong_codes_withdraw_the_alert),
		cmocka_unit_test(a_code_from_another_dispatcher_sends_it_and_the_author_is_told),
		cmocka_unit_test(a_code_from_a_member_or_a_stranger_sends_nothing),
		cmocka_unit_test(a_code_runs_out_after_its_time),
		cmocka_unit_test(answers_are_counted_and_the_author_gets_one_summary_a_minute),
		cmocka_unit_test(an_answer_without_an_alert_is_no_answer),
		cmocka_unit_test(when_enough_said_yes_the_rest_is_held_and_a_no_lets_it_go_on),
		cmocka_unit_test(update_clear_and_cancel_go_to_those_who_were_sent_the_alert),
		cmocka_unit_test(clear_with_a_text_says_it),
		cmocka_unit_test(cancel_with_a_number_calls_off_and_alone_it_is_stop),
		cmocka_unit_test(the_shelf_life_ends_an_alert_and_clear_still_reaches_its_people),
		cmocka_unit_test(how_to_answer_is_left_out_where_it_would_cost_a_segment),
		cmocka_unit_test(the_promise_is_honest_about_modems_and_allowance),
		cmocka_unit_test(admins_hear_of_a_sim_that_seems_to_be_blocked),
		cmocka_unit_test(where_only_the_button_counts_a_code_sends_nothing),
		cmocka_unit_test(without_confirmation_an_alert_leaves_at_once),
		cmocka_unit_test(faroctl_prepares_sends_and_cancels),
		cmocka_unit_test(the_configurations_people_are_changed_there_only),
		cmocka_unit_test(a_big_list_is_queued_in_slices_and_a_restart_goes_on),
		cmocka_unit_test(an_info_alert_is_never_told_not_to_come),
		cmocka_unit_test(the_time_of_an_info_alert_ends_without_counting_who_comes),
		cmocka_unit_test(a_template_is_shown_and_quotation_marks_send_what_is_written),
		cmocka_unit_test(a_forged_version_leaves_on_no_code_from_before),
		cmocka_unit_test(a_code_from_before_a_version_of_what_is_gone_waits_for_nothing),
		cmocka_unit_test(the_promise_counts_who_reads_it_in_their_language),
		cmocka_unit_test(need_takes_a_number_in_words_or_says_so),
		cmocka_unit_test(a_code_is_understood_behind_its_word_and_a_short_one_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
