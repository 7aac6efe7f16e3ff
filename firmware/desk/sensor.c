/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lid is opened      -> Rosa: Faro: the case of the box is open ...
 * The mains fail         -> Rosa: Faro: the power is out ...
 *
 * What was told is kept in the transaction that tells it: a restart tells nothing twice, and what
 * ended while the box was off is told when it is on again.
 */
#include "internal.h"

#define SILENT (-1)

static const struct {
	const char *since, *told; /* keys of stored values: wall_ms, 0 = not */
	int on, off;              /* what is said, or SILENT */
	int64_t again_ms;         /* not told again so soon */
} sensors[DESK_SENSORS] = {
	[DESK_MAINS_LOST] = { "mains_lost", "mains_told", MSG_MAINS_LOST, MSG_MAINS_BACK, 0 },
	[DESK_BATTERY_LOW] = { "battery_low", "battery_told", MSG_BATTERY_LOW, SILENT, 0 },
	[DESK_TAMPER] = { "tamper", "tamper_told", MSG_TAMPER, SILENT, 10 * MS_PER_MIN },
};

struct sensor_news {
	enum desk_sensor sensor;
	bool on;
};

static int value_of(struct turn *turn, const char *key, int64_t *out)
{
	int rc = store_value_get(turn->desk->store, key, out);

	if (rc == -ENOENT)
		*out = rc = 0;
	return rc < 0 ? rc : 0;
}

static int tell_sensor(struct turn *turn, enum desk_sensor sensor, int message, int64_t since_ms)
{
	int64_t minutes = (turn->now_ms - since_ms + MS_PER_MIN - 1) / MS_PER_MIN;
	int64_t told_ms;
	int rc = value_of(turn, sensors[sensor].told, &told_ms);

	if (rc < 0 || message == SILENT ||
		(sensors[sensor].again_ms && told_ms && turn->now_ms >= told_ms &&
			turn->now_ms - told_ms < sensors[sensor].again_ms))
		return rc;
	rc = store_value_set(turn->desk->store, sensors[sensor].told, turn->now_ms);
	if (rc == 0)
		rc = tell_role(turn, ROLE_ADMIN, 0, 0,
			SAY((enum speech_message)message,
				SPEECH_TEXT("box", turn->desk->settings->box.name),
				SPEECH_NUMBER("minutes", minutes > 0 ? minutes : 1)));
	return rc < 0 ? rc : 1;
}

static int sensor_changes(struct turn *turn, void *arg)
{
	const struct sensor_news *news = arg;
	int64_t since_ms;
	int rc = value_of(turn, sensors[news->sensor].since, &since_ms);

	if (rc < 0 || (since_ms != 0) == news->on)
		return rc;
	rc = store_value_set(
		turn->desk->store, sensors[news->sensor].since, news->on ? turn->now_ms : 0);
	if (rc < 0)
		return rc;
	return tell_sensor(turn, news->sensor,
		news->on ? sensors[news->sensor].on : sensors[news->sensor].off, since_ms);
}

int desk_sensor(struct desk *desk, enum desk_sensor sensor, bool on, int64_t now_ms)
{
	struct sensor_news news = { .sensor = sensor, .on = on };

	return desk_transact(desk, now_ms, sensor_changes, &news);
}
