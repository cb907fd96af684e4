#include "model_compare.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "detect/cases.h"
#include "detect/findjson.h"

static void
from_engine(const struct finding *f, struct model_finding *out)
{
	size_t i, at = 0;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < f->ngroup; i++)
		at += (size_t)snprintf(out->group + at, sizeof(out->group) - at,
		    "%s|", f->group_values[i]);
	out->first_seen = f->first_seen;
	out->last_seen = f->last_seen;
	out->crossed_at = f->crossed_at;
	out->calls = f->calls.calls;
	out->duration = f->calls.duration;
	out->value = f->value;
	out->limit = f->limit;
	out->has_baseline = f->has_baseline;
	out->baseline = f->has_baseline ? f->baseline : 0;
	out->score = f->score;
	out->waived = f->kind == KIND_WAIVED;
}

/* Those of the rule, sorted. */
static size_t
take(const char *rule, const struct results *rs, struct model_finding *out)
{
	size_t i, n = 0;

	for (i = 0; i < rs->n; i++)
		if (strcmp(rs->findings[i]->rule, rule) == 0)
			from_engine(rs->findings[i], &out[n++]);
	model_sort(out, n);
	return n;
}

bool
model_same(const char *rule, struct model_finding *model, size_t nmodel,
    const struct results *rs)
{
	static struct model_finding engine[MODEL_FINDINGS];
	size_t n = take(rule, rs, engine), i;

	if (nmodel == n && memcmp(engine, model, n * sizeof(*model)) == 0)
		return true;
	(void)printf("# rule %s, engine:\n", rule);
	for (i = 0; i < n; i++)
		model_print(&engine[i]);
	(void)printf("# model:\n");
	for (i = 0; i < nmodel; i++)
		model_print(&model[i]);
	return false;
}

char *
model_json(struct results *rs)
{
	struct jsonout j;
	struct buf out;
	size_t i;

	cases_make(rs);
	buf_init(&out);
	for (i = 0; i < rs->n; i++) {
		jsonout_init(&j, &out, false);
		findjson_finding(&j, rs->findings[i], &rs->run);
		buf_addch(&out, '\n');
	}
	for (i = 0; i < rs->ncases; i++) {
		jsonout_init(&j, &out, false);
		findjson_case(&j, rs->cases[i]);
		buf_addch(&out, '\n');
	}
	return buf_detach(&out);
}

bool
model_ids_differ(const struct results *rs)
{
	size_t i, k;

	for (i = 0; i < rs->n; i++)
		for (k = 0; k < i; k++)
			if (strcmp(rs->findings[i]->id, rs->findings[k]->id) ==
			    0)
				return false;
	return true;
}
