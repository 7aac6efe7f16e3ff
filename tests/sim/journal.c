/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happened, one JSON line each: into the file (buffered; written when much has gathered, after
 * a tenth of a second, on `flush` and at the end) and to those who subscribed. The lines' keys are
 * told in sim_protocol.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

#define GATHER_BYTES (256UL * 1024)
#define GATHER_US    100000

static const char *const names[SIM_EVENTS] = {
	[SIM_EV_SEGMENT] = "segment",
	[SIM_EV_TEXT] = "text",
	[SIM_EV_REPORT] = "report",
	[SIM_EV_REPORTED] = "reported",
	[SIM_EV_INJECT] = "inject",
	[SIM_EV_STORED] = "stored",
	[SIM_EV_ROUTED] = "routed",
	[SIM_EV_LISTED] = "listed",
	[SIM_EV_DELETED] = "deleted",
	[SIM_EV_WAITING] = "waiting",
	[SIM_EV_FAULT] = "fault",
	[SIM_EV_MODEM] = "modem",
	[SIM_EV_COMMAND] = "command",
};

const char *sim_event_name(enum sim_event event)
{
	return names[event];
}

int sim_event_parse(const char *name)
{
	for (int i = 0; i < SIM_EVENTS; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static void flush_due(void *ctx)
{
	sim_journal_flush(ctx);
}

int sim_journal_open_file(struct sim *sim, const char *path)
{
	sim->journal.flush = (struct sim_timer){ .run = flush_due, .ctx = sim };
	sim->journal.fd = -1;
	if (!path)
		return 0;
	sim->journal.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return sim->journal.fd < 0 ? -errno : 0;
}

struct sim_buf *sim_journal_begin(struct sim *sim, enum sim_event event, const struct sim_modem *m)
{
	struct sim_journal *j = &sim->journal;

	j->open = event;
	j->mono_us = time_mono_us();
	j->wall_ms = time_wall_ms();
	j->line.len = 0;
	sim_buf_puts(&j->line, "{\"event\":\"");
	sim_buf_puts(&j->line, names[event]);
	sim_buf_puts(&j->line, "\"");
	if (event != SIM_EV_COMMAND)
		sim_json_int(&j->line, "serial", (int64_t)++j->serial);
	sim_json_int(&j->line, "mono_us", j->mono_us);
	sim_json_int(&j->line, "wall_ms", j->wall_ms);
	if (m)
		sim_json_str(&j->line, "modem", m->name);
	return &j->line;
}

void sim_journal_end(struct sim *sim, const char *number)
{
	struct sim_journal *j = &sim->journal;

	sim_buf_puts(&j->line, "}\n");
	if (j->fd >= 0 && j->open != SIM_EV_COMMAND) {
		sim_buf_add(&j->file, j->line.data, j->line.len);
		if (j->file.len >= GATHER_BYTES)
			sim_journal_flush(sim);
		else if (!sim_timer_armed(&j->flush))
			sim_timer_start(&j->flush, GATHER_US);
	}
	if (sim->clients)
		sim_control_publish(sim, j->open, number, &j->line);
}

void sim_journal_flush(struct sim *sim)
{
	struct sim_journal *j = &sim->journal;
	size_t done = 0;

	sim_timer_stop(&j->flush);
	while (j->fd >= 0 && done < j->file.len) {
		ssize_t n = write(j->fd, j->file.data + done, j->file.len - done);

		if (n < 0 && errno != EINTR) {
			fprintf(stderr, "modemsim: the journal cannot be written: %s\n",
				strerror(errno));
			close(j->fd);
			j->fd = -1;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	j->file.len = 0;
}

void sim_journal_close(struct sim *sim)
{
	sim_journal_flush(sim);
	if (sim->journal.fd >= 0)
		close(sim->journal.fd);
	sim_buf_free(&sim->journal.line);
	sim_buf_free(&sim->journal.file);
}
