#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"
#include "tel/numplan.h"

/*
 * Rules see different calls of one person, and still must name the same
 * entity, so that their signs add up.  What an inside number's or a user's
 * account is, and where an account came from, is therefore taken from the
 * first call of the batch that tells, not from the calls of the rule.
 */

/* Telephones may all show one number of the house: that is not who called. */
static bool
only_shown(const struct batch *b, const struct call *c)
{
	const struct party *src = &b->parties[c->src];

	return src->kind != NUMKIND_INTERNAL && c->user != 0 &&
	       c->user != src->text;
}

/* The inside party that the call's account is of; 0 if there is none. */
static uint32_t
inside_party(const struct batch *b, const struct call *c)
{
	uint32_t p = 0;

	if ((c->flags & CALL_FORWARDED) != 0 && c->forwarded_by != 0)
		p = c->forwarded_by;
	else if (c->direction == DIR_IN)
		p = c->dst;
	else if ((c->direction == DIR_OUT || c->direction == DIR_INTERNAL) &&
		 !only_shown(b, c))
		p = c->src;
	if (!b->parties[p].inside)
		return 0;
	return c->account_type == ACCOUNT_ACCOUNT ||
		       c->account_type == ACCOUNT_DIRECTORY ||
		       c->account == b->parties[p].text
		   ? p
		   : 0;
}

static void
note_first(uint32_t *of, uint32_t which, size_t i)
{
	if (which != 0 && of[which] == 0)
		of[which] = (uint32_t)i + 1;
}

static void
rank_sources(struct detect_batch *db)
{
	const struct batch *b = db->calls;
	const char *name;
	size_t i, k;

	for (i = 0; i < b->nsources; i++) {
		name = batch_text(b, b->sources[i].name);
		db->source_hashes[i] = hash64(name, strlen(name));
		for (k = 0; k < b->nsources; k++)
			db->source_ranks[i] +=
			    strcmp(batch_text(b, b->sources[k].name), name) < 0;
	}
}

static void
note_events(struct detect_batch *db)
{
	const struct batch *b = db->calls;
	size_t i;

	for (i = 0; i < b->n; i++) {
		if ((b->calls[i].flags & CALL_EVENT) == 0)
			continue;
		if (db->events == NULL)
			db->events =
			    xcalloc(b->n / 64 + 1, sizeof(*db->events));
		db->events[i / 64] |= UINT64_C(1) << i % 64;
	}
}

void
detect_batch_init(struct detect_batch *db, const struct batch *b,
    const struct named *named, const struct detect_settings *set)
{
	size_t names = intern_count(b->names), i;
	const struct call *c;

	memset(db, 0, sizeof(*db));
	db->calls = b;
	locals_init(&db->locals, b, named, set->zone);
	db->source_hashes =
	    xcalloc(b->nsources + 1, sizeof(*db->source_hashes));
	db->source_ranks = xcalloc(b->nsources + 1, sizeof(*db->source_ranks));
	rank_sources(db);
	note_events(db);
	db->shared = detect_shared_new(b);
	detect_fraud_init(db, set->fraud, set->nfraud);
	db->of_party = xcalloc(b->nparties, sizeof(*db->of_party));
	db->of_user = xcalloc(names, sizeof(*db->of_user));
	db->of_account = xcalloc(names, sizeof(*db->of_account));
	db->account_since = xcalloc(names, sizeof(*db->account_since));
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		if (c->account == 0)
			continue;
		/* The user of an event is who did it, not whose account it is. */
		if ((c->flags & CALL_EVENT) == 0) {
			note_first(db->of_party, inside_party(b, c), i);
			note_first(db->of_user, c->user, i);
		}
		note_first(db->of_account, c->account, i);
		if (db->fraud == NULL || !db->fraud[i])
			note_first(db->account_since, c->account, i);
	}
}

void
detect_batch_fini(struct detect_batch *db)
{
	predicate_answers_free(&db->answers);
	detect_shared_free(&db->shared);
	locals_fini(&db->locals);
	free(db->source_hashes);
	free(db->source_ranks);
	free(db->events);
	baseline_written_fini(&db->written);
	free(db->of_party);
	free(db->of_user);
	free(db->of_account);
	free(db->account_since);
	free(db->known);
	free(db->src_new);
	free(db->fraud);
	free(db->source_begins);
	memset(db, 0, sizeof(*db));
}

static void
entity_account(const struct detect_work *w, struct finding *f, uint32_t name)
{
	const struct batch *b = w->batch->calls;
	uint32_t first = w->batch->of_account[name];
	const char *type = "";

	if (first != 0)
		type = account_type_name(
		    (enum account_type)b->calls[first - 1].account_type);
	f->entity_type = type[0] != '\0' ? type : "account";
	f->entity = arena_strdup(&w->out->arena, batch_text(b, name));
}

/* The inside party whose number the field is in this call; 0 if it is none. */
static uint32_t
party_of_field(const struct batch *b, const struct field *of, size_t call)
{
	uint32_t party;

	if (of->home != HOME_PARTY_NAME || of->type != FIELD_TEXT ||
	    of->at != offsetof(struct party, text))
		return 0;
	memcpy(&party, (const char *)&b->calls[call] + of->via, sizeof(party));
	return b->parties[party].inside ? party : 0;
}

/* Without an account it stands for itself, as it would as an account. */
static void
entity_party(const struct detect_work *w, struct finding *f, uint32_t party)
{
	const struct batch *b = w->batch->calls;
	uint32_t call = w->batch->of_party[party];

	if (call != 0) {
		entity_account(w, f, b->calls[call - 1].account);
		return;
	}
	f->entity = arena_strdup(&w->out->arena, batch_party_text(b, party));
	f->entity_type = account_type_name(
	    f->entity[0] == '+' ? ACCOUNT_NUMBER : ACCOUNT_EXTENSION);
}

static const char *
type_of_field(const char *name)
{
	return strncmp(name, "trunk_", 6) == 0 ? "trunk" : name;
}

void
detect_entity(const struct detect_work *w, struct finding *f)
{
	const struct rule *r = w->rule;
	const struct batch *b = w->batch->calls;
	const struct field *of = r->entity;
	uint32_t key, party, call = 0;
	size_t i;

	if (of == NULL && r->nby > 0)
		of = r->by[0];
	if (of == NULL) {
		f->entity_type = "traffic";
		f->entity = "all";
		return;
	}
	for (i = 0; i + 1 < r->nby && r->by[i] != of; i++)
		;
	key = w->groups.keys[w->group * r->nby + i];
	if (of->home == HOME_CALL_NAME &&
	    of->at == offsetof(struct call, account)) {
		entity_account(w, f, key);
		return;
	}
	party = party_of_field(b, of, w->members[w->episode.begin]);
	if (party != 0) {
		entity_party(w, f, party);
		return;
	}
	if (of->home == HOME_CALL_NAME && of->at == offsetof(struct call, user))
		call = w->batch->of_user[key];
	if (call != 0) {
		entity_account(w, f, b->calls[call - 1].account);
		return;
	}
	f->entity_type = type_of_field(of->name);
	f->entity = f->group_values[i];
}
