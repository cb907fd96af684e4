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

static void
entity_account(const struct detect_batch *db, struct arena *arena,
    struct finding *f, uint32_t name)
{
	const struct batch *b = db->calls;
	uint32_t first = db->of_account[name];
	const char *type = "";

	if (first != 0)
		type = account_type_name(
		    (enum account_type)b->calls[first - 1].account_type);
	f->entity_type = type[0] != '\0' ? type : "account";
	f->entity = arena_strdup(arena, batch_text(b, name));
}

/* The inside party whose number the field is in this call; 0 if it is none. */
static uint32_t
party_of_field(const struct batch *b, const struct field *of, size_t call)
{
	uint32_t party;

	if (!field_is_party(of))
		return 0;
	party = field_party(of, b, call);
	return b->parties[party].inside ? party : 0;
}

/* Without an account it stands for itself, as it would as an account. */
static void
entity_party(const struct detect_batch *db, struct arena *arena,
    struct finding *f, uint32_t party)
{
	const struct batch *b = db->calls;
	uint32_t call = db->of_party[party];

	if (call != 0) {
		entity_account(db, arena, f, b->calls[call - 1].account);
		return;
	}
	f->entity = arena_strdup(arena, batch_party_text(b, party));
	f->entity_type = account_type_name(
	    f->entity[0] == '+' ? ACCOUNT_NUMBER : ACCOUNT_EXTENSION);
}

static const char *
type_of_field(const char *name)
{
	return strncmp(name, "trunk_", 6) == 0 ? "trunk" : name;
}

void
detect_entity(const struct detect_batch *db, const struct rule *r,
    uint32_t call, struct arena *arena, struct finding *f)
{
	const struct batch *b = db->calls;
	const struct field *of = r->entity;
	uint32_t key, party, first = 0;
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
	key = field_code(r->by[i], b, call);
	if (of->home == HOME_CALL_NAME &&
	    of->at == offsetof(struct call, account)) {
		entity_account(db, arena, f, key);
		return;
	}
	party = party_of_field(b, of, call);
	if (party != 0) {
		entity_party(db, arena, f, party);
		return;
	}
	if (of->home == HOME_CALL_NAME && of->at == offsetof(struct call, user))
		first = db->of_user[key];
	if (first != 0) {
		entity_account(db, arena, f, b->calls[first - 1].account);
		return;
	}
	f->entity_type = type_of_field(of->name);
	f->entity = f->group_values[i];
}
