/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_settings.c"
#include "../fuzz/fuzz_replay.h"

static void no_file_however_spoilt_does_more_than_being_refused(void **state)
{
	(void)state;
	assert_true(
		replay_directory(LLVMFuzzerTestOneInput, "tests/fuzz/corpus/settings", 400) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		no_file_however_spoilt_does_more_than_being_refused) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
