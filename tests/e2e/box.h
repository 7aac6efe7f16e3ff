/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The harness of the stories: a real farod, a real faroctl and simulated modems in a directory of
 * their own.
 *
 *   struct box *box = box_new(&(struct box_options){ .modems = 1 });
 *   box_start(box);
 *   person_texts(box, &ana, "JOIN north");
 *   expect_text(box, &ana, "YES");
 *   box_free(box);
 *
 * Whatever does not come within WAIT_MS ends the story by box_failed(), which says what came
 * instead. Nothing here sleeps to be in time: everything waits for an event of the simulator or a
 * figure of `status`.
 */
#ifndef FARO_TESTS_BOX_H
#define FARO_TESTS_BOX_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* 20 s; FARO_WAIT_MS, on a machine that is emulated. Constant while a program runs. */
int box_wait_ms(void);
#define WAIT_MS box_wait_ms()

struct person_of_test {
	const char *phone; /* +1 510 555 01xx */
	const char *name;
};

struct box_options {
	int modems;          /* default 1 */
	int segment_ms;      /* radio time of a segment; default 0 */
	int report_delay_ms; /* delivery reports come after; default 0 */
	const char *profile; /* of the simulated modems; default FARO_SIM_PROFILE, else "generic" */
	const char *people;  /* the `people` list; default: dispatcher Ana, admin Rosa */
	const char *box;     /* further keys of the `box` group; default: clock = "system" */
	const char *settings;       /* further groups, in place of the defaults of the same name */
	const char *modem_settings; /* further keys of every modem's section */
	const char *first_modem_settings; /* and these of the first one's only */
	const char *port;     /* of every modem's section; default: its link in the directory */
	const char *messages; /* the directory of the message files; default: config/messages */
	const char *board;    /* the `board` group, "@DIR" is the directory; default: driver none */
	bool keep;            /* do not remove the directory */
	const char *dir; /* made anew and kept; default: a new one under /tmp, removed at the end */
	const char *daemon; /* the program in the build directory; default "farod" */
	const char *config; /* a configuration file as it is, whose paths lie in `dir` */
};

struct box;

/** A text that reached a phone. */
struct heard {
	char to[24], text[1200], modem[16];
	int64_t mono_us;
	bool taken; /* an expect_text() was about it */
};

/** Called when something expected did not happen; must not return. */
extern void (*box_failed)(const char *file, int line, const char *words);

/* Makes directory, configuration and simulator; farod is not started yet. */
struct box *box_new(const struct box_options *options);
/* Stops all, checks that farod ended well (code 0, no sanitizer report), removes the directory. */
void box_free(struct box *box);

const char *box_dir(const struct box *box);
/* build/NAME */
const char *box_program(const char *name, char out[256]);
pid_t box_pid(const struct box *box);

/*
 * Starts farod and waits until it answers and all (or `ready`) modems are ready; ready -1: does not
 * wait.
 */
void box_start(struct box *box);
void box_start_modems(struct box *box, int ready);
/* SIGTERM, and waits; returns the exit code. */
int box_stop(struct box *box);
/* Waits until farod ends by itself with this exit code. */
void box_wait_end(struct box *box, int code);
/* SIGKILL, and waits until it is gone. */
void box_kill(struct box *box);
/* Writes the configuration anew with these further settings and people (NULL: as at first). */
void box_configure(struct box *box, const char *settings, const char *people);
/* The whole of farod's log until now; free it. */
char *box_log(struct box *box);

/*
 * One command to the simulator (jansson pack format); fails unless ok. The answer is the caller's.
 */
json_t *sim_ask(struct box *box, const char *format, ...);
/* The same, and the answer is not wanted. */
void sim_do(struct box *box, const char *format, ...);
/* Every event of the simulator that the box subscribed to goes to hook first (sim_do subscribe). */
void box_set_event_hook(struct box *box, void (*hook)(void *ctx, const json_t *event), void *ctx);
/* Waits at most wait_ms for one event of the simulator. False when none came. */
bool box_wait_event(struct box *box, int wait_ms);
/* Takes in what the simulator has said until now. */
void box_hear(struct box *box);
/* The simulator's `stats`: a number by path. */
int64_t sim_number(struct box *box, const char *path);

/*
 * One command to farod's control socket. NULL when it does not answer. The answer is the caller's.
 */
json_t *farod_ask(struct box *box, const char *format, ...);
/* `status`, waiting for a starting farod at most WAIT_MS. The caller's. */
json_t *box_status(struct box *box);
/* A number in a JSON object by path: "outbox.queued". Fails when it is not there. */
int64_t json_number_at(const json_t *object, const char *path);
/* Waits until a number of `status` is (at_least: at least) value. */
void box_wait_status(struct box *box, const char *path, int64_t value, bool at_least);
/* Waits until `status` says that this modem is in this state. */
void box_wait_state(struct box *box, const char *modem, const char *state);
/* Waits until every text is handled and nothing is queued or being sent. */
void box_settle(struct box *box);

struct ran {
	int code;
	char *out, *err; /* freed by ran_free */
};
/* Runs faroctl -s SOCKET ARGS..., NULL-terminated. */
struct ran box_faroctl(struct box *box, ...) __attribute__((sentinel));
/* Runs farod -c FILE -n (FILE NULL: the box's own). */
struct ran box_check_config(struct box *box, const char *file);
void ran_free(struct ran *ran);

void person_texts_at(const char *file, int line, struct box *box, const struct person_of_test *who,
	const char *text);
const struct heard *expect_text_at(const char *file, int line, struct box *box,
	const struct person_of_test *who, const char *piece);
void expect_no_text_at(
	const char *file, int line, struct box *box, const struct person_of_test *who);
/* A person texts the box through its first modem. */
#define person_texts(box, who, text) person_texts_at(__FILE__, __LINE__, box, who, text)
/* The person gets a text that has `piece` in it: the oldest that no expect_text was about. */
#define expect_text(box, who, piece) expect_text_at(__FILE__, __LINE__, box, who, piece)
/* Once the box has settled, there is no text to this person that no expect_text was about. */
#define expect_no_text(box, who) expect_no_text_at(__FILE__, __LINE__, box, who)
/* Forgets what this person (NULL: everybody) was sent until now. */
void forget_texts(struct box *box, const struct person_of_test *who);
/* How many texts with `piece` (NULL: any) reached this number (NULL: anybody), taken or not. */
int texts_with(struct box *box, const char *phone, const char *piece);
/* The i-th text that reached a phone since the start, or NULL. */
const struct heard *heard_at(struct box *box, int i);
/* Copies the first run of exactly `digits` digits of a text (the code of a promise). */
void digits_of(const char *text, int digits, char *out);
/* What the modems' clocks say, in seconds ahead of this machine's: their networks told them so. */
void modems_clocks_say(struct box *box, int64_t shift_s);
/* The same, and the first modem says at once that its network told it. */
void network_tells(struct box *box, int64_t shift_s);
/* Waits until `status` says by what the time is known: "unknown", "network", "text", "system". */
void box_wait_clock(struct box *box, const char *source);
/* Joins and says YES; waits for the welcome. */
void person_joins(struct box *box, const struct person_of_test *who, const char *join);

/* The `board` group of a box whose simulated board is what board_define() says. */
#define DEFINED_BOARD "board : { driver = \"sim\"; definition = \"@DIR/board.cfg\"; };"
/* Before the start: writes the board's definition, without its socket. */
void board_define(struct box *box, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The simulated board of a box whose board is "sim": presses a button for hold_ms. */
void board_press(struct box *box, const char *button, int hold_ms);
/* Waits until a light is on or off. */
void board_expect_light(struct box *box, const char *light, bool on);
/*
 * The next line of the board ("light power on"), or NULL when none came within wait_ms. Who
 * connects (the first call) is told the full state first.
 */
const char *board_line(struct box *box, int wait_ms);

/* What the usual boxes have: Ana is a dispatcher, Rosa an admin; the others are not on the list. */
extern const struct person_of_test ana, rosa, ben, carla, dan, eva, stranger;
/* Those others as rows of a `people` list: two responders, two members. */
#define NEIGHBORS                                                                                  \
	" { phone = \"+15105550111\"; name = \"Ben\"; role = \"responder\"; language = \"en\"; "   \
	"zones = ( \"north\" ); },\n"                                                              \
	" { phone = \"+15105550112\"; name = \"Carla\"; role = \"responder\"; language = \"es\"; " \
	"zones = ( \"north\" ); },\n"                                                              \
	" { phone = \"+15105550113\"; name = \"Dan\"; role = \"member\"; language = \"en\"; "      \
	"zones = ( \"south\" ); },\n"                                                              \
	" { phone = \"+15105550114\"; name = \"Eva\"; role = \"member\"; language = \"en\"; "      \
	"zones = ( \"north\" ); }"

#endif
