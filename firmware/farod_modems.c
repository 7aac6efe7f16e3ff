/* SPDX-License-Identifier: Apache-2.0 */
/* A modem's life for each section of the settings, between the board and the courier. */
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

int farod_open_modem(struct farod *farod, const struct settings_modem *section)
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
	farod->modems[farod->n_modems++] = modem;
	rc = courier_add_modem(farod->courier, modem);
	if (rc == 0)
		farod_set_limits(farod, section);
	return rc;
}

void farod_close_modem(struct farod *farod, int i)
{
	courier_remove_modem(farod->courier, farod->modems[i]);
	modem_free(farod->modems[i]);
	farod->n_modems--;
	for (; i < farod->n_modems; i++)
		farod->modems[i] = farod->modems[i + 1];
}

int farod_start_modems(struct farod *farod)
{
	for (int i = 0; i < farod->settings->n_modems; i++) {
		int rc = farod_open_modem(farod, &farod->settings->modems[i]);

		if (rc < 0)
			return rc;
	}
	return 0;
}

void farod_stop_modems(struct farod *farod)
{
	while (farod->n_modems > 0)
		farod_close_modem(farod, farod->n_modems - 1);
	/* What they said last is kept; with no modem there is nothing that could leave. */
	courier_settle(farod->courier, time_wall_ms());
}
