/* SPDX-License-Identifier: Apache-2.0 */
/* What a modem brings: texts, reports, calls and answers to USSD. */
#include "modem_world.h"

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

/* Of what lies in a full store no other line tells. */
static void a_full_store_that_says_so_is_swept_at_once(void **state)
{
	static const char *const lines[] = { "\r\n+SMS FULL\r\n", "\r\n^SMMEMFULL: \"SM\"\r\n" };
	struct box *b = *state;

	start_ready(b);
	for (int i = 0; i < (int)ARRAY_SIZE(lines); i++) {
		b->peer.slots[3] = i ? TEXT_B : TEXT_A;
		peer_say(&b->peer, lines[i]);
		UNTIL(b, b->pdus == i + 1 && b->peer.slots[3] == NULL);
		UNTIL(b, quiet(b));
	}
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

/* Its time stamp tells a text from its equal; where it has none, what the modem knows must. */
static void what_may_have_been_handed_up_before_is_told_from_what_came_now(void **state)
{
	struct box *b = *state;

	b->peer.slots[3] = TEXT_A;
	start_ready(b);
	assert_true(b->pdu.again);
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 2 && quiet(b));
	assert_false(b->pdu.again);
	/* a start finds two equal ones: at least the second is no old acquaintance */
	b->peer.slots[5] = b->peer.slots[6] = TEXT_A;
	modem_reset(b->modem);
	UNTIL(b, b->pdus == 4 && quiet(b));
	assert_false(b->pdu.again);
	/* noise may have made another number of its own */
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 7,0,,21\r\n" TEXT_B "\r\nxy\r\n\r\nOK\r\n", 1 });
	b->peer.slots[8] = TEXT_B;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",7\r\n");
	UNTIL(b, b->pdus == 6 && peer_used(&b->peer) == 0 && quiet(b));
	assert_true(b->pdu.again);
	/* and what comes into the place of one that was just deleted is another */
	b->peer.slots[9] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",9\r\n");
	UNTIL(b, b->pdus == 7 && !b->peer.slots[9]);
	b->peer.slots[9] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",9\r\n");
	UNTIL(b, b->pdus == 8 && !b->peer.slots[9] && quiet(b));
	assert_false(b->pdu.again);
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

/* Noise made a number of the count: nobody reads two thousand million places. */
static void a_count_that_no_modem_has_is_not_believed(void **state)
{
	struct box *b = *state;

	b->take = true;
	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 303\r\n", 0 },
		{ "AT+CPMS=\"SM\"", "\r\n+CPMS: 7,2147483647,0,20,0,20\r\n\r\nOK\r\n", 2 });
	b->peer.slots[70] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",70\r\n");
	UNTIL(b, b->pdus == 1 && peer_used(&b->peer) == 0 && quiet(b));
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

/* The place was given to another text meanwhile: that one is not deleted for the first. */
static void a_taken_that_comes_late_does_not_delete_what_lies_there_now(void **state)
{
	struct box *b = *state;
	int first;

	b->take = false;
	start_ready(b);
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	first = b->pdu.slot;
	b->peer.slots[3] = TEXT_B;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, b->pdus == 2 && quiet(b));
	assert_int_not_equal(b->pdu.slot, first);
	modem_taken(b->modem, first);
	run_for(b, 50);
	assert_int_equal(count(b, "AT+CMGD="), 0);
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, !b->peer.slots[3]);
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
	UNTIL(b, b->pdus == 1 && !b->peer.slots[3] && quiet(b));
	assert_int_equal(b->pdu.size, strlen(TEXT_A) / 2);
	/* torn, whole, and once more after the deletion */
	b->peer.log[0] = '\0';
	run_for(b, 50);
	assert_int_equal(count(b, "AT+CMGL"), 0);
}

/*
 * Of two texts the first one's header is lost on the line, and of the other's place a digit. What
 * lies in the place that was named instead was never read: it is not deleted.
 */
static void what_was_not_read_is_not_deleted_for_a_digit_that_was_lost(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL",
			"\r\n+CML: 2,0,,21\r\n" TEXT_A "\r\n"
			"\r\n+CMGL: 2,0,,21\r\n" TEXT_B "\r\n\r\nOK\r\n",
			1 });
	b->peer.slots[2] = TEXT_A;
	b->peer.slots[12] = TEXT_B;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	/* the second one twice, for its other place */
	UNTIL(b, b->pdus == 3 && peer_used(&b->peer) == 0 && quiet(b));
	assert_int_equal(count(b, "AT+CMGD="), 2);
}

/* However it comes at first. */
static void a_text_is_read(struct box *b)
{
	b->peer.slots[2] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	UNTIL(b, b->pdus == 1 && peer_used(&b->peer) == 0 && quiet(b));
}

/* The line lost digits of what stands before a PDU: it is a text all the same, and not deleted. */
static void a_text_whose_length_was_lost_is_read_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,0,,0\r\n" TEXT_A "\r\n\r\nOK\r\n", 1 });
	a_text_is_read(b);
}

/* The length, and of the PDU a digit; the next time a digit alone: nothing of it was read. */
static void a_text_that_came_torn_as_if_it_were_empty_is_read_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,0,,0\r\n0" TEXT_A "\r\n\r\nOK\r\n", 1 },
		{ "AT+CMGL", "\r\n+CMGL: 2,0,,21\r\n0" TEXT_A "\r\n\r\nOK\r\n", 1 });
	a_text_is_read(b);
}

static void a_text_whose_state_was_lost_is_read_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,,21\r\n" TEXT_A "\r\n\r\nOK\r\n", 1 });
	a_text_is_read(b);
}

/* The heartbeat counts the texts of one store alone; it is not the one that came torn. */
static void a_store_that_came_torn_is_read_with_the_next_heartbeat(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 3,0,,21\r\n07912143\r\n\r\nOK\r\n", 4 });
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CMTI: \"ME\",3\r\n");
	UNTIL(b, count(b, "AT+CMGL") == 4 && quiet(b));
	b->modem->heartbeat_ms = 0;
	loop_idle_request(b->modem->idle);
	UNTIL(b, count(b, "AT+CSQ") == 1 && count(b, "AT+CMGL") == 5 && quiet(b));
}

/* A SIM that is busy just then does not make a store one that is not there. */
static void a_store_that_cannot_be_selected_now_is_read_with_the_heartbeat(void **state)
{
	struct box *b = *state;

	start_ready(b);
	a_text_is_read(b);
	ROWS(b, { "AT+CPMS=\"ME\"", "\r\n+CMS ERROR: 314\r\n", 1 });
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CMTI: \"ME\",3\r\n");
	UNTIL(b, count(b, "AT+CPMS=\"ME\"") == 1 && quiet(b));
	heartbeats(b, 1);
	assert_int_equal(count(b, "AT+CPMS=\"ME\""), 2);
	heartbeats(b, 1);
	assert_int_equal(count(b, "AT+CPMS=\"ME\""), 2);
}

static void a_text_whose_store_is_busy_is_deleted_later(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	b->peer.slots[2] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	peer_say(&b->peer, "\r\n+CMTI: \"ME\",3\r\n");
	UNTIL(b, b->peer.elsewhere && quiet(b));
	ROWS(b, { "AT+CPMS=\"SM\"", "\r\n+CMS ERROR: 314\r\n", 1 });
	b->peer.log[0] = '\0';
	modem_taken(b->modem, b->pdu.slot);
	UNTIL(b, count(b, "AT+CPMS=\"SM\"") == 1 && quiet(b));
	assert_non_null(b->peer.slots[2]);
	heartbeats(b, 1);
	UNTIL(b, quiet(b));
	assert_null(b->peer.slots[2]);
	assert_int_equal(b->pdus, 1);
}

static void a_store_that_the_modem_does_not_know_is_not_asked_for_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	a_text_is_read(b);
	ROWS(b, { "AT+CPMS=\"ME\"", "\r\n+CMS ERROR: 302\r\n", 0 });
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CMTI: \"ME\",3\r\n");
	UNTIL(b, count(b, "AT+CPMS=\"ME\"") == 1 && quiet(b));
	heartbeats(b, 3);
	assert_int_equal(count(b, "AT+CPMS=\"ME\""), 1);
}

static void assert_listed_again(struct box *b)
{
	b->pdus = 0;
	a_text_is_read(b);
	b->peer.log[0] = '\0';
	b->pdus = 0;
	a_text_is_read(b);
	assert_int_equal(count(b, "AT+CMGR="), 0);
	assert_true(count(b, "AT+CMGL") > 0);
}

static void listing_that_fails_once_is_tried_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 314\r\n", 1 });
	assert_listed_again(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,0,,21\r\n" TEXT_A "\r\n\r\n+CMS ERROR: 320\r\n", 1 });
	assert_listed_again(b);
}

/* What stands before a PDU was lost: no line of it is known, and the place looks empty. */
static void a_place_that_came_torn_is_read_again(void **state)
{
	struct box *b = *state;

	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 303\r\n", 0 });
	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMS ERROR: 303\r\n", 0 },
		{ "AT+CMGR=2", "\r\n+MGR: 0,,21\r\n" TEXT_A "\r\n\r\nOK\r\n", 1 });
	a_text_is_read(b);
}

/* Nothing announces what lies there already: the start finds it. */
static void a_store_whose_name_was_lost_is_swept_all_the_same(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b,
		{ "AT+CPMS=?",
			"\r\n+CPMS: (\"S\",\"ME\"),(\"SM\",\"ME\"),(\"SM\",\"ME\")\r\n\r\nOK\r\n",
			1 },
		{ "AT+CPMS?", "\r\n+CPMS: \"ME\",0,20,\"ME\",0,20,\"ME\",0,20\r\n\r\nOK\r\n", 0 });
	b->peer.slots[3] = TEXT_A;
	modem_reset(b->modem);
	UNTIL(b, b->pdus == 1 && quiet(b));
}

/* What the modem itself calls empty takes a place all the same: it goes when it is listed again. */
static void a_hollow_place_is_cleared(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,0,,0\r\n00\r\n\r\nOK\r\n", 2 });
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	UNTIL(b, count(b, "AT+CMGD=2") == 1 && quiet(b));
	assert_true(count(b, "AT+CMGL") >= 3);
	assert_int_equal(b->pdus, 0);
}

static void a_state_that_no_text_has_is_read_again(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 3,02,,21\r\n" TEXT_A "\r\n\r\nOK\r\n", 1 },
		{ "AT+CSQ;+CREG?",
			"\r\n+CSQ: 20,99\r\n+CREG: 2,1\r\n+CPMS: "
			"\"SM\",1,20,\"SM\",1,20,\"SM\",1,20"
			"\r\n\r\nOK\r\n",
			0 });
	b->peer.slots[3] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, count(b, "AT+CMGL") >= 2 && quiet(b));
	heartbeats(b, 5);
	assert_int_equal(b->pdus, 1);
}

static void what_was_torn_four_times_is_read_when_the_line_is_good(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 3,0,,21\r\n07912143\r\n\r\nOK\r\n", 4 },
		{ "AT+CSQ;+CREG?",
			"\r\n+CSQ: 20,99\r\n+CREG: 2,1\r\n+CPMS: "
			"\"SM\",1,20,\"SM\",1,20,\"SM\",1,20"
			"\r\n\r\nOK\r\n",
			0 });
	b->peer.slots[3] = TEXT_A;
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
	UNTIL(b, count(b, "AT+CMGL") == 4 && quiet(b));
	heartbeats(b, 5);
	assert_int_equal(count(b, "AT+CSQ"), 5);
	assert_int_equal(b->pdus, 1);
}

static void a_text_that_came_into_a_misread_place_is_not_deleted(void **state)
{
	struct box *b = *state;

	b->take = false;
	start_ready(b);
	/* the only text there is; a digit of 12 is lost, and nothing else */
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 2,0,,21\r\n" TEXT_A "\r\n\r\nOK\r\n", 1 });
	b->peer.slots[12] = TEXT_A;
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",12\r\n");
	UNTIL(b, b->pdus == 1 && quiet(b));
	/* being committed; meanwhile the line is busy and another text comes into place 2 */
	b->peer.slots[2] = TEXT_B;
	b->take = true;
	modem_taken(b->modem, b->pdu.slot);
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",2\r\n");
	UNTIL(b, peer_used(&b->peer) == 0 && quiet(b));
	run_for(b, 50);
	assert_int_equal(b->pdus, 3); /* A, B, A at its true place */
}

static void a_report_whose_header_was_torn_is_not_left_unanswered(void **state)
{
	struct box *b = *state;

	start_ready(b);
	b->peer.log[0] = '\0';
	peer_say(&b->peer, "\r\n+CD: 25\r\n" REPORT "\r\n");
	for (int beat = 0; beat < 5; beat++) {
		run_for(b, 60);
		b->modem->heartbeat_ms = 0;
		loop_idle_request(b->modem->idle);
		run_for(b, 60);
	}
	assert_true(count(b, "AT+CSQ") == 5);
	assert_true(count(b, "AT+CNMA=2") + count(b, "AT+CNMI") > 0);
}

/* It is left where it lies until the next notice, and the modem comes to rest. */
static void a_pdu_that_stays_torn_is_read_a_few_times_and_left(void **state)
{
	struct box *b = *state;

	start_ready(b);
	ROWS(b, { "AT+CMGL", "\r\n+CMGL: 3,0,,21\r\n07912143\r\n\r\nOK\r\n", 0 });
	for (int notice = 0; notice < 2; notice++) {
		b->peer.log[0] = '\0';
		peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n");
		UNTIL(b, count(b, "AT+CMGL") == 4 && quiet(b));
		run_for(b, 50);
		assert_int_equal(count(b, "AT+CMGL"), 4);
	}
	assert_int_equal(b->pdus, 0);
}

/* Texts that are announced in one store without an end do not keep another from being read. */
static void a_store_that_is_announced_without_an_end_leaves_the_others_their_turn(void **state)
{
	struct box *b = *state;

	start_ready(b);
	UNTIL(b, quiet(b));
	b->peer.log[0] = '\0';
	ROWS(b, { "AT+CMGL", "\r\n+CMTI: \"SM\",3\r\n\r\nOK\r\n", 0 });
	peer_say(&b->peer, "\r\n+CMTI: \"SM\",3\r\n+CMTI: \"ME\",1\r\n");
	UNTIL(b, count(b, "AT+CPMS=\"ME\"") == 1);
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

/* ---- calls, USSD ---- */

/* One may be chance; of many the admin hears, for an hour. */
static void pdus_that_come_torn_again_and_again_are_an_alarm(void **state)
{
	struct box *b = *state;
	struct modem_info info;

	start_ready(b);
	for (int i = 1; i <= 5; i++) {
		peer_say(&b->peer, "\r\n+CDS: 25\r\n0006\r\n");
		UNTIL(b, b->modem->torn_n == i);
		modem_get_info(b->modem, &info);
		assert_int_equal(info.alarm, i == 5);
	}
	assert_non_null(strstr(info.why, "check its cable"));
	modem_reset(b->modem);
	UNTIL(b, modem_state(b->modem) == MODEM_STARTING);
	modem_get_info(b->modem, &info);
	assert_non_null(strstr(info.why, "check its cable"));
	UNTIL(b, quiet(b));
	b->modem->torn_ms -= MS_PER_H;
	modem_get_info(b->modem, &info);
	assert_false(info.alarm);
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(texts_are_read_handed_up_taken_and_deleted),
		TEST(the_sweep_at_start_finds_what_an_earlier_life_left),
		TEST(a_full_store_that_says_so_is_swept_at_once),
		TEST(nothing_is_deleted_before_it_is_taken),
		TEST(a_text_that_cannot_be_deleted_is_handed_up_once),
		TEST(a_full_store_is_drained_beyond_the_slots_there_are),
		TEST(what_may_have_been_handed_up_before_is_told_from_what_came_now),
		TEST(a_store_that_is_not_listed_is_read_place_by_place),
		TEST(a_count_that_no_modem_has_is_not_believed),
		TEST(texts_leave_between_the_places_of_a_store),
		TEST(a_taken_from_before_a_restart_deletes_nothing),
		TEST(a_taken_that_comes_late_does_not_delete_what_lies_there_now),
		TEST(reports_come_up_and_are_acknowledged_when_they_are_taken),
		TEST(a_report_in_a_store_is_read_there),
		TEST(a_torn_pdu_is_read_again),
		TEST(what_was_not_read_is_not_deleted_for_a_digit_that_was_lost),
		TEST(a_text_whose_length_was_lost_is_read_again),
		TEST(a_text_that_came_torn_as_if_it_were_empty_is_read_again),
		TEST(a_text_whose_state_was_lost_is_read_again),
		TEST(a_store_that_came_torn_is_read_with_the_next_heartbeat),
		TEST(a_store_that_cannot_be_selected_now_is_read_with_the_heartbeat),
		TEST(a_text_whose_store_is_busy_is_deleted_later),
		TEST(a_store_that_the_modem_does_not_know_is_not_asked_for_again),
		TEST(listing_that_fails_once_is_tried_again),
		TEST(a_place_that_came_torn_is_read_again),
		TEST(a_store_whose_name_was_lost_is_swept_all_the_same),
		TEST(a_hollow_place_is_cleared),
		TEST(a_state_that_no_text_has_is_read_again),
		TEST(what_was_torn_four_times_is_read_when_the_line_is_good),
		TEST(a_text_that_came_into_a_misread_place_is_not_deleted),
		TEST(a_report_whose_header_was_torn_is_not_left_unanswered),
		TEST(a_pdu_that_stays_torn_is_read_a_few_times_and_left),
		TEST(a_store_that_is_announced_without_an_end_leaves_the_others_their_turn),
		TEST(told_too_late_that_a_report_is_kept_it_has_its_notices_set_anew),
		TEST(a_torn_report_has_the_notices_set_anew),
		TEST(pdus_that_come_torn_again_and_again_are_an_alarm),
		TEST(a_call_is_told_once_and_hung_up),
		TEST(a_ussd_answer_comes_up_as_text),
		TEST(a_ussd_answer_of_several_lines_is_one_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
