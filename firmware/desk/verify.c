/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana (dispatcher): VERIFY 17        -> three responders: can you go and look at #17? Reply GO 17
 * Carla: GO 17                       -> #17 is yours to look at; Ana: #17: P4 goes to look
 *                                    -> the other two: #17 is looked at, thank you
 * Carla: SEEN 17 two vans, six men   -> Ana: #17 SEEN by P4: two vans, six men
 * Carla: NOTHING 17                  -> Ana: #17: P4 sees nothing there
 * Nobody goes: the next three are asked, and in the end Ana hears that there is nobody.
 */
#include "internal.h"

#define ASKED_AT_A_TIME 3

/* ---- whom to ask ----------------------------------------------------------------------------- */

/* In this order. */
static const struct circle {
	bool on_duty, in_zone;
} circles[] = { { true, true }, { false, true }, { true, false }, { false, false } };

struct search {
	struct turn *turn;
	const struct incident *incident;
	int wanted, asked;
};

static void compose_ask(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct incident *incident = arg;
	char text[TOLD_TEXT_BYTES];

	if (incident_words(turn, incident->id, text) < 0)
		text[0] = '\0';
	say_in(turn, language,
		SAY(MSG_VERIFY_ASK, SPEECH_NUMBER("incident", incident->id),
			SPEECH_TEXT("text", text)),
		out);
	form_say(turn, language, incident->id, out);
}

static int ask_one(void *ctx, const struct person *person)
{
	struct search *search = ctx;
	struct store *store = search->turn->desk->store;
	int64_t id = search->incident->id;
	enum asked_state state = ASKED_NOT;
	int rc = store_asked_get(store, id, person->id, &state);

	/* dispatchers dispatch, and whoever saw it first has said what they saw */
	if (rc < 0 || state > ASKED_TOLD || role_of(person) != ROLE_RESPONDER ||
		person->id == search->incident->reporter_id)
		return rc;
	rc = tell(
		search->turn, person, CLASS_DISPATCH, id, COMPOSED(compose_ask, search->incident));
	if (rc <= 0)
		return rc;
	rc = store_asked_set(store, id, person->id, ASKED_LOOK);
	if (rc < 0)
		return rc;
	search->asked++;
	return --search->wanted == 0;
}

/* How many were asked; -errno. */
static int ask_some(struct turn *turn, const struct incident *incident, const struct work *work)
{
	struct search search = { turn, incident, ASKED_AT_A_TIME, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(circles) && search.wanted > 0; i++) {
		struct person_filter filter = { .role_min = ROLE_RESPONDER,
			.active_only = true,
			.zones = circles[i].in_zone ? work->zones : 0,
			.on_duty_at_ms = circles[i].on_duty ? turn->now_ms : 0 };
		int rc;

		if (circles[i].in_zone && work->zones == 0)
			continue;
		rc = store_person_walk(turn->desk->store, &filter, ask_one, &search);
		if (rc < 0)
			return rc;
	}
	return search.asked;
}

static int set_next(struct turn *turn, struct work *work, bool again)
{
	const struct settings_desk *settings = &turn->desk->settings->desk;

	work->verify_ms = again ? turn->now_ms + settings->escalate_after_s * MS_PER_S : 0;
	return store_work_set(turn->desk->store, work);
}

/* ---- VERIFY n [zone ...] --------------------------------------------------------------------- */

/* What stands behind the zones is one that is none. */
static bool take_odd_zone(const struct desk *desk, const char **rest, char *word, size_t size)
{
	return desk->settings->list.n_zones > 0 && take_word(rest, word, size) &&
	       !speech_is(desk->speech, word, WORD_ALL);
}

int verify_command(struct turn *turn)
{
	struct store *store = turn->desk->store;
	const char *rest = turn->heard.rest;
	char word[64];
	struct incident incident;
	struct work work;
	uint64_t zones;
	int asked, rc = take_open_incident(turn, &rest, &incident);

	if (rc != 1)
		return rc;
	zones = take_zones(turn->desk, &rest);
	if (take_odd_zone(turn->desk, &rest, word, sizeof(word)))
		return zone_unknown(turn, word);
	rc = store_work_get(store, incident.id, &work);
	if (zones)
		work.zones = zones;
	if (rc == 0 && incident.taken_by_id == 0)
		rc = store_incident_take(store, incident.id, turn->who.id, turn->now_ms);
	if (rc == 0 && incident.state < INCIDENT_VERIFYING)
		rc = store_incident_set(
			store, incident.id, INCIDENT_VERIFYING, turn->who.id, turn->now_ms);
	asked = rc < 0 ? rc : ask_some(turn, &incident, &work);
	rc = asked < 0 ? asked : set_next(turn, &work, asked > 0);
	if (rc < 0)
		return rc;
	turn->desk->news.changed = true;
	return reply(turn,
		SAY(asked ? MSG_VERIFYING : MSG_VERIFY_NOBODY,
			SPEECH_NUMBER("incident", incident.id), SPEECH_NUMBER("people", asked)));
}

static int count_going(void *ctx, int64_t person_id, enum asked_state state)
{
	(void)person_id;
	*(int *)ctx += state >= ASKED_GOES && state < ASKED_OVER;
	return 0;
}

int verify_on(struct turn *turn, const struct incident *incident, struct work *work)
{
	int going = 0, asked = 0;
	int rc = store_asked_walk(turn->desk->store, incident->id, count_going, &going);
	bool wanted = rc == 0 && going == 0 && incident->state == INCIDENT_VERIFYING;

	if (wanted)
		asked = ask_some(turn, incident, work);
	if (rc < 0 || asked < 0)
		return rc < 0 ? rc : asked;
	rc = set_next(turn, work, asked > 0);
	if (rc == 0 && wanted && asked == 0)
		rc = tell_holder(turn, incident,
			SAY(MSG_VERIFY_NOBODY, SPEECH_NUMBER("incident", incident->id)));
	return rc < 0 ? rc : 0;
}

/* Nobody is asked twice; where they were to go, the next are asked. */
static int let_go(struct turn *turn, int64_t person_id, int64_t incident_id)
{
	struct store *store = turn->desk->store;
	enum asked_state state;
	struct work work;
	int rc = store_asked_get(store, incident_id, person_id, &state);

	if (rc == 0)
		rc = store_asked_set(store, incident_id, person_id, ASKED_OVER);
	if (rc < 0 || state != ASKED_GOES)
		return rc;
	rc = store_work_get(store, incident_id, &work);
	work.verify_ms = turn->now_ms;
	return rc < 0 ? rc : store_work_set(store, &work);
}

int verify_leave(struct turn *turn, int64_t person_id)
{
	int64_t id = 0;
	int rc;

	while ((rc = store_asked_of(turn->desk->store, person_id, &id)) == 0 && id > 0) {
		rc = let_go(turn, person_id, id);
		if (rc < 0)
			break;
	}
	return rc;
}

/* ---- GO n ------------------------------------------------------------------------------------ */

struct others {
	struct turn *turn;
	const struct incident *incident;
	int going;
};

static int one_is_enough(void *ctx, int64_t person_id, enum asked_state state)
{
	struct others *others = ctx;
	struct turn *turn = others->turn;
	struct person person;
	int rc;

	if (state != ASKED_LOOK || person_id == turn->who.id)
		return 0;
	rc = store_asked_set(turn->desk->store, others->incident->id, person_id, ASKED_OVER);
	if (rc == 0)
		rc = store_person_get(turn->desk->store, person_id, &person);
	if (rc == 0)
		rc = tell(turn, &person, CLASS_DISPATCH, others->incident->id,
			SAY(MSG_GO_OVER, SPEECH_NUMBER("incident", others->incident->id)));
	return rc < 0 && rc != -ENOENT ? rc : 0;
}

/* The incident named by the text. 1; 0 none that is open; -errno. */
static int named(
	struct turn *turn, const char **rest, struct incident *out, enum asked_state *state)
{
	const char *at = *rest;
	int64_t number;
	int rc;

	if (!take_number(&at, &number))
		return 0;
	rc = store_incident_get(turn->desk->store, number, out);
	if (rc < 0 || incident_closed(out))
		return rc == -ENOENT ? 0 : rc;
	rc = store_asked_get(turn->desk->store, number, turn->who.id, state);
	if (rc < 0)
		return rc;
	if (*state >= ASKED_LOOK)
		*rest = at;
	return 1;
}

/*
 * Which incident GO, SEEN or NOTHING is about: the one they name, else the one that their sender
 * was asked to look at ("SEEN 3 vans" names none). 1; 0 the sender was answered; NOT_ASKED; -errno.
 */
#define NOT_ASKED 2
static int take_asked(
	struct turn *turn, const char **rest, struct incident *incident, enum asked_state *state)
{
	struct store *store = turn->desk->store;
	int64_t id = 0;
	int rc = named(turn, rest, incident, state);

	if (rc < 0 || (rc == 1 && *state >= ASKED_LOOK))
		return rc;
	if (rc == 1 && turn->role >= ROLE_DISPATCHER) {
		int64_t number;

		take_number(rest, &number);
		return 1;
	}
	if (store_asked_of(store, turn->who.id, &id) == 0 && id > 0) {
		rc = store_incident_get(store, id, incident);
		if (rc == 0)
			rc = store_asked_get(store, id, turn->who.id, state);
		return rc < 0 ? rc : 1;
	}
	return rc == 0 ? NOT_ASKED
		       : reply(turn,
				 SAY(MSG_GO_NOT_ASKED, SPEECH_NUMBER("incident", incident->id)));
}

static int goes(struct turn *turn, const struct incident *incident)
{
	struct others others = { .turn = turn, .incident = incident };
	struct store *store = turn->desk->store;
	char name[PERSON_NAME_SIZE];
	int rc = store_asked_set(store, incident->id, turn->who.id, ASKED_GOES);

	if (rc == 0)
		rc = store_incident_note(
			store, incident->id, turn->who.id, "goes", NULL, turn->now_ms);
	if (rc == 0)
		rc = store_asked_walk(store, incident->id, one_is_enough, &others);
	if (rc == 0)
		rc = tell_holder(turn, incident,
			SAY(MSG_GO_TOLD, SPEECH_NUMBER("incident", incident->id),
				SPEECH_TEXT("name", shown_name(&turn->who, name))));
	return rc < 0 ? rc
		      : reply(turn, SAY(MSG_GO_THANKS, SPEECH_NUMBER("incident", incident->id)));
}

int go_command(struct turn *turn)
{
	const char *rest = turn->heard.rest;
	struct incident incident;
	enum asked_state state = ASKED_NOT;
	int rc = take_asked(turn, &rest, &incident, &state);

	if (rc != 1)
		return rc == NOT_ASKED ? NOT_MINE : rc;
	if (state == ASKED_OVER)
		return reply(turn, SAY(MSG_GO_OVER, SPEECH_NUMBER("incident", incident.id)));
	return goes(turn, &incident);
}

/* ---- SEEN n text, NOTHING n ------------------------------------------------------------------ */

static const struct result {
	enum asked_state state;
	enum speech_message told;
	const char *note;
} seen = { ASKED_SEEN, MSG_SEEN_TOLD, "seen" },
  nothing = { ASKED_NOTHING, MSG_NOTHING_TOLD, "nothing" };

static int looked(struct turn *turn, const struct result *result)
{
	struct store *store = turn->desk->store;
	const char *rest = turn->heard.rest;
	char name[PERSON_NAME_SIZE];
	struct incident incident;
	enum asked_state state = ASKED_NOT;
	int rc = take_asked(turn, &rest, &incident, &state);

	if (rc != 1)
		return rc == NOT_ASKED ? NOT_MINE : rc;
	rc = store_asked_set(store, incident.id, turn->who.id, result->state);
	if (rc == 0)
		rc = store_incident_note(
			store, incident.id, turn->who.id, result->note, rest, turn->now_ms);
	if (rc == 0)
		rc = tell_holder(turn, &incident,
			SAY(result->told, SPEECH_NUMBER("incident", incident.id),
				SPEECH_TEXT("name", shown_name(&turn->who, name)),
				SPEECH_TEXT("text", cut_text(turn->desk, rest))));
	return rc < 0 ? rc
		      : reply(turn, SAY(MSG_SEEN_THANKS, SPEECH_NUMBER("incident", incident.id)));
}

int seen_command(struct turn *turn)
{
	return looked(turn, &seen);
}

int nothing_command(struct turn *turn)
{
	return looked(turn, &nothing);
}
