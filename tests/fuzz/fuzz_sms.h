/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of sms share. */
#ifndef FUZZ_SMS_H
#define FUZZ_SMS_H

#include <stdlib.h>
#include <string.h>

#include "faro/sms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/** A fuzzer sees a broken promise as a crash, in builds of every kind. */
#define MUST(x)                                                                                    \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

#endif
