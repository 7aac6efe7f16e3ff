/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/fuzz_control.c"
#include "../fuzz/fuzz_replay.h"

static void nothing_that_is_said_to_the_door_breaks_it(void **state)
{
	(void)state;
	assert_true(replay_directory(LLVMFuzzerTestOneInput, "tests/fuzz/corpus/control", 400) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(
		nothing_that_is_said_to_the_door_breaks_it) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
