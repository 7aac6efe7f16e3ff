/* SPDX-License-Identifier: Apache-2.0 */
/* An alert's text in each language, what sending it would mean, and sending it. */
#include "internal.h"

/* Stands for the number that the alert's incident will have: as long as one is for years. */
#define NUMBER_TO_COME 9999

static int segments_of(struct turn *turn, const char *language, const struct saying *saying)
{
	char memory[SAY_SIZE];
	struct strbuf out;
	int rc;

	strbuf_init(&out, memory, sizeof(memory));
	say_in(turn, language, saying, &out);
	rc = speech_plan(turn->desk->speech, language, out.text, &turn->desk->plan);
	return rc < 0 ? rc : turn->desk->plan.segments;
}

/** An alert and what its readers must know of its incident. */
struct alert_words {
	const struct alert *alert;
	int64_t incident_id; /* as it is said */
	bool unconfirmed;
	const char *update; /* what was added since it was sent; NULL: nothing */
};

/* A dispatcher's own alert stands for itself; a report is a rumour until somebody confirmed it. */
static int read_alert(struct turn *turn, const struct alert *alert, struct alert_words *out)
{
	struct store *store = turn->desk->store;
	struct incident incident = { .reporter_id = 0 };
	struct work work = { .confirmed = false };
	int rc = alert->incident_id ? store_incident_get(store, alert->incident_id, &incident) : 0;

	if (rc == 0 && incident.reporter_id)
		rc = store_work_get(store, incident.id, &work);
	*out = (struct alert_words){ .alert = alert,
		.incident_id = alert->incident_id ? alert->incident_id : NUMBER_TO_COME,
		.unconfirmed = incident.reporter_id && !work.confirmed };
	return rc == -ENOENT ? 0 : rc;
}

/*
 * How to answer is left out where it would cost a segment more: everybody's airtime is worth more
 * than a reminder.
 */
static void compose_alert(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct alert_words *words = arg;
	char plain_memory[2 * ALERT_TEXT_SIZE + 256], memory[sizeof(plain_memory) + 64];
	struct strbuf plain, text;

	strbuf_init(&plain, plain_memory, sizeof(plain_memory));
	strbuf_init(&text, memory, sizeof(memory));
	(void)alert_text_in(turn, words->alert, language, &plain);
	if (words->update) {
		say_break(turn, language, &plain);
		strbuf_add(&plain, words->update);
	}
	if (words->unconfirmed)
		say_in(turn, language, SAY(MSG_UNCONFIRMED, SPEECH_TEXT("text", plain.text)),
			&text);
	else
		strbuf_add(&text, plain.text);
	const struct speech_arg args[] = { SPEECH_NUMBER("incident", words->incident_id),
		SPEECH_TEXT("text", text.text) };
	struct saying info = { .id = MSG_ALERT_INFO, .args = args, .n = ARRAY_SIZE(args) };
	if (words->alert->info) {
		say_in(turn, language, &info, out);
		return;
	}
	struct saying full = { .id = MSG_ALERT_FULL, .args = args, .n = ARRAY_SIZE(args) };
	struct saying brief = { .id = MSG_ALERT_SHORT, .args = args, .n = ARRAY_SIZE(args) };
	bool same = segments_of(turn, language, &full) == segments_of(turn, language, &brief);

	say_in(turn, language, same ? &full : &brief, out);
}

/* ---- the promise ---- */

struct measure {
	struct turn *turn;
	const struct alert_words *words;
	int dearest;
	int64_t segments;
	int64_t foreign;                       /* people who get it in none of their languages */
	int64_t readers[SPEECH_LANGUAGES_MAX]; /* people who get it in theirs */
};

/* Who reads it in their language, and who does not; who has set none speaks the box's. */
static void measure_readers(struct measure *measure, const char *language, int64_t people)
{
	const struct desk *desk = measure->turn->desk;
	const char *own = *language ? language : desk->settings->box.language, *known;
	char memory[ALERT_TEXT_SIZE + 256];
	struct strbuf text;

	strbuf_init(&text, memory, sizeof(memory));
	if (!alert_text_in(measure->turn, measure->words->alert, own, &text)) {
		measure->foreign += people;
		return;
	}
	for (int i = 0; (known = speech_language(desk->speech, i)); i++)
		if (strcmp(known, own) == 0)
			measure->readers[i] += people;
}

/* "en 120, es 80"; "" when there is only one language and nothing to be said. */
static void name_readers(const struct measure *measure, struct strbuf *out)
{
	const struct speech *speech = measure->turn->desk->speech;
	const char *language;
	int languages = 0;

	for (int i = 0; (language = speech_language(speech, i)); i++)
		if (measure->readers[i] > 0)
			strbuf_addf(out, "%s%s %" PRId64, languages++ ? ", " : "", language,
				measure->readers[i]);
	if (languages < 2 && measure->foreign == 0)
		out->text[0] = '\0';
}

/* A text that was taken for a kind of thing and a place is shown before it is sent. */
static void name_template(
	struct turn *turn, const struct alert *alert, struct desk_promise *promise)
{
	const char *language =
		turn->language[0] ? turn->language : turn->desk->settings->box.language;
	struct strbuf reads;

	strbuf_init(&reads, promise->reads, sizeof(promise->reads));
	if (alert_is_template(turn, alert))
		(void)alert_text_in(turn, alert, language, &reads);
}

static int measure_language(void *ctx, const char *language, int64_t people)
{
	struct measure *measure = ctx;
	int segments =
		segments_of(measure->turn, language, COMPOSED(compose_alert, measure->words));

	if (segments < 0)
		return segments;
	measure->segments += segments * people;
	if (segments > measure->dearest)
		measure->dearest = segments;
	measure_readers(measure, language, people);
	return 0;
}

static int64_t seconds_for(int64_t segments, const struct desk_pace *pace)
{
	double seconds;

	if (pace->segments_per_s <= 0)
		return -1;
	seconds = (double)segments / pace->segments_per_s;
	return (int64_t)seconds + ((double)(int64_t)seconds < seconds);
}

int alert_measure(struct turn *turn, const struct alert *alert, struct desk_promise *promise)
{
	struct desk *desk = turn->desk;
	struct alert_words words;
	struct measure measure = { .turn = turn, .words = &words };
	struct desk_pace pace = { .allowance = -1, .newcomers = -1 };
	struct store_audience audience;
	struct strbuf readers;
	int rc = read_alert(turn, alert, &words);

	if (rc < 0)
		return rc;
	rc = store_audience_measure(desk->store, alert->zones, alert->wide, turn->now_ms, &audience,
		measure_language, &measure);
	if (rc < 0)
		return rc;
	if (desk->events.pace)
		desk->events.pace(desk->ctx, &pace);
	promise->people = audience.total;
	promise->foreign = measure.foreign;
	promise->unconfirmed = words.unconfirmed;
	name_template(turn, alert, promise);
	strbuf_init(&readers, promise->languages, sizeof(promise->languages));
	name_readers(&measure, &readers);
	promise->on_duty = audience.people[RANK_DUTY];
	promise->segments = measure.dearest;
	promise->segments_all = measure.segments;
	promise->allowance = pace.allowance;
	promise->newcomers = pace.newcomers;
	promise->seconds = seconds_for(measure.segments, &pace);
	promise->seconds_on_duty = seconds_for(promise->on_duty * measure.dearest, &pace);
	return 0;
}

/* ---- sending ---- */

static int begin_broadcast(struct turn *turn, const struct alert *alert)
{
	struct desk *desk = turn->desk;
	bool planned = alert->planned != 0;
	int64_t expires_ms =
		planned ? schedule_expires_ms(desk, turn->now_ms)
			: turn->now_ms + desk->settings->alerts.shelf_life_s * MS_PER_S;
	int64_t id;
	struct store_broadcast broadcast = { .kind = planned ? BROADCAST_OTHER : BROADCAST_ALERT,
		.alert_id = alert->id,
		.zones = alert->zones,
		.wide = alert->wide,
		.expires_ms = expires_ms };
	struct alert_words words;
	int rc = read_alert(turn, alert, &words);

	if (rc == 0)
		rc = store_broadcast_new(desk->store, &broadcast, turn->now_ms, &id);
	if (rc == 0)
		rc = broadcast_bodies(turn, id, COMPOSED(compose_alert, &words));
	if (rc == 0)
		rc = store_alert_start(desk->store, alert->id, id, expires_ms, turn->now_ms);
	if (rc == 0 && !alert->info)
		rc = reminders_begin(turn, alert);
	return rc;
}

int alert_start(struct turn *turn, const struct alert *alert)
{
	struct desk *desk = turn->desk;
	int rc = schedule_keep(turn, alert);

	if (rc != 0)
		return rc;
	/* one alert for an incident: who asked for another one about it meanwhile has it now */
	rc = alerts_withdraw(turn, alert->incident_id, alert, MSG_ALERT_RUNNING);
	if (rc == 0)
		rc = begin_broadcast(turn, alert);
	/* the first, those on duty, with the code's own commit: they are on the air at once */
	if (rc == 0)
		rc = store_broadcast_expand(desk->store, SLICE_FIRST, turn->now_ms);
	if (rc >= 0)
		rc = store_incident_set(desk->store, alert->incident_id, INCIDENT_ALERTED,
			turn->who.id, turn->now_ms);
	if (rc < 0)
		return rc;
	desk->news.wake = desk->news.changed = true;
	log_notice("incident=%" PRId64 " alert=%" PRId64 " is going out", alert->incident_id,
		alert->id);
	return 0;
}

/* ---- sending it to more people ---- */

struct last_update {
	int64_t since_ms;
	bool found;
	char text[ALERT_TEXT_SIZE];
};

static int look_for_update(void *ctx, const struct incident_note *note)
{
	struct last_update *last = ctx;

	if (strcmp(note->what, "updated") != 0 || note->at_ms < last->since_ms)
		return 0;
	last->found = true;
	text_copy(last->text, sizeof(last->text), note->text);
	return 0;
}

int64_t alert_send_again(struct turn *turn, const struct alert *alert)
{
	struct store *store = turn->desk->store;
	struct last_update last = { .since_ms = alert->started_ms };
	struct alert_words words;
	int rc = store_incident_notes(store, alert->incident_id, look_for_update, &last);

	if (rc < 0 || !last.found)
		return rc;
	rc = read_alert(turn, alert, &words);
	words.update = last.text;
	if (rc == 0)
		rc = broadcast_bodies(turn, alert->broadcast_id, COMPOSED(compose_alert, &words));
	if (rc < 0)
		return rc;
	turn->desk->news.wake = turn->desk->news.changed = true;
	return store_broadcast_again(store, alert->broadcast_id, turn->now_ms);
}
