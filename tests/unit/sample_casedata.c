#include "tests/unit/sample_casedata.h"

static void
add_call(struct batch *b, const char *name, int64_t start, int i)
{
	struct party dst = { .kind = 0 };
	struct origin *origin;
	struct call *call;
	uint32_t to;
	size_t at;

	dst.text = intern_addstr(b->names,
	    i % 3 == 0 ? "+5375550100" : "+442079460123");
	dst.country = intern_addstr(b->names, i % 3 == 0 ? "CU" : "GB");
	to = batch_party(b, &dst);
	at = batch_add(b, &call, &origin);
	call->start = start;
	call->account = intern_addstr(b->names, name);
	call->dst = to;
	call->duration = i % 4 == 0 ? 0 : 60000;
	call->flags = CALL_HAS_COST;
	batch_set_cost(b, at, i % 3 == 0 ? 2500000 : 10000);
	call->currency = batch_currency(b, "EUR");
	origin->key = (uint64_t)i;
}

struct batch *
sample_calls(const char *name, int n, int64_t end)
{
	struct batch *b = batch_new();
	int i;

	(void)batch_source(b, "default", "default", zone_utc(), NULL);
	for (i = 0; i < n; i++)
		add_call(b, name, end - INT64_C(3600000) * (n - 1 - i), i);
	batch_sort(b);
	return b;
}

void
sample_casedata(const struct view *v, struct arena *arena,
    struct emit_options *opt)
{
	const struct casedata **data =
	    arena_array(arena, v->ncases + 1, sizeof(*data));
	struct calendar *hours = calendar_new("office");
	struct casedata_from from = { .zone = opt->zone, .hours = hours };
	struct batch *b;
	size_t i;

	(void)calendar_open(hours, "mon-fri", "08:00-18:00", NULL);
	for (i = 0; i < v->ncases; i++) {
		b = sample_calls(v->cases[i].c->entity, 150,
		    v->cases[i].c->last_seen);
		from.calls = i % 2 == 0 ? b : NULL;
		data[i] = casedata_make(arena, &from, &v->cases[i]);
		batch_free(&b);
	}
	opt->data = data;
	calendar_free(&hours);
}
