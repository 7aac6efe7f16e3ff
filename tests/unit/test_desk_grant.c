/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sender's number can be forged, an admin's too: who may send alerts is named by a code that goes
 * to the number on file and comes back.
 */
#include "desk_world.h"

/* A code that is not the one that was said last, nor the i-th other one. */
static const char *wrong_code(const struct world *w, int i)
{
	static char wrong[8];

	snprintf(wrong, sizeof(wrong), "%04d", (atoi(w->code) + 1 + i) % 10000);
	return wrong;
}

static void asks(struct world *w, const char *text)
{
	texts(w, "Rosa", text);
	keep_code(w, hears(w, "Rosa", "Responda "));
}

static void add_takes_effect_when_its_code_comes_back(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "ADD 510 555 0110 dispatcher Ben K."),
		HEARS("Rosa", "Ben K. como persona que coordina puede mandar alertas. Responda "),
		SAYS(1, "Ben", "STATUS"), /* he is nobody yet */
		STAFF_HEAR("STATUS"),
		HEARS("Ben", "#1"),
		SAYS(2, "Rosa", CODE),
		HEARS("Ben", "You were put on the list of Faro as dispatcher"),
		HEARS("Rosa", "Ben K. queda en la lista como persona que coordina"),
		SAYS(3, "Ben", "STATUS"),
		HEARS("Ben", "modems ready"),
		SAYS(4, "Rosa", CODE), /* one use */
		HEARS("Rosa", "Ninguna alerta espera"),
	};

	(void)state;
	TALK(talk);
}

static void role_takes_effect_when_its_code_comes_back(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "ROLE 510 555 0104 admin"),
		HEARS("Rosa", "Carla como persona que administra puede mandar alertas. Responda "),
		SAYS(1, "Rosa", "RESUME"), /* something else in between */
		HEARS("Rosa", "Faro"),
		SAYS(2, "Rosa", CODE),
		HEARS("Carla", "Carla is admin now"),
		HEARS("Carla", "your role is admin now"),
		HEARS("Rosa", "Carla es ahora persona que administra"),
		SAYS(3, "Rosa", "ROLE 510 555 0104 responder"), /* less is had at once */
		HEARS("Carla", "your role is responder now"),
		HEARS("Rosa", "Carla es ahora persona voluntaria"),
	};

	(void)state;
	TALK(talk);
}

static void without_codes_it_is_done_at_once(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "ROLE 510 555 0104 dispatcher"),
		HEARS("Carla", "your role is dispatcher now"),
		HEARS("Rosa", "Carla es ahora persona que coordina"),
	};

	(void)state;
	talk_with(USUAL_SETTINGS "alerts : { confirm = \"none\"; };\n", talk, ARRAY_SIZE(talk));
}

/* The button confirms alerts; whom an admin names is none. */
static void where_the_button_counts_the_code_names_people_too(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "ROLE 510 555 0104 dispatcher"),
		HEARS("Rosa", "Responda "),
		SAYS(1, "Rosa", CODE),
		HEARS("Carla", "your role is dispatcher now"),
		HEARS("Rosa", "Carla es ahora persona que coordina"),
	};

	(void)state;
	talk_with(USUAL_SETTINGS "alerts : { confirm = \"button\"; };\n", talk, ARRAY_SIZE(talk));
}

static void three_wrong_codes_end_it(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	asks(w, "ROLE 5105550104 dispatcher");
	texts(w, "Rosa", wrong_code(w, 0));
	hears(w, "Rosa", "Quedan 2 intentos");
	texts(w, "Rosa", wrong_code(w, 1));
	hears(w, "Rosa", "Queda 1 intento");
	texts(w, "Rosa", wrong_code(w, 2));
	hears(w, "Rosa", "no cambia el rol de nadie");
	texts(w, "Rosa", w->code);
	hears(w, "Rosa", "Ninguna alerta espera");
	assert_int_equal(row_of(w, "Carla").role, ROLE_RESPONDER);
	hears_nothing(w, "Carla");
	world_destroy(w);
}

static void the_code_lives_as_long_as_an_alerts(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	asks(w, "ROLE 5105550104 dispatcher");
	time_goes_on(w, w->now_ms + 300 * MS_PER_S);
	texts(w, "Rosa", w->code);
	hears(w, "Rosa", "Ninguna alerta espera");
	assert_int_equal(row_of(w, "Carla").role, ROLE_RESPONDER);
	asks(w, "ROLE 5105550104 dispatcher");
	time_goes_on(w, w->now_ms + 299 * MS_PER_S);
	texts(w, "Rosa", w->code);
	assert_int_equal(row_of(w, "Carla").role, ROLE_DISPATCHER);
	world_destroy(w);
}

static void only_the_number_that_asked_confirms_it(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	asks(w, "ROLE 5105550104 dispatcher");
	texts(w, "Ana", w->code);
	hears(w, "Ana", "No alert waits for a code.");
	assert_int_equal(row_of(w, "Carla").role, ROLE_RESPONDER);
	world_destroy(w);
}

static void of_two_things_that_wait_the_code_decides_which(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char of_role[8], of_alert[8];

	(void)state;
	for (int alert_first = 0; alert_first < 2; alert_first++) {
		asks(w, "ROLE 5105550104 dispatcher");
		text_copy(of_role, sizeof(of_role), w->code);
		asks(w, "ALERT north vans at 5th");
		text_copy(of_alert, sizeof(of_alert), w->code);
		texts(w, "Rosa", alert_first ? of_alert : of_role);
		assert_int_equal(
			row_of(w, "Carla").role, alert_first ? ROLE_RESPONDER : ROLE_DISPATCHER);
		forget(w);
		texts(w, "Rosa", alert_first ? of_role : of_alert);
		assert_int_equal(row_of(w, "Carla").role, ROLE_DISPATCHER);
		if (!alert_first)
			hears(w, "Mia", "vans at 5th");
		forget(w);
		texts(w, "Rosa", "ROLE 5105550104 responder");
		forget(w);
	}
	world_destroy(w);
}

static void a_wrong_code_counts_against_all_that_waits(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	char of_role[8];

	(void)state;
	asks(w, "ROLE 5105550104 dispatcher");
	text_copy(of_role, sizeof(of_role), w->code);
	asks(w, "ALERT north vans at 5th");
	for (int i = 0, n = 0; n < 3; i++)
		if (strcmp(wrong_code(w, i), of_role) != 0) {
			texts(w, "Rosa", wrong_code(w, i));
			n++;
		}
	forget(w);
	texts(w, "Rosa", w->code);
	hears(w, "Rosa", "Ninguna alerta espera");
	texts(w, "Rosa", of_role);
	hears(w, "Rosa", "Ninguna alerta espera");
	hears_nothing(w, "Mia");
	assert_int_equal(row_of(w, "Carla").role, ROLE_RESPONDER);
	world_destroy(w);
}

static void a_forged_admin_cannot_go_on_guessing(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	for (int i = 0; i < 3; i++) {
		char text[48];

		/* another text each time, and a question in between */
		snprintf(text, sizeof(text), "ADD 510555011%d dispatcher", i);
		asks(w, text);
		for (int guess = 0; guess < 3; guess++)
			texts(w, "Rosa", wrong_code(w, guess));
		forget(w);
		texts(w, "Rosa", "JOIN");
		forget(w);
	}
	texts(w, "Rosa", "ADD 5105550113 dispatcher");
	hears(w, "Rosa", "Demasiadas claves equivocadas");
	hears_nothing(w, "Rosa");
	/* lesser roles are not an alert */
	texts(w, "Rosa", "ADD 5105550111 member Eva");
	hears(w, "Eva", "You were put on the list");
	forget(w);
	time_goes_on(w, w->now_ms + MS_PER_H);
	asks(w, "ADD 5105550113 dispatcher");
	world_destroy(w);
}

static void who_left_meanwhile_stays_away(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);

	(void)state;
	asks(w, "ROLE 5105550104 dispatcher");
	texts(w, "Carla", "STOP");
	texts(w, "Rosa", w->code);
	hears(w, "Rosa", "no es parte de la lista");
	asks(w, "ADD 5105550110 dispatcher Ben");
	texts(w, "Ben", "STOP");
	texts(w, "Rosa", w->code);
	hears(w, "Rosa", "ha salido con ALTO");
	assert_int_equal(row_of(w, "Carla").role, ROLE_NEIGHBOR);
	assert_int_equal(row_of(w, "Ben").role, ROLE_NEIGHBOR);
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add_takes_effect_when_its_code_comes_back),
		cmocka_unit_test(role_takes_effect_when_its_code_comes_back),
		cmocka_unit_test(without_codes_it_is_done_at_once),
		cmocka_unit_test(where_the_button_counts_the_code_names_people_too),
		cmocka_unit_test(three_wrong_codes_end_it),
		cmocka_unit_test(the_code_lives_as_long_as_an_alerts),
		cmocka_unit_test(only_the_number_that_asked_confirms_it),
		cmocka_unit_test(of_two_things_that_wait_the_code_decides_which),
		cmocka_unit_test(a_wrong_code_counts_against_all_that_waits),
		cmocka_unit_test(a_forged_admin_cannot_go_on_guessing),
		cmocka_unit_test(who_left_meanwhile_stays_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
