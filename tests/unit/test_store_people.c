/* SPDX-License-Identifier: Apache-2.0 */
/* People, their coming and going, and what STOP means. */
#include "store_world.h"

static void a_number_is_met_once(void **state)
{
	struct world *w = *state;
	struct person p, again;
	assert_int_equal(store_person_find(w->store, phone_of(1), &p), -ENOENT);
	OK(store_person_meet(w->store, phone_of(1), w->now_ms, &p));
	assert_true(p.id > 0);
	assert_string_equal(p.phone, phone_of(1));
	assert_int_equal(p.role, ROLE_NEIGHBOR);
	assert_int_equal(p.state, PERSON_KNOWN);
	assert_string_equal(p.name, "");
	assert_string_equal(p.language, "");
	OK(store_person_meet(w->store, phone_of(1), w->now_ms, &again));
	assert_int_equal(again.id, p.id);
	OK(store_person_find(w->store, phone_of(1), &again));
	assert_int_equal(again.id, p.id);
	assert_int_equal(store_person_get(w->store, 99, &p), -ENOENT);
	assert_int_equal(store_person_set_zones(w->store, 99, 1), -ENOENT);
}

static void what_is_set_is_read_back_also_after_a_restart(void **state)
{
	struct world *w = *state;
	int64_t id = person_new(w, 1, ROLE_RESPONDER, 5);
	OK(store_person_set_name(w->store, id, "Ana María"));
	OK(store_person_set_language(w->store, id, "es"));
	OK(store_person_set_duty(w->store, id, w->now_ms + 1000));
	OK(store_person_set_muted(w->store, id, w->now_ms + 2000));
	world_reopen(w);
	struct person p = person_now(w, id);
	assert_string_equal(p.name, "Ana María");
	assert_string_equal(p.language, "es");
	assert_int_equal(p.role, ROLE_RESPONDER);
	assert_int_equal(p.state, PERSON_ACTIVE);
	assert_int_equal(p.zones, 5);
	assert_int_equal(p.duty_until_ms, w->now_ms + 1000);
	assert_int_equal(p.muted_until_ms, w->now_ms + 2000);
	assert_int_equal(p.joined_ms, w->now_ms);
	OK(store_person_set_name(w->store, id, ""));
	assert_string_equal(person_now(w, id).name, "");
}

static void joining_makes_a_member_or_an_applicant_and_keeps_the_wording(void **state)
{
	struct world *w = *state;
	struct person p;
	OK(store_person_meet(w->store, phone_of(1), w->now_ms, &p));
	OK(store_person_join(w->store, p.id, 1, true, "text", "wording one", w->now_ms));
	assert_int_equal(person_now(w, p.id).state, PERSON_APPLICANT);
	assert_int_equal(person_now(w, p.id).role, ROLE_NEIGHBOR);
	OK(store_person_join(w->store, p.id, 1, false, "text", "wording two", w->now_ms));
	assert_int_equal(person_now(w, p.id).state, PERSON_ACTIVE);
	assert_int_equal(person_now(w, p.id).role, ROLE_MEMBER);
	assert_int_equal(
		peek(w, "SELECT count(*) FROM consent WHERE person = %lld", (long long)p.id), 2);
	OK(store_person_set_role(w->store, p.id, ROLE_DISPATCHER, w->now_ms));
	OK(store_person_join(w->store, p.id, 1, true, "text", "again", w->now_ms));
	assert_int_equal(person_now(w, p.id).state, PERSON_ACTIVE);
	assert_int_equal(person_now(w, p.id).role, ROLE_DISPATCHER);
	assert_int_equal(store_person_join(w->store, 99, 1, false, "", "", w->now_ms), -ENOENT);
}

static void stop_is_final_in_its_transaction(void **state)
{
	struct world *w = *state;
	struct dialogue d = { .kind = 3, .data = "x", .expires_ms = w->now_ms + 1000 };
	struct store_claim c;
	int64_t dropped, id = person_new(w, 1, ROLE_DISPATCHER, 1);
	OK(store_person_set_duty(w->store, id, w->now_ms + MS_PER_H));
	OK(store_dialogue_set(w->store, id, &d));
	for (int i = 0; i < 3; i++)
		message_new(w, id, 1, CLASS_ALERT);
	message_new(w, person_new(w, 2, ROLE_MEMBER, 1), 1, CLASS_REST);
	OK(store_person_leave(w->store, id, w->now_ms, &dropped));
	assert_int_equal(dropped, 3);
	struct person p = person_now(w, id);
	assert_int_equal(p.state, PERSON_LEFT);
	assert_int_equal(p.role, ROLE_NEIGHBOR);
	assert_true(p.suppressed);
	assert_int_equal(p.duty_until_ms, 0);
	OK(store_dialogue_get(w->store, id, w->now_ms, &d));
	assert_int_equal(d.kind, 0);
	message_new(w, id, 1, CLASS_STOP);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.class, CLASS_STOP);
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.class, CLASS_REST);
	assert_int_equal(claim(w, "sim1", &c), 0);
}

static void a_suppression_outlives_a_purge_and_an_import_and_ends_with_a_new_join(void **state)
{
	struct world *w = *state;
	bool suppressed;
	struct person p;
	int64_t id = person_new(w, 1, ROLE_MEMBER, 1);
	OK(store_person_leave(w->store, id, w->now_ms, NULL));
	peek(w, "DELETE FROM person");
	peek(w, "DELETE FROM identity");
	world_reopen(w);
	OK(store_suppressed(w->store, phone_of(1), &suppressed));
	assert_true(suppressed);
	OK(store_person_meet(w->store, phone_of(1), w->now_ms, &p));
	assert_true(p.suppressed);
	struct store_message m = {
		.person_id = p.id, .body_id = body_new(w, 1), .class = CLASS_ALERT
	};
	assert_int_equal(store_message_add(w->store, &m, w->now_ms, NULL), -EPERM);
	OK(store_suppressed(w->store, phone_of(2), &suppressed));
	assert_false(suppressed);
	OK(store_person_join(w->store, p.id, 1, false, "START", "wording", w->now_ms));
	OK(store_suppressed(w->store, phone_of(1), &suppressed));
	assert_false(suppressed);
	OK(store_message_add(w->store, &m, w->now_ms, NULL));
}

static void removing_drops_messages_and_pending_alerts_but_does_not_suppress(void **state)
{
	struct world *w = *state;
	char code[ALERT_CODE_SIZE];
	struct alert alert = { .zones = 1, .code_expires_ms = w->now_ms + 1000, .text = "x" };
	int64_t id = person_new(w, 1, ROLE_DISPATCHER, 1);
	alert.author_id = id;
	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	int64_t message = message_new(w, id, 1, CLASS_ALERT);
	OK(store_person_remove(w->store, id, w->now_ms));
	assert_int_equal(person_now(w, id).state, PERSON_REMOVED);
	assert_int_equal(person_now(w, id).role, ROLE_NEIGHBOR);
	assert_false(person_now(w, id).suppressed);
	assert_int_equal(state_of(w, message), MESSAGE_DROPPED);
	OK(store_alert_get(w->store, alert.id, &alert));
	OK(store_alert_get(w->store, alert.id, &alert));
	assert_int_equal(alert.state, ALERT_CANCELLED);
}

static void the_configuration_gives_and_takes_roles(void **state)
{
	struct world *w = *state;
	struct person p;
	int64_t member = person_new(w, 2, ROLE_MEMBER, 6);
	OK(store_people_configure_begin(w->store));
	OK(store_people_configure(w->store, phone_of(1), "Ana", ROLE_ADMIN, "es", 3, w->now_ms));
	OK(store_people_configure(w->store, phone_of(2), "", ROLE_DISPATCHER, "en", 3, w->now_ms));
	OK(store_people_configure_end(w->store));
	OK(store_person_find(w->store, phone_of(1), &p));
	assert_true(p.configured);
	assert_int_equal(p.role, ROLE_ADMIN);
	assert_int_equal(p.state, PERSON_ACTIVE);
	assert_string_equal(p.name, "Ana");
	assert_string_equal(p.language, "es");
	assert_int_equal(p.zones, 3);
	assert_int_equal(person_now(w, member).zones, 6); /* what people chose stays */
	OK(store_person_leave(w->store, p.id, w->now_ms, NULL));
	assert_int_equal(person_now(w, p.id).role, ROLE_ADMIN);
	OK(store_people_configure_begin(w->store));
	OK(store_people_configure(w->store, phone_of(1), "Ana", ROLE_ADMIN, "es", 3, w->now_ms));
	OK(store_people_configure_end(w->store));
	assert_true(person_now(w, p.id).suppressed);
	assert_int_equal(person_now(w, p.id).state, PERSON_LEFT);
	assert_int_equal(person_now(w, p.id).role, ROLE_ADMIN);
	assert_false(person_now(w, member).configured);
	assert_int_equal(person_now(w, member).role, ROLE_MEMBER);
}

/* ---- walks ---------------------------------------------------------------------------------- */

struct walk {
	struct world *w;
	int64_t ids[32];
	int n, stop_at;
};

static int collect(void *ctx, const struct person *person)
{
	struct walk *walk = ctx;
	walk->ids[walk->n++] = person->id;
	/* A visit may change what is walked, and walk itself. */
	int64_t count;
	OK(store_person_set_language(walk->w->store, person->id, "es"));
	OK(store_person_count(walk->w->store, &(struct person_filter){ 0 }, &count));
	return walk->n == walk->stop_at ? -ECANCELED : 0;
}

static int walked(struct world *w, const struct person_filter *filter)
{
	struct walk walk = { .w = w };
	int64_t count;
	OK(store_person_walk(w->store, filter, collect, &walk));
	OK(store_person_count(w->store, filter, &count));
	assert_int_equal(count, walk.n);
	return walk.n;
}

static void a_walk_visits_whom_its_filter_names(void **state)
{
	struct world *w = *state;
	person_new(w, 1, ROLE_MEMBER, 1);
	person_new(w, 2, ROLE_MEMBER, 2);
	int64_t duty = person_new(w, 3, ROLE_RESPONDER, 1);
	person_new(w, 4, ROLE_RESPONDER, 0);
	person_new(w, 5, ROLE_ADMIN, 2);
	int64_t left = person_new(w, 6, ROLE_MEMBER, 1), blocked = person_new(w, 7, ROLE_MEMBER, 1);
	OK(store_person_set_duty(w->store, duty, w->now_ms + 1000));
	OK(store_person_leave(w->store, left, w->now_ms, NULL));
	OK(store_person_set_blocked(w->store, blocked, true, w->now_ms));
	assert_int_equal(walked(w, &(struct person_filter){ 0 }), 7);
	assert_int_equal(walked(w, &(struct person_filter){ .active_only = true }), 5);
	assert_int_equal(walked(w, &(struct person_filter){ .role_min = ROLE_MEMBER }), 6);
	assert_int_equal(walked(w, &(struct person_filter){ .role_min = ROLE_RESPONDER }), 3);
	assert_int_equal(walked(w, &(struct person_filter){ .role_min = ROLE_ADMIN }), 1);
	assert_int_equal(
		walked(w, &(struct person_filter){ .state_set = true, .state = PERSON_LEFT }), 1);
	assert_int_equal(walked(w, &(struct person_filter){ .zones = 1, .active_only = true }), 3);
	assert_int_equal(walked(w, &(struct person_filter){ .zones = ZONES_ALL }), 7);
	assert_int_equal(walked(w, &(struct person_filter){ .on_duty_at_ms = w->now_ms }), 1);
	assert_int_equal(
		walked(w, &(struct person_filter){ .on_duty_at_ms = w->now_ms + 1000 }), 0);
	assert_int_equal(walked(w, &(struct person_filter){ .after_id = duty }), 4);
	struct walk walk = { .w = w, .stop_at = 2 };
	assert_int_equal(store_person_walk(w->store, &(struct person_filter){ 0 }, collect, &walk),
		-ECANCELED);
	assert_int_equal(walk.n, 2);
}

static void zones_keep_their_bits(void **state)
{
	struct world *w = *state;
	struct log_line line;
	uint64_t next = 0;
	assert_int_equal(store_zone_bit(w->store, "north"), 0);
	assert_int_equal(store_zone_bit(w->store, "south"), 1);
	world_reopen(w);
	assert_int_equal(store_zone_bit(w->store, "south"), 1);
	assert_int_equal(store_zone_bit(w->store, "north"), 0);
	for (int i = 2; i < ZONES_MAX; i++) {
		char name[16];
		snprintf(name, sizeof(name), "zone%d", i);
		assert_int_equal(store_zone_bit(w->store, name), i);
	}
	log_set_level(LOG_LEVEL_ERROR);
	while (log_kept(next, &line))
		next = line.serial + 1;
	assert_int_equal(store_zone_bit(w->store, "one too many"), -ENOSPC);
	assert_true(log_kept(next, &line));
	assert_non_null(strstr(line.text, "no place for the zone \"one too many\""));
	log_set_level((enum log_level)0);
	assert_int_equal(store_zone_bit(w->store, "zone61"), 61);
}

static void a_dialogue_is_one_question_until_it_expires(void **state)
{
	struct world *w = *state;
	struct dialogue d = { .kind = 2, .data = "north", .expires_ms = w->now_ms + 1000 };
	int64_t id = person_new(w, 1, ROLE_MEMBER, 1);
	OK(store_dialogue_get(w->store, id, w->now_ms, &d));
	assert_int_equal(d.kind, 0);
	d = (struct dialogue){ .kind = 2, .data = "north", .expires_ms = w->now_ms + 1000 };
	OK(store_dialogue_set(w->store, id, &d));
	d.kind = 4;
	text_copy(d.data, sizeof(d.data), "south");
	OK(store_dialogue_set(w->store, id, &d));
	world_reopen(w);
	OK(store_dialogue_get(w->store, id, w->now_ms, &d));
	assert_int_equal(d.kind, 4);
	assert_string_equal(d.data, "south");
	OK(store_dialogue_get(w->store, id, w->now_ms + 1000, &d));
	assert_int_equal(d.kind, 0);
	OK(store_dialogue_clear(w->store, id));
	OK(store_dialogue_get(w->store, id, w->now_ms, &d));
	assert_int_equal(d.kind, 0);
}

static void names_of_roles_and_states_are_those_of_the_interface(void **state)
{
	enum role role;
	(void)state;
	for (int i = 0; i < ROLES; i++) {
		OK(store_role_parse(store_role_name((enum role)i), &role));
		assert_int_equal(role, i);
	}
	assert_int_equal(store_role_parse("boss", &role), -EINVAL);
	assert_string_equal(store_message_state_name(MESSAGE_HELD), "held");
	assert_string_equal(store_person_state_name(PERSON_LEFT), "left");
}

static void status_counts_people_and_texts(void **state)
{
	struct world *w = *state;
	struct store_counts c;
	struct person p;
	for (int i = 0; i < 5; i++)
		person_new(w, i, ROLE_MEMBER, 1);
	OK(store_person_leave(w->store, person_new(w, 6, ROLE_MEMBER, 1), w->now_ms, NULL));
	OK(store_person_meet(w->store, phone_of(7), w->now_ms, &p));
	OK(store_person_join(w->store, p.id, 1, true, "text", "", w->now_ms));
	OK(store_counts(w->store, &c));
	assert_int_equal(c.active, 5);
	assert_int_equal(c.applicants, 1);
	assert_int_equal(c.left, 1);
	assert_int_equal(c.received, 0);
}

static void what_is_rolled_back_is_not_counted(void **state)
{
	struct world *w = *state;
	struct store_counts c;
	int64_t stays = person_new(w, 1, ROLE_MEMBER, 1);
	OK(store_begin(w->store));
	OK(store_person_leave(w->store, stays, w->now_ms, NULL));
	person_new(w, 2, ROLE_MEMBER, 1);
	OK(store_counts(w->store, &c));
	assert_int_equal(c.active, 1);
	assert_int_equal(c.left, 1);
	store_rollback(w->store);
	OK(store_counts(w->store, &c));
	assert_int_equal(c.active, 1);
	assert_int_equal(c.left, 0);
	tallies_are_true(w);
	world_reopen(w);
	tallies_are_true(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_number_is_met_once),
		TEST(what_is_set_is_read_back_also_after_a_restart),
		TEST(joining_makes_a_member_or_an_applicant_and_keeps_the_wording),
		TEST(stop_is_final_in_its_transaction),
		TEST(a_suppression_outlives_a_purge_and_an_import_and_ends_with_a_new_join),
		TEST(removing_drops_messages_and_pending_alerts_but_does_not_suppress),
		TEST(the_configuration_gives_and_takes_roles),
		TEST(a_walk_visits_whom_its_filter_names),
		TEST(zones_keep_their_bits),
		TEST(a_dialogue_is_one_question_until_it_expires),
		TEST(names_of_roles_and_states_are_those_of_the_interface),
		TEST(status_counts_people_and_texts),
		TEST(what_is_rolled_back_is_not_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
