/* SPDX-License-Identifier: Apache-2.0 */
/* The modem room against the simulated modem, in the real loop, with everything that goes wrong. */
#include "../sim/sim_rig.h"

#include "faro/modem.h"

/* ---- the box: what a courier would keep ---- */

struct box {
	struct rig rig;
	struct loop *loop;
	struct modem *modem;
	int states[MODEM_STATES];
	int sents, ok, pdus, reports;
	struct modem_result result;
	int burst; /* still to be sent */
	struct sms_submit submit;
};

static void send_next(struct box *b)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	int n = sms_submit_encode(&b->submit, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	if (b->burst > 0 && modem_send(b->modem, tpdu, (size_t)n) == 0)
		b->burst--;
}

static void on_state(void *ctx, struct modem *modem, enum modem_state state)
{
	struct box *b = ctx;

	(void)modem;
	b->states[state]++;
}

static void on_pdu(void *ctx, struct modem *modem, const struct modem_pdu *pdu)
{
	struct box *b = ctx;

	if (pdu->kind == MODEM_PDU_REPORT)
		b->reports++;
	else
		b->pdus++;
	modem_taken(modem, pdu->slot);
}

static void on_sent(void *ctx, struct modem *modem, const struct modem_result *result)
{
	struct box *b = ctx;

	(void)modem;
	b->sents++;
	b->ok += result->outcome == MODEM_SENT_OK;
	b->result = *result;
	send_next(b);
}

static void on_idle(void *ctx, struct modem *modem)
{
	(void)modem;
	send_next(ctx);
}

static const struct modem_events events = {
	.state = on_state,
	.pdu = on_pdu,
	.sent = on_sent,
	.idle = on_idle,
};

static int setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	log_set_level(getenv("FARO_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ALERT);
	rig_start(&b->rig, 1, 0);
	assert_int_equal(loop_new(&b->loop), 0);
	b->submit = rig_submit("+12125550101", "all clear");
	b->submit.want_report = false;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct box *b = *state;

	modem_free(b->modem);
	loop_free(b->loop);
	rig_stop(&b->rig);
	free(b);
	return 0;
}

static void start(struct box *b, const char *link, const char *pin)
{
	char port[128];
	const struct modem_config config = {
		.name = link, .port = port, .pin = pin, .profile = "auto", .baud = 115200
	};

	snprintf(port, sizeof(port), "%s/%s", b->rig.dir, link);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modem), 0);
}

#define UNTIL_MS(b, limit_ms, condition)                                                           \
	do {                                                                                       \
		int64_t end_ = time_mono_ms() + (limit_ms);                                        \
		struct modem_info info_;                                                           \
		while (!(condition)) {                                                             \
			modem_get_info((b)->modem, &info_);                                        \
			if (time_mono_ms() > end_)                                                 \
				fail_msg("never: %s; state %s: %s", #condition,                    \
					modem_state_name(info_.state), info_.why);                 \
			loop_run_once((b)->loop, 50);                                              \
		}                                                                                  \
	} while (0)
#define UNTIL(b, condition) UNTIL_MS(b, 20000, condition)

static void run_for(struct box *b, int ms)
{
	int64_t end = time_mono_ms() + ms;

	while (time_mono_ms() < end)
		loop_run_once(b->loop, (int)(end - time_mono_ms()));
}

static void start_ready(struct box *b)
{
	start(b, "sim1", "");
	UNTIL(b, modem_idle(b->modem));
}

static void send_one(struct box *b)
{
	b->sents = 0;
	b->burst = 1;
	UNTIL(b, (send_next(b), b->burst == 0));
}

static void expect_sent(struct box *b, enum modem_sent outcome)
{
	send_one(b);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, outcome);
}

/* Used places of a store. */
static int64_t store_used(struct box *b, const char *memory)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"modems\"}");
	json_t *modem = json_array_get(json_object_get(answer, "modems"), 0);
	json_t *store = json_object_get(json_object_get(modem, "stores"), memory);
	int64_t used = rig_int(store, "used");

	json_decref(answer);
	return used;
}

/* How many segments the network has accepted. */
static size_t accepted(struct box *b)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"accepted\"}");
	size_t n = json_array_size(json_object_get(answer, "segments"));

	json_decref(answer);
	return n;
}

/* ---- start ---- */

static void it_starts_and_is_ready(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	modem_get_info(b->modem, &info);
	assert_int_equal(info.state, MODEM_READY);
	assert_string_equal(info.profile, "generic");
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
}

static void it_waits_for_a_modem_that_boots(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	start_ready(b);
}

static void the_right_pin_opens_the_sim(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true}");
	start(b, "sim1", "2468");
	UNTIL(b, modem_idle(b->modem));
	/* and again when the modem has restarted */
	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	UNTIL(b, b->states[MODEM_STARTING] >= 2);
	UNTIL(b, modem_idle(b->modem));
}

static void a_wrong_pin_costs_one_try_for_ever(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true,"
			"\"tries\":2}");
	start(b, "sim1", "1357");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	for (int i = 0; i < 3; i++) {
		int before = b->states[MODEM_PIN];

		modem_reset(b->modem);
		UNTIL(b, b->states[MODEM_PIN] > before);
	}
	/* a second one would have blocked it: the right one still opens it */
	modem_free(b->modem);
	b->modem = NULL;
	{
		int fd = rig_open(&b->rig, "sim1");

		rig_at(&b->rig, fd, "AT+CPIN=\"2468\"", "OK");
		close(fd);
	}
}

static void a_blocked_sim_is_left_to_a_person(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"pin\":\"2468\",\"required\":true,"
			"\"tries\":0}");
	start(b, "sim1", "2468");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
}

static void without_a_sim_it_says_so(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	rig_do(&b->rig, "{\"cmd\":\"pin\",\"modem\":\"sim1\",\"sim\":false}");
	start(b, "sim1", "");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "SIM"));
}

static void the_network_comes_and_goes(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"searching\"}");
	start(b, "sim1", "");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"roaming\"}");
	UNTIL(b, modem_idle(b->modem));
	rig_do(&b->rig, "{\"cmd\":\"network\",\"modem\":\"sim1\",\"state\":\"denied\"}");
	UNTIL(b, modem_state(b->modem) == MODEM_SEARCHING);
}

/* ---- in ---- */

static void a_text_is_read_and_deleted(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"JOIN north\"}");
	UNTIL(b, b->pdus == 1);
	json_decref(rig_ask(&b->rig, "{\"cmd\":\"ping\"}"));
	UNTIL(b, store_used(b, "SM") + store_used(b, "ME") == 0);
	assert_int_equal(b->pdus, 1);
}

static void a_full_store_is_emptied_at_start(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"SM\"}");
	rig_do(&b->rig, "{\"cmd\":\"fill\",\"modem\":\"sim1\",\"memory\":\"ME\"}");
	start_ready(b);
	UNTIL(b, store_used(b, "SM") + store_used(b, "ME") == 0);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"now there is room\"}");
	{
		int before = b->pdus;

		UNTIL(b, b->pdus == before + 1);
	}
}

static void texts_beyond_the_store_are_all_received(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"memory\",\"modem\":\"sim1\",\"memory\":\"SM\",\"size\":5}");
	start_ready(b);
	for (int i = 0; i < 60; i++)
		rig_do(&b->rig,
			"{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"text number %d\"}",
			i);
	UNTIL(b, b->pdus == 60);
}

static void a_doubled_notice_gives_one_text(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"doubled_notice\"}");
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"once\"}");
	UNTIL(b, b->pdus == 1 && store_used(b, "SM") == 0);
	run_for(b, 100);
	assert_int_equal(b->pdus, 1);
}

static void a_text_that_stays_is_handed_up_once(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig,
		"{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"undeletable\",\"times\":0}");
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"stays\"}");
	UNTIL(b, b->pdus == 1);
	run_for(b, 300);
	assert_int_equal(b->pdus, 1);
}

static void chunks_of_one_byte_make_no_difference(void **state)
{
	struct box *b = *state;

	rig_do(&b->rig, "{\"cmd\":\"radio\",\"chunk\":1}");
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"in pieces\"}");
	UNTIL(b, b->pdus == 1);
	expect_sent(b, MODEM_SENT_OK);
}

/* ---- out ---- */

static void reports_are_received_and_acknowledged(void **state)
{
	struct box *b = *state;

	b->submit.want_report = true;
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":0}");
	b->burst = 100;
	send_next(b);
	UNTIL(b, b->sents == 100 && b->reports == 100);
	assert_int_equal(b->ok, 100);
	assert_int_equal(accepted(b), 100);
	assert_int_equal(b->states[MODEM_READY], 1);
}

static void texts_come_in_while_a_burst_goes_out(void **state)
{
	struct box *b = *state;

	b->submit.want_report = true;
	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"report\",\"outcome\":\"delivered\",\"delay_ms\":0}");
	b->burst = 400;
	send_next(b);
	for (int i = 0; i < 40; i++) {
		rig_do(&b->rig,
			"{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"meanwhile %d\"}",
			i);
		run_for(b, 2);
	}
	UNTIL(b, b->sents == 400 && b->reports == 400 && b->pdus == 40);
	assert_int_equal(b->ok, 400);
	UNTIL(b, store_used(b, "SM") + store_used(b, "SR") == 0);
}

/* A row: the fault, and what becomes of the PDU that meets it and of those after it. */
struct trouble {
	const char *fault;
	enum modem_sent outcome;
	int limit_ms;
	int accepted; /* of the two that are sent */
};

static const struct trouble troubles[] = {
	{ "\"kind\":\"error\",\"on\":\"+CMGS\",\"code\":38", MODEM_SENT_REFUSED, 1000, 1 },
	{ "\"kind\":\"error\",\"on\":\"+CMGS\",\"stage\":\"command\",\"code\":304",
		MODEM_SENT_REFUSED, 1000, 1 },
	{ "\"kind\":\"error_accepted\"", MODEM_SENT_REFUSED, 1000, 2 },
	{ "\"kind\":\"lost_answer\"", MODEM_SENT_UNKNOWN, 1000, 2 },
	{ "\"kind\":\"silence\",\"on\":\"+CMGS\",\"stage\":\"pdu\"", MODEM_SENT_UNKNOWN, 1000, 1 },
	{ "\"kind\":\"late\",\"on\":\"+CMGS\",\"ms\":1500", MODEM_SENT_OK, 1000, 2 },
	{ "\"kind\":\"garbage\",\"on\":\"+CMGS\",\"lines\":\"\\n^RSSI: 3\\nfoo\\n+CMTI: "
	  "\\\"SM\\\",1\\n\"",
		MODEM_SENT_OK, 1000, 2 },
	{ "\"kind\":\"unplug\",\"ms\":300", MODEM_SENT_UNKNOWN, 5000, 2 },
	{ "\"kind\":\"reboot\"", MODEM_SENT_UNKNOWN, 5000, 2 },
	{ "\"kind\":\"hang\",\"on\":\"+CMGS\",\"stage\":\"pdu\",\"ms\":4000", MODEM_SENT_UNKNOWN,
		1000, -1 },
};

static void meet(struct box *b, const struct trouble *t)
{
	size_t before = accepted(b);

	modem_set_answer_limit(b->modem, t->limit_ms);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",%s}", t->fault);
	send_one(b);
	UNTIL_MS(b, 15000, b->sents == 1);
	if (b->result.outcome != t->outcome)
		fail_msg("%s: outcome %d, error %d", t->fault, b->result.outcome, b->result.error);
	UNTIL_MS(b, 30000, modem_idle(b->modem));
	expect_sent(b, MODEM_SENT_OK);
	if (t->accepted >= 0 && accepted(b) - before != (size_t)t->accepted)
		fail_msg("%s: %zu accepted", t->fault, accepted(b) - before);
	rig_do(&b->rig, "{\"cmd\":\"clear\",\"modem\":\"sim1\"}");
}

/* ---- the link between two segments ---- */

/* Send commands that found the link of the segment before up. */
static int64_t linked(struct box *b, const char *modem)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"stats\"}"), *one;
	int64_t n = -1;
	size_t i;

	json_array_foreach (json_object_get(answer, "modems"), i, one) {
		if (strcmp(rig_str(one, "modem"), modem) == 0)
			n = rig_int(one, "linked");
	}
	json_decref(answer);
	return n;
}

static void add_modem(struct box *b, const char *modem, const char *family)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.modem", b->rig.dir, modem);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(family, file);
	fclose(file);
	rig_do(&b->rig, "{\"cmd\":\"add\",\"modem\":\"%s\",\"profile\":\"%s\"}", modem, path);
}

static void the_link_stays_up_between_the_segments_of_a_burst(void **state)
{
	struct box *b = *state;

	add_modem(b, "patient", "link_ms 60000\n");
	start(b, "patient", "");
	UNTIL(b, modem_idle(b->modem));
	for (int i = 0; i < 3; i++)
		expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "patient"), 2);
}

/* One that is announced, as the next of a burst is. */
static void expect_sent_announced(struct box *b)
{
	uint8_t tpdu[SMS_TPDU_MAX];
	int n = sms_submit_encode(&b->submit, tpdu, sizeof(tpdu));

	assert_true(n > 0);
	b->sents = 0;
	UNTIL(b, modem_announce(b->modem, (size_t)n) == 0);
	assert_int_equal(modem_send(b->modem, tpdu, (size_t)n), 0);
	UNTIL(b, b->sents == 1);
	assert_int_equal(b->result.outcome, MODEM_SENT_OK);
}

/*
 * Mode 1 is over after each pause: lone segments go without, bursts have it from their second on.
 */
static void a_mode_that_ends_by_itself_is_told_to_each_burst(void **state)
{
	struct box *b = *state;

	add_modem(b, "forgetful", "cmms 0,1\nlink_ms 1000\n");
	start(b, "forgetful", "");
	UNTIL(b, modem_idle(b->modem));
	expect_sent(b, MODEM_SENT_OK);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "forgetful"), 0);
	for (int i = 0; i < 3; i++)
		expect_sent_announced(b);
	assert_int_equal(linked(b, "forgetful"), 2);
	run_for(b, 1200);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(linked(b, "forgetful"), 2);
	expect_sent_announced(b);
	expect_sent_announced(b);
	assert_int_equal(linked(b, "forgetful"), 3);
}

/* Its row says that it answers +CMMS with an error: it is not asked, and all leaves as well. */
static void a_family_without_such_a_link_is_not_asked_for_it(void **state)
{
	struct box *b = *state;

	add_modem(b, "stick", "manufacturer huawei\nmodel E3531\nlink_ms 60000\n");
	start(b, "stick", "");
	UNTIL(b, modem_idle(b->modem));
	for (int i = 0; i < 2; i++)
		expect_sent(b, MODEM_SENT_OK);
	/* the simulated one would have taken it */
	assert_int_equal(linked(b, "stick"), 0);
}

/* ---- starts that take longer ---- */

static void expect_answered(struct box *b, int fd, const char *command, const char *piece)
{
	if (!strstr(rig_at(&b->rig, fd, command, "OK\r\n"), piece))
		fail_msg("%s does not say %s", command, piece);
}

/*
 * TS 27.007 10.1.21: left at packets alone by its maker or owner, no text would leave; every other
 * setting is its owner's.
 */
static void texts_do_not_leave_by_packets_alone(void **state)
{
	static const struct {
		const char *family, *after;
	} rows[] = {
		{ "cgsms_default 0\n", "+CGSMS: 3" },
		{ "cgsms_default 0\ncgsms 0-2\n", "+CGSMS: 2" },
		{ "cgsms_default 0\ncgsms 0,1\n", "+CGSMS: 1" },
		{ "cgsms_default 1\n", "+CGSMS: 1" },
		{ "cgsms_default 2\n", "+CGSMS: 2" },
	};
	struct box *b = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char name[16];
		int fd;

		snprintf(name, sizeof(name), "packets%zu", i);
		add_modem(b, name, rows[i].family);
		start(b, name, "");
		UNTIL(b, modem_idle(b->modem));
		expect_sent(b, MODEM_SENT_OK);
		modem_free(b->modem);
		b->modem = NULL;
		fd = rig_open(&b->rig, name);
		expect_answered(b, fd, "AT+CGSMS?", rows[i].after);
		close(fd);
	}
}

/* The SIM and its texts can be read seconds after the modem answers; until then errors come. */
static void a_sim_that_is_slow_to_wake_is_waited_for(void **state)
{
	static const char *const faults[] = {
		"\"times\":2,\"on\":\"+CPIN\",\"family\":\"cme\",\"code\":14",
		"\"times\":2,\"on\":\"+CMGF\",\"code\":310",
		"\"times\":3,\"on\":\"+CPMS\",\"code\":515",
		"\"times\":3,\"on\":\"+CPMS\",\"code\":314",
	};
	struct box *b = *state;
	struct modem_info info;

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"error\",%s}",
			faults[i]);
	start_ready(b);
	assert_int_equal(b->states[MODEM_PIN], 0);
	assert_int_equal(b->states[MODEM_RECOVERING], 0);
	modem_get_info(b->modem, &info);
	assert_true(info.store_size > 0);
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"is anybody there\"}");
	UNTIL(b, b->pdus == 1);
}

static void every_trouble_of_sending_is_told_as_what_it_is(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		meet(b, &troubles[i]);
	assert_int_equal(b->states[MODEM_FAILED], 0);
}

static void without_a_prompt_it_was_never_sent(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"sim1\",\"kind\":\"no_prompt\"}");
	expect_sent(b, MODEM_SENT_NEVER);
	expect_sent(b, MODEM_SENT_OK);
	assert_int_equal(accepted(b), 1);
}

/* ---- losing it ---- */

static void it_is_found_again_under_its_link(void **state)
{
	struct box *b = *state;

	start_ready(b);
	for (int i = 0; i < 3; i++) {
		rig_do(&b->rig, "{\"cmd\":\"unplug\",\"modem\":\"sim1\",\"ms\":400}");
		UNTIL(b, modem_state(b->modem) == MODEM_ABSENT);
		UNTIL(b, modem_idle(b->modem));
	}
	expect_sent(b, MODEM_SENT_OK);
}

static void a_restart_of_its_own_is_noticed(void **state)
{
	struct box *b = *state;

	start_ready(b);
	rig_do(&b->rig, "{\"cmd\":\"reboot\",\"modem\":\"sim1\"}");
	UNTIL(b, b->states[MODEM_STARTING] >= 2);
	UNTIL(b, modem_idle(b->modem));
	rig_do(&b->rig, "{\"cmd\":\"text\",\"modem\":\"sim1\",\"from\":\"+12125550102\","
			"\"text\":\"still heard\"}");
	UNTIL(b, b->pdus == 1);
	expect_sent(b, MODEM_SENT_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_starts_and_is_ready),
		TEST(it_waits_for_a_modem_that_boots),
		TEST(the_right_pin_opens_the_sim),
		TEST(a_wrong_pin_costs_one_try_for_ever),
		TEST(a_blocked_sim_is_left_to_a_person),
		TEST(without_a_sim_it_says_so),
		TEST(the_network_comes_and_goes),
		TEST(a_text_is_read_and_deleted),
		TEST(a_full_store_is_emptied_at_start),
		TEST(texts_beyond_the_store_are_all_received),
		TEST(a_doubled_notice_gives_one_text),
		TEST(a_text_that_stays_is_handed_up_once),
		TEST(chunks_of_one_byte_make_no_difference),
		TEST(reports_are_received_and_acknowledged),
		TEST(texts_come_in_while_a_burst_goes_out),
		TEST(the_link_stays_up_between_the_segments_of_a_burst),
		TEST(a_mode_that_ends_by_itself_is_told_to_each_burst),
		TEST(a_family_without_such_a_link_is_not_asked_for_it),
		TEST(texts_do_not_leave_by_packets_alone),
		TEST(a_sim_that_is_slow_to_wake_is_waited_for),
		TEST(every_trouble_of_sending_is_told_as_what_it_is),
		TEST(without_a_prompt_it_was_never_sent),
		TEST(it_is_found_again_under_its_link),
		TEST(a_restart_of_its_own_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
