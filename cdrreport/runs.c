/* cdrreport runs: what ran over the store, latest first. */
#include <string.h>

#include "base/nearest.h"
#include "io/jsonout.h"
#include "listing.h"
#include "report/order.h"
#include "report/page.h"
#include "store/store_runs.h"
#include "tel/calltime.h"

/* What runs are sorted by: their texts and numbers. */
struct run_field {
	const char *name;
	void (*key)(struct order_key *k, const struct store_run *r);
};

/* One listing in the making. */
struct run_list {
	struct setup setup;
	const struct report_options *o;
	struct results results; /* owns the runs */
	struct store_run *runs; /* latest first, until they are sorted */
	size_t n;
	const char *zone; /* of the latest, or NULL */
	struct order order;
	const struct run_field *by; /* of --sort, or NULL */
	struct buf out;
};

/* As a row has it: what is new is not known of a run that failed. */
static void
count_key(struct order_key *k, const struct store_run *r, int64_t n)
{
	k->none = r->error != NULL || r->status < 0;
	k->number = n;
}

static void
by_run(struct order_key *k, const struct store_run *r)
{
	k->text = r->run.id;
}

static void
by_began(struct order_key *k, const struct store_run *r)
{
	k->number = r->began != 0 ? r->began : r->run.as_of;
}

static void
by_what(struct order_key *k, const struct store_run *r)
{
	k->text = r->what;
}

static void
by_user(struct order_key *k, const struct store_run *r)
{
	k->text = r->user != NULL ? r->user : "";
}

static void
by_calls(struct order_key *k, const struct store_run *r)
{
	k->number = r->run.counts.stored;
}

static void
by_rejects(struct order_key *k, const struct store_run *r)
{
	k->number = r->run.counts.rejects;
}

static void
by_new(struct order_key *k, const struct store_run *r)
{
	count_key(k, r, r->added);
}

static void
by_updated(struct order_key *k, const struct store_run *r)
{
	count_key(k, r, r->updated);
}

static void
by_closed(struct order_key *k, const struct store_run *r)
{
	count_key(k, r, r->closed);
}

static void
by_status(struct order_key *k, const struct store_run *r)
{
	k->none = r->status < 0;
	k->number = r->status;
}

static const struct run_field fields[] = {
	{ "run", by_run },
	{ "began", by_began },
	{ "what", by_what },
	{ "user", by_user },
	{ "calls", by_calls },
	{ "rejects", by_rejects },
	{ "new", by_new },
	{ "updated", by_updated },
	{ "closed", by_closed },
	{ "status", by_status },
	{ NULL, NULL },
};

static const char *
field_name_at(const void *table, size_t i)
{
	const struct run_field *f = table;

	return f[i].name;
}

static int
find_field(struct run_list *l)
{
	const struct run_field *f;

	if (l->o->sort == NULL)
		return EXIT_DONE;
	order_read(&l->order, l->o->sort);
	for (f = fields; f->name != NULL; f++)
		if (strcmp(f->name, l->order.field) == 0)
			l->by = f;
	if (l->by != NULL)
		return EXIT_DONE;
	diag_unknown(&l->setup.diag, "--sort: no such field of runs",
	    l->order.field, nearest(l->order.field, field_name_at, fields));
	return EXIT_NOT_DONE;
}

static void
sort_runs(struct run_list *l)
{
	struct arena *arena = &l->results.arena;
	const size_t limit = (size_t)l->o->limit;
	struct order_key *keys = arena_array(arena, l->n + 1, sizeof(*keys));
	struct store_run *sorted =
	    arena_array(arena, l->n + 1, sizeof(*sorted));
	size_t i;

	for (i = 0; i < l->n; i++) {
		keys[i] = (struct order_key){ .row = i };
		l->by->key(&keys[i], &l->runs[i]);
	}
	order_sort(keys, l->n, l->order.falling);
	for (i = 0; i < l->n; i++)
		sorted[i] = l->runs[keys[i].row];
	l->runs = sorted;
	if (limit > 0 && l->n > limit)
		l->n = limit;
}

static int
load(struct run_list *l)
{
	/* To sort they must all be there. */
	const size_t limit = l->by != NULL ? 0 : (size_t)l->o->limit;
	struct store *store = NULL;
	struct errmsg err;
	int got;

	if (l->setup.db == NULL)
		return listing_no_store(&l->setup);
	got = store_open(&store, l->setup.db, STORE_READ, &err);
	if (got == 0)
		got = store_runs_load(store, limit, &l->results, &l->runs,
		    &l->n, &err);
	store_close(&store);
	if (got == 0 && l->n > 0)
		l->zone = l->runs[0].run.zone;
	if (got == 0 && l->by != NULL)
		sort_runs(l);
	if (got == 0)
		return EXIT_DONE;
	diag_error(&l->setup.diag, "%s", err.text);
	return EXIT_NOT_DONE;
}

/* 0 is not known. */
static void
put_time(struct jsonout *j, const char *key, int64_t ms)
{
	if (ms != 0)
		time_json(j, key, ms);
}

static void
put_counts(struct jsonout *j, const struct counts *c)
{
	jsonout_key(j, "counts");
	jsonout_object(j);
	jsonout_kint(j, "files", c->files);
	jsonout_kint(j, "records", c->records);
	jsonout_kint(j, "stored", c->stored);
	jsonout_kint(j, "duplicates", c->duplicates);
	jsonout_kint(j, "skipped", c->skipped);
	jsonout_kint(j, "rejects", c->rejects);
	jsonout_end_object(j);
}

static void
put_json(struct jsonout *j, const struct store_run *r)
{
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "schema", "cdr.audit/1");
	jsonout_kstring(j, "id", r->run.id);
	jsonout_kstring(j, "what", r->what);
	put_time(j, "began", r->began);
	put_time(j, "ended", r->ended);
	jsonout_kstring_opt(j, "user", r->user);
	jsonout_kstring(j, "tool", r->run.tool);
	jsonout_kstring(j, "version", r->run.version);
	jsonout_kstring_opt(j, "ruleset", r->run.ruleset);
	jsonout_kstring_opt(j, "config", r->config);
	put_time(j, "as_of", r->run.as_of);
	put_counts(j, &r->run.counts);
	if (r->error != NULL) {
		jsonout_kint(j, "status", r->status);
		jsonout_kstring_opt(j, "error", r->error);
	} else if (r->status >= 0) {
		jsonout_kint(j, "findings", r->findings);
		jsonout_kint(j, "new", r->added);
		jsonout_kint(j, "updated", r->updated);
		jsonout_kint(j, "closed", r->closed);
		jsonout_kint(j, "status", r->status);
	}
	if (r->run.nremarks > 0) {
		jsonout_key(j, "remarks");
		jsonout_array(j);
		for (i = 0; i < r->run.nremarks; i++)
			jsonout_string(j, r->run.remarks[i]);
		jsonout_end_array(j);
	}
	jsonout_end_object(j);
}

static void
list_json(struct run_list *l, bool lines)
{
	struct jsonout j;
	size_t i;

	jsonout_init(&j, &l->out, !lines);
	if (!lines)
		jsonout_array(&j);
	for (i = 0; i < l->n; i++) {
		if (lines)
			jsonout_init(&j, &l->out, false);
		put_json(&j, &l->runs[i]);
		if (lines)
			buf_addch(&l->out, '\n');
	}
	if (!lines) {
		jsonout_end_array(&j);
		buf_addch(&l->out, '\n');
	}
}

static void
put_row(struct page_table *t, const struct store_run *r, const struct zone *z)
{
	const struct counts *c = &r->run.counts;
	struct buf when;

	buf_init(&when);
	time_local(&when, z, r->began != 0 ? r->began : r->run.as_of);
	page_table_cell(t, r->run.id, PAGE_PLAIN);
	page_table_cell(t, when.data, PAGE_PLAIN);
	page_table_cell(t, r->what, PAGE_PLAIN);
	page_table_cell(t, r->user, PAGE_PLAIN);
	page_table_cellf(t, "%lld", (long long)c->stored);
	page_table_cellf(t, "%lld", (long long)c->rejects);
	if (r->error != NULL) {
		page_table_blanks(t, 3);
		page_table_cellf(t, "%d", r->status);
	} else if (r->status < 0) {
		page_table_blanks(t, 4);
	} else {
		page_table_cellf(t, "%lld", (long long)r->added);
		page_table_cellf(t, "%lld", (long long)r->updated);
		page_table_cellf(t, "%lld", (long long)r->closed);
		page_table_cellf(t, "%d", r->status);
	}
	buf_fini(&when);
}

/* Why runs failed, and what was forgotten. */
static void
put_reasons(const struct run_list *l, struct page *p)
{
	const struct store_run *r;
	struct buf label;
	size_t i;
	bool any = false;

	buf_init(&label);
	for (i = 0; i < l->n; i++) {
		r = &l->runs[i];
		if (r->error == NULL &&
		    (strcmp(r->what, "forget") != 0 || r->run.nremarks == 0))
			continue;
		if (!any)
			page_blank(p);
		any = true;
		buf_reset(&label);
		buf_addf(&label, "%s  ", r->run.id);
		page_wrap(p, label.data,
		    r->error != NULL ? r->error : r->run.remarks[0]);
	}
	buf_fini(&label);
}

static void
list_text(struct run_list *l)
{
	static const struct page_column columns[] = {
		{ "run", false, PAGE_WHOLE, 0 },
		{ "began", false, PAGE_WHOLE, 0 },
		{ "what", false, PAGE_WHOLE, 0 },
		{ "user", false, PAGE_CUT, 4 },
		{ "calls", true, PAGE_WHOLE, 0 },
		{ "rej.", true, PAGE_WHOLE, 0 },
		{ "new", true, PAGE_WHOLE, 0 },
		{ "upd.", true, PAGE_WHOLE, 0 },
		{ "closed", true, PAGE_WHOLE, 0 },
		{ "exit", true, PAGE_WHOLE, 0 },
	};
	const size_t n = sizeof(columns) / sizeof(columns[0]);
	struct page_table *t = page_table_new(columns, n);
	const struct zone *z = l->setup.zone;
	struct page p;
	size_t i;

	if (z == NULL && l->zone != NULL)
		z = zone_get(l->zone, NULL);
	for (i = 0; i < l->n; i++)
		put_row(t, &l->runs[i], z != NULL ? z : zone_utc());
	page_init(&p, &l->out, l->o->width > 0 ? (int)l->o->width : 100, false);
	page_table_print(t, &p, 0, true);
	put_reasons(l, &p);
	page_table_free(&t);
}

static int
list(struct run_list *l)
{
	const char *format = l->o->common.format;

	if (format != NULL && strcmp(format, "text") != 0)
		list_json(l, strcmp(format, "ndjson") == 0);
	else
		list_text(l);
	return setup_put(&l->setup, l->out.data, l->out.len);
}

int
report_runs(const struct report_options *o, const char *name, char **operands,
    int n)
{
	struct run_list l = { .o = o };
	int status;

	(void)operands;
	(void)n;
	results_init(&l.results);
	buf_init(&l.out);
	status = setup_open(&l.setup, "cdrreport", &o->common);
	if (status == EXIT_DONE &&
	    !listing_fits(&l.setup, name, LISTING_NDJSON))
		status = EXIT_NOT_DONE;
	if (status == EXIT_DONE)
		status = find_field(&l);
	if (status == EXIT_DONE)
		status = load(&l);
	if (status == EXIT_DONE)
		status = list(&l);
	buf_fini(&l.out);
	results_fini(&l.results);
	setup_close(&l.setup);
	return status;
}
