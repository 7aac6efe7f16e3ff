/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words were added to what waits for its code. Whoever answers with the code from before has not
 * read them yet, and has mistyped nothing: that code is known again, once.
 */
#include "internal.h"

void code_replaced(struct desk *desk, const struct alert *alert, const char *code)
{
	desk->replaced = (struct replaced){ .alert_id = alert->id };
	if (desk->promised_alert != alert->id)
		return;
	text_copy(desk->replaced.code, sizeof(desk->replaced.code), desk->promised_code);
	text_copy(desk->promised_code, sizeof(desk->promised_code), code);
}

void code_replaced_of_draft(struct desk *desk, int64_t draft_id, const char *before)
{
	desk->replaced = (struct replaced){ .draft_id = draft_id };
	text_copy(desk->replaced.code, sizeof(desk->replaced.code), before);
}

int code_was_replaced(struct turn *turn, const char *code)
{
	struct replaced *replaced = &turn->desk->replaced;
	struct bulletin draft;
	struct alert alert;
	int rc;

	if (strcmp(replaced->code, code) != 0 || replaced->told_id == turn->who.id)
		return 0;
	rc = replaced->alert_id ? store_alert_get(turn->desk->store, replaced->alert_id, &alert)
				: store_bulletin_get(turn->desk->store, replaced->draft_id, &draft);
	if (rc < 0)
		return rc == -ENOENT ? 0 : rc;
	if (replaced->alert_id ? alert.state != ALERT_PENDING : draft.state != BULLETIN_DRAFT)
		return 0;
	replaced->told_id = turn->who.id;
	turn->taken_for = "code-replaced";
	return 1;
}
