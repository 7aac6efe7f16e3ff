/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulator from inside. Two halves (sim_modem.h, sim_net.h), and what serves both:
 *
 *   port.c             a pty and its link: bytes
 *   modem.c            one modem's life
 *   at.c at_*.c        bytes -> command lines -> tables of commands
 *   profile.c          a family, read from a text file
 *   store.c            SM, ME, SR
 *   fault.c            what goes wrong, when
 *   ------------------
 *   net.c              what the network takes, and its reports
 *   route.c            texts and reports on their way in
 *   phone.c people.c   phones, and the people who answer
 *   journal.c          what happened; the ring
 *   control.c command_*.c   the control socket (sim_protocol.h)
 *   hand.c                  texts from the terminal (-t)
 */
#ifndef SIM_H
#define SIM_H

#include <jansson.h>

#include "faro/sms.h"
#include "sim_base.h"
#include "sim_modem.h"
#include "sim_net.h"
#include "sim_protocol.h"

/* ---- journal -------------------------------------------------------------------------------- */

enum sim_event {
	SIM_EV_SEGMENT,
	SIM_EV_TEXT,
	SIM_EV_REPORT,
	SIM_EV_REPORTED,
	SIM_EV_INJECT,
	SIM_EV_STORED,
	SIM_EV_ROUTED,
	SIM_EV_LISTED,
	SIM_EV_DELETED,
	SIM_EV_WAITING,
	SIM_EV_FAULT,
	SIM_EV_MODEM,
	SIM_EV_COMMAND,
	SIM_EVENTS
};

struct sim_journal {
	int fd;
	struct sim_buf line, file;
	struct sim_timer flush;
	uint64_t serial;
	int64_t mono_us, wall_ms; /* of the line that is open */
	enum sim_event open;
};

const char *sim_event_name(enum sim_event event);
int sim_event_parse(const char *name); /* -1 */
int sim_journal_open_file(struct sim *sim, const char *path);
/*
 * Begins a line; the caller adds members to the buffer returned, then closes it. number: whose line
 * it is, or NULL.
 */
struct sim_buf *sim_journal_begin(struct sim *sim, enum sim_event event, const struct sim_modem *m);
void sim_journal_end(struct sim *sim, const char *number);
void sim_journal_flush(struct sim *sim);
void sim_journal_close(struct sim *sim);

/* ---- control -------------------------------------------------------------------------------- */

int sim_control_listen(struct sim *sim, const char *path);
void sim_control_close(struct sim *sim);
/* Gives a journal line (with its \n) to those who subscribed. */
void sim_control_publish(
	struct sim *sim, enum sim_event event, const char *number, const struct sim_buf *line);
bool sim_control_wants(const struct sim *sim, enum sim_event event);

struct sim_client;
struct sim_command {
	const char *name;
	/* NULL and why[], or the answer's members (a new object; "ok" is added). */
	json_t *(*run)(struct sim *sim, struct sim_client *client, json_t *command, char why[200]);
	const char *keys; /* that it knows, beside cmd and id */
};
extern const struct sim_command sim_commands_modem[], sim_commands_net[];
void sim_client_subscribe(struct sim_client *client, uint32_t events, const char *number);

/*
 * Typed members of a command: the default when left out; false and why[] when it is of another
 * type.
 */
bool sim_json_get_int(
	json_t *o, const char *key, int64_t min, int64_t max, int64_t *value, char why[200]);
bool sim_json_get_bool(json_t *o, const char *key, bool *value, char why[200]);
bool sim_json_get_str(json_t *o, const char *key, const char **value, char why[200]);

/* ---- by hand (modemsim -t) ------------------------------------------------------------------ */

/* Lines of stdin are texts to the first modem; the end of stdin ends the simulator. */
int sim_hand_open(struct sim *sim);
/* A text reached a phone: printed, when somebody texts by hand. */
void sim_hand_hear(const char *number, const char *text);
void sim_hand_close(void);

/* ---- all of it ------------------------------------------------------------------------------ */

#define SIM_RING 16384 /* segments that `accepted` can still show */

struct sim {
	const char *link_dir, *profile_dir, *profile_default;
	struct sim_modem *modems;
	int n_modems;
	struct sim_profile *profiles;
	struct sim_radio radio; /* for modems to come */
	struct sim_journal journal;
	struct sim_segment *ring;
	uint64_t ring_n; /* ever */
	struct sim_phone **phones;
	size_t phones_size, phones_n;
	struct sim_policy policy;
	struct sim_client *clients;
	struct sim_watch listener;
	char socket[108];
	uint32_t next_text, next_fault;
	struct sim_rng rng;
	int8_t zone_quarters;
	int64_t clock_shift_s;     /* of the modems' clocks, ahead of the truth */
	struct sim_people *people; /* people.c */
};

#endif
