/* SPDX-License-Identifier: Apache-2.0 */
/* Story 53: an admin asks a prepaid SIM for its balance. */
#include "cmocka_story.h"

static void ussd(struct box *box, const char *modem, const char *code, int exit, const char *piece)
{
	struct ran ran = box_faroctl(box, "modem", "ussd", modem, code, NULL);

	assert_int_equal(ran.code, exit);
	if (!strstr(exit == 0 ? ran.out : ran.err, piece))
		fail_msg("\"%s\" is not in: %s%s", piece, ran.out, ran.err);
	ran_free(&ran);
}

static void the_network_tells_the_balance(void **state)
{
	struct box *box = box_new(&(struct box_options){ 0 });
	struct ran ran;

	(void)state;
	sim_do(box, "{s:s,s:s,s:s,s:s}", "cmd", "ussd", "modem", "sim1", "code", "*100#", "answer",
		"Balance 12.50");
	box_start(box);
	ussd(box, "sim1", "*100#", 0, "Balance 12.50");
	ussd(box, "sim1", "*999#", 1, "does not know");
	ussd(box, "sim9", "*100#", 1, "there is no modem");
	ussd(box, "sim1", "balance", 64, "no USSD code");
	ran = box_faroctl(box, "--json", "modem", "ussd", "sim1", "*100#", NULL);
	assert_int_equal(ran.code, 0);
	assert_non_null(strstr(ran.out, "\"answer\""));
	ran_free(&ran);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(the_network_tells_the_balance),
	};

	return run_stories(stories);
}
