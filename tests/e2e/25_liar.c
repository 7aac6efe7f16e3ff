/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Story 25: a modem that says whatever comes to its mind: lines that are too long, numbers that are
 * too large, answers to nothing, PDUs of the fuzzers' corpus with right and wrong lengths, halves
 * of lines and plain noise, at any moment of starting, sending and receiving (`make proof`: a
 * hundred times as much). farod neither ends nor stands still, grows by nothing, and once the modem
 * has come to its senses everybody is answered. What is read wrong is for the sanitizers to find:
 * `make asan` runs it too.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmocka_story.h"
#include "internal.h"
#include "proof.h"

#define CORPUS   "tests/fuzz/corpus/sms_pdu"
#define PDUS_MAX 64
#define PEOPLE   20
#define BATCH    25 /* lies between two texts */
#ifdef __SANITIZE_ADDRESS__
#define RSS_KIB (1024 * 1024) /* it keeps what was freed */
#else
#define RSS_KIB 1024
#endif

/* %u is a number that has nothing to do with anything, %s a PDU of the corpus, %n its length. */
static const char *const lies[] = {
	"\r\n+CMTI: \"SM\",%u\r\n",
	"\r\n+CMTI: \"%u\",-1\r\n",
	"\r\n+CMTI: ,-1\r\n",
	"\r\n+CDSI: \"SR\",%u\r\n",
	"\r\n+CMT: ,%n\r\n%s\r\n",
	"\r\n+CMT: ,%u\r\n%s\r\n",
	"\r\n+CMT: ,%n\r\n",
	"\r\n+CDS: %n\r\n%s\r\n",
	"\r\n+CDS: ,%u\r\n%s\r\n",
	"\r\n+CBM: %n\r\n%s\r\n",
	"\r\n+CMGL: %u,1,,%n\r\n%s\r\n",
	"\r\n+CMGR: 1,,%u\r\n%s\r\n\r\nOK\r\n",
	"\r\n+CMGS: %u\r\n",
	"\r\n+CMGS: 7\r\n\r\nOK\r\n",
	"\r\n> ",
	"\r\n> \r\n> ",
	"\r\nOK\r\n",
	"\r\nERROR\r\n",
	"\r\n+CMS ERROR: %u\r\n",
	"\r\n+CME ERROR: %u\r\n",
	"\r\n+CREG: %u,%u,\"%u\",\"\r\n",
	"\r\n+CPMS: \"SM\",%u,%u,\"SM\",-1\r\n",
	"\r\n+CSQ: %u,%u\r\n",
	"\r\n+COPS: 0,0,\"%u\r\n",
	"\r\n+CUSD: 0,\"%s\",%u\r\n",
	"\r\n+CCLK: \"99/%u/99,99:99:99+99\"\r\n",
	"\r\n+CLIP: \"%u\",%u,,,,\r\nRING\r\n",
	"\r\n+CNUM: ,\"%u\",\r\n",
	"\r\n^SMMEMFULL:\"SM\"\r\n+SMS FULL\r\n",
	"+CMTI: \"SM\"",
	"\r",
	"\n\n\n\n",
	"\x1a\x1b\x7f\xc3\xa9\xf0\x9f\x98\x80",
};
#define N_LIES (sizeof(lies) / sizeof(lies[0]))

static char pdus[PDUS_MAX][600];
static unsigned int n_pdus;

/* The first octet of a corpus file picks what its fuzzer does with the rest. */
static void read_corpus(void)
{
	DIR *dir = opendir(CORPUS);
	struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir)) && n_pdus < PDUS_MAX) {
		unsigned char octets[256];
		char path[512];
		size_t n;
		FILE *file;

		snprintf(path, sizeof(path), CORPUS "/%s", entry->d_name);
		file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (!file)
			continue;
		n = fread(octets, 1, sizeof(octets), file);
		fclose(file);
		for (size_t i = 1; i < n; i++)
			snprintf(pdus[n_pdus] + 2 * (i - 1), 3, "%02X", octets[i]);
		n_pdus += n > 1;
	}
	closedir(dir);
	assert_true(n_pdus > 10);
}

static size_t put_number(char *out, size_t size)
{
	static const unsigned int usual[] = { 0, 1, 7, 160, 255, 256, 65535, 2147483647,
		4294967295 };

	return (size_t)snprintf(out, size, "%u%s", usual[roll(sizeof(usual) / sizeof(usual[0]))],
		roll(8) ? "" : "99999999999999999999");
}

static void a_lie(char *out, size_t size)
{
	const char *pdu = pdus[roll(n_pdus)], *lie = lies[roll(N_LIES)];
	size_t n = 0;

	for (const char *at = lie; *at && n + 700 < size; at++) {
		if (*at != '%') {
			out[n++] = *at;
			continue;
		}
		at++;
		if (*at == 'u')
			n += put_number(out + n, size - n);
		else if (*at == 'n')
			n += (size_t)snprintf(out + n, size - n, "%zu", strlen(pdu) / 2 - 1);
		else
			n += (size_t)snprintf(out + n, size - n, "%s", pdu);
	}
	/* cut off, or one octet of it another; half a letter of UTF-8 cannot be told modemsim */
	if (roll(5) == 0 && lie != lies[N_LIES - 1])
		n = roll((uint32_t)n) + 1;
	if (roll(5) == 0 && lie != lies[N_LIES - 1])
		out[roll((uint32_t)n)] = (char)('!' + roll(90));
	out[n] = 0;
}

/* A line longer than any modem's. */
static void a_long_line(char *out, size_t size)
{
	size_t n = size / 2 + roll((uint32_t)size / 2 - 2);

	memset(out, "A0\"+:,"[roll(6)], n);
	memcpy(out, "\r\n+CMT: ", 8);
	out[n] = 0;
}

static void tell_lie(struct box *box)
{
	static char text[9000];

	if (roll(40) == 0)
		a_long_line(text, sizeof(text));
	else
		a_lie(text, 2000);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "raw", "modem", "sim1", "bytes", text);
}

static void a_modem_that_lies_does_no_harm(void **state)
{
	struct box *box = box_new(
		&(struct box_options){ .modems = 2, .segment_ms = 5, .report_delay_ms = 10 });
	int batches = proof_long() ? 2000 : 20;
	int64_t quarter = 0;
	pid_t pid;

	(void)state;
	read_corpus();
	box_start(box);
	pid = box_pid(box);
	import_people(box, PEOPLE);
	for (int i = 0; i < batches; i++) {
		neighbor_reports(box, i, i % 2 ? "sim1" : "sim2");
		if (i % 10 == 0)
			start_alert(box, i);
		if (i % 10 == 5)
			sim_do(box, "{s:s,s:s,s:i}", "cmd", "reboot", "modem", "sim1", "ms", 10);
		for (int n = 0; n < BATCH; n++) {
			tell_lie(box);
			if (roll(4) == 0)
				box_wait_event(box, (int)roll(4));
		}
		json_decref(box_status(box));
		if (i == batches / 4)
			quarter = memory_kib(pid);
	}
	assert_int_equal(box_pid(box), pid);
	assert_true(memory_kib(pid) <= quarter + RSS_KIB);
	sim_do(box, "{s:s,s:s,s:s}", "cmd", "raw", "modem", "sim1", "bytes", "\r\n");
	box_wait_state(box, "sim1", "ready");
	person_texts(box, &eva, "HELP");
	expect_text(box, &eva, "STOP");
	box_wait_rest(box);
	box_free(box);
}

int main(void)
{
	const struct CMUnitTest stories[] = {
		cmocka_unit_test(a_modem_that_lies_does_no_harm),
	};

	return run_stories(stories);
}
