/* SPDX-License-Identifier: Apache-2.0 */
/* What a contact says is believed once it has lasted: mains blink, a lid rattles. */
#include "faro/panel.h"

void panel_sensor_line(struct panel_sensor *sensor, bool on, int64_t settle_ms, int64_t at)
{
	sensor->settle_ms = settle_ms;
	if (sensor->wired && sensor->raw == on)
		return;
	sensor->wired = true;
	sensor->raw = on;
	sensor->raw_ms = at;
}

int64_t panel_sensor_due(const struct panel_sensor *sensor)
{
	if (!sensor->wired || (sensor->known && sensor->raw == sensor->on))
		return TIME_NEVER;
	return sensor->raw_ms + sensor->settle_ms;
}

bool panel_sensor_settle(struct panel_sensor *sensor, int64_t now)
{
	if (panel_sensor_due(sensor) > now)
		return false;
	sensor->known = true;
	sensor->on = sensor->raw;
	return true;
}
