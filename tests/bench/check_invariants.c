/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check_invariants JOURNAL DATABASE KEY [settled]: what always holds, of any run of the simulator
 * and of a farod that has stopped. Exit code 0: all holds; 1: something does not; 64: wrong usage.
 */
#include <string.h>

#include "../e2e/invariants.h"

int main(int argc, char **argv)
{
	struct invariants_found found;
	struct invariants of;

	if (argc < 4 || argc > 5 || (argc == 5 && strcmp(argv[4], "settled") != 0)) {
		fprintf(stderr, "usage: %s JOURNAL DATABASE KEY [settled]\n", argv[0]);
		return 64;
	}
	of = (struct invariants){
		.journal = argv[1], .database = argv[2], .key = argv[3], .settled = argc == 5
	};
	return invariants_check(&of, &found, stdout) == 0 && found.violations == 0 ? 0 : 1;
}
