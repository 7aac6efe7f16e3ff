/* SPDX-License-Identifier: Apache-2.0 */
/* The conversations: each a file; commands are named in judge.c. See internal.h. */
#ifndef FARO_DESK_CONVERSATIONS_H
#define FARO_DESK_CONVERSATIONS_H

#include "faro/desk.h"

#include "say.h"
#include "words.h"

struct desk;
struct turn;

int judge(struct turn *turn); /* judge.c: in what order */
/** True when the text begins with a command for this person, or is a keyword of info alone. */
bool judge_is_command(const struct turn *turn);

int stop_handle(struct turn *turn); /* leave.c */
/**
 * They have left the list, or were taken off it: nobody counts on them any more. person is as they
 * were before. 0 or -errno.
 */
int left_list(struct turn *turn, const struct person *person);

int help_handle(struct turn *turn); /* help.c */
/** What the sender can text, from 0; remembers that MORE asks for the next page. */
int help_page(struct turn *turn, int page);
int lang_command(struct turn *turn);
int lang_set(struct turn *turn, const char *language);

/** The one question that is open with a person (struct dialogue.kind). */
enum { DIALOGUE_JOIN = 1, DIALOGUE_FORM, DIALOGUE_GRANT, DIALOGUE_STORY, DIALOGUE_DRAFT };

int join_command(struct turn *turn); /* join.c */
int start_command(struct turn *turn);
int dialogue_handle(struct turn *turn);

int vouch_command(struct turn *turn); /* vouch.c */
/** Whether this word lets somebody in, and who vouches. 1, 0, -errno. */
int vouch_find(struct turn *turn, const char *word, int64_t *voucher_id);
/** It lets the sender in, and works no more. 1, 0 it does not work, -errno. */
int vouch_use(struct turn *turn, const char *word);

int report_command(struct turn *turn); /* report.c */
int message_handle(struct turn *turn);
/** Passes a text on that a reserved word began: it may say more than the word. */
int message_pass_on(struct turn *turn);
/**
 * The sender's newest that is open; one that was joined to another goes on in that. 1, 0 there is
 * none, -errno.
 */
int own_open_incident(struct turn *turn, struct incident *incident);

/** The words it began with; "" when they are forgotten. */
int incident_words(struct turn *turn, int64_t incident_id, char out[TOLD_TEXT_BYTES]);

/* In the order in which they are asked. */
enum { FIELD_PLACE, FIELD_SIZE, FIELD_ACTIVITY, FIELD_UNIT, FIELD_TIME, FIELD_EQUIPMENT, FIELDS };
/** What a text says already: bits of these. */
unsigned int salute_known(const struct turn *turn, const char *text); /* salute.c */
/**
 * What an answer is about: what was asked, unless it plainly says something else and not that. Who
 * is afraid answers the question before.
 */
int salute_field(const struct turn *turn, const char *text, int asked);

/**
 * A report was made, that says so much already: the first question goes with its thanks. Which one,
 * FIELDS when none is left, -errno.
 */
int form_open(struct turn *turn, int64_t incident_id, unsigned int known); /* form.c */
/** Adds the question of a field as the next sentence. */
void form_say_question(struct turn *turn, const char *language, int field, struct strbuf *out);
/** The talk goes on without the form's questions. */
int form_close(struct turn *turn, int64_t person_id);
int form_handle(struct turn *turn);
/** Passes on what is known so far. */
int form_tell(struct turn *turn, const struct incident *incident);
/** Adds what is known so far, sentence after sentence. */
void form_say(struct turn *turn, const char *language, int64_t incident_id, struct strbuf *out);

int escalate_first(struct turn *turn, const struct incident *incident, struct work *work,
	const struct saying *saying); /* escalate.c */
/** escalate_after is over. */
int escalate_on(struct turn *turn, const struct incident *incident, struct work *work);
/** Somebody takes care of it, also without TAKE. */
int escalate_stop(struct turn *turn, int64_t incident_id);
/** A dispatcher is none any more: what they took, and did nothing more about, is told again. */
int escalate_again(struct turn *turn, int64_t person_id);
int untaken_count(struct desk *desk, int64_t *count);

int verify_command(struct turn *turn); /* verify.c */
int go_command(struct turn *turn);
int seen_command(struct turn *turn);
int nothing_command(struct turn *turn);
/** Whoever was to look at something has left the list. */
int verify_leave(struct turn *turn, int64_t person_id);
int verify_on(struct turn *turn, const struct incident *incident, struct work *work);

int same_command(struct turn *turn); /* same.c */
/** An open report of the same time and zone, 0 if there is none. */
int same_perhaps(struct turn *turn, const struct incident *incident, const struct work *work,
	int64_t *other_id);
/** The open incident that a joined one belongs to. 1, 0 none, -errno. */
int same_follow(struct turn *turn, int64_t incident_id, struct incident *out);

/** All that is due about incidents, a slice of it. */
int work_do(struct turn *turn, int64_t *next_ms); /* work.c */

int post_command(struct turn *turn); /* post.c */
/** A version of the post that waits for this author's code. NOT_MINE when none does. */
int post_version(struct turn *turn, const char *language, const char *text);
/**
 * Says what a post or an event means, and how it is published; added is a version that is new in
 * it, NULL = none is.
 */
int post_promise(
	struct turn *turn, const struct bulletin *draft, const char *code, const char *added);
/** Published; tells the author. */
int post_publish(struct turn *turn, struct bulletin *draft);

/** Has its author reply a code before it goes out. Fills in code; "" when none is asked for. */
int draft_ask(struct turn *turn, int64_t draft_id, char code[ALERT_CODE_SIZE]); /* draft.c */
/**
 * Another code for the draft that waits, whose words are others now: the one before publishes
 * nothing any more. 0 or -errno.
 */
int draft_ask_again(struct turn *turn, char code[ALERT_CODE_SIZE]);
/** The draft that waits for this author's code. 1 and the row, 0, -errno. */
int draft_waiting(struct turn *turn, struct bulletin *out);
/** Where it takes two people: another's draft waits for a code of the sender. 1, 0, -errno. */
int draft_of_others_waits(struct turn *turn);
/** NOT_MINE when it is not the code that this author's draft waits for. */
int draft_code(struct turn *turn, const char *code);
/** What the promise of a draft ends with. */
struct draft_how {
	const char *code;
	const char *added; /* the version that is new in it; NULL = none is */
	int asked;         /* others who can confirm it, where that takes two people */
};
/** Adds it, sentence after sentence. */
void draft_say_how(
	struct turn *turn, const char *language, const struct draft_how *how, struct strbuf *out);
/** Where it takes two people others are asked for the code; how many goes into how. 0, -errno. */
int draft_ask_others(struct turn *turn, const struct bulletin *draft, struct draft_how *how);
/** Counts a wrong code; NOT_MINE when nothing of this author's waits. say: answer the first two. */
int draft_code_wrong(struct turn *turn, bool say);

int digest_command(struct turn *turn); /* digest.c */
/** What is due about posts and digests. */
int digests_do(struct turn *turn, int64_t *next_ms);
/** What bulk costs, in segments. */
struct bulk_cost {
	int64_t people, total;
	int segments; /* of the dearest */
};
/** Adds what it costs to say a text to so many people in a language. 0 or -errno. */
int bulk_cost_add(struct desk *desk, const char *language, const char *text, int64_t people,
	struct bulk_cost *cost);
/** What the next digests cost when this post is in them. */
int digest_measure(struct turn *turn, const struct bulletin *draft, struct bulk_cost *out);

int event_command(struct turn *turn); /* event.c */
int rsvp_command(struct turn *turn);
/** YES or NO, when no alert asks. NOT_MINE when no event does either. */
int event_answer(struct turn *turn, bool yes);
/** What announcing it means, and how. */
int event_promise(struct turn *turn, const struct bulletin *draft, const struct draft_how *how);
int event_publish(struct turn *turn, struct bulletin *draft);
/** The day before. */
int event_remind(struct turn *turn, struct bulletin *event);
/** Takes the handle of an event, "E3", from the front of *cursor. */
bool take_event(const char **cursor, int64_t *id);
/** CANCEL E3; NOT_MINE when it is about something else. */
int event_cancel(struct turn *turn);
/** Adds a line of an event in a language. */
void event_say(struct turn *turn, const char *language, enum speech_message id,
	const struct bulletin *event, struct strbuf *out);

int story_command(struct turn *turn); /* story.c */
/** YES or NO to the question whether a story may be kept. */
int story_handle(struct turn *turn);
/** What nobody said yes to in time goes. */
int stories_forget(struct turn *turn, int64_t *next_ms);

int info_handle(struct turn *turn); /* info.c */
/** Whether the text is a keyword of info alone, or asks for the next part of a long one. */
bool info_is_asked(const struct turn *turn);
/** MORE asks for this page of HELP next; 0: for nothing. */
int info_keep_help(struct turn *turn, int page);

int relay_handle(struct turn *turn); /* relay.c: "#n text" */
/** Whoever handles the incident is told; when nobody took it, all. */
int tell_holder(struct turn *turn, const struct incident *incident, const struct saying *saying);

/**
 * To the sender of the incident and to those whose reports were joined to it, but not to those who
 * were sent this alert (NULL: to them as well). Returns how many, -errno.
 */
int tell_reporters(struct turn *turn, const struct incident *incident, const struct alert *but,
	const struct saying *saying);
/** The alert that was made from a report is over: whoever reported it hears so, once. */
int reporters_tell_over(struct turn *turn, const struct alert *alert);

int take_command(struct turn *turn); /* incident.c */
int confirm_command(struct turn *turn);
int unfounded_command(struct turn *turn);
int block_command(struct turn *turn);

int yes_command(struct turn *turn); /* answer.c */
int no_command(struct turn *turn);
int eta_command(struct turn *turn);
int here_command(struct turn *turn);
int done_command(struct turn *turn);
int number_handle(struct turn *turn);
int answer_handle(struct turn *turn);

/** Writes into the log which drafts people are spoken to in. */
int drafts_log(struct desk *desk); /* languages.c */

int summaries_tell(struct turn *turn, int64_t *next_ms); /* summary.c */
int quorum_check(struct turn *turn, struct alert *alert);
/** The same of every alert that runs: somebody who said yes has left the list. */
int quorums_check(struct turn *turn);
/** Whoever came and left again was there: only a NO takes a yes back. */
int64_t answers_coming(const struct answer_counts *counts);
/** Held copies go on. Returns how many or -errno. */
int64_t quorum_release(struct turn *turn, struct alert *alert);

int more_command(struct turn *turn); /* more.c */

int reminders_begin(struct turn *turn, const struct alert *alert); /* remind.c */
/** The next slice of what is due. */
int reminders_do(struct turn *turn, int64_t *next_ms);
/** Reminders that have not left go the way of the alert's copies: held, released, dropped. */
int reminders_gate(struct turn *turn, int64_t alert_id,
	int64_t (*gate)(struct store *store, int64_t broadcast_id, int64_t now_ms));

int code_handle(struct turn *turn); /* code.c */
/** Four digits alone, of somebody whose code something waits for. 1, 0, -errno. */
int code_is_awaited(struct turn *turn);
#define CODE_TRIES 3
/** It would live longer than any code does: the clock went back, and nobody knows how old it is. */
bool code_is_stale(const struct turn *turn, int64_t expires_ms);
/** It was not the code: so many tries are left. */
int code_say_wrong(struct turn *turn, int left);

/**
 * replaced.c: words were added to an alert or a draft, and it has another code. code is the new one
 * of the alert; before is the draft's old one.
 */
void code_replaced(struct desk *desk, const struct alert *alert, const char *code);
void code_replaced_of_draft(struct desk *desk, int64_t draft_id, const char *before);
/** The text is the code from before, and its sender was not told so yet. 1, 0, -errno. */
int code_was_replaced(struct turn *turn, const char *code);
/** A code was said to an author, of an alert or (draft true) of a draft. */
void code_said(struct desk *desk, int64_t author_id, int64_t id, bool draft, const char *code);
/** What waited for this author's code gave way to a later one: both answers say so. */
void code_put_aside(struct turn *turn, int64_t id, bool draft);
/** A code of what was put aside is answered, and costs no try. 1 answered, 0 it is none. */
int code_of_aside(struct turn *turn, const char *code);

int alert_command(struct turn *turn); /* alert.c */
/**
 * A forged number could make alert after alert and guess at each one's code. So many wrong ones in
 * an hour are no typing errors any more: 1.
 */
int alert_guesses_codes(struct turn *turn);

/** Asks other dispatchers for the code of an alert that takes two people. How many were asked. */
int second_ask(struct turn *turn, const struct alert *alert,
	const struct desk_promise *promise); /* second.c */
/** Whether the code of this alert must come from somebody else than who texts. */
bool second_needed(const struct turn *turn, const struct alert *alert);

/** Tells the others who may confirm it of the version and its code. How many were told. */
int second_ask_again(struct turn *turn, const struct alert *alert, const char *code); /* second.c */
/** Asks others for the code of a post or an event. How many were asked. */
int second_ask_draft(struct turn *turn, const struct bulletin *draft,
	const struct draft_how *how); /* second.c */

/**
 * Makes the pending alert and fills in its id and the promise. 1 made, 0 it would reach nobody,
 * -errno.
 */
int alert_prepare(
	struct turn *turn, struct alert *alert, struct desk_promise *promise); /* pending.c */
/**
 * What of this incident waits for its code or its time is sent no more; its authors hear so. But
 * not this alert (NULL: all), and beside it no announcement for later. 0 or -errno.
 */
int alerts_withdraw(
	struct turn *turn, int64_t incident_id, const struct alert *but, enum speech_message told);
/** An incident that an alert opened for itself goes when the alert comes to nothing. */
int alert_incident_forget(struct turn *turn, int64_t incident_id);

/**
 * Says what sending it would mean and how; it is pending then, or was sent where no code is asked
 * for.
 */
int alert_propose(struct turn *turn, struct alert *alert); /* promise.c */
/**
 * A number can be forged, so that nothing leaves on a code whose reader has not seen all of the
 * words. Keeps the words to which a version (the text at hand) was added, draws another code, and
 * says the promise anew, with the version and that code.
 */
int alert_promise_again(struct turn *turn, const struct alert *alert);

/** Adds the alert's text in a language. False when it is in another one, as it was written. */
bool alert_text_in(
	struct turn *turn, const struct alert *alert, const char *language, struct strbuf *out);
/** Whether its text is taken for a kind of thing and a place, and said in every language. */
bool alert_is_template(struct turn *turn, const struct alert *alert);
/** A text in quotation marks goes out as it is written: the marks go, and that is noted. */
void alert_take_quotes(struct alert *alert);
int version_handle(struct turn *turn);
/** The version of a text in a language, else the text as it was written. */
void version_in(const char *text, const char *language, char out[ALERT_TEXT_SIZE]);
/** The text with this version in place of an earlier one of that language. False: too long. */
bool version_put(char text[ALERT_TEXT_SIZE], const char *language, const char *version);

/** 0 it is going out, 1 it is for later and waits (schedule.c), -errno. */
int alert_start(struct turn *turn, const struct alert *alert); /* broadcast.c */
int alert_measure(struct turn *turn, const struct alert *alert, struct desk_promise *promise);
/**
 * To those of a running alert whose copy an UPDATE dropped: its words and what was added to them.
 * Returns how many copies were queued anew.
 */
int64_t alert_send_again(struct turn *turn, const struct alert *alert);

#define WHEN_SIZE DESK_WHEN_SIZE
/**
 * Takes a moment to come from the front of *cursor: "18:30", "tomorrow 9:00", "sat 10:00",
 * "2026-12-24 18:00", in words of any language. 1 and what the clock on the wall shows then; 0 none
 * is there; -ERANGE it is over, or more than a year away.
 */
int when_take(const struct desk *desk, const char **cursor, int64_t now_ms,
	struct time_local *out); /* when.c */
/** "2026-12-24 18:00". Returns out. */
const char *when_say(const struct time_local *when, char out[WHEN_SIZE]);
/** As a row has it, 202612241800: what the clock shows, so that no rule of a zone moves it. */
int64_t when_number(const struct time_local *when);
void when_of_number(int64_t number, struct time_local *out);

int schedule_command(struct turn *turn); /* schedule.c */
/** Of an alert that is for later: it waits from now on. 1, 0 it is not, -errno. */
int schedule_keep(struct turn *turn, const struct alert *alert);
/** Sends what is due. */
int schedules_do(struct turn *turn, int64_t *next_ms);
/** Until when a copy of what is sent now is of use: quiet hours do not count. */
int64_t schedule_expires_ms(const struct desk *desk, int64_t now_ms);

int update_command(struct turn *turn); /* follow.c */
int clear_command(struct turn *turn);
int cancel_command(struct turn *turn);
/**
 * The alert that runs (or, with pending, waits for its code) which the sender may mean: their own
 * before others', the newest of them. 1 and its incident, 0, -errno.
 */
int alert_at_hand(struct turn *turn, bool pending, int64_t *incident_id);
/**
 * CANCEL without a number of who sends alerts: while one waits for its code or runs, they are told
 * what calls it off and what takes them off the list. NOT_MINE else.
 */
int cancel_ask(struct turn *turn);
/** What calling off did. */
struct follow {
	bool pending; /* it had not been sent */
	int64_t people, dropped;
};
/** 1 called off, 0 there was nothing to call off, -errno. */
int alert_call_off(struct turn *turn, const struct alert *alert, struct follow *out);

int expiries(struct turn *turn); /* expire.c */

/** Who texts is not suspended any more. */
int suspended_return(struct turn *turn); /* suspend.c */
/** Tells the admins of those who were suspended since they were last told. */
int suspensions_tell(struct turn *turn, int64_t *next_ms);

/** Whether the text begins with a phone number or "P41", with a role and a name or alone. */
bool person_is_named(const struct desk *desk, const char *text);
int add_command(struct turn *turn); /* people.c */
int remove_command(struct turn *turn);
int role_command(struct turn *turn);

/** "phone role name", as ADD and ROLE have it. */
struct naming {
	char phone[64];
	enum role role;
	char name[PERSON_NAME_SIZE];
	bool add; /* ADD: onto the list, if they are not */
};
/** Answers with this message, whose values are a person, a role and a code. */
int answer_role(struct turn *turn, enum speech_message id, const char *person, enum role role,
	const char *code);
/** Tells them, in a message that has a role in it. 0 or -errno. */
int person_tell_role(
	struct turn *turn, const struct person *person, enum speech_message id, enum role role);
/** Before STOP: what the sender's role was, so that they can be told when they come back. */
int role_keep(struct turn *turn);
/** Who comes back is told that they do not come back as what they were. */
int role_tell_lost(struct turn *turn);
/** What ADD or ROLE asked for, now that its code has come back. */
int person_grant(struct turn *turn, int64_t person_id, const struct naming *naming);

/** grant.c: whether somebody is given this role by a code only. */
bool grant_needs_code(const struct turn *turn, enum role role);
int grant_ask(struct turn *turn, const struct person *person, const struct naming *naming);
/** NOT_MINE when it is not the code that this admin's ADD or ROLE waits for. */
int grant_code(struct turn *turn, const char *code);
/** Counts a wrong code; NOT_MINE when nothing of this admin's waits. say: answer the first two. */
int grant_code_wrong(struct turn *turn, bool say);
/** The wrong codes of this number in the last hour, with one more; so many are no mistakes. */
int grant_guesses(struct turn *turn, bool one_more, int *count);
/* So many wrong codes within this are no typing errors any more. */
#define GUESSES_MAX 9
#define GUESSES_MS  MS_PER_H

int status_command(struct turn *turn); /* box.c */
int pause_command(struct turn *turn);
int resume_command(struct turn *turn);

int duty_command(struct turn *turn); /* duty.c */
/** Tells of shifts that end, and once a week of hours in which nobody was on duty. */
int duties_do(struct turn *turn, int64_t *next_ms);

#endif
