/* SPDX-License-Identifier: Apache-2.0 */
/* What the box says and to whom (say.c), and when it is too much (flood.c). See internal.h. */
#ifndef FARO_DESK_SAY_H
#define FARO_DESK_SAY_H

#include "faro/desk.h"

#define SAY_SIZE    4096
#define HANDLE_SIZE 24 /* "P41" */

struct desk;
struct turn;

/** What is told in one sum: texts that were not passed on, and those reports that nobody took. */
enum flood_sum { FLOOD_UNREAD, FLOOD_UNTAKEN, FLOOD_SUMS };

/**
 * Something to say, in whichever language: a message with its values, or what compose makes of arg.
 */
struct saying {
	enum speech_message id;
	const struct speech_arg *args;
	size_t n;
	void (*compose)(
		struct turn *turn, const char *language, const void *arg, struct strbuf *out);
	const void *arg;
};
#define SAY(message, ...)                                                                          \
	(&(const struct saying){ .id = (message),                                                  \
		.args = (const struct speech_arg[]){ __VA_ARGS__ },                                \
		.n = sizeof((const struct speech_arg[]){ __VA_ARGS__ }) /                          \
		     sizeof(struct speech_arg) })
#define COMPOSED(function, value) (&(const struct saying){ .compose = (function), .arg = (value) })

/** Adds what is said to out, in a language; {box} is filled in by itself. */
void say_in(
	struct turn *turn, const char *language, const struct saying *saying, struct strbuf *out);
/** What stands in out is ended as a sentence, and a blank follows; nothing when nothing stands. */
void say_break(const struct turn *turn, const char *language, struct strbuf *out);
/** Adds what is said behind what stands in out already: sentence after sentence. */
void say_next(
	struct turn *turn, const char *language, const struct saying *saying, struct strbuf *out);
/** Encodes a text once and keeps it as a body. */
int body_add(struct desk *desk, const char *language, const char *text, int64_t *body_id);
/** To one person, in their language. 1 queued, 0 they may not be texted, -errno. */
int tell(struct turn *turn, const struct person *to, enum message_class class, int64_t incident_id,
	const struct saying *saying);
/** To the sender of the text, also when the loop guard is on. 0 or -errno. */
int answer(struct turn *turn, enum message_class class, const struct saying *saying);
/** To the sender of the text, unless the loop guard is on. 0 or -errno. */
int reply(struct turn *turn, const struct saying *saying);
/**
 * The same for what a command has just changed: said also while the loop guard is on, as often as
 * HELP is. Not for what would be so again: a machine could text it for ever. 0 or -errno.
 */
int done(struct turn *turn, const struct saying *saying);
/**
 * The same for what nothing depends on: thanks, and what a machine could answer again. It is said
 * so many times in a while (flood_may_thank) and no more. 0 or -errno.
 */
int thank(struct turn *turn, const struct saying *saying);
/**
 * To all of this role and above but one (0: nobody is left out), those on duty first. Returns how
 * many.
 */
int tell_role(struct turn *turn, enum role role_min, int64_t except_id, int64_t incident_id,
	const struct saying *saying);
/** To those of the filter but one, at most so many. Returns how many. */
int tell_some(struct turn *turn, const struct person_filter *filter, int most, int64_t except_id,
	int64_t incident_id, const struct saying *saying);
/**
 * To those of the filter who were not told of this incident yet, at most so many; it is noted that
 * they were. Returns how many.
 */
int tell_untold(struct turn *turn, const struct person_filter *filter, int most,
	const struct incident *incident, const struct saying *saying);
/**
 * Before somebody's own words are passed on to dispatchers (about this incident, or NULL): so many
 * texts go before alerts, the others behind them, and in a flood they are told of the rest in one
 * sum. A flood must keep neither a code nor an alert waiting, and drown nobody. flood.c
 */
int words_hurry(struct turn *turn, const struct incident *incident);
/** What is remembered of somebody whose text was handled lately; new when it is not. */
struct recent *flood_recent(struct desk *desk, int64_t person_id);
/** A hash of a text without its digits: "added to #17" is "added to #18". */
uint64_t flood_hash(const char *text);
/** Whether the text is what this box said to its sender, or what any box says by itself. */
bool flood_is_a_machine(struct turn *turn);
/** The sender's words were read: whether they are like the ones before them. */
void flood_words(struct turn *turn);
/** 1 and it is counted; 0 when so many strangers were answered that this one is not; -errno. */
int flood_answers(struct turn *turn);
/** 1 and it is counted; 0 when the sender was thanked so often that they are not; -errno. */
int flood_may_thank(struct turn *turn);
/** The same for HELP. */
int flood_may_help(struct turn *turn);
/** Tells of what was not told one by one, when that is due. */
int flood_tell(struct turn *turn, int64_t *next_ms);
/** A report that was told in a sum only has waited: admins are told so in one sum too. */
int flood_untaken(struct turn *turn, int64_t incident_id);
/** After a start: what was held before it. */
int flood_resume(struct desk *desk);
/** Answers with the words of an incident that dispatchers were not told of. */
int flood_show(struct turn *turn, int64_t incident_id);
/**
 * To the dispatcher of this row; to all when there is none, or they are none any more. Returns how
 * many.
 */
int tell_dispatcher(
	struct turn *turn, int64_t person_id, int64_t incident_id, const struct saying *saying);
/** The bodies of a broadcast, in every language that the box speaks. */
int broadcast_bodies(struct turn *turn, int64_t broadcast_id, const struct saying *saying);
/** A name that dispatchers may see: theirs, or "P41". Never a number. */
const char *shown_name(const struct person *person, char out[PERSON_NAME_SIZE]);
const char *person_handle(int64_t person_id, char out[HANDLE_SIZE]);

#endif
