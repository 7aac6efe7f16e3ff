/* SPDX-License-Identifier: Apache-2.0 */
/*
 * modemsim -t: a person at the terminal is everybody. "+15105550120 JOIN north" texts the first
 * modem, "+15105550120 (call)" rings it, and what the box sends to anybody is printed.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "sim.h"

#define CALL_RINGS 2

static const char how[] =
	"NUMBER TEXT texts the box from that number: +15105550120 JOIN north\n"
	"NUMBER (call) calls it. What it texts to anybody stands here with <. Ctrl-D ends.\n";

static struct {
	struct sim *sim;
	struct sim_watch watch;
	struct sim_buf in;
} hand;

/* The number is the first word, a plus and digits; then come the words. */
static bool take_number(const char **at, char number[PHONE_SIZE])
{
	size_t n = strspn(*at + 1, "0123456789") + 1;

	if (**at != '+' || n < 8 || n >= PHONE_SIZE ||
		((*at)[n] && !isspace((unsigned char)(*at)[n])))
		return false;
	memcpy(number, *at, n);
	number[n] = '\0';
	for (*at += n; isspace((unsigned char)**at); (*at)++)
		;
	return **at;
}

static void text_box(const char *number, const char *text)
{
	struct sim_inject in;
	int parts;

	sim_inject_init(&in);
	in.modem = hand.sim->modems;
	text_copy(in.from, sizeof(in.from), number);
	in.text = text;
	if (sim_inject_text(hand.sim, &in, &parts) < 0)
		puts("this text is too long to be sent");
}

static void line(const char *words)
{
	char number[PHONE_SIZE];

	words += strspn(words, " \t");
	if (!*words)
		return;
	if (!hand.sim->modems)
		puts("there is no modem: -n 1, or a LINK");
	else if (!take_number(&words, number))
		fputs(how, stdout);
	else if (!strcmp(words, "(call)"))
		sim_modem_ring(hand.sim->modems, number, CALL_RINGS);
	else
		text_box(number, words);
}

static void readable(void *ctx, uint32_t events)
{
	char data[4096], *end;
	ssize_t n = read(STDIN_FILENO, data, sizeof(data));

	(void)ctx, (void)events;
	if (n <= 0 || hand.in.len > SIM_LINE_MAX) {
		sim_loop_exit();
		return;
	}
	sim_buf_add(&hand.in, data, (size_t)n);
	while (hand.in.len && (end = memchr(hand.in.data, '\n', hand.in.len))) {
		*end = '\0';
		line(hand.in.data);
		sim_buf_drop(&hand.in, (size_t)(end + 1 - hand.in.data));
	}
	fflush(stdout);
}

int sim_hand_open(struct sim *sim)
{
	hand.sim = sim;
	hand.watch = (struct sim_watch){ .fd = STDIN_FILENO, .ready = readable };
	fputs(how, stdout);
	return sim_watch_add(&hand.watch, EPOLLIN);
}

void sim_hand_hear(const char *number, const char *text)
{
	if (!hand.sim)
		return;
	printf("%s < %s\n", number, text);
	fflush(stdout);
}

void sim_hand_close(void)
{
	sim_buf_free(&hand.in);
}
