/* SPDX-License-Identifier: Apache-2.0 */
/* The box's state in figures. */
#include <stdio.h>
#include <string.h>

#include "faro/courier.h"
#include "room.h"

static json_t *json_of_canary(const struct courier_modem_stats *stats)
{
	if (!stats->canary || !*stats->canary)
		return json_null();
	return json_pack(
		"{s:s,s:o}", "state", stats->canary, "since", json_of_time(stats->canary_ms));
}

static void add_why(struct strbuf *said, const char *words)
{
	if (*words)
		strbuf_addf(said, "%s%s", said->len ? "; " : "", words);
}

/* A SIM that is blocked, a network that is congested, a weak supply: each is said. */
static void set_why(
	json_t *json, bool blocked, const struct courier_modem_stats *stats, const char *why)
{
	char memory[512], congested[96] = "";
	struct strbuf said;

	strbuf_init(&said, memory, sizeof(memory));
	if (stats->rest_s > 0)
		snprintf(congested, sizeof(congested),
			"the network is congested: for now %.1f s of rest after each segment",
			stats->rest_s);
	add_why(&said, blocked ? "no reports come: the SIM may be blocked" : "");
	add_why(&said, congested);
	add_why(&said, why);
	json_set_text(json, "why", memory);
}

/* The part of interfaces.md ("status"). */
static json_t *json_of_modem(
	const struct courier *courier, const struct modem *modem, int64_t now_ms)
{
	struct courier_modem_stats stats = { 0 };
	json_t *json = json_object();
	struct modem_info info;
	bool blocked;

	modem_get_info(modem, &info);
	courier_get_modem_stats(courier, modem, now_ms, &stats);
	json_set_text(json, "name", info.name);
	json_set_text(json, "state", modem_state_name(info.state));
	blocked = courier_modem_blocked(courier, modem);
	set_why(json, blocked, &stats, info.why);
	json_object_set_new(json, "blocked", json_boolean(blocked));
	json_object_set_new(json, "alarm", json_boolean(info.alarm));
	json_set_text(json, "operator", info.operator_name);
	json_object_set_new(
		json, "signal_dbm", info.signal_dbm ? json_integer(info.signal_dbm) : json_null());
	json_object_set_new(json, "segment_s", json_real(stats.segment_s));
	json_object_set_new(json, "sent_today", json_integer(stats.sent_today));
	json_object_set_new(json, "allowance_today", json_or_null(stats.allowance_today));
	json_object_set_new(json, "newcomers_left", json_or_null(stats.newcomers_left));
	json_object_set_new(json, "resets", json_integer(info.resets));
	json_object_set_new(json, "canary", json_of_canary(&stats));
	return json;
}

/* The recovery ladder: what was tried, what it cost, what it was good for. */
static json_t *json_of_ladder(const struct modem *modem)
{
	json_t *list = json_array();
	struct modem_rung rung;

	for (size_t i = 0; modem_get_rung(modem, i, &rung); i++)
		json_array_append_new(
			list, json_pack("{s:s,s:s,s:I,s:I,s:I}", "rung", rung.name, "cost",
				      rung.cost, "tries", (json_int_t)rung.tries, "successes",
				      (json_int_t)rung.successes, "ms", (json_int_t)rung.took_ms));
	return list;
}

/* What only `modem list` shows. */
static void add_modem_details(
	json_t *json, const struct courier *courier, const struct modem *modem, int64_t now_ms)
{
	struct courier_modem_stats stats = { 0 };
	struct modem_info info;

	modem_get_info(modem, &info);
	courier_get_modem_stats(courier, modem, now_ms, &stats);
	json_set_text(json, "port", info.port);
	json_set_text(json, "profile", info.profile);
	json_set_text(json, "manufacturer", info.manufacturer);
	json_set_text(json, "model", info.model);
	json_set_text(json, "revision", info.revision);
	json_set_text(json, "imei_tail", info.imei_tail);
	json_object_set_new(json, "roaming", json_boolean(info.roaming));
	json_object_set_new(json, "brown_outs", json_integer(info.brown_outs));
	json_object_set_new(json, "ladder", json_of_ladder(modem));
	json_object_set_new(json, "store_used", json_integer(info.store_used));
	json_object_set_new(json, "store_size", json_integer(info.store_size));
	json_object_set_new(json, "sent", json_integer(stats.sent));
	json_object_set_new(json, "refused", json_integer(stats.refused));
	json_object_set_new(json, "unknown", json_integer(stats.unknown));
	json_object_set_new(json, "busy_ms", json_integer(stats.busy_ms));
	json_object_set_new(
		json, "state_s", json_integer((time_mono_ms() - info.since_ms) / MS_PER_S));
}

static json_t *json_of_modems(const struct courier *courier, bool details)
{
	int64_t now_ms = time_wall_ms();
	json_t *list = json_array();
	struct modem *modem;

	for (int i = 0; (modem = courier_modem(courier, i)); i++) {
		json_t *json = json_of_modem(courier, modem, now_ms);

		if (details)
			add_modem_details(json, courier, modem, now_ms);
		json_array_append_new(list, json);
	}
	return list;
}

static void add_counts(json_t *answer, const struct store_counts *counts)
{
	json_object_set_new(answer, "members",
		json_pack("{s:I,s:I,s:I,s:I}", "active", (json_int_t)counts->active, "applicants",
			(json_int_t)counts->applicants, "left", (json_int_t)counts->left,
			"suspended", (json_int_t)counts->suspended));
	json_object_set_new(answer, "inbox",
		json_pack("{s:I,s:I}", "received", (json_int_t)counts->received, "handled",
			(json_int_t)counts->handled));
	json_object_set_new(answer, "incidents",
		json_pack("{s:I}", "open", (json_int_t)counts->incidents_open));
	json_object_set_new(answer, "alerts",
		json_pack("{s:I,s:I}", "running", (json_int_t)counts->alerts_running, "pending",
			(json_int_t)counts->alerts_pending));
}

static void add_outbox(json_t *answer, const struct store_tally *tally)
{
	json_t *outbox = json_of_messages(tally);

	json_object_set_new(outbox, "segments_sent", json_integer(tally->segments_sent));
	json_object_set_new(outbox, "resent", json_integer(tally->resent));
	json_object_set_new(answer, "outbox", outbox);
}

/* Who said the time, and what it is. */
static json_t *json_of_clock(const struct clock *clock)
{
	int64_t now_ms = time_wall_ms();
	char iso[TIME_ISO_SIZE], local[CLOCK_SIZE];

	return json_pack("{s:b,s:s,s:s,s:s,s:s}", "known", clock->source != CLOCK_UNKNOWN, "source",
		clock_source_name(clock->source), "modem", clock->who, "time",
		time_iso(now_ms, iso), "local", time_clock(now_ms, local));
}

/* As the doctor says it; "" when all is well. */
static void add_store(json_t *answer, const struct control_rooms *rooms)
{
	char memory[1400];
	struct strbuf said;

	strbuf_init(&said, memory, sizeof(memory));
	json_set_text(answer, "store", control_disk_is_good(rooms, &said) ? "" : said.text);
}

enum control_step command_status(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	struct store_counts counts = { 0 };
	struct store_tally tally = { 0 };
	int rc = store_counts(rooms->store, &counts);
	json_t *answer;

	if (rc == 0)
		rc = store_tally(rooms->store, 0, &tally);
	if (rc < 0)
		return control_fail_errno(request, rc, "the database cannot be read");
	answer = json_object();
	json_set_text(answer, "version", FARO_VERSION);
	json_object_set_new(answer, "uptime_s",
		json_integer((time_mono_ms() - rooms->started_mono_ms) / MS_PER_S));
	json_set_text(answer, "box", rooms->settings->box.name);
	json_set_text(answer, "timezone", rooms->settings->box.timezone);
	json_object_set_new(answer, "paused", json_boolean(courier_paused(rooms->courier)));
	json_object_set_new(answer, "quiet_until",
		json_of_time(courier_quiet_until(rooms->courier, time_wall_ms())));
	add_store(answer, rooms);
	json_object_set_new(answer, "clock", json_of_clock(rooms->clock));
	json_object_set_new(answer, "modems", json_of_modems(rooms->courier, false));
	add_counts(answer, &counts);
	add_outbox(answer, &tally);
	return control_answer(request, answer);
}

enum control_step command_modem_list(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;

	return control_answer(
		request, json_pack("{s:o}", "modems", json_of_modems(rooms->courier, true)));
}

static enum control_step reset_one(struct modem *modem, struct control_request *request)
{
	struct modem_info info;

	modem_get_info(modem, &info);
	modem_reset(modem);
	if (info.state != MODEM_ABSENT)
		return control_answer(request, NULL);
	return control_fail(request, FARO_EXIT_FAILED,
		"modem %s is absent (%s): it starts by itself as soon as it is there", info.name,
		info.why);
}

enum control_step command_modem_reset(void *ctx, struct control_request *request)
{
	const struct control_rooms *rooms = ctx;
	const char *name = control_text(request, "name", "");
	struct modem *modem;

	for (int i = 0; (modem = courier_modem(rooms->courier, i)); i++)
		if (strcmp(modem_name(modem), name) == 0)
			return reset_one(modem, request);
	return control_fail(request, FARO_EXIT_FAILED,
		"there is no modem \"%.40s\"; see faroctl modem list", name);
}
