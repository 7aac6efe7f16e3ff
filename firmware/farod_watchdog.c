/* SPDX-License-Identifier: Apache-2.0 */
/* Whether systemd is told that all is well. */
#include <string.h>

#include "farod.h"

/*
 * A full disk is no reason to start anew: it would be as full, and the fault light says so. Nor is
 * a database that was taken away: a new one would be empty.
 */
static const char *dead_part(struct farod *farod, int *error)
{
	int64_t now = time_mono_ms();
	bool any = farod->n_modems == 0;

	*error = store_alive(farod->store);
	if (*error < 0 && *error != -ENOSPC && *error != -ESTALE)
		return "the store";
	*error = -ETIMEDOUT;
	for (int i = 0; i < farod->n_modems; i++)
		any = any || modem_alive(farod->modems[i], now);
	return any ? NULL : "every modem";
}

/* Fed while the loop, the store and at least one modem's state machine are alive. */
bool farod_is_alive(void *ctx)
{
	struct farod *farod = ctx;
	int error;
	const char *dead = dead_part(farod, &error);

	if (dead && !farod->starving)
		log_alert("watchdog: not fed: %s: %s", dead, strerror(-error));
	else if (!dead && farod->starving)
		log_notice("watchdog: fed again");
	farod->starving = dead;
	return !dead;
}
