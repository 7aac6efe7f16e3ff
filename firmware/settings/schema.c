/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of settings: parser, check (`farod -n`) and the sample file are made of it.
 * To add a setting: a member in include/faro/settings.h, a row here, and print the sample anew.
 */
#include <string.h>
#include <sys/un.h>

#include "forms.h"

/* ---- words ----------------------------------------------------------------------------------- */

static const struct schema_word words_log_level[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "notice", LOG_LEVEL_NOTICE },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
	{ NULL, 0 },
};
static const struct schema_word words_profile[] = {
	{ "auto", 0 },
#define MODEM_FAMILY(id) { #id, 0 },
#include "faro/modem_families.def"
#undef MODEM_FAMILY
	{ NULL, 0 },
};

static const struct schema_word words_clock[] = {
	{ "auto", SETTINGS_CLOCK_AUTO },
	{ "system", SETTINGS_CLOCK_SYSTEM },
	{ "network", SETTINGS_CLOCK_NETWORK },
	{ NULL, 0 },
};

static const struct schema_word words_weekday[] = {
	{ "sunday", 0 },
	{ "monday", 1 },
	{ "tuesday", 2 },
	{ "wednesday", 3 },
	{ "thursday", 4 },
	{ "friday", 5 },
	{ "saturday", 6 },
	{ NULL, 0 },
};

static const struct schema_word words_driver[] = {
	{ "gpiod", SETTINGS_DRIVER_GPIOD },
	{ "sim", SETTINGS_DRIVER_SIM },
	{ "none", SETTINGS_DRIVER_NONE },
	{ NULL, 0 },
};
static const struct schema_word words_join[] = {
	{ "open", SETTINGS_JOIN_OPEN },
	{ "approve", SETTINGS_JOIN_APPROVE },
	{ "invite", SETTINGS_JOIN_INVITE },
	{ "vouch", SETTINGS_JOIN_VOUCH },
	{ NULL, 0 },
};
static const struct schema_word words_role[] = {
	{ "neighbor", 0 },
	{ "member", 1 },
	{ "responder", 2 },
	{ "dispatcher", 3 },
	{ "admin", 4 },
	{ NULL, 0 },
};
static const struct schema_word words_confirm[] = {
	{ "code", SETTINGS_CONFIRM_CODE },
	{ "two", SETTINGS_CONFIRM_TWO },
	{ "button", SETTINGS_CONFIRM_BUTTON },
	{ "none", SETTINGS_CONFIRM_NONE },
	{ NULL, 0 },
};
static const struct schema_word words_encoding[] = {
	{ "auto", SETTINGS_ENCODING_AUTO },
	{ "transliterate", SETTINGS_ENCODING_TRANSLITERATE },
	{ "shift", SETTINGS_ENCODING_SHIFT },
	{ "ucs2", SETTINGS_ENCODING_UCS2 },
	{ NULL, 0 },
};

const char *settings_driver_name(enum settings_driver driver)
{
	return words_driver[driver].word;
}

int schema_word_value(const struct schema_word *words, const char *word)
{
	for (; words->word; words++)
		if (strcmp(words->word, word) == 0)
			return words->value;
	return -1;
}

/* ---- the table ------------------------------------------------------------------------------- */

#define MEMBER(s, m)     .offset = offsetof(struct s, m)
#define COUNTED(s, m, n) .offset = offsetof(struct s, m), .count_offset = offsetof(struct s, n)
#define GROUP(what, s, k)                                                                          \
	{                                                                                          \
		.name = (what), .size = sizeof(struct s), .keys = (k), .n_keys = ARRAY_SIZE(k)     \
	}

/* The longest path of a Unix socket, with its NUL (unix(7)). */
#define SOCKET_PATH_MAX ((int64_t)sizeof(((struct sockaddr_un *)0)->sun_path) - 1)
#define FILE_PATH_MAX   1024
#define DAY_S           INT64_C(86400)

static const struct schema_key box_keys[] = {
	{ "name", SCHEMA_STRING, MEMBER(settings_box, name), .fallback = "Faro", .min = 1,
		.max = 32, .form = &form_text, .comment = "What the box calls itself in texts" },
	{ "language", SCHEMA_STRING, MEMBER(settings_box, language), .fallback = "en", .min = 2,
		.max = 8, .form = &form_language,
		.comment = "Spoken to people who have not chosen a language; its message file must "
			   "be there" },
	{ "country_code", SCHEMA_STRING, MEMBER(settings_box, country_code), .fallback = "1",
		.min = 1, .max = 3, .form = &form_country,
		.comment = "Of numbers that are written without one" },
	{ "timezone", SCHEMA_STRING, MEMBER(settings_box, timezone),
		.fallback = "America/Los_Angeles", .min = 1, .max = 64, .form = &form_timezone,
		.comment = "The clock of texts, and where a day begins" },
	{ "clock", SCHEMA_WORD, MEMBER(settings_box, clock), .fallback = "auto",
		.words = words_clock,
		.comment = "Who knows the time: NTP when the kernel is synchronized, else the "
			   "mobile network, else the texts that come; \"system\": always this "
			   "machine's clock, because it has a battery; \"network\": never it" },
	{ "data_dir", SCHEMA_STRING, MEMBER(settings_box, data_dir), .fallback = "/var/lib/faro",
		.min = 1, .max = FILE_PATH_MAX, .form = &form_path,
		.comment = "Where the list lives; made if it is missing" },
	{ "control_socket", SCHEMA_STRING, MEMBER(settings_box, control_socket),
		.fallback = "/run/faro/control.sock", .min = 1, .max = SOCKET_PATH_MAX,
		.form = &form_path,
		.comment = "The admin's door: who may use it is root, farod's user and the "
			   "socket's group" },
	{ "messages_dir", SCHEMA_STRING, MEMBER(settings_box, messages_dir),
		.fallback = "/etc/faro/messages", .min = 1, .max = FILE_PATH_MAX,
		.form = &form_path, .comment = "The words of each language, LANGUAGE.cfg" },
	{ "log_level", SCHEMA_WORD, MEMBER(settings_box, log_level), .fallback = "info",
		.words = words_log_level, .comment = "The least urgent lines that are logged" },
};

static const struct schema_key modem_keys[] = {
	{ "name", SCHEMA_STRING, MEMBER(settings_modem, name), .min = 1, .max = 31,
		.form = &form_name, .comment = "For logs and people; each modem has its own" },
	{ "port", SCHEMA_STRING, MEMBER(settings_modem, port), .min = 1, .max = 127,
		.form = &form_port,
		.comment =
			"Its AT port. A link of /dev/serial/by-id stays the same when others are "
			"plugged in; \"usb:2c7c:0125:02\" is the port of that USB id and "
			"interface; \"auto\" takes any modem that answers and that no other "
			"section has. Once it is known it is found again under any name" },
	{ "imei", SCHEMA_STRING, MEMBER(settings_modem, imei), .private = true, .fallback = "",
		.max = 16, .form = &form_imei,
		.comment = "The section is for this modem alone, wherever it is plugged in" },
	{ "baud", SCHEMA_INT, MEMBER(settings_modem, baud), .fallback = "115200", .min = 300,
		.max = 4000000, .comment = "Bits per second; without meaning for USB" },
	{ "pin", SCHEMA_STRING, MEMBER(settings_modem, pin), .private = true, .fallback = "",
		.max = 8, .form = &form_pin,
		.comment = "Of the SIM; it is tried once, and again when it was taken out and put "
			   "back" },
	{ "service_centre", SCHEMA_STRING, MEMBER(settings_modem, service_centre), .fallback = "",
		.max = 16, .form = &form_phone_or_empty,
		.comment = "The operator's number for texts, for a SIM that names none" },
	{ "profile", SCHEMA_NAME, MEMBER(settings_modem, profile), .fallback = "auto",
		.words = words_profile, .comment = "The family, when \"auto\" does not find it" },
	{ "per_minute", SCHEMA_INT, MEMBER(settings_modem, per_minute), .fallback = "0",
		.max = 10000, .comment = "Segments a minute; 0 = no cap" },
	{ "per_day", SCHEMA_INT, MEMBER(settings_modem, per_day), .fallback = "0", .max = 10000000,
		.comment = "Segments from midnight to midnight, a tenth of them kept for "
			   "urgent texts; 0 = no cap" },
	{ "recipients_per_month", SCHEMA_INT, MEMBER(settings_modem, recipients_per_month),
		.fallback = "0", .max = 10000000,
		.comment = "Different people in a calendar month, a tenth kept likewise; "
			   "0 = no cap" },
	{ "canary", SCHEMA_STRING, MEMBER(settings_modem, canary), .private = true, .fallback = "",
		.max = 40, .form = &form_people_s_phone,
		.comment = "A number of yours that this modem texts now and then, best that of "
			   "another modem of this box: when nothing arrives there, its SIM is "
			   "taken for blocked and alerts go over the others" },
};
static const struct schema_group modem_group = GROUP("a modem", settings_modem, modem_keys);

static const struct schema_key board_keys[] = {
	{ "driver", SCHEMA_WORD, MEMBER(settings_board, driver), .fallback = "gpiod",
		.words = words_driver,
		.comment = "Lights and buttons on GPIO lines, simulated ones, or no such thing" },
	{ "definition", SCHEMA_STRING, MEMBER(settings_board, definition),
		.fallback = "/etc/faro/boards/raspberry-pi.cfg", .max = FILE_PATH_MAX,
		.form = &form_path, .comment = "The board's pins" },
	{ "hats", SCHEMA_STRINGS, COUNTED(settings_board, hats, n_hats), .fallback = "", .min = 1,
		.max = FILE_PATH_MAX, .count_max = 4, .form = &form_path,
		.comment = "Files for what sits on the board and has lines of its own; those for "
			   "modem HATs are in /etc/faro/boards, named hat-*.cfg" },
	{ "night", SCHEMA_STRING, MEMBER(settings_board, night), .fallback = "", .max = 11,
		.form = &form_hours,
		.comment =
			"Hours of box.timezone in which lights that only say that all is well are "
			"dark; a press of any button shows them for a minute. Alerts and faults "
			"are "
			"shown, and sound, as by day" },
	{ "dev", SCHEMA_STRING, MEMBER(settings_board, dev), .fallback = "/dev", .min = 1,
		.max = 63, .form = &form_path,
		.comment = "Where modems' ports are looked for; another than /dev in a container" },
	{ "sys", SCHEMA_STRING, MEMBER(settings_board, sys), .fallback = "/sys", .min = 1,
		.max = 63, .form = &form_path, .comment = "What the kernel says of them" },
};

static const struct schema_key zone_keys[] = {
	{ "id", SCHEMA_STRING, MEMBER(settings_zone, id), .min = 1, .max = 24, .form = &form_zone,
		.comment = "Never change it: members are kept under it" },
	{ "names", SCHEMA_STRINGS, COUNTED(settings_zone, names, n_names), .fallback = "", .min = 1,
		.max = 32, .count_max = 32, .form = &form_word,
		.comment = "What people may text for it, in any language; no word that they "
			   "text for something else, such as STOP" },
};
static const struct schema_group zone_group = GROUP("a zone", settings_zone, zone_keys);

static const struct schema_key list_keys[] = {
	{ "join", SCHEMA_WORD, MEMBER(settings_list, join), .fallback = "open", .words = words_join,
		.comment = "Who may join: anyone, those whom an admin approves, those who text the "
			   "invite code, those for whom a member vouches" },
	{ "invite_code", SCHEMA_STRING, MEMBER(settings_list, invite_code), .private = true,
		.fallback = "", .max = 32, .form = &form_text,
		.comment = "For join = \"invite\": one word" },
	{ "vouches", SCHEMA_INT, MEMBER(settings_list, vouches), .fallback = "3", .min = 1,
		.max = 100,
		.comment =
			"For join = \"vouch\": the people for whom a member may vouch in a day" },
	{ "vouch_ttl", SCHEMA_INT, MEMBER(settings_list, vouch_ttl_s), .fallback = "259200",
		.min = 60, .max = 30 * DAY_S,
		.comment = "Seconds in which the word that a member passes on works" },
	{ "quiet", SCHEMA_STRING, MEMBER(settings_list, quiet), .fallback = "21:00-08:00",
		.max = 11, .form = &form_hours,
		.comment = "Hours of box.timezone in which bulk waits: digests, announcements, "
			   "reminders of events. Alerts, answers to a person and what dispatchers "
			   "are told never wait" },
	{ "zones", SCHEMA_LIST, COUNTED(settings_list, zones, n_zones), .fallback = "",
		.count_max = SETTINGS_ZONES_MAX, .group = &zone_group,
		.comment = "Places that an alert can be for",
		.example = "{ id = \"north\"; names = ( \"north\", \"norte\" ); }" },
};

static const struct schema_key digest_keys[] = {
	{ "time", SCHEMA_STRING, MEMBER(settings_digest, time), .fallback = "09:00", .min = 4,
		.max = 5, .form = &form_minute,
		.comment = "When digests go out, by the clock of box.timezone" },
	{ "weekday", SCHEMA_WORD, MEMBER(settings_digest, weekday), .fallback = "monday",
		.words = words_weekday, .comment = "The day of the weekly one" },
	{ "day", SCHEMA_INT, MEMBER(settings_digest, day), .fallback = "1", .min = 1, .max = 31,
		.comment = "The day of the monthly one; the last one where a month has fewer" },
};

static const struct schema_key person_keys[] = {
	{ "phone", SCHEMA_STRING, MEMBER(settings_person, phone), .private = true, .min = 1,
		.max = 40, .form = &form_text, .comment = "As people write it" },
	{ "name", SCHEMA_STRING, MEMBER(settings_person, name), .private = true, .fallback = "",
		.max = 63, .form = &form_text,
		.comment = "For dispatchers; never shown to the list" },
	{ "role", SCHEMA_NAME, MEMBER(settings_person, role), .fallback = "member",
		.words = words_role, .comment = "What they may do" },
	{ "language", SCHEMA_STRING, MEMBER(settings_person, language), .fallback = "", .max = 8,
		.form = &form_language_or_empty, .comment = "Spoken to them" },
	{ "zones", SCHEMA_STRINGS, COUNTED(settings_person, zones, n_zones), .fallback = "",
		.min = 1, .max = 24, .count_max = SETTINGS_ZONES_MAX, .form = &form_zone,
		.comment = "Ids of list.zones" },
};
static const struct schema_group person_group = GROUP("a person", settings_person, person_keys);

static const struct schema_key alerts_keys[] = {
	{ "confirm", SCHEMA_WORD, MEMBER(settings_alerts, confirm), .fallback = "code",
		.words = words_confirm,
		.comment = "What sends a prepared alert: a one-time code, the same from another "
			   "dispatcher (then the SEND button sends nothing: it may be the author "
			   "who holds it), the SEND button, or nothing more. SCHEDULE goes the "
			   "same way. POST and EVENT never go by the button: their author's code "
			   "does, with \"two\" another dispatcher's. The naming of dispatchers "
			   "takes the admin's own code; only \"none\" asks for none" },
	{ "code_ttl", SCHEMA_INT, MEMBER(settings_alerts, code_ttl_s), .fallback = "300", .min = 1,
		.max = 3600, .comment = "Seconds in which the code must come back" },
	{ "shelf_life", SCHEMA_INT, MEMBER(settings_alerts, shelf_life_s), .fallback = "7200",
		.min = 1, .max = 7 * DAY_S,
		.comment = "Seconds after which an alert is not worth delivering any more" },
	{ "remind_after", SCHEMA_INT, MEMBER(settings_alerts, remind_after_s), .fallback = "600",
		.min = 0, .max = DAY_S,
		.comment = "Seconds after which a responder who got an alert and says nothing is "
			   "asked once more; 0 = never" },
};

static const struct schema_key delivery_keys[] = {
	{ "reports", SCHEMA_BOOL, MEMBER(settings_delivery, reports), .fallback = "true",
		.comment = "Ask the network for delivery reports" },
	{ "encoding", SCHEMA_WORDS, MEMBER(settings_delivery, encoding), .fallback = "auto",
		.words = words_encoding,
		.comment = "Letters outside of GSM 7-bit: the cheapest way, plain letters, shift "
			   "tables, Unicode" },
	{ "unknown_wait", SCHEMA_INT, MEMBER(settings_delivery, unknown_wait_s), .fallback = "60",
		.min = 1, .max = 3600,
		.comment = "Seconds to wait for the report of a segment that got no answer, before "
			   "its second try" },
	{ "retry", SCHEMA_INTS, COUNTED(settings_delivery, retry_s, retries),
		.fallback = "5, 15, 45, 120, 600", .min = 1, .max = DAY_S, .count_min = 1,
		.count_max = SETTINGS_RETRIES_MAX,
		.comment = "Seconds between the tries of a temporary failure, ascending" },
	{ "parts_wait", SCHEMA_INT, MEMBER(settings_delivery, parts_wait_s), .fallback = "600",
		.min = 1, .max = DAY_S,
		.comment = "Seconds to wait for missing parts of a long text that comes in" },
	{ "report_wait", SCHEMA_INT, MEMBER(settings_delivery, report_wait_s), .fallback = "600",
		.min = 1, .max = DAY_S,
		.comment = "Seconds after which a delivery report, or a canary, that has not come "
			   "is missing; many missing ones mean a blocked SIM" },
	{ "canary_every", SCHEMA_INT, MEMBER(settings_delivery, canary_every_s),
		.fallback = "86400", .min = 600, .max = 30 * DAY_S,
		.comment = "Seconds between two canaries of a modem; one more is sent when many "
			   "reports are missing" },
};

static const struct schema_key info_text_keys[] = {
	{ "language", SCHEMA_STRING, MEMBER(settings_info_text, language), .min = 2, .max = 8,
		.form = &form_language, .comment = "Of this text" },
	{ "body", SCHEMA_STRING, MEMBER(settings_info_text, body), .private = true, .min = 1,
		.max = 1600, .form = &form_body, .comment = "What is answered" },
};
static const struct schema_group info_text_group =
	GROUP("a text", settings_info_text, info_text_keys);

static const struct schema_key info_keys[] = {
	{ "keyword", SCHEMA_STRINGS, COUNTED(settings_info, keywords, n_keywords), .min = 1,
		.max = 32, .count_min = 1, .count_max = 16, .form = &form_word,
		.comment = "The words that ask for it" },
	{ "text", SCHEMA_LIST, COUNTED(settings_info, texts, n_texts), .count_min = 1,
		.count_max = 32, .group = &info_text_group,
		.comment = "The answer in each language; the first one stands in for the rest" },
};
static const struct schema_group info_group = GROUP("an info text", settings_info, info_keys);

static const struct schema_key privacy_keys[] = {
	{ "key_file", SCHEMA_STRING, MEMBER(settings_privacy, key_file), .fallback = "",
		.max = FILE_PATH_MAX, .form = &form_path,
		.comment = "The key that opens the list; \"\" = data_dir/key" },
	{ "keep_text_days", SCHEMA_INT, MEMBER(settings_privacy, keep_text_days), .fallback = "30",
		.min = 1, .max = 3650,
		.comment = "Days after which the words of texts are forgotten" },
	{ "keep_row_days", SCHEMA_INT, MEMBER(settings_privacy, keep_row_days), .fallback = "45",
		.min = 35, .max = 3650,
		.comment = "Days after which who was texted, and who answered, is only a count" },
	{ "keep_trail_days", SCHEMA_INT, MEMBER(settings_privacy, keep_trail_days),
		.fallback = "400", .min = 35, .max = 3650,
		.comment = "Days after which incidents, alerts and their reports are gone" },
};

static const struct schema_key desk_keys[] = {
	{ "summary_every", SCHEMA_INT, MEMBER(settings_desk, summary_every_s), .fallback = "60",
		.min = 1, .max = 3600,
		.comment = "Seconds between two summaries of answers to the dispatcher" },
	{ "escalate_after", SCHEMA_INT, MEMBER(settings_desk, escalate_after_s), .fallback = "180",
		.min = 1, .max = DAY_S,
		.comment = "Seconds until a report that nobody took is told to more people" },
	{ "duty_remind", SCHEMA_INT, MEMBER(settings_desk, duty_remind_s), .fallback = "1800",
		.min = 0, .max = DAY_S,
		.comment = "Seconds before the end of a shift at which whoever is on duty is told; "
			   "0 = not. That it has ended is always told" },
	{ "gaps_day", SCHEMA_WORD, MEMBER(settings_desk, gaps_weekday), .fallback = "sunday",
		.words = words_weekday,
		.comment = "The day on which dispatchers are told at which hours of the week "
			   "before nobody was on duty ..." },
	{ "gaps_at", SCHEMA_STRING, MEMBER(settings_desk, gaps_at), .fallback = "18:00", .max = 5,
		.form = &form_minute_or_empty,
		.comment = "... and the time; \"\" = never. Where nobody has texted DUTY for a "
			   "week it is not told" },
	{ "schedule_grace", SCHEMA_INT, MEMBER(settings_desk, schedule_grace_s), .fallback = "3600",
		.min = 0, .max = 7 * DAY_S,
		.comment = "What was scheduled for a time at which the box was off or paused still "
			   "goes out within so many seconds; later its author is told" },
	{ "quiet_texts", SCHEMA_INT, MEMBER(settings_desk, quiet_texts), .fallback = "10", .min = 1,
		.max = 1000, .comment = "A sender of more texts than this ..." },
	{ "quiet_window", SCHEMA_INT, MEMBER(settings_desk, quiet_window_s), .fallback = "600",
		.min = 1, .max = DAY_S, .comment = "... within so many seconds ..." },
	{ "quiet_time", SCHEMA_INT, MEMBER(settings_desk, quiet_time_s), .fallback = "3600",
		.min = 1, .max = 7 * DAY_S,
		.comment = "... gets no automatic answers for so many seconds. Sooner than that, "
			   "after four in the first window, thanks are left out; what is asked for "
			   "is answered" },
	{ "flood_told", SCHEMA_INT, MEMBER(settings_desk, flood_told), .fallback = "60", .min = 1,
		.max = 10000,
		.comment = "Texts in ten minutes that dispatchers are told one by one; the rest is "
			   "kept, answered, and told in one sum after a minute, and again every "
			   "five while it goes on" },
	{ "flood_reserve", SCHEMA_INT, MEMBER(settings_desk, flood_reserve), .fallback = "20",
		.min = 0, .max = 10000,
		.comment = "Of these: kept for people on the list and for talks that were taken" },
	{ "flood_answers", SCHEMA_INT, MEMBER(settings_desk, flood_answers), .fallback = "600",
		.min = 1, .max = 100000,
		.comment = "Automatic answers to strangers in ten minutes; STOP and HELP are "
			   "always answered" },
};

static const struct schema_group box_group = GROUP("box", settings_box, box_keys);
static const struct schema_group board_group = GROUP("board", settings_board, board_keys);
static const struct schema_group list_group = GROUP("list", settings_list, list_keys);
static const struct schema_group digest_group = GROUP("digest", settings_digest, digest_keys);
static const struct schema_group alerts_group = GROUP("alerts", settings_alerts, alerts_keys);
static const struct schema_group delivery_group =
	GROUP("delivery", settings_delivery, delivery_keys);
static const struct schema_group privacy_group = GROUP("privacy", settings_privacy, privacy_keys);
static const struct schema_group desk_group = GROUP("desk", settings_desk, desk_keys);

static const struct schema_key root_keys[] = {
	{ "box", SCHEMA_GROUP, MEMBER(settings, box), .group = &box_group,
		.comment = "The box itself" },
	{ "modems", SCHEMA_LIST, COUNTED(settings, modems, n_modems), .fallback = "",
		.count_max = SETTINGS_MODEMS_MAX, .group = &modem_group,
		.comment = "The modems, one line each; all that are idle send",
		.example =
			"{ name = \"sim1\"; port = \"/dev/serial/by-id/usb-...-if02-port0\"; }" },
	{ "board", SCHEMA_GROUP, MEMBER(settings, board), .group = &board_group,
		.comment = "Lights and buttons" },
	{ "list", SCHEMA_GROUP, MEMBER(settings, list), .group = &list_group,
		.comment = "The list and its zones" },
	{ "people", SCHEMA_LIST, COUNTED(settings, people, n_people), .count_max = 1000,
		.group = &person_group,
		.comment = "Admins and dispatchers; everyone else joins by text or by import. Name "
			   "at least one",
		.example = "{ phone = \"+15105550100\"; name = \"Ana\"; role = \"admin\"; language "
			   "= \"es\"; }" },
	{ "alerts", SCHEMA_GROUP, MEMBER(settings, alerts), .group = &alerts_group,
		.comment = "Alerts" },
	{ "delivery", SCHEMA_GROUP, MEMBER(settings, delivery), .group = &delivery_group,
		.comment = "How texts are delivered" },
	{ "info", SCHEMA_LIST, COUNTED(settings, info, n_info), .fallback = "", .count_max = 100,
		.group = &info_group, .comment = "What anyone may ask for by one word",
		.example = "{ keyword = ( \"rights\", \"derechos\" );\n"
			   "  text = ( { language = \"en\"; body = \"You have the right to remain "
			   "silent.\"; },\n"
			   "           { language = \"es\"; body = \"Usted tiene derecho a guardar "
			   "silencio.\"; } ); }" },
	{ "digest", SCHEMA_GROUP, MEMBER(settings, digest), .group = &digest_group,
		.comment = "News for those who text DIGEST DAILY, WEEKLY or MONTHLY" },
	{ "privacy", SCHEMA_GROUP, MEMBER(settings, privacy), .group = &privacy_group,
		.comment = "What is kept" },
	{ "desk", SCHEMA_GROUP, MEMBER(settings, desk), .group = &desk_group,
		.comment = "How the box answers" },
};
const struct schema_group settings_schema = GROUP("the file", settings, root_keys);
