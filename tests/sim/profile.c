/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a family of modems from a text file: NAME.modem, one fact a line (generic.modem tells them
 * all). A line that begins with AT is a whole command answered in the family's own words.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

enum type { TEXT, NUMBER, FLAG, TIMED };

struct key {
	const char *name;
	enum type type;
	size_t offset;
	size_t count; /* TIMED: offset of the number of lines */
	const char *preset;
};

#define AT_PROFILE(member) offsetof(struct sim_profile, member)

static const struct key keys[] = {
	{ "manufacturer", TEXT, AT_PROFILE(manufacturer), 0, "Faro" },
	{ "model", TEXT, AT_PROFILE(model), 0, "GENERIC" },
	{ "revision", TEXT, AT_PROFILE(revision), 0, "1.0" },
	{ "family", TEXT, AT_PROFILE(family), 0, "generic" },
	{ "operator", TEXT, AT_PROFILE(operator_name), 0, "Faronet" },
	{ "boot", TIMED, AT_PROFILE(boot), AT_PROFILE(n_boot), NULL },
	{ "noise", TIMED, AT_PROFILE(noise), AT_PROFILE(n_noise), NULL },
	{ "ready_ms", NUMBER, AT_PROFILE(ready_ms), 0, "0" },
	{ "register_ms", NUMBER, AT_PROFILE(register_ms), 0, "0" },
	{ "reenumerate_ms", NUMBER, AT_PROFILE(reenumerate_ms), 0, "-1" },
	{ "store_SM", NUMBER, AT_PROFILE(store_size[SIM_SM]), 0, "30" },
	{ "store_ME", NUMBER, AT_PROFILE(store_size[SIM_ME]), 0, "100" },
	{ "store_SR", NUMBER, AT_PROFILE(store_size[SIM_SR]), 0, "20" },
	{ "slot_base", NUMBER, AT_PROFILE(slot_base), 0, "1" },
	{ "mem1", TEXT, AT_PROFILE(memories[0]), 0, "SM ME SR" },
	{ "mem2", TEXT, AT_PROFILE(memories[1]), 0, "SM ME" },
	{ "mem3", TEXT, AT_PROFILE(memories[2]), 0, "SM ME" },
	{ "memory", TEXT, AT_PROFILE(memory_default), 0, "SM" },
	{ "cnmi", TEXT, AT_PROFILE(cnmi_shown), 0, "(0-3),(0-3),(0-3),(0-2),(0,1)" },
	{ "cnmi_mode", TEXT, AT_PROFILE(cnmi_taken[0]), 0, "0-3" },
	{ "cnmi_mt", TEXT, AT_PROFILE(cnmi_taken[1]), 0, "0-3" },
	{ "cnmi_bm", TEXT, AT_PROFILE(cnmi_taken[2]), 0, "0-3" },
	{ "cnmi_ds", TEXT, AT_PROFILE(cnmi_taken[3]), 0, "0-2" },
	{ "cnmi_bfr", TEXT, AT_PROFILE(cnmi_taken[4]), 0, "0,1" },
	{ "cnmi_least", NUMBER, AT_PROFILE(cnmi_least), 0, "0" },
	{ "csms", TEXT, AT_PROFILE(csms_taken), 0, "0,1" },
	{ "csms_extra", TEXT, AT_PROFILE(csms_extra), 0, "" },
	{ "cgsms", TEXT, AT_PROFILE(cgsms_taken), 0, "0-3" },
	{ "cgsms_default", NUMBER, AT_PROFILE(cgsms_default), 0, "3" },
	{ "cmms", TEXT, AT_PROFILE(cmms_taken), 0, "0-2" },
	{ "cmms_error", NUMBER, AT_PROFILE(cmms_error), 0, "303" },
	{ "link_ms", NUMBER, AT_PROFILE(link_ms), 0, "3000" },
	{ "full_line", TEXT, AT_PROFILE(full_line), 0, "" },
	{ "cds_prefix", TEXT, AT_PROFILE(cds_prefix), 0, "+CDS:" },
	{ "cdsi_memory", TEXT, AT_PROFILE(cdsi_memory), 0, "" },
	{ "cdsi_slot", NUMBER, AT_PROFILE(cdsi_slot), 0, "-1" },
	{ "overflow", TEXT, AT_PROFILE(overflow), 0, "" },
	{ "cmgl_not", TEXT, AT_PROFILE(cmgl_not), 0, "" },
	{ "quiet", TEXT, AT_PROFILE(quiet), 0, "" },
	{ "cnma", FLAG, AT_PROFILE(cnma), 0, "yes" },
	{ "stored_twice", FLAG, AT_PROFILE(stored_twice), 0, "no" },
	{ "sim_alone", FLAG, AT_PROFILE(sim_alone), 0, "no" },
	{ "urc_in_prompt", FLAG, AT_PROFILE(urc_in_prompt), 0, "no" },
	{ "drops_busy", FLAG, AT_PROFILE(drops_busy), 0, "no" },
	{ "needs_factory", FLAG, AT_PROFILE(needs_factory), 0, "no" },
};

bool sim_range_has(const char *ranges, int value)
{
	while (*ranges) {
		char *end;
		long low = strtol(ranges, &end, 10), high = low;

		if (end == ranges)
			return false;
		if (*end == '-')
			high = strtol(end + 1, &end, 10);
		if (value >= low && value <= high)
			return true;
		ranges = *end ? end + 1 : end;
	}
	return false;
}

bool sim_word_in(const char *words, const char *word)
{
	char one[8];

	while (text_word(&words, one, sizeof(one)))
		if (!strcmp(one, word))
			return true;
	return false;
}

static int set_timed(struct sim_profile *p, const struct key *key, const char *value)
{
	struct sim_timed_line *lines = (struct sim_timed_line *)(void *)((char *)p + key->offset);
	int *n = (int *)(void *)((char *)p + key->count);
	char *end;
	long ms = strtol(value, &end, 10);

	if (end == value || *end != ' ' || ms < 0 || *n >= SIM_BOOT_LINES)
		return -EINVAL;
	lines[(*n)++] = (struct sim_timed_line){ (int)ms, sim_strdup(end + strspn(end, " ")) };
	return 0;
}

static int set_key(struct sim_profile *p, const struct key *key, const char *value)
{
	char *at = (char *)p + key->offset;
	int64_t number;

	switch (key->type) {
	case TEXT:
		free(*(char **)(void *)at);
		*(char **)(void *)at = sim_strdup(value);
		return 0;
	case NUMBER:
		if (text_int(value, -1, 1000000, &number) < 0)
			return -EINVAL;
		*(int *)(void *)at = (int)number;
		return 0;
	case FLAG:
		if (strcmp(value, "yes") && strcmp(value, "no"))
			return -EINVAL;
		*(bool *)(void *)at = !strcmp(value, "yes");
		return 0;
	case TIMED:
		return set_timed(p, key, value);
	}
	return -EINVAL;
}

/* "AT+GCAP   +GCAP: +CGSM\nOK": two blanks or a tab part command and answer; \n parts lines. */
static int add_reply(struct sim_profile *p, char *line)
{
	char *gap = strstr(line, "  "), *tab = strchr(line, '\t'), *answer, *out;

	if (!gap || (tab && tab < gap))
		gap = tab;
	if (!gap || p->n_replies >= SIM_REPLIES)
		return -EINVAL;
	*gap = '\0';
	answer = out = sim_strdup(gap + 1 + strspn(gap + 1, " \t"));
	for (const char *in = answer; *in; in++) {
		bool is_break = in[0] == '\\' && in[1] == 'n';

		*out++ = is_break ? '\n' : *in;
		in += is_break;
	}
	*out = '\0';
	p->replies[p->n_replies++] = (struct sim_reply){ sim_strdup(line), answer };
	return 0;
}

static int read_line(struct sim_profile *p, char *line)
{
	size_t n = strlen(line);
	char *value;

	while (n && isspace((unsigned char)line[n - 1]))
		line[--n] = '\0';
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return 0;
	if (!strncmp(line, "AT", 2))
		return add_reply(p, line);
	value = line + strcspn(line, " \t");
	if (*value) {
		*value++ = '\0';
		value += strspn(value, " \t");
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, line))
			return set_key(p, &keys[i], value);
	return -EINVAL;
}

static struct sim_profile *profile_new(const char *name)
{
	struct sim_profile *p = sim_alloc(sizeof(*p));
	const char *slash = strrchr(name, '/');
	char *dot;

	text_copy(p->name, sizeof(p->name), slash ? slash + 1 : name);
	dot = strstr(p->name, ".modem");
	if (dot)
		*dot = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].preset)
			set_key(p, &keys[i], keys[i].preset);
	return p;
}

static void profile_free(struct sim_profile *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].type == TEXT)
			free(*(char **)(void *)((char *)p + keys[i].offset));
	for (int i = 0; i < p->n_boot; i++)
		free(p->boot[i].line);
	for (int i = 0; i < p->n_noise; i++)
		free(p->noise[i].line);
	for (int i = 0; i < p->n_replies; i++) {
		free(p->replies[i].command);
		free(p->replies[i].answer);
	}
	free(p);
}

/*
 * Beside the sources, whatever build directory the program lies in: up from it until tests/sim is
 * there.
 */
static FILE *open_above_program(const char *name)
{
	char path[512], file[640];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;
	FILE *f = NULL;

	path[n > 0 ? n : 0] = '\0';
	while (!f && (slash = strrchr(path, '/'))) {
		*slash = '\0';
		snprintf(file, sizeof(file), "%s/tests/sim/%s.modem", path, name);
		f = fopen(file, "re");
	}
	return f;
}

static FILE *open_profile(const struct sim *sim, const char *name)
{
	char file[640];

	if (strchr(name, '/'))
		return fopen(name, "re");
	if (!sim->profile_dir)
		return open_above_program(name);
	snprintf(file, sizeof(file), "%s/%s.modem", sim->profile_dir, name);
	return fopen(file, "re");
}

const struct sim_profile *sim_profile_get(struct sim *sim, const char *name, char why[200])
{
	struct sim_profile *p;
	char line[1024];
	int number = 0, error = 0;
	FILE *f;

	for (p = sim->profiles; p; p = p->next)
		if (!strcmp(p->name, name))
			return p;
	f = open_profile(sim, name);
	if (!f) {
		snprintf(why, 200, "no profile %s", name);
		return NULL;
	}
	p = profile_new(name);
	while (!error && fgets(line, sizeof(line), f)) {
		number++;
		error = read_line(p, line);
	}
	fclose(f);
	if (error) {
		snprintf(why, 200, "%.80s:%d: not understood: %.80s", name, number, line);
		profile_free(p);
		return NULL;
	}
	p->next = sim->profiles;
	sim->profiles = p;
	return p;
}

void sim_profiles_free(struct sim *sim)
{
	while (sim->profiles) {
		struct sim_profile *p = sim->profiles;

		sim->profiles = p->next;
		profile_free(p);
	}
}
