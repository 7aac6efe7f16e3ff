/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ana: CLEAR 17 (or its time is over)   -> Eva, whose report it was: the alert about it is over
 *
 * Whoever is on the list and was sent the alert hears its end with the others. Said once: an alert
 * whose time is over may be cleared later.
 */
#include "internal.h"

#define NOTE "reporter told"

static int look_at_note(void *ctx, const struct incident_note *note)
{
	(void)ctx;
	return strcmp(note->what, NOTE) == 0;
}

int reporters_tell_over(struct turn *turn, const struct alert *alert)
{
	struct store *store = turn->desk->store;
	struct incident incident;
	int rc = store_incident_get(store, alert->incident_id, &incident);

	if (rc == 0)
		rc = store_incident_notes(store, incident.id, look_at_note, NULL);
	if (rc != 0)
		return rc == -ENOENT || rc > 0 ? 0 : rc;
	rc = tell_reporters(turn, &incident, alert,
		SAY(MSG_REPORT_OVER, SPEECH_NUMBER("incident", incident.id)));
	return rc <= 0 ? rc : store_incident_note(store, incident.id, 0, NOTE, NULL, turn->now_ms);
}
