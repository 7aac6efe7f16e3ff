/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is at a port: asked once, from the outside of a modem's life, and told line by line. It only
 * asks: no PIN is entered, nothing is stored, only the echo is switched off and errors get numbers.
 * What names a person, a SIM or a device is masked before it leaves this file.
 */
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

#define DEADLINE_MS   5000
#define DIGITS_MASKED 7  /* from so many digits in a row on: numbers, IMEI, IMSI, ICCID */
#define HEX_MASKED    16 /* PDUs, and texts in UCS-2 */

enum mask { MASK_LONG, MASK_WORDS, MASK_PLACE };

struct question {
	const char *command;
	enum mask mask;
};

/* The first one finds out whether anybody listens. */
static const struct question questions[] = {
	{ "AT", MASK_LONG },
	{ "ATE0", MASK_LONG },
	{ "AT+CMEE=1", MASK_LONG },
	{ "AT+CGMI", MASK_LONG },
	{ "AT+CGMM", MASK_LONG },
	{ "AT+CGMR", MASK_LONG },
	{ "ATI", MASK_LONG },
	{ "AT+GCAP", MASK_LONG },
	{ "AT+CGSN", MASK_WORDS },
	{ "AT+CIMI", MASK_WORDS },
	{ "AT+CPIN?", MASK_LONG },
	{ "AT+CFUN?", MASK_LONG },
	{ "AT+CSQ", MASK_LONG },
	{ "AT+CREG?", MASK_PLACE },
	{ "AT+CGREG?", MASK_PLACE },
	{ "AT+CEREG?", MASK_PLACE },
	{ "AT+COPS?", MASK_LONG },
	{ "AT+CSCA?", MASK_WORDS },
	{ "AT+CNUM", MASK_WORDS },
	{ "AT+CPMS=?", MASK_LONG },
	{ "AT+CPMS?", MASK_LONG },
	{ "AT+CNMI=?", MASK_LONG },
	{ "AT+CNMI?", MASK_LONG },
	{ "AT+CSMS=?", MASK_LONG },
	{ "AT+CSMS?", MASK_LONG },
	{ "AT+CMMS=?", MASK_LONG },
	{ "AT+CMGF=?", MASK_LONG },
	{ "AT+CGSMS=?", MASK_LONG },
	{ "AT+CLIP=?", MASK_LONG },
};
enum { QUESTION_AT = 0, QUESTION_MAKER = 3, QUESTION_REVISION = 5, QUESTION_SIM = 10 };

struct probe {
	struct serial *serial;
	struct at at;
	struct at_step step;
	const struct question *question;
	struct at_result result;
	bool ended;
	bool overheard; /* a text came: what follows may be its words */
	char identity[160];
	char sim_word[32]; /* of +CPIN, TS 27.007 8.3; "" it did not say */
	int sim_error;     /* that it said instead, as in struct at_result; 0 none */
	modem_probe_line *line;
	void *ctx;
};

/* ---- masks ---- */

static void mask_runs(char *text, int (*belongs)(int c), size_t least)
{
	while (*text) {
		size_t n = 0;

		while (text[n] && belongs((unsigned char)text[n]))
			n++;
		if (n >= least)
			memset(text, '*', n);
		text += n ? n : 1;
	}
}

/* Every word between quotes, and every digit outside of "+COMMAND:". */
static void mask_words(char *text)
{
	char *at = strchr(text, ':');
	bool quoted = false;

	for (at = at ? at : text; *at; at++) {
		if (*at == '"')
			quoted = !quoted;
		else if (quoted || isdigit((unsigned char)*at))
			*at = '*';
	}
}

/* +CREG: <n>,<stat>,<area>,<cell>: where the box stands is nobody's business. */
static void mask_place(char *text)
{
	char *at = strchr(text, ',');

	at = at ? strchr(at + 1, ',') : NULL;
	for (; at && *at; at++) {
		if (isxdigit((unsigned char)*at))
			*at = '*';
	}
}

static void mask(char *text, enum mask how)
{
	if (how == MASK_WORDS)
		mask_words(text);
	else if (how == MASK_PLACE)
		mask_place(text);
	mask_runs(text, isdigit, DIGITS_MASKED);
	mask_runs(text, isxdigit, HEX_MASKED);
}

static void tell(struct probe *p, bool asked, const char *text)
{
	char masked[AT_LINE_SIZE];

	text_copy(masked, sizeof(masked), text);
	if (!asked)
		mask(masked, p->question->mask);
	p->line(p->ctx, asked, masked);
}

/* ---- one question ---- */

static void write_port(void *ctx, const void *data, size_t n)
{
	struct probe *p = ctx;

	/* Commands are short: what an empty port does not take at once, nobody reads. */
	(void)serial_write(p->serial, data, n);
}

static void ended(void *ctx, const struct at_result *result)
{
	struct probe *p = ctx;

	p->result = *result;
	p->ended = true;
}

static bool always(const char *line)
{
	(void)line;
	return true;
}

static void overhear(void *ctx, const char *line, const char *next)
{
	struct probe *p = ctx;

	(void)line;
	(void)next;
	p->overheard = true;
}

/* In text mode a text's words follow its header, in as many lines as they like: none is told. */
static const struct at_urc private_lines[] = {
	{ "+CMT:", false, always, overhear },
	{ "+CDS:", false, always, overhear },
	{ "+CBM:", false, always, overhear },
	{ "+CLIP:", false, always, NULL },
	{ "+CUSD:", false, always, overhear },
};

static const struct at_host host = { private_lines, ARRAY_SIZE(private_lines), write_port, ended };

static int on_line(void *ctx, const char *line, const char *next)
{
	struct probe *p = ctx;
	size_t q = (size_t)(p->question - questions), n = strlen(p->identity);
	char field[64];

	(void)next;
	if (p->overheard)
		return 0;
	tell(p, false, line);
	if (q >= QUESTION_MAKER && q <= QUESTION_REVISION &&
		at_field(line, 0, field, sizeof(field)))
		snprintf(p->identity + n, sizeof(p->identity) - n, "%s%s", n ? " " : "", field);
	if (q == QUESTION_SIM && strncmp(line, "+CPIN:", 6) == 0)
		at_field(line, 0, p->sim_word, sizeof(p->sim_word));
	return 0;
}

/* Until the running script is over. -ENODEV when the port went. */
static int run(struct probe *p)
{
	char data[1024];

	while (!p->ended) {
		struct pollfd fd = { .fd = serial_fd(p->serial), .events = POLLIN };
		int64_t wait = at_deadline(&p->at) - time_mono_ms();
		ssize_t n;

		poll(&fd, 1, wait < 0 ? 0 : (int)(wait < 1000 ? wait + 1 : 1000));
		n = serial_read(p->serial, data, sizeof(data));
		if (n < 0)
			return (int)n;
		if (n > 0)
			at_feed(&p->at, data, (size_t)n, time_mono_ms());
		at_tick(&p->at, time_mono_ms());
	}
	return 0;
}

/* A final result in the words of its line; an error's number is nobody's. */
static void tell_result(struct probe *p)
{
	char text[40] = "OK";

	if (p->result.outcome == AT_SILENCE)
		text_copy(text, sizeof(text), "(no answer)");
	else if (p->result.error >= 1000)
		snprintf(text, sizeof(text), "+CME ERROR: %d", p->result.error - 1000);
	else if (p->result.error > 0)
		snprintf(text, sizeof(text), "+CMS ERROR: %d", p->result.error);
	else if (p->result.outcome != AT_DONE)
		text_copy(text, sizeof(text), "ERROR");
	p->line(p->ctx, false, text);
}

/* True when it answered. */
static bool ask(struct probe *p, const struct question *question)
{
	bool first = question == &questions[QUESTION_AT];
	struct at_script script = { .name = "probe", .steps = &p->step, .n_steps = 1 };

	p->question = question;
	p->step = (struct at_step){ .command = question->command,
		.expect = "",
		.line = on_line,
		.deadline_ms = first ? 1000 : DEADLINE_MS,
		.tries = first ? 4 : 1,
		.pause_ms = 200,
		.flags = first ? AT_ESCAPE | AT_STUBBORN : 0 };
	p->ended = p->overheard = false;
	tell(p, true, question->command);
	if (at_run(&p->at, &script, time_mono_ms()) < 0 || run(p) < 0)
		return false;
	tell_result(p);
	if (question == &questions[QUESTION_SIM])
		p->sim_error = p->result.error;
	return p->result.outcome != AT_SILENCE;
}

/* ---- what comes of it ---- */

#define SIM_NONE    "no SIM card, or it does not answer: put one in, or take it out and put it back"
#define SIM_PIN     "it wants its PIN: set pin = \"...\" in this modem's section of faro.cfg"
#define SIM_PUK     "it is blocked and wants its PUK: enter that in a phone, with a new PIN"
#define SIM_PIN2    "it wants its PIN2, which no text needs: put it into a phone and enter it there"
#define SIM_LOCK    "the modem is locked to another SIM or operator: ask who sold it to unlock it"
#define SIM_BROKEN  "it does not work: clean its contacts, or try it in a phone"
#define SIM_WAKING  "it is not read yet: ask again in a minute"
#define SIM_UNKNOWN "not known: the modem does not say how its SIM stands"

/*
 * What +CPIN? says: a word (TS 27.007 8.3), or a +CME ERROR (9.2.1), or a +CMS ERROR (TS 27.005
 * 3.2.5). The first row that fits counts; the last fits all.
 */
static const struct sim_row {
	const char *word; /* its beginning; NULL none */
	int cme, cms;
	const char *words;
} sim_rows[] = {
	{ "READY", 0, 0, "ready" },
	{ "SIM PIN2", 1017, 317, SIM_PIN2 },
	{ "SIM PUK2", 1018, 318, SIM_PIN2 },
	{ "SIM PIN", 1011, 311, SIM_PIN },
	{ "SIM PUK", 1012, 316, SIM_PUK },
	{ "PH-", 1005, 312, SIM_LOCK },
	{ "NOT READY", 1014, 314, SIM_WAKING },
	{ "NOT INSERTED", 1010, 310, SIM_NONE },
	{ "SIM REMOVED", 0, 0, SIM_NONE },
	{ NULL, 1013, 313, SIM_BROKEN },
	{ NULL, 1015, 315, SIM_BROKEN },
	{ NULL, 0, 515, SIM_WAKING },
	{ "", 0, 0, SIM_UNKNOWN },
};

static bool sim_fits(const struct sim_row *row, const struct probe *p)
{
	if (p->sim_error > 0 && (p->sim_error == row->cme || p->sim_error == row->cms))
		return true;
	if (!row->word || (row->word[0] && p->sim_word[0] == '\0'))
		return false;
	return strncmp(p->sim_word, row->word, strlen(row->word)) == 0;
}

static const char *sim_words(const struct probe *p)
{
	const struct sim_row *row = sim_rows;

	while (!sim_fits(row, p))
		row++;
	return row->words;
}

static void choose(const struct probe *p, struct modem_probe *out, const struct modem_usb_id *usb)
{
	const char *piece;
	const struct modem_profile *profile = modem_profile_match(p->identity, usb, &piece);

	text_copy(out->profile, sizeof(out->profile), modem_profile_name(profile));
	text_copy(out->family, sizeof(out->family), profile->title);
	text_copy(out->habits, sizeof(out->habits), profile->why);
	if (piece)
		snprintf(out->because, sizeof(out->because), "it says \"%s\"", piece);
	else if (usb)
		snprintf(out->because, sizeof(out->because),
			"its USB id is %04x:%04x; what it says names no family", out->vendor,
			out->product);
	else
		text_copy(out->because, sizeof(out->because),
			"what it says names no family that is known");
}

/* A stick without a port may still be plugged in, in another mode. */
static void note_mode(void *ctx, const struct board_usb *device)
{
	struct modem_probe *out = ctx;
	const struct modem_usb_id *id = modem_usb_find(device->vendor, device->product);

	if (id && id->mode)
		snprintf(out->advice, sizeof(out->advice), "%04x:%04x %s %s is plugged in: %s",
			device->vendor, device->product, device->maker, device->name, id->mode);
}

static void advise(struct modem_probe *out, const struct modem_usb_id *usb)
{
	if (usb && usb->mode)
		text_copy(out->advice, sizeof(out->advice), usb->mode);
	else if (usb && usb->ports[0])
		snprintf(out->advice, sizeof(out->advice),
			"interface %d does not answer AT; of this device %s do", out->interface,
			usb->ports);
	else
		board_usb_walk(note_mode, out);
}

static void note_usb(const char *port, struct modem_probe *out)
{
	struct board_usb usb;

	if (serial_usb(port, &usb) < 0)
		return;
	out->is_usb = true;
	out->vendor = usb.vendor;
	out->product = usb.product;
	out->interface = usb.interface;
	snprintf(out->device, sizeof(out->device), "%s %s", usb.maker, usb.name);
}

int modem_probe(
	const char *port, int baud, modem_probe_line *line, void *ctx, struct modem_probe *out)
{
	struct probe p = { .line = line, .ctx = ctx };
	const struct modem_usb_id *usb = NULL;
	int64_t began = time_mono_ms();
	int error;

	*out = (struct modem_probe){ .interface = -1 };
	note_usb(port, out);
	if (out->is_usb)
		usb = modem_usb_find(out->vendor, out->product);
	error = serial_open(port, (unsigned int)baud, &p.serial);
	if (error < 0) {
		advise(out, usb);
		return error;
	}
	at_init(&p.at, &host, &p);
	out->answers = ask(&p, &questions[QUESTION_AT]);
	out->took_ms = time_mono_ms() - began;
	for (size_t i = QUESTION_AT + 1; out->answers && i < ARRAY_SIZE(questions); i++)
		ask(&p, &questions[i]);
	if (out->answers) {
		choose(&p, out, usb);
		text_copy(out->sim, sizeof(out->sim), sim_words(&p));
	} else {
		advise(out, usb);
	}
	serial_close(p.serial);
	return 0;
}
