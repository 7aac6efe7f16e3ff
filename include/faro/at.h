/* SPDX-License-Identifier: Apache-2.0 */
/*
 * at: bytes -> lines -> dialogues. It knows AT (ITU-T V.250, 3GPP TS 27.005 and 27.007), not what a
 * text is.
 *
 * Pure: no I/O, no clock, no allocation, no log. Bytes come in by at_feed(), bytes go out by one
 * callback, time comes in as `now` (mono_ms) and what is due is asked with at_deadline() and done
 * with at_tick().
 *
 * A dialogue is constant data: a struct at_script is a list of steps, each with its command, the
 * lines it expects, its deadline, its tries and the class of its failure. One script runs at a
 * time; who comes next is the caller's decision. Lines that nobody asked for go to a table of
 * handlers wherever they appear, also between a prompt and its final answer, and never move a
 * deadline.
 */
#ifndef FARO_AT_H
#define FARO_AT_H

#include "faro/base.h"

/* ---- error classes -------------------------------------------------------------------------- */

/** What an error means for the one who wants to try again. */
enum at_retry {
	AT_RETRY_NONE,        /* no error */
	AT_RETRY_RECIPIENT,   /* the number or the service is wrong: fail this recipient */
	AT_RETRY_BARRED,      /* barred by the operator: fail, stop this SIM */
	AT_RETRY_FAR_SIDE,    /* rejected by the far side: once more, later */
	AT_RETRY_TEMPORARY,   /* again in seconds, then minutes */
	AT_RETRY_CONGESTION,  /* as temporary, and at half the pace */
	AT_RETRY_OUTAGE,      /* the network is out of order for long: use another modem */
	AT_RETRY_UNKNOWN,     /* it may have happened all the same: wait for the report */
	AT_RETRY_SIM,         /* the SIM: stop using it */
	AT_RETRY_STORE_FULL,  /* the store is full: sweep it, then again */
	AT_RETRY_NO_CENTRE,   /* the service centre's number is unknown: set it, once more */
	AT_RETRY_OUR_MISTAKE, /* a command the modem cannot accept: no retry */
	AT_RETRIES
};

/** "none", "recipient", "barred", ... */
const char *at_retry_name(enum at_retry retry);

/** The class of "+CMS ERROR: code" (TS 27.005 3.2.5, TS 24.011 E.2, TS 23.040 9.2.3.22). */
enum at_retry at_retry_of_cms(int code);

/** The class of "+CME ERROR: code" (TS 27.007 9.2). */
enum at_retry at_retry_of_cme(int code);

/* ---- lexer ---------------------------------------------------------------------------------- */

/**
 * Longest line kept, with its NUL. The longest line with a meaning is a PDU (352) or a +CUSD in
 * UCS-2 hex (744).
 */
#define AT_LINE_SIZE 1024

enum at_token {
	AT_TOKEN_NONE, /* no more bytes */
	/* lexer->line holds a line: without its ends, not empty, no NUL, no control bytes */
	AT_TOKEN_LINE,
	AT_TOKEN_PROMPT, /* "> " at the start of a line (TS 27.005 3.5.1) */
};

struct at_lexer {
	char line[AT_LINE_SIZE];
	size_t len;
	bool complete;      /* the line was handed out: the next byte starts a new one */
	bool cut;           /* the running line was too long: its end is dropped */
	bool prompt_wanted; /* a bare '>' at the start of a line is the prompt, whatever follows */
	uint32_t lines_cut; /* counted for ever */
	uint32_t bytes_bad; /* NUL, 8-bit and control bytes that were dropped */
};

void at_lexer_init(struct at_lexer *lexer);

/** Takes bytes of *data (*n of them, both moved on) up to the end of the next token. */
enum at_token at_lexer_next(struct at_lexer *lexer, const char **data, size_t *n);

/* ---- fields of a line ----------------------------------------------------------------------- */

/**
 * Copies the index-th (0-based) comma-separated field after the line's "+NAME:" into out[size],
 * without blanks and quotes around it; commas within quotes or parentheses part nothing. False when
 * there is none.
 */
bool at_field(const char *line, unsigned int index, char *out, size_t size);

/** The same as a decimal number; `otherwise` when there is none or it is no number. */
int at_field_int(const char *line, unsigned int index, int otherwise);

/**
 * True when the list or range of values `set` ("(0-3)", "(0,1,3)", "0-2", "2") contains value: how
 * test commands name what they accept (V.250 5.4.2).
 */
bool at_set_contains(const char *set, int value);

/* ---- dialogues ------------------------------------------------------------------------------ */

/** Longest command or PDU that can be sent, with its end. */
#define AT_COMMAND_SIZE 512

/** What a step's format() or done() may answer beside 0 and -errno. */
enum at_answer {
	AT_GO_ON = 0,
	AT_SKIP = 1, /* format(): leave this step out */
	AT_END = 2,  /* done(): the script is over, and well */
	AT_BACK = 3, /* done(): again from the step before, e.g. the next candidate */
};

enum at_step_flag {
	/*
	 * An error (or a callback's no) does not end the script; silence does: a modem that is deaf
	 * to one command cannot be trusted with the next.
	 */
	AT_OPTIONAL = 1U << 0,
	AT_PROMPT = 1U << 1,     /* the prompt ends the step; else only an error does */
	AT_PDU = 1U << 2,        /* what is sent ends with Ctrl-Z, not CR, and follows a prompt */
	AT_TWO_LINES = 1U << 3,  /* each expected line is followed by the line of its PDU */
	AT_NEEDS_LINE = 1U << 4, /* an OK before an expected line is somebody else's: ignored */
	AT_ESCAPE = 1U << 5, /* ESC goes before the command: leaves a prompt that nobody serves */
	AT_NO_ANSWER = 1U << 6, /* an answer, an error and silence are all well */
	/*
	 * Further tries after every failure; else only after silence and after errors that pass by
	 * themselves (temporary, SIM not ready).
	 */
	AT_STUBBORN = 1U << 7,
	/*
	 * A listing: each expected line starts the deadline anew, up to AT_LISTING_TIMES the
	 * deadline in all. What nobody asked for never does.
	 */
	AT_LISTING = 1U << 8,
};

/** A full store at 9600 bit/s takes minutes, a modem that stops in the middle is found at once. */
#define AT_LISTING_TIMES 10

/** Before the step after one that succeeded only after a silent try: late answers pass by. */
#define AT_SETTLE_MS 300

/** `deadline_ms` of a step that takes the limit given by at_set_limit(). */
#define AT_LIMIT 0

/** One step. Constant data. */
struct at_step {
	const char *command; /* what is sent, without its end; or NULL and */
	/** writes it into out[size]; 0, AT_SKIP, or -errno: the step fails. */
	int (*format)(void *ctx, char *out, size_t size);
	/* the information lines that belong to this step start so; NULL: none, "": any */
	const char *expect;
	/**
	 * Each of them; next is the line after it (AT_TWO_LINES; "" when none came), else NULL.
	 * -errno fails.
	 */
	int (*line)(void *ctx, const char *line, const char *next);
	/**
	 * After OK (or the prompt): 0, AT_END, or -errno: the step fails after all, e.g. a
	 * read-back.
	 */
	int (*done)(void *ctx);
	/* from the start of each try; nothing but AT_LISTING extends it. AT_LIMIT: see there */
	int deadline_ms;
	uint8_t tries;       /* 0 and 1: once */
	uint16_t flags;      /* enum at_step_flag */
	uint16_t pause_ms;   /* before each further try */
	enum at_retry retry; /* the failure's class when the modem does not name one itself */
};

struct at_script {
	const char *name;
	const struct at_step *steps;
	size_t n_steps;
};

#define AT_SCRIPT(name_, steps_)                                                                   \
	{                                                                                          \
		.name = (name_), .steps = (steps_), .n_steps = ARRAY_SIZE(steps_)                  \
	}

enum at_outcome {
	AT_DONE,     /* every step went well, or was optional */
	AT_ERROR,    /* a final result other than OK */
	AT_SILENCE,  /* no answer within the deadline */
	AT_REJECTED, /* a callback failed its step */
	AT_ABORTED,  /* at_abort() */
};

/** "done", "error", "silence", ... */
const char *at_outcome_name(enum at_outcome outcome);

/** How a script ended. */
struct at_result {
	const struct at_script *script;
	const struct at_step *step; /* the one that failed; NULL when done */
	enum at_outcome outcome;
	int error;           /* +CMS ERROR code, 1000 + n for +CME ERROR n, 0 none or plain ERROR */
	enum at_retry retry; /* AT_RETRY_NONE when done */
	bool pdu_sent; /* an AT_PDU step was written before the end: it may have been handed over */
};

/** How a line that nobody asked for goes on. */
enum at_tail {
	AT_ONE_LINE = 0,    /* it does not */
	AT_NEXT_LINE = 1,   /* the line after it belongs to it: a PDU */
	AT_UNTIL_QUOTE = 2, /* its quoted text may hold line ends: up to the closing quote */
};

/**
 * What to do with lines that nobody asked for. Constant data; the first row whose prefix fits is
 * taken.
 */
struct at_urc {
	const char *prefix;
	uint8_t tail; /* enum at_tail */
	/**
	 * Where a running step expects the same prefix: true when this very line is an unsolicited
	 * one all the same. NULL: the running step takes them all.
	 */
	bool (*unasked)(const char *line);
	/**
	 * next as in struct at_step; NULL unless AT_NEXT_LINE. NULL handler: known, and of no
	 * interest.
	 */
	void (*handle)(void *ctx, const char *line, const char *next);
};

struct at_counts {
	uint32_t lines_unknown; /* no step and no row of the table wanted them */
	uint32_t pdus_stray;    /* of them: a PDU without its header */
	uint32_t finals_stray;  /* final results that nobody waited for */
	uint32_t
		prompts_stray; /* prompts that nobody waited for; answered with ESC, not for ever */
	uint32_t headers_torn; /* two-line headers whose PDU line did not come */
	uint32_t deadlines_missed;
};

/** What the engine needs from its owner. Constant. */
struct at_host {
	const struct at_urc *urcs;
	size_t n_urcs;
	/** Takes all n bytes or loses them: a port that fails is the owner's to notice. */
	void (*write)(void *ctx, const void *data, size_t n);
	/** A script is over. May call at_run(). Not called by at_abort(). */
	void (*ended)(void *ctx, const struct at_result *result);
};

enum at_phase { AT_PHASE_IDLE, AT_PHASE_WAITING, AT_PHASE_PAUSE };

/** The engine of one port. Caller-owned; the members are its own business. */
struct at {
	const struct at_host *host;
	void *ctx; /* given to every callback */
	const struct at_script *script;
	size_t step;
	enum at_phase phase;
	int64_t deadline_ms; /* TIME_NEVER when nothing runs */
	int64_t begun_ms;    /* the running try */
	int64_t now_ms;
	int limit_ms;
	unsigned int tries_left;
	bool was_silent; /* a try of this step ended in silence */
	bool line_seen;  /* an expected line of this step came */
	bool pdu_sent;
	unsigned int escapes; /* to stray prompts, since the last line */
	int failed;           /* what line() said, kept until the final result */
	uint32_t epoch;       /* at_abort() within a callback ends at_feed() */
	struct at_lexer lexer;
	struct at_counts counts;
	const struct at_urc *held_urc; /* whose header waits in `held` for its second line */
	bool held_step;                /* the running step's header waits there */
	char held[AT_LINE_SIZE];
	char out[AT_COMMAND_SIZE];
	size_t out_len;
};

/** Makes an idle engine. host and ctx must outlive it. */
void at_init(struct at *at, const struct at_host *host, void *ctx);

/**
 * Starts a script at `now`. -EBUSY when one is running. Its end is told by host->ended, possibly
 * from within.
 */
int at_run(struct at *at, const struct at_script *script, int64_t now);

/** True when a script is running. */
bool at_busy(const struct at *at);

/** True when this script is running. */
bool at_runs(const struct at *at, const struct at_script *script);

/** True when the running script's PDU was written: breaking off now leaves an unknown. */
bool at_pdu_sent(const struct at *at);

/** The deadline of steps with AT_LIMIT and the most of AT_PROMPT's, from the next such step on. */
void at_set_limit(struct at *at, int limit_ms);

/**
 * A running step with AT_LIMIT is not waited for after by_ms (mono_ms). Its deadline only comes
 * nearer; other steps are left as they are.
 */
void at_shorten(struct at *at, int64_t by_ms);

/** Takes n bytes that the port read at `now`, then does what is due. */
void at_feed(struct at *at, const void *data, size_t n, int64_t now);

/** When at_tick() is to be called: mono_ms, or TIME_NEVER. */
int64_t at_deadline(const struct at *at);

/** Does what is due at `now`; harmless when nothing is. */
void at_tick(struct at *at, int64_t now);

/**
 * Forgets the running script (without `ended`) and any half line: the port is gone or is opened
 * anew.
 */
void at_abort(struct at *at);

#endif
