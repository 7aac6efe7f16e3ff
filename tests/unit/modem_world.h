/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of one modem's life share: the modem against a small peer on a pseudo-terminal,
 * both in one real loop. The peer answers from tables: rows of a test come before the common ones.
 */
#ifndef FARO_MODEM_WORLD_H
#define FARO_MODEM_WORLD_H

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../firmware/modem/modem_private.h"

/* ---- the peer ---- */

/* "" is silence; '>' alone is the prompt; "PDU" is what comes before Ctrl-Z. times 0: always. */
struct row {
	const char *command, *answer;
	int times;
};

#define PEER_ROWS  12
#define PEER_SLOTS 80

struct peer {
	struct loop *loop;
	struct loop_fd *source;
	char link[128];
	int master, pts;
	struct row rows[PEER_ROWS];
	char line[600];
	size_t len;
	char out[65536];
	size_t out_n;
	bool in_pdu;
	char log[65536]; /* commands, each after a ';' */
	const char *slots[PEER_SLOTS];
	int undeletable;
	int reference, accepted;
	char last_pdu[600];
	bool elsewhere; /* ME is selected: nothing lies there */
};

static const struct row common[] = {
	{ "AT+CMGS=", ">", 0 },
	{ "AT+CGMI", "\r\nAcme\r\n\r\nOK\r\n", 0 },
	{ "AT+CGMM", "\r\nM1\r\n\r\nOK\r\n", 0 },
	{ "AT+CGMR", "\r\n1.0\r\n\r\nOK\r\n", 0 },
	{ "AT+CGSN", "\r\n860000000001234\r\n\r\nOK\r\n", 0 },
	{ "AT+CMEE?", "\r\n+CMEE: 1\r\n\r\nOK\r\n", 0 },
	{ "AT+CPIN?", "\r\n+CPIN: READY\r\n\r\nOK\r\n", 0 },
	{ "AT+CPINR", "\r\n+CPINR: SIM PIN,3,3\r\n\r\nOK\r\n", 0 },
	{ "AT+CFUN?", "\r\n+CFUN: 1\r\n\r\nOK\r\n", 0 },
	{ "AT+CSMS=1", "\r\n+CSMS: 1,1,1\r\n\r\nOK\r\n", 0 },
	{ "AT+CPMS=?", "\r\n+CPMS: (\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")\r\n\r\nOK\r\n",
		0 },
	{ "AT+CPMS?", "\r\n+CPMS: \"SM\",0,20,\"SM\",0,20,\"SM\",0,20\r\n\r\nOK\r\n", 0 },
	{ "AT+CNMI=?", "\r\n+CNMI: (0-3),(0-3),(0,2),(0-2),(0,1)\r\n\r\nOK\r\n", 0 },
	{ "AT+CNMI?", "\r\n+CNMI: 2,1,0,1,0\r\n\r\nOK\r\n", 0 },
	{ "AT+CREG?", "\r\n+CREG: 2,1,\"00C3\",\"0A12\"\r\n\r\nOK\r\n", 0 },
	{ "AT+CGREG?", "\r\n+CGREG: 2,1\r\n\r\nOK\r\n", 0 },
	{ "AT+CEREG?", "\r\n+CEREG: 2,1\r\n\r\nOK\r\n", 0 },
	{ "AT+CSQ;+CREG?",
		"\r\n+CSQ: 20,99\r\n+CREG: 2,1\r\n+CPMS: \"SM\",0,20,\"SM\",0,20,\"SM\",0,20"
		"\r\n\r\nOK\r\n",
		0 },
	{ "AT+CSQ", "\r\n+CSQ: 17,99\r\n\r\nOK\r\n", 0 },
	{ "AT+COPS?", "\r\n+COPS: 0,0,\"Net, One\",7\r\n\r\nOK\r\n", 0 },
	{ "AT+CCLK?", "\r\n+CCLK: \"26/11/21,12:00:00-32\"\r\n\r\nOK\r\n", 0 },
	{ "AT+CNUM", "\r\n+CNUM: \"me\",\"15105550170\",145\r\n\r\nOK\r\n", 0 },
	{ "AT+CSCA?", "\r\n+CSCA: \"+12125550100\",145\r\n\r\nOK\r\n", 0 },
	{ "AT", "\r\nOK\r\n", 0 },
};

/* A pseudo-terminal holds 4 KiB: what does not fit goes when there is room. */
static inline void peer_flush(struct peer *p)
{
	ssize_t n = write(p->master, p->out, p->out_n);

	if (n > 0) {
		p->out_n -= (size_t)n;
		memmove(p->out, p->out + n, p->out_n);
	}
	loop_fd_events(p->source, p->out_n ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static inline void peer_say(struct peer *p, const char *text)
{
	size_t n = strlen(text);

	if (p->master < 0)
		return;
	assert_true(n <= sizeof(p->out) - p->out_n);
	memcpy(p->out + p->out_n, text, n);
	p->out_n += n;
	peer_flush(p);
}

static inline struct row *peer_find(struct peer *p, const char *command)
{
	for (size_t i = 0; i < PEER_ROWS && p->rows[i].command; i++) {
		struct row *row = &p->rows[i];

		if (row->times < 0)
			continue;
		if (strcmp(row->command, "AT") == 0
				? strcmp(command, "AT") == 0
				: strncmp(command, row->command, strlen(row->command)) == 0)
			return row;
	}
	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (strncmp(command, common[i].command, strlen(common[i].command)) == 0)
			return (struct row *)&common[i];
	}
	return NULL;
}

static inline void peer_list(struct peer *p)
{
	char text[800];

	for (int i = 0; i < PEER_SLOTS; i++) {
		unsigned int centre;

		if (!p->slots[i] || p->elsewhere)
			continue;
		/* the announced length leaves out the service centre's address */
		assert_int_equal(sscanf(p->slots[i], "%2x", &centre), 1);
		snprintf(text, sizeof(text), "\r\n+CMGL: %d,0,,%zu\r\n%s\r\n", i,
			strlen(p->slots[i]) / 2 - 1 - centre, p->slots[i]);
		peer_say(p, text);
	}
	peer_say(p, "\r\nOK\r\n");
}

static inline int peer_used(const struct peer *p)
{
	int n = 0;

	for (int i = 0; i < PEER_SLOTS; i++)
		n += p->slots[i] && !p->elsewhere;
	return n;
}

static inline void peer_count(struct peer *p)
{
	char text[64];

	snprintf(text, sizeof(text), "\r\n+CPMS: %d,%d,0,20,0,20\r\n\r\nOK\r\n", peer_used(p),
		PEER_SLOTS);
	peer_say(p, text);
}

static inline void peer_read(struct peer *p, int slot)
{
	char text[800];
	unsigned int centre;

	if (slot < 0 || slot >= PEER_SLOTS || !p->slots[slot] || p->elsewhere) {
		peer_say(p, slot % 2 ? "\r\n+CMS ERROR: 321\r\n" : "\r\n+CMGR: 0,,0\r\n\r\nOK\r\n");
		return;
	}
	assert_int_equal(sscanf(p->slots[slot], "%2x", &centre), 1);
	snprintf(text, sizeof(text), "\r\n+CMGR: 0,,%zu\r\n%s\r\n\r\nOK\r\n",
		strlen(p->slots[slot]) / 2 - 1 - centre, p->slots[slot]);
	peer_say(p, text);
}

static inline void peer_delete(struct peer *p, int slot)
{
	if (slot >= 0 && slot < PEER_SLOTS && slot != p->undeletable)
		p->slots[slot] = NULL;
	peer_say(p, "\r\nOK\r\n");
}

static inline void peer_accept(struct peer *p)
{
	char text[64];

	p->accepted++;
	snprintf(text, sizeof(text), "\r\n+CMGS: %d\r\n\r\nOK\r\n", p->reference++ % 256);
	peer_say(p, text);
}

static inline void peer_command(struct peer *p, const char *command)
{
	struct row *row = peer_find(p, command);
	const char *answer = row ? row->answer : "\r\nERROR\r\n";
	size_t len = strlen(p->log);

	snprintf(p->log + len, sizeof(p->log) - len, ";%s", command);
	if (strncmp(command, "AT+CPMS=\"", 9) == 0)
		p->elsewhere = strncmp(command + 9, "ME", 2) == 0;
	if (row && row->times > 0 && --row->times == 0)
		row->times = -1;
	if (row && row >= p->rows && row < p->rows + PEER_ROWS)
		;
	else if (strncmp(command, "AT+CMGL", 7) == 0)
		return peer_list(p);
	else if (strncmp(command, "AT+CPMS=\"", 9) == 0)
		return peer_count(p);
	else if (strncmp(command, "AT+CMGR=", 8) == 0)
		return peer_read(p, atoi(command + 8));
	else if (strncmp(command, "AT+CMGD=", 8) == 0)
		return peer_delete(p, atoi(command + 8));
	else if (strcmp(command, "PDU") == 0)
		return peer_accept(p);
	if (strcmp(answer, ">") == 0) {
		p->in_pdu = true;
		peer_say(p, "\r\n> ");
		return;
	}
	peer_say(p, answer);
}

static inline void peer_byte(struct peer *p, char c)
{
	if (c == 0x1B) {
		p->in_pdu = false;
		p->len = 0;
	} else if (c == (p->in_pdu ? 0x1A : '\r')) {
		p->line[p->len] = '\0';
		p->len = 0;
		if (p->in_pdu)
			text_copy(p->last_pdu, sizeof(p->last_pdu), p->line);
		if (p->in_pdu || p->line[0]) {
			bool pdu = p->in_pdu;

			p->in_pdu = false;
			peer_command(p, pdu ? "PDU" : p->line);
		}
	} else if (p->len < sizeof(p->line) - 1) {
		p->line[p->len++] = c;
	}
}

static inline void peer_ready(void *ctx, int fd, unsigned int events)
{
	struct peer *p = ctx;
	char data[512];
	ssize_t n = events & LOOP_READ ? read(fd, data, sizeof(data)) : 0;

	if (events & LOOP_WRITE)
		peer_flush(p);
	for (ssize_t i = 0; i < n && p->master >= 0; i++)
		peer_byte(p, data[i]);
}

static inline void peer_plug(struct peer *p)
{
	struct termios raw;

	p->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(p->master >= 0);
	assert_int_equal(grantpt(p->master), 0);
	assert_int_equal(unlockpt(p->master), 0);
	/* Held open here so that the master does not hang up before farod's side opens. */
	p->pts = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_int_equal(tcgetattr(p->pts, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(p->pts, TCSANOW, &raw), 0);
	unlink(p->link);
	assert_int_equal(symlink(ptsname(p->master), p->link), 0);
	p->in_pdu = false;
	p->len = p->out_n = 0;
	assert_int_equal(loop_fd_new(p->loop, p->master, LOOP_READ, peer_ready, p, &p->source), 0);
}

static inline void peer_unplug(struct peer *p)
{
	if (p->master < 0)
		return;
	unlink(p->link);
	loop_fd_free(p->source);
	close(p->pts);
	close(p->master);
	p->master = -1;
}

/* ---- the box ---- */

struct box {
	struct loop *loop;
	struct peer peer;
	struct modem *modem;
	char dir[64];
	int states[MODEM_STATES];
	int sents, pdus, calls, ussds, idles;
	struct modem_result result;
	struct modem_pdu pdu;
	bool take; /* at once */
	char number[32], ussd[200];
	int ussd_error;
	int64_t network_ms;
	int burst; /* PDUs still to be sent from within sent() */
	int pins_asked, pins_refused, pin_error;
	int handings, handing_error;
	bool ready_at_sent;
};

static const uint8_t tpdu[] = { 0x01, 0x00, 0x0B, 0x91, 0x51, 0x01, 0x55, 0x15, 0x10, 0xF0, 0x00,
	0x00, 0x02, 0xE8, 0x34 };
#define TEXT_A "0791214365870921040B915101551510F10000626112802000000241A1"
#define TEXT_B "0791214365870921040B915101551510F10000626112802000000241A2"
#define REPORT "0006070B915101551510F1626112802000006261128020000000"

static inline void on_state(void *ctx, struct modem *modem, enum modem_state state)
{
	struct box *b = ctx;

	(void)modem;
	b->states[state]++;
}

static inline void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	struct box *b = ctx;

	b->pdus++;
	b->pdu = *pdu;
	if (b->take)
		modem_taken(modem, pdu->slot);
}

static inline void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct box *b = ctx;

	b->sents++;
	b->result = *result;
	b->ready_at_sent = modem_idle(modem);
	if (b->burst > 0 && modem_send(modem, tpdu, sizeof(tpdu)) == 0)
		b->burst--;
}

static inline void on_call(void *ctx, struct modem *modem, const char *number)
{
	struct box *b = ctx;

	(void)modem;
	b->calls++;
	text_copy(b->number, sizeof(b->number), number);
}

static inline void on_time(void *ctx, struct modem *modem, int64_t wall_ms)
{
	struct box *b = ctx;

	(void)modem;
	b->network_ms = wall_ms;
}

static inline void on_ussd(void *ctx, struct modem *modem, int error, const char *text)
{
	struct box *b = ctx;

	(void)modem;
	b->ussds++;
	b->ussd_error = error;
	text_copy(b->ussd, sizeof(b->ussd), text);
}

static inline void on_idle(void *ctx, struct modem *modem)
{
	struct box *b = ctx;

	assert_true(modem_idle(modem));
	b->idles++;
	if (b->burst > 0 && modem_send(modem, tpdu, sizeof(tpdu)) == 0)
		b->burst--;
}

/* Asked once a PDU, and after the prompt. */
static inline int on_handing(void *ctx, struct modem *modem)
{
	struct box *b = ctx;

	(void)modem;
	b->handings++;
	return b->handing_error;
}

/* What the store says. */
static inline int on_pin_entering(
	void *ctx, struct modem *modem, const char *device, const char *pin)
{
	struct box *b = ctx;

	(void)modem;
	assert_true(device[0] && pin[0]);
	b->pins_asked++;
	return b->pin_error;
}

static inline void on_pin_refused(
	void *ctx, struct modem *modem, const char *device, const char *pin)
{
	struct box *b = ctx;

	(void)modem;
	assert_true(device[0] && pin[0]);
	b->pins_refused++;
}

static inline void on_pin_free(void *ctx, struct modem *modem, const char *device, bool ready)
{
	struct box *b = ctx;

	(void)modem;
	assert_true(device[0] != '\0');
	(void)ready;
	b->pin_error = 0;
}

static const struct modem_events events = {
	.pin_entering = on_pin_entering,
	.pin_refused = on_pin_refused,
	.pin_free = on_pin_free,
	.state = on_state,
	.pdu = on_pdu,
	.handing = on_handing,
	.sent = on_sent,
	.idle = on_idle,
	.call = on_call,
	.network_time = on_time,
	.ussd = on_ussd,
};

static inline int setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	text_copy(b->dir, sizeof(b->dir), "/tmp/faro-modem-XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	snprintf(b->peer.link, sizeof(b->peer.link), "%s/port", b->dir);
	assert_int_equal(loop_new(&b->loop), 0);
	b->peer.loop = b->loop;
	b->peer.master = -1;
	b->peer.undeletable = -1;
	b->peer.reference = 7;
	b->take = true;
	log_set_level(LOG_LEVEL_ERROR);
	*state = b;
	return 0;
}

static inline int teardown(void **state)
{
	struct box *b = *state;

	modem_free(b->modem);
	peer_unplug(&b->peer);
	loop_free(b->loop);
	rmdir(b->dir);
	free(b);
	return 0;
}

static inline void start(struct box *b, const char *pin)
{
	const struct modem_config config = {
		.name = "m1", .port = b->peer.link, .pin = pin, .profile = "auto", .baud = 115200
	};

	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
}

static inline void rows(struct box *b, const struct row *list, size_t n)
{
	memset(b->peer.rows, 0, sizeof(b->peer.rows));
	memcpy(b->peer.rows, list, n * sizeof(*list));
}

#define ROWS(b, ...)                                                                               \
	do {                                                                                       \
		static const struct row list_[] = { __VA_ARGS__ };                                 \
		rows(b, list_, ARRAY_SIZE(list_));                                                 \
	} while (0)

/* Runs the loop until the condition holds; fails after 20 s. */
#define UNTIL(b, condition)                                                                        \
	do {                                                                                       \
		int64_t end_ = time_mono_ms() + 20000;                                             \
		while (!(condition)) {                                                             \
			if (time_mono_ms() > end_)                                                 \
				fail_msg("never: %s; state %s (%s)\n%s", #condition,               \
					modem_state_name(modem_state((b)->modem)),                 \
					(b)->modem->why, (b)->peer.log);                           \
			loop_run_once((b)->loop, 100);                                             \
		}                                                                                  \
	} while (0)

static inline void run_for(struct box *b, int ms)
{
	int64_t end = time_mono_ms() + ms;

	while (time_mono_ms() < end)
		loop_run_once(b->loop, (int)(end - time_mono_ms()));
}

static inline int count(const struct box *b, const char *command)
{
	int n = 0;

	for (const char *p = b->peer.log; (p = strstr(p, command)) != NULL; p++)
		n++;
	return n;
}

static inline bool quiet(const struct box *b)
{
	return modem_idle(b->modem) && !jobs_due(b->modem);
}

static inline void start_ready(struct box *b)
{
	peer_plug(&b->peer);
	start(b, "");
	UNTIL(b, quiet(b));
}

/* So many, each with the time for what it finds. */
static inline void heartbeats(struct box *b, int n)
{
	for (int beat = 0; beat < n; beat++) {
		b->modem->heartbeat_ms = 0;
		loop_idle_request(b->modem->idle);
		run_for(b, 100);
	}
}

static inline void send_one(struct box *b)
{
	b->sents = 0;
	assert_int_equal(modem_send(b->modem, tpdu, sizeof(tpdu)), 0);
}

/* A report came and was made durable; the next PDU is there before the modem had time to say so. */
static inline void take_and_send(struct box *b)
{
	b->take = false;
	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	modem_taken(b->modem, b->pdu.slot);
	send_one(b);
	UNTIL(b, b->sents == 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
