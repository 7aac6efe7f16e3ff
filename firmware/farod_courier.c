/* SPDX-License-Identifier: Apache-2.0 */
/* The courier: its settings, and whom its news goes to. */
#include <string.h>

#include "farod.h"

static void courier_changed(void *ctx)
{
	struct farod *farod = ctx;

	if (farod->panel)
		panel_unit_traffic(farod->panel);
	farod_modems_changed(farod);
	farod_stop_when_landed(farod);
	farod_changed(farod);
}

static void courier_call(void *ctx, const char *phone)
{
	struct farod *farod = ctx;

	desk_call(farod->desk, phone, time_wall_ms());
}

static void courier_alarm(void *ctx, const char *modem, const char *what, const char *words)
{
	(void)modem;
	(void)what;
	(void)words; /* the courier has logged it */
	farod_changed(ctx);
}

static void courier_blocked(void *ctx, const char *modem, int percent)
{
	struct farod *farod = ctx;

	desk_modem_blocked(farod->desk, modem, percent, time_wall_ms());
}

static void courier_unblocked(void *ctx, const char *modem)
{
	struct farod *farod = ctx;

	desk_modem_back(farod->desk, modem, time_wall_ms());
}

static void canary_words(void *ctx, const char *modem, const char *token, struct strbuf *out)
{
	struct farod *farod = ctx;
	const struct settings_box *box = &farod->settings->box;
	const struct speech_arg args[] = { SPEECH_TEXT("box", box->name),
		SPEECH_TEXT("modem", modem), SPEECH_TEXT("token", token) };

	speech_say(farod->speech, box->language, MSG_CANARY, args, ARRAY_SIZE(args), out);
}

static void courier_network_time(void *ctx, struct modem *modem, int64_t wall_ms)
{
	farod_hear_time(ctx, CLOCK_NETWORK, modem_name(modem), wall_ms);
}

static void courier_text_time(void *ctx, int64_t wall_ms)
{
	farod_hear_time(ctx, CLOCK_TEXT, "", wall_ms);
}

struct courier_settings farod_courier_settings(struct farod *farod)
{
	const struct settings_delivery *delivery = &farod->settings->delivery;
	struct strbuf mark;
	struct courier_settings out = {
		.country_code = farod->settings->box.country_code,
		.reports = delivery->reports,
		.unknown_wait_s = delivery->unknown_wait_s,
		.retries = delivery->retries,
		.parts_wait_s = delivery->parts_wait_s,
		.report_wait_s = delivery->report_wait_s,
		.canary_every_s = delivery->canary_every_s,
	};

	settings_quiet(&farod->settings->list, &out.quiet_from_minute, &out.quiet_to_minute);
	memcpy(out.retry_s, delivery->retry_s, (size_t)delivery->retries * sizeof(out.retry_s[0]));
	strbuf_init(&mark, farod->gap_mark, sizeof(farod->gap_mark));
	out.gap_mark = speech_say(
		farod->speech, farod->settings->box.language, MSG_GAP_MARK, NULL, 0, &mark);
	return out;
}

/* Whoever asked, at the admin's door, waits for it. */
static void courier_ussd(void *ctx, struct modem *modem, int error, const char *text)
{
	struct farod *farod = ctx;
	struct control_ussd *ussd = &farod->behind_control.ussd;

	ussd->serial++;
	ussd->error = error;
	text_copy(ussd->modem, sizeof(ussd->modem), modem_name(modem));
	text_copy(ussd->text, sizeof(ussd->text), text);
	if (farod->control)
		control_wake(farod->control);
}

int farod_start_courier(struct farod *farod)
{
	static const struct courier_events events = {
		.texts_waiting = farod_desk_wanted,
		.changed = courier_changed,
		.suspended = farod_desk_wanted,
		.blocked = courier_blocked,
		.unblocked = courier_unblocked,
		.canary_words = canary_words,
		.call = courier_call,
		.network_time = courier_network_time,
		.text_time = courier_text_time,
		.ussd = courier_ussd,
		.alarm = courier_alarm,
	};
	struct courier_settings settings = farod_courier_settings(farod);

	return courier_new(farod->loop, farod->store, &settings, &events, farod, &farod->courier);
}

void farod_stop_courier(struct farod *farod)
{
	courier_free(farod->courier);
}
