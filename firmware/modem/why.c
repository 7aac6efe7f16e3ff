/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is not as it should be, in words for the admin. What a person must see to is an alarm. One
 * table for modems without a network, one for those that work: the first row that holds counts.
 */
#include <string.h>

#include "modem_private.h"

#define BROWN_OUT_MS   MS_PER_H /* the words stay that long after the last one */
#define TORN_MS        MS_PER_H
#define TORN_MANY      5 /* within that time */
#define TORN           "what it says comes torn: check its cable, its plug and its supply"
#define UNDER_VOLTAGE  "its supply voltage is too low (it says so): use a stronger supply"
#define BROWN_OUT      "restarted by itself: most often a weak power supply"
#define REFUSED_IN_ROW 3
#define RETURN_MS      (10 * MS_PER_S) /* a restart on the USB takes less, a hand mostly more */
#define STANDS_MS      (3 * MS_PER_S)  /* +CREG, +CGREG and +CEREG tell one change within this */

struct reason {
	bool (*holds)(const struct modem *m);
	const char *words;
	bool alarm;
};

/* Said only of a registration that stands, not of one on its way. */
static bool stands(const struct modem *m)
{
	return modem_now(m) - m->network_ms >= STANDS_MS;
}

/* ---- not on the network: TS 27.007 7.2 <stat> ---- */

static bool any_net_is(const struct modem *m, int stat)
{
	for (int i = 0; i < NETS; i++) {
		if (m->registration[i] == stat)
			return true;
	}
	return false;
}

static bool is_denied(const struct modem *m)
{
	return any_net_is(m, 3) && stands(m);
}

static bool is_out_of_reach(const struct modem *m)
{
	return !any_net_is(m, 2) && stands(m);
}

static bool always(const struct modem *m)
{
	(void)m;
	return true;
}

#define CLONED                                                                                     \
	{                                                                                          \
		find_is_cloned,                                                                    \
			"another modem here tells the same IMEI: networks may refuse both; "       \
			"replace one",                                                             \
			true                                                                       \
	}

static const struct reason searching[] = {
	CLONED,
	{ is_denied, "the network refuses this SIM: is its contract paid, is the modem allowed?",
		true },
	{ is_out_of_reach, "no network in reach: is the aerial connected?", false },
	{ always, "searching for a network", false },
};

/* ---- on the network, but not well ---- */

static bool is_on(int stat)
{
	return stat == 1 || stat == 5 || stat == 6 || stat == 7;
}

/* LTE alone carries no texts: they need IMS, or older networks beside it (TS 23.272 annex C). */
static bool lte_only(const struct modem *m)
{
	return is_on(m->registration[NET_CEREG]) && !is_on(m->registration[NET_CREG]);
}

static bool is_on_lte_alone(const struct modem *m)
{
	return lte_only(m) && stands(m);
}

static bool network_refuses(const struct modem *m)
{
	return m->refused_in_row >= REFUSED_IN_ROW;
}

static bool lacks_centre(const struct modem *m)
{
	return m->no_centre;
}

static bool lte_refuses(const struct modem *m)
{
	return lte_only(m) && network_refuses(m);
}

static bool brown_out_lately(const struct modem *m)
{
	return m->brown_out_ms >= 0 && modem_now(m) - m->brown_out_ms < BROWN_OUT_MS;
}

static bool under_voltage(const struct modem *m)
{
	return m->under_voltage && brown_out_lately(m);
}

static bool torn_lately(const struct modem *m)
{
	return m->torn_n >= TORN_MANY && modem_now(m) - m->torn_ms < TORN_MS;
}

static bool nearly_full(const struct modem *m)
{
	return m->store_alarm;
}

static bool is_roaming(const struct modem *m)
{
	return (any_net_is(m, 5) || any_net_is(m, 7)) && !any_net_is(m, 1) && !any_net_is(m, 6);
}

static bool takes_nothing(const struct modem *m)
{
	return ladder_misses(m, WORK_SEND);
}

static bool gives_nothing(const struct modem *m)
{
	return ladder_misses(m, WORK_RECEIVE);
}

#define TAKES_NOTHING                                                                              \
	{                                                                                          \
		takes_nothing, "answers, but does not take what is to be sent", true               \
	}
#define GIVES_NOTHING                                                                              \
	{                                                                                          \
		gives_nothing, "answers, but does not give what it has received", true             \
	}

static const struct reason ready[] = {
	TAKES_NOTHING,
	GIVES_NOTHING,
	{ lacks_centre,
		"no text leaves: its service centre is not known; set service_centre in its "
		"section",
		true },
	{ lte_refuses,
		"LTE without IMS: no text leaves; ask the operator for texts over LTE, or use "
		"2G/3G",
		true },
	{ network_refuses, "on the network, but it takes no texts: is the SIM allowed to send?",
		true },
	CLONED,
	/* what is so now goes before what was so within the hour */
	{ nearly_full, "its store is nearly full: texts to the box will soon be refused", true },
	{ under_voltage, UNDER_VOLTAGE, true },
	{ brown_out_lately, BROWN_OUT, true },
	{ torn_lately, TORN, true },
	{ is_roaming, "roaming: in a foreign network, texts may cost more", false },
	{ is_on_lte_alone, "on LTE alone: texts need IMS", false },
	{ always, "", false },
};

/* It may never come further than this. */
static const struct reason starting[] = {
	{ torn_lately, TORN, true },
	{ under_voltage, UNDER_VOLTAGE, true },
	{ brown_out_lately, BROWN_OUT, true },
	{ always, "", false },
};

static const struct reason recovering[] = {
	TAKES_NOTHING,
	GIVES_NOTHING,
	{ always, "does not answer", false },
};

static const struct reason *const reasons[MODEM_STATES] = {
	[MODEM_STARTING] = starting,
	[MODEM_SEARCHING] = searching,
	[MODEM_READY] = ready,
};

static const struct reason *first_that_holds(const struct modem *m, const struct reason *reason)
{
	while (!reason->holds(m))
		reason++;
	return reason;
}

void why_torn(struct modem *m)
{
	if (m->torn_n == 0 || modem_now(m) - m->torn_ms >= TORN_MS) {
		m->torn_ms = modem_now(m);
		m->torn_n = 0;
	}
	m->torn_n++;
	if (m->torn_n < TORN_MANY)
		log_warning("modem %s: a PDU on the line was torn", m->name);
	why_tell(m);
}

/* ---- the state's ---- */

static const char *failed_why(const struct modem *m)
{
	if (!m->serial)
		return "its port is gone, nothing brought it back; tried again every 5 minutes";
	if (m->refuses)
		return "answers, but refuses to start up; nothing helped; tried again every 5 "
		       "minutes";
	return "does not answer, nothing helped; tried again every 5 minutes";
}

const char *why_now(const struct modem *m, bool *alarm)
{
	const struct reason *reason;

	*alarm = false;
	if (m->state == MODEM_PIN || m->state == MODEM_FAILED)
		*alarm = true;
	if (m->state == MODEM_PARKED)
		return m->parked_why;
	if (m->state == MODEM_FAILED)
		return failed_why(m);
	if (m->state == MODEM_RECOVERING && m->why[0] == '\0')
		return first_that_holds(m, recovering)->words;
	if (!reasons[m->state])
		return m->why; /* of whatever led here */
	reason = first_that_holds(m, reasons[m->state]);
	*alarm = reason->alarm;
	return reason->words;
}

/* The log hears of each change once; alarms as such. */
void why_tell(struct modem *m)
{
	bool alarm;
	const char *why = why_now(m, &alarm);

	if (strcmp(why, m->told_why) == 0)
		return;
	text_copy(m->told_why, sizeof(m->told_why), why);
	if (why[0])
		log_write(alarm ? LOG_LEVEL_ALERT : LOG_LEVEL_NOTICE, "modem %s: %s: %s", m->name,
			modem_state_name(m->state), why);
}

/* The registration has changed; what is to be said of it is said when it has stood. */
void why_network(struct modem *m)
{
	m->network_ms = modem_now(m);
	m->stood_ms = m->network_ms + STANDS_MS;
}

void why_tick(struct modem *m)
{
	if (modem_now(m) < m->stood_ms)
		return;
	m->stood_ms = TIME_NEVER;
	if (reasons[m->state])
		why_tell(m);
}

/*
 * A supply moves no stick to another socket: that was a hand, and so were the times before. Off
 * the USB a socket is a name.
 */
void why_moved(struct modem *m)
{
	const struct serial_port *was = &m->home, *is = &m->port;
	bool on_usb = was->usb[0] || is->usb[0];

	if (was->path[0] && strcmp(on_usb ? was->usb : was->path, on_usb ? is->usb : is->path) != 0)
		m->vanished_ms = m->returned_ms = -1;
}

/*
 * A stick that restarts takes its port with it: gone and back in a moment. Once, that is a hand;
 * twice within the hour it is its supply.
 */
void why_returned(struct modem *m)
{
	int64_t now = modem_now(m);
	bool again = m->returned_ms >= 0 && now - m->returned_ms < BROWN_OUT_MS;

	if (m->vanished_ms >= 0 && m->started_ms - m->vanished_ms < RETURN_MS) {
		m->returned_ms = now;
		m->resets++;
		m->boot_till_ms = again ? 0 : m->boot_till_ms;
		if (again)
			why_brown_out(m, false);
	}
	m->vanished_ms = -1;
}

void why_brown_out(struct modem *m, bool said_so)
{
	if (!said_so && modem_now(m) < m->boot_till_ms) {
		m->boot_till_ms = 0;
		return;
	}
	m->brown_outs++;
	m->brown_out_ms = modem_now(m);
	m->under_voltage = m->under_voltage || said_so;
}
