/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The half of the simulator that is a modem: its family, its stores, what goes wrong with it, its
 * life and its AT commands. Included by sim.h.
 */
#ifndef SIM_MODEM_H
#define SIM_MODEM_H

#include <jansson.h>

#include "faro/sms.h"
#include "sim_base.h"

struct sim;
struct sim_modem;

/* ---- profile: a family of modems as data (profile.c; generic.modem tells the format) -------- */

enum { SIM_SM, SIM_ME, SIM_SR, SIM_STORES };
#define SIM_BOOT_LINES  16
#define SIM_NOISE_LINES 16
#define SIM_REPLIES     64

struct sim_timed_line {
	int ms;
	char *line;
};

struct sim_reply {
	char *command; /* "AT+GCAP": a whole command as it is written, case ignored */
	char *answer;  /* lines parted by \n; the last may be a final result, else OK follows */
};

struct sim_profile {
	struct sim_profile *next;
	char name[32];
	char *family; /* the profile that a box should choose for it */
	char *manufacturer, *model, *revision, *operator_name;
	struct sim_timed_line boot[SIM_BOOT_LINES];
	struct sim_timed_line noise[SIM_NOISE_LINES]; /* every ms */
	struct sim_reply replies[SIM_REPLIES];
	int n_boot, n_noise, n_replies;
	int ready_ms;       /* from power to the first AT that is answered */
	int register_ms;    /* from ready to registered */
	int reenumerate_ms; /* the port goes away for so long in a restart; -1: it stays */
	int store_size[SIM_STORES];
	int slot_base;        /* number of the first slot */
	char *memories[3];    /* what each of mem1..mem3 of +CPMS may be: "SM ME SR" */
	char *memory_default; /* after power-on */
	char *cnmi_shown;     /* the answer of AT+CNMI=? */
	char *cnmi_taken[5];  /* values accepted per place, "0-2" or "0,2" */
	int cnmi_least;       /* places that must be given */
	char *csms_taken, *csms_extra;
	char *cgsms_taken;
	int cgsms_default; /* after power-on; 0, packets alone, sends nothing */
	char *cmms_taken;  /* "" = answered with cmms_error */
	int cmms_error;
	int link_ms;       /* how long +CMMS keeps the link up between two segments */
	char *full_line;   /* said when a store becomes full, and nothing said for texts after it */
	char *cds_prefix;  /* "+CDS:"; a blank and the length follow */
	char *cdsi_memory; /* what +CDSI says, "" = the truth */
	int cdsi_slot;     /* the same for the slot; -1 = the truth */
	char *overflow;    /* the memory that takes texts when mem3 is full, "" = none */
	char *cmgl_not;    /* memories that +CMGL cannot list */
	char *quiet;       /* the command that ends all noise but the first */
	bool cnma;         /* +CNMA works */
	bool stored_twice; /* every text */
	bool sim_alone;    /* a command during a +CMGS spoils its answer */
	bool urc_in_prompt; /* unsolicited lines come also between "> " and the PDU */
	bool drops_busy;    /* what comes while a command runs is lost, else it waits */
	bool needs_factory; /* sends only after AT&F */
};

/* NULL and why[] when it cannot be read. Kept for the life of the process. */
const struct sim_profile *sim_profile_get(struct sim *sim, const char *name, char why[200]);
void sim_profiles_free(struct sim *sim);

/* True when value is in "0-2,5". */
bool sim_range_has(const char *ranges, int value);

/* True when word is one of words: "SM ME SR". */
bool sim_word_in(const char *words, const char *word);

/* ---- stores (store.c) ----------------------------------------------------------------------- */

enum sim_slot_state { /* TS 27.005 3.1, <stat> */
	SIM_REC_UNREAD,
	SIM_REC_READ,
	SIM_STO_UNSENT,
	SIM_STO_SENT,
	SIM_STATE_ALL,
	SIM_SLOT_FREE = 255,
};

struct sim_slot {
	uint8_t state;
	uint8_t pdu_n;
	uint8_t pdu[SMS_PDU_MAX]; /* with the service centre's address */
	uint8_t centre_n;         /* octets of it */
	uint32_t text_id;         /* 0: not one that `text` injected */
	uint16_t part;
	uint16_t mr; /* of a report */
	uint64_t segment;
};

struct sim_store {
	struct sim_slot *slots;
	int size, used;
	bool full_said;
};

const char *sim_store_name(int store);
int sim_store_index(const char *name); /* SIM_SM ..., -1 */
void sim_store_resize(struct sim_store *store, int size);
/* The slot taken, or -ENOSPC. */
int sim_store_put(struct sim_store *store, const struct sim_slot *slot);
void sim_store_delete(struct sim_modem *m, int store, int slot);

/* ---- faults (fault.c; sim_protocol.h tells what each kind does) ----------------------------- */

enum sim_stage {
	SIM_AT_COMMAND,
	SIM_AT_PROMPT,
	SIM_AT_PDU,
	SIM_AT_ACCEPTED,
	SIM_AT_ANSWER,
	SIM_AT_NOTICE,
	SIM_AT_DELETE,
	SIM_STAGES
};

enum sim_act {
	SIM_ACT_NONE,
	SIM_ACT_SILENCE,
	SIM_ACT_ERROR,
	SIM_ACT_LATE,
	SIM_ACT_GARBAGE,
	SIM_ACT_HANG,
	SIM_ACT_UNPLUG,
	SIM_ACT_REBOOT,
	SIM_ACT_NETWORK,
	SIM_ACT_DOUBLE,
};

struct sim_fault {
	struct sim_fault *next;
	uint32_t id;
	const char *kind;
	enum sim_stage stage;
	enum sim_act act;
	char on[24];  /* command, "" = any */
	int64_t left; /* -1: for ever */
	int64_t after;
	double probability;
	int ms, code, slot;
	bool cme, effect;
	char *lines; /* parted by \n */
	char link[200];
	char until[32]; /* a hang: what it hears that ends it, "" = nothing */
};

/* Makes a fault from its command. NULL and why[] when it is wrong. */
struct sim_fault *sim_fault_from_json(struct sim *sim, json_t *command, char why[200]);
void sim_faults_clear(struct sim_modem *m, uint32_t id); /* 0: all */

/*
 * Is there a fault for this modem here and now? command may be NULL; slot -1 where none is meant.
 * It counts as having acted. Garbage acts at once and is never returned. The fault stays valid
 * until the next call.
 */
const struct sim_fault *sim_fault_at(
	struct sim_modem *m, enum sim_stage stage, const char *command, int slot);

/*
 * Does what a hang, unplug, reboot or network fault says. True when the modem is no longer
 * answering.
 */
bool sim_fault_act(struct sim_modem *m, const struct sim_fault *fault);

/* ---- a modem -------------------------------------------------------------------------------- */

enum sim_power { SIM_OFF, SIM_UNPLUGGED, SIM_BOOTING, SIM_ON };
enum sim_pin { SIM_PIN_READY, SIM_PIN_WANTED, SIM_PUK_WANTED, SIM_ABSENT };
enum sim_reg {
	SIM_REG_NONE = 0,
	SIM_REG_HOME = 1,
	SIM_REG_SEARCHING = 2,
	SIM_REG_DENIED = 3,
	SIM_REG_ROAMING = 5
};

struct sim_noise {
	struct sim_timer timer;
	struct sim_modem *modem;
	int index;
};

/* What a restart forgets. */
struct sim_settings {
	bool echo, verbose, quiet, text_mode, csdh, clip, ctzu, ctzr, factory_done;
	bool hushed; /* by the profile's `quiet` */
	int cmee, csms, cmms, cgsms, cfun, s3, s4, s5;
	int creg[3]; /* +CREG +CGREG +CEREG */
	int cnmi[5];
	int memory[3]; /* mem1..mem3 */
	int csmp[4];
	int cops_format;
	char cscs[8];
	char pb[4];
};

struct sim_radio {
	int segment_ms, jitter_ms, incoming_ms, answer_ms;
	int register_ms; /* 0: the profile's */
	int chunk, chunk_gap_us;
	int lost_ppm, junk_ppm;
};

/* What comes from the network and has not reached the modem yet (route.c). */
struct sim_mail {
	struct sim_mail *next;
	struct sim_slot slot; /* as it will lie in a store; report: with mr and segment */
	bool report, waiting_said;
	int64_t ready_us; /* when it has crossed the air */
	int message_class;
	int memory; /* where it lies whatever +CPMS says; -1: where that says */
};

struct sim_mailbox {
	struct sim_mail *first, **last;
	unsigned int n;
};

struct sim_counts {
	uint64_t segments, refused, reports, texts_in, parts_in, commands, dropped_bytes, faults;
	uint64_t linked; /* send commands that found the link of the one before up (+CMMS) */
};

/* The SUBMIT in the making. */
struct sim_send {
	bool running;
	char command[8]; /* "+CMGS" */
	int length;      /* as announced; text mode: 0 */
	struct sms_address to;
	uint8_t tpdu[SMS_TPDU_MAX];
	int n;
	int store_slot; /* +CMSS: the slot it came from, else -1 */
	int64_t began_us;
	int64_t asked_ms, handed_ms; /* wall: the command came; all of the SUBMIT is there */
	int reference;
	int state;    /* +CMGW: <stat> */
	int result;   /* what the network says when the time on the air is over */
	bool spoiled; /* another command came meanwhile */
	bool late;    /* accepted already, the answer waits */
};

struct sim_modem {
	struct sim_modem *next;
	struct sim *sim;
	const struct sim_profile *profile;
	char name[64], link[200], pts[64], number[PHONE_SIZE];
	char imei[16], imsi[16];
	int index;
	enum sim_power power;
	struct sim_counts counts;
	int64_t busy_us, first_us, last_us;
	bool link_left; /* up, after the last answer */

	/* port.c */
	struct sim_watch port;
	struct sim_buf in, out;
	size_t out_spoilt; /* the first so many of out have been through the bad cable */
	bool client_there, pumping, out_stuck;
	struct sim_timer out_timer;

	/* at.c */
	struct sim_settings set;
	struct sim_buf line;    /* what came since the last CR */
	struct sim_buf command; /* the line that runs */
	struct sim_buf last;    /* for A/ */
	size_t cursor;          /* in command */
	char running[24];       /* name of the command that runs */
	bool prompt, busy, hung;
	char hung_until[32]; /* what ends the hang, "" = time or `clear` */
	int late_result;
	bool late_done, late_prompt;
	struct sim_timer late, unhang;
	struct sim_buf held;     /* unsolicited lines that wait for the prompt's end */
	struct sim_buf buffered; /* those that +CNMI <mode> 0 keeps */
	struct sim_send send;
	struct sim_timer air;

	/* modem.c */
	struct sim_timer boot_timer, restart_timer, reset_timer, register_timer, return_timer;
	struct sim_timer network_timer, ring_timer;
	struct sim_noise noise[SIM_NOISE_LINES];
	int boot_next;
	int64_t boot_us;
	enum sim_reg reg;
	int signal, rings;
	char caller[PHONE_SIZE], *ussd_code, *ussd_answer;

	/* SIM card */
	enum sim_pin pin_state;
	char pin[9], puk[9], centre[PHONE_SIZE];
	bool pin_enabled;
	int pin_left, puk_left;

	struct sim_store stores[SIM_STORES];
	struct sim_radio radio;
	struct sim_fault *faults;

	/* net.c, route.c */
	bool blocked; /* the operator takes its texts and delivers none */
	uint8_t next_reference, concat_reference;
	uint16_t concat_wide;
	struct sim_mailbox texts, reports;
	int64_t text_us;          /* when the last text has crossed the air */
	struct sim_mail *unacked; /* went to the line, +CNMA awaited */
	struct sim_timer ack_timer, route_timer;
};

/* modem.c */
/*
 * Made, but not there yet: sim_modem_start (as if it had always been on) or sim_modem_plug (with
 * its boot lines).
 */
struct sim_modem *sim_modem_new(
	struct sim *sim, const char *name, const char *link, const struct sim_profile *profile);
int sim_modem_start(struct sim_modem *m);
void sim_modem_free(struct sim_modem *m);
struct sim_modem *sim_modem_find(struct sim *sim, const char *name);
struct sim_modem *sim_modem_by_number(struct sim *sim, const char *number);
int sim_modem_plug(struct sim_modem *m, const char *link); /* link NULL: the old one */
void sim_modem_unplug(
	struct sim_modem *m, int back_ms, const char *link); /* back_ms < 0: not by itself */
void sim_modem_restart(struct sim_modem *m, int ms);         /* ms < 0: as the profile says */
void sim_modem_network(struct sim_modem *m, enum sim_reg reg, int ms, int signal);
void sim_modem_hang(struct sim_modem *m, int ms, const char *until);
void sim_modem_settings(struct sim_modem *m); /* power-on and AT&F, ATZ */
void sim_modem_pin_ok(struct sim_modem *m);
bool sim_modem_on_network(const struct sim_modem *m); /* could send and receive */
const char *sim_power_name(enum sim_power power);
void sim_modem_ring(struct sim_modem *m, const char *from, int rings);
void sim_modem_creg_line(const struct sim_modem *m, int which, bool read, char out[80]);

/* port.c */
int sim_port_open(struct sim_modem *m);
void sim_port_close(struct sim_modem *m);
void sim_port_read(struct sim_modem *m); /* takes what the kernel has */
void sim_port_flush(struct sim_modem *m);

/* ---- AT (at.c and the tables of at_*.c) ----------------------------------------------------- */

/* What a command ends with. */
enum {
	SIM_OK = 0,
	SIM_ERROR,
	SIM_NO_CARRIER,
	SIM_PENDING, /* ends later by sim_at_finish */
	SIM_SILENT,  /* never ends */
	SIM_CMS_0 = 0x1000,
	SIM_CME_0 = 0x2000,
};
#define SIM_CMS(n) (SIM_CMS_0 + (n))
#define SIM_CME(n) (SIM_CME_0 + (n))

enum sim_op { SIM_EXEC, SIM_READ, SIM_SET, SIM_TEST };

struct sim_call {
	char name[24];
	enum sim_op op;
	char args[512];
	const char *next; /* cursor in args */
};

enum {
	SIM_NEEDS_PIN = 1,
	SIM_NEEDS_FULL = 2,
	SIM_SMS = 4
}; /* SIM_SMS: its errors are +CMS ERROR */

struct sim_at_command {
	const char *name;
	int (*exec)(struct sim_modem *m, struct sim_call *call);
	int (*read)(struct sim_modem *m, struct sim_call *call);
	int (*set)(struct sim_modem *m, struct sim_call *call);
	int (*test)(struct sim_modem *m, struct sim_call *call);
	const char *test_text; /* the line that =? answers when there is no test() */
	unsigned int needs;
};

extern const struct sim_at_command sim_at_general[], sim_at_network[], sim_at_sms[], sim_at_store[],
	sim_at_send[], sim_at_phone[];

/* Next argument, quotes taken off. 1 there, 0 left out or at the end. */
int sim_arg(struct sim_call *call, char *out, size_t size);
/* The same as a number in [min, max]: 1, 0 when left out (*value stays), -EINVAL. */
int sim_arg_int(struct sim_call *call, int min, int max, int *value);
bool sim_arg_end(const struct sim_call *call);

void sim_at_info(struct sim_modem *m, const char *format, ...) PRINTF_LIKE(2, 3);
void sim_at_finish(struct sim_modem *m, int result);
void sim_at_pump(struct sim_modem *m);
void sim_at_reset(struct sim_modem *m);
/* An unsolicited line (may hold \r\n inside). */
void sim_at_unsolicited(struct sim_modem *m, const char *line);
void sim_at_release(struct sim_modem *m); /* the lines held, now */
int sim_at_pin_error(const struct sim_modem *m, bool sms);

/* at_send.c */
void sim_send_text(struct sim_modem *m, const char *typed, size_t n); /* what was typed before ^Z */
void sim_send_cancel(struct sim_modem *m);
void sim_send_prompt(struct sim_modem *m);
/** Whether +CMMS still keeps the link of the last segment up. */
bool sim_send_linked(struct sim_modem *m);

/* at_text.c: text mode, TS 27.005 3 */
int sim_text_submit(struct sim_modem *m, const struct sms_address *to, const char *typed, size_t n,
	uint8_t *tpdu, size_t size);
void sim_text_show(struct sim_modem *m, const char *prefix, const struct sim_slot *slot);
const char *sim_text_state(int state);
int sim_text_state_parse(const char *name);

#endif
