#include <string.h>

#include "report/casedata_impl.h"

static bool
any_of(const char *type, const char *const *types)
{
	for (; *types != NULL; types++)
		if (strcmp(type, *types) == 0)
			return true;
	return false;
}

void
entity_calls_init(struct entity_calls *e, const struct batch *b,
    const char *type, const char *entity)
{
	static const char *const accounts[] = { "account", "extension",
		"number", NULL };

	memset(e, 0, sizeof(*e));
	e->b = b;
	e->name = intern_find(b->names, entity, strlen(entity));
	e->all = strcmp(type, "traffic") == 0;
	if (strcmp(type, "trunk") == 0) {
		e->fields[0] = field_find("trunk_out");
		e->fields[1] = field_find("trunk_in");
	} else if (any_of(type, accounts)) {
		e->fields[0] = field_find("account");
		e->account = true;
	} else {
		e->fields[0] = field_find(type);
	}
	/* What sources are called may also be what an account is named by. */
	if (strcmp(type, "source") == 0)
		e->fields[1] = field_find("account");
}

static bool
is_party(const struct entity_calls *e, size_t call)
{
	const struct call *c = &e->b->calls[call];
	const struct party *p = e->b->parties;

	return p[c->src].text == e->name || p[c->dst].text == e->name ||
	       p[batch_extra(e->b, EXTRA_FORWARDED_BY, call)].text == e->name;
}

bool
entity_calls_has(const struct entity_calls *e, size_t call)
{
	const struct call *c = &e->b->calls[call];
	size_t i;

	if ((c->flags & CALL_EVENT) != 0)
		return false;
	if (e->all)
		return true;
	if (e->name == INTERN_NONE)
		return false;
	for (i = 0; i < 2; i++)
		if (e->fields[i] != NULL && e->fields[i]->type == FIELD_TEXT &&
		    field_code(e->fields[i], e->b, call) == e->name)
			return true;
	return e->account && c->account == 0 && is_party(e, call);
}
