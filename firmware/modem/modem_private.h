/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modem from inside.
 *
 *   modem.c    the face, the turn of the loop: what came in, what is due, what is told
 *   life.c     the state machine, as a table
 *   ladder.c   the recovery ladder, as a table
 *   find.c     where a modem may be, and whether it is the one
 *   why.c      what is not as it should be, in words for the admin
 *   start.c    the start-up dialogue
 *   network.c  its part that is about the network
 *   routes.c   where texts lie, how they are announced
 *   jobs.c     what a started modem does when, as a table
 *   send.c     one PDU out
 *   receive.c  stores and slots: PDUs in
 *   walk.c     stores that cannot be listed
 *   urc.c      lines that nobody asked for
 *   port.c     the port, and waiting for it
 *   families.c families of modems, as a table
 *   profile.c  which of them a modem is
 */
#ifndef MODEM_PRIVATE_H
#define MODEM_PRIVATE_H

#include "faro/at.h"
#include "faro/board.h"
#include "faro/modem.h"

/* ---- profiles ---- */

enum modem_family {
#define MODEM_FAMILY(id) MODEM_FAMILY_##id,
#include "faro/modem_families.def"
#undef MODEM_FAMILY
	MODEM_FAMILIES
};

enum modem_flag {
	MODEM_REPORTS_DIRECT =
		1U << 0, /* never ds=2: reading where +CDSI points can delete another text */
	MODEM_FACTORY = 1U << 1,  /* sends only after AT&F */
	MODEM_GSM_ONLY = 1U << 2, /* no +CGREG/+CEREG worth asking */
	MODEM_NO_ACKNOWLEDGE =
		1U << 3, /* +CNMA cannot be trusted: +CSMS stays 0, which asks for none */
};

/* One family; its name is that of its place in modem_families. */
struct modem_profile {
	const char *title;    /* for people */
	const char *match[6]; /* pieces of "manufacturer model revision", in any case */
	unsigned int flags;
	const char *quiet;    /* silences its chatter; errors are ignored */
	const char *store[3]; /* receiving stores in order of preference */
	const char *cnmi;     /* tried before the candidates that all have in common */
	int cmms; /* mode of +CMMS that helps: 2, 1, or 0 for none (network.c says what each is) */
	const char *why;
};

/* How a device shows on the USB. */
struct modem_usb_id {
	uint16_t vendor, product; /* product 0: any of the vendor's */
	enum modem_family family;
	const char *ports; /* which of its interfaces answer AT, "" = not known */
	const char *mode;  /* not NULL: it has no port for AT as it is, and what to do */
};

/* families.c */
extern const struct modem_profile modem_families[MODEM_FAMILIES];
extern const struct modem_usb_id modem_usb_ids[];
extern const size_t modem_usb_ids_n;

/* By its name; "auto" and "generic" are the generic one. NULL when unknown. */
const struct modem_profile *modem_profile_find(const char *name);
const char *modem_profile_name(const struct modem_profile *profile);

/*
 * By what the modem says it is (*piece: the word of it that decided, else NULL), else by its USB id
 * (usb may be NULL), else generic.
 */
const struct modem_profile *modem_profile_match(
	const char *identity, const struct modem_usb_id *usb, const char **piece);
/* NULL when no row fits. */
const struct modem_usb_id *modem_usb_find(uint16_t vendor, uint16_t product);

/* ---- states ---- */

enum modem_event {
	MODEM_EV_OPENED,     /* the port is open */
	MODEM_EV_LOST,       /* the port is gone, and closed */
	MODEM_EV_STRANGER,   /* this modem is not at this port */
	MODEM_EV_STARTED,    /* the start-up dialogue is through */
	MODEM_EV_SIM_WANTED, /* the SIM is absent, locked or blocked; m->why says which */
	MODEM_EV_SIM_READY,  /* after MODEM_EV_SIM_WANTED; or it wants the PIN that is known */
	MODEM_EV_NETWORK,    /* registration came or went */
	MODEM_EV_PARK,       /* parked or not has changed */
	MODEM_EV_DEAF,       /* no answer where one is due */
	MODEM_EV_REBOOTED,   /* it lost what start-up told it */
	MODEM_EV_RUNG_DONE,  /* a rung of the ladder: it answers */
	MODEM_EV_RUNG_FAILED,
	MODEM_EV_TIME,  /* the state's own timer */
	MODEM_EV_RESET, /* somebody wants it restarted */
	MODEM_EVENTS
};

void life_event(struct modem *m, enum modem_event event);

/* What a modem is there for. */
enum modem_work { WORK_SEND, WORK_RECEIVE, WORKS };

/* ---- stores and slots ---- */

enum modem_memory { MEMORY_SM, MEMORY_ME, MEMORY_MT, MEMORY_SR, MEMORIES, MEMORY_NONE = -1 };

enum slot_state {
	SLOT_FREE,
	SLOT_HANDED,  /* its PDU went up; waits for modem_taken() */
	SLOT_TAKEN,   /* to be deleted */
	SLOT_DELETED, /* +CMGD was sent; the next sweep tells whether it worked */
	SLOT_STUCK,   /* cannot be deleted: never handed up again */
};

struct slot {
	enum slot_state state;
	enum modem_memory memory;
	int index;  /* the modem's own */
	int number; /* of what was handed up from here; 0 nothing was */
	bool seen;  /* in the running sweep */
	bool fresh; /* seen there for the first time */
	/* Noise was about when it was first listed: its index may be another's. Not deleted yet. */
	bool doubtful;
	int fails;
	uint32_t hash; /* of the PDU: an index may be used again */
};

#define SLOTS      64
#define LIST_FAILS 3 /* in a row, and a store is not listed again */

/* ---- the modem ---- */

enum modem_sim { SIM_UNKNOWN, SIM_READY, SIM_PIN, SIM_PUK, SIM_OTHER_LOCK, SIM_ABSENT };
enum { NET_CREG, NET_CGREG, NET_CEREG, NETS };
enum modem_turn { TURN_RECEIVE, TURN_SEND };

/** How far the line is for a segment that was announced. */
enum modem_ahead {
	AHEAD_NOT,
	AHEAD_ACKNOWLEDGES, /* +CNMA goes before */
	AHEAD_ASKED,        /* for the prompt */
	AHEAD_PROMPT,       /* it is there and waits for the PDU */
	AHEAD_LEAVES,       /* by ESC */
};

/* A modem that was just switched on is ready for texts seconds after it takes commands. */
#define BOOT_MS (60 * MS_PER_S)

#define LADDER_RUNGS 7

#define FIND_PORTS 128 /* of the most modems there may be; a stick has 4 or 5 */

/** What a section's `port` wishes for. */
struct find_wish {
	bool anywhere;       /* not one path */
	int vendor, product; /* -1 any */
	int interface;       /* -1 any */
};

struct modem {
	/* given */
	struct loop *loop;
	struct board *board;
	const struct modem_events *events;
	void *ctx;
	char name[32], spec[128], pin[12];
	char given_centre[PHONE_SIZE]; /* service centre for a SIM that names none; "" none */
	struct find_wish wish;
	bool imei_given; /* the section names its IMEI */
	char wanted_profile[32];
	struct serial_where where;
	char dev[96], sys[96]; /* its strings */
	int baud;

	/* find.c */
	struct modem *next;
	char imei[20];           /* of this section's modem; "" not known yet */
	char seen_imei[20];      /* of the modem at the port */
	struct serial_port home; /* where it last was ready */
	struct serial_port told; /* where another section met it; path "" = nowhere */
	bool probing;            /* the port is only asked whether this modem is there */
	bool stranger;           /* it is not */
	bool looked; /* elsewhere, because its port was silent; until it is ready again */

	/* port.c */
	struct serial *serial;
	char path[128]; /* that is open, or was last */
	int next_candidate;
	uint32_t round_mark; /* find_mark() when this round of ports began */
	struct loop_devices *devices;
	struct loop_fd *port_source, *watch_source;
	int watch_fd;
	int opens_failed;        /* in a row: the step of the back-off */
	int64_t open_ms;         /* when to try to open; TIME_NEVER */
	int64_t first_open_ms;   /* not before, unless the port went and came back */
	struct serial_port port; /* that is open, or was last */
	uint32_t session;        /* counts openings */
	size_t unsent_n;
	char unsent[2 * AT_COMMAND_SIZE];

	/* modem.c */
	struct at at;
	struct loop_timer *timer;
	struct loop_idle *idle;
	int64_t armed_ms;
	bool timer_lazy; /* a PDU went out since it was armed: too early is good enough */
	bool reset_wanted, park_changed;
	void (*script_ended)(struct modem *m, const struct at_result *result);

	/* life.c, ladder.c */
	enum modem_state state, told_state;
	char why[96];
	int64_t state_ms; /* of the last change */
	int64_t state_timer_ms;
	size_t rung;       /* to try next; 0 while all is well */
	size_t climbing;   /* the rung being tried, plus 1; 0 none */
	int stalls[WORKS]; /* silences in a row to this work of a modem that answers else */
	int stalled;       /* the work that it does not do, plus 1 */
	size_t stall_rung, stall_climbed; /* tried for that next; seen to answer after, plus 1 */
	int64_t rung_ms;                  /* since when */
	struct {
		uint32_t tries, successes;
		int64_t took_ms;
	} rungs[LADDER_RUNGS];
	uint32_t brown_outs;
	int64_t brown_out_ms; /* the last; -1 none */
	int64_t boot_till_ms; /* one boot until then is that of a modem just plugged in or reset */
	int64_t vanished_ms;  /* its port, unasked; -1 it has not */
	int64_t returned_ms;  /* the last time it vanished and was back in a moment; -1 never */
	bool under_voltage;   /* it said so itself */
	int torn_n;           /* times that PDUs came torn since torn_ms */
	int64_t torn_ms;
	int refused_in_row; /* sends that the network refused */
	bool no_centre;     /* the last send ended so */
	bool refuses;       /* its last start-up was answered with an error */
	char told_why[96];
	uint32_t resets;
	bool parked;
	char parked_why[96];

	/* start.c */
	const struct modem_profile *profile;
	char manufacturer[48], model[48], revision[48], imei_tail[8];
	char own_number[PHONE_SIZE];
	char centre[24]; /* service centre as the modem names it; "" it does not */
	int centre_type; /* its type of address */
	int cmms;        /* the mode of +CMMS in use */
	char cmms_set[24];
	int domain; /* <service> of +CGSMS; -1 it does not say */
	char domains[24];
	enum modem_sim sim;
	int64_t sim_asked_ms;
	int pin_tries;  /* left; -1 not known */
	int pin_wanted; /* answers in a row that say so */
	int doubts;     /* answers of this start that made no sense and were asked for again */
	int candidate;  /* store or +CNMI settings being tried */
	int functionality;
	char cpms_sets[3][64], cnmi_sets[5][24];
	char cnmi_good[16]; /* what it took in its last life */
	bool cnmi_early;    /* it took it again, before the rest of the dialogue */
	bool read_back, cnmi_ok, csms1;
	int64_t started_ms; /* when start-up began */

	/* facts */
	int registration[NETS]; /* TS 27.007 7.2 <stat>; -1 not asked */
	bool registered;        /* as last told to life.c */
	int64_t network_ms;     /* of the last change of any of them */
	int64_t stood_ms;       /* when that has stood and is told; TIME_NEVER it is told */
	char operator_name[48];
	int signal_dbm;
	int creg_n;  /* <n> of +CREG as start-up left it; -1 not known */
	bool forgot; /* it has lost what start-up told it */

	/* jobs.c */
	int64_t heartbeat_ms;
	int clock_beats;       /* heartbeats until operator and clock are asked for again */
	int clock_wait;        /* how many that are; doubled as long as no time is told */
	uint32_t pdus_stray;   /* PDUs without a header, when the routes were looked after last */
	bool heartbeat_single; /* joined command lines are refused */
	bool operator_wanted, sim_check, hangup, routes_wanted, cnma_wanted, centre_wanted;
	int64_t direct_ms; /* when the last +CMT or +CDS came */
	bool direct_open;  /* it was handed up and is not taken yet */
	bool direct_again; /* the last one was not acknowledged: the network may send it again */
	int direct_number; /* its number; 0 none */
	bool calling, call_told;
	int64_t call_ms; /* when it is told without its number */
	int64_t ring_ms; /* the last */
	char ussd[64];
	int64_t ussd_ms; /* its answer's deadline; TIME_NEVER: none awaited */
	bool ussd_wanted;

	/* send.c */
	int answer_limit_ms; /* as given */
	int unanswered;      /* PDUs in a row without an answer */
	bool answered;       /* one was, since the port was opened */
	bool sending, handed_over, result_held;
	bool arrived; /* its report came before its answer */
	bool brisk;   /* the last one was accepted, and at once */
	enum modem_ahead ahead;
	bool unwanted; /* the prompt that was asked for: another size, too late, withdrawn */
	size_t announced_n;
	int64_t asked_ms; /* for the prompt */
	int64_t link_ms;  /* +CMMS=1 holds until then; 0 it does not */
	size_t tpdu_n;
	uint8_t tpdu[MODEM_PDU_SIZE];
	int64_t send_ms;
	int reference;
	struct modem_result result;
	enum modem_turn turn;
	bool tell_idle;
	unsigned int rounds; /* of the loop, since a job became due */

	/* receive.c */
	struct slot slots[SLOTS];
	int handed_up;             /* PDUs so far: each has a number of its own */
	int n_taken;               /* slots that may be deleted */
	unsigned int sweep_wanted; /* memories, as bits */
	unsigned int sweep_later;  /* of them: with the next heartbeat */
	unsigned int
		swept_clean;   /* of them: all that lay there has been handed up, without noise */
	unsigned int memories; /* that this modem has */
	enum modem_memory receives, selected, sweeping;
	enum modem_memory swept;             /* the last that had its turn */
	enum modem_memory walking;           /* read slot by slot; MEMORY_NONE */
	unsigned int by_slot;                /* memories that are not listed, as bits */
	int list_fails[MEMORIES];            /* in a row; LIST_FAILS: it never is */
	int walk_index, walk_used, walk_end; /* next to be read; how many there are; the last */
	int sweep_lines, sweep_torn;         /* in the running sweep */
	int sweep_last;                      /* index that was listed last; -1 none */
	bool sweep_odd;            /* an index was not above the one before, or a place hollow */
	uint32_t sweep_unknown;    /* lines that nobody knew before it began */
	int torn_sweeps[MEMORIES]; /* in a row */
	bool sweep_skipped;        /* more was listed than there are slots */
	int store_used, store_size, store_rest; /* rest: what a complete sweep leaves behind */
	bool full_told, store_alarm;
	int deleting; /* slot */
	struct modem_pdu pdu;
};

/* modem.c */
int modem_run(struct modem *m, const struct at_script *script,
	void (*ended)(struct modem *m, const struct at_result *result));
int64_t modem_now(const struct modem *m);
void modem_settle(struct modem *m);

/* port.c */
int port_open(struct modem *m);
void port_close(struct modem *m);
void port_lost(struct modem *m, int error);
void port_wait(struct modem *m);
void port_stop_waiting(struct modem *m);
void port_try(struct modem *m);
void port_look_again(struct modem *m);
void port_write(void *ctx, const void *data, size_t n);
const struct modem_usb_id *port_usb(const struct modem *m);

/* find.c */
void find_enter(struct modem *m);
void find_leave(struct modem *m);
bool find_parse(const char *port, struct find_wish *out);
int find_candidates(const struct modem *m, struct serial_port *out, int max);
uint32_t find_mark(const struct modem *m);
bool find_is_home(const struct modem *m, const struct serial_port *port);
bool find_same_imei(const char *a, const char *b);
void find_tell_owner(const struct modem *m);
/** Where another section met this modem, once. */
bool find_told(struct modem *m, struct serial_port *out);
bool find_is_anothers(const struct modem *m, const char *imei);
/** Another section has another device that tells the same IMEI as this one's. */
bool find_is_cloned(const struct modem *m);
/** The same, and this one is no port of it, as far as can be told. */
bool find_is_a_clone(const struct modem *m);
/** At the port that a section with the same IMEI names. */
bool find_is_at_its_clones(const struct modem *m);

/* why.c */
const char *why_now(const struct modem *m, bool *alarm);
void why_tell(struct modem *m);
void why_network(struct modem *m);
void why_tick(struct modem *m);
/* Ready at m->port, the last time at m->home: in another socket, its goings were a hand's. */
void why_moved(struct modem *m);
void why_returned(struct modem *m);
/** A PDU came torn, or a listing with one. */
void why_torn(struct modem *m);
void why_brown_out(struct modem *m, bool said_so);

/* life.c */
void life_tick(struct modem *m);

/* ladder.c */
/** Where recovery begins: at the first rung, or, for one that answers and does not work, above. */
void ladder_begin(struct modem *m);
void ladder_climb(struct modem *m);
/** Silent in the middle of its work, though it answers when it is asked for a sign of life. */
void ladder_stalled(struct modem *m, enum modem_work work);
void ladder_worked(struct modem *m, enum modem_work work);
/** So often in a row that to answer is no sign of life any more. */
bool ladder_is_stalled(const struct modem *m);
/** And nothing that was tried has been seen to help. */
bool ladder_misses(const struct modem *m, enum modem_work work);
void ladder_helped(struct modem *m);
void ladder_over(struct modem *m);
bool ladder_wakes_radio(const struct modem *m);

/* ---- steps of start-up ---- */

/* A fact that is nice to know, and a setting that is nice to have. */
#define STEP_ASK(command_, expect_, line_)                                                         \
	{                                                                                          \
		.command = (command_), .expect = (expect_), .line = (line_), .deadline_ms = 5000,  \
		.flags = AT_OPTIONAL                                                               \
	}
#define STEP_ASK_BY(format_, expect_, line_)                                                       \
	{                                                                                          \
		.format = (format_), .expect = (expect_), .line = (line_), .deadline_ms = 5000,    \
		.flags = AT_OPTIONAL                                                               \
	}
#define STEP_TELL(command_)                                                                        \
	{                                                                                          \
		.command = (command_), .deadline_ms = 15000, .flags = AT_OPTIONAL                  \
	}
#define STEP_TELL_BY(format_)                                                                      \
	{                                                                                          \
		.format = (format_), .deadline_ms = 15000, .flags = AT_OPTIONAL                    \
	}

/* start.c */
void start_run(struct modem *m);
void start_sim_check(struct modem *m);
/** When the SIM is asked, because something was said of it; TIME_NEVER. */
int64_t start_sim_due(const struct modem *m);
void start_on_cpin(struct modem *m, const char *line);

/* network.c */
void network_centre(struct modem *m);
extern const struct at_script network_script;

/* routes.c */
void routes_run(struct modem *m);
int routes_format_early(void *ctx, char *out, size_t size);
int routes_done_early(void *ctx);
extern const struct at_script routes_script;

/* jobs.c */
void jobs_reset(struct modem *m);
int64_t jobs_deadline(const struct modem *m);
bool jobs_due(const struct modem *m);
bool jobs_start(struct modem *m);
/** Nothing is due but what is acknowledged on the way to the next segment anyway. */
bool jobs_only_acknowledge(const struct modem *m);
void jobs_tick(struct modem *m);
void jobs_fact(void *ctx, const char *line, const char *next);
void jobs_on_call(struct modem *m, const char *number);
void jobs_on_ussd(struct modem *m, const char *line);
void jobs_on_registration(struct modem *m, int net, const char *line);
bool jobs_registration_unasked(const char *line);

/* send.c */
void send_abort(struct modem *m);
/** When a prompt that nobody serves is left; TIME_NEVER. */
int64_t send_deadline(const struct modem *m);
void send_tick(struct modem *m);
void send_late_reference(struct modem *m, const char *line);

/* receive.c */
void receive_reset(struct modem *m);
void receive_sweep_all(struct modem *m);
void receive_sweep_later(struct modem *m);
void receive_sweep(struct modem *m);
void receive_delete(struct modem *m);
void receive_unseen(struct modem *m);
/** Of m->sweeping; noisy: it is swept again, a few times in a row. */
void receive_swept(struct modem *m, bool noisy);
void receive_unselected(struct modem *m, enum modem_memory memory, const struct at_result *result);
void receive_listed(struct modem *m, int index, int stat, int length, const char *hex);
int receive_format_select(void *ctx, char *out, size_t size);
int receive_done_select(void *ctx);
void receive_cnma(struct modem *m);
void receive_acknowledge(
	struct modem *m, void (*ended)(struct modem *m, const struct at_result *result));
void receive_acknowledged(struct modem *m, const struct at_result *result);
void receive_direct(struct modem *m, const char *line, const char *next);
void receive_notice(struct modem *m, const char *line, bool report);
void receive_store_counts(struct modem *m, const char *line);
void receive_store_full(struct modem *m);
bool receive_due(const struct modem *m);
void receive_taken(struct modem *m, int number);
enum modem_memory memory_find(const char *name);
const char *memory_name(enum modem_memory memory);

/* walk.c */
void walk_begin(struct modem *m);
void walk_on(struct modem *m);

/* urc.c */
extern const struct at_host modem_at_host;
void modem_at_ended(void *ctx, const struct at_result *result);

#endif
