/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a modem's answer means: one row for each class of error, one for each other outcome.
 *
 * Waits between tries are `delivery.retry`; beyond its end the last wait is repeated until the
 * message expires or its attempts are used up, because a network that was away for an hour must not
 * cost anybody an alert that is still worth something.
 */
#include "office.h"

enum verdict_wait {
	WAIT_NONE,        /* at once */
	WAIT_SOON,        /* the modem needs a moment */
	WAIT_LATER,       /* the far side needs minutes */
	WAIT_SCHEDULE,    /* delivery.retry */
	WAIT_OTHER_MODEM, /* other_ms, then delivery.retry from its beginning */
};

#define SOON_MS  (5 * MS_PER_S)
#define LATER_MS (2 * MS_PER_MIN)

/*
 * The first time at once, so that another modem takes it. Then just long enough that the next
 * message has its turn before, so that one number that the network answers so does not stand before
 * all others for ever. What is asked of a network that is away is bounded by the modem's own rests,
 * which grow with each answer of this kind (pace.c).
 */
static const int other_ms[] = { 0, 500, 1000 };

static const struct verdict sent = { .ruling = RULING_SENT, .words = "accepted" };

static const struct verdict never = {
	.ruling = RULING_AGAIN,
	.wait = WAIT_NONE,
	.attempts = 0,
	.modem_fault = true,
	.words = "never handed over",
};

static const struct verdict unknown = {
	.ruling = RULING_UNKNOWN,
	.modem_fault = true,
	.words = "handed over, no answer",
};

static const struct verdict refused[AT_RETRIES] = {
	[AT_RETRY_NONE] = { RULING_AGAIN, WAIT_SCHEDULE, ATTEMPTS_MAX, .modem_fault = true,
		.words = "refused without a reason" },
	[AT_RETRY_RECIPIENT] = { RULING_FAILED, .words = "the number or the service is wrong" },
	[AT_RETRY_BARRED] = { RULING_FAILED, .modem_fault = true, .park_s = 3600,
		.alarm = "sim-barred", .words = "the operator bars this SIM" },
	[AT_RETRY_FAR_SIDE] = { RULING_AGAIN, WAIT_LATER, ATTEMPTS_TWICE,
		.words = "rejected by the far side" },
	[AT_RETRY_TEMPORARY] = { RULING_AGAIN, WAIT_SCHEDULE, ATTEMPTS_MAX,
		.words = "temporary failure" },
	[AT_RETRY_CONGESTION] = { RULING_AGAIN, WAIT_SCHEDULE, ATTEMPTS_MAX, .slows = true,
		.words = "congestion" },
	[AT_RETRY_OUTAGE] = { RULING_AGAIN, WAIT_OTHER_MODEM, ATTEMPTS_OUTAGE, .modem_fault = true,
		.park_s = 300, .park_grows = 1, .alarm = "network-outage",
		.words = "the network is out of order" },
	[AT_RETRY_UNKNOWN] = { RULING_UNKNOWN, .modem_fault = true,
		.words = "an error that may hide a success" },
	[AT_RETRY_SIM] = { RULING_AGAIN, WAIT_OTHER_MODEM, ATTEMPTS_OUTAGE, .modem_fault = true,
		.park_s = 300, .alarm = "sim", .words = "the SIM does not work" },
	[AT_RETRY_STORE_FULL] = { RULING_AGAIN, WAIT_SOON, ATTEMPTS_MAX, .modem_fault = true,
		.alarm = "store-full", .words = "the modem's store is full" },
	/* Once more: the modem sets it anew while the SIM rests. */
	[AT_RETRY_NO_CENTRE] = { RULING_AGAIN, WAIT_OTHER_MODEM, ATTEMPTS_TWICE,
		.modem_fault = true, .park_s = 60, .park_grows = 4, .alarm = "no-centre",
		.words = "the service centre's number is not known" },
	[AT_RETRY_OUR_MISTAKE] = { RULING_FAILED, .modem_fault = true, .alarm = "our-mistake",
		.words = "the modem does not accept what it was given" },
};

const struct verdict *verdict_find(const struct modem_result *result)
{
	switch (result->outcome) {
	case MODEM_SENT_OK:
		return &sent;
	case MODEM_SENT_REFUSED:
		if ((unsigned int)result->retry < AT_RETRIES)
			return &refused[result->retry];
		return &refused[AT_RETRY_NONE];
	case MODEM_SENT_NEVER:
		return &never;
	case MODEM_SENT_UNKNOWN:
		break;
	}
	return &unknown;
}

/*
 * The attempts are counted together. Who has had more than this answer allows has had an outage,
 * which allows more and takes none of them away; and twice is twice the same answer.
 */
static int attempts_of(const struct verdict *verdict, int attempt, int error_before)
{
	const struct verdict *before =
		error_before > 0 ? &refused[at_retry_of_cms(error_before)] : NULL;
	if (verdict->attempts == ATTEMPTS_TWICE)
		return before == verdict ? ATTEMPTS_TWICE : ATTEMPTS_OUTAGE;
	if (attempt > verdict->attempts || (before && before->attempts > verdict->attempts))
		return ATTEMPTS_OUTAGE;
	return verdict->attempts;
}

enum ruling verdict_ruling(const struct verdict *verdict, int attempt, int error_before)
{
	if (verdict->ruling == RULING_AGAIN && verdict->attempts && attempt > 1 &&
		attempt >= attempts_of(verdict, attempt, error_before))
		return RULING_FAILED;
	return verdict->ruling;
}

static int64_t scheduled_ms(int attempt, const struct courier_settings *settings)
{
	if (settings->retries < 1)
		return SOON_MS;
	int i = attempt < 1 ? 0 : attempt - 1;
	if (i >= settings->retries)
		i = settings->retries - 1;
	return settings->retry_s[i] * MS_PER_S;
}

static int64_t elsewhere_ms(int attempt, const struct courier_settings *settings)
{
	int quick = (int)ARRAY_SIZE(other_ms);
	if (attempt > quick)
		return scheduled_ms(attempt - quick, settings);
	return other_ms[attempt < 1 ? 0 : attempt - 1];
}

int64_t verdict_wait_ms(
	const struct verdict *verdict, int attempt, const struct courier_settings *settings)
{
	switch ((enum verdict_wait)verdict->wait) {
	case WAIT_NONE:
		return 0;
	case WAIT_SOON:
		return SOON_MS;
	case WAIT_LATER:
		return LATER_MS;
	case WAIT_SCHEDULE:
		break;
	case WAIT_OTHER_MODEM:
		return elsewhere_ms(attempt, settings);
	}
	return scheduled_ms(attempt, settings);
}
