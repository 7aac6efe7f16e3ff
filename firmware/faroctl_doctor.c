/* SPDX-License-Identifier: Apache-2.0 */
/* faroctl doctor: the check list, a line a part, and what to do where something is wrong. */
#include <stdio.h>

#include "faroctl.h"

static void print_check(const json_t *check)
{
	bool good = json_is_true(json_object_get(check, "good"));
	char part[32], said[2800], todo[2000];

	printf("%-6s  %-9s  %s\n", good ? "ok" : "NOT OK",
		print_value(json_object_get(check, "check"), part, sizeof(part)),
		print_value(json_object_get(check, "said"), said, sizeof(said)));
	if (!good)
		printf("        to do:     %s\n",
			print_value(json_object_get(check, "todo"), todo, sizeof(todo)));
}

int ctl_doctor(struct ctl *ctl)
{
	json_t *answer = NULL;
	const json_t *check;
	bool all;
	int rc = ctl_ask(ctl, ctl_request("doctor"), NULL, NULL, &answer);
	size_t i;

	if (rc == FARO_EXIT_NO_DAEMON && !ctl->json)
		puts("farod does not run: systemctl status farod says why, and farod -n what is "
		     "wrong with the configuration.");
	if (rc != 0)
		return rc;
	all = json_is_true(json_object_get(answer, "all_good"));
	if (ctl->json) {
		print_json(answer);
		return all ? FARO_EXIT_OK : FARO_EXIT_FAILED;
	}
	json_array_foreach (json_object_get(answer, "checks"), i, check)
		print_check(check);
	json_decref(answer);
	return all ? FARO_EXIT_OK : FARO_EXIT_FAILED;
}
