/* SPDX-License-Identifier: Apache-2.0 */
/* People who text and what they get. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

const struct person_of_test ana = { "+15105550101", "Ana" };
const struct person_of_test rosa = { "+15105550102", "Rosa" };
const struct person_of_test ben = { "+15105550111", "Ben" };
const struct person_of_test carla = { "+15105550112", "Carla" };
const struct person_of_test dan = { "+15105550113", "Dan" };
const struct person_of_test eva = { "+15105550114", "Eva" };
const struct person_of_test stranger = { "+12125550119", "a stranger" };

static void print_and_end(const char *file, int line, const char *words)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, words);
	abort();
}

void (*box_failed)(const char *file, int line, const char *words) = print_and_end;

void failed(const char *file, int line, const char *format, ...)
{
	static char words[8192];
	va_list ap;

	va_start(ap, format);
	vsnprintf(words, sizeof(words), format, ap);
	va_end(ap);
	box_failed(file, line, words);
	abort();
}

void person_texts_at(const char *file, int line, struct box *box, const struct person_of_test *who,
	const char *text)
{
	(void)file;
	(void)line;
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "text", "from", who->phone, "text", text, "modem",
		"sim1");
	box->texts_sent++;
}

static struct heard *find_heard(struct box *box, const char *phone, const char *piece)
{
	for (int i = 0; i < box->n_heard; i++) {
		struct heard *heard = &box->heard[i];

		if (!heard->taken && strcmp(heard->to, phone) == 0 && strstr(heard->text, piece))
			return heard;
	}
	return NULL;
}

/* What a person was sent, for a failure's words. */
static void list_heard(struct box *box, const char *phone, char *out, size_t size)
{
	size_t len = 0;

	out[0] = 0;
	for (int i = 0; i < box->n_heard && len + 1 < size; i++) {
		struct heard *heard = &box->heard[i];

		if (strcmp(heard->to, phone) == 0)
			len += (size_t)snprintf(out + len, size - len, "\n  %s \"%s\"",
				heard->taken ? "(seen)" : "      ", heard->text);
	}
}

const struct heard *expect_text_at(const char *file, int line, struct box *box,
	const struct person_of_test *who, const char *piece)
{
	int64_t until = mono_ms() + WAIT_MS;
	static char list[4096];
	struct heard *heard;

	for (;;) {
		heard = find_heard(box, who->phone, piece);
		if (heard) {
			heard->taken = true;
			return heard;
		}
		if (mono_ms() > until)
			break;
		box_wait_event(box, 50);
	}
	list_heard(box, who->phone, list, sizeof(list));
	failed(file, line, "%s never got \"%s\" but:%s", who->name, piece, list);
}

void expect_no_text_at(
	const char *file, int line, struct box *box, const struct person_of_test *who)
{
	struct heard *heard;

	box_settle(box);
	heard = find_heard(box, who->phone, "");
	if (heard)
		failed(file, line, "%s got \"%s\"", who->name, heard->text);
}

void forget_texts(struct box *box, const struct person_of_test *who)
{
	box_hear(box);
	for (int i = 0; i < box->n_heard; i++)
		if (!who || strcmp(box->heard[i].to, who->phone) == 0)
			box->heard[i].taken = true;
}

int texts_with(struct box *box, const char *phone, const char *piece)
{
	int n = 0;

	box_hear(box);
	for (int i = 0; i < box->n_heard; i++)
		if ((!phone || strcmp(box->heard[i].to, phone) == 0) &&
			(!piece || strstr(box->heard[i].text, piece)))
			n++;
	return n;
}

const struct heard *heard_at(struct box *box, int i)
{
	return i < box->n_heard ? &box->heard[i] : NULL;
}

void digits_of(const char *text, int digits, char *out)
{
	for (const char *at = text; *at;) {
		size_t n = 0;

		while (isdigit((unsigned char)at[n]))
			n++;
		if (n == (size_t)digits) {
			memcpy(out, at, n);
			out[n] = 0;
			return;
		}
		at += n ? n : 1;
	}
	failed(__FILE__, __LINE__, "no %d digits in \"%s\"", digits, text);
}

void person_joins(struct box *box, const struct person_of_test *who, const char *join)
{
	person_texts(box, who, join);
	expect_text(box, who, "YES");
	person_texts(box, who, "YES");
	expect_text(box, who, "STOP");
}

/* ---- the time -------------------------------------------------------------------------------- */

void modems_clocks_say(struct box *box, int64_t shift_s)
{
	sim_do(box, "{s:s,s:I}", "cmd", "clock", "shift_s", (json_int_t)shift_s);
}

void network_tells(struct box *box, int64_t shift_s)
{
	modems_clocks_say(box, shift_s);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "line", "modem", "sim1", "text", "+CTZV: -28");
}

void box_wait_clock(struct box *box, const char *source)
{
	for (int tries = 0; tries < WAIT_MS / 100; tries++) {
		json_t *status = box_status(box);
		const char *said = json_string_value(
			json_object_get(json_object_get(status, "clock"), "source"));
		bool there = said && strcmp(said, source) == 0;

		json_decref(status);
		if (there)
			return;
		box_wait_event(box, 100);
	}
	failed(__FILE__, __LINE__, "the time is not known by %s", source);
}
