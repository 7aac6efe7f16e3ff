/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check list of a new box, and of one that does not do what it should: one row a part, in the
 * order in which a person would look.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "faro/courier.h"
#include "room.h"

/* SQLite needs room for the WAL beside the database, and a journal lies there too. */
#define DISK_FREE_MIN ((uint64_t)100 << 20)

/* A part's state in words; true when it is as it should be. */
typedef bool judge_fn(const struct control_rooms *rooms, struct strbuf *said);

typedef bool is_fn(const struct modem_info *info);
typedef void name_fn(struct strbuf *said, const struct modem_info *info);

/* Names each modem that is so (name NULL: only counts them). Returns how many there are. */
static int name_modems(
	const struct control_rooms *rooms, is_fn *is, name_fn *name, struct strbuf *said)
{
	struct modem *modem;
	int n = 0;

	for (int i = 0; (modem = courier_modem(rooms->courier, i)); i++) {
		struct modem_info info;

		modem_get_info(modem, &info);
		if (!is(&info))
			continue;
		if (name && n > 0)
			strbuf_add(said, "; ");
		if (name)
			name(said, &info);
		n++;
	}
	return n;
}

static bool answers(const struct modem_info *info)
{
	return info->state == MODEM_PIN || info->state == MODEM_SEARCHING ||
	       info->state == MODEM_READY || info->state == MODEM_PARKED;
}

static bool is_ready(const struct modem_info *info)
{
	return info->state == MODEM_READY;
}

static bool has_restarted(const struct modem_info *info)
{
	return info->brown_outs > 0;
}

/* Also one that works and is not well; of those that restarted the row of the power tells. */
static bool is_ill(const struct modem_info *info)
{
	return !answers(info) || (is_ready(info) && info->alarm && !has_restarted(info));
}

static bool wants_sim(const struct modem_info *info)
{
	return info->state == MODEM_PIN;
}

static bool wants_network(const struct modem_info *info)
{
	return info->state == MODEM_SEARCHING || info->state == MODEM_PARKED;
}

static void name_state(struct strbuf *said, const struct modem_info *info)
{
	strbuf_addf(said, "modem %s: %s", info->name, modem_state_name(info->state));
	if (info->why[0])
		strbuf_addf(said, ", %s", info->why);
}

static bool is_starting(const struct modem_info *info)
{
	return info->state == MODEM_STARTING;
}

static void name_unknown_sim(struct strbuf *said, const struct modem_info *info)
{
	strbuf_addf(said, "modem %s: not known yet, it is starting", info->name);
}

static void name_restarts(struct strbuf *said, const struct modem_info *info)
{
	strbuf_addf(said, "modem %s restarted by itself %u time%s", info->name,
		(unsigned int)info->brown_outs, info->brown_outs == 1 ? "" : "s");
}

static void name_network(struct strbuf *said, const struct modem_info *info)
{
	strbuf_addf(said, "modem %s is ready", info->name);
	if (info->operator_name[0])
		strbuf_addf(said, " on %s", info->operator_name);
	if (info->signal_dbm)
		strbuf_addf(said, ", %d dBm", info->signal_dbm);
}

/* Whether a contact of the box says so. */
static bool senses(const struct control_rooms *rooms, const char *name)
{
	struct control_part part;

	for (unsigned int i = 0; !rooms->board_lost && rooms->front->part(rooms->ctx, i, &part);
		i++)
		if (strcmp(part.kind, "sensor") == 0 && strcmp(part.name, name) == 0)
			return part.on;
	return false;
}

static bool power_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	if (senses(rooms, "mains_lost")) {
		strbuf_add(said, "the mains are lost, the box runs on its battery");
		return false;
	}
	if (name_modems(rooms, has_restarted, name_restarts, said) > 0)
		return false;
	strbuf_add(said, "no modem has restarted by itself");
	return true;
}

static bool board_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	enum settings_driver driver = rooms->at_start->board.driver;

	if (driver == SETTINGS_DRIVER_NONE)
		strbuf_add(said, "this box has no lights and buttons (board.driver)");
	else if (rooms->board_lost)
		strbuf_add(said, "the chip with its lights and buttons is gone");
	else
		strbuf_addf(said, "lights and buttons: %s", settings_driver_name(driver));
	return driver == SETTINGS_DRIVER_NONE || !rooms->board_lost;
}

static bool modems_are_good(const struct control_rooms *rooms, struct strbuf *said)
{
	if (!courier_modem(rooms->courier, 0)) {
		strbuf_add(said, "there is none in the configuration");
		return false;
	}
	if (name_modems(rooms, is_ill, name_state, said) > 0)
		return false;
	strbuf_add(said, "all answer");
	return true;
}

static bool sims_are_good(const struct control_rooms *rooms, struct strbuf *said)
{
	if (name_modems(rooms, wants_sim, name_state, said) > 0)
		return false;
	if (name_modems(rooms, is_starting, name_unknown_sim, said) > 0)
		return false;
	if (name_modems(rooms, answers, NULL, said) == 0) {
		strbuf_add(said, "not known: no modem answers");
		return false;
	}
	strbuf_add(said, "taken by every modem that answers");
	return true;
}

static bool network_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	if (name_modems(rooms, wants_network, name_state, said) > 0)
		return false;
	if (name_modems(rooms, is_ready, name_network, said) > 0)
		return true;
	strbuf_add(said, "no modem is ready");
	return false;
}

static bool a_text_has_left(const struct control_rooms *rooms, struct strbuf *said)
{
	struct courier_modem_stats stats;
	struct modem *modem;
	int64_t sent = 0;
	int blocked = 0;

	for (int i = 0; (modem = courier_modem(rooms->courier, i)); i++) {
		memset(&stats, 0, sizeof(stats));
		courier_get_modem_stats(rooms->courier, modem, time_wall_ms(), &stats);
		sent += stats.sent_today;
		if (courier_modem_blocked(rooms->courier, modem))
			strbuf_addf(said, "%smodem %s: no reports come, the SIM may be blocked",
				blocked++ > 0 ? "; " : "", modem_name(modem));
	}
	if (blocked > 0)
		return false;
	if (courier_paused(rooms->courier)) {
		strbuf_add(said, "the box is paused: alerts wait until an admin texts RESUME");
		return false;
	}
	if (sent == 0)
		strbuf_add(said, "nothing has left today");
	else
		strbuf_addf(said, "%lld segments have left today", (long long)sent);
	return sent > 0;
}

static bool time_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	const struct clock *clock = rooms->clock;
	char iso[TIME_ISO_SIZE];

	if (clock->source == CLOCK_UNKNOWN) {
		strbuf_add(said, "nobody has told it; alerts go, but nothing that is scheduled");
		return false;
	}
	strbuf_addf(said, "%s by %s%s%s", time_iso(time_wall_ms(), iso),
		clock_source_name(clock->source), clock->who[0] ? " of " : "", clock->who);
	return true;
}

static void name_store_error(int rc, const char *dir, struct strbuf *said)
{
	if (rc == -ESTALE) {
		strbuf_add(said, "the database was deleted, moved or replaced: nothing is taken in "
				 "and nothing leaves until it is back");
		return;
	}
	strbuf_add(said, "the database cannot be written: ");
	if (disk_look(dir, NULL, said) == 0)
		strbuf_add(said, strerror(-rc));
}

bool control_disk_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	const char *dir = rooms->at_start->box.data_dir;
	int rc = store_alive(rooms->store);
	uint64_t bytes_free;

	if (rc < 0) {
		name_store_error(rc, dir, said);
		return false;
	}
	if (disk_look(dir, &bytes_free, said) < 0)
		return false;
	strbuf_addf(said, "%llu MB are free in %s", (unsigned long long)(bytes_free >> 20), dir);
	return bytes_free >= DISK_FREE_MIN;
}

static bool key_is_good(const struct control_rooms *rooms, struct strbuf *said)
{
	char path[1100];
	struct stat st;

	text_copy(path, sizeof(path), rooms->at_start->privacy.key_file);
	if (!path[0])
		snprintf(path, sizeof(path), "%s/key", rooms->at_start->box.data_dir);
	if (stat(path, &st) < 0) {
		strbuf_addf(said, "%s: %s", path, strerror(errno));
		return false;
	}
	if (st.st_size == 0 || st.st_mode & 077) {
		strbuf_addf(said, "%s is %s", path,
			st.st_size == 0 ? "empty" : "open to others (chmod 600)");
		return false;
	}
	strbuf_addf(said, "%s is there, for farod only", path);
	return true;
}

static const struct {
	const char *part;
	judge_fn *is_good;
	const char *light; /* and what it says at the front, when it is not */
	const char *todo;
} checks[] = {
	{ "power", power_is_good, "power: dark, or glint",
		"See that it is plugged in. Take a supply of 5 V and 3 A or more and a short "
		"cable; give the modem a hub with a supply of its own." },
	{ "board", board_is_good, "all dark, though the box answers",
		"See the log (faroctl log) for the chip that is missing, and board.definition." },
	{ "modem", modems_are_good, "network: dark, slow blink or wink; fault: 4 flashes",
		"Plug it in and wait a minute; look whether ls /dev/serial/by-id shows it; faroctl "
		"modem probe PORT says what it is; name it in /etc/faro/faro.cfg." },
	{ "SIM", sims_are_good, "network: dark or wink; fault: 5 flashes",
		"Switch the box off, push the card in until it clicks, and write its PIN into "
		"modems.pin; a blocked card must be freed in a telephone." },
	{ "network", network_is_good, "network: slow blink or wink; fault: 3 flashes",
		"Move the aerial to a window, and try the card in a telephone: can it send a "
		"text?" },
	{ "test text", a_text_has_left, "traffic: no flash after TEST; fault: spark",
		"Run faroctl test, or press TEST: the admins are texted the box's state. Of a SIM "
		"that may be blocked ask the operator." },
	{ "time", time_is_good, "no light shows it",
		"Give the box a network for a minute so that NTP sets the clock, or text it: the "
		"text tells the time. Where the machine has a clock with a battery, set it "
		"(timedatectl set-time) and say box.clock = \"system\"." },
	{ "disk", control_disk_is_good, "fault: steady, when nothing can be written",
		"Make room (journalctl --vacuum-size=50M), or copy the list away and take a new SD "
		"card." },
	{ "key", key_is_good, "fault: steady, after the next start",
		"Put your copy of the key back before farod is started again: without it the list "
		"cannot be read by anybody." },
};

/* What helps against one cause, by how it is said; else what the part's own row says. */
static const struct {
	const char *part, *cause, *todo;
} cures[] = {
	{ "modem", "another program has its port",
		"End the program that has the port: sudo faroctl modem probe PORT names it; "
		"ModemManager: systemctl disable --now ModemManager." },
	{ "modem", "may not be opened",
		"Put farod's user into the group of the port (ls -l PORT; usermod -aG dialout "
		"faro) and start farod again." },
	{ "modem", ": starting", "Wait a minute and ask again: it is being started." },
	{ "modem", "it takes no texts",
		"Try the card in a telephone: can it send a text? If not, ask its operator "
		"(credit, contract, barring)." },
	{ "modem", "no text leaves",
		"Try the card in a telephone, and ask its operator for what is missing." },
	{ "modem", "does not take what",
		"Wait a few minutes: it is restarted by itself. If "
		"that does not help, pull it out and put it back." },
	{ "modem", "does not give what",
		"Wait a few minutes: it is restarted by itself. If "
		"that does not help, pull it out and put it back." },
	{ "modem", "does not answer",
		"Wait a few minutes: what may help is tried by itself. If it does not, pull it "
		"out and put it back; faroctl modem probe PORT says who is there." },
	{ "modem", "the same IMEI", "Replace one of the two: networks may refuse both." },
	{ "modem", "comes torn",
		"Change its cable and plug, and give it a hub with a supply of its own." },
	{ "SIM", "not known yet", "Wait a minute and ask again." },
	{ "network", "refuses this SIM",
		"Ask the operator of the card: is its contract paid, may this modem be used? "
		"Try the card in a telephone." },
	{ "disk", "was deleted, moved or replaced",
		"Put the directory back where it was, or start farod again to begin with what "
		"lies there." },
	{ "disk", "read-only",
		"See the kernel's log (dmesg): a card that fails is mounted read-only. Copy the "
		"list away and take a new SD card." },
};

static void add_todo(struct strbuf *todo, const char *part, const char *said, const char *usual)
{
	for (size_t i = 0; i < ARRAY_SIZE(cures); i++) {
		bool fits = strcmp(cures[i].part, part) == 0 && strstr(said, cures[i].cause);

		if (fits && !strstr(todo->text, cures[i].todo))
			strbuf_addf(todo, "%s%s", todo->len > 0 ? " " : "", cures[i].todo);
	}
	if (todo->len == 0 || strstr(said, "not plugged in") || strstr(said, "its port is gone"))
		strbuf_addf(todo, "%s%s", todo->len > 0 ? " " : "", usual);
}

bool control_check_row(unsigned int i, struct control_check_row *row)
{
	if (i >= ARRAY_SIZE(checks))
		return false;
	row->part = checks[i].part;
	row->light = checks[i].light;
	row->todo = checks[i].todo;
	return true;
}

enum control_step command_doctor(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	json_t *list = json_array();
	bool all = true;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		char memory[2800], todo_memory[2000];
		struct strbuf said, todo;
		bool good;
		json_t *row = json_pack("{s:s}", "check", checks[i].part);

		strbuf_init(&said, memory, sizeof(memory));
		strbuf_init(&todo, todo_memory, sizeof(todo_memory));
		good = checks[i].is_good(rooms, &said);
		all = all && good;
		json_object_set_new(row, "good", json_boolean(good));
		json_set_text(row, "said", said.text);
		if (!good)
			add_todo(&todo, checks[i].part, said.text, checks[i].todo);
		json_set_text(row, "todo", todo.text);
		json_array_append_new(list, row);
	}
	return control_answer(request, json_pack("{s:b,s:o}", "all_good", all, "checks", list));
}
