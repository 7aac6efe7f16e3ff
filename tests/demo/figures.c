/* SPDX-License-Identifier: Apache-2.0 */
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "screen.h"

#define OF_ALERT " FROM outbox WHERE broadcast = (SELECT broadcast FROM alert WHERE id = 1)"
#define STARTED  "(SELECT started_ms FROM alert WHERE id = 1)"
#define LAST     "(SELECT max(sent_ms)" OF_ALERT ")"
/* Of the time from the code to the alert's last segment, the part with a segment on this air. */
#define BUSY(modem)                                                                                \
	"SELECT 100.0 * sum(accepted) * ?1 / (" LAST " - " STARTED ") FROM message WHERE sent_ms " \
	"BETWEEN " STARTED " AND " LAST " AND modem = (SELECT id FROM modem WHERE name = '" modem  \
	"')"

static const struct {
	const char *what, *sql, *format;
} figures[] = {
	{ "people on the list", "SELECT count(*) FROM person WHERE joined_ms > 0 OR configured > 0",
		"%.0f" },
	{ "people reached by the alert", "SELECT count(*)" OF_ALERT " AND state IN (2, 3)",
		"%.0f" },
	{ "  from the code to the first segment",
		"SELECT (min(sent_ms) - " STARTED ") / 1000.0" OF_ALERT " AND sent_ms > 0",
		"%.2f s" },
	{ "  from the code to the last segment", "SELECT (" LAST " - " STARTED ") / 1000.0",
		"%.2f s" },
	{ "  delivered", "SELECT count(*)" OF_ALERT " AND state = 3", "%.0f" },
	{ "  failed", "SELECT count(*)" OF_ALERT " AND state = 4", "%.0f" },
	{ "  unknown", "SELECT count(*)" OF_ALERT " AND state = 5", "%.0f" },
	{ "held back, because enough had said yes",
		"SELECT count(*)" OF_ALERT " AND state IN (6, 7)", "%.0f" },
	{ "answered yes, or came", "SELECT count(*) FROM answer WHERE answer <> 2", "%.0f" },
	{ "answered no", "SELECT count(*) FROM answer WHERE answer = 2", "%.0f" },
	{ "texts received, each handled once", "SELECT count(*) FROM text WHERE state = 2",
		"%.0f" },
	{ "segments accepted by the network", "SELECT sum(accepted) FROM message", "%.0f" },
	{ "segments sent a second time", "SELECT sum(resent) FROM message", "%.0f" },
	{ "modem sim1 busy during the alert", BUSY("sim1"), "%.1f %%" },
	{ "modem sim2 busy during the alert", BUSY("sim2"), "%.1f %%" },
};

static int ask(sqlite3 *db, const char *sql, int radio_ms, double *out)
{
	sqlite3_stmt *statement;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return -1;
	if (sqlite3_bind_parameter_count(statement) > 0)
		sqlite3_bind_int(statement, 1, radio_ms);
	if (sqlite3_step(statement) == SQLITE_ROW)
		*out = sqlite3_column_double(statement, 0);
	sqlite3_finalize(statement);
	return 0;
}

int figures_print(const char *path, int radio_ms)
{
	sqlite3 *db;
	int rc = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK ? 0 : -1;

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && rc == 0; i++) {
		char value[32];
		double number = 0;

		rc = ask(db, figures[i].sql, radio_ms, &number);
		snprintf(value, sizeof(value), figures[i].format, number);
		if (rc == 0)
			screen_figure(figures[i].what, value);
	}
	if (rc < 0)
		fprintf(stderr, "demo: %s: %s\n", path, sqlite3_errmsg(db));
	sqlite3_close(db);
	return rc;
}
