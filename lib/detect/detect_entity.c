#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "detect/detect_finding_impl.h"
#include "tel/numplan.h"

/*
 * Rules see different calls of one person, and still must name the same
 * entity, so that their signs add up.  What an inside number's or a user's
 * account is, and where an account came from, is therefore taken from the
 * first call of the batch that tells, not from the calls of the rule.
 */

static bool
is_user(const struct field *of)
{
	return of->home == HOME_CALL_NAME &&
	       of->at == offsetof(struct call, user);
}

/* The account of a user; a number without one stands for itself. */
static const char *
account_of(const struct detect_batch *db, const struct field *of,
    const char *text, bool inside)
{
	if (inside)
		return detect_number_account(db, text);
	if (is_user(of))
		return detect_user_account(db, text);
	return NULL;
}

static bool
is_account(const struct field *of)
{
	return of->home == HOME_CALL_NAME &&
	       of->at == offsetof(struct call, account);
}

/* Whether the field has a number of inside in this call. */
static bool
is_inside(const struct batch *b, const struct field *of, size_t call)
{
	uint32_t party;

	if (!field_is_party(of))
		return false;
	party = field_party(of, b, call);
	return b->parties[party].inside;
}

static const char *
type_of_field(const char *name)
{
	return strncmp(name, "trunk_", 6) == 0 ? "trunk" : name;
}

/* What findings are about, and which of their group's values that is. */
static const struct field *
entity_field(const struct rule *r, size_t *i)
{
	const struct field *of = r->entity;

	if (of == NULL && r->nby > 0)
		of = r->by[0];
	for (*i = 0; *i + 1 < r->nby && r->by[*i] != of; ++*i)
		;
	return of;
}

/* An account is named by what the batch has of it, not by a copy. */
static void
entity_of(const struct detect_batch *db, const struct field *of,
    const char *value, bool inside, struct finding *f)
{
	const char *account;

	account = is_account(of) ? value : account_of(db, of, value, inside);
	if (account != NULL) {
		f->entity_type = detect_account_type(db, account);
		f->entity = account;
		return;
	}
	f->entity = value;
	if (inside)
		f->entity_type = account_type_name(
		    value[0] == '+' ? ACCOUNT_NUMBER : ACCOUNT_EXTENSION);
	else
		f->entity_type = type_of_field(of->name);
}

void
detect_entity(const struct detect_batch *db, const struct rule *r,
    uint32_t call, struct arena *arena, struct finding *f)
{
	const struct field *of;
	size_t i;

	of = entity_field(r, &i);
	if (of == NULL) {
		f->entity_type = "traffic";
		f->entity = "all";
		return;
	}
	entity_of(db, of, f->group_values[i], is_inside(db->calls, of, call),
	    f);
	if (f->entity != f->group_values[i])
		f->entity = arena_strdup(arena, f->entity);
}

/* A number that is none of inside is called by what it is of a call. */
bool
detect_entity_stands(const struct detect_batch *db, const struct rule *r,
    const struct finding *f)
{
	const struct field *of;
	struct finding now = { .group_values = f->group_values };
	bool inside;
	size_t i;

	of = entity_field(r, &i);
	if (of == NULL)
		return true;
	inside = field_is_party(of) &&
		 strcmp(f->entity_type, type_of_field(of->name)) != 0;
	entity_of(db, of, f->group_values[i], inside, &now);
	return strcmp(now.entity_type, f->entity_type) == 0 &&
	       strcmp(now.entity, f->entity) == 0;
}

enum detect_entity_asks
detect_entity_asks(const struct rule *r, const struct finding *f,
    const char **text)
{
	const struct field *of;
	size_t i;

	of = entity_field(r, &i);
	if (of == NULL || is_account(of))
		return ENTITY_ITSELF;
	*text = f->group_values[i];
	if (field_is_party(of))
		return strcmp(f->entity_type, type_of_field(of->name)) != 0
			   ? ENTITY_NUMBER
			   : ENTITY_ITSELF;
	return is_user(of) ? ENTITY_USER : ENTITY_ITSELF;
}
