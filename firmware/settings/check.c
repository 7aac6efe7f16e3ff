/* SPDX-License-Identifier: Apache-2.0 */
/* What no single setting shows: references, uniqueness, numbers, and the files that are named. */
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "reader.h"

/* Where element i of a list stands (or its member, when it has it), for reports. */
static const config_setting_t *place(
	struct reader *reader, const char *list, int i, const char *member)
{
	const config_setting_t *setting = config_lookup(&reader->config, list), *element, *inner;

	if (!setting || i < 0 ||
		(!config_setting_is_list(setting) && !config_setting_is_array(setting)))
		return setting;
	element = config_setting_get_elem(setting, (unsigned int)i);
	inner = element && member && config_setting_is_group(element)
			? config_setting_get_member(element, member)
			: NULL;
	return inner ? inner : element ? element : setting;
}

static int line_of(struct reader *reader, const config_setting_t *setting)
{
	const char *file;
	int line;

	sources_where(&reader->sources, config_setting_source_line(setting), &file, &line);
	return line;
}

/* ---- meaning --------------------------------------------------------------------------------- */

/* Several sections may look for their modems in the same way. */
static bool is_one_port(const char *port)
{
	return strcmp(port, "auto") != 0 && strncmp(port, "usb:", 4) != 0;
}

static void check_canary(struct reader *reader, int i)
{
	struct settings *settings = &reader->owner->settings;
	/* the array is ours until settings_load() hands it out */
	struct settings_modem *modem = (struct settings_modem *)(uintptr_t)&settings->modems[i];
	char *phone = *modem->canary ? reader_alloc(reader, PHONE_SIZE) : NULL;

	if (!phone)
		return;
	if (phone_parse(modem->canary, settings->box.country_code, phone) == PHONE_E164)
		modem->canary = phone;
	else
		reader_error(reader, place(reader, "modems", i, "canary"),
			"modems.canary is no phone number; allowed: \"+\", country code and "
			"number, or a full national number");
}

/* A modem in a sentence: "sim1", or where it stands when its name is wrong. */
static const char *modem_words(struct reader *reader, int i, char *out, size_t size)
{
	const char *name = reader->owner->settings.modems[i].name;

	if (*name)
		snprintf(out, size, "\"%s\"", name);
	else
		snprintf(
			out, size, "of line %d", line_of(reader, place(reader, "modems", i, NULL)));
	return out;
}

static void check_port(struct reader *reader, int i, int j)
{
	const char *port = reader->owner->settings.modems[i].port;
	char a[128], b[128];

	if (*port && is_one_port(port) && strcmp(reader->owner->settings.modems[j].port, port) == 0)
		reader_error(reader, place(reader, "modems", i, "port"),
			"modems %s and %s share the port %s; allowed: a port of its own for each",
			modem_words(reader, j, a, sizeof(a)), modem_words(reader, i, b, sizeof(b)),
			port);
}

/* Behind them comes a check digit or a version: TS 23.003 6.2. */
#define IMEI_DIGITS 14

/* Whichever of the two finds it first has it: the other is absent for ever. */
static void check_imei(struct reader *reader, int i, int j)
{
	const struct settings *settings = &reader->owner->settings;
	const char *imei = settings->modems[i].imei;
	char a[128], b[128];

	if (*imei && strncmp(settings->modems[j].imei, imei, IMEI_DIGITS) == 0)
		reader_error(reader, place(reader, "modems", i, "imei"),
			"modems %s and %s have the same imei (the other in line %d), one of them "
			"would stay absent; allowed: an imei of its own for each",
			modem_words(reader, j, a, sizeof(a)), modem_words(reader, i, b, sizeof(b)),
			line_of(reader, place(reader, "modems", j, "imei")));
}

static void check_modems(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;

	if (settings->n_modems == 0)
		reader_warn(reader, place(reader, "modems", -1, NULL),
			"there is no modem: nothing can be sent or received");
	for (int i = 0; i < settings->n_modems; i++)
		check_canary(reader, i);
	for (int i = 0; i < settings->n_modems; i++)
		for (int j = 0; j < i; j++) {
			const config_setting_t *name = place(reader, "modems", i, "name");
			const struct settings_modem *a = &settings->modems[j],
						    *b = &settings->modems[i];

			if (*b->name && strcmp(a->name, b->name) == 0)
				reader_error(reader, name,
					"two modems are called \"%s\" (the other in line %d); "
					"allowed: a name of its own for each",
					b->name,
					line_of(reader, place(reader, "modems", j, "name")));
			check_port(reader, i, j);
			check_imei(reader, i, j);
		}
}

static bool same_word(const char *a, const char *b)
{
	char folded_a[128], folded_b[128];

	return strcmp(text_fold(folded_a, sizeof(folded_a), a),
		       text_fold(folded_b, sizeof(folded_b), b)) == 0;
}

static bool zone_has_word(const struct settings_zone *zone, const char *word)
{
	if (same_word(zone->id, word))
		return true;
	for (int i = 0; i < zone->n_names; i++)
		if (same_word(zone->names[i], word))
			return true;
	return false;
}

/* "FILE:LINE", which lives as long as the settings. */
static const char *keep_where(struct reader *reader, const config_setting_t *setting)
{
	const char *file;
	char *where;
	size_t size;
	int line;

	sources_where(&reader->sources, config_setting_source_line(setting), &file, &line);
	size = strlen(file) + sizeof(":2147483647");
	where = reader_alloc(reader, size);
	if (!where)
		return "";
	snprintf(where, size, "%s:%d", file, line);
	return where;
}

static void check_zones(struct reader *reader)
{
	const struct settings_list *list = &reader->owner->settings.list;
	/* the array is ours until settings_load() hands it out */
	struct settings_zone *zones = (struct settings_zone *)(uintptr_t)list->zones;

	for (int i = 0; i < list->n_zones; i++) {
		zones[i].id_where = keep_where(reader, place(reader, "list.zones", i, "id"));
		zones[i].names_where = keep_where(reader, place(reader, "list.zones", i, "names"));
	}
	for (int i = 0; i < list->n_zones; i++)
		for (int j = 0; j < i; j++) {
			const struct settings_zone *zone = &list->zones[i],
						   *other = &list->zones[j];

			if (*zone->id && strcmp(zone->id, other->id) == 0) {
				reader_error(reader, place(reader, "list.zones", i, "id"),
					"two zones have the id \"%s\"; allowed: an id of its own "
					"for each",
					zone->id);
				continue;
			}
			for (int k = 0; k < zone->n_names; k++)
				if (zone_has_word(other, zone->names[k]))
					reader_error(reader,
						place(reader, "list.zones", i, "names"),
						"zones \"%s\" and \"%s\" share the name \"%s\"; "
						"allowed: a name for one zone only",
						other->id, zone->id, zone->names[k]);
		}
}

static void check_list(struct reader *reader)
{
	const struct settings_list *list = &reader->owner->settings.list;
	const char *given;
	char folded[128];

	check_zones(reader);
	text_fold(folded, sizeof(folded), list->invite_code);
	/* one that is there but wrong has been reported already */
	if (list->join == SETTINGS_JOIN_INVITE && *folded == '\0' &&
		!(config_lookup_string(&reader->config, "list.invite_code", &given) && *given))
		reader_error(reader, place(reader, "list.join", -1, NULL),
			"list.join is \"invite\" without list.invite_code; allowed: one word in "
			"list.invite_code");
	if (strchr(folded, ' '))
		reader_error(reader, place(reader, "list.invite_code", -1, NULL),
			"list.invite_code has more than one word; allowed: one word");
}

static bool zone_exists(const struct settings_list *list, const char *id)
{
	for (int i = 0; i < list->n_zones; i++)
		if (strcmp(list->zones[i].id, id) == 0)
			return true;
	return false;
}

static void check_person(struct reader *reader, int i)
{
	struct settings *settings = &reader->owner->settings;
	/* the array is ours until settings_load() hands it out */
	struct settings_person *person = (struct settings_person *)(uintptr_t)&settings->people[i];
	char *phone = reader_alloc(reader, PHONE_SIZE);

	for (int k = 0; k < person->n_zones; k++)
		if (!zone_exists(&settings->list, person->zones[k]))
			reader_error(reader, place(reader, "people", i, "zones"),
				"people.zones names \"%s\"; allowed: the ids of list.zones",
				person->zones[k]);
	if (!phone || !*person->phone)
		return;
	if (phone_parse(person->phone, settings->box.country_code, phone) != PHONE_E164) {
		reader_error(reader, place(reader, "people", i, "phone"),
			"people.phone is no phone number; allowed: \"+\", country code and number, "
			"or a full national number");
		return;
	}
	person->phone = phone;
	for (int j = 0; j < i; j++)
		if (strcmp(settings->people[j].phone, phone) == 0)
			reader_error(reader, place(reader, "people", i, "phone"),
				"two people have this phone (the other in line %d); allowed: a "
				"phone for one person only",
				line_of(reader, place(reader, "people", j, "phone")));
}

static void check_people(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;
	bool dispatcher = false, admin = false;

	for (int i = 0; i < settings->n_people; i++) {
		check_person(reader, i);
		dispatcher |= strcmp(settings->people[i].role, "dispatcher") == 0;
		admin |= strcmp(settings->people[i].role, "admin") == 0;
	}
	if (dispatcher && !admin)
		reader_warn(reader, place(reader, "people", -1, NULL),
			"nobody in people is an admin: faroctl test and the button TEST have "
			"nobody to text, and nobody is told when a modem fails or the disk fills");
	else if (!admin)
		reader_warn(reader, place(reader, "people", -1, NULL),
			"nobody in people is a dispatcher or an admin: nobody sees reports or can "
			"send an alert by text");
}

/* Without reports nobody knows whose phone got an alert. */
static void check_reports(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;

	if (!settings->delivery.reports && settings->alerts.remind_after_s > 0)
		reader_warn(reader, place(reader, "delivery.reports", -1, NULL),
			"delivery.reports is false: nobody is asked once more "
			"(alerts.remind_after), because that takes a report that the alert "
			"arrived; and a text whose fate is not known is sent again without "
			"waiting for its report");
}

static void check_retry(struct reader *reader)
{
	const struct settings_delivery *delivery = &reader->owner->settings.delivery;

	for (int i = 1; i < delivery->retries; i++)
		if (delivery->retry_s[i] <= delivery->retry_s[i - 1]) {
			reader_error(reader, place(reader, "delivery.retry", -1, NULL),
				"delivery.retry has %d after %d; allowed: ascending numbers",
				delivery->retry_s[i], delivery->retry_s[i - 1]);
			return;
		}
}

static const char *shared_keyword(const struct settings_info *a, const struct settings_info *b)
{
	for (int i = 0; i < a->n_keywords; i++)
		for (int j = 0; j < b->n_keywords; j++)
			if ((a != b || i < j) && same_word(a->keywords[i], b->keywords[j]))
				return b->keywords[j];
	return NULL;
}

static void check_info_languages(struct reader *reader, int i)
{
	const struct settings_info *info = &reader->owner->settings.info[i];

	for (int k = 0; k < info->n_texts; k++)
		for (int j = 0; j < k; j++)
			if (*info->texts[k].language &&
				strcmp(info->texts[k].language, info->texts[j].language) == 0)
				reader_error(reader, place(reader, "info", i, "text"),
					"info.text has the language \"%s\" twice; allowed: one "
					"text per language",
					info->texts[k].language);
}

static void check_info(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;

	/* the array is ours until settings_load() hands it out */
	struct settings_info *info = (struct settings_info *)(uintptr_t)settings->info;

	for (int i = 0; i < settings->n_info; i++) {
		info[i].where = keep_where(reader, place(reader, "info", i, "keyword"));
		check_info_languages(reader, i);
		for (int j = 0; j <= i; j++) {
			const char *word = shared_keyword(&settings->info[j], &settings->info[i]);

			if (word)
				reader_error(reader, place(reader, "info", i, "keyword"),
					"info.keyword \"%s\" is there twice; allowed: each word "
					"once",
					word);
		}
	}
}

void reader_check_meaning(struct reader *reader)
{
	check_modems(reader);
	check_list(reader);
	check_people(reader);
	check_retry(reader);
	check_reports(reader);
	check_info(reader);
	if (reader->owner->settings.alerts.confirm == SETTINGS_CONFIRM_BUTTON &&
		reader->owner->settings.board.driver == SETTINGS_DRIVER_NONE)
		reader_error(reader, place(reader, "alerts.confirm", -1, NULL),
			"alerts.confirm is \"button\" and board.driver is \"none\": no alert could "
			"be sent; allowed: \"code\", \"two\" or \"none\"");
}

/* ---- the machine ----------------------------------------------------------------------------- */

#define ZONEINFO  "/usr/share/zoneinfo"
#define KEY_BYTES 32

static void check_timezone(struct reader *reader)
{
	const char *name = reader->owner->settings.box.timezone;
	const config_setting_t *at = place(reader, "box.timezone", -1, NULL);
	char path[256];
	struct stat st;

	if (stat(ZONEINFO, &st) < 0) {
		if (strcmp(name, "UTC") != 0)
			reader_warn(reader, at,
				"box.timezone is not known: " ZONEINFO
				" is missing (package tzdata)");
		return;
	}
	snprintf(path, sizeof(path), ZONEINFO "/%s", name);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		reader_error(reader, at,
			"box.timezone is \"%s\"; allowed: a name of " ZONEINFO
			" such as \"America/Los_Angeles\" or \"UTC\"",
			name);
}

static void check_messages(struct reader *reader)
{
	const struct settings_box *box = &reader->owner->settings.box;
	char path[1100];
	struct stat st;

	if (stat(box->messages_dir, &st) < 0 || !S_ISDIR(st.st_mode)) {
		reader_error(reader, place(reader, "box.messages_dir", -1, NULL),
			"box.messages_dir is \"%s\": %s; allowed: the directory of the message "
			"files",
			box->messages_dir,
			errno == ENOENT ? "no such directory" : "not a directory that can be read");
		return;
	}
	snprintf(path, sizeof(path), "%s/%s.cfg", box->messages_dir, box->language);
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		reader_error(reader, place(reader, "box.language", -1, NULL),
			"box.language is \"%s\" and there is no %s; allowed: a language with a "
			"message file",
			box->language, path);
}

/* What can be made of a path whose last part is not there yet: NULL, or what is in the way. */
static const char *cannot_be_made(const char *path)
{
	char memory[1100];
	struct stat st;

	text_copy(memory, sizeof(memory), path);
	if (stat(dirname(memory), &st) == 0)
		return S_ISDIR(st.st_mode) ? NULL : "below something that is no directory";
	return errno == ENOENT ? "in a directory that is not there" : NULL;
}

/* Warnings: the configuration is right, and a disk that fills is no reason to refuse a reload. */
static void check_disk(
	struct reader *reader, const config_setting_t *at, const char *path, mode_t mode)
{
	char memory[1400];
	struct strbuf said;

	strbuf_init(&said, memory, sizeof(memory));
	if (disk_look(path, NULL, &said) < 0)
		reader_warn(reader, at, "box.data_dir cannot be written: %s", said.text);
	if (mode & (S_IRWXG | S_IRWXO))
		reader_warn(reader, at,
			"box.data_dir \"%s\" has mode %04o: others on this machine can see into it "
			"(chmod 700)",
			path, (unsigned int)mode & 07777);
}

static void check_data_dir(struct reader *reader)
{
	const char *path = reader->owner->settings.box.data_dir;
	const config_setting_t *at = place(reader, "box.data_dir", -1, NULL);
	struct stat st;

	if (stat(path, &st) < 0) {
		const char *why = errno == ENOTDIR ? "below something that is no directory"
						   : cannot_be_made(path);

		if (why)
			reader_error(reader, at,
				"box.data_dir is \"%s\", %s; allowed: a directory, or a new one in "
				"one that is there",
				path, why);
	} else if (!S_ISDIR(st.st_mode)) {
		reader_error(reader, at,
			"box.data_dir is \"%s\", which is no directory; allowed: a directory, or "
			"nothing yet",
			path);
	} else {
		check_disk(reader, at, path, st.st_mode);
	}
}

/* What a dead farod left there is replaced, anything else is not. */
static void check_socket(struct reader *reader)
{
	const char *path = reader->owner->settings.box.control_socket;
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		reader_error(reader, place(reader, "box.control_socket", -1, NULL),
			"box.control_socket is \"%s\", where something lies that is no socket; "
			"allowed: a path where nothing lies",
			path);
}

/*
 * A key that is not there yet is made at the first start; one that cannot be seen is the daemon's
 * business.
 */
static void check_key(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;
	const config_setting_t *at = place(reader, "privacy.key_file", -1, NULL);
	char path[1100];
	struct stat st;

	if (*settings->privacy.key_file)
		text_copy(path, sizeof(path), settings->privacy.key_file);
	else
		snprintf(path, sizeof(path), "%s/key", settings->box.data_dir);
	if (stat(path, &st) < 0) {
		const char *why = *settings->privacy.key_file ? cannot_be_made(path) : NULL;

		if (why)
			reader_error(reader, at,
				"the key file is %s, %s; allowed: a file of 32 bytes, or nothing "
				"yet in a directory that is there",
				path, why);
		return;
	}
	if (!S_ISREG(st.st_mode))
		reader_error(reader, at,
			"the key file %s is not a regular file; allowed: a file of 32 bytes, or "
			"nothing yet",
			path);
	else if (st.st_mode & (S_IRWXG | S_IRWXO))
		reader_error(reader, at,
			"the key file %s has mode %04o: others can open the list; allowed: 0600",
			path, (unsigned int)st.st_mode & 07777);
	else if (st.st_size != KEY_BYTES)
		reader_error(reader, at,
			"the key file %s has %lld bytes; allowed: a file of 32 bytes, or nothing "
			"yet",
			path, (long long)st.st_size);
}

/* A stick may be plugged in later, but a misspelt port would be waited for in vain. */
static void check_ports(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;
	char words[128];
	struct stat st;

	for (int i = 0; i < settings->n_modems; i++)
		if (*settings->modems[i].port && is_one_port(settings->modems[i].port) &&
			stat(settings->modems[i].port, &st) < 0)
			reader_warn(reader, place(reader, "modems", i, "port"),
				"modem %s: there is no %s now; it is absent until there is",
				modem_words(reader, i, words, sizeof(words)),
				settings->modems[i].port);
}

/* Whether a language has no message file; path becomes the one that it would be. */
static bool lacks_messages(const struct settings_box *box, const char *language, char path[1100])
{
	struct stat st;

	snprintf(path, 1100, "%s/%s.cfg", box->messages_dir, language);
	return *language && stat(path, &st) < 0 && errno == ENOENT;
}

static void check_languages(struct reader *reader)
{
	const struct settings *settings = &reader->owner->settings;
	const struct settings_words *encoding = &settings->delivery.encoding;
	char path[1100];
	struct stat st;

	if (stat(settings->box.messages_dir, &st) < 0)
		return; /* that has been reported */
	for (int i = 0; i < settings->n_people; i++)
		if (lacks_messages(&settings->box, settings->people[i].language, path))
			reader_warn(reader, place(reader, "people", i, "language"),
				"people.language is \"%s\" and there is no %s: they are spoken to "
				"in \"%s\"",
				settings->people[i].language, path, settings->box.language);
	for (int i = 0; i < encoding->n_own; i++)
		if (lacks_messages(&settings->box, encoding->own[i].language, path))
			reader_warn(reader, place(reader, "delivery.encoding", -1, NULL),
				"delivery.encoding has \"%s\" and there is no %s: nobody is spoken "
				"to so",
				encoding->own[i].language, path);
}

void reader_check_machine(struct reader *reader)
{
	check_timezone(reader);
	check_messages(reader);
	check_data_dir(reader);
	check_socket(reader);
	check_key(reader);
	check_ports(reader);
	check_languages(reader);
}
