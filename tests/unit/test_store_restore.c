/* SPDX-License-Identifier: Apache-2.0 */
/* A copy takes the place of the file: what was done since it was made is not done again. */
#include "store_world.h"

/* The copy that faroctl brought is what the next start begins with. */
static void restore(struct world *w, const char *copy)
{
	char why[256], incoming[PATH_MAX];

	snprintf(incoming, sizeof(incoming), "%s/faro.db.incoming", w->dir);
	OK(rename(copy, incoming));
	if (store_restore(w->store, why, sizeof(why)))
		fail_msg("%s", why);
	world_reopen(w);
}

static void back_up(struct world *w, char copy[PATH_MAX])
{
	snprintf(copy, PATH_MAX, "%s/copy.db", w->dir);
	OK(store_backup(w->store, copy));
}

/* The same key, and nothing else: another box, or a new card. */
static void begin_with_an_empty_file(struct world *w)
{
	char path[PATH_MAX];

	world_close(w);
	snprintf(path, sizeof(path), "%s/faro.db", w->dir);
	OK(unlink(path));
	w->now_ms += MS_PER_H;
	OK(world_open(w));
	person_new(w, 1, ROLE_ADMIN, 1);
}

static int64_t scheduled(struct world *w)
{
	struct alert alert = { .author_id = 1,
		.zones = 1,
		.info = true,
		.planned = INT64_C(202612241800),
		.code_expires_ms = w->now_ms + MS_PER_H,
		.text = "Meeting" };
	char code[ALERT_CODE_SIZE];

	OK(store_alert_new(w->store, &alert, w->now_ms, code));
	OK(store_alert_schedule(w->store, alert.id));
	return alert.id;
}

static int64_t published(struct world *w, enum bulletin_kind kind)
{
	struct bulletin bulletin = { .kind = kind,
		.author_id = 1,
		.at_ms = kind == BULLETIN_EVENT ? w->now_ms + 3 * MS_PER_DAY : 0,
		.due_ms = w->now_ms + MS_PER_H,
		.text = "Rights night" };

	OK(store_bulletin_new(w->store, &bulletin, w->now_ms));
	bulletin.state = BULLETIN_OUT;
	bulletin.due_ms = kind == BULLETIN_EVENT ? w->now_ms + 2 * MS_PER_DAY : 0;
	OK(store_bulletin_set(w->store, &bulletin));
	return bulletin.id;
}

static enum alert_state state_of_alert(struct world *w, int64_t id)
{
	struct alert alert;

	OK(store_alert_get(w->store, id, &alert));
	return alert.state;
}

static void what_was_scheduled_and_is_over_is_not_sent_again(void **state)
{
	struct world *w = *state;
	char copy[PATH_MAX];
	int64_t sent = scheduled(w), waits = scheduled(w);

	back_up(w, copy);
	OK(store_alert_end(w->store, sent, ALERT_CANCELLED, w->now_ms));
	restore(w, copy);
	assert_int_equal(state_of_alert(w, sent), ALERT_EXPIRED);
	assert_int_equal(state_of_alert(w, waits), ALERT_SCHEDULED);
}

static void what_was_in_a_digest_is_in_none_again(void **state)
{
	struct world *w = *state;
	char copy[PATH_MAX];
	int64_t posts, last_ms;

	published(w, BULLETIN_POST);
	OK(store_value_set(w->store, "digest daily", 1));
	OK(store_value_set(w->store, "digest weekly", 1));
	back_up(w, copy);
	OK(store_posts_printed(w->store, DIGEST_DAILY));
	OK(store_value_set(w->store, "digest daily", w->now_ms));
	restore(w, copy);
	OK(store_post_count(w->store, DIGEST_DAILY, &posts));
	assert_int_equal(posts, 0);
	OK(store_post_count(w->store, DIGEST_WEEKLY, &posts)); /* that one is still to come */
	assert_int_equal(posts, 1);
	OK(store_value_get(w->store, "digest daily", &last_ms));
	assert_int_equal(last_ms, w->now_ms);
	OK(store_value_get(w->store, "digest weekly", &last_ms));
	assert_int_equal(last_ms, 1);
}

static void of_an_event_nobody_is_reminded_again(void **state)
{
	struct world *w = *state;
	char copy[PATH_MAX];
	struct bulletin reminded, off;
	int64_t due_ms;

	reminded.id = published(w, BULLETIN_EVENT);
	off.id = published(w, BULLETIN_EVENT);
	published(w, BULLETIN_EVENT); /* still to come */
	back_up(w, copy);
	OK(store_bulletin_get(w->store, reminded.id, &reminded));
	reminded.due_ms = 0;
	OK(store_bulletin_set(w->store, &reminded));
	OK(store_bulletin_get(w->store, off.id, &off));
	off.state = BULLETIN_CANCELLED;
	off.due_ms = 0;
	OK(store_bulletin_set(w->store, &off));
	restore(w, copy);
	OK(store_bulletin_get(w->store, reminded.id, &reminded));
	assert_int_equal(reminded.due_ms, 0);
	assert_int_equal(reminded.state, BULLETIN_OUT);
	OK(store_bulletin_get(w->store, off.id, &off));
	assert_int_equal(off.state, BULLETIN_CANCELLED);
	OK(store_bulletin_next_due(w->store, &due_ms));
	assert_int_equal(due_ms, w->now_ms + 2 * MS_PER_DAY);
}

static void tell(struct world *w, int64_t person)
{
	struct store_story story = { .person_id = person,
		.language = "en",
		.text = "They took my brother",
		.expires_ms = w->now_ms + MS_PER_DAY };

	OK(store_story_add(w->store, &story, w->now_ms));
	assert_int_equal(store_story_keep(w->store, person, "May it be kept?", w->now_ms), 1);
}

static void a_story_that_was_taken_back_stays_gone(void **state)
{
	struct world *w = *state;
	char copy[PATH_MAX];
	int64_t eva = person_new(w, 1, ROLE_MEMBER, 1), mia = person_new(w, 2, ROLE_MEMBER, 1);
	int64_t kept;

	tell(w, eva);
	tell(w, mia);
	back_up(w, copy);
	assert_int_equal(store_story_delete(w->store, eva), 1);
	restore(w, copy);
	OK(store_story_count(w->store, eva, &kept));
	assert_int_equal(kept, 0);
	OK(store_story_count(w->store, mia, &kept));
	assert_int_equal(kept, 1);
}

/* That one knows of nothing that was taken back. */
static void on_a_new_card_the_stories_of_the_copy_are_there(void **state)
{
	struct world *w = *state;
	char copy[PATH_MAX];
	int64_t eva = person_new(w, 1, ROLE_MEMBER, 1), event = published(w, BULLETIN_EVENT);
	int64_t kept, due_ms, waits = scheduled(w);

	tell(w, eva);
	back_up(w, copy);
	begin_with_an_empty_file(w);
	restore(w, copy);
	OK(store_story_count(w->store, eva, &kept));
	assert_int_equal(kept, 1);
	assert_int_equal(state_of_alert(w, waits), ALERT_SCHEDULED);
	OK(store_bulletin_next_due(w->store, &due_ms));
	assert_true(due_ms < TIME_NEVER && event > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_scheduled_and_is_over_is_not_sent_again),
		TEST(what_was_in_a_digest_is_in_none_again),
		TEST(of_an_event_nobody_is_reminded_again),
		TEST(a_story_that_was_taken_back_stays_gone),
		TEST(on_a_new_card_the_stories_of_the_copy_are_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
