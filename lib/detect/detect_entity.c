#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

/*
 * Rules see different calls of one person, and still must name the same
 * entity, so that their signs add up.  What an inside number's or a user's
 * account is, and where an account came from, is therefore taken from the
 * first call of the batch that tells, not from the calls of the rule.
 */

/* The inside party that the call's account stands for; 0 if there is none. */
static uint32_t
inside_party(const struct batch *b, const struct call *c)
{
	uint32_t p = 0;

	if ((c->flags & CALL_FORWARDED) != 0 && c->forwarded_by != 0)
		p = c->forwarded_by;
	else if (c->direction == DIR_OUT || c->direction == DIR_INTERNAL)
		p = c->src;
	else if (c->direction == DIR_IN)
		p = c->dst;
	return b->parties[p].inside ? p : 0;
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

void
detect_batch_init(struct detect_batch *db, const struct batch *b)
{
	size_t names = intern_count(b->names), i;
	const struct call *c;

	db->calls = b;
	db->source_hashes =
	    xcalloc(b->nsources + 1, sizeof(*db->source_hashes));
	db->source_ranks = xcalloc(b->nsources + 1, sizeof(*db->source_ranks));
	rank_sources(db);
	db->of_party = xcalloc(b->nparties, sizeof(*db->of_party));
	db->of_user = xcalloc(names, sizeof(*db->of_user));
	db->of_account = xcalloc(names, sizeof(*db->of_account));
	for (i = 0; i < b->n; i++) {
		c = &b->calls[i];
		if (c->account == 0)
			continue;
		note_first(db->of_party, inside_party(b, c), i);
		note_first(db->of_user, c->user, i);
		note_first(db->of_account, c->account, i);
	}
}

void
detect_batch_fini(struct detect_batch *db)
{
	free(db->source_hashes);
	free(db->source_ranks);
	free(db->of_party);
	free(db->of_user);
	free(db->of_account);
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

/* The call whose account the field's inside value has, from 1; 0 none. */
static uint32_t
account_call(const struct detect_work *w, const struct field *of, uint32_t key,
    size_t call)
{
	const struct batch *b = w->batch->calls;
	uint32_t party;

	if (of->home == HOME_PARTY_NAME && of->type == FIELD_TEXT &&
	    of->at == offsetof(struct party, text)) {
		memcpy(&party, (const char *)&b->calls[call] + of->via,
		    sizeof(party));
		return b->parties[party].inside ? w->batch->of_party[party] : 0;
	}
	if (of->home == HOME_CALL_NAME && of->at == offsetof(struct call, user))
		return w->batch->of_user[key];
	return 0;
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
	uint32_t key, call;
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
	call = account_call(w, of, key, w->members[w->episode.begin]);
	if (call != 0) {
		entity_account(w, f, b->calls[call - 1].account);
		return;
	}
	f->entity_type = type_of_field(of->name);
	f->entity = f->group_values[i];
}
