/* SPDX-License-Identifier: Apache-2.0 */
/* The desk's life: configuration into the store, one text after another, and what time does. */
#include <ctype.h>
#include <stdlib.h>

#include "internal.h"

#define FAILURES_MAX 3 /* a text whose handling fails as often is set aside */
/*
 * So is one at which the process died as often: far more often than power cuts hit the same text by
 * chance.
 */
#define CRASHES_MAX 20

/* ---- the configuration ---- */

static uint64_t zones_of(
	const struct settings *settings, const int *bits, const struct settings_person *person)
{
	uint64_t zones = 0;

	for (int i = 0; i < person->n_zones; i++)
		for (int z = 0; z < settings->list.n_zones; z++)
			if (strcmp(person->zones[i], settings->list.zones[z].id) == 0)
				zones |= UINT64_C(1) << bits[z];
	return zones;
}

/* A number that changes role is told: the file may have been changed by somebody else. */
static int tell_changed(struct turn *turn, const struct person *before, enum role role)
{
	if (before->id == 0 || before->state != PERSON_ACTIVE || before->role == role)
		return 0;
	return person_tell_role(turn, before, MSG_ROLE_CHANGED, role);
}

static int configure_person(struct turn *turn, const struct settings *settings, const int *bits,
	const struct settings_person *person)
{
	struct store *store = turn->desk->store;
	struct person before = { .id = 0 };
	enum role role;
	int rc = store_role_parse(person->role, &role);

	if (rc == 0)
		rc = store_person_find(store, person->phone, &before);
	if (rc == 0 || rc == -ENOENT)
		rc = store_people_configure(store, person->phone, person->name, role,
			person->language, zones_of(settings, bits, person), turn->now_ms);
	return rc < 0 ? rc : tell_changed(turn, &before, role);
}

/* What is to be configured, and where the zones' bits go: they count when it is committed. */
struct configuration {
	const struct settings *settings;
	int bits[SETTINGS_ZONES_MAX];
};

struct dropping {
	struct turn *turn;
	const struct settings *settings;
};

/* Whom the file names no more is a member. */
static int tell_if_dropped(void *ctx, const struct person *person)
{
	const struct dropping *round = ctx;
	struct store *store = round->turn->desk->store;

	if (!person->configured)
		return 0;
	for (int i = 0; i < round->settings->n_people; i++)
		if (strcmp(round->settings->people[i].phone, person->phone) == 0)
			return 0;
	int rc = store_person_set_role(store, person->id, ROLE_MEMBER, round->turn->now_ms);

	return rc < 0 ? rc : tell_changed(round->turn, person, ROLE_MEMBER);
}

static int configure(struct turn *turn, void *arg)
{
	struct configuration *configuration = arg;
	struct dropping round = { turn, configuration->settings };
	struct person_filter staff = { .role_min = ROLE_RESPONDER };
	const struct settings *settings = configuration->settings;
	struct desk *desk = turn->desk;
	int rc = zones_configure(settings, desk->store, configuration->bits);

	if (rc == 0)
		rc = store_person_walk(desk->store, &staff, tell_if_dropped, &round);
	if (rc == 0)
		rc = store_people_configure_begin(desk->store);
	for (int i = 0; rc == 0 && i < settings->n_people; i++)
		rc = configure_person(turn, settings, configuration->bits, &settings->people[i]);
	return rc < 0 ? rc : store_people_configure_end(desk->store);
}

static int configure_all(struct desk *desk, const struct settings *settings, int64_t now_ms)
{
	struct configuration configuration = { .settings = settings };
	int rc = desk_transact(desk, now_ms, configure, &configuration);

	if (rc == 0)
		memcpy(desk->zone_bit, configuration.bits, sizeof(configuration.bits));
	return rc;
}

/* ---- life ---- */

int desk_new(const struct settings *settings, struct store *store, struct speech *speech,
	const struct desk_events *events, void *ctx, int64_t now_ms, struct desk **out)
{
	struct desk *desk = calloc(1, sizeof(*desk));
	int64_t paused = 0;
	int rc;

	if (!desk)
		return -ENOMEM;
	desk->settings = settings;
	desk->store = store;
	desk->speech = speech;
	desk->events = *events;
	desk->ctx = ctx;
	desk->reference = (uint16_t)(now_ms / MS_PER_S);
	rc = store_value_get(store, "paused", &paused);
	desk->paused = rc == 0 && paused;
	if (rc == 0 || rc == -ENOENT)
		rc = configure_all(desk, settings, now_ms);
	if (rc == 0)
		rc = flood_resume(desk);
	if (rc == 0)
		rc = drafts_log(desk);
	if (rc < 0) {
		desk_free(desk);
		return rc;
	}
	*out = desk;
	return 0;
}

void desk_free(struct desk *desk)
{
	free(desk);
}

int desk_reload(
	struct desk *desk, const struct settings *settings, struct speech *speech, int64_t now_ms)
{
	int rc = configure_all(desk, settings, now_ms);

	if (rc < 0)
		return rc;
	desk->settings = settings;
	desk->speech = speech;
	memset(desk->digest_ms, 0, sizeof(desk->digest_ms));
	/* another zone, another time */
	desk->schedule_ms = desk->gaps_ms = desk->shifts_ms = 0;
	return drafts_log(desk);
}

void desk_set_time_known(struct desk *desk, bool known)
{
	desk->time_unknown = !known;
}

/* ---- one text ---- */

void turn_choose_language(struct turn *turn)
{
	const char *language = turn->desk->settings->box.language;

	if (turn->who.language[0])
		language = turn->who.language;
	else if (speech_tells_language(turn->desk->speech, turn->body, &turn->heard))
		language = turn->heard.language;
	text_copy(turn->language, sizeof(turn->language), language);
}

/*
 * Whoever begins in another language than the box's is spoken to in it from then on: the questions
 * of a form are answered without any word that tells it. YES and the like are too short to tell.
 */
static int keep_language(struct turn *turn)
{
	static const enum speech_word telling[] = { WORD_REPORT, WORD_HELP, WORD_JOIN, WORD_START,
		WORD_STORY };
	const char *language = turn->heard.language;

	if (turn->who.id <= 0 || turn->who.language[0] ||
		!speech_tells_language(turn->desk->speech, turn->body, &turn->heard) ||
		strcmp(language, turn->desk->settings->box.language) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(telling); i++)
		if (telling[i] == turn->heard.word) {
			text_copy(turn->who.language, sizeof(turn->who.language), language);
			return store_person_set_language(turn->desk->store, turn->who.id, language);
		}
	return 0;
}

static int meet_sender(struct turn *turn)
{
	struct store *store = turn->desk->store;

	if (turn->text->kind != PHONE_E164)
		return 0;
	if (turn->text->person_id > 0)
		return store_person_get(store, turn->text->person_id, &turn->who);
	return store_person_meet(store, turn->text->sender, turn->now_ms, &turn->who);
}

/* Its first part never came: what it begins with now may stand anywhere in what was written. */
static bool lacks_beginning(const struct turn *turn)
{
	const struct desk *desk = turn->desk;
	char memory[64];
	struct strbuf mark;

	strbuf_init(&mark, memory, sizeof(memory));
	speech_say(desk->speech, desk->settings->box.language, MSG_GAP_MARK, NULL, 0, &mark);
	return turn->text->gaps > 0 && strncmp(turn->body, mark.text, mark.len) == 0;
}

static void hear(struct turn *turn)
{
	const char *language = turn->who.language;

	turn->headless = lacks_beginning(turn);
	if (turn->headless)
		speech_hear_remains(turn->desk->speech, language, turn->body, &turn->heard);
	else
		speech_hear(turn->desk->speech, language, turn->body, &turn->heard);
}

static int handle(struct turn *turn)
{
	struct desk *desk = turn->desk;
	int rc = meet_sender(turn);

	if (rc < 0)
		return rc;
	turn->role = role_of(&turn->who);
	rc = suspended_return(turn);
	if (rc < 0)
		return rc;
	for (turn->body = turn->text->body; isspace((unsigned char)*turn->body); turn->body++)
		;
	hear(turn);
	turn_choose_language(turn);
	rc = keep_language(turn);
	if (rc == 0)
		rc = judge(turn);
	if (rc < 0)
		return rc;
	return store_text_handled(desk->store, turn->text->id, turn->taken_for, turn->now_ms);
}

static int handle_oldest(struct turn *turn, void *arg)
{
	struct desk *desk = turn->desk;
	int rc = store_text_next(desk->store, &desk->text);

	(void)arg;
	if (rc != 1)
		return rc;
	text_digits(desk->text.body);
	turn->text = &desk->text;
	turn->taken_for = "message";
	rc = handle(turn);
	desk->news.changed |= rc == 0;
	return rc < 0 ? rc : 1;
}

/* ---- a text that cannot be handled never blocks those behind it ---- */

/* The machine's trouble, not the text's: it waits until that is over. */
static bool is_trouble_of_the_machine(int rc)
{
	return rc == -EIO || rc == -ENOSPC || rc == -EROFS || rc == -ENOMEM || rc == -EBUSY ||
	       rc == -ESTALE || rc == -EUCLEAN;
}

static int set_aside(struct turn *turn, void *arg)
{
	int64_t id = *(int64_t *)arg;
	int rc = store_text_handled(turn->desk->store, id, "failed", turn->now_ms);

	if (rc == 0)
		log_alert("text=%" PRId64 " cannot be handled and was set aside; it is kept", id);
	return rc < 0 ? rc : 1;
}

static int count_failure(struct desk *desk, int error, int64_t now_ms)
{
	int64_t id = desk->text.id;

	if (is_trouble_of_the_machine(error))
		return error;
	desk->failures = desk->failing_text == id ? desk->failures + 1 : 1;
	desk->failing_text = id;
	log_error("text=%" PRId64 " was not handled: %s (%d of %d)", id, strerror(-error),
		desk->failures, FAILURES_MAX);
	return desk->failures < FAILURES_MAX ? error : desk_transact(desk, now_ms, set_aside, &id);
}

/*
 * A text that kills the process would do so at each start, always as the oldest that waits: so the
 * first text after a start is written down before it is handled. Returns 1 when it was at fault too
 * often, 0 when it is to be tried.
 */
static int mark_first(struct turn *turn, void *arg)
{
	struct store *store = turn->desk->store;
	int64_t tried = 0, times = 0;
	int rc = store_text_next(store, &turn->desk->text);

	(void)arg;
	if (rc != 1)
		return rc;
	turn->desk->first_marked = true;
	rc = store_value_get(store, "first_text", &tried);
	if (rc == 0 && tried == turn->desk->text.id)
		rc = store_value_get(store, "first_text_times", &times);
	if (rc < 0 && rc != -ENOENT)
		return rc;
	rc = store_value_set(store, "first_text", turn->desk->text.id);
	if (rc == 0)
		rc = store_value_set(store, "first_text_times", times + 1);
	return rc < 0 ? rc : times >= CRASHES_MAX;
}

int desk_handle_next(struct desk *desk, int64_t now_ms)
{
	int rc = desk->first_marked ? 0 : desk_transact(desk, now_ms, mark_first, NULL);

	if (rc == 1)
		return desk_transact(desk, now_ms, set_aside, &desk->text.id);
	if (rc == 0) {
		desk->text.id = 0;
		rc = desk_transact(desk, now_ms, handle_oldest, NULL);
	}
	return rc < 0 && desk->text.id > 0 ? count_failure(desk, rc, now_ms) : rc;
}

/* ---- what time does ---- */

static int look_at_alerts(struct turn *turn, void *next_ms)
{
	int rc = expiries(turn);

	if (rc >= 0)
		rc = suspensions_tell(turn, next_ms);
	return rc < 0 ? rc : summaries_tell(turn, next_ms);
}

static int look_at_work(struct turn *turn, void *next_ms)
{
	static int (*const rounds[])(struct turn * turn, int64_t * next_ms) = {
		work_do,
		flood_tell, /* behind what may be counted there */
		reminders_do,
		stories_forget,
		digests_do,
		schedules_do,
		duties_do,
	};
	int64_t at_ms;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(rounds); i++) {
		at_ms = TIME_NEVER;
		rc = rounds[i](turn, &at_ms);
		*(int64_t *)next_ms = time_min(*(int64_t *)next_ms, at_ms);
	}
	return rc;
}

int64_t desk_tick(struct desk *desk, int64_t now_ms)
{
	int64_t next_ms = TIME_NEVER, end_ms = TIME_NEVER, work_ms = TIME_NEVER;
	int64_t keep_ms;
	int rc = desk_transact(desk, now_ms, look_at_alerts, &next_ms);

	if (rc == 0)
		rc = desk_transact(desk, now_ms, look_at_work, &work_ms);
	if (rc == 0)
		rc = store_alert_next_end(desk->store, &end_ms);
	if (rc < 0) {
		/* what was sent may not have been */
		desk->schedule_ms = desk->gaps_ms = desk->shifts_ms = 0;
		return rc;
	}
	rc = keep_tidy(desk, now_ms, &keep_ms);
	if (rc < 0)
		return rc;
	return time_min(time_min(next_ms, end_ms), time_min(work_ms, keep_ms));
}

/* ---- what lights show ---- */

struct lights {
	int pending, running;
	bool quorum;
};

static int light_pending(void *ctx, const struct alert *alert)
{
	(void)alert;
	((struct lights *)ctx)->pending++;
	return 0;
}

/* They come by age: the newest is the last. */
static int light_running(void *ctx, const struct alert *alert)
{
	struct lights *lights = ctx;

	lights->running++;
	lights->quorum = alert->held;
	return 0;
}

int desk_get_state(struct desk *desk, int64_t now_ms, struct desk_state *out)
{
	struct lights lights = { .pending = 0 };
	int64_t untaken = 0;
	int rc = store_alert_walk(desk->store, ALERT_PENDING, light_pending, &lights);

	(void)now_ms;
	if (rc == 0)
		rc = store_alert_walk(desk->store, ALERT_RUNNING, light_running, &lights);
	if (rc == 0)
		rc = untaken_count(desk, &untaken);
	*out = (struct desk_state){ .paused = desk->paused,
		.untaken = untaken > 0,
		.alerts_pending = lights.pending,
		.alerts_running = lights.running,
		.quorum = lights.quorum };
	return rc;
}
