/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a modem may be. Its section names a path, a USB device ("usb:VID:PID[:interface]") or
 * nothing ("auto"); once its IMEI is known it is looked for under every name. What another section
 * has, or names as its own, is left alone: a stick with several ports yields one modem.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "modem_private.h"

/* Every modem of the process: they must not take each other's ports. */
static struct modem *modems;

void find_enter(struct modem *m)
{
	m->next = modems;
	modems = m;
}

void find_leave(struct modem *m)
{
	for (struct modem **at = &modems; *at; at = &(*at)->next) {
		if (*at == m) {
			*at = m->next;
			return;
		}
	}
}

/* ---- what the section says ---- */

bool find_parse(const char *port, struct find_wish *out)
{
	unsigned int vendor, product, interface;
	int n = 0;

	*out = (struct find_wish){ .vendor = -1, .product = -1, .interface = -1 };
	out->anywhere = true;
	if (strcmp(port, "auto") == 0)
		return true;
	if (strncmp(port, "usb:", 4) != 0) {
		out->anywhere = false;
		return port[0] != '\0';
	}
	if (sscanf(port, "usb:%4x:%4x%n", &vendor, &product, &n) < 2)
		return false;
	out->vendor = (int)vendor;
	out->product = (int)product;
	if (port[n] == '\0')
		return true;
	port += n;
	n = 0;
	if (sscanf(port, ":%2x%n", &interface, &n) < 1 || port[n] != '\0')
		return false;
	out->interface = (int)interface;
	return true;
}

static bool fits(const struct find_wish *wish, const struct serial_port *port)
{
	return (wish->vendor < 0 ||
		       (wish->vendor == port->vendor && wish->product == port->product)) &&
	       (wish->interface < 0 || wish->interface == port->interface);
}

/* ---- whose it is ---- */

static bool is_same_port(const struct serial_port *a, const struct serial_port *b)
{
	return strcmp(a->real, b->real) == 0 || (a->usb[0] && strcmp(a->usb, b->usb) == 0);
}

static bool is_named_by(const struct modem *m, const struct serial_port *port)
{
	struct serial_port own;

	return !m->wish.anywhere && serial_look(&m->where, m->spec, &own) == 0 &&
	       strcmp(own.real, port->real) == 0;
}

/*
 * The 14 digits that name the equipment: what follows is a check digit, or a version of 2
 * (TS 23.003 6.2), and modems, stickers and files differ in it.
 */
#define IMEI_DIGITS 14

bool find_same_imei(const char *a, const char *b)
{
	return a[0] && strncmp(a, b, IMEI_DIGITS) == 0;
}

/*
 * In use by another section, or its own by name: left to it by who takes any modem. Who knows whom
 * he looks for asks there too.
 */
static bool is_taken(const struct modem *m, const struct serial_port *port)
{
	for (const struct modem *o = modems; o; o = o->next) {
		if (o == m)
			continue;
		if (o->serial && is_same_port(&o->port, port))
			return true;
		if (!m->imei[0] && is_named_by(o, port))
			return true;
	}
	return false;
}

/*
 * The port is told with it: a round of its own would begin where it was, and two that each hold the
 * other's port would send each other there for ever.
 */
void find_tell_owner(const struct modem *m)
{
	for (struct modem *o = modems; o; o = o->next) {
		if (o == m || !find_same_imei(o->imei, m->seen_imei))
			continue;
		o->told = m->port;
		if (!o->serial)
			port_look_again(o);
	}
}

bool find_told(struct modem *m, struct serial_port *out)
{
	*out = m->told;
	m->told.path[0] = '\0';
	return out->path[0] && !is_taken(m, out);
}

bool find_is_anothers(const struct modem *m, const char *imei)
{
	for (const struct modem *o = modems; o; o = o->next) {
		if (o != m && find_same_imei(o->imei, imei))
			return true;
	}
	return false;
}

/* ---- two with one IMEI ---- */

/*
 * Cheap modems are sold with copied IMEIs. Two of them are told apart by their ports, which are
 * both open now and do not lie on one device.
 */
static bool is_other_device(const struct modem *m, const struct modem *o)
{
	return o != m && m->serial && o->serial && !is_same_port(&o->port, &m->port) &&
	       find_same_imei(o->seen_imei, m->seen_imei) && serial_alive(o->serial) == 0;
}

bool find_is_cloned(const struct modem *m)
{
	for (const struct modem *o = modems; o; o = o->next) {
		if (is_other_device(m, o) && !o->probing && !m->probing)
			return true;
	}
	return false;
}

bool find_is_a_clone(const struct modem *m)
{
	for (const struct modem *o = modems; o; o = o->next) {
		bool apart = o->port.usb[0] && m->port.usb[0];

		if (is_other_device(m, o) && (apart || (!m->wish.anywhere && !m->probing)))
			return true;
	}
	return false;
}

bool find_is_at_its_clones(const struct modem *m)
{
	for (const struct modem *o = modems; o; o = o->next) {
		if (o != m && find_same_imei(o->imei, m->seen_imei) && is_named_by(o, &m->port))
			return true;
	}
	return false;
}

/* ---- candidates ---- */

/* Lower is tried first: where it was, then what looks like it, then the rest. */
static int rank(const struct modem *m, const struct serial_port *port)
{
	const struct serial_port *last = &m->home;

	if (strcmp(last->path, port->path) == 0)
		return 0;
	if (last->vendor >= 0 && last->vendor == port->vendor && last->product == port->product &&
		last->interface == port->interface)
		return 1;
	return 2;
}

static void sort(const struct modem *m, struct serial_port *list, int n)
{
	for (int i = 1; i < n; i++) {
		struct serial_port port = list[i];
		int k = i;

		for (; k > 0 && rank(m, &list[k - 1]) > rank(m, &port); k--)
			list[k] = list[k - 1];
		list[k] = port;
	}
}

int find_candidates(const struct modem *m, struct serial_port *out, int max)
{
	struct serial_port all[FIND_PORTS];
	int n = 0, n_all;

	if (!m->wish.anywhere) {
		/* the section's own path is tried whatever is there */
		if (serial_look(&m->where, m->spec, &out[0]) < 0) {
			out[0] = (struct serial_port){
				.vendor = -1, .product = -1, .interface = -1
			};
			text_copy(out[0].path, sizeof(out[0].path), m->spec);
		}
		n = 1;
		if (!m->imei[0])
			return n;
	}
	n_all = serial_list(&m->where, all, FIND_PORTS);
	sort(m, all, n_all);
	for (int i = 0; i < n_all && n < max; i++) {
		bool own = n > 0 && !m->wish.anywhere && strcmp(out[0].real, all[i].real) == 0;

		if (!own && fits(&m->wish, &all[i]) && !is_taken(m, &all[i]))
			out[n++] = all[i];
	}
	return n;
}

/* Which ports there are, in a number: whoever has them, and in whatever order. */
uint32_t find_mark(const struct modem *m)
{
	struct serial_port all[FIND_PORTS];
	int n = serial_list(&m->where, all, FIND_PORTS);
	uint32_t mark = 0;

	for (int i = 0; i < n; i++) {
		uint32_t hash = 2166136261U; /* FNV-1a */

		for (const char *at = all[i].real; *at; at++)
			hash = (hash ^ (uint8_t)*at) * 16777619U;
		mark += hash;
	}
	return mark;
}

/* Where the section or experience says that it is: it gets the patience of a modem that boots. */
bool find_is_home(const struct modem *m, const struct serial_port *port)
{
	if (!m->wish.anywhere)
		return strcmp(port->path, m->spec) == 0;
	return m->imei[0] && rank(m, port) == 0;
}
