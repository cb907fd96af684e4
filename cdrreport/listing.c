#include "listing.h"

#include <string.h>

#include "store/store_findings.h"

static void
fail(struct listing *l, const char *words)
{
	diag_error(&l->setup.diag, "%s", words);
	l->status = EXIT_NOT_DONE;
}

int
listing_no_store(const struct setup *s)
{
	diag_error(&s->diag,
	    "no store: -d FILE, CDR_DB or \"db\" in the configuration");
	return EXIT_NOT_DONE;
}

static void
open_store(struct listing *l)
{
	struct errmsg err;
	int got;

	if (l->setup.db == NULL) {
		l->status = listing_no_store(&l->setup);
		return;
	}
	if (store_open(&l->store, l->setup.db, STORE_READ, &err) != 0) {
		fail(l, err.text);
		return;
	}
	got = store_findings_load(l->store, &l->results, &err);
	if (got < 0)
		fail(l, err.text);
	else if (got > 0)
		fail(l, "the store is empty: no cdrscan has ended yet");
}

static void
settle(struct listing *l)
{
	const struct run *run = &l->results.run;

	l->as_of = l->setup.now_given ? l->setup.now : run->as_of;
	l->zone = l->setup.zone;
	if (l->zone == NULL && run->zone != NULL)
		l->zone = zone_get(run->zone, NULL);
	if (l->zone == NULL)
		l->zone = l->setup.env_zone;
	if (l->zone == NULL)
		l->zone = zone_utc();
}

static const char *const formats[] = { [LISTING_TEXT] = "text",
	[LISTING_JSON] = "json",
	[LISTING_NDJSON] = "ndjson",
	[LISTING_CSV] = "csv",
	[LISTING_TSV] = "tsv" };

bool
listing_fits(const struct setup *s, const char *name, enum listing_format most)
{
	const char *format = s->options->format;
	int i;

	for (i = 0; format != NULL && i <= (int)most; i++)
		if (strcmp(format, formats[i]) == 0)
			return true;
	if (format == NULL)
		return true;
	diag_error(&s->diag, "cdrreport %s writes text, json%s, not '%s'", name,
	    most == LISTING_TSV ? ", ndjson, csv or tsv" : " or ndjson",
	    format);
	return false;
}

enum listing_format
listing_format(const struct listing *l)
{
	const char *format = l->o->common.format;
	int i;

	for (i = LISTING_TSV; format != NULL && i > LISTING_TEXT; i--)
		if (strcmp(format, formats[i]) == 0)
			return (enum listing_format)i;
	return LISTING_TEXT;
}

void
listing_begin_row(struct listing *l, struct jsonout *j, const char *schema)
{
	bool line = listing_format(l) == LISTING_NDJSON;

	if (line)
		jsonout_init(j, &l->out, false);
	jsonout_object(j);
	if (line)
		jsonout_kstring(j, "schema", schema);
}

void
listing_end_row(struct listing *l, struct jsonout *j)
{
	jsonout_end_object(j);
	if (listing_format(l) == LISTING_NDJSON)
		buf_addch(&l->out, '\n');
}

int
listing_run_of(const char *name, const char *operand,
    const struct report_options *o, void (*list)(struct listing *l))
{
	struct listing l = { .o = o, .operand = operand };

	buf_init(&l.out);
	results_init(&l.results);
	l.status = setup_open(&l.setup, "cdrreport", &o->common);
	if (l.status == EXIT_DONE &&
	    !listing_fits(&l.setup, name,
		operand != NULL ? LISTING_TSV : LISTING_NDJSON))
		l.status = EXIT_NOT_DONE;
	if (l.status == EXIT_DONE)
		open_store(&l);
	if (l.status == EXIT_DONE) {
		settle(&l);
		list(&l);
	}
	if (l.status != EXIT_NOT_DONE)
		l.status = diag_worse(l.status,
		    listing_format(&l) == LISTING_TEXT
			? setup_put_lines(&l.setup, &l.out)
			: setup_put(&l.setup, l.out.data, l.out.len));
	store_close(&l.store);
	results_fini(&l.results);
	buf_fini(&l.out);
	setup_close(&l.setup);
	return l.status;
}

int
listing_run(const char *name, const struct report_options *o,
    void (*list)(struct listing *l))
{
	return listing_run_of(name, NULL, o, list);
}
