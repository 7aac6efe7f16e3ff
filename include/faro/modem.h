/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modem: one modem's life, any number of times. It finds its port, starts the modem, enters the PIN
 * (once), waits for the network, receives by store-then-read-then-delete, sends PDUs one at a time
 * and comes back by itself from whatever happened. It carries PDUs as they are: what is in them is
 * not its business.
 *
 * What goes up goes through `struct modem_events`, always from the event loop, never from inside a
 * call made from above. Nothing here allocates per message.
 *
 *   received PDU:  modem --pdu()--> courier commits it --modem_taken()--> modem deletes it from its
 *                  store. Killed in between: the start-up sweep hands it up again.
 *   sent PDU:      courier --modem_send()--> modem --sent()--> courier. Exactly one sent() per
 *                  accepted modem_send(), whatever happens, also when the port is lost.
 */
#ifndef FARO_MODEM_H
#define FARO_MODEM_H

#include "faro/at.h"
#include "faro/base.h"

struct board;
struct modem;

/** The words of interfaces.md ("Modem states"), in the order of a good start. */
enum modem_state {
	MODEM_ABSENT,     /* its port is not there */
	MODEM_STARTING,   /* port open, start-up dialogue running */
	MODEM_PIN,        /* waits for a SIM: absent, blocked, or its PIN unknown or wrong */
	MODEM_SEARCHING,  /* not registered (yet) */
	MODEM_READY,      /* may send */
	MODEM_PARKED,     /* registered, but not to be used for sending for a while */
	MODEM_RECOVERING, /* a step of the recovery ladder is running */
	MODEM_FAILED,     /* needs a person; still tried now and then */
	MODEM_STATES
};

/** "absent", "starting", ... */
const char *modem_state_name(enum modem_state state);

/** One section of `modems` in the configuration. The strings are copied. */
struct modem_config {
	const char *name;       /* unique, for logs and people */
	const char *port;       /* a path, "usb:VID:PID[:interface]" (hexadecimal) or "auto" */
	const char *imei;       /* the section is for this modem alone; NULL, "" = for any */
	const char *known_imei; /* as learned() told it in an earlier life; NULL, "" = none */
	int baud;               /* bits/s; without meaning for USB */
	const char *pin;        /* "" = none */
	/* E.164, set where the SIM names no service centre; NULL, "" = none */
	const char *service_centre;
	const char *profile;   /* "auto" or a profile's name */
	const char *dev, *sys; /* where the kernel shows devices; NULL, "": /dev, /sys */
};

/** PDU kinds as the modem announces them. */
enum modem_pdu_kind {
	MODEM_PDU_DELIVER, /* +CMT, +CMGR, +CMGL: SMSC address, then TPDU */
	/* +CDS, or read from a report store after +CDSI: SMSC address, then TPDU */
	MODEM_PDU_REPORT,
};

#define MODEM_PDU_SIZE                                                                             \
	200 /* 12 octets SMSC address + 164 octets TPDU (TS 23.040 9.2.3), with room */

/**
 * A PDU on its way up. `slot` is what modem_taken() wants back; -1 when there is nothing to delete.
 */
struct modem_pdu {
	enum modem_pdu_kind kind;
	int slot;
	/* it may be one that was handed up before: what lay there at a start, noise, another try */
	bool again;
	size_t size; /* octets of data */
	uint8_t data[MODEM_PDU_SIZE];
};

/** How a modem_send() ended. */
enum modem_sent {
	MODEM_SENT_OK,      /* the network accepted it: +CMGS and OK came */
	MODEM_SENT_REFUSED, /* an error came: `error` and `retry` say which */
	/* it was never handed over: no prompt, or the port was lost before the PDU */
	MODEM_SENT_NEVER,
	MODEM_SENT_UNKNOWN, /* it was handed over and no answer came */
};

struct modem_result {
	enum modem_sent outcome;
	int reference; /* TP-MR of +CMGS: 0..255; -1 unless MODEM_SENT_OK */
	int error;     /* +CMS ERROR code (TS 27.005 3.2.5), 1000 + n for +CME ERROR n, 0 none */
	enum at_retry retry; /* the error's class (at.h, one table) */
	int64_t took_ms;     /* from modem_send() to the answer */
};

/**
 * What a person or a promise may want to know about a modem. Copied out; no pointers into the
 * modem.
 */
struct modem_info {
	char name[32], port[128], profile[32];
	enum modem_state state;
	/** The state's reason for the admin; when ready, what is not as it should be, or "". */
	char why[96];
	bool alarm; /* `why` needs a person */
	char manufacturer[48], model[48], revision[48];
	char imei_tail[8];      /* the last 4 digits: enough to tell two apart */
	char operator_name[48]; /* "" = not registered */
	/* E.164 as the SIM gives it (+CNUM, TS 27.007 7.1); "" = it does not know */
	char own_number[PHONE_SIZE];
	int signal_dbm; /* 0 = not known, also while it cannot be asked */
	bool roaming;
	bool sending;               /* a modem_send() is running */
	int store_used, store_size; /* messages in the receiving store; 0, 0 = not known */
	uint32_t resets;            /* times it had to be restarted since farod started */
	uint32_t brown_outs; /* times it restarted by itself or said that its supply is weak */
	int64_t since_ms;    /* mono_ms of the last change of state */
};

/** A rung of the recovery ladder, and how it has done since the modem was made. */
struct modem_rung {
	const char *name; /* "AT", "escape and re-sync", ... */
	const char *cost; /* what trying it costs, in words */
	uint32_t tries;
	uint32_t successes; /* the modem was through its start-up before the next rung's turn */
	int64_t took_ms;    /* of all tries, from the rung to its end */
};

/** Called from the loop. A callback may call modem_send() and modem_taken(), never modem_free(). */
struct modem_events {
	void (*state)(void *ctx, struct modem *modem, enum modem_state state);
	void (*pdu)(void *ctx, struct modem *modem, const struct modem_pdu *pdu);
	/**
	 * The PDU of the running modem_send() is about to be written: from now on its fate may be
	 * unknown. -errno: it is not written, the send ends as MODEM_SENT_NEVER. From within the
	 * modem: no call to it is allowed. May be NULL.
	 */
	int (*handing)(void *ctx, struct modem *modem);
	void (*sent)(void *ctx, struct modem *modem, const struct modem_result *result);
	/**
	 * modem_idle() has become true again without a sent(): a sweep, a deletion or another
	 * dialogue of the modem's own is over. Without it a segment could wait for ever for a modem
	 * that was busy when it was looked for. May be NULL.
	 */
	void (*idle)(void *ctx, struct modem *modem);
	/** A voice call rang; number is as +CLIP gave it or "". The modem hangs up by itself. */
	void (*call)(void *ctx, struct modem *modem, const char *number);
	/**
	 * The IMEI (14 to 16 digits) of the modem that this section has now: found under any name
	 * later, if it is given back as known_imei. Told when it is another than before. May be
	 * NULL.
	 */
	void (*learned)(void *ctx, struct modem *modem, const char *imei);
	/**
	 * The PIN of the section is about to be entered into the SIM of this device (its IMEI; of
	 * one that tells none the section's name). 0: it is, and whoever is told must know it after
	 * a loss of power. -EALREADY: it was refused before, or entered twice and nobody lived to
	 * see what came of it; -errno: it cannot be kept. Then it is not entered: a SIM is blocked
	 * by the third wrong one (TS 31.101 9.5.1). May be NULL.
	 */
	int (*pin_entering)(void *ctx, struct modem *modem, const char *device, const char *pin);
	/** That PIN is wrong. May be NULL. */
	void (*pin_refused)(void *ctx, struct modem *modem, const char *device, const char *pin);
	/** The SIM is ready; or a person took its PIN out of the section. May be NULL. */
	void (*pin_free)(void *ctx, struct modem *modem, const char *device, bool ready);
	/** The network's time (NITZ, +CCLK) as wall_ms. */
	void (*network_time)(void *ctx, struct modem *modem, int64_t wall_ms);
	/** An answer to modem_ussd(); error is 0 or -errno. */
	void (*ussd)(void *ctx, struct modem *modem, int error, const char *text);
};

/**
 * Makes a modem and starts its life: it opens the port at once or as soon as it appears. board may
 * be NULL (no power or reset lines). config's strings, events and ctx: strings are copied; events
 * must live as long as the modem. -ENOMEM, -EINVAL (unknown profile).
 */
int modem_new(struct loop *loop, struct board *board, const struct modem_config *config,
	const struct modem_events *events, void *ctx, struct modem **out);

/**
 * Closes the port at once (no goodbye dialogue) and frees it. A running send ends without sent().
 */
void modem_free(struct modem *modem);

const char *modem_name(const struct modem *modem);
enum modem_state modem_state(const struct modem *modem);
void modem_get_info(const struct modem *modem, struct modem_info *out);

/**
 * Whether its state machine still turns: something is due (in every state something is), and it is
 * not 30 s overdue. An absent or failed modem is alive.
 */
bool modem_alive(const struct modem *modem, int64_t mono_ms);

/** The i-th rung, cheapest first. False when there are no more. */
bool modem_get_rung(const struct modem *modem, size_t i, struct modem_rung *out);

/**
 * True when modem_send() would be accepted now: ready, and neither sending nor busy with received
 * PDUs.
 */
bool modem_idle(const struct modem *modem);

/**
 * Hands over one SUBMIT TPDU (without SMSC address; TS 23.040 9.2.2.2), size octets, copied. The
 * answer comes as one sent(). -EAGAIN when not modem_idle(), -EMSGSIZE above 164 octets.
 */
int modem_send(struct modem *modem, const uint8_t *tpdu, size_t size);

/**
 * A segment of `size` octets will be handed over in a moment, when it is durable: the modem asks
 * for the prompt at once (TS 27.005 3.5.1), after what it has to acknowledge (then it is idle
 * again, and says so, when that is done). Of a modem_send() of that size only the PDU is left to be
 * written; before one of another size, or one that comes late, the prompt is left first. Nothing is
 * handed over by this. -EAGAIN when not modem_idle(), or when a PDU that came straight to the line
 * is not taken yet: it must not wait for another segment, unless the last one took less than 0.5 s.
 */
int modem_announce(struct modem *modem, size_t size);

/**
 * Nothing follows after all: the prompt is left (ESC), then the modem is idle again. Without
 * meaning when nothing is announced. A prompt that is not served is left after seconds anyway.
 */
void modem_withdraw(struct modem *modem);

/**
 * The seconds an answer to a PDU may take, learned by the courier from this modem's own pace; never
 * more than the 180 s of the modem's manual. The modem has its own generous default.
 */
void modem_set_answer_limit(struct modem *modem, int64_t limit_ms);

/**
 * The text that was handed over last has reached its phone, its delivery report says so: an answer
 * that has not come is late or lost, and is waited for only 2 s more. Without effect when the
 * answer is there.
 */
void modem_text_arrived(struct modem *modem);

/**
 * The PDU of `slot` is durable (or is no use to anybody): delete it. Deleting is checked by reading
 * back.
 */
void modem_taken(struct modem *modem, int slot);

/** Stops (true) or allows (false) sending on this modem: parked or ready. `why` is for people. */
void modem_park(struct modem *modem, bool parked, const char *why);

/** Restarts the modem from its port on, now. For `faroctl modem reset`. */
void modem_reset(struct modem *modem);

/** Sends a USSD code ("*101#"); the answer comes as ussd(). -EAGAIN when busy or not registered. */
int modem_ussd(struct modem *modem, const char *code);

/* ---- who is at a port ---- */

/** What modem_probe() found. */
struct modem_probe {
	bool is_usb;
	uint16_t vendor, product; /* USB */
	int interface;            /* -1 = not known */
	char device[100];         /* how it calls itself on the USB */
	bool answers;             /* AT */
	int64_t took_ms;          /* to its first answer */
	char profile[32];         /* the family that fits, "" when it does not answer */
	char family[80], habits[200];
	char because[120]; /* why this one */
	/* how its SIM stands, and what a person has to do when that is not ready (+CPIN) */
	char sim[100];
	char advice[400]; /* what to do when nothing answers, "" = nothing better is known */
};

/** One line of the talk: asked, or what came. Nothing in it names a person, a SIM or a device. */
typedef void modem_probe_line(void *ctx, bool asked, const char *text);

/**
 * Asks whoever is at a port who it is and what it can, without a modem's life and without changing
 * anything that lasts; no PIN is entered. Blocks: up to 5 s where nobody answers. 0, or
 * serial_open()'s -errno (-EBUSY: somebody else has the port); out->advice may say more.
 */
int modem_probe(
	const char *port, int baud, modem_probe_line *line, void *ctx, struct modem_probe *out);

#endif
