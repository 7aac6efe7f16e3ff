/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a modem claims next, chosen while its last segment is on the air, so that nothing is looked
 * for when the answer comes. Choosing writes nothing. Every statement that writes counts as a stir
 * of the queue, but for the few below; a choice holds only as long as nothing was stirred since,
 * and the row is taken only where it stood. So what came meanwhile is never overlooked.
 */
#include "internal.h"

#include <string.h>

bool choice_is_calm(enum sql id)
{
	/* What a segment's own way through the box writes, outside every queue. */
	static const bool calm[SQL_COUNT] = {
		[SQL_BEGIN] = true,
		[SQL_MESSAGE_SAVE] = true, /* it left no queue and enters none */
		[SQL_SEGMENT_SET] = true,
		[SQL_SEGMENT_OUTCOME] = true,
		[SQL_EARLY_SET] = true,
		[SQL_EARLY_DONE] = true,
		[SQL_ALLOWANCE_SET] = true,
		[SQL_VALUE_SET] = true,
	};
	return calm[id];
}

/* ---- choosing ------------------------------------------------------------------------------- */

/* The part after the one that is on the air, as if that were accepted. 1, 0, -errno. */
static int goes_on(struct store *store, int64_t after, struct head *out)
{
	sqlite3_stmt *row;
	int rc = after ? sql_row(store, SQL_MESSAGE_GOES_ON, &row, "id", after / 256,
				 (int)(after % 256))
		       : 0;
	if (rc != 1)
		return rc;
	*out = (struct head){ col(row, 0), 0, col(row, 1), after / 256 };
	sql_done(row);
	return 1;
}

static int load_next_part(struct store *store, int64_t modem, int64_t after, struct message *out)
{
	int rc = message_load(store, after / 256, out);
	if (rc != 1)
		return rc;
	out->part++;
	out->tries = out->unknowns = 0;
	out->lane = -modem;
	return 1;
}

static int choose_any(struct store *store, int64_t modem, enum store_begin what, int64_t after,
	int64_t now_ms, struct message *out)
{
	struct head first = { .id = 0 };
	int rc = goes_on(store, after, &first);
	if (rc < 0)
		return rc;
	bool next_part = rc == 1;
	rc = claim_look(store, modem, now_ms, &first);
	if (rc || !first.id || claim_is_held_back(&first, what))
		return rc;
	if (next_part && first.id == after / 256)
		return load_next_part(store, modem, after, out);
	return message_load(store, first.id, out);
}

/*
 * Within a scope the next part goes before what is not more urgent and not begun; between two begun
 * ones the claim decides.
 */
static int choose_within(struct store *store, int64_t modem, const struct store_scope *scope,
	int64_t after, int64_t now_ms, struct message *out)
{
	struct head part = { .id = 0 };
	int next_part = goes_on(store, after, &part);
	if (next_part < 0)
		return next_part;
	int rc = claim_look_within(store, modem, scope, now_ms, out);
	if (rc < 0 || !next_part || part.class > (int64_t)scope->begun)
		return rc;
	if (rc == 1 && (int64_t)out->class < part.class)
		return 1;
	if (rc == 1 && (int64_t)out->class == part.class && out->part > 0)
		return 0;
	return load_next_part(store, modem, after, out);
}

int store_choose(struct store *store, const char *modem, const struct store_scope *scope,
	enum store_begin what, int64_t after, int64_t now_ms, struct store_choice *out)
{
	struct message message = { .id = 0 };
	int64_t id = modem_id(store, modem);
	*out = (struct store_choice){
		.what = what, .scoped = scope != NULL, .stirred = store->stirred, .after = after
	};
	if (id < 0)
		return (int)id;
	if (scope)
		out->scope = *scope;
	int rc = scope ? choose_within(store, id, scope, after, now_ms, &message)
		       : choose_any(store, id, what, after, now_ms, &message);
	if (rc != 1)
		return rc;
	/* What cannot leave is the claim's to drop. */
	if (claim_fill(store, &message, now_ms, &out->claim))
		return 0;
	out->lane = message.lane;
	out->again = message.unknowns > 0;
	return 1;
}

/* ---- taking --------------------------------------------------------------------------------- */

bool store_choice_stands(const struct store *store, const struct store_choice *choice)
{
	if (store->stirred == choice->stirred)
		return true;
	return choice->after && choice->after == store->accepted.segment &&
	       choice->stirred == store->accepted.from && store->stirred == store->accepted.to;
}

/* A wider scope may let another go first; one that is as it was or narrower does not. */
static bool is_no_wider(const struct store_scope *now, const struct store_scope *then)
{
	return now->least <= then->least && now->begun <= then->begun &&
	       now->parts <= then->parts && now->parts_urgent <= then->parts_urgent &&
	       now->newcomers <= then->newcomers && strcmp(now->month, then->month) == 0;
}

/* As the statement that claims within a scope. Who was texted in the month is for that to say. */
static bool is_within(const struct store_scope *scope, const struct store_claim *claim)
{
	int64_t parts = claim->class <= CLASS_DISPATCH ? scope->parts_urgent : scope->parts;
	if (claim->index > 0)
		return claim->class <= scope->begun;
	return (int)claim->class <= scope->least && claim->total <= parts &&
	       (int)claim->class <= scope->newcomers;
}

static bool holds(const struct store *store, const struct store_choice *choice,
	const struct store_scope *scope, enum store_begin what, int64_t now_ms)
{
	if (!store_choice_stands(store, choice) || choice->claim.expires_ms <= now_ms)
		return false;
	if (choice->what != what || choice->scoped != (scope != NULL))
		return false;
	return !scope || (is_no_wider(scope, &choice->scope) && is_within(scope, &choice->claim));
}

static int take(struct store *store, int64_t modem, const struct store_scope *scope,
	struct store_choice *choice)
{
	struct store_claim *claim = &choice->claim;
	int rc = sql_run(store, SQL_MESSAGE_TAKE, "iidodd", claim->message_id, modem,
		(int)choice->again, choice->lane, claim->index, claim->attempt - 1);
	if (rc || sql_changes(store) != 1)
		return rc;
	enum message_state was = claim->index > 0 ? MESSAGE_SENDING : MESSAGE_QUEUED;
	tally_move(store, claim->broadcast_id, was, MESSAGE_SENDING, 1);
	if (choice->again)
		tally_resent(store, claim->broadcast_id, 1);
	rc = claim_count_person(store, modem, scope, claim);
	return rc ? rc : 1;
}

int store_claim_choice(struct store *store, const char *modem, const struct store_scope *scope,
	enum store_begin what, int64_t now_ms, struct store_choice *choice)
{
	int64_t id = modem_id(store, modem);
	if (id < 0)
		return (int)id;
	if (!holds(store, choice, scope, what, now_ms))
		return 0;
	modem_set_gone(store, id, false);
	return (int)TX(store, take(store, id, scope, choice));
}
