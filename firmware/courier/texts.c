/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments become texts: at once when the last part comes, with gaps marked when it never does. */
#include "office.h"

/** Bounds one turn; what is left is done in the next. */
#define GIVE_UP_MAX 8

static int join_part(void *ctx, int seq, int total, const void *tpdu, size_t size)
{
	struct sms_join *join = ctx;
	struct sms_ud ud;
	(void)total;
	/*
	 * A part that cannot be read or is out of place is a gap, and no reason to lose the others.
	 */
	if (inward_user_data(tpdu, size, &ud) == 0)
		sms_join_add(join, (uint8_t)seq, &ud);
	return 0;
}

struct first_part {
	struct sms_join *join;
	struct strbuf *out;
	const char *gap;
};

/** The total is known with the first part that is visited. */
static int join_visit(void *ctx, int seq, int total, const void *tpdu, size_t size)
{
	struct first_part *first = ctx;
	if (first->out) {
		sms_join_begin(first->join, first->out, (uint8_t)total, first->gap);
		first->out = NULL;
	}
	return join_part(first->join, seq, total, tpdu, size);
}

static int complete(struct courier *courier, int64_t text_id, int64_t now_ms)
{
	struct strbuf body;
	struct sms_join join;
	strbuf_init(&body, courier->text, sizeof(courier->text));
	struct first_part first = { &join, &body, courier->settings.gap_mark };
	int rc = store_fragment_walk(courier->store, text_id, join_visit, &first);
	if (rc < 0)
		return rc;
	int gaps = first.out ? 0 : sms_join_end(&join);
	if (body.cut)
		log_warning("text=%lld is longer than can be kept: cut", (long long)text_id);
	return store_text_complete(courier->store, text_id, courier->text, gaps, now_ms);
}

int texts_add(struct courier *courier, const struct post *post, const struct fragment *fragment,
	int64_t now_ms)
{
	struct store_fragment row = {
		.kind = fragment->kind,
		.modem = post->name,
		.sent_ms = fragment->sent_ms,
		.again = fragment->again,
		.reference = fragment->reference,
		.total = fragment->total,
		.seq = fragment->part,
		.pdu = fragment->tpdu,
		.pdu_size = fragment->size,
	};
	struct store_landing landing;
	text_copy(row.sender, sizeof(row.sender), fragment->sender);
	int rc = store_fragment_add(courier->store, &row, now_ms, &landing);
	if (rc < 0)
		return rc;
	if (landing.duplicate) {
		log_debug("text=%lld part %d came again", (long long)landing.text_id, row.seq);
		return 0;
	}
	if (!landing.complete) {
		int64_t give_up = now_ms + courier->settings.parts_wait_s * MS_PER_S;
		courier->parts_ms = time_min(courier->parts_ms, give_up);
		return 0;
	}
	rc = complete(courier, landing.text_id, now_ms);
	return rc < 0 ? rc : 1;
}

int texts_give_up(struct courier *courier, int64_t now_ms)
{
	int64_t wait_ms = courier->settings.parts_wait_s * MS_PER_S, text_id;
	int n = 0, rc = 0;
	while (n < GIVE_UP_MAX &&
		(rc = store_text_overdue(courier->store, now_ms - wait_ms + 1, &text_id)) > 0) {
		rc = complete(courier, text_id, now_ms);
		if (rc < 0)
			return rc;
		log_notice("text=%lld: parts never came, handled with gaps", (long long)text_id);
		n++;
	}
	if (rc < 0)
		return rc;
	int64_t first_ms;
	rc = store_text_oldest_incomplete(courier->store, &first_ms);
	if (rc < 0)
		return rc;
	courier->parts_ms = first_ms == TIME_NEVER ? TIME_NEVER : first_ms + wait_ms;
	return n;
}
