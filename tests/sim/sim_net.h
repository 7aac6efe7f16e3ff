/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The half of the simulator that is the network: what it takes, what it brings, phones, and the
 * people who answer. Included by sim.h.
 */
#ifndef SIM_NET_H
#define SIM_NET_H

#include <jansson.h>

#include "faro/sms.h"
#include "sim_base.h"

struct sim;
struct sim_modem;
struct sim_phone;
struct sim_people;

/*
 * A SUBMIT leaves the modem (the radio time is over). SIM_OK with *reference, or an error for the
 * line.
 */
int sim_net_accept(struct sim_modem *m, const uint8_t *tpdu, size_t n, int *reference);

/* What the network accepted last. */
struct sim_segment {
	uint64_t serial;
	int64_t mono_us, wall_ms;
	char modem[64], from[PHONE_SIZE], to[PHONE_SIZE];
	int mr, total, part, cref, dcs, validity_min;
	bool want_report, reject_duplicates;
	uint64_t hash;
	char text[SMS_TEXT_SIZE];
};

struct sim_policy {
	enum { SIM_DELIVERED, SIM_FAILED, SIM_NEVER, SIM_PHONE_OFF, SIM_REFUSED } outcome;
	int status, delay_ms, jitter_ms;
};

/* A report, or a text that waits for a phone to be switched on. */
struct sim_pending {
	struct sim_pending *next; /* of its phone, while that is off */
	struct sim *sim;
	struct sim_phone *phone;
	struct sim_timer timer;
	char modem[64], to[PHONE_SIZE];
	uint64_t segment;
	int64_t wall_ms;
	uint8_t mr, status;
	bool want_report;
	struct sms_address address;
	struct sms_ud ud;
	char from[PHONE_SIZE];
};

void sim_net_report(struct sim_pending *p, uint8_t status); /* frees p */

/* route.c */
struct sim_mail *sim_mail_new(const struct sms_address *centre, const uint8_t *tpdu, size_t n);
void sim_route_push(struct sim_modem *m, struct sim_mail *mail);
void sim_route_kick(struct sim_modem *m); /* something changed: try again with the next turn */
void sim_route_ack(struct sim_modem *m, bool positive);
void sim_route_init(struct sim_modem *m);
void sim_route_fini(struct sim_modem *m);
void sim_route_forget(
	struct sim_modem *m); /* the modem is gone: what was not acknowledged comes again */
void sim_mailbox_init(struct sim_mailbox *box);

/* inject.c */
struct sim_inject {
	char from[64];
	const char *text;
	struct sim_modem *modem;
	enum { SIM_AUTO, SIM_GSM7, SIM_UCS2 } encoding;
	enum {
		SIM_TYPE_AUTO,
		SIM_TYPE_INTERNATIONAL,
		SIM_TYPE_NATIONAL,
		SIM_TYPE_SHORT,
		SIM_TYPE_NAME
	} type;
	int message_class; /* -1: none */
	int memory;        /* where it lies whatever +CPMS says; -1: where that says */
	int ref;           /* -1: the next */
	bool wide;
	int64_t sent_ms; /* 0: now */
	int delay_ms, gap_ms;
	uint8_t order[SMS_SEGMENTS_MAX + 1]; /* parts in this order; 0-terminated */
	bool has_order;
	bool drop[SMS_SEGMENTS_MAX + 1], twice[SMS_SEGMENTS_MAX + 1];
};

void sim_inject_init(struct sim_inject *in);
/* The text's id (> 0) and *parts, or -errno. */
int64_t sim_inject_text(struct sim *sim, const struct sim_inject *in, int *parts);
int64_t sim_inject_pdu(struct sim_modem *m, const uint8_t *pdu, size_t n, int delay_ms);

/* phone.c */
#define SIM_RECEIVED_KEPT 200
struct sim_received {
	uint64_t serial;
	int64_t mono_us, wall_ms;
	char from[PHONE_SIZE];
	char *text;
	int parts;
};

struct sim_assembly;
struct sim_person;

struct sim_phone {
	struct sim_phone *next; /* in its bucket */
	struct sim *sim;
	char number[PHONE_SIZE];
	bool has_policy, off;
	struct sim_policy policy;
	struct sim_assembly *assemblies;
	struct sim_pending *waiting; /* while off */
	struct sim_received *received;
	unsigned int n_received; /* ever */
	struct sim_person *person;
};

struct sim_phone *sim_phone_get(struct sim *sim, const char *number); /* made when new */
const struct sim_policy *sim_phone_policy(const struct sim_phone *phone);
/* A segment arrives at the phone. */
void sim_phone_take(struct sim_phone *phone, const char *modem, const char *from,
	const struct sms_ud *ud, uint64_t segment);
void sim_phone_switch(struct sim_phone *phone, bool on);
void sim_phones_forget(struct sim *sim);

/* people.c */
void sim_person_reads(struct sim_person *person, const char *modem, const char *text);
json_t *sim_people_make(struct sim *sim, json_t *command, char why[200]);
void sim_people_forget(struct sim *sim);
void sim_person_free(struct sim_person *person);
int sim_delay_from_json(json_t *json, struct sim_delay *delay);

#endif
