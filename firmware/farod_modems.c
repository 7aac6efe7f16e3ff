/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A modem's life for each section of the settings, between the board and the courier. One whose
 * section has changed ends its segment first: cut off, its fate would be unknown.
 */
#include <string.h>

#include "farod.h"

void farod_set_limits(struct farod *farod, const struct settings_modem *section)
{
	struct courier_caps caps = { .per_minute = section->per_minute,
		.per_day = section->per_day,
		.recipients_per_month = section->recipients_per_month };

	courier_set_caps(farod->courier, section->name, &caps);
	courier_set_canary(farod->courier, section->name, section->canary);
}

static int open_modem(struct farod *farod, const struct settings_modem *section)
{
	char known[COURIER_IMEI_SIZE];
	struct modem_config config = { .name = section->name,
		.port = section->port,
		.imei = section->imei,
		.known_imei = known,
		.dev = farod->settings->board.dev,
		.sys = farod->settings->board.sys,
		.baud = section->baud,
		.pin = section->pin,
		.service_centre = section->service_centre,
		.profile = section->profile };
	struct modem *modem;
	int rc;

	courier_known_imei(farod->courier, section->name, known);
	rc = modem_new(farod->loop, panel_unit_board(farod->panel), &config, courier_modem_events(),
		farod->courier, &modem);

	if (rc < 0) {
		log_error("modem %s: %s", section->name, strerror(-rc));
		return rc;
	}
	farod->leaving[farod->n_modems] = false;
	farod->modems[farod->n_modems++] = modem;
	rc = courier_add_modem(farod->courier, modem);
	if (rc == 0)
		farod_set_limits(farod, section);
	return rc;
}

static void close_modem(struct farod *farod, int i)
{
	courier_remove_modem(farod->courier, farod->modems[i]);
	modem_free(farod->modems[i]);
	farod->n_modems--;
	for (; i < farod->n_modems; i++) {
		farod->modems[i] = farod->modems[i + 1];
		farod->leaving[i] = farod->leaving[i + 1];
	}
}

void farod_leave_modem(struct farod *farod, const char *name)
{
	for (int i = 0; i < farod->n_modems; i++)
		if (strcmp(modem_name(farod->modems[i]), name) == 0)
			farod->leaving[i] = true;
}

static bool has_modem(const struct farod *farod, const char *name)
{
	for (int i = 0; i < farod->n_modems; i++)
		if (strcmp(modem_name(farod->modems[i]), name) == 0)
			return true;
	return false;
}

static int open_missing(struct farod *farod)
{
	int first = 0;

	for (int i = 0; i < farod->settings->n_modems; i++) {
		const struct settings_modem *section = &farod->settings->modems[i];
		int rc = 0;

		if (!has_modem(farod, section->name) && farod->n_modems < SETTINGS_MODEMS_MAX)
			rc = open_modem(farod, section);
		first = first ? first : rc;
	}
	return first;
}

void farod_follow_sections(void *ctx)
{
	struct farod *farod = ctx;

	for (int i = farod->n_modems - 1; i >= 0; i--)
		if (farod->leaving[i] && courier_retire_modem(farod->courier, farod->modems[i]))
			close_modem(farod, i);
	open_missing(farod);
}

void farod_modems_changed(struct farod *farod)
{
	for (int i = 0; i < farod->n_modems; i++) {
		if (farod->leaving[i]) {
			loop_idle_request(farod->modems_idle);
			return;
		}
	}
}

int farod_start_modems(struct farod *farod)
{
	int rc = loop_idle_new(farod->loop, farod_follow_sections, farod, &farod->modems_idle);

	return rc < 0 ? rc : open_missing(farod);
}

void farod_stop_modems(struct farod *farod)
{
	while (farod->n_modems > 0)
		close_modem(farod, farod->n_modems - 1);
	loop_idle_free(farod->modems_idle);
	/* What they said last is kept; with no modem there is nothing that could leave. */
	courier_settle(farod->courier, time_wall_ms());
}
