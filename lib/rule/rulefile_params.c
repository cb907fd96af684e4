/* rulefile_params: the thresholds of a rule that sites may change. */
#include "rule/rulefile_impl.h"

#include <string.h>

#define NUM  "{\"$ref\":\"#/$defs/quantity\"}"
#define TEXT "{\"$ref\":\"#/$defs/text\"}"
#define LAST                                  \
	{                                     \
		NULL, false, NULL, 0, 0, NULL \
	}

struct bound {
	int64_t v;
	bool is_span;
};

struct param_read {
	struct bound value, min, max;
	const char *help;
};

static void
read_bound(struct reading *r, const struct key *k, const struct json *j,
    void *into)
{
	struct bound *b = (struct bound *)(void *)((char *)into + k->at);

	(void)quantity_read(j, NULL, &b->v, &b->is_span, r->notes);
}

static const struct key param_keys[] = {
	{ "value", true, read_bound, offsetof(struct param_read, value), 0,
	    NUM },
	{ "min", true, read_bound, offsetof(struct param_read, min), 0, NUM },
	{ "max", true, read_bound, offsetof(struct param_read, max), 0, NUM },
	{ "help", true, rulefile_read_text, offsetof(struct param_read, help),
	    0, TEXT },
	LAST,
};
const struct table rulefile_param = { "parameter", "E303", "E301", param_keys };

static bool
name_ok(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

	return strspn(name, letters) > 0 && name[strspn(name, all)] == '\0';
}

static void
read_param(struct reading *r, const struct json *j, struct param *p)
{
	struct param_read got = { 0 };

	p->name = j->key;
	if (!name_ok(j->key))
		json_note_key(r->notes, NOTE_ERROR, "E304", j,
		    "a-z, 0-9 and _, beginning with a letter", NULL,
		    "'%s' cannot be the name of a parameter", j->key);
	if (!rulefile_object(r, j, &rulefile_param, &got))
		return;
	if (got.min.is_span != got.value.is_span ||
	    got.max.is_span != got.value.is_span)
		json_note(r->notes, NOTE_ERROR, "E204", j, NULL, NULL,
		    "value, min and max of '%s' are not of one kind", j->key);
	else if (got.value.v < got.min.v || got.value.v > got.max.v)
		json_note(r->notes, NOTE_ERROR, "E307", json_get(j, "value"),
		    NULL, NULL, "value of '%s' is not between min and max",
		    j->key);
	*p = (struct param){
		.name = j->key,
		.help = got.help,
		.is_span = got.value.is_span,
		.value = got.value.v,
		.min = got.min.v,
		.max = got.max.v,
		.origin = json_file(j->doc),
	};
	p->value = rulefile_tuned_param(r, p->name, p->value, &p->origin);
}

void
rulefile_read_params(struct reading *r, const struct key *k,
    const struct json *j, void *into)
{
	struct rule *rule = into;
	struct param *list;
	const struct json *e;

	(void)k;
	if (j->type != JSON_OBJECT) {
		rulefile_wrong(r, "E304", j, "an object is needed");
		return;
	}
	list = arena_array(r->arena, j->n, sizeof(*list));
	for (e = j->first; e != NULL; e = e->next)
		read_param(r, e, &list[rule->params.n++]);
	rule->params.list = list;
}
