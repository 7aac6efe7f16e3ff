/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding modems among ports: simulated modems under the names and the sysfs of a tree of the
 * test's own, in the real loop.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "../sim/sim_rig.h"

#include "../../firmware/modem/modem_private.h"

#define MODEMS 3

struct box {
	struct rig rig;
	struct loop *loop;
	struct modem *modems[MODEMS];
	char dev[96], sys[96];
	const char *known; /* the next section's modem, from an earlier life */
	const char *pin;   /* and its PIN */
	char learned[20];
};

static void on_learned(void *ctx, struct modem *modem, const char *imei)
{
	struct box *b = ctx;

	(void)modem;
	text_copy(b->learned, sizeof(b->learned), imei);
}

static const struct modem_events events = { .learned = on_learned };

/* ---- a tree like the kernel's ---- */

static void put(const char *text, const char *format, ...)
{
	char path[512];
	va_list args;
	FILE *file;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	for (char *at = path + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	if (!text)
		return;
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* The port TTY is interface `interface` of the USB device `usb`, with these ids. */
static void describe(
	struct box *b, const char *tty, const char *usb, const char *ids, const char *interface)
{
	char vendor[5] = "", product[5] = "", link[512], to[512];

	sscanf(ids, "%4[^:]:%4s", vendor, product);
	put(vendor, "%s/devices/%s/idVendor", b->sys, usb);
	put(product, "%s/devices/%s/idProduct", b->sys, usb);
	put("1\n", "%s/devices/%s/busnum", b->sys, usb);
	put("4\n", "%s/devices/%s/devnum", b->sys, usb);
	put(interface, "%s/devices/%s/%s:1.%s/bInterfaceNumber", b->sys, usb, usb, interface);
	put(NULL, "%s/devices/%s/%s:1.%s/%s/", b->sys, usb, usb, interface, tty);
	put(NULL, "%s/class/tty/%s/", b->sys, tty);
	snprintf(link, sizeof(link), "%s/class/tty/%s/device", b->sys, tty);
	snprintf(to, sizeof(to), "%s/devices/%s/%s:1.%s/%s", b->sys, usb, usb, interface, tty);
	unlink(link);
	assert_int_equal(symlink(to, link), 0);
}

static int setup(void **state)
{
	struct box *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	log_set_level(getenv("FARO_TEST_LOG") ? LOG_LEVEL_DEBUG : LOG_LEVEL_ALERT);
	rig_start(&b->rig, 0, 0);
	snprintf(b->dev, sizeof(b->dev), "%s/dev", b->rig.dir);
	snprintf(b->sys, sizeof(b->sys), "%s/sys", b->rig.dir);
	put(NULL, "%s/", b->dev);
	put("tty1 ttyUSB9\n", "%s/class/tty/console/active", b->sys);
	assert_int_equal(loop_new(&b->loop), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct box *b = *state;

	for (int i = 0; i < MODEMS; i++)
		modem_free(b->modems[i]);
	loop_free(b->loop);
	rig_stop(&b->rig);
	free(b);
	return 0;
}

/* A modem of the simulator is plugged in under this name. */
static void plug(struct box *b, const char *name, const char *tty)
{
	rig_do(&b->rig, "{\"cmd\":\"add\",\"modem\":\"%s\",\"link\":\"%s/%s\"}", name, b->dev, tty);
}

static void move(struct box *b, const char *name, const char *tty)
{
	rig_do(&b->rig, "{\"cmd\":\"plug\",\"modem\":\"%s\",\"link\":\"%s/%s\"}", name, b->dev,
		tty);
}

static void pull(struct box *b, const char *name)
{
	rig_do(&b->rig, "{\"cmd\":\"unplug\",\"modem\":\"%s\"}", name);
}

static struct modem *section(struct box *b, int i, const char *port, const char *imei)
{
	char name[16], path[128];
	const struct modem_config config = { .name = name,
		.port = path,
		.imei = imei,
		.known_imei = b->known,
		.profile = "auto",
		.pin = b->pin,
		.dev = b->dev,
		.sys = b->sys };

	snprintf(name, sizeof(name), "m%d", i);
	snprintf(path, sizeof(path), "%s%s%s", port[0] == 't' ? b->dev : "",
		port[0] == 't' ? "/" : "", port);
	assert_int_equal(modem_new(b->loop, NULL, &config, &events, b, &b->modems[i]), 0);
	return b->modems[i];
}

static void imei_of(struct box *b, const char *name, char out[20])
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"modems\"}"), *modem;
	size_t i;

	out[0] = '\0';
	json_array_foreach (json_object_get(answer, "modems"), i, modem) {
		if (strcmp(json_string_value(json_object_get(modem, "modem")), name) == 0)
			text_copy(out, 20, json_string_value(json_object_get(modem, "imei")));
	}
	json_decref(answer);
	assert_true(out[0]);
}

#define UNTIL(b, m, condition)                                                                     \
	do {                                                                                       \
		int64_t end_ = time_mono_ms() + 30000;                                             \
		while (!(condition)) {                                                             \
			if (time_mono_ms() > end_)                                                 \
				fail_msg("never: %s; %s at %s is %s: %s", #condition, (m)->name,   \
					(m)->path, modem_state_name((m)->state), (m)->why);        \
			loop_run_once((b)->loop, 20);                                              \
		}                                                                                  \
	} while (0)

static bool is_ready_at(const struct modem *m, const char *tty)
{
	const char *slash = strrchr(m->path, '/');

	return modem_idle(m) && slash && strcmp(slash + 1, tty) == 0;
}

static void run_for(struct box *b, int ms)
{
	int64_t end = time_mono_ms() + ms;

	while (time_mono_ms() < end)
		loop_run_once(b->loop, (int)(end - time_mono_ms()));
}

/* ---- what a port may be called ---- */

static void wishes_are_understood(void **state)
{
	struct find_wish wish;

	(void)state;
	assert_true(find_parse("auto", &wish));
	assert_true(wish.anywhere);
	assert_int_equal(wish.vendor, -1);
	assert_true(find_parse("usb:2c7c:0125", &wish));
	assert_int_equal(wish.vendor, 0x2c7c);
	assert_int_equal(wish.product, 0x0125);
	assert_int_equal(wish.interface, -1);
	assert_true(find_parse("usb:2c7c:0125:02", &wish));
	assert_int_equal(wish.interface, 2);
	assert_true(find_parse("/dev/ttyUSB0", &wish));
	assert_false(wish.anywhere);
	assert_false(find_parse("usb:2c7c", &wish));
	assert_false(find_parse("usb:2c7c:0125x", &wish));
	assert_false(find_parse("usb:2c7c:0125:zz", &wish));
	assert_false(find_parse("", &wish));
}

/* ---- the tree ---- */

static void ports_are_listed_with_what_is_behind_them_and_no_console(void **state)
{
	struct box *b = *state;
	const struct serial_where where = { b->dev, b->sys };
	struct serial_port list[8];

	put("", "%s/ttyUSB10", b->dev);
	put("", "%s/ttyUSB2", b->dev);
	put("", "%s/ttyUSB9", b->dev); /* a console */
	put("", "%s/ttyACM0", b->dev);
	put("", "%s/ttyS0", b->dev);
	put("", "%s/tty1", b->dev);
	describe(b, "ttyUSB2", "1-1.4", "2c7c:0125", "02");
	assert_int_equal(serial_list(&where, list, 8), 3);
	assert_string_equal(list[0].tty, "ttyACM0");
	assert_int_equal(list[0].vendor, -1);
	assert_string_equal(list[0].usb, "");
	assert_string_equal(list[1].tty, "ttyUSB2");
	assert_string_equal(list[1].usb, "1-1.4");
	assert_int_equal(list[1].vendor, 0x2c7c);
	assert_int_equal(list[1].product, 0x0125);
	assert_int_equal(list[1].interface, 2);
	assert_non_null(strstr(list[1].node, "/dev/bus/usb/001/004"));
	assert_string_equal(list[2].tty, "ttyUSB10");
	/* a reset asks for the stick's node: none, and one that is no device */
	assert_int_equal(serial_reset_usb(&list[0]), -ENOENT);
	assert_int_equal(serial_reset_usb(&list[1]), -ENOENT);
	put("", "%s/bus/usb/001/004", b->dev);
	assert_int_equal(serial_reset_usb(&list[1]), -ENOTTY);
}

static void a_link_is_followed_to_its_port(void **state)
{
	struct box *b = *state;
	const struct serial_where where = { b->dev, b->sys };
	struct serial_port port;
	char link[256];

	put("", "%s/ttyUSB2", b->dev);
	describe(b, "ttyUSB2", "1-1.4", "2c7c:0125", "02");
	put(NULL, "%s/serial/by-id/", b->dev);
	snprintf(link, sizeof(link), "%s/serial/by-id/usb-Acme-if02", b->dev);
	assert_int_equal(symlink("../../ttyUSB2", link), 0);
	assert_int_equal(serial_look(&where, link, &port), 0);
	assert_string_equal(port.tty, "ttyUSB2");
	assert_int_equal(port.interface, 2);
	unlink(link);
	assert_int_equal(serial_look(&where, link, &port), -ENOENT);
}

/* ---- finding ---- */

static void auto_takes_the_port_that_answers(void **state)
{
	struct box *b = *state;
	struct modem *m;

	plug(b, "deaf", "ttyUSB0");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"deaf\",\"kind\":\"hang\",\"ms\":0}");
	plug(b, "good", "ttyUSB1");
	m = section(b, 0, "auto", NULL);
	UNTIL(b, m, is_ready_at(m, "ttyUSB1"));
}

static void plug_clone(struct box *b, const char *name, const char *tty, const char *of)
{
	char imei[20];

	imei_of(b, of, imei);
	rig_do(&b->rig, "{\"cmd\":\"add\",\"modem\":\"%s\",\"link\":\"%s/%s\",\"imei\":\"%s\"}",
		name, b->dev, tty, imei);
}

static void expect_cloned(const struct modem *m, bool cloned)
{
	struct modem_info info;

	modem_get_info(m, &info);
	assert_int_equal(info.alarm, cloned);
	assert_int_equal(strstr(info.why, "the same IMEI") != NULL, cloned);
}

/* Bought cheap: both work, each where its section says, and a person hears of it. */
static void two_modems_with_one_imei_are_two(void **state)
{
	struct box *b = *state;
	struct modem *one, *two;

	plug(b, "one", "ttyUSB0");
	one = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, one, is_ready_at(one, "ttyUSB0"));
	expect_cloned(one, false);
	plug_clone(b, "two", "ttyUSB1", "one");
	two = section(b, 1, "ttyUSB1", NULL);
	UNTIL(b, two, is_ready_at(two, "ttyUSB1"));
	expect_cloned(one, true);
	expect_cloned(two, true);
	/* what one section has lost it does not take from the other while that is restarted */
	pull(b, "one");
	UNTIL(b, one, modem_state(one) == MODEM_ABSENT);
	expect_cloned(two, false);
	modem_reset(two);
	run_for(b, 10);
	port_look_again(one);
	UNTIL(b, two, is_ready_at(two, "ttyUSB1"));
	move(b, "one", "ttyUSB0");
	UNTIL(b, one, is_ready_at(one, "ttyUSB0"));
	assert_true(is_ready_at(two, "ttyUSB1"));
	expect_cloned(two, true);
}

static int pin_tries_left(struct box *b, const char *name)
{
	json_t *answer = rig_ask(&b->rig, "{\"cmd\":\"modems\"}"), *modem;
	int left = -1;
	size_t i;

	json_array_foreach (json_object_get(answer, "modems"), i, modem) {
		if (strcmp(json_string_value(json_object_get(modem, "modem")), name) == 0)
			left = (int)json_integer_value(json_object_get(modem, "pin_left"));
	}
	json_decref(answer);
	return left;
}

/* What is known of the one's PIN says nothing of the other's. */
static void of_two_with_one_imei_each_has_its_own_pin(void **state)
{
	struct box *b = *state;
	struct modem *one, *two;

	plug(b, "one", "ttyUSB0");
	one = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, one, modem_idle(one));
	plug_clone(b, "two", "ttyUSB1", "one");
	for (int i = 0; i < 2; i++)
		rig_do(&b->rig,
			"{\"cmd\":\"pin\",\"modem\":\"%s\",\"pin\":\"1234\",\"required\":true}",
			i ? "two" : "one");
	b->pin = "9999";
	two = section(b, 1, "ttyUSB1", NULL);
	UNTIL(b, two, modem_state(two) == MODEM_PIN);
	assert_int_equal(pin_tries_left(b, "two"), 2);
	modem_free(one);
	b->pin = "1234";
	one = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, one, modem_idle(one));
	modem_free(two);
	b->pin = "9999";
	two = section(b, 1, "ttyUSB1", NULL);
	UNTIL(b, two, modem_state(two) == MODEM_PIN);
	assert_int_equal(pin_tries_left(b, "two"), 2);
}

/* Sticks show their ports one by one; the one that is wanted may come while another is asked. */
static void a_port_that_comes_while_another_is_asked_is_found_in_the_same_round(void **state)
{
	struct box *b = *state;
	struct modem *m;
	int64_t plugged_ms;

	describe(b, "ttyUSB0", "1-1.1", "2c7c:0125", "00");
	describe(b, "ttyUSB2", "1-1.1", "2c7c:0125", "02");
	plug(b, "one", "ttyUSB2");
	m = section(b, 0, "auto", NULL);
	UNTIL(b, m, modem_idle(m));
	pull(b, "one");
	UNTIL(b, m, modem_state(m) == MODEM_ABSENT);
	plug(b, "diag", "ttyUSB0");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"diag\",\"kind\":\"hang\",\"ms\":0}");
	UNTIL(b, m, m->serial && strstr(m->path, "ttyUSB0"));
	move(b, "one", "ttyUSB2");
	plugged_ms = time_mono_ms();
	UNTIL(b, m, is_ready_at(m, "ttyUSB2"));
	print_message("found after %lld ms\n", (long long)(time_mono_ms() - plugged_ms));
	assert_int_equal(m->opens_failed, 0);
}

/* The names have moved by one: where it was is the stick's port that never says a word. */
static void a_silent_port_under_its_old_name_does_not_hold_it_up(void **state)
{
	struct box *b = *state;
	struct modem *m;

	plug(b, "one", "ttyUSB2");
	m = section(b, 0, "ttyUSB2", NULL);
	UNTIL(b, m, modem_idle(m));
	pull(b, "one");
	UNTIL(b, m, modem_state(m) == MODEM_ABSENT);
	plug(b, "diag", "ttyUSB2");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"diag\",\"kind\":\"hang\",\"ms\":0}");
	move(b, "one", "ttyUSB3");
	UNTIL(b, m, is_ready_at(m, "ttyUSB3"));
	assert_int_equal(m->rungs[0].tries, 0);
}

/* Its port was closed for a reset that the kernel did not do: it would open at once, and again. */
static void a_stick_that_cannot_be_reset_is_left_alone_for_five_minutes(void **state)
{
	struct box *b = *state;
	struct modem *m;

	describe(b, "ttyUSB0", "1-1.1", "2c7c:0125", "02");
	put("", "%s/bus/usb/001/004", b->dev);
	plug(b, "one", "ttyUSB0");
	m = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, m, modem_idle(m));
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"one\",\"kind\":\"hang\",\"ms\":0}");
	m->rung = 4;
	life_event(m, MODEM_EV_DEAF);
	UNTIL(b, m, modem_state(m) == MODEM_FAILED);
	run_for(b, 200);
	assert_int_equal(modem_state(m), MODEM_FAILED);
	assert_int_equal(m->rungs[4].tries, 0);
}

/* Nothing names them: their places on the USB tell that they are two. */
static void two_sticks_with_one_imei_are_both_found(void **state)
{
	struct box *b = *state;
	struct modem *one, *two;

	describe(b, "ttyUSB0", "1-1.1", "2c7c:0125", "02");
	describe(b, "ttyUSB1", "1-1.2", "2c7c:0125", "02");
	plug(b, "one", "ttyUSB0");
	plug_clone(b, "two", "ttyUSB1", "one");
	one = section(b, 0, "auto", NULL);
	UNTIL(b, one, modem_idle(one));
	two = section(b, 1, "auto", NULL);
	UNTIL(b, two, modem_idle(two));
	expect_cloned(one, true);
	expect_cloned(two, true);
}

/* Sixteen sticks of four ports and more. */
static void no_port_is_one_too_many_to_be_asked(void **state)
{
	struct box *b = *state;
	struct serial_port list[FIND_PORTS];
	struct modem *m = section(b, 0, "auto", NULL);

	for (int i = 0; i < 80; i++)
		put("", "%s/ttyUSB%d", b->dev, i);
	assert_int_equal(find_candidates(m, list, FIND_PORTS), 79); /* 9 is a console */
}

static int told_since(uint64_t serial)
{
	struct log_line line;
	int n = 0;

	for (; log_kept(serial, &line); serial = line.serial + 1)
		n += line.level <= LOG_LEVEL_INFO;
	return n;
}

static uint64_t last_told(void)
{
	struct log_line line = { .serial = 0 };

	while (log_kept(line.serial + 1, &line))
		continue;
	return line.serial;
}

/* Ports that are nobody's modem are asked round by round, which is not told each time. */
static void looking_in_vain_is_told_once(void **state)
{
	struct box *b = *state;
	struct modem_info info;
	struct modem *m;
	uint64_t told;

	log_set_level(LOG_LEVEL_INFO);
	told = last_told();
	plug(b, "deaf1", "ttyUSB0");
	plug(b, "deaf2", "ttyUSB1");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"*\",\"kind\":\"hang\",\"ms\":0}");
	m = section(b, 0, "auto", NULL);
	for (unsigned int round = 1; round <= 3; round++) {
		UNTIL(b, m,
			m->session == 2 * round && m->state == MODEM_ABSENT &&
				m->next_candidate == 0);
		port_look_again(m);
	}
	modem_get_info(m, &info);
	assert_string_equal(info.why, "no port has it; looking for it");
	assert_string_equal(info.port, "auto");
	assert_in_range(told_since(told + 1), 1, 2);
	/* what comes of it is told */
	rig_do(&b->rig, "{\"cmd\":\"clear\"}");
	UNTIL(b, m, modem_idle(m));
	modem_get_info(m, &info);
	assert_non_null(strstr(info.port, "ttyUSB"));
	log_set_level(LOG_LEVEL_ALERT);
}

/* Where it was is asked first, also when it was found among others. */
static void auto_begins_anew_where_it_found_its_modem(void **state)
{
	struct box *b = *state;
	struct modem *m;
	uint32_t before;

	plug(b, "deaf1", "ttyUSB0");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"deaf1\",\"kind\":\"hang\",\"ms\":0}");
	plug(b, "good", "ttyUSB1");
	plug(b, "deaf2", "ttyUSB2");
	rig_do(&b->rig, "{\"cmd\":\"fault\",\"modem\":\"deaf2\",\"kind\":\"hang\",\"ms\":0}");
	m = section(b, 0, "auto", NULL);
	UNTIL(b, m, is_ready_at(m, "ttyUSB1"));
	before = m->session;
	modem_reset(m);
	UNTIL(b, m, m->session > before && is_ready_at(m, "ttyUSB1"));
	assert_int_equal(m->session, before + 1);
}

/* What a process that was killed in mid-send leaves: a modem that takes what it hears for a PDU. */
static void leave_at_its_prompt(const struct box *b, const char *tty)
{
	char path[256], heard[256] = "";
	size_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", b->dev, tty);
	fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "AT+CMGF=0;+CMGS=20\r", 19), 19);
	while (!strstr(heard, "> ")) {
		ssize_t got = read(fd, heard + n, sizeof(heard) - 1 - n);

		assert_true(got > 0);
		n += (size_t)got;
		heard[n] = '\0';
	}
	close(fd);
}

static void auto_takes_a_modem_that_a_killed_process_left_at_its_prompt(void **state)
{
	struct box *b = *state;
	struct modem *m;

	plug(b, "left", "ttyUSB0");
	leave_at_its_prompt(b, "ttyUSB0");
	m = section(b, 0, "auto", NULL);
	UNTIL(b, m, is_ready_at(m, "ttyUSB0"));
}

static void auto_takes_a_modem_that_comes_later_at_once(void **state)
{
	struct box *b = *state;
	struct modem *m = section(b, 0, "auto", NULL);
	int64_t came_ms;

	run_for(b, 300);
	assert_int_equal(m->state, MODEM_ABSENT);
	/* nobody looks before ten seconds are over, unless something comes */
	assert_true(m->open_ms - modem_now(m) > 9000);
	came_ms = time_mono_ms();
	plug(b, "late", "ttyACM0");
	UNTIL(b, m, is_ready_at(m, "ttyACM0"));
	assert_in_range(time_mono_ms() - came_ms, 0, 5000);
}

static void a_usb_id_and_interface_choose_the_port(void **state)
{
	struct box *b = *state;
	struct modem *m;

	plug(b, "other", "ttyUSB0");
	plug(b, "diag", "ttyUSB1");
	plug(b, "at", "ttyUSB2");
	describe(b, "ttyUSB0", "1-1", "12d1:1001", "02");
	describe(b, "ttyUSB1", "1-2", "2c7c:0125", "00");
	describe(b, "ttyUSB2", "1-2", "2c7c:0125", "02");
	m = section(b, 0, "usb:2c7c:0125:02", NULL);
	UNTIL(b, m, is_ready_at(m, "ttyUSB2"));
}

static void a_stick_with_two_ports_is_one_modem(void **state)
{
	struct box *b = *state;
	struct modem *first, *second;

	plug(b, "if02", "ttyUSB0");
	plug(b, "if03", "ttyUSB1");
	describe(b, "ttyUSB0", "1-2", "2c7c:0125", "02");
	describe(b, "ttyUSB1", "1-2", "2c7c:0125", "03");
	first = section(b, 0, "auto", NULL);
	second = section(b, 1, "auto", NULL);
	UNTIL(b, first, modem_idle(first) || modem_idle(second));
	run_for(b, 1500);
	assert_int_equal(modem_idle(first) + modem_idle(second), 1);
	/* another stick is the second's */
	plug(b, "more", "ttyUSB2");
	describe(b, "ttyUSB2", "1-3", "2c7c:0125", "02");
	UNTIL(b, second, modem_idle(first) && modem_idle(second));
}

static void a_modem_that_comes_back_under_another_name_is_found(void **state)
{
	struct box *b = *state;
	struct modem *m;
	int64_t back_ms;

	plug(b, "stick", "ttyUSB0");
	m = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, m, is_ready_at(m, "ttyUSB0"));
	pull(b, "stick");
	UNTIL(b, m, m->state == MODEM_ABSENT);
	/* a stranger at another name is not taken for it */
	plug(b, "stranger", "ttyUSB1");
	run_for(b, 1500);
	assert_false(modem_idle(m));
	back_ms = time_mono_ms();
	move(b, "stick", "ttyUSB3");
	UNTIL(b, m, is_ready_at(m, "ttyUSB3"));
	assert_in_range(time_mono_ms() - back_ms, 0, 5000);
}

static void two_modems_that_swap_names_keep_their_sections(void **state)
{
	struct box *b = *state;
	struct modem *one, *two;
	char imei[20];

	plug(b, "one", "ttyUSB0");
	plug(b, "two", "ttyUSB1");
	one = section(b, 0, "ttyUSB0", NULL);
	two = section(b, 1, "ttyUSB1", NULL);
	UNTIL(b, two, modem_idle(one) && modem_idle(two));
	pull(b, "one");
	pull(b, "two");
	UNTIL(b, two, one->state == MODEM_ABSENT && two->state == MODEM_ABSENT);
	move(b, "one", "ttyUSB1");
	move(b, "two", "ttyUSB0");
	UNTIL(b, one, is_ready_at(one, "ttyUSB1"));
	UNTIL(b, two, is_ready_at(two, "ttyUSB0"));
	imei_of(b, "one", imei);
	assert_string_equal(one->imei, imei);
}

/* Whoever tries which stick is which pulls them more than once: that is no weak supply. */
static void sticks_that_are_swapped_by_hand_have_not_restarted_by_themselves(void **state)
{
	static const char *const names[] = { "ttyUSB0", "ttyUSB1" };
	struct box *b = *state;
	struct modem *one, *two;

	plug(b, "one", names[0]);
	plug(b, "two", names[1]);
	one = section(b, 0, names[0], NULL);
	two = section(b, 1, names[1], NULL);
	UNTIL(b, two, modem_idle(one) && modem_idle(two));
	for (int i = 1; i <= 3; i++) {
		pull(b, "one");
		pull(b, "two");
		UNTIL(b, two, one->state == MODEM_ABSENT && two->state == MODEM_ABSENT);
		move(b, "one", names[i % 2]);
		move(b, "two", names[(i + 1) % 2]);
		UNTIL(b, one, is_ready_at(one, names[i % 2]));
		UNTIL(b, two, is_ready_at(two, names[(i + 1) % 2]));
		assert_int_equal(one->brown_outs, 0);
		assert_int_equal(two->brown_outs, 0);
	}
}

/* Names that no list of ports has: only who met the other's modem can say where it is. */
static void two_modems_that_swapped_names_while_the_box_was_off_find_each_other(void **state)
{
	static const char *const names[][2] = { { "tleft", "tright" }, { "ttyUSB0", "ttyUSB1" } };
	struct box *b = *state;
	char imei_one[20], imei_two[20];

	plug(b, "one", names[0][1]);
	plug(b, "two", names[0][0]);
	imei_of(b, "one", imei_one);
	imei_of(b, "two", imei_two);
	for (int i = 0; i < 2; i++) {
		struct modem *one, *two;

		b->known = imei_one;
		one = section(b, 0, names[i][0], NULL);
		b->known = imei_two;
		two = section(b, 1, names[i][1], NULL);
		UNTIL(b, one, is_ready_at(one, names[i][1]));
		UNTIL(b, two, is_ready_at(two, names[i][0]));
		modem_free(one);
		modem_free(two);
		b->modems[0] = b->modems[1] = NULL;
		pull(b, "one");
		pull(b, "two");
		move(b, "one", names[1][1]);
		move(b, "two", names[1][0]);
	}
}

/* What an earlier life learned is worth as much as what this one did. */
static void a_modem_known_from_an_earlier_life_is_found_under_another_name(void **state)
{
	struct box *b = *state;
	struct modem *one, *two;
	char imei_one[20], imei_two[20];

	plug(b, "one", "ttyUSB0");
	plug(b, "two", "ttyUSB1");
	imei_of(b, "one", imei_one);
	imei_of(b, "two", imei_two);
	b->known = imei_two;
	one = section(b, 0, "auto", NULL);
	b->known = imei_one;
	two = section(b, 1, "ttyUSB1", NULL);
	UNTIL(b, one, is_ready_at(one, "ttyUSB1"));
	UNTIL(b, two, is_ready_at(two, "ttyUSB0"));
	/* nothing new was learned */
	assert_string_equal(b->learned, "");
	/* another takes its place: that is */
	pull(b, "one");
	pull(b, "two");
	UNTIL(b, two, one->state == MODEM_ABSENT && two->state == MODEM_ABSENT);
	plug(b, "three", "ttyUSB1");
	imei_of(b, "three", imei_one);
	UNTIL(b, two, is_ready_at(one, "ttyUSB1") || is_ready_at(two, "ttyUSB1"));
	assert_string_equal(b->learned, imei_one);
}

static void a_section_with_an_imei_takes_no_other_modem(void **state)
{
	struct box *b = *state;
	struct modem *m;
	char imei[20];

	plug(b, "wrong", "ttyUSB0");
	plug(b, "right", "ttyUSB1");
	imei_of(b, "right", imei);
	m = section(b, 0, "ttyUSB0", imei);
	UNTIL(b, m, is_ready_at(m, "ttyUSB1"));
	pull(b, "right");
	UNTIL(b, m, m->state == MODEM_ABSENT);
	run_for(b, 1500);
	assert_false(modem_idle(m));
}

static void a_new_modem_at_the_old_ones_port_takes_its_place(void **state)
{
	struct box *b = *state;
	struct modem *m;
	char imei[20];

	plug(b, "old", "ttyUSB0");
	m = section(b, 0, "ttyUSB0", NULL);
	UNTIL(b, m, modem_idle(m));
	pull(b, "old");
	UNTIL(b, m, m->state == MODEM_ABSENT);
	plug(b, "new", "ttyUSB0");
	UNTIL(b, m, modem_idle(m));
	imei_of(b, "new", imei);
	assert_string_equal(m->imei, imei);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wishes_are_understood),
		TEST(ports_are_listed_with_what_is_behind_them_and_no_console),
		TEST(a_link_is_followed_to_its_port),
		TEST(auto_takes_the_port_that_answers),
		TEST(two_modems_with_one_imei_are_two),
		TEST(of_two_with_one_imei_each_has_its_own_pin),
		TEST(a_stick_that_cannot_be_reset_is_left_alone_for_five_minutes),
		TEST(a_port_that_comes_while_another_is_asked_is_found_in_the_same_round),
		TEST(a_silent_port_under_its_old_name_does_not_hold_it_up),
		TEST(two_sticks_with_one_imei_are_both_found),
		TEST(no_port_is_one_too_many_to_be_asked),
		TEST(looking_in_vain_is_told_once),
		TEST(auto_begins_anew_where_it_found_its_modem),
		TEST(auto_takes_a_modem_that_a_killed_process_left_at_its_prompt),
		TEST(auto_takes_a_modem_that_comes_later_at_once),
		TEST(a_usb_id_and_interface_choose_the_port),
		TEST(a_stick_with_two_ports_is_one_modem),
		TEST(a_modem_that_comes_back_under_another_name_is_found),
		TEST(two_modems_that_swap_names_keep_their_sections),
		TEST(sticks_that_are_swapped_by_hand_have_not_restarted_by_themselves),
		TEST(two_modems_that_swapped_names_while_the_box_was_off_find_each_other),
		TEST(a_modem_known_from_an_earlier_life_is_found_under_another_name),
		TEST(a_section_with_an_imei_takes_no_other_modem),
		TEST(a_new_modem_at_the_old_ones_port_takes_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
