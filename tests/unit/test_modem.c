/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One modem's life against a small peer on a pseudo-terminal, both in one real loop. The peer
 * answers from tables: rows of a test come before the common ones.
 */
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
static void peer_flush(struct peer *p)
{
	ssize_t n = write(p->master, p->out, p->out_n);

	if (n > 0) {
		p->out_n -= (size_t)n;
		memmove(p->out, p->out + n, p->out_n);
	}
	loop_fd_events(p->source, p->out_n ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void peer_say(struct peer *p, const char *text)
{
	size_t n = strlen(text);

	if (p->master < 0)
		return;
	assert_true(n <= sizeof(p->out) - p->out_n);
	memcpy(p->out + p->out_n, text, n);
	p->out_n += n;
	peer_flush(p);
}

static struct row *peer_find(struct peer *p, const char *command)
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

static void peer_list(struct peer *p)
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

static int peer_used(const struct peer *p)
{
	int n = 0;

	for (int i = 0; i < PEER_SLOTS; i++)
		n += p->slots[i] && !p->elsewhere;
	return n;
}

static void peer_count(struct peer *p)
{
	char text[64];

	snprintf(text, sizeof(text), "\r\n+CPMS: %d,%d,0,20,0,20\r\n\r\nOK\r\n", peer_used(p),
		PEER_SLOTS);
	peer_say(p, text);
}

static void peer_read(struct peer *p, int slot)
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

static void peer_delete(struct peer *p, int slot)
{
	if (slot >= 0 && slot < PEER_SLOTS && slot != p->undeletable)
		p->slots[slot] = NULL;
	peer_say(p, "\r\nOK\r\n");
}

static void peer_accept(struct peer *p)
{
	char text[64];

	p->accepted++;
	snprintf(text, sizeof(text), "\r\n+CMGS: %d\r\n\r\nOK\r\n", p->reference++ % 256);
	peer_say(p, text);
}

static void peer_command(struct peer *p, const char *command)
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

static void peer_byte(struct peer *p, char c)
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

static void peer_ready(void *ctx, int fd, unsigned int events)
{
	struct peer *p = ctx;
	char data[512];
	ssize_t n = events & LOOP_READ ? read(fd, data, sizeof(data)) : 0;

	if (events & LOOP_WRITE)
		peer_flush(p);
	for (ssize_t i = 0; i < n && p->master >= 0; i++)
		peer_byte(p, data[i]);
}

static void peer_plug(struct peer *p)
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

static void peer_unplug(struct peer *p)
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
	int handings, handing_error;
	bool ready_at_sent;
};

static const uint8_t tpdu[] = { 0x01, 0x00, 0x0B, 0x91, 0x51, 0x01, 0x55, 0x15, 0x10, 0xF0, 0x00,
	0x00, 0x02, 0xE8, 0x34 };
#define TEXT_A "0791214365870921040B915101551510F10000626112802000000241A1"
#define TEXT_B "0791214365870921040B915101551510F10000626112802000000241A2"
#define REPORT "0006070B915101551510F1626112802000006261128020000000"

static void on_state(void *ctx, struct modem *modem, enum modem_state state)
{
	struct box *b = ctx;

	(void)modem;
	b->states[state]++;
}

static void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	struct box *b = ctx;

	b->pdus++;
	b->pdu = *pdu;
	if (b->take)
		modem_taken(modem, pdu->slot);
}

static void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct box *b = ctx;

	b->sents++;
	b->result = *result;
	b->ready_at_sent = modem_idle(modem);
	if (b->burst > 0 && modem_send(modem, tpdu, sizeof(tpdu)) == 0)
		b->burst--;
}

static void on_call(void *ctx, struct modem *modem, const char *number)
{
	struct box *b = ctx;

	(void)modem;
	b->calls++;
	text_copy(b->number, sizeof(b->number), number);
}

static void on_time(void *ctx, struct modem *modem, int64_t wall_ms)
{
	struct box *b = ctx;

	(void)modem;
	b->network_ms = wall_ms;
}

static void on_ussd(void *ctx, struct modem *modem, int error, const char *text)
{
	struct box *b = ctx;

	(void)modem;
	b->ussds++;
	b->ussd_error = error;
	text_copy(b->ussd, sizeof(b->ussd), text);
}

static void on_idle(void *ctx, struct modem *modem)
{
	struct box *b = ctx;

	assert_true(modem_idle(modem));
	b->idles++;
	if (b->burst > 0 && modem_send(modem, tpdu, sizeof(tpdu)) == 0)
		b->burst--;
}

/* Asked once a PDU, and after the prompt. */
static int on_handing(void *ctx, struct modem *modem)
{
	struct box *b = ctx;

	(void)modem;
	b->handings++;
	return b->handing_error;
}

static const struct modem_events events = {
	.state = on_state,
	.pdu = on_pdu,
	.handing = on_handing,
	.sent = on_sent,
	.idle = on_idle,
	.call = on_call,
	.network_time = on_time,
	.ussd = on_ussd,
};

static int setup(void **state)
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

static int teardown(void **state)
{
	struct box *b = *state;

	modem_free(b->modem);
	peer_unplug(&b->peer);
	loop_free(b->loop);
	rmdir(b->dir);
	free(b);
	return 0;
}

static void start(struct box *b, const char *pin)
{
	const struct modem_config config = {
		.name = "m1", .port = b->peer.link, .pin = pin, .profile = "auto", .baud = 115200
	};

	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
}

static void rows(struct box *b, const struct row *list, size_t n)
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

static void run_for(struct box *b, int ms)
{
	int64_t end = time_mono_ms() + ms;

	while (time_mono_ms() < end)
		loop_run_once(b->loop, (int)(end - time_mono_ms()));
}

static int count(const struct box *b, const char *command)
{
	int n = 0;

	for (const char *p = b->peer.log; (p = strstr(p, command)) != NULL; p++)
		n++;
	return n;
}

static bool quiet(const struct box *b)
{
	return modem_idle(b->modem) && !jobs_due(b->modem);
}

static void start_ready(struct box *b)
{
	peer_plug(&b->peer);
	start(b, "");
	UNTIL(b, quiet(b));
}

static void send_one(struct box *b)
{
	b->sents = 0;
	assert_int_equal(modem_send(b->modem, tpdu, sizeof(tpdu)), 0);
}

/* ---- start ---- */

static void it_starts_and_knows_its_modem(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	modem_get_info(b->modem, &info);
	assert_int_equal(info.state, MODEM_READY);
	assert_string_equal(info.manufacturer, "Acme");
	assert_string_equal(info.imei_tail, "1234");
	assert_string_equal(info.operator_name, "Net, One");
	assert_string_equal(info.own_number, "+15105550170");
	assert_int_equal(info.signal_dbm, -79);
	assert_string_equal(info.profile, "generic");
	assert_string_equal(info.why, "");
	/* 12:00 at eight hours west of Greenwich */
	assert_true(b->network_ms == INT64_C(1795291200000));
	assert_true(b->states[MODEM_STARTING] == 1 && b->states[MODEM_READY] >= 1);
	/* once early, so that no report is lost, and once where it is asked for and read back */
	assert_int_equal(count(b, "AT+CNMI=2,1,0,1,0"), 2);
	assert_true(strstr(b->peer.log, "AT+CNMI=") < strstr(b->peer.log, "AT+CPIN?"));
}

/* Also one that nobody has set, and one that is no time at all. */
static void a_clock_that_cannot_be_right_is_not_believed(void **state)
{
	static const char *const clocks[] = {
		"04/01/01,00:00:12+00",
		"80/01/06,00:00:12+00",
		"69/12/31,17:00:12-28",
		"26/13/21,12:00:00-32",
		"26/00/21,12:00:00-32",
		"26/11/32,12:00:00-32",
		"26/11/21,24:00:00-32",
		"26/11/21,12:60:00-32",
		"26/11/21,12:00:00-99",
		"26/11/-1,12:00:00-32",
		"26/11",
	};
	struct box *b = *state;

	ROWS(b, { "AT+CCLK?", "\r\nERROR\r\n", 0 });
	start_ready(b);
	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++) {
		char line[64];

		snprintf(line, sizeof(line), "+CCLK: \"%s\"", clocks[i]);
		jobs_fact(b->modem, line, NULL);
		assert_true(b->network_ms == 0);
	}
	jobs_fact(b->modem, "+CCLK: \"26/12/31,23:59:59+56\"", NULL);
	assert_true(b->network_ms == INT64_C(1798711199000));
}

static void a_port_that_comes_later_is_opened_when_it_comes(void **state)
{
	struct box *b = *state;

	start(b, "");
	run_for(b, 50);
	assert_int_equal(modem_state(b->modem), MODEM_ABSENT);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
}

/* A port that is there and does not open is tried again ever more rarely. */
static void a_port_that_does_not_open_is_tried_ever_more_rarely(void **state)
{
	static const int at_least_ms[] = { 200, 500, 1000 };
	struct box *b = *state;
	int64_t last_ms;

	assert_int_equal(symlink("/dev/null", b->peer.link), 0);
	last_ms = time_mono_ms();
	start(b, "");
	for (int i = 0; i < 3; i++) {
		UNTIL(b, b->modem->opens_failed == i + 1);
		assert_true(b->modem->open_ms - last_ms >= at_least_ms[i]);
		last_ms = b->modem->open_ms;
	}
	unlink(b->peer.link);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	assert_int_equal(b->modem->opens_failed, 0);
}

static void refused_notice_settings_are_followed_by_the_next(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMI=2,1,0,1", "\r\n+CMS ERROR: 303\r\n", 0 },
		{ "AT+CNMI?", "\r\n+CNMI: 2,1,0,2,0\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_true(b->modem->cnmi_ok);
	assert_int_equal(count(b, "AT+CNMI=2,1,0,2,0"), 1);
}

static void what_the_modem_advertises_but_does_not_keep_is_not_believed(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMI?", "\r\n+CNMI: 2,0,0,0,0\r\n\r\nOK\r\n", 2 },
		{ "AT+CNMI?", "\r\n+CNMI: 1,1,0,1,0\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_true(b->modem->cnmi_ok);
	assert_int_equal(count(b, "AT+CNMI=1,1,0,1,0"), 1);
}

static void a_modem_that_takes_no_notice_settings_still_works(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMI=", "\r\nERROR\r\n", 0 },
		{ "AT+CNMI?", "\r\n+CNMI: 0,0,0,0,0\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_false(b->modem->cnmi_ok);
}

static void the_store_is_the_one_that_reads_back(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPMS=\"SM\",", "\r\n+CMS ERROR: 302\r\n", 0 },
		{ "AT+CPMS?", "\r\n+CPMS: \"ME\",0,50,\"ME\",0,50,\"ME\",0,50\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_int_equal(b->modem->receives, MEMORY_ME);
	assert_int_equal(b->modem->store_size, 50);
}

static void a_modem_that_knows_little_is_good_enough(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CFUN", "\r\nERROR\r\n", 0 }, { "AT+CSMS", "\r\nERROR\r\n", 0 },
		{ "AT+CGREG", "\r\nERROR\r\n", 0 }, { "AT+CEREG", "\r\nERROR\r\n", 0 },
		{ "AT+CLIP", "\r\nERROR\r\n", 0 }, { "AT+CTZU", "\r\nERROR\r\n", 0 },
		{ "AT+COPS", "\r\nERROR\r\n", 0 }, { "AT+CCLK", "\r\nERROR\r\n", 0 },
		{ "AT+CG", "\r\nERROR\r\n", 0 }, { "AT+CMMS", "\r\n+CMS ERROR: 500\r\n", 0 });
	start_ready(b);
	assert_false(b->modem->csms1);
}

static void deaf_at_first_is_waited_for(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT", "", 2 });
	start_ready(b);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

/* ---- SIM ---- */

static void the_right_pin_is_entered_once(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 1 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, quiet(b));
	assert_int_equal(count(b, ";AT+CPIN=\"1234\""), 1);
}

static void a_wrong_pin_is_never_entered_again(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 0 },
		{ "AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	/* not after a reset, not under another port, not when the SIM makes itself heard */
	modem_reset(b->modem);
	UNTIL(b, b->states[MODEM_PIN] == 2);
	peer_unplug(&b->peer);
	UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
	peer_plug(&b->peer);
	UNTIL(b, b->states[MODEM_PIN] == 3);
	peer_say(&b->peer, "\r\n+CPIN: SIM PIN\r\n");
	run_for(b, 50);
	assert_int_equal(count(b, "AT+CPIN="), 1);
}

static void the_last_try_of_a_pin_is_a_persons(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 0 },
		{ "AT+CPINR", "\r\n+CPINR: SIM PIN,1,3\r\n\r\nOK\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_int_equal(count(b, "AT+CPIN="), 0);
}

static void a_puk_is_never_entered(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_int_equal(count(b, "AT+CPIN="), 0);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "PUK"));
}

static void a_sim_that_comes_is_taken_into_use(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	memset(b->peer.rows, 0, sizeof(b->peer.rows));
	peer_say(&b->peer, "\r\n+CPIN: READY\r\n");
	UNTIL(b, quiet(b));
}

/* ---- network ---- */

static void registration_comes_and_goes_by_its_lines(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CREG?", "\r\n+CREG: 2,2\r\n\r\nOK\r\n", 0 },
		{ "AT+CGREG", "\r\nERROR\r\n", 0 }, { "AT+CEREG", "\r\nERROR\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
	peer_say(&b->peer, "\r\n+CREG: 5,\"00C3\",\"0A12\"\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_READY);
	peer_say(&b->peer, "\r\n+CREG: 0\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
	peer_say(&b->peer, "\r\n+CEREG: 1\r\n");
	UNTIL(b, modem_state(b->modem) == MODEM_READY);
}

static void parked_is_not_ready_until_it_is_allowed_again(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	modem_park(b->modem, true, "barred");
	assert_int_equal(modem_send(b->modem, tpdu, sizeof(tpdu)), -EAGAIN);
	UNTIL(b, b->states[MODEM_PARKED] == 1);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "barred");
	modem_park(b->modem, false, NULL);
	UNTIL(b, modem_idle(b->modem));
}

static void a_machine_whose_time_was_missed_is_not_alive(void **state)
{
	struct box *b = *state;

	start(b, "");
	run_for(b, 50);
	assert_int_equal(modem_state(b->modem), MODEM_ABSENT);
	assert_true(modem_alive(b->modem, time_mono_ms())); /* it waits for its port */
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	assert_true(modem_alive(b->modem, b->modem->armed_ms + 29 * MS_PER_S));
	assert_false(modem_alive(b->modem, b->modem->armed_ms + 30 * MS_PER_S));
	b->modem->armed_ms = TIME_NEVER; /* nothing would ever happen again */
	assert_false(modem_alive(b->modem, time_mono_ms()));
}

/* ---- in ---- */

static void texts_are_read_handed_up_taken_and_deleted(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 1 && !b->peer.slots[3]);
	assert_int_equal(b->pdu.kind, MODEM_PDU_DELIVER);
	assert_int_equal(b->pdu.size, strlen(TEXT_A) / 2);
	UNTIL(b, quiet(b));
	assert_int_equal(b->pdus, 1);
}

static void the_sweep_at_start_finds_what_an_earlier_life_left(void **state)
{
	struct box *b = *state;

	b->peer.slots[0] = TEXT_A;
	b->peer.slots[9] = TEXT_B;
	start_ready(b);
	UNTIL(b, b->pdus == 2 && !b->peer.slots[0] && !b->peer.slots[9]);
}

static void nothing_is_deleted_before_it_is_taken(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 1);
	run_for(b, 50);
	assert_non_null(b->peer.slots[3]);
	/* listed again, it is not handed up again */
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	run_for(b, 50);
	assert_int_equal(b->pdus, 1);
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, !b->peer.slots[3]);
}

static void a_text_that_cannot_be_deleted_is_handed_up_once(void **state)
{
	struct box *b = *state;

	b->peer.slots[3] = TEXT_A;
	b->peer.undeletable = 3;
	start_ready(b);
	UNTIL(b, quiet(b) && count(b, "AT+CMGD=3") >= 3);
	assert_int_equal(b->pdus, 1);
	assert_int_equal(count(b, "AT+CMGD=3"), 3);
	/* another text in its place is a new one */
	b->peer.undeletable = -1;
	b->peer.slots[3] = TEXT_B;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 2 && !b->peer.slots[3]);
}

static void a_full_store_is_drained_beyond_the_slots_there_are(void **state)
{
	struct box *b = *state;
	int left = PEER_SLOTS;

	for (int i = 0; i < PEER_SLOTS; i++)
		b->peer.slots[i] = i % 2 ? TEXT_A : TEXT_B;
	start_ready(b);
	while (left > 0) {
		left = 0;
		for (int i = 0; i < PEER_SLOTS; i++)
			left += b->peer.slots[i] != NULL;
		run_for(b, 5);
	}
	assert_int_equal(b->pdus, PEER_SLOTS);
}

/* Some refuse +CMGL for some of their memories, some stop in the middle of it. */
static void a_store_that_is_not_listed_is_read_place_by_place(void **state)
{
	struct box *b = *state;

	b->take = true;
	b->peer.slots[0] = TEXT_A;
	b->peer.slots[5] = TEXT_B;
	b->peer.slots[70] = REPORT;
	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 303\r\n", 0 });
	start_ready(b);
	UNTIL(b, peer_used(&b->peer) == 0 && quiet(b));
	assert_int_equal(b->pdus, 3);
	assert_int_equal(count(b, "AT+CMGD="), 3);
	/* what comes now is found where it lies, and nothing is read beyond it */
	b->peer.log[0] = '\0';
	b->peer.slots[2] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	UNTIL(b, b->pdus == 4 && peer_used(&b->peer) == 0 && quiet(b));
	assert_int_equal(count(b, "AT+CMGR="), 3);
	assert_int_equal(count(b, "AT+CMGL"), 0);
}

/* While the places are read, texts leave. */
static void texts_leave_between_the_places_of_a_store(void **state)
{
	struct box *b = *state;

	b->take = true;
	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 303\r\n", 0 });
	start_ready(b);
	b->peer.slots[60] = TEXT_A;
	b->burst = 5;
	send_one(b);
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",60\r\n");
	UNTIL(b, b->sents == 6);
	assert_int_equal(b->pdus, 0);
	UNTIL(b, b->pdus == 1 && peer_used(&b->peer) == 0 && quiet(b));
}

static void a_taken_from_before_a_restart_deletes_nothing(void **state)
{
	struct box *b = *state;
	int slot;

	b->take = false;
	b->peer.slots[3] = TEXT_A;
	start_ready(b);
	assert_int_equal(b->pdus, 1);
	slot = b->pdu.slot;
	b->peer.slots[3] = TEXT_B;
	modem_reset(b->modem);
	UNTIL(b, b->pdus == 2);
	modem_taken(b->modem, slot);
	run_for(b, 50);
	assert_non_null(b->peer.slots[3]);
}

static void reports_come_up_and_are_acknowledged_when_they_are_taken(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1);
	assert_int_equal(b->pdu.kind, MODEM_PDU_REPORT);
	run_for(b, 20);
	/* a life before may have left one: it is refused, so that it comes again */
	assert_int_equal(count(b, "AT+CNMA=2"), 1);
	assert_int_equal(count(b, "AT+CNMA"), 1);
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, count(b, "AT+CNMA") == 2);
	/* one family's extra comma */
	peer_say(&b->peer, "\r\n+CDS: ,25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 2);
}

static void a_report_in_a_store_is_read_there(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->peer.slots[1] = REPORT;
	peer_say(&b->peer, "\r\n+CDSI: \"SR\",1\r\n");
	UNTIL(b, b->pdus == 1 && !b->peer.slots[1]);
	assert_int_equal(b->pdu.kind, MODEM_PDU_REPORT);
	assert_int_equal(count(b, "AT+CPMS=\"SR\""), 1);
}

static void a_torn_pdu_is_read_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 3,0,,21\r\n07912143\r\n\r\nOK\r\n", 1 });
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 1 && !b->peer.slots[3]);
	assert_int_equal(b->pdu.size, strlen(TEXT_A) / 2);
}

/* ---- out ---- */

static void a_pdu_goes_out_in_one_command_and_one_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	send_one(b);
	assert_int_equal(modem_send(b->modem, tpdu, sizeof(tpdu)), -EAGAIN);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 7);
	assert_true(b->ready_at_sent);
	assert_string_equal(b->peer.last_pdu, "0001000B915101551510F0000002E834");
	assert_int_equal(count(b, "AT+CMGS=15;PDU"), 1);
	assert_int_equal(modem_send(b->modem, tpdu, 165), -EMSGSIZE);
}

/* A report came and was made durable; the next PDU is there before the modem had time to say so. */
static void take_and_send(struct box *b)
{
	b->take = false;
	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	modem_taken(b->modem, b->pdu.slot);
	send_one(b);
	UNTIL(b, b->sents == 1);
}

static void an_acknowledgement_goes_before_the_next_pdu(void **state)
{
	struct box *b = *state;

	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ";AT+CNMA;AT+CMGS=15;PDU"), 1);
}

/* ---- the prompt before the PDU ---- */

#define ASKED "AT+CMGS=15"

static void announce(struct box *b, size_t size)
{
	assert_int_equal(modem_announce(b->modem, size), 0);
}

static void a_prompt_is_asked_for_before_the_pdu_is_there(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	assert_true(modem_idle(b->modem));
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
	UNTIL(b, b->peer.in_pdu && b->modem->ahead == AHEAD_PROMPT);
	assert_true(modem_idle(b->modem));
	assert_int_equal(b->handings, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_string_equal(b->peer.last_pdu, "0001000B915101551510F0000002E834");
	assert_int_equal(count(b, ASKED ";PDU"), 1);
	assert_int_equal(count(b, ASKED), 1);
}

static void a_pdu_may_come_before_its_prompt(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	send_one(b);
	assert_false(modem_idle(b->modem));
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED ";PDU"), 1);
	assert_int_equal(count(b, ASKED), 1);
}

/* Before the prompt is there, and after. */
static void a_pdu_of_another_size_gets_a_prompt_of_its_own(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int there = 0; there < 2; there++) {
		announce(b, 20);
		if (there)
			UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
		send_one(b);
		UNTIL(b, b->sents == 1);
		assert_int_equal(b->result.outcome, MODEM_SENT_OK);
		assert_int_equal(b->result.reference, 7 + there);
	}
	assert_int_equal(count(b, "AT+CMGS=20;AT;AT+CMEE?;" ASKED ";PDU"), 2);
	assert_int_equal(b->peer.accepted, 2);
}

static void a_prompt_is_left_when_nothing_follows(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int there = 0; there < 2; there++) {
		announce(b, sizeof(tpdu));
		if (there)
			UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
		modem_withdraw(b->modem);
		assert_false(modem_idle(b->modem));
		UNTIL(b, modem_idle(b->modem));
		assert_false(b->peer.in_pdu);
	}
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?"), 2);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->peer.accepted, 1);
}

static void a_prompt_that_nobody_serves_is_left_in_time(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	UNTIL(b, quiet(b) && b->modem->ahead == AHEAD_NOT);
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?"), 1);
}

static void a_pdu_that_comes_late_gets_another_prompt(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	/* a commit that took long, on a slow disk: the loop stood still */
	b->modem->asked_ms -= 3000;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED ";AT;AT+CMEE?;" ASKED ";PDU"), 1);
}

static void a_refused_prompt_before_the_pdu_is_asked_for_again(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "\r\n+CMS ERROR: 512\r\n", 1 });
	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_NOT);
	assert_true(modem_idle(b->modem));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ASKED), 2);
}

static void a_prompt_that_is_refused_to_the_pdu_is_its_answer(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "\r\n+CMS ERROR: 38\r\n", 1 });
	start_ready(b);
	announce(b, sizeof(tpdu));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_REFUSED);
	assert_int_equal(b->result.error, 38);
	assert_int_equal(b->handings, 0);
}

static void silent_to_an_announcement_it_was_never_sent(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGS", "", 1 });
	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	announce(b, sizeof(tpdu));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->handings, 0);
	UNTIL(b, modem_idle(b->modem));
}

static void unplugged_before_an_announced_pdu_nothing_is_told(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	peer_unplug(&b->peer);
	UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
	assert_int_equal(b->sents, 0);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void a_modem_that_is_parked_at_its_prompt_leaves_it(void **state)
{
	struct box *b = *state;

	start_ready(b);
	announce(b, sizeof(tpdu));
	UNTIL(b, b->modem->ahead == AHEAD_PROMPT);
	modem_park(b->modem, true, "for a test");
	UNTIL(b, modem_state(b->modem) == MODEM_PARKED && b->modem->ahead == AHEAD_NOT);
	assert_false(b->peer.in_pdu);
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
}

/* What is durable is acknowledged first; what is not keeps the prompt from being asked for. */
static void an_acknowledgement_goes_before_the_prompt(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	assert_int_equal(modem_announce(b->modem, sizeof(tpdu)), -EAGAIN);
	modem_taken(b->modem, b->pdu.slot);
	b->idles = 0;
	announce(b, sizeof(tpdu));
	assert_false(modem_idle(b->modem));
	UNTIL(b, b->idles == 1);
	assert_int_equal(b->modem->ahead, AHEAD_ASKED);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(count(b, ";AT+CNMA;" ASKED ";PDU"), 1);
}

static void a_refused_acknowledgement_keeps_no_pdu_back(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMA=2", "\r\nOK\r\n", 0 }, { "AT+CNMA", "\r\n+CMS ERROR: 500\r\n", 1 });
	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(count(b, ";AT+CNMA;AT+CMGS=15;PDU"), 1);
	/* a missed one turns the notices off: they are set again */
	UNTIL(b, count(b, "PDU;AT+CNMI=") + count(b, "PDU;AT+CPMS=") > 0);
}

static void silent_to_an_acknowledgement_it_was_never_sent(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CNMA=2", "\r\nOK\r\n", 0 }, { "AT+CNMA", "", 1 });
	take_and_send(b);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	/* whether it was heard nobody knows: the notices may be off */
	UNTIL(b, count(b, "AT+CNMI=?") == 2);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

/* A commit that a full disk held up: meanwhile the network gave up, and the notices are off. */
static void told_too_late_that_a_report_is_kept_it_has_its_notices_set_anew(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	ROWS(b, { "AT+CNMA", "\r\n+CMS ERROR: 340\r\n", 2 });
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1);
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, count(b, "AT+CNMA") == 2);
	run_for(b, 50);
	/* in time, and refused: none was awaited, nothing is lost */
	assert_int_equal(count(b, "AT+CNMI=?"), 1);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 2);
	run_for(b, 5100);
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, count(b, "AT+CNMI=?") == 2);
}

static void a_torn_report_has_the_notices_set_anew(void **state)
{
	struct box *b = *state;

	start_ready(b);
	peer_say(&b->peer, "\r\n+CDS: 25\r\n0006\r\n");
	UNTIL(b, count(b, "AT+CNMI=?") == 2);
	assert_int_equal(b->pdus, 0);
}

static void an_error_is_told_with_its_class(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "\r\n+CMS ERROR: 38\r\n", 0 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_REFUSED);
	assert_int_equal(b->result.error, 38);
	assert_int_equal(b->result.retry, AT_RETRY_OUTAGE);
	assert_int_equal(b->result.reference, -1);
}

static void silence_after_the_pdu_is_unknown_and_the_modem_goes_on(void **state)
{
	struct box *b = *state;
	int64_t began = time_mono_ms();

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	assert_int_equal(b->result.retry, AT_RETRY_UNKNOWN);
	assert_true(time_mono_ms() - began < 2500);
	assert_true(b->ready_at_sent);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

/* Its report has come: the answer is late or lost, and no sign of a slow network. */
static void a_text_that_has_arrived_is_not_waited_for(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 60000);
	modem_text_arrived(b->modem);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, b->modem->handed_over);
	assert_true(at_deadline(&b->modem->at) > time_mono_ms() + 30000);
	modem_text_arrived(b->modem);
	assert_true(at_deadline(&b->modem->at) <= time_mono_ms() + 2000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 60000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

/* A network that has become slow is not taken for silent for ever. */
static void the_limit_of_an_answer_doubles_until_one_comes(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 2 });
	for (int tries = 0; tries < 2; tries++) {
		send_one(b);
		assert_int_equal(b->modem->at.limit_ms, 1000 << tries);
		UNTIL(b, b->sents == 1);
		assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	}
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 4000);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	send_one(b);
	assert_int_equal(b->modem->at.limit_ms, 1000);
	UNTIL(b, b->sents == 1);
}

/* ---- the service centre ---- */

static void start_with_centre(struct box *b, const char *number)
{
	const struct modem_config config = {
		.name = "m1", .port = b->peer.link, .service_centre = number
	};

	peer_plug(&b->peer);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
	UNTIL(b, quiet(b));
}

static void a_sim_without_a_service_centre_gets_the_configured_one(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CSCA?", "\r\n+CSCA: \"\",129\r\n\r\nOK\r\n", 0 });
	start_with_centre(b, "+15105550199");
	assert_int_equal(count(b, "AT+CSCA=\"+15105550199\",145"), 1);
}

/* What the SIM says stands; what is configured is for one that says nothing. */
static void a_forgotten_service_centre_is_set_before_the_next_text(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_with_centre(b, "+15105550199");
	assert_int_equal(count(b, "AT+CSCA="), 0);
	ROWS(b, { "PDU", "\r\n+CMS ERROR: 330\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1 && quiet(b));
	assert_int_equal(b->result.retry, AT_RETRY_NO_CENTRE);
	assert_int_equal(count(b, "AT+CSCA=\"+12125550100\",145"), 1);
	assert_int_equal(count(b, "AT+CSCA="), 1);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "service_centre"));
	assert_true(info.alarm);
	send_one(b);
	UNTIL(b, b->sents == 1);
	modem_get_info(b->modem, &info);
	assert_string_equal(info.why, "");
}

static void an_answer_that_comes_while_the_line_is_resynchronised_counts(void **state)
{
	struct box *b = *state;

	start_ready(b);
	modem_set_answer_limit(b->modem, 1000);
	ROWS(b, { "PDU", "", 1 }, { "AT", "\r\n+CMGS: 41\r\n\r\nOK\r\n\r\nOK\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 41);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.reference, 7);
}

static void a_late_answer_is_not_that_of_the_next_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "\r\n+CMGS: 99\r\n\r\nOK\r\n", 1 }, { "AT+CMGS=", ">", 0 });
	send_one(b);
	run_for(b, 50);
	assert_int_equal(b->sents, 0);
	peer_say(&b->peer, "\r\n> ");
	b->peer.in_pdu = true;
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.reference, 7);
}

static void an_ok_without_a_reference_is_unknown(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "\r\nOK\r\n", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
}

static void without_a_prompt_it_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void a_hand_over_is_told_before_each_pdu(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 0);
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->handings, 1);
}

static void what_may_not_be_handed_over_is_not(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->handing_error = -EIO;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
	assert_int_equal(b->peer.accepted, 0);
	b->handing_error = 0;
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->peer.accepted, 1);
}

static void garbage_in_between_harms_nothing(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU",
			"\xff\xfe\r\n^RSSI: 9\r\n+CDS: 25\r\n" REPORT
			"\r\nfoo bar\r\n+CMGS: 5\r\n+CMTI: \"SM\",2\r\nOK\r\n",
			1 });
	b->peer.slots[2] = TEXT_A;
	send_one(b);
	UNTIL(b, b->sents == 1 && b->pdus == 2 && !b->peer.slots[2]);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
	assert_int_equal(b->result.reference, 5);
}

static void texts_are_fetched_between_the_pdus_of_a_burst(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->burst = 200;
	send_one(b);
	for (int i = 0; i < 5; i++) {
		UNTIL(b, b->sents > 20 * (i + 1));
		b->peer.slots[i] = i % 2 ? TEXT_A : TEXT_B;
		peer_say(&b->peer, "\r\n+CMTI: \"SM\",1\r\n");
		UNTIL(b, !b->peer.slots[i]);
		assert_true(b->burst > 0);
	}
	assert_int_equal(b->pdus, 5);
	UNTIL(b, b->burst == 0 && quiet(b));
}

/* ---- losing it ---- */

static void unplugged_in_mid_send_is_unknown_and_it_returns_under_another_name(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "PDU", "", 1 });
	send_one(b);
	UNTIL(b, count(b, ";PDU") == 1);
	peer_unplug(&b->peer);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_UNKNOWN);
	assert_int_equal(modem_state(b->modem), MODEM_ABSENT);
	run_for(b, 300);
	peer_plug(&b->peer);
	UNTIL(b, quiet(b));
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

static void unplugged_before_the_pdu_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGS=", "", 1 });
	send_one(b);
	UNTIL(b, count(b, "AT+CMGS") == 1);
	peer_unplug(&b->peer);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_NEVER);
}

static void a_restart_of_its_own_is_noticed_and_it_starts_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	peer_say(&b->peer, "\r\nRDY\r\n");
	UNTIL(b, b->states[MODEM_STARTING] == 2);
	UNTIL(b, quiet(b));
	assert_int_equal(count(b, "ATE0"), 2);
	assert_int_equal(b->modem->resets, 1);
}

static void a_silent_restart_is_found_by_what_it_forgot(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;+CREG?", "\r\n+CSQ: 20,99\r\n+CREG: 0,1\r\nOK\r\n", 1 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->states[MODEM_STARTING] == 2);
	UNTIL(b, quiet(b));
}

static void a_missed_heartbeat_is_recovered_by_the_ladder(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;", "", 1 }, { "AT", "", 3 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->states[MODEM_RECOVERING] == 1);
	UNTIL(b, quiet(b));
	assert_int_equal(b->modem->rung, 0);
}

static void a_joined_heartbeat_that_is_refused_is_sent_singly(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;", "\r\nERROR\r\n", 0 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->modem->heartbeat_single && quiet(b));
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
	assert_int_equal(b->modem->signal_dbm, -79);
}

static void a_lost_notice_is_made_up_for_by_the_heartbeat(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->peer.slots[0] = TEXT_A;
	ROWS(b, { "AT+CSQ;",
			"\r\n+CSQ: 20,99\r\n+CREG: 2,1\r\n"
			"+CPMS: \"SM\",1,20,\"SM\",1,20,\"SM\",1,20\r\nOK\r\n",
			1 });
	b->modem->heartbeat_ms = 0;
	modem_settle(b->modem);
	UNTIL(b, b->pdus == 1 && !b->peer.slots[0]);
}

/* ---- calls, USSD ---- */

static void a_call_is_told_once_and_hung_up(void **state)
{
	struct box *b = *state;

	start_ready(b);
	peer_say(&b->peer, "\r\nRING\r\n\r\n+CLIP: \"+15105550100\",145\r\n");
	UNTIL(b, count(b, "AT+CHUP") == 1 && quiet(b));
	peer_say(&b->peer, "\r\nRING\r\n\r\n+CLIP: \"+15105550100\",145\r\n");
	run_for(b, 50);
	assert_int_equal(b->calls, 1);
	assert_string_equal(b->number, "+15105550100");
}

static void a_ussd_answer_comes_up_as_text(void **state)
{
	struct box *b = *state;

	start_ready(b);
	assert_int_equal(modem_ussd(b->modem, "x"), -EINVAL);
	assert_int_equal(modem_ussd(b->modem, "*101#"), 0);
	assert_int_equal(modem_ussd(b->modem, "*101#"), -EAGAIN);
	UNTIL(b, count(b, "AT+CUSD=1,\"*101#\",15") == 1);
	peer_say(&b->peer, "\r\n+CUSD: 0,\"00480069\",72\r\n");
	UNTIL(b, b->ussds == 1);
	assert_int_equal(b->ussd_error, 0);
	assert_string_equal(b->ussd, "Hi");
}

/* TS 27.007 7.15 puts no bound on the lines of the text; operators' menus have several. */
static void a_ussd_answer_of_several_lines_is_one_text(void **state)
{
	struct box *b = *state;

	start_ready(b);
	assert_int_equal(modem_ussd(b->modem, "*101#"), 0);
	UNTIL(b, count(b, "AT+CUSD=1,\"*101#\",15") == 1);
	peer_say(&b->peer, "\r\n+CUSD: 1,\"Balance 3.20\r\n*1# More\r\n0123\r\nBye\",15\r\n");
	UNTIL(b, b->ussds == 1);
	assert_string_equal(b->ussd, "Balance 3.20\n*1# More\n0123\nBye");
	/* a quote that is never closed holds nothing up: the next line of its own ends it */
	assert_int_equal(modem_ussd(b->modem, "*102#"), 0);
	UNTIL(b, count(b, "AT+CUSD=1,\"*102#\",15") == 1);
	peer_say(&b->peer, "\r\n+CUSD: 0,\"torn\r\n+CSQ: 11,99\r\n");
	UNTIL(b, b->ussds == 2);
	assert_non_null(strstr(b->ussd, "torn"));
}

/* ---- configuration ---- */

static void wrong_configurations_are_refused(void **state)
{
	struct box *b = *state;
	const struct modem_config configs[] = {
		{ .name = "m", .port = "/dev/x", .profile = "nosuch" },
		{ .name = "", .port = "/dev/x", .profile = "auto" },
		{ .name = "m", .port = "", .profile = "auto" },
		{ .name = "m", .port = "/dev/x", .pin = "12\"34" },
		{ .name = "m", .port = "/dev/x", .service_centre = "+1\",\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(configs); i++)
		assert_int_equal(
			modem_new(b->loop, NULL, &configs[i], &events, b, &b->modem), -EINVAL);
	assert_null(b->modem);
}

static const char *family_of(const char *identity, uint16_t vendor, uint16_t product)
{
	return modem_profile_name(
		modem_profile_match(identity, modem_usb_find(vendor, product), NULL));
}

static void a_family_is_found_by_what_its_modem_says_else_by_its_usb_id(void **state)
{
	const char *piece;

	(void)state;
	assert_string_equal(family_of("nobody at all", 0, 0), "generic");
	assert_string_equal(family_of("nobody at all", 0x2c7c, 0x0125), "quectel");
	assert_string_equal(family_of("nobody at all", 0xffff, 1), "generic");
	/* what it says weighs more: an adapter's id is that of its maker */
	assert_string_equal(family_of("SIMCOM_Ltd SIMCOM_SIM800L 1418", 0x1e0e, 1), "sim800");
	modem_profile_match("a Quectel thing", NULL, &piece);
	assert_string_equal(piece, "QUECTEL");
	assert_ptr_equal(modem_profile_find("auto"), modem_profile_find("generic"));
	assert_null(modem_profile_find("nosuch"));
}

static void every_family_has_its_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < MODEM_FAMILIES; i++) {
		assert_non_null(modem_families[i].title);
		assert_non_null(modem_families[i].why);
		assert_non_null(modem_families[i].store[0]);
		assert_ptr_equal(modem_profile_find(modem_profile_name(&modem_families[i])),
			&modem_families[i]);
	}
	assert_non_null(strstr(modem_usb_find(0x12d1, 0x14dc)->mode, "HiLink"));
	assert_non_null(strstr(modem_usb_find(0x12d1, 0x1f01)->mode, "storage"));
	assert_null(modem_usb_find(0x12d1, 0x1506)->mode);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_starts_and_knows_its_modem),
		TEST(a_clock_that_cannot_be_right_is_not_believed),
		TEST(a_port_that_comes_later_is_opened_when_it_comes),
		TEST(a_port_that_does_not_open_is_tried_ever_more_rarely),
		TEST(refused_notice_settings_are_followed_by_the_next),
		TEST(what_the_modem_advertises_but_does_not_keep_is_not_believed),
		TEST(a_modem_that_takes_no_notice_settings_still_works),
		TEST(the_store_is_the_one_that_reads_back),
		TEST(a_modem_that_knows_little_is_good_enough),
		TEST(deaf_at_first_is_waited_for),
		TEST(the_right_pin_is_entered_once),
		TEST(a_wrong_pin_is_never_entered_again),
		TEST(the_last_try_of_a_pin_is_a_persons),
		TEST(a_puk_is_never_entered),
		TEST(a_sim_that_comes_is_taken_into_use),
		TEST(registration_comes_and_goes_by_its_lines),
		TEST(parked_is_not_ready_until_it_is_allowed_again),
		TEST(a_machine_whose_time_was_missed_is_not_alive),
		TEST(texts_are_read_handed_up_taken_and_deleted),
		TEST(the_sweep_at_start_finds_what_an_earlier_life_left),
		TEST(nothing_is_deleted_before_it_is_taken),
		TEST(a_text_that_cannot_be_deleted_is_handed_up_once),
		TEST(a_full_store_is_drained_beyond_the_slots_there_are),
		TEST(a_store_that_is_not_listed_is_read_place_by_place),
		TEST(texts_leave_between_the_places_of_a_store),
		TEST(a_taken_from_before_a_restart_deletes_nothing),
		TEST(reports_come_up_and_are_acknowledged_when_they_are_taken),
		TEST(a_report_in_a_store_is_read_there),
		TEST(a_torn_pdu_is_read_again),
		TEST(a_pdu_goes_out_in_one_command_and_one_pdu),
		TEST(an_acknowledgement_goes_before_the_next_pdu),
		TEST(a_prompt_is_asked_for_before_the_pdu_is_there),
		TEST(a_pdu_may_come_before_its_prompt),
		TEST(a_pdu_of_another_size_gets_a_prompt_of_its_own),
		TEST(a_prompt_is_left_when_nothing_follows),
		TEST(a_prompt_that_nobody_serves_is_left_in_time),
		TEST(a_pdu_that_comes_late_gets_another_prompt),
		TEST(a_refused_prompt_before_the_pdu_is_asked_for_again),
		TEST(a_prompt_that_is_refused_to_the_pdu_is_its_answer),
		TEST(silent_to_an_announcement_it_was_never_sent),
		TEST(unplugged_before_an_announced_pdu_nothing_is_told),
		TEST(a_modem_that_is_parked_at_its_prompt_leaves_it),
		TEST(an_acknowledgement_goes_before_the_prompt),
		TEST(a_refused_acknowledgement_keeps_no_pdu_back),
		TEST(silent_to_an_acknowledgement_it_was_never_sent),
		TEST(told_too_late_that_a_report_is_kept_it_has_its_notices_set_anew),
		TEST(a_torn_report_has_the_notices_set_anew),
		TEST(an_error_is_told_with_its_class),
		TEST(silence_after_the_pdu_is_unknown_and_the_modem_goes_on),
		TEST(a_text_that_has_arrived_is_not_waited_for),
		TEST(the_limit_of_an_answer_doubles_until_one_comes),
		TEST(a_sim_without_a_service_centre_gets_the_configured_one),
		TEST(a_forgotten_service_centre_is_set_before_the_next_text),
		TEST(an_answer_that_comes_while_the_line_is_resynchronised_counts),
		TEST(a_late_answer_is_not_that_of_the_next_pdu),
		TEST(an_ok_without_a_reference_is_unknown),
		TEST(without_a_prompt_it_was_never_sent),
		TEST(a_hand_over_is_told_before_each_pdu),
		TEST(what_may_not_be_handed_over_is_not),
		TEST(garbage_in_between_harms_nothing),
		TEST(texts_are_fetched_between_the_pdus_of_a_burst),
		TEST(unplugged_in_mid_send_is_unknown_and_it_returns_under_another_name),
		TEST(unplugged_before_the_pdu_was_never_sent),
		TEST(a_restart_of_its_own_is_noticed_and_it_starts_again),
		TEST(a_silent_restart_is_found_by_what_it_forgot),
		TEST(a_missed_heartbeat_is_recovered_by_the_ladder),
		TEST(a_joined_heartbeat_that_is_refused_is_sent_singly),
		TEST(a_lost_notice_is_made_up_for_by_the_heartbeat),
		TEST(a_call_is_told_once_and_hung_up),
		TEST(a_ussd_answer_comes_up_as_text),
		TEST(a_ussd_answer_of_several_lines_is_one_text),
		TEST(wrong_configurations_are_refused),
		TEST(every_family_has_its_row),
		TEST(a_family_is_found_by_what_its_modem_says_else_by_its_usb_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
