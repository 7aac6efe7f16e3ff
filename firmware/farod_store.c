/* SPDX-License-Identifier: Apache-2.0 */
/* The database, opened: what was new, salvaged or cannot be used is said. */
#include "farod.h"

/* SQLite calls a full disk many things: "disk I/O error", "cannot be brought to version 1". */
static int say_why(const char *data_dir, const char *why, int rc)
{
	char memory[1400];
	struct strbuf disk;
	int trouble;

	strbuf_init(&disk, memory, sizeof(memory));
	trouble = rc == -EIO || rc == -ENOSPC || rc == -EROFS || rc == -EACCES
			  ? disk_look(data_dir, NULL, &disk)
			  : 0;
	log_alert("store: %s%s%s", why, trouble ? "; " : "", disk.text);
	return trouble ? trouble : rc;
}

int farod_start_store(struct farod *farod)
{
	struct store_config config = { .data_dir = farod->settings->box.data_dir,
		.key_file = farod->settings->privacy.key_file };
	struct store_health health;
	char why[512] = "";
	int rc = store_open(&config, &farod->store, &health, why, sizeof(why));

	if (rc < 0)
		return say_why(config.data_dir, why, rc);
	/* Whoever has deleted it is to know that the list begins anew. */
	if (health.created)
		log_notice("store: a new and empty database in %s", config.data_dir);
	farod->damaged = health.salvaged;
	return 0;
}

void farod_stop_store(struct farod *farod)
{
	store_close(farod->store);
}
