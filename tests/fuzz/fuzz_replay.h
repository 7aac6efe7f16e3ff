/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target without a fuzzer: its seeds and mutations of them, the same ones in every
 * build.
 */
#ifndef FARO_FUZZ_REPLAY_H
#define FARO_FUZZ_REPLAY_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLAY_SIZE 16384

static uint64_t replay_state = 20250411;

/* xorshift64 */
static uint32_t replay_random(void)
{
	replay_state ^= replay_state << 13;
	replay_state ^= replay_state >> 7;
	replay_state ^= replay_state << 17;
	return (uint32_t)(replay_state >> 32);
}

/*
 * Changes, takes out, doubles or cuts somewhere, a few times. Returns the new size, at most
 * REPLAY_SIZE.
 */
static size_t replay_mutate(uint8_t *data, size_t n)
{
	for (uint32_t times = 1 + replay_random() % 4; times > 0 && n > 1; times--) {
		size_t at = replay_random() % n, length = 1 + replay_random() % 16;

		if (length > n - at)
			length = n - at;
		switch (replay_random() % 4) {
		case 0:
			data[at] = (uint8_t)replay_random();
			break;
		case 1:
			memmove(data + at, data + at + length, n - at - length);
			n -= length;
			break;
		case 2:
			if (n + length <= REPLAY_SIZE) {
				memmove(data + at + length, data + at, n - at);
				n += length;
			}
			break;
		default:
			n = replay_random() % 8 ? n : at;
			break;
		}
	}
	return n;
}

/* Exact memory for each input, so that the address sanitizer sees a read beyond it. */
static void replay_exact(
	int (*run)(const uint8_t *data, size_t size), const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	memcpy(copy, data, n);
	run(copy, n);
	free(copy);
}

/* Returns how many seeds there were in the directory. */
static int replay_directory(
	int (*run)(const uint8_t *data, size_t size), const char *directory, int mutations)
{
	uint8_t seed[REPLAY_SIZE], mutant[REPLAY_SIZE];
	DIR *dir = opendir(directory);
	const struct dirent *entry;
	int seeds = 0;

	while (dir && (entry = readdir(dir))) {
		char path[512];
		FILE *file;
		size_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		file = fopen(path, "r");
		n = file ? fread(seed, 1, sizeof(seed), file) : 0;
		if (file)
			fclose(file);
		replay_exact(run, seed, n);
		for (int i = 0; i < mutations; i++) {
			memcpy(mutant, seed, n);
			replay_exact(run, mutant, replay_mutate(mutant, n));
		}
		seeds++;
	}
	if (dir)
		closedir(dir);
	return seeds;
}

#endif
