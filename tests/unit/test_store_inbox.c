/* SPDX-License-Identifier: Apache-2.0 */
/* Texts on their way in: parts in any order, doubled, missing; each text is handled once. */
#include "store_world.h"

static struct store_fragment fragment_of(
	int from, const char *pdu, int reference, int total, int seq)
{
	struct store_fragment f = { .kind = PHONE_E164,
		.modem = "sim1",
		.sent_ms = NOW_MS - 5000,
		.reference = reference,
		.total = total,
		.seq = seq,
		.pdu = pdu,
		.pdu_size = strlen(pdu) };
	text_copy(f.sender, sizeof(f.sender), phone_of(from));
	return f;
}

static struct store_landing land(struct world *w, struct store_fragment f)
{
	struct store_landing l;
	OK(store_fragment_add(w->store, &f, w->now_ms, &l));
	return l;
}

static struct store_text *next_text(struct world *w)
{
	static struct store_text text;
	int rc = store_text_next(w->store, &text);
	assert_in_range(rc, 0, 1);
	return rc ? &text : NULL;
}

static void a_single_text_goes_its_way(void **state)
{
	struct world *w = *state;
	struct store_landing l = land(w, fragment_of(1, "pdu one", -1, 1, 1));
	assert_false(l.duplicate);
	assert_true(l.complete);
	assert_null(next_text(w));
	OK(store_text_complete(w->store, l.text_id, "JOIN north", 0, w->now_ms));
	world_reopen(w);
	struct store_text *t = next_text(w);
	assert_non_null(t);
	assert_int_equal(t->id, l.text_id);
	assert_string_equal(t->body, "JOIN north");
	assert_string_equal(t->sender, phone_of(1));
	assert_string_equal(t->modem, "sim1");
	assert_int_equal(t->kind, PHONE_E164);
	assert_int_equal(t->received_ms, w->now_ms);
	assert_int_equal(t->sent_ms, NOW_MS - 5000);
	struct person p = person_now(w, t->person_id);
	assert_string_equal(p.phone, phone_of(1));
	assert_int_equal(p.last_text_ms, w->now_ms);
	OK(store_text_handled(w->store, t->id, "join", w->now_ms));
	assert_null(next_text(w));
	struct store_counts c;
	OK(store_counts(w->store, &c));
	assert_int_equal(c.received, 1);
	assert_int_equal(c.handled, 1);
}

static void the_same_pdu_twice_is_one_text_also_after_it_was_handled(void **state)
{
	struct world *w = *state;
	struct store_landing first = land(w, fragment_of(1, "pdu", -1, 1, 1));
	struct store_landing again = land(w, fragment_of(1, "pdu", -1, 1, 1));
	assert_true(again.duplicate);
	assert_true(again.complete); /* the process may have died between the two */
	assert_int_equal(again.text_id, first.text_id);
	OK(store_text_complete(w->store, first.text_id, "HELP", 0, w->now_ms));
	OK(store_text_handled(w->store, first.text_id, "help", w->now_ms));
	world_reopen(w);
	again = land(w, fragment_of(1, "pdu", -1, 1, 1));
	assert_true(again.duplicate);
	assert_false(again.complete);
	assert_null(next_text(w));
	/* Another sender, time or PDU is another text. */
	assert_false(land(w, fragment_of(2, "pdu", -1, 1, 1)).duplicate);
	assert_false(land(w, fragment_of(1, "pdv", -1, 1, 1)).duplicate);
	struct store_fragment later = fragment_of(1, "pdu", -1, 1, 1);
	later.sent_ms++;
	assert_false(land(w, later).duplicate);
}

/* A centre whose time stamp nobody can read: what its modem knows tells a text from its equal. */
static void equal_texts_without_a_time_are_two(void **state)
{
	struct world *w = *state;
	struct store_fragment f = fragment_of(1, "pdu", -1, 1, 1);
	f.sent_ms = 0;
	struct store_landing first = land(w, f), second = land(w, f);
	assert_false(second.duplicate);
	assert_int_not_equal(second.text_id, first.text_id);
	OK(store_text_complete(w->store, first.text_id, "YES", 0, w->now_ms));
	OK(store_text_complete(w->store, second.text_id, "YES", 0, w->now_ms));
	/* the modem still has it when the box comes back */
	world_reopen(w);
	w->now_ms += MS_PER_MIN;
	f.again = true;
	assert_true(land(w, f).duplicate);
	assert_int_equal(land(w, f).text_id, second.text_id);
	f.again = false;
	struct store_landing third = land(w, f);
	assert_false(third.duplicate);
	OK(store_text_complete(w->store, third.text_id, "YES", 0, w->now_ms));
	/* nothing lies there for a day */
	f.again = true;
	w->now_ms += MS_PER_DAY;
	assert_false(land(w, f).duplicate);
}

struct seen {
	char text[256];
	int total;
};

static int see(void *ctx, int seq, int total, const void *pdu, size_t size)
{
	struct seen *seen = ctx;
	char part[64];
	snprintf(part, sizeof(part), "%d:%.*s ", seq, (int)size, (const char *)pdu);
	strcat(seen->text, part);
	seen->total = total;
	return 0;
}

static void parts_come_in_any_order_and_doubled(void **state)
{
	static const int orders[][5] = { { 1, 2, 3, 1, 2 }, { 3, 2, 1, 3, 3 }, { 2, 2, 3, 3, 1 },
		{ 3, 1, 1, 2, 2 } };
	static const char *const pdus[] = { "", "one", "two", "three" };
	struct world *w = *state;
	for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
		int completions = 0;
		bool there[4] = { false };
		int64_t id = 0;
		for (int i = 0; i < 5; i++) {
			int seq = orders[o][i];
			struct store_landing l =
				land(w, fragment_of((int)o, pdus[seq], 17, 3, seq));
			assert_int_equal(l.duplicate, there[seq]);
			there[seq] = true;
			completions += l.complete && !l.duplicate;
			assert_true(!id || id == l.text_id);
			id = l.text_id;
		}
		assert_int_equal(completions, 1);
		struct seen seen = { .text = "" };
		OK(store_fragment_walk(w->store, id, see, &seen));
		assert_string_equal(seen.text, "1:one 2:two 3:three ");
		assert_int_equal(seen.total, 3);
	}
}

static void senders_references_and_totals_are_kept_apart(void **state)
{
	struct world *w = *state;
	int64_t a = land(w, fragment_of(1, "a", 5, 2, 1)).text_id;
	int64_t b = land(w, fragment_of(2, "b", 5, 2, 2)).text_id;
	int64_t c = land(w, fragment_of(1, "c", 6, 2, 2)).text_id;
	int64_t d = land(w, fragment_of(1, "d", 5, 3, 2)).text_id;
	assert_true(a != b && a != c && a != d && b != c && c != d);
	/* The reference again, with a part that is there already: the sender's next text. */
	struct store_fragment later = fragment_of(1, "e", 5, 2, 1);
	later.sent_ms += 10000;
	int64_t e = land(w, later).text_id;
	assert_int_not_equal(e, a);
	/* A part that both lack goes to the one that was sent at its time. */
	later = fragment_of(1, "f", 5, 2, 2);
	later.sent_ms += 13000;
	assert_int_equal(land(w, later).text_id, e);
	assert_int_equal(land(w, fragment_of(1, "g", 5, 2, 2)).text_id, a);
}

/* ---- two texts of one sender, reference and total ------------------------------------------- */

/* What came whole, as "a1a2a3 b1b2b3 ": the letter is the text, the digit its part. */
struct arrivals {
	struct world *w;
	int total, reference, tries;
	int64_t gap_ms; /* between parts; between the texts too, when they follow one another */
	bool same_time; /* both texts have the same times */
	char whole[256];
};

static int spell(void *ctx, int seq, int total, const void *pdu, size_t size)
{
	(void)seq;
	(void)total;
	assert_true(size > 2);
	strncat(ctx, pdu, 2);
	return 0;
}

static void finish(struct arrivals *arrivals, int64_t text_id)
{
	char body[64] = "";
	OK(store_fragment_walk(arrivals->w->store, text_id, spell, body));
	OK(store_text_complete(arrivals->w->store, text_id, body, 0, arrivals->w->now_ms));
	strcat(arrivals->whole, body);
	strcat(arrivals->whole, " ");
}

/* part 0.. of the first text, total.. of the second */
static void arrives(struct arrivals *arrivals, int part)
{
	int second = part >= arrivals->total, seq = part % arrivals->total + 1;
	char pdu[48]; /* what else would make it another one */
	snprintf(pdu, sizeof(pdu), "%c%d%d/%d/%lld", 'a' + second, seq, arrivals->tries,
		arrivals->total, (long long)arrivals->gap_ms);
	struct store_fragment f = fragment_of(1, pdu, arrivals->reference, arrivals->total, seq);
	f.sent_ms += (arrivals->same_time ? seq - 1 : part) * arrivals->gap_ms;
	struct store_landing l = land(arrivals->w, f);
	if (l.complete)
		finish(arrivals, l.text_id);
}

static void assert_two_texts(struct arrivals *arrivals, const int *order)
{
	char a[32] = "", b[32] = "", said[64] = "";
	for (int i = 0; i < arrivals->total; i++) {
		sprintf(a + strlen(a), "a%d", i + 1);
		sprintf(b + strlen(b), "b%d", i + 1);
	}
	for (int i = 0; i < 2 * arrivals->total; i++)
		sprintf(said + strlen(said), "%d ", order[i]);
	if (!strstr(arrivals->whole, a) || !strstr(arrivals->whole, b))
		fail_msg("order %s, %lld ms: \"%s\"", said, (long long)arrivals->gap_ms,
			arrivals->whole);
}

static void try_order(struct arrivals *arrivals, const int *order)
{
	arrivals->whole[0] = '\0';
	arrivals->reference = arrivals->tries++ % 256;
	OK(store_begin(arrivals->w->store));
	for (int i = 0; i < 2 * arrivals->total; i++)
		arrives(arrivals, order[i]);
	OK(store_commit(arrivals->w->store));
	assert_two_texts(arrivals, order);
}

/* Every interleaving that keeps the order of each text's parts: in, or against, the order sent. */
static int interleavings(struct arrivals *arrivals, bool reversed)
{
	int n = arrivals->total, tried = 0;
	for (unsigned int mask = 0; mask < 1u << 2 * n; mask++) {
		int order[16], a = 0, b = n;
		if (__builtin_popcount(mask) != n)
			continue;
		for (int i = 0; i < 2 * n; i++) {
			int part = mask >> i & 1 ? a++ : b++;
			order[i] = reversed ? 2 * n - 1 - part : part;
		}
		try_order(arrivals, order);
		tried++;
	}
	return tried;
}

/* A phone sends one text after the other; the network brings them in any mixture. */
static void texts_that_were_sent_one_after_the_other_are_not_mixed(void **state)
{
	static const int64_t gaps[] = { 3000, 6000, 15000 };
	int tried = 0;
	for (size_t g = 0; g < ARRAY_SIZE(gaps); g++) {
		for (int total = 2; total <= 5; total++) {
			struct arrivals arrivals = {
				.w = *state, .total = total, .gap_ms = gaps[g]
			};
			tried += interleavings(&arrivals, false);
			tried += interleavings(&arrivals, true);
		}
	}
	print_message("%d interleavings\n", tried);
}

/* Two that have the same times go by the order in which they came. */
static void texts_that_take_turns_at_the_same_times_are_not_mixed(void **state)
{
	static const int order[] = { 0, 4, 1, 5, 2, 6, 3, 7 };
	for (int64_t gap_ms = 0; gap_ms <= 2000; gap_ms += 1000) {
		struct arrivals arrivals = {
			.w = *state, .total = 4, .gap_ms = gap_ms, .same_time = true
		};
		try_order(&arrivals, order);
	}
}

static void a_text_whose_parts_were_sent_minutes_apart_is_one(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 }, { 2, 0, 1 } };
	for (size_t o = 0; o < ARRAY_SIZE(orders); o++) {
		struct arrivals arrivals = {
			.w = *state, .total = 3, .tries = (int)o, .gap_ms = 4 * MS_PER_MIN
		};
		for (int i = 0; i < 3; i++)
			arrives(&arrivals, orders[o][i]);
		assert_string_equal(arrivals.whole, "a1a2a3 ");
	}
	assert_int_equal(peek(*state, "SELECT count(*) FROM text"), ARRAY_SIZE(orders));
}

static void what_came_of_a_text_is_given_up_as_one(void **state)
{
	struct world *w = *state;
	struct arrivals arrivals = { .w = w, .total = 4, .gap_ms = MS_PER_MIN };
	struct seen seen = { .text = "" };
	int64_t id;
	arrives(&arrivals, 0);
	arrives(&arrivals, 3);
	assert_int_equal(peek(w, "SELECT count(*) FROM text"), 2);
	assert_int_equal(store_text_overdue(w->store, w->now_ms + 1, &id), 1);
	OK(store_fragment_walk(w->store, id, see, &seen));
	assert_string_equal(seen.text, "1:a10/4/60000 4:a40/4/60000 ");
	OK(store_text_complete(w->store, id, "a1 [...] a4", 2, w->now_ms));
	assert_int_equal(store_text_overdue(w->store, w->now_ms + 1, &id), 0);
	assert_int_equal(peek(w, "SELECT count(*) FROM text"), 1);
}

static void parts_sent_half_an_hour_apart_are_of_two_texts(void **state)
{
	struct arrivals arrivals = { .w = *state, .total = 2, .gap_ms = 30 * MS_PER_MIN };
	arrives(&arrivals, 0);
	arrives(&arrivals, 1);
	assert_string_equal(arrivals.whole, "");
	assert_int_equal(peek(*state, "SELECT count(*) FROM text"), 2);
}

static void a_text_with_gaps_is_handed_on_when_it_is_overdue(void **state)
{
	struct world *w = *state;
	int64_t id, first_ms;
	OK(store_text_oldest_incomplete(w->store, &first_ms));
	assert_true(first_ms == TIME_NEVER);
	int64_t text = land(w, fragment_of(1, "one", 5, 3, 1)).text_id;
	w->now_ms += 1000;
	land(w, fragment_of(1, "three", 5, 3, 3));
	OK(store_text_oldest_incomplete(w->store, &first_ms));
	assert_int_equal(first_ms, NOW_MS);
	assert_int_equal(store_text_overdue(w->store, NOW_MS, &id), 0);
	assert_int_equal(store_text_overdue(w->store, NOW_MS + 1, &id), 1);
	assert_int_equal(id, text);
	struct seen seen = { .text = "" };
	OK(store_fragment_walk(w->store, id, see, &seen));
	assert_string_equal(seen.text, "1:one 3:three ");
	OK(store_text_complete(w->store, id, "one [...] three", 1, w->now_ms));
	assert_int_equal(store_text_overdue(w->store, TIME_NEVER, &id), 0);
	assert_int_equal(next_text(w)->gaps, 1);
	/*
	 * The late part begins a text of its own; it does not disturb the one that was handed on.
	 */
	assert_int_not_equal(land(w, fragment_of(1, "two", 5, 3, 2)).text_id, text);
	assert_int_equal(store_text_complete(w->store, text, "again", 0, w->now_ms), -ENOENT);
}

static void names_and_short_codes_have_no_person(void **state)
{
	struct world *w = *state;
	struct store_fragment f = fragment_of(1, "pdu", -1, 1, 1);
	f.kind = PHONE_ALPHANUMERIC;
	text_copy(f.sender, sizeof(f.sender), "Carrier");
	struct store_landing l = land(w, f);
	OK(store_text_complete(w->store, l.text_id, "Top up", 0, w->now_ms));
	struct store_text *t = next_text(w);
	assert_int_equal(t->person_id, 0);
	assert_string_equal(t->sender, "Carrier");
	assert_int_equal(t->kind, PHONE_ALPHANUMERIC);
	assert_int_equal(peek(w, "SELECT count(*) FROM person"), 0);
}

static void texts_are_handled_in_the_order_they_came(void **state)
{
	struct world *w = *state;
	int64_t ids[3];
	for (int i = 0; i < 3; i++) {
		char pdu[16];
		snprintf(pdu, sizeof(pdu), "%d", i);
		ids[i] = land(w, fragment_of(i, pdu, -1, 1, 1)).text_id;
		OK(store_text_complete(w->store, ids[i], pdu, 0, w->now_ms));
	}
	for (int i = 0; i < 3; i++) {
		assert_int_equal(next_text(w)->id, ids[i]);
		OK(store_text_handled(w->store, ids[i], "x", w->now_ms));
	}
}

static void equal_texts_of_one_person_are_counted(void **state)
{
	static const char *const bodies[] = { "hello", "hello", "bye", "hello" };
	struct world *w = *state;
	int64_t id = 0, person = 0;
	int texts, same;
	for (int i = 0; i < 4; i++) {
		char pdu[16];
		snprintf(pdu, sizeof(pdu), "%d", i);
		id = land(w, fragment_of(1, pdu, -1, 1, 1)).text_id;
		OK(store_text_complete(w->store, id, bodies[i], 0, w->now_ms));
		person = next_text(w)->person_id;
		OK(store_text_handled(w->store, id, "x", w->now_ms));
		w->now_ms += 1000;
	}
	OK(store_text_frequency(w->store, person, id, NOW_MS, &texts, &same));
	assert_int_equal(texts, 4);
	assert_int_equal(same, 3);
	OK(store_text_frequency(w->store, person, id, NOW_MS + 2000, &texts, &same));
	assert_int_equal(texts, 2);
	assert_int_equal(same, 1);
}

static void what_a_text_causes_and_its_mark_land_together_or_not_at_all(void **state)
{
	struct world *w = *state;
	struct store_landing l = land(w, fragment_of(1, "pdu", -1, 1, 1));
	OK(store_text_complete(w->store, l.text_id, "JOIN", 0, w->now_ms));
	int64_t person = next_text(w)->person_id;
	for (int attempt = 0; attempt < 2; attempt++) {
		OK(store_begin(w->store));
		OK(store_person_join(w->store, person, 1, false, "text", "wording", w->now_ms));
		message_new(w, person, 1, CLASS_REPLY);
		OK(store_text_handled(w->store, l.text_id, "join", w->now_ms));
		if (attempt == 0) {
			world_reopen(w); /* the power went before the commit */
			assert_non_null(next_text(w));
			assert_int_equal(person_now(w, person).state, PERSON_KNOWN);
			assert_int_equal(peek(w, "SELECT count(*) FROM message"), 0);
		} else {
			OK(store_commit(w->store));
		}
	}
	world_reopen(w);
	assert_null(next_text(w));
	assert_int_equal(person_now(w, person).state, PERSON_ACTIVE);
	assert_int_equal(peek(w, "SELECT count(*) FROM message"), 1);
}

static void impossible_parts_are_refused(void **state)
{
	struct world *w = *state;
	struct store_landing l;
	struct store_fragment f = fragment_of(1, "x", 5, 2, 3);
	assert_int_equal(store_fragment_add(w->store, &f, w->now_ms, &l), -EINVAL);
	f = fragment_of(1, "x", 5, 0, 0);
	assert_int_equal(store_fragment_add(w->store, &f, w->now_ms, &l), -EINVAL);
	f = fragment_of(1, "x", 5, 1, 1);
	f.pdu_size = STORE_PDU_SIZE + 1;
	assert_int_equal(store_fragment_add(w->store, &f, w->now_ms, &l), -EINVAL);
}

static void bodies_are_forgotten_in_slices_and_nothing_that_waits(void **state)
{
	struct world *w = *state;
	int64_t person = person_new(w, 1, ROLE_MEMBER, 1), waiting = 0;
	struct store_claim c;
	for (int i = 0; i < 10; i++) {
		char pdu[16];
		snprintf(pdu, sizeof(pdu), "%d", i);
		waiting = land(w, fragment_of(1, pdu, -1, 1, 1)).text_id;
		OK(store_text_complete(w->store, waiting, pdu, 0, w->now_ms));
		if (i < 9)
			OK(store_text_handled(w->store, waiting, "x", w->now_ms));
		message_new(w, person, 1, CLASS_REPLY);
		if (i < 5) {
			assert_int_equal(claim(w, "sim1", &c), 1);
			OK(store_segment_sent(w->store, c.segment_id, i, w->now_ms));
		}
	}
	struct store_forgetting pass = { .before_ms = w->now_ms + 1000 };
	int rc = 1;
	for (int64_t before = 0; rc == 1; before = pass.gone) {
		rc = store_forget(w->store, &pass, 4);
		assert_in_range(pass.gone - before, rc, 4);
	}
	OK(rc);
	assert_int_equal(pass.gone, 9 + 5);
	assert_int_equal(peek(w, "SELECT count(*) FROM text WHERE body IS NOT NULL"), 1);
	assert_int_equal(peek(w, "SELECT count(*) FROM body WHERE text IS NOT NULL"), 5);
	assert_int_equal(next_text(w)->id, waiting);
	assert_string_equal(next_text(w)->body, "9");
	assert_int_equal(claim(w, "sim1", &c), 1);
	assert_int_equal(c.part_size, 100);
	struct store_counts counts;
	OK(store_counts(w->store, &counts));
	assert_int_equal(counts.handled, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_single_text_goes_its_way),
		TEST(the_same_pdu_twice_is_one_text_also_after_it_was_handled),
		TEST(equal_texts_without_a_time_are_two),
		TEST(parts_come_in_any_order_and_doubled),
		TEST(senders_references_and_totals_are_kept_apart),
		TEST(texts_that_were_sent_one_after_the_other_are_not_mixed),
		TEST(texts_that_take_turns_at_the_same_times_are_not_mixed),
		TEST(a_text_whose_parts_were_sent_minutes_apart_is_one),
		TEST(what_came_of_a_text_is_given_up_as_one),
		TEST(parts_sent_half_an_hour_apart_are_of_two_texts),
		TEST(a_text_with_gaps_is_handed_on_when_it_is_overdue),
		TEST(names_and_short_codes_have_no_person),
		TEST(texts_are_handled_in_the_order_they_came),
		TEST(equal_texts_of_one_person_are_counted),
		TEST(what_a_text_causes_and_its_mark_land_together_or_not_at_all),
		TEST(impossible_parts_are_refused),
		TEST(bodies_are_forgotten_in_slices_and_nothing_that_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
