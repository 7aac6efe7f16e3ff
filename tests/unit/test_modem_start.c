/* SPDX-License-Identifier: Apache-2.0 */
/* How a modem starts: its port, what it can, its SIM, its network, what is configured. */
#include "modem_world.h"
#include "whole_file.h"

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

static void a_noisy_family_is_told_to_be_quiet(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CGMI", "\r\nhuawei\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_int_equal(count(b, "AT^CURC=0"), 1);
}

static void the_time_is_asked_for_when_the_network_tells_one(void **state)
{
	static const char *const lines[] = { "\r\n+CTZV: -32\r\n", "\r\n+CTZE: -32,0\r\n",
		"\r\n*PSUTTZ: 2026,11,22\r\n" };
	struct box *b = *state;

	start_ready(b);
	assert_int_equal(count(b, "AT+CTZU=1"), 1);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		int asked = count(b, "AT+CCLK?");

		peer_say(&b->peer, lines[i]);
		UNTIL(b, count(b, "AT+CCLK?") == asked + 1 && quiet(b));
	}
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

/* This family loses texts where ds=2 is set: never, whatever else it refuses. */
static void a_family_whose_report_store_lies_is_never_given_ds_2(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CGMI", "\r\nQuectel\r\n\r\nOK\r\n", 0 },
		{ "AT+CNMI=2,1,0,1", "\r\n+CMS ERROR: 303\r\n", 0 },
		{ "AT+CNMI?", "\r\n+CNMI: 2,1,0,2,0\r\n\r\nOK\r\n", 0 });
	start_ready(b);
	assert_int_equal(count(b, "AT+CNMI=2,1,0,2"), 0);
	assert_int_equal(count(b, "AT+CNMI=1,1,0,2"), 0);
	assert_true(count(b, "AT+CNMI=2,1,0,0,0") >= 1);
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
	/* TS 27.005 3.4.4: only service 1 of +CSMS wants to be acknowledged */
	b->take = true;
	peer_say(&b->peer, "\r\n+CDS: 25\r\n" REPORT "\r\n");
	UNTIL(b, b->pdus == 1);
	run_for(b, 100);
	assert_int_equal(count(b, "AT+CNMA"), 0);
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

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 2 });
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

static void a_word_that_the_line_spoilt_is_no_lock(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: REDY\r\n\r\nOK\r\n", 1 });
	start_ready(b);
	assert_int_equal(b->states[MODEM_PIN], 0);
}

static void a_lock_that_is_not_its_pin_is_named(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: PH-NET PIN\r\n\r\nOK\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "a lock that is not its PIN"));
	assert_int_equal(count(b, "AT+CPIN="), 0);
}

/* The tries of a PIN2 are not for this PIN, and a line that lost its end does not say which. */
static void a_pin_is_entered_only_when_it_was_wanted_twice(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 1 },
		{ "AT+CPIN?", "\r\n+CPIN: SIM PIN2\r\n\r\nOK\r\n", 0 },
		{ "AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "2222");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "a lock that is not its PIN"));
	assert_int_equal(count(b, "AT+CPIN="), 0);
}

static void a_torn_answer_at_start_does_not_keep_it_searching(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CREG?", "\r\n+CREG: 2,0\r\n\r\nOK\r\n", 0 },
		{ "AT+CGREG?", "\r\n+CGREG: 2,0\r\n\r\nOK\r\n", 0 },
		{ "AT+CEREG?", "\r\n+CERG: 2,1\r\n\r\nOK\r\n", 1 },
		{ "AT+CSQ;+CREG?;+CEREG?",
			"\r\n+CSQ: 20,99\r\n+CREG: 2,0\r\n+CEREG: 2,1\r\n\r\nOK\r\n", 0 },
		{ "AT+CSQ;+CREG?", "\r\n+CSQ: 20,99\r\n+CREG: 2,0\r\n\r\nOK\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "");
	UNTIL(b, b->states[MODEM_SEARCHING] == 1 && !jobs_due(b->modem) && !at_busy(&b->modem->at));
	heartbeats(b, 5);
	assert_int_equal(modem_state(b->modem), MODEM_READY);
}

static void the_last_try_is_a_persons_though_the_line_lost_its_number(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CPIN?", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 0 },
		{ "AT+CPINR", "\r\n+CPINR: SIM PIN,,3\r\n\r\nOK\r\n", 1 },
		{ "AT+CPINR", "\r\n+CPINR: SIM PIN,1,3\r\n\r\nOK\r\n", 0 },
		{ "AT+CPIN=", "\r\n+CME ERROR: 16\r\n", 0 });
	peer_plug(&b->peer);
	start(b, "1234");
	UNTIL(b, modem_state(b->modem) == MODEM_PIN);
	assert_int_equal(count(b, "AT+CPIN=\"1234\""), 0);
}

static void a_lost_digit_of_creg_is_no_restart(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CSQ;+CREG?", "\r\n+CSQ: 20,99\r\n+CREG: ,1\r\n\r\nOK\r\n", 1 });
	heartbeats(b, 1);
	UNTIL(b, quiet(b));
	assert_int_equal(b->modem->resets, 0);
}

/* A boot line had it asked twice: what it says of the first time is no answer to what came next. */
static void an_answer_too_many_does_not_shift_the_others(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT", "\r\nOK\r\n\r\nOK\r\n", 1 }, { "ATE0", "ATE0\r\r\nOK\r\n", 1 });
	start_ready(b);
	assert_string_equal(b->modem->manufacturer, "Acme");
	assert_string_equal(b->modem->model, "M1");
	assert_string_equal(b->modem->imei_tail, "1234");
}

static void an_imei_that_the_line_spoilt_is_no_stranger_s(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CGSN", "\r\n86000z\r\n\r\nOK\r\n", 1 });
	peer_plug(&b->peer);
	start(b, "");
	b->modem->imei_given = true;
	text_copy(b->modem->imei, sizeof(b->modem->imei), "860000000001234");
	UNTIL(b, modem_state(b->modem) == MODEM_READY);
	assert_int_equal(count(b, "AT+CGSN"), 2);
	assert_int_equal(b->states[MODEM_STARTING], 1);
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

/* ModemManager would take the port of a modem that the rule does not name. */
static void other_programs_are_kept_off_every_family(void **state)
{
	char *rules = read_whole("config/udev/70-faro.rules");

	(void)state;
	for (size_t i = 0; i < modem_usb_ids_n; i++) {
		char line[96];

		snprintf(line, sizeof(line),
			"\nATTRS{idVendor}==\"%04x\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"\n",
			modem_usb_ids[i].vendor);
		if (!strstr(rules, line))
			fail_msg("no rule for %04x", modem_usb_ids[i].vendor);
	}
	free(rules);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_starts_and_knows_its_modem),
		TEST(a_clock_that_cannot_be_right_is_not_believed),
		TEST(a_noisy_family_is_told_to_be_quiet),
		TEST(the_time_is_asked_for_when_the_network_tells_one),
		TEST(a_port_that_comes_later_is_opened_when_it_comes),
		TEST(a_port_that_does_not_open_is_tried_ever_more_rarely),
		TEST(refused_notice_settings_are_followed_by_the_next),
		TEST(a_family_whose_report_store_lies_is_never_given_ds_2),
		TEST(what_the_modem_advertises_but_does_not_keep_is_not_believed),
		TEST(a_modem_that_takes_no_notice_settings_still_works),
		TEST(the_store_is_the_one_that_reads_back),
		TEST(a_modem_that_knows_little_is_good_enough),
		TEST(deaf_at_first_is_waited_for),
		TEST(the_right_pin_is_entered_once),
		TEST(a_wrong_pin_is_never_entered_again),
		TEST(the_last_try_of_a_pin_is_a_persons),
		TEST(a_word_that_the_line_spoilt_is_no_lock),
		TEST(a_lock_that_is_not_its_pin_is_named),
		TEST(a_pin_is_entered_only_when_it_was_wanted_twice),
		TEST(a_torn_answer_at_start_does_not_keep_it_searching),
		TEST(the_last_try_is_a_persons_though_the_line_lost_its_number),
		TEST(a_lost_digit_of_creg_is_no_restart),
		TEST(an_answer_too_many_does_not_shift_the_others),
		TEST(an_imei_that_the_line_spoilt_is_no_stranger_s),
		TEST(a_puk_is_never_entered),
		TEST(a_sim_that_comes_is_taken_into_use),
		TEST(registration_comes_and_goes_by_its_lines),
		TEST(parked_is_not_ready_until_it_is_allowed_again),
		TEST(a_machine_whose_time_was_missed_is_not_alive),
		TEST(wrong_configurations_are_refused),
		cmocka_unit_test(other_programs_are_kept_off_every_family),
		TEST(every_family_has_its_row),
		TEST(a_family_is_found_by_what_its_modem_says_else_by_its_usb_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
