/* SPDX-License-Identifier: Apache-2.0 */
/* What strings of the configuration may be, and times of day that are written as such. */
#include <string.h>

#include "forms.h"

static bool only(const char *text, const char *allowed)
{
	return text[strspn(text, allowed)] == '\0';
}

#define DIGITS "0123456789"
#define SMALL  "abcdefghijklmnopqrstuvwxyz"
#define LARGE  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_text(const char *text)
{
	if (!utf8_valid(text))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7F)
			return false;
	return true;
}

static bool is_body(const char *text)
{
	return utf8_valid(text);
}

static bool is_word(const char *text)
{
	char folded[128];

	return is_text(text) && *text_fold(folded, sizeof(folded), text) && !strchr(folded, ' ');
}

bool schema_is_language(const char *text)
{
	size_t small = strspn(text, SMALL);

	if (small < 2 || small > 3)
		return false;
	text += small;
	return *text == '\0' || (*text == '-' && strlen(text) == 3 && only(text + 1, LARGE));
}

static bool is_language_or_empty(const char *text)
{
	return *text == '\0' || schema_is_language(text);
}

static bool is_country_code(const char *text)
{
	return only(text, DIGITS) && *text != '0';
}

static bool is_zone_id(const char *text)
{
	return strchr(SMALL, *text) && only(text, SMALL DIGITS "_-");
}

static bool is_name(const char *text)
{
	return only(text, SMALL LARGE DIGITS "_-.");
}

static bool is_pin(const char *text)
{
	size_t n = strlen(text);

	return n == 0 || (n >= 4 && only(text, DIGITS));
}

static bool is_hex(const char *text, size_t n)
{
	return strlen(text) >= n && strspn(text, DIGITS "abcdefABCDEF") >= n;
}

/* usb:VVVV:PPPP or usb:VVVV:PPPP:II; whatever else begins with "usb:" is a mistake. */
static bool is_port(const char *text)
{
	if (strncmp(text, "usb:", 4) != 0)
		return is_text(text);
	text += 4;
	if (!is_hex(text, 4) || text[4] != ':' || !is_hex(text + 5, 4))
		return false;
	text += 9;
	return *text == '\0' || (*text == ':' && is_hex(text + 1, 2) && text[3] == '\0');
}

static bool is_imei(const char *text)
{
	size_t n = strlen(text);

	return n == 0 || (n >= 14 && only(text, DIGITS));
}

static bool is_phone_or_empty(const char *text)
{
	return *text == '\0' ||
	       (text[0] == '+' && strlen(text) >= 8 && text[1] != '0' && only(text + 1, DIGITS));
}

static bool is_timezone(const char *text)
{
	return *text != '/' && *text != '.' && !strstr(text, "..") &&
	       only(text, SMALL LARGE DIGITS "_-+/");
}

/* "21:00-08:00" */
static bool parse_hours(const char *text, int *from_minute, int *to_minute)
{
	char from[8];

	text_copy(from, sizeof(from), text);
	from[strcspn(from, "-")] = '\0';
	*from_minute = time_minute_parse(from);
	*to_minute = text[strlen(from)] ? time_minute_parse(text + strlen(from) + 1) : -EINVAL;
	return *from_minute >= 0 && *to_minute >= 0 && *from_minute != *to_minute;
}

static bool is_hours_or_empty(const char *text)
{
	int from_minute, to_minute;

	return *text == '\0' || parse_hours(text, &from_minute, &to_minute);
}

static bool is_minute(const char *text)
{
	return time_minute_parse(text) >= 0;
}

static bool is_minute_or_empty(const char *text)
{
	return *text == '\0' || is_minute(text);
}

const struct schema_form form_minute = { is_minute,
	"a time of day as the clock shows it, such as \"09:00\"" };
const struct schema_form form_minute_or_empty = { is_minute_or_empty,
	"a time of day as the clock shows it, such as \"09:00\", or \"\" for never" };
const struct schema_form form_hours = { is_hours_or_empty,
	"two different times as the clock shows them, such as \"21:00-08:00\", or \"\" for none" };
const struct schema_form form_text = { is_text, "one line of text" };
const struct schema_form form_path = { is_text, "a path" };
const struct schema_form form_port = { is_port,
	"a path, \"auto\", or \"usb:VID:PID\" or \"usb:VID:PID:INTERFACE\" with four, four and two "
	"hexadecimal digits" };
const struct schema_form form_imei = { is_imei, "14 to 16 digits, or \"\" for any modem" };
const struct schema_form form_people_s_phone = { is_text,
	"a phone number as people write it, or \"\" for none" };
const struct schema_form form_body = { is_body, "text" };
const struct schema_form form_word = { is_word, "one word" };
const struct schema_form form_language = { schema_is_language,
	"a language code such as \"en\", \"es\" or \"pt-BR\"" };
const struct schema_form form_language_or_empty = { is_language_or_empty,
	"a language code such as \"en\", \"es\" or \"pt-BR\", or \"\" for the box's own" };
const struct schema_form form_country = { is_country_code,
	"the digits of a country code without \"+\", such as \"1\" or \"52\"" };
const struct schema_form form_zone = { is_zone_id,
	"small letters a-z, digits, \"-\" and \"_\", with a letter first" };
const struct schema_form form_name = { is_name, "letters, digits, \"-\", \"_\" and \".\"" };
const struct schema_form form_pin = { is_pin, "4 to 8 digits, or \"\" for none" };
const struct schema_form form_phone_or_empty = { is_phone_or_empty,
	"a number with \"+\" and its country code, or \"\" for none" };
const struct schema_form form_timezone = { is_timezone,
	"a name of /usr/share/zoneinfo such as \"America/Los_Angeles\" or \"UTC\"" };

/* ---- from hour to hour ----------------------------------------------------------------------- */

bool settings_quiet(const struct settings_list *list, int *from_minute, int *to_minute)
{
	if (list->quiet && parse_hours(list->quiet, from_minute, to_minute))
		return true;
	*from_minute = *to_minute = 0;
	return false;
}

bool settings_night(const struct settings_board *board, int *from_minute, int *to_minute)
{
	if (board->night && parse_hours(board->night, from_minute, to_minute))
		return true;
	*from_minute = *to_minute = 0;
	return false;
}
