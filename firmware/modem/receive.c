/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PDUs in. A text lies in one of the modem's stores until somebody above has made it durable:
 *
 *   sweep (+CMGL) -> handed up -> modem_taken() -> +CMGD -> the next sweep proves that it is gone
 *
 * Each PDU that is handed up has a number of its own: a modem_taken() that comes after a restart,
 * or after another text was found in its place, deletes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "modem_private.h"

#define DELETE_TRIES 3
#define TORN_SWEEPS  3 /* read again so often when a PDU was torn on the line */
#define FULL_PERCENT 80

static const char *const memory_names[MEMORIES] = {
	[MEMORY_SM] = "SM", [MEMORY_ME] = "ME", [MEMORY_MT] = "MT", [MEMORY_SR] = "SR"
};

const char *memory_name(enum modem_memory memory)
{
	return memory_names[memory];
}

enum modem_memory memory_find(const char *name)
{
	for (int i = 0; i < MEMORIES; i++) {
		if (strcmp(name, memory_names[i]) == 0)
			return i;
	}
	return MEMORY_NONE;
}

/* ---- slots ---- */

static int next_number(struct modem *m)
{
	m->handed_up = m->handed_up % INT32_MAX + 1;
	return m->handed_up;
}

static uint32_t hash_of(const char *text)
{
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (; *text; text++)
		hash = (hash ^ (uint8_t)*text) * 16777619U;
	return hash;
}

static struct slot *slot_find(struct modem *m, enum modem_memory memory, int index)
{
	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->state != SLOT_FREE && slot->memory == memory && slot->index == index)
			return slot;
	}
	return NULL;
}

static struct slot *slot_take_free(struct modem *m)
{
	for (int i = 0; i < SLOTS; i++) {
		if (m->slots[i].state == SLOT_FREE)
			return &m->slots[i];
	}
	return NULL;
}

static void slot_set(struct modem *m, struct slot *slot, enum slot_state state, bool doubtful)
{
	bool was = slot->state == SLOT_TAKEN && !slot->doubtful;

	slot->state = state;
	slot->doubtful = doubtful;
	m->n_taken += (state == SLOT_TAKEN && !doubtful) - was;
}

void receive_reset(struct modem *m)
{
	memset(m->slots, 0, sizeof(m->slots));
	m->n_taken = m->direct_number = 0;
	m->sweep_wanted = m->sweep_later = m->swept_clean = 0;
	m->direct_again = true;
	m->selected = m->walking = MEMORY_NONE;
	m->swept = MEMORIES - 1;
	memset(m->torn_sweeps, 0, sizeof(m->torn_sweeps));
	m->cnma_wanted = m->direct_open = false;
}

void receive_taken(struct modem *m, int number)
{
	if (number <= 0)
		return;
	if (number == m->direct_number) {
		m->cnma_wanted = m->csms1;
		m->direct_open = false;
		m->direct_number = 0;
	}
	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->number == number && slot->state == SLOT_HANDED)
			slot_set(m, slot, SLOT_TAKEN, slot->doubtful);
	}
}

/* ---- a PDU ---- */

/*
 * Fills m->pdu from the line after a header that announced `length` octets of TPDU, not counting
 * the service centre's address before it (TS 27.005 3.4). False when they do not agree: a line was
 * lost or torn.
 */
static bool pdu_read(struct modem *m, const char *hex, int length)
{
	struct modem_pdu *pdu = &m->pdu;
	int n = hex_decode(hex, strlen(hex), pdu->data, sizeof(pdu->data));

	if (n < 2 || length < 1 || length != n - 1 - pdu->data[0])
		return false;
	pdu->size = (size_t)n;
	/* TP-MTI 10 is a STATUS-REPORT on its way to us: TS 23.040 9.2.3.1 */
	pdu->kind = (pdu->data[1 + pdu->data[0]] & 3) == 2 ? MODEM_PDU_REPORT : MODEM_PDU_DELIVER;
	return true;
}

static void hand_up(struct modem *m, int number)
{
	m->pdu.slot = number;
	m->events->pdu(m->ctx, m, &m->pdu);
}

/* +CMT, +CDS: <length> is the last field (one family puts an extra comma before it). */
void receive_direct(struct modem *m, const char *line, const char *next)
{
	const char *comma = strrchr(line, ',');
	int length = comma ? at_field_int(comma + 1, 0, -1) : at_field_int(line, 0, -1);

	if (!pdu_read(m, next, length)) {
		why_torn(m);
		/* Not acknowledged, the network sends it again (TS 24.011 6.2). */
		m->routes_wanted = m->csms1;
		return;
	}
	m->direct_ms = modem_now(m);
	m->direct_open = m->csms1;
	m->direct_number = m->csms1 ? next_number(m) : 0;
	m->pdu.again = m->csms1 && m->direct_again;
	m->direct_again = true;
	hand_up(m, m->csms1 ? m->direct_number : -1);
}

/* ---- sweep ---- */

int receive_format_select(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	snprintf(out, size, "AT+CPMS=\"%s\"", memory_name(m->sweeping));
	return m->selected == m->sweeping ? AT_SKIP : 0;
}

int receive_done_select(void *ctx)
{
	struct modem *m = ctx;

	m->selected = m->sweeping;
	return 0;
}

static bool same_as_before(struct modem *m, struct slot *slot, uint32_t hash)
{
	bool again = !slot->seen;

	slot->seen = true;
	if (slot->hash != hash)
		return false;
	if (again)
		slot_set(m, slot, slot->state, false);
	if (slot->state == SLOT_DELETED && ++slot->fails >= DELETE_TRIES) {
		log_error("modem %s: text %d of %s cannot be deleted", m->name, slot->index,
			memory_name(slot->memory));
		slot_set(m, slot, SLOT_STUCK, false);
	} else if (slot->state == SLOT_DELETED) {
		slot_set(m, slot, SLOT_TAKEN, false);
	}
	return true;
}

/*
 * A place of which the modem says itself that there is nothing in it that could be read. When lines
 * were not understood the PDU may have been one of them.
 */
static bool is_hollow(const struct modem *m, int length, const char *hex)
{
	uint8_t centre;

	if (length != 0)
		return false;
	if (hex[0] == '\0')
		return m->at.counts.lines_unknown == m->sweep_unknown;
	return hex_decode(hex, 2, &centre, 1) == 1 && strlen(hex) == 2 * (1 + (size_t)centre);
}

static bool is_noisy(const struct modem *m)
{
	return m->sweep_torn > 0 || m->sweep_odd || m->at.counts.lines_unknown != m->sweep_unknown;
}

/*
 * What lies there at a start may have been handed up in an earlier life, what is listed in noise
 * under another number. Two equal ones in one store are two; in two stores one, which some keep
 * twice.
 */
static bool is_again(const struct modem *m, int index, uint32_t hash)
{
	bool again = is_noisy(m) || !(m->swept_clean & 1U << m->sweeping);

	for (int i = 0; i < SLOTS && !is_noisy(m); i++) {
		const struct slot *slot = &m->slots[i];

		if (slot->state == SLOT_FREE || slot->hash != hash || slot->number == 0)
			continue;
		if (slot->memory != m->sweeping)
			return true;
		again = again && (slot->index == index || slot->doubtful);
	}
	return again;
}

/* What lies in a store: new, known, or of no use. */
static void sort_listed(struct modem *m, int index, int length, const char *hex)
{
	uint32_t hash = hash_of(hex);
	struct slot *slot = slot_find(m, m->sweeping, index);
	bool good = pdu_read(m, hex, length);

	if (!good && !is_hollow(m, length, hex)) {
		m->sweep_torn++;
		if (slot)
			slot->seen = true;
		return;
	}
	if (slot && same_as_before(m, slot, hash))
		return;
	m->sweep_odd = m->sweep_odd || !good;
	if (!slot)
		slot = slot_take_free(m);
	if (!slot) {
		m->sweep_skipped = true;
		return;
	}
	m->pdu.again = is_again(m, index, hash);
	slot_set(m, slot, good ? SLOT_HANDED : SLOT_TAKEN, false);
	slot->memory = m->sweeping;
	slot->index = index;
	slot->hash = hash;
	slot->fails = 0;
	slot->number = good ? next_number(m) : 0;
	slot->seen = slot->fresh = true;
	if (good)
		hand_up(m, slot->number);
}

/* What we are to send is none: TP-MTI is 01 there (TS 23.040 9.2.3.1). */
static bool is_deliver(struct modem *m, int length, const char *hex)
{
	return pdu_read(m, hex, length) && (m->pdu.data[1 + m->pdu.data[0]] & 3) == 0;
}

/* <stat> 2 and 3 are texts to be sent (TS 27.005 3.1). */
void receive_listed(struct modem *m, int index, int stat, int length, const char *hex)
{
	m->sweep_lines++;
	if (index < 0 || stat < 0 || stat > 3 || (stat > 1 && is_deliver(m, length, hex)))
		m->sweep_torn++;
	else if (stat == 0 || stat == 1)
		sort_listed(m, index, length, hex);
}

/* +CMGL: <index>,<stat>,[<alpha>],<length> (TS 27.005 4.1) */
static int on_listed(void *ctx, const char *line, const char *next)
{
	struct modem *m = ctx;
	int index = at_field_int(line, 0, -1);
	int stat = at_field_int(line, 1, -1);
	int length = at_field_int(line, 3, at_field_int(line, 2, -1));

	m->sweep_odd = m->sweep_odd || index <= m->sweep_last;
	m->sweep_last = index;
	receive_listed(m, index, stat, length, next);
	return 0;
}

static const struct at_step sweep_steps[] = {
	{ .format = receive_format_select, .deadline_ms = 10000, .done = receive_done_select },
	{ .command = "AT+CMGL=4",
		.expect = "+CMGL:",
		.line = on_listed,
		.deadline_ms = 30000,
		.flags = AT_TWO_LINES | AT_LISTING },
};
static const struct at_script sweep = AT_SCRIPT("sweep", sweep_steps);

static bool nearly_full(const struct modem *m)
{
	return m->store_size > 0 && m->store_used * 100 >= m->store_size * FULL_PERCENT;
}

/* What was deleted and is not listed any more is gone. Returns whether anything still changes. */
static bool settle_slots(struct modem *m)
{
	bool busy = false, freed = false;

	for (int i = 0; i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->state == SLOT_FREE || slot->memory != m->sweeping)
			continue;
		if (!slot->seen) {
			slot_set(m, slot, SLOT_FREE, false);
			freed = true;
		}
		busy = busy || slot->state == SLOT_HANDED || slot->state == SLOT_TAKEN;
	}
	/*
	 * There was no slot for some of them. While none becomes free, deleting will bring the next
	 * sweep.
	 */
	if (m->sweep_skipped && freed)
		m->sweep_wanted |= 1U << m->sweeping;
	return busy || m->sweep_skipped;
}

/*
 * What was listed while there was noise on the line may lie elsewhere: a digit of an index is soon
 * lost, and what lies in the place that is named instead was perhaps not read at all. It is deleted
 * when it has been listed there once more.
 */
static bool doubt_fresh(struct modem *m, bool whole)
{
	bool noisy = !whole || is_noisy(m);

	for (int i = 0; noisy && i < SLOTS; i++) {
		struct slot *slot = &m->slots[i];

		if (slot->state != SLOT_FREE && slot->fresh)
			slot_set(m, slot, slot->state, true);
	}
	return noisy;
}

/* A sweep of m->sweeping is complete. */
void receive_swept(struct modem *m, bool noisy)
{
	int *torn_sweeps = &m->torn_sweeps[m->sweeping];

	if (m->sweep_torn > 0)
		why_torn(m);
	m->sweep_later &= ~(1U << m->sweeping);
	m->swept_clean &= ~(1U << m->sweeping);
	if (!noisy && !m->sweep_skipped)
		m->swept_clean |= 1U << m->sweeping;
	if (noisy && ++*torn_sweeps <= TORN_SWEEPS) {
		m->sweep_wanted |= 1U << m->sweeping;
	} else {
		*torn_sweeps = 0;
		if (noisy)
			m->sweep_later |= 1U << m->sweeping;
	}
	if (!settle_slots(m) && m->sweeping == m->receives) {
		m->store_used = m->store_rest = m->sweep_lines;
		m->full_told = false;
	}
	/* What is there now and nobody takes: the watermark that a person must know of. */
	if (m->sweeping == m->receives) {
		m->store_alarm =
			nearly_full(m) && m->n_taken == 0 && !(m->sweep_wanted & 1U << m->receives);
		why_tell(m);
	}
}

/* Of an error without a number nobody knows; as a rule it stands for what is not there. */
static bool is_for_good(const struct at_result *result)
{
	return result->outcome != AT_SILENCE &&
	       (result->error == 0 || result->retry == AT_RETRY_OUR_MISTAKE);
}

/* One that the modem does not know is not there; else (a SIM that is busy) it will be. */
void receive_unselected(struct modem *m, enum modem_memory memory, const struct at_result *result)
{
	if (is_for_good(result) && memory != m->receives)
		m->memories &= ~(1U << memory);
	else
		m->sweep_later |= 1U << memory;
}

/*
 * What is not listed, or not to its end, is read slot by slot: once, or from now on when that is
 * how this modem is.
 */
static void sweep_failed(struct modem *m, const struct at_result *result)
{
	int *fails = &m->list_fails[m->sweeping];

	if (result->step == &sweep_steps[0]) {
		receive_unselected(m, m->sweeping, result);
		return;
	}
	*fails = is_for_good(result) ? LIST_FAILS : *fails + 1;
	log_notice("modem %s: does not list %s (%s, error %d): its places are read one by one",
		m->name, memory_name(m->sweeping), at_outcome_name(result->outcome), result->error);
	m->by_slot |= 1U << m->sweeping;
	m->sweep_wanted |= 1U << m->sweeping;
}

static void sweep_ended(struct modem *m, const struct at_result *result)
{
	bool silent = result->outcome == AT_SILENCE;

	bool noisy = doubt_fresh(m, result->outcome == AT_DONE);

	if (result->outcome == AT_DONE) {
		m->list_fails[m->sweeping] = 0;
		ladder_worked(m, WORK_RECEIVE);
		receive_swept(m, noisy);
	} else if (!silent || m->sweep_lines > 0) {
		sweep_failed(m, result);
	}
	if (silent) {
		ladder_stalled(m, WORK_RECEIVE);
		life_event(m, MODEM_EV_DEAF);
	}
}

void receive_unseen(struct modem *m)
{
	m->sweep_lines = m->sweep_torn = 0;
	m->sweep_skipped = m->sweep_odd = false;
	m->sweep_last = -1;
	m->sweep_unknown = m->at.counts.lines_unknown;
	for (int i = 0; i < SLOTS; i++)
		m->slots[i].seen = m->slots[i].fresh = false;
}

/*
 * The next that is wanted behind the one that had its turn: one that is announced without an end
 * does not keep the others waiting.
 */
static enum modem_memory next_memory(const struct modem *m)
{
	unsigned int behind = m->sweep_wanted & ~0U << (m->swept + 1);

	return (enum modem_memory)__builtin_ctz(behind ? behind : m->sweep_wanted);
}

void receive_sweep(struct modem *m)
{
	m->sweeping = m->swept = next_memory(m);
	m->sweep_wanted &= ~(1U << m->sweeping);
	receive_unseen(m);
	if (m->by_slot & 1U << m->sweeping)
		walk_begin(m);
	else
		modem_run(m, &sweep, sweep_ended);
}

/* With the heartbeat: what was noisy to the last comes once more, whichever store it is. */
void receive_sweep_later(struct modem *m)
{
	m->sweep_wanted |= m->sweep_later;
}

void receive_sweep_all(struct modem *m)
{
	/* MT is SM and ME seen as one (TS 27.005 3.2.3): not swept beside them. */
	m->sweep_wanted |= m->memories & (1U << MEMORY_SM | 1U << MEMORY_ME | 1U << MEMORY_SR);
	if (m->receives != MEMORY_NONE)
		m->sweep_wanted |= 1U << m->receives;
}

/* ---- delete ---- */

static int fmt_select_slot(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;

	m->sweeping = m->slots[m->deleting].memory;
	return receive_format_select(ctx, out, size);
}

/*
 * From here on it counts as deleted until a sweep shows it again. An unanswered +CMGD is never
 * simply repeated: the place may hold another text by then.
 */
static int fmt_delete(void *ctx, char *out, size_t size)
{
	struct modem *m = ctx;
	struct slot *slot = &m->slots[m->deleting];

	slot_set(m, slot, SLOT_DELETED, false);
	m->sweep_wanted |= 1U << slot->memory;
	snprintf(out, size, "AT+CMGD=%d", slot->index);
	return 0;
}

static const struct at_step delete_steps[] = {
	{ .format = fmt_select_slot, .deadline_ms = 10000, .done = receive_done_select },
	{ .format = fmt_delete, .deadline_ms = 25000, .flags = AT_OPTIONAL },
};
static const struct at_script delete_ = AT_SCRIPT("delete", delete_steps);

/* Its store cannot be selected now. The sweep that finds it again counts this as a try. */
static void delete_later(struct modem *m, struct slot *slot)
{
	slot_set(m, slot, SLOT_DELETED, false);
	m->sweep_later |= 1U << slot->memory;
}

static void delete_ended(struct modem *m, const struct at_result *result)
{
	struct slot *slot = &m->slots[m->deleting];

	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else if (result->outcome == AT_DONE || slot->state != SLOT_TAKEN)
		return;
	else if (is_for_good(result))
		slot_set(m, slot, SLOT_STUCK, false);
	else
		delete_later(m, slot);
}

void receive_delete(struct modem *m)
{
	for (int i = 0; i < SLOTS; i++) {
		if (m->slots[i].state == SLOT_TAKEN && !m->slots[i].doubtful) {
			m->deleting = i;
			modem_run(m, &delete_, delete_ended);
			return;
		}
	}
}

/* ---- +CNMA ---- */

/*
 * The network waits 12 to 20 s (TS 24.011 10, TR2M); a commit that took longer (a full disk) comes
 * too late, and then 340 says that the modem has given up and turned +CNMI off.
 */
#define ACK_LATE_MS (5 * MS_PER_S)

/* TS 27.005 3.4.4: one for each +CMT and +CDS while +CSMS is 1; 340 says that none was awaited. */
static const struct at_step cnma_steps[] = {
	{ .command = "AT+CNMA", .deadline_ms = 5000 },
};
static const struct at_script cnma = AT_SCRIPT("acknowledge", cnma_steps);

void receive_acknowledged(struct modem *m, const struct at_result *result)
{
	bool late = modem_now(m) > m->direct_ms + ACK_LATE_MS;

	m->direct_again = result->outcome != AT_DONE;
	if (result->outcome != AT_DONE && (result->error != 340 || late))
		m->routes_wanted = true; /* a missed one turns +CNMI off */
}

static void cnma_ended(struct modem *m, const struct at_result *result)
{
	if (result->outcome == AT_SILENCE)
		life_event(m, MODEM_EV_DEAF);
	else
		receive_acknowledged(m, result);
}

void receive_acknowledge(
	struct modem *m, void (*ended)(struct modem *m, const struct at_result *result))
{
	m->cnma_wanted = false;
	modem_run(m, &cnma, ended);
}

void receive_cnma(struct modem *m)
{
	receive_acknowledge(m, cnma_ended);
}

/* ---- what the modem says by itself ---- */

/* +CMTI: <mem>,<index>, +CDSI alike. One notice does not mean one text: all of it is listed. */
void receive_notice(struct modem *m, const char *line, bool report)
{
	char name[8];
	enum modem_memory memory;
	struct slot *slot;

	at_field(line, 0, name, sizeof(name));
	memory = memory_find(name);
	if (report && (m->profile->flags & MODEM_REPORTS_DIRECT))
		memory = MEMORY_SR;
	/* A text of which no place is told was announced by the network and not handed over. */
	if (memory == MEMORY_NONE && at_field_int(line, 1, 0) < 0)
		log_warning("modem %s: the network announced a text and did not hand it over (SMS "
			    "over IMS)",
			m->name);
	if (memory == MEMORY_NONE)
		memory = m->receives;
	if (memory == MEMORY_NONE)
		return;
	m->sweep_wanted |= 1U << memory;
	/* Something came into a place that we know taken: that was misread. */
	slot = slot_find(m, memory, at_field_int(line, 1, -1));
	if (slot && slot->state == SLOT_DELETED)
		slot_set(m, slot, SLOT_FREE, false); /* its place was free */
	else if (slot)
		slot_set(m, slot, slot->state, true);
}

void receive_store_full(struct modem *m)
{
	log_warning("modem %s: its store is full", m->name);
	receive_sweep_all(m);
}

static void tell_full(struct modem *m)
{
	bool full = nearly_full(m);

	if (full && !m->full_told)
		log_warning("modem %s: %d of %d places of its store are in use", m->name,
			m->store_used, m->store_size);
	m->full_told = full;
	m->store_alarm = m->store_alarm && full;
}

/*
 * The answer of AT+CPMS?: <mem>,<used>,<total> three times; the third is where texts arrive. That
 * of a setting has the numbers only. More in it than the last sweep left there: a notice was lost.
 */
void receive_store_counts(struct modem *m, const char *line)
{
	char name[8];
	enum modem_memory memory;

	if (!at_field(line, 6, name, sizeof(name)))
		return;
	memory = memory_find(name);
	if (memory == MEMORY_NONE)
		return;
	m->receives = memory;
	m->store_used = at_field_int(line, 7, 0);
	m->store_size = at_field_int(line, 8, 0);
	if (m->store_used > m->store_rest)
		m->sweep_wanted |= 1U << memory;
	tell_full(m);
}

bool receive_due(const struct modem *m)
{
	return m->sweep_wanted || m->n_taken || m->cnma_wanted || m->walking != MEMORY_NONE;
}
