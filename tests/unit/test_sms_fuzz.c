/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fuzz targets without a fuzzer: their seeds, random mutations of them, and random octets, from
 * a fixed seed, so that every build runs them and a failure comes again.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* each target with a name of its own; undef between, because the header names it only once */
#define LLVMFuzzerTestOneInput fuzz_sms_pdu
#include "../fuzz/fuzz_sms_pdu.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_sms_udh
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
#include "../fuzz/fuzz_sms_udh.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_sms_gsm7
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
#include "../fuzz/fuzz_sms_gsm7.c"
#undef LLVMFuzzerTestOneInput

#define MUTATIONS 400
#define RANDOMS   20000
#define INPUT_MAX 1024

typedef int target_run(const uint8_t *data, size_t n);

/* xorshift64*: the same numbers everywhere */
static uint64_t seed;

static uint32_t random_u32(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (uint32_t)(seed * UINT64_C(0x2545F4914F6CDD1D) >> 32);
}

/** Exact memory for each input, so that the address sanitizer sees a read beyond it. */
static void run_exact(target_run *run, const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	assert_non_null(copy);
	memcpy(copy, data, n);
	(void)run(copy, n);
	free(copy);
}

static size_t mutate(uint8_t *data, size_t n)
{
	for (uint32_t i = 0, times = 1 + random_u32() % 4; i < times && n; i++) {
		size_t at = random_u32() % n;

		switch (random_u32() % 5) {
		case 0:
			data[at] = (uint8_t)random_u32();
			break;
		case 1:
			data[at] ^= (uint8_t)(1U << random_u32() % 8);
			break;
		case 2:
			n = at; /* cut */
			break;
		case 3:
			if (n < INPUT_MAX) {
				memmove(data + at + 1, data + at, n - at);
				n++;
			}
			break;
		default:
			memmove(data + at, data + at + 1, n - at - 1);
			n--;
		}
	}
	return n;
}

static void run_seed(target_run *run, const uint8_t *data, size_t n)
{
	uint8_t mutant[INPUT_MAX];

	run_exact(run, data, n);
	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(mutant, data, n);
		run_exact(run, mutant, mutate(mutant, n));
	}
}

/** Runs every seed of the target's corpus. Returns their number. */
static unsigned int run_corpus(target_run *run, const char *name)
{
	char path[512];
	uint8_t data[INPUT_MAX];
	unsigned int count = 0;
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/%s", name);
	dir = opendir(path);
	if (!dir)
		fail_msg("cannot open %s (run from the top of the tree)", path);
	while ((entry = readdir(dir))) {
		FILE *f;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "tests/fuzz/corpus/%s/%s", name, entry->d_name);
		f = fopen(path, "rb");
		assert_non_null(f);
		run_seed(run, data, fread(data, 1, sizeof(data), f));
		fclose(f);
		count++;
	}
	closedir(dir);
	return count;
}

static void run_random(target_run *run, size_t max)
{
	uint8_t data[INPUT_MAX];

	for (int i = 0; i < RANDOMS; i++) {
		size_t n = random_u32() % max;

		for (size_t k = 0; k < n; k++)
			data[k] = (uint8_t)random_u32();
		run_exact(run, data, n);
	}
}

static void target_test(target_run *run, const char *name, size_t max)
{
	seed = UINT64_C(0x5EED5EED5EED5EED);
	assert_true(run_corpus(run, name) >= 5);
	run_random(run, max);
}

static void no_octets_upset_the_pdu_decoders(void **state)
{
	(void)state;
	target_test(fuzz_sms_pdu, "sms_pdu", 200);
}

static void no_octets_upset_the_header_decoders(void **state)
{
	(void)state;
	target_test(fuzz_sms_udh, "sms_udh", 600);
}

static void every_text_comes_back_as_it_was_sent(void **state)
{
	(void)state;
	target_test(fuzz_sms_gsm7, "sms_gsm7", 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_octets_upset_the_pdu_decoders),
		cmocka_unit_test(no_octets_upset_the_header_decoders),
		cmocka_unit_test(every_text_comes_back_as_it_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
