/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rosa (admin): ADD 510 555 0100 responder Ana   -> P41 is on the list
 *                                                -> Ana: you were put on the list ...
 * Rosa: ROLE P41 member                          -> P41 is member now
 *                                                -> Ana: your role is member now
 * Rosa: REMOVE P41
 *                                                -> Ana: your role is neighbor now
 * The same for faroctl and imports, which tell only those whose role changes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "internal.h"

/* ---- the words ---- */

static const struct {
	enum speech_word word;
	enum speech_message name;
} role_words[ROLES] = {
	[ROLE_NEIGHBOR] = { WORD_ROLE_NEIGHBOR, MSG_ROLE_NAME_NEIGHBOR },
	[ROLE_MEMBER] = { WORD_ROLE_MEMBER, MSG_ROLE_NAME_MEMBER },
	[ROLE_RESPONDER] = { WORD_ROLE_RESPONDER, MSG_ROLE_NAME_RESPONDER },
	[ROLE_DISPATCHER] = { WORD_ROLE_DISPATCHER, MSG_ROLE_NAME_DISPATCHER },
	[ROLE_ADMIN] = { WORD_ROLE_ADMIN, MSG_ROLE_NAME_ADMIN },
};

static bool role_of_word(const struct desk *desk, const char *word, enum role *role)
{
	for (int i = 0; i < ROLES; i++)
		if (speech_is(desk->speech, word, role_words[i].word)) {
			*role = (enum role)i;
			return true;
		}
	return false;
}

/* The phone may have blanks in it, so the role is what parts it from the name. */
static bool read_naming(const struct desk *desk, const char *rest, struct naming *naming)
{
	char word[64];
	struct strbuf phone;

	strbuf_init(&phone, naming->phone, sizeof(naming->phone));
	while (take_word(&rest, word, sizeof(word))) {
		if (phone.len > 0 && role_of_word(desk, word, &naming->role)) {
			text_copy(naming->name, sizeof(naming->name), rest);
			return true;
		}
		strbuf_addf(&phone, "%s%s", phone.len ? " " : "", word);
	}
	return false;
}

static int64_t handle_of(const char *text)
{
	const char *at = text;
	int64_t id;

	while (*at == ' ')
		at++;
	if ((*at != 'P' && *at != 'p') || text_int(at + 1, 1, INT64_MAX, &id) < 0)
		return 0;
	return id;
}

bool person_is_named(const struct desk *desk, const char *text)
{
	struct naming naming;
	char phone[PHONE_SIZE];

	if (!read_naming(desk, text, &naming))
		text_copy(naming.phone, sizeof(naming.phone), text);
	return handle_of(naming.phone) > 0 ||
	       phone_parse(naming.phone, desk->settings->box.country_code, phone) == PHONE_E164;
}

/* Finds the person of a number or a handle. 1, 0 none, -errno. */
static int find_person(struct turn *turn, const char *text, bool meet, struct person *out)
{
	struct desk *desk = turn->desk;
	int64_t id = handle_of(text);
	char phone[PHONE_SIZE];
	int rc;

	if (id > 0)
		rc = store_person_get(desk->store, id, out);
	else if (phone_parse(text, desk->settings->box.country_code, phone) != PHONE_E164)
		return 0;
	else if (meet)
		rc = store_person_meet(desk->store, phone, turn->now_ms, out);
	else
		rc = store_person_find(desk->store, phone, out);
	return rc == -ENOENT ? 0 : rc < 0 ? rc : 1;
}

/* ---- in the language of whoever hears it ---- */

struct role_words {
	enum speech_message id;
	const char *person;
	enum role role;
	const char *code;
};

static void compose_role(
	struct turn *turn, const char *language, const void *arg, struct strbuf *out)
{
	const struct role_words *said = arg;
	struct strbuf role;
	char memory[64];

	strbuf_init(&role, memory, sizeof(memory));
	say_in(turn, language, SAY(role_words[said->role].name), &role);
	say_in(turn, language,
		SAY(said->id, SPEECH_TEXT("person", said->person), SPEECH_TEXT("role", role.text),
			SPEECH_TEXT("code", said->code)),
		out);
}

int person_tell_role(
	struct turn *turn, const struct person *person, enum speech_message id, enum role role)
{
	/* a neighbor's is no role: it is not to be on the list */
	bool off = id == MSG_ROLE_CHANGED && role == ROLE_NEIGHBOR;
	struct role_words said = {
		.id = off ? MSG_TAKEN_OFF : id, .person = "", .role = role, .code = ""
	};
	int rc = tell(turn, person, CLASS_REPLY, 0, COMPOSED(compose_role, &said));

	return rc < 0 ? rc : 0;
}

int answer_role(struct turn *turn, enum speech_message id, const char *person, enum role role,
	const char *code)
{
	struct role_words said = { .id = id, .person = person, .role = role, .code = code };

	return answer(turn, CLASS_DISPATCH, COMPOSED(compose_role, &said));
}

static const char *was_key(const struct turn *turn, char out[32])
{
	snprintf(out, 32, "was %" PRId64, turn->who.id);
	return out;
}

int role_keep(struct turn *turn)
{
	char key[32];

	if (turn->who.suppressed || turn->who.configured || turn->who.role < ROLE_RESPONDER)
		return 0;
	return store_value_set(turn->desk->store, was_key(turn, key), turn->who.role);
}

int role_tell_lost(struct turn *turn)
{
	char key[32];
	int64_t was = 0;
	int rc = store_value_get(turn->desk->store, was_key(turn, key), &was);

	if (rc < 0 || was == 0)
		return rc == -ENOENT ? 0 : rc;
	if (was > (int64_t)turn->who.role && was < ROLES)
		rc = person_tell_role(turn, &turn->who, MSG_BACK_AS, (enum role)was);
	return rc < 0 ? rc : store_value_set(turn->desk->store, key, 0);
}

/*
 * Who may send alerts is every admin's business, and a sender's number can be forged: the real
 * admin hears of it whatever the loop guard thinks, and so do the others.
 */
static int say_to_admins(struct turn *turn, bool weighty, const struct saying *saying)
{
	int rc = weighty ? answer(turn, CLASS_DISPATCH, saying) : reply(turn, saying);

	if (rc == 0 && weighty)
		rc = tell_role(turn, ROLE_ADMIN, turn->who.id, 0, saying);
	return rc < 0 ? rc : 0;
}

static int reply_role(
	struct turn *turn, const struct person *person, enum speech_message id, enum role role)
{
	char name[PERSON_NAME_SIZE];
	struct role_words said = {
		.id = id, .person = shown_name(person, name), .role = role, .code = ""
	};

	return say_to_admins(turn, role >= ROLE_DISPATCHER || person->role >= ROLE_DISPATCHER,
		COMPOSED(compose_role, &said));
}

static int reply_removed(struct turn *turn, const struct person *person)
{
	char name[PERSON_NAME_SIZE];

	return say_to_admins(turn, person->role >= ROLE_DISPATCHER,
		SAY(MSG_PERSON_REMOVED, SPEECH_TEXT("person", shown_name(person, name))));
}

/* ---- ADD ---- */

static bool gone(const struct person *person)
{
	return person->state == PERSON_KNOWN || person->state == PERSON_LEFT ||
	       person->state == PERSON_REMOVED;
}

/* A neighbor is on no list: who becomes one gets no alerts any more. */
static int take_off_list(struct turn *turn, const struct person *person)
{
	int rc =
		gone(person) ? 0 : store_person_remove(turn->desk->store, person->id, turn->now_ms);

	return rc < 0 ? rc : left_list(turn, person);
}

/* Whoever was suspended never left: their number is given another chance. */
static int put_on_list(struct turn *turn, struct person *person, enum role role, const char *how)
{
	struct store *store = turn->desk->store;
	int rc = 0;

	if (role == ROLE_NEIGHBOR)
		return take_off_list(turn, person);
	if (person->state == PERSON_SUSPENDED)
		rc = store_person_restore(store, person->id);
	else if (person->state != PERSON_ACTIVE)
		rc = store_person_join(
			store, person->id, person->zones, false, how, "", turn->now_ms);
	if (rc == 0)
		rc = store_person_set_role(store, person->id, role, turn->now_ms);
	turn->desk->schedule_ms = 0;
	turn->desk->news.changed = true;
	return rc;
}

/* Whoever was on the list before hears of the role only. */
static int tell_admitted(
	struct turn *turn, const struct person *person, enum person_state before, enum role role)
{
	char zones[ZONES_WORDS_SIZE];
	int rc;

	if (before != PERSON_APPLICANT)
		return person_tell_role(
			turn, person, before == PERSON_ACTIVE ? MSG_ROLE_CHANGED : MSG_ADDED, role);
	zones_words(turn, person->language, person->zones, zones);
	rc = tell(turn, person, CLASS_REPLY, 0, SAY(MSG_JOINED, SPEECH_TEXT("zones", zones)));
	return rc < 0 ? rc : 0;
}

static int add_person(struct turn *turn, struct person *person, const struct naming *naming)
{
	struct store *store = turn->desk->store;
	enum person_state before = person->state;
	int rc = put_on_list(turn, person, naming->role, "admin");

	if (rc == 0 && naming->name[0])
		rc = store_person_set_name(store, person->id, naming->name);
	if (rc == 0)
		rc = store_person_get(store, person->id, person);
	if (rc == 0)
		rc = tell_admitted(turn, person, before, naming->role);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " added as %s by person=%" PRId64, person->id,
		store_role_name(naming->role), turn->who.id);
	return reply_role(turn, person, MSG_PERSON_ADDED, naming->role);
}

int add_command(struct turn *turn)
{
	struct naming naming = { .role = ROLE_MEMBER, .add = true };
	struct person person;
	int rc;

	if (!read_naming(turn->desk, turn->heard.rest, &naming) || naming.role == ROLE_NEIGHBOR)
		return reply(turn, SAY(MSG_HOW_ADD));
	rc = find_person(turn, naming.phone, true, &person);
	if (rc <= 0)
		return rc < 0 ? rc : reply(turn, SAY(MSG_HOW_ADD));
	if (person.suppressed)
		return reply(turn, SAY(MSG_PERSON_SUPPRESSED));
	if (person.configured)
		return reply(turn, SAY(MSG_PERSON_CONFIGURED));
	return grant_needs_code(turn, naming.role) ? grant_ask(turn, &person, &naming)
						   : add_person(turn, &person, &naming);
}

/* ---- ROLE ---- */

static int change_role(struct turn *turn, struct person *person, enum role role)
{
	int rc = role == ROLE_NEIGHBOR
			 ? take_off_list(turn, person)
			 : store_person_set_role(turn->desk->store, person->id, role, turn->now_ms);

	turn->desk->schedule_ms = 0;
	if (rc == 0 && person->role >= ROLE_DISPATCHER && role < ROLE_DISPATCHER)
		rc = escalate_again(turn, person->id);
	if (rc == 0 && person->role != role)
		rc = person_tell_role(turn, person, MSG_ROLE_CHANGED, role);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " is %s now, by person=%" PRId64, person->id,
		store_role_name(role), turn->who.id);
	return reply_role(turn, person, MSG_PERSON_ROLE, role);
}

int role_command(struct turn *turn)
{
	struct naming naming = { .role = ROLE_MEMBER };
	struct person person;
	int rc;

	if (!read_naming(turn->desk, turn->heard.rest, &naming))
		return reply(turn, SAY(MSG_HOW_ROLE));
	rc = find_person(turn, naming.phone, false, &person);
	if (rc < 0)
		return rc;
	if (rc == 0 || person.state != PERSON_ACTIVE)
		return reply(turn, SAY(MSG_PERSON_UNKNOWN));
	if (person.configured)
		return reply(turn, SAY(MSG_PERSON_CONFIGURED));
	naming.name[0] = '\0';
	return grant_needs_code(turn, naming.role) ? grant_ask(turn, &person, &naming)
						   : change_role(turn, &person, naming.role);
}

int person_grant(struct turn *turn, int64_t person_id, const struct naming *naming)
{
	struct person person;
	int rc = store_person_get(turn->desk->store, person_id, &person);

	if (rc == -ENOENT || (rc == 0 && !naming->add && person.state != PERSON_ACTIVE))
		return reply(turn, SAY(MSG_PERSON_UNKNOWN));
	if (rc < 0)
		return rc;
	/* they may have left, or come into the configuration, since it was asked */
	if (person.suppressed)
		return reply(turn, SAY(MSG_PERSON_SUPPRESSED));
	if (person.configured)
		return reply(turn, SAY(MSG_PERSON_CONFIGURED));
	return naming->add ? add_person(turn, &person, naming)
			   : change_role(turn, &person, naming->role);
}

/* ---- REMOVE ---- */

/* Whoever had a role hears that they have none: it may not have been the real admin. */
static int tell_removed(struct turn *turn, const struct person *person)
{
	if (person->state != PERSON_ACTIVE || person->role <= ROLE_MEMBER)
		return 0;
	return person_tell_role(turn, person, MSG_ROLE_CHANGED, ROLE_NEIGHBOR);
}

int remove_command(struct turn *turn)
{
	struct person person;
	int rc = find_person(turn, turn->heard.rest, false, &person);

	if (rc < 0)
		return rc;
	if (rc == 0 || gone(&person))
		return reply(turn, SAY(MSG_PERSON_UNKNOWN));
	if (person.configured)
		return reply(turn, SAY(MSG_PERSON_CONFIGURED));
	rc = store_person_remove(turn->desk->store, person.id, turn->now_ms);
	if (rc == 0)
		rc = left_list(turn, &person);
	if (rc == 0)
		rc = tell_removed(turn, &person);
	if (rc < 0)
		return rc;
	log_notice("person=%" PRId64 " removed by person=%" PRId64, person.id, turn->who.id);
	return reply_removed(turn, &person);
}

/* ---- faroctl and imports ---- */

struct import {
	const struct desk_person_request *request;
	char *why;
	size_t size;
	enum role role;
	bool role_said;
	const char *language; /* NULL = not said */
	uint64_t zones;
};

static bool said(const char *field)
{
	return field && *field;
}

static int refuse(const struct import *import, int rc, const char *why, const char *what)
{
	snprintf(import->why, import->size, "%s%s%s", why, *what ? ": " : "", what);
	return rc;
}

static int refuse_zone(struct turn *turn, const struct import *import, const char *word)
{
	char memory[512], why[640];
	struct strbuf known;

	strbuf_init(&known, memory, sizeof(memory));
	zones_known(turn->desk, &known);
	snprintf(why, sizeof(why), "there is no zone \"%.40s\"; the zones are", word);
	return refuse(import, -EINVAL, why, known.len ? known.text : "none");
}

static int read_zones(struct turn *turn, struct import *import)
{
	const char *at = said(import->request->zones) ? import->request->zones : "";
	char word[64];
	uint64_t zone;

	while (take_word(&at, word, sizeof(word))) {
		zone = zone_of_word(turn->desk, word);
		if (!zone)
			return refuse_zone(turn, import, word);
		import->zones |= zone;
	}
	return 0;
}

static int read_import(struct turn *turn, struct import *import)
{
	const struct desk_person_request *request = import->request;
	char role[32];

	import->role = ROLE_MEMBER;
	import->role_said = said(request->role);
	if (import->role_said &&
		store_role_parse(text_fold(role, sizeof(role), request->role), &import->role) < 0)
		return refuse(import, -EINVAL,
			"role must be neighbor, member, responder, dispatcher or admin",
			request->role);
	if (said(request->language)) {
		import->language = speech_language_find(turn->desk->speech, request->language);
		if (!import->language)
			return refuse(import, -EINVAL, "there is no message file for this language",
				request->language);
	}
	return read_zones(turn, import);
}

static int meet_imported(struct turn *turn, struct import *import, struct person *person)
{
	struct desk *desk = turn->desk;
	char phone[PHONE_SIZE];
	bool suppressed;
	int rc;

	if (!said(import->request->phone) ||
		phone_parse(import->request->phone, desk->settings->box.country_code, phone) !=
			PHONE_E164)
		return refuse(import, -EINVAL, "phone must be a number with area code", "");
	rc = store_suppressed(desk->store, phone, &suppressed);
	if (rc < 0)
		return refuse(import, rc, "the database cannot be read", "");
	if (suppressed)
		return refuse(import, -EPERM, "this number left with STOP", "");
	rc = store_person_meet(desk->store, phone, turn->now_ms, person);
	return rc < 0 ? refuse(import, rc, "the database cannot be written", "") : 0;
}

static int write_imported(struct turn *turn, const struct import *import, struct person *person)
{
	struct store *store = turn->desk->store;
	bool listed = person->state == PERSON_ACTIVE;
	enum role role = import->role_said || !listed ? import->role : person->role;
	int rc = 0;

	if (import->zones)
		person->zones = import->zones;
	if (!listed || role != person->role)
		rc = put_on_list(turn, person, role, "faroctl");
	if (rc == 0 && said(import->request->name))
		rc = store_person_set_name(store, person->id, import->request->name);
	if (rc == 0 && import->language)
		rc = store_person_set_language(store, person->id, import->language);
	if (rc == 0 && import->zones && listed)
		rc = store_person_set_zones(store, person->id, import->zones);
	if (rc == 0 && listed && role != person->role)
		rc = person_tell_role(turn, person, MSG_ROLE_CHANGED, role);
	turn->desk->news.changed = true;
	return rc;
}

/* The next reload would undo it. What an export wrote may come back in. */
static bool is_the_configurations(const struct import *import, const struct person *person)
{
	const char *name = import->request->name;

	return person->configured && ((said(name) && strcmp(name, person->name) != 0) ||
					     (import->role_said && import->role != person->role));
}

static int import_person(struct turn *turn, void *arg)
{
	struct import *import = arg;
	struct person person;
	int rc = read_import(turn, import);

	if (rc == 0)
		rc = meet_imported(turn, import, &person);
	if (rc != 0)
		return rc;
	if (is_the_configurations(import, &person))
		return refuse(import, -EPERM,
			"the configuration file says name and role of this person", "");
	rc = write_imported(turn, import, &person);
	return rc < 0 ? refuse(import, rc, "the database cannot be written", "") : 0;
}

int desk_person_add(struct desk *desk, const struct desk_person_request *request, int64_t now_ms,
	char *why, size_t size)
{
	struct import import = { .request = request, .why = why, .size = size };

	return desk_transact(desk, now_ms, import_person, &import);
}

static int expel_person(struct turn *turn, void *arg)
{
	struct import *import = arg;
	const char *country = turn->desk->settings->box.country_code,
		   *text = import->request->phone;
	char phone[PHONE_SIZE];
	struct person person;
	int rc = find_person(turn, text, false, &person);

	if (rc < 0)
		return refuse(import, rc, "the database cannot be read", "");
	if (rc == 0 && handle_of(text) == 0 && phone_parse(text, country, phone) != PHONE_E164)
		return refuse(import, -EINVAL,
			"this is neither a number with area code nor a handle such as P41", text);
	if (rc == 0 || gone(&person))
		return refuse(import, -ENOENT, "this number is not on the list", "");
	if (person.configured)
		return refuse(import, -EPERM,
			"this person stands in the configuration file and is removed there", "");
	rc = store_person_remove(turn->desk->store, person.id, turn->now_ms);
	if (rc == 0)
		rc = left_list(turn, &person);
	if (rc == 0)
		rc = tell_removed(turn, &person);
	return rc < 0 ? refuse(import, rc, "the database cannot be written", "") : 0;
}

int desk_person_remove(struct desk *desk, const char *phone, int64_t now_ms, char *why, size_t size)
{
	struct desk_person_request request = { .phone = phone ? phone : "" };
	struct import import = { .request = &request, .why = why, .size = size };

	return desk_transact(desk, now_ms, expel_person, &import);
}
