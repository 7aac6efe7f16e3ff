/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes onto the list, who leaves it, and who changes it, as tables of who texts what. */
#include "desk_world.h"

static void joining_asks_for_yes_and_welcomes_in_the_words_language(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "Join NORTH"),
		HEARS("Ben", "Faro: reply YES to get our alerts for north."),
		SAYS(1, "Ben", "Yes!"),
		HEARS("Ben", "Welcome to Faro! You get alerts for north."),
		SAYS(2, "Eva", "únirse norte sur"),
		HEARS("Eva", "responda SI para recibir nuestras alertas de north south."),
		SAYS(3, "Eva", "sí"),
		HEARS("Eva", "¡Le damos la bienvenida a Faro! Recibe alertas de north south."),
		SAYS(4, "Eva", "Unirse"),
		HEARS("Eva", "Usted ya es parte de la lista de Faro, para north south."),
		SAYS(5, "Flo", "JOIN"),
		HEARS("Flo", "all zones"),
		SAYS(6, "Flo", "no"),
		HEARS("Flo", "you are not on the list"),
		SAYS(7, "Flo", "yes"),
		HEARS("Flo", "neighborhood alert line"),
	};

	(void)state;
	TALK(talk);
}

static void a_zone_that_there_is_not_is_answered_with_those_there_are(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "JOIN nrth"),
		HEARS("Ben", "nrth is not one of our zones. They are: north, south."),
		SAYS(1, "Mia", "ZONE"),
		HEARS("Mia",
			"Your zones: north. To change them, text ZONE and any of: north, south."),
		SAYS(2, "Mia", "ZONE east"),
		HEARS("Mia", "east is not one of our zones"),
		SAYS(3, "Mia", "ZONE sur"),
		HEARS("Mia", "Your zones are now: south."),
		SAYS(4, "Max", "ZONA todas"),
		HEARS("Max", "Sus zonas ahora: todas las zonas."),
	};

	(void)state;
	TALK(talk);
}

static void an_admin_lets_applicants_in_without_seeing_their_number(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "JOIN south"),
		HEARS("Ben", "reply YES"),
		SAYS(1, "Ben", "YES"),
		HEARS("Ben", "The people who run Faro will decide"),
		HEARS("Rosa", "P8 pide entrar (south)"),
		SAYS(2, "Ben", "JOIN south"),
		HEARS("Ben", "The people who run Faro will decide"),
		SAYS(3, "Rosa", "ADD P8 member"),
		HEARS("Ben", "Welcome to Faro! You get alerts for south."),
		HEARS("Rosa", "P8 queda en la lista como miembro"),
	};

	(void)state;
	talk_with(BOX_GROUP LIST_GROUP("approve") PEOPLE_GROUP, talk, ARRAY_SIZE(talk));
}

static void an_invite_code_is_asked_for_where_the_list_is_by_invitation(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Ben", "JOIN north"),
		HEARS("Ben", "the invite code that you were given"),
		SAYS(1, "Ben", "JOIN north Sesame"),
		HEARS("Ben", "reply YES to get our alerts for north."),
		SAYS(2, "Ben", "yes"),
		HEARS("Ben", "Welcome"),
	};

	(void)state;
	talk_with(BOX_GROUP LIST_GROUP("invite") PEOPLE_GROUP, talk, ARRAY_SIZE(talk));
}

static void who_left_comes_back_by_start_with_the_zones_they_had(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Mia", "STOP"),
		HEARS("Mia", "Faro: you are off the list and get no more texts."),
		SAYS(1, "Mia", "stop"),
		SAYS(2, "Mia", "HELP"),
		HEARS("Mia", "you left the list and get no texts. START brings you back."),
		SAYS(3, "Mia", "REPORT vans at 5th"),
		HEARS("Ana", "REPORT: vans at 5th"),
		HEARS("Abe", "REPORT: vans at 5th"),
		HEARS("Rosa", "REPORTE: vans at 5th"),
		SAYS(4, "Mia", "Start"),
		HEARS("Mia", "Welcome to Faro! You get alerts for north."),
		SAYS(5, "Mia", "START"),
		HEARS("Mia", "You are on the list of Faro, for north."),
	};

	(void)state;
	TALK(talk);
}

static void an_admin_adds_changes_and_removes_people(void **state)
{
	static const struct line talk[] = {
		SAYS(0, "Rosa", "ADD (510) 555-0110 responder Ben K."),
		HEARS("Ben", "You were put on the list of Faro as responder"),
		HEARS("Rosa", "Ben K. queda en la lista como persona voluntaria"),
		SAYS(0, "Rosa", "ADD (510) 555-0110 member Ben"),
		HEARS("Ben", "your role is member now"),
		HEARS("Rosa", "Ben queda en la lista como miembro"),
		SAYS(0, "Rosa", "ADD (510) 555-0110 responder Ben K."),
		HEARS("Ben", "your role is responder now"),
		HEARS("Rosa", "Ben K. queda en la lista"),
		SAYS(1, "Ben", "DUTY ON 3"),
		HEARS("Ben", "You are on duty for 3 h."),
		SAYS(2, "Ben", "DUTY"),
		HEARS("Ben", "DUTY ON 12 begins a shift"),
		SAYS(3, "Ben", "DUTY OFF"),
		HEARS("Ben", "You are off duty."),
		SAYS(4, "Rosa", "ROL 510.555.0110 coordinadora"),
		HEARS("Rosa", "Responda "),
		SAYS(4, "Rosa", CODE),
		HEARS("Ben", "your role is dispatcher now"),
		HEARS("Rosa", "es ahora persona que coordina"),
		SAYS(5, "Ben", "STATUS"),
		HEARS("Ben", "modems ready"),
		SAYS(6, "Rosa", "REMOVE 5105550110"),
		HEARS("Ben", "Faro: you are off the list and get no alerts any more"),
		HEARS("Rosa", "queda fuera de la lista"),
		SAYS(7, "Ben", "STATUS"),
		HEARS("Ana", "message: STATUS"),
		HEARS("Abe", "message: STATUS"),
		HEARS("Rosa", "mensaje: STATUS"),
		HEARS("Ben", "Your text is #1."),
		SAYS(8, "Rosa", "REMOVE 510 555 0110"),
		HEARS("Rosa", "no es parte de la lista"),
		SAYS(9, "Rosa", "ROLE 510 555 0102 admin"),
		HEARS("Rosa", "viene de faro.cfg"),
		SAYS(10, "Max", "ALTO"),
		HEARS("Max", "usted queda fuera de la lista"),
		SAYS(11, "Rosa", "ADD 510 555 0107 member Max"),
		HEARS("Rosa", "ha salido con ALTO"),
		SAYS(12, "Rosa", "ADD Max"),
		HEARS("Rosa", "AGREGAR tel rol nombre:"),
		SAYS(13, "Rosa", "ROLE whoever"),
		HEARS("Rosa", "ROL tel rol:"),
	};

	(void)state;
	TALK(talk);
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

/* Spreadsheets begin words with capitals. */
static void a_role_is_known_in_any_case_and_a_name_is_no_number(void **state)
{
	static const struct desk_person_request row = { "+15105550106", "", "Responder", "", "" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char why[128];

	(void)state;
	assert_int_equal(desk_person_add(w->desk, &row, w->now_ms, why, sizeof(why)), 0);
	assert_int_equal(desk_person_remove(w->desk, "Ana", w->now_ms, why, sizeof(why)), -EINVAL);
	assert_string_equal(
		why, "this is neither a number with area code nor a handle such as P41: Ana");
	assert_int_equal(
		desk_person_remove(w->desk, "5105550199", w->now_ms, why, sizeof(why)), -ENOENT);
	assert_string_equal(why, "this number is not on the list");
	world_destroy(w);
}

/* As an import does it, many people in one transaction. */
static void what_an_import_tells_leaves_with_its_commit(void **state)
{
	static const struct desk_person_request row = { "+15105550106", "", "responder", "", "" };
	struct world *w = world_of_people(USUAL_SETTINGS);
	char why[64];

	(void)state;
	w->wakes = 0;
	assert_int_equal(store_begin(w->store), 0);
	assert_int_equal(desk_person_add(w->desk, &row, w->now_ms, why, sizeof(why)), 0);
	assert_int_equal(w->wakes, 0);
	assert_int_equal(store_commit(w->store), 0);
	desk_committed(w->desk);
	assert_int_equal(w->wakes, 1);
	world_destroy(w);
}

#define LOST_NUMBERS 20

/* Everything leaves; numbers from this one on are no numbers any more. */
static void deliver_below(struct world *w, const char *first_lost)
{
	struct store_claim claim;

	while (store_broadcast_expand(w->store, 100, w->now_ms) == 1)
		;
	while (store_claim_next(w->store, "sim1", false, w->now_ms, &claim) == 1) {
		bool lost = strcmp(claim.phone, first_lost) >= 0;

		hear_part(w, &claim);
		assert_int_equal(
			lost ? store_segment_failed(w->store, claim.segment_id, 1, w->now_ms)
			     : store_segment_sent(
				       w->store, claim.segment_id, ++w->reference & 255, w->now_ms),
			0);
		if (lost)
			assert_true(store_person_failed(w->store, claim.phone, w->now_ms) >= 0);
		ticks(w);
	}
}

static void three_alerts(struct world *w, const char *first_lost)
{
	char incident[16] = "";

	for (int i = 0; i < 3; i++) {
		if (i > 0)
			texts(w, "Ana", incident);
		forget(w);
		texts(w, "Ana", "ALERT vans at 5th");
		keep_code(w, hears(w, "Ana", "Reply "));
		snprintf(incident, sizeof(incident), "CLEAR %d", atoi(w->heard[0].text + 1));
		forget(w);
		w->deaf = true;
		texts(w, "Ana", w->code);
		deliver_below(w, first_lost);
		w->deaf = false;
	}
}

/* A text for each of them would leave before the copies of the alert in which they fail. */
static void of_many_numbers_that_fail_admins_hear_once_an_hour(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_person_request row = { .phone = "", .language = "en" };
	char phone[PHONE_SIZE], why[64];

	(void)state;
	for (int i = 0; i < LOST_NUMBERS; i++) {
		snprintf(phone, sizeof(phone), "+151055501%d", 20 + i);
		row.phone = phone;
		assert_int_equal(desk_person_add(w->desk, &row, w->now_ms, why, sizeof(why)), 0);
	}
	deliver_below(w, "+15105550120");
	three_alerts(w, "+15105550120");
	hears(w, "Rosa", "ALERTA #3");
	hears(w, "Rosa", "3 alertas seguidas sin llegar");
	hears_nothing(w, "Rosa");
	forget(w);
	time_goes_on(w, w->now_ms + MS_PER_H - 1);
	hears_nothing(w, "Rosa");
	time_goes_on(w, w->now_ms + 1);
	hears(w, "Rosa", "19 numeros con 3 alertas seguidas sin llegar");
	hears_nothing(w, "Rosa");
	forget(w);
	time_goes_on(w, w->now_ms + 2 * MS_PER_H);
	hears_nothing(w, "Rosa");
	world_destroy(w);
}

/* What somebody tells a dispatcher whose number is no more, the others hear. */
static void what_goes_to_a_number_that_failed_goes_to_the_others(void **state)
{
	struct world *w = world_of_people(USUAL_SETTINGS);
	struct desk_person_request flo = {
		.phone = "+15105550112", .name = "Flo", .role = "dispatcher", .language = "en"
	};
	char why[64];

	(void)state;
	assert_int_equal(desk_person_add(w->desk, &flo, w->now_ms, why, sizeof(why)), 0);
	settle(w);
	texts(w, "Ben", "REPORT vans at 5th and Main");
	texts(w, "Flo", "TAKE 1");
	three_alerts(w, phone_of("Flo"));
	assert_int_equal(row_of(w, "Flo").state, PERSON_SUSPENDED);
	forget(w);
	texts(w, "Ben", "now they are at the school");
	time_goes_on(w, w->now_ms + MS_PER_H);
	hears(w, "Ana", "now they are at the school");
	world_destroy(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joining_asks_for_yes_and_welcomes_in_the_words_language),
		cmocka_unit_test(a_zone_that_there_is_not_is_answered_with_those_there_are),
		cmocka_unit_test(an_admin_lets_applicants_in_without_seeing_their_number),
		cmocka_unit_test(an_invite_code_is_asked_for_where_the_list_is_by_invitation),
		cmocka_unit_test(who_left_comes_back_by_start_with_the_zones_they_had),
		cmocka_unit_test(an_admin_adds_changes_and_removes_people),
		cmocka_unit_test(the_configurations_people_are_changed_there_only),
		cmocka_unit_test(a_role_is_known_in_any_case_and_a_name_is_no_number),
		cmocka_unit_test(what_an_import_tells_leaves_with_its_commit),
		cmocka_unit_test(of_many_numbers_that_fail_admins_hear_once_an_hour),
		cmocka_unit_test(what_goes_to_a_number_that_failed_goes_to_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
