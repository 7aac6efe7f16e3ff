/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people behind the phones: crowds that share rules, each person with a language and a fate of
 * their own, all from one seed. What a rule says is told in sim_protocol.h, "population".
 */
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim.h"

#define TEXT_FOLD_SIZE 4096

enum kind { KIND_RULES, KIND_ROBOT, KIND_ECHO, KIND_OFF, KIND_FORGER, KINDS };

static const char *const kind_names[KINDS] = { "rules", "robot", "echo", "off", "forger" };

struct answer {
	char *text;
	double weight;
};

/* Also a `start`: without match, with one answer. */
struct rule {
	struct rule *next;
	char *match; /* folded; NULL: a regex, or everything */
	bool has_regex;
	regex_t regex;
	char language[8], modem[64];
	struct answer *answers;
	size_t n_answers;
	struct sim_delay delay;
	double p;
};

struct crowd {
	struct crowd *next;
	enum kind kind;
	struct rule *rules, *starts;
};

struct sim_person {
	struct sim *sim;
	struct crowd *crowd;
	char number[PHONE_SIZE], language[8];
	struct sim_rng rng;
};

/* A text that a person is about to send. */
struct later {
	struct later *next, **at;
	struct sim_timer timer;
	struct sim *sim;
	char from[PHONE_SIZE], modem[64];
	char *text;
};

struct sim_people {
	struct crowd *crowds;
	struct later *later;
};

/* ---- sending ---- */

static void later_free(struct later *l)
{
	*l->at = l->next;
	if (l->next)
		l->next->at = l->at;
	sim_timer_stop(&l->timer);
	free(l->text);
	free(l);
}

static void later_due(void *ctx)
{
	struct later *l = ctx;
	struct sim_inject in;
	int parts;

	sim_inject_init(&in);
	text_copy(in.from, sizeof(in.from), l->from);
	in.text = l->text;
	in.modem = l->modem[0] ? sim_modem_find(l->sim, l->modem) : l->sim->modems;
	if (in.modem)
		sim_inject_text(l->sim, &in, &parts);
	later_free(l);
}

static void send_later(
	struct sim_person *p, const char *modem, const char *text, const struct sim_delay *delay)
{
	struct sim_people *people = p->sim->people;
	struct later *l = sim_alloc(sizeof(*l));

	l->sim = p->sim;
	l->text = sim_strdup(text);
	text_copy(l->from, sizeof(l->from), p->number);
	text_copy(l->modem, sizeof(l->modem), modem);
	l->timer = (struct sim_timer){ .run = later_due, .ctx = l };
	l->next = people->later;
	l->at = &people->later;
	if (l->next)
		l->next->at = &l->next;
	people->later = l;
	sim_timer_start(&l->timer, sim_delay_us(delay, &p->rng));
}

static const char *choose(const struct rule *rule, struct sim_rng *rng)
{
	double total = 0, at;

	for (size_t i = 0; i < rule->n_answers; i++)
		total += rule->answers[i].weight;
	at = sim_rng_unit(rng) * total;
	for (size_t i = 0; i < rule->n_answers; i++) {
		at -= rule->answers[i].weight;
		if (at < 0)
			return rule->answers[i].text;
	}
	return rule->n_answers ? rule->answers[rule->n_answers - 1].text : "";
}

static void follow(struct sim_person *p, const struct rule *rule, const char *modem)
{
	if (sim_rng_unit(&p->rng) < rule->p)
		send_later(p, rule->modem[0] ? rule->modem : modem, choose(rule, &p->rng),
			&rule->delay);
}

static bool speaks(const struct sim_person *p, const struct rule *rule)
{
	return !rule->language[0] || !strcmp(rule->language, p->language);
}

static bool fits(const struct rule *rule, const char *text, const char *folded)
{
	if (rule->has_regex)
		return !regexec(&rule->regex, text, 0, NULL, 0);
	return !rule->match || strstr(folded, rule->match);
}

void sim_person_reads(struct sim_person *p, const char *modem, const char *text)
{
	static const struct sim_delay at_once;
	char folded[TEXT_FOLD_SIZE];

	if (p->crowd->kind == KIND_ECHO) {
		send_later(p, modem, text, p->crowd->rules ? &p->crowd->rules->delay : &at_once);
		return;
	}
	text_fold(folded, sizeof(folded), text);
	for (const struct rule *r = p->crowd->rules; r; r = r->next) {
		if (p->crowd->kind != KIND_ROBOT && (!speaks(p, r) || !fits(r, text, folded)))
			continue;
		follow(p, r, modem);
		return;
	}
}

/* ---- reading a population ---- */

int sim_delay_from_json(json_t *json, struct sim_delay *delay)
{
	static const char *const names[] = { "fixed", "uniform", "exp", "normal" };
	const char *dist = "fixed";
	int known = -EINVAL;

	*delay = (struct sim_delay){ 0 };
	if (!json)
		return 0;
	if (json_is_number(json)) {
		delay->ms = json_number_value(json);
		return 0;
	}
	if (json_unpack(json, "{s?s, s?F, s?F, s?F, s?F}", "dist", &dist, "ms", &delay->ms,
		    "min_ms", &delay->min_ms, "max_ms", &delay->max_ms, "sd_ms", &delay->sd_ms))
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], dist)) {
			delay->dist = (enum sim_dist)i;
			known = 0;
		}
	return known;
}

static void rule_free(struct rule *r)
{
	if (r->has_regex)
		regfree(&r->regex);
	for (size_t i = 0; i < r->n_answers; i++)
		free(r->answers[i].text);
	free(r->answers);
	free(r->match);
	free(r);
}

static void rules_free(struct rule *r)
{
	while (r) {
		struct rule *next = r->next;

		rule_free(r);
		r = next;
	}
}

static int read_match(struct rule *r, const char *match)
{
	char folded[512];

	if (!match || !*match)
		return 0;
	if (*match != '#') {
		r->match = sim_strdup(text_fold(folded, sizeof(folded), match));
		return 0;
	}
	if (regcomp(&r->regex, match + 1, REG_EXTENDED | REG_ICASE | REG_NOSUB))
		return -EINVAL;
	r->has_regex = true;
	return 0;
}

static int add_answer(struct rule *r, json_t *json)
{
	struct answer *a = &r->answers[r->n_answers];
	const char *text = json_string_value(json);

	a->weight = 1;
	if (!text && json_unpack(json, "{s:s, s?F}", "text", &text, "weight", &a->weight))
		return -EINVAL;
	a->text = sim_strdup(text);
	r->n_answers++;
	return 0;
}

static int read_rule(struct rule *r, json_t *json, const struct sim_delay *delay)
{
	const char *match = NULL, *text = NULL, *language = "", *modem = "";
	json_t *answers = NULL, *own_delay = NULL;

	r->p = 1;
	if (json_unpack(json, "{s?s, s?s, s?o, s?s, s?o, s?F, s?s !}", "match", &match, "text",
		    &text, "answers", &answers, "language", &language, "delay", &own_delay, "p",
		    &r->p, "modem", &modem))
		return -EINVAL;
	text_copy(r->language, sizeof(r->language), language);
	text_copy(r->modem, sizeof(r->modem), modem);
	r->delay = *delay;
	if (read_match(r, match) || (own_delay && sim_delay_from_json(own_delay, &r->delay)))
		return -EINVAL;
	r->answers = sim_alloc((json_array_size(answers) + 1) * sizeof(*r->answers));
	if (text)
		return add_answer(r, json);
	for (size_t i = 0; i < json_array_size(answers); i++)
		if (add_answer(r, json_array_get(answers, i)))
			return -EINVAL;
	return r->n_answers ? 0 : -EINVAL;
}

static int read_rules(struct rule **list, json_t *json, const struct sim_delay *delay)
{
	struct rule **end = list;

	for (size_t i = 0; i < json_array_size(json); i++) {
		*end = sim_alloc(sizeof(**end));
		if (read_rule(*end, json_array_get(json, i), delay) < 0)
			return -EINVAL;
		end = &(*end)->next;
	}
	return 0;
}

static void crowd_free(struct crowd *c)
{
	rules_free(c->rules);
	rules_free(c->starts);
	free(c);
}

static struct crowd *read_crowd(json_t *command, char why[200])
{
	struct crowd *c = sim_alloc(sizeof(*c));
	const char *kind = "rules";
	struct sim_delay delay;
	int known = -1;

	json_unpack(command, "{s?s}", "kind", &kind);
	for (int i = 0; i < KINDS; i++)
		if (!strcmp(kind_names[i], kind))
			known = i;
	c->kind = (enum kind)known;
	if (known < 0)
		snprintf(why, 200, "no such kind: %s", kind);
	else if (sim_delay_from_json(json_object_get(command, "delay"), &delay) < 0)
		snprintf(why, 200, "delay is not understood");
	else if (read_rules(&c->rules, json_object_get(command, "rules"), &delay) < 0)
		snprintf(why, 200, "rules are not understood");
	else if (read_rules(&c->starts, json_object_get(command, "starts"), &delay) < 0)
		snprintf(why, 200, "starts are not understood");
	else
		return c;
	crowd_free(c);
	return NULL;
}

static void choose_language(struct sim_person *p, json_t *languages)
{
	double at = sim_rng_unit(&p->rng);

	for (void *i = json_object_iter(languages); i; i = json_object_iter_next(languages, i)) {
		text_copy(p->language, sizeof(p->language), json_object_iter_key(i));
		at -= json_number_value(json_object_iter_value(i));
		if (at < 0)
			return;
	}
}

static void person_make(
	struct sim *sim, struct crowd *crowd, const char *number, uint64_t seed, json_t *languages)
{
	struct sim_person *p = sim_alloc(sizeof(*p));
	struct sim_phone *phone;

	p->sim = sim;
	p->crowd = crowd;
	p->rng.state = seed;
	text_copy(p->number, sizeof(p->number), number);
	choose_language(p, languages);
	for (const struct rule *r = crowd->starts; r; r = r->next)
		if (speaks(p, r))
			follow(p, r, "");
	if (crowd->kind == KIND_FORGER) { /* knows the number, does not have the phone */
		free(p);
		return;
	}
	phone = sim_phone_get(sim, number);
	phone->off = crowd->kind == KIND_OFF;
	sim_person_free(phone->person);
	phone->person = p;
}

json_t *sim_people_make(struct sim *sim, json_t *command, char why[200])
{
	const char *first = "+15105550100";
	int64_t count = 1, seed = 1, number;
	char text[PHONE_SIZE] = "";
	struct crowd *crowd;

	if (!sim_json_get_str(command, "first", &first, why) ||
		!sim_json_get_int(command, "count", 1, 1000000, &count, why) ||
		!sim_json_get_int(command, "seed", 0, INT64_MAX, &seed, why))
		return NULL;
	if (first[0] != '+' ||
		text_int(first + 1, 1000000, INT64_C(999999999999999), &number) < 0) {
		snprintf(why, 200, "first is no number: %s", first);
		return NULL;
	}
	crowd = read_crowd(command, why);
	if (!crowd)
		return NULL;
	if (!sim->people)
		sim->people = sim_alloc(sizeof(*sim->people));
	crowd->next = sim->people->crowds;
	sim->people->crowds = crowd;
	for (int64_t i = 0; i < count; i++) {
		struct sim_rng rng = { (uint64_t)seed * 1000003 + (uint64_t)i };

		snprintf(text, sizeof(text), "+%" PRId64, number + i);
		person_make(sim, crowd, text, sim_rng_next(&rng),
			json_object_get(command, "languages"));
	}
	return json_pack(
		"{s:s, s:s, s:I}", "first", first, "last", text, "count", (json_int_t)count);
}

void sim_person_free(struct sim_person *person)
{
	free(person);
}

/* After the phones: nobody points at a crowd any more. */
void sim_people_forget(struct sim *sim)
{
	struct sim_people *people = sim->people;

	if (!people)
		return;
	for (struct later *l = people->later, *next; l; l = next) {
		next = l->next;
		later_free(l);
	}
	while (people->crowds) {
		struct crowd *c = people->crowds;

		people->crowds = c->next;
		crowd_free(c);
	}
	free(people);
	sim->people = NULL;
}
