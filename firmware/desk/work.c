/* SPDX-License-Identifier: Apache-2.0 */
/* What is due about incidents: the next who are told, the next who are asked, answers passed on. */
#include "internal.h"

#define AT_A_TIME 20

static int form_on(struct turn *turn, const struct incident *incident, struct work *work)
{
	int rc;

	work->form_ms = 0;
	rc = store_work_set(turn->desk->store, work);
	return rc < 0 ? rc : form_tell(turn, incident);
}

static int nothing_more(struct turn *turn, struct work *work)
{
	work->escalate_ms = work->verify_ms = work->form_ms = 0;
	return store_work_set(turn->desk->store, work);
}

/* What is due of one incident, one thing. */
static int do_one(struct turn *turn, struct work *work)
{
	struct incident incident;
	int rc = store_incident_get(turn->desk->store, work->incident_id, &incident);

	if (rc == -ENOENT || (rc == 0 && incident_closed(&incident)))
		return nothing_more(turn, work);
	if (rc < 0)
		return rc;
	if (work->form_ms && work->form_ms <= turn->now_ms)
		return form_on(turn, &incident, work);
	if (work->verify_ms && work->verify_ms <= turn->now_ms)
		return verify_on(turn, &incident, work);
	return escalate_on(turn, &incident, work);
}

int work_do(struct turn *turn, int64_t *next_ms)
{
	struct store *store = turn->desk->store;
	struct work work;
	int rc = 1;

	for (int i = 0; i < AT_A_TIME && rc == 1; i++) {
		rc = store_work_due(store, turn->now_ms, &work);
		if (rc == 1) {
			rc = do_one(turn, &work);
			rc = rc < 0 ? rc : 1;
		}
	}
	return rc < 0 ? rc : store_work_next_due(store, next_ms);
}
