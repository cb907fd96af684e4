/*
 * --stats: the run's counts as "name value" lines, which monitoring systems
 * read as they are (Prometheus text format, untyped).
 */
#include "scan.h"

#include <string.h>

#include "io/outfile.h"

enum { SEVERITIES = SEV_CRITICAL + 1 };

static void
add(struct outfile *out, const char *name, int64_t value)
{
	struct buf line;

	buf_init(&line);
	buf_addf(&line, "cdrguard_%s %lld\n", name, (long long)value);
	outfile_write(out, line.data, line.len);
	buf_fini(&line);
}

static void
write_counts(struct outfile *out, const struct scan *s)
{
	const struct run *run = &s->results.run;
	const struct counts *c = &run->counts;
	const struct {
		const char *name;
		int64_t value;
	} lines[] = {
		{ "exit_status", s->status },
		{ "as_of_seconds", s->setup.now / 1000 },
		{ "last_call_seconds", run->last / 1000 },
		{ "files", c->files },
		{ "files_not_read", (int64_t)s->unread.n },
		{ "records", c->records },
		{ "calls", c->calls },
		{ "legs", c->legs },
		{ "skipped", c->skipped },
		{ "duplicates", c->duplicates },
		{ "rejected", c->rejects },
		{ "stored", c->stored },
		{ "calls_scored", run->looked_at },
		{ "rules_active", run->rules_active },
		{ "findings", (int64_t)s->results.n + s->standing.findings },
	};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		add(out, lines[i].name, lines[i].value);
}

int64_t
scan_pending_since(const struct run *run)
{
	const int64_t week = (int64_t)7 * 86400 * 1000;

	return run->as_of - week;
}

/*
 * Nobody has to be told of a case of a store that is over, that somebody is at,
 * or of which somebody has said what it was.
 */
static bool
is_pending(const struct run *run, const struct fraud_case *c)
{
	if (!run->stored)
		return true;
	return c->last_seen >= scan_pending_since(run) &&
	       (c->state == NULL || strcmp(c->state, "open") == 0);
}

/* Each severity has its line, so that a threshold can be set on one. */
static void
write_cases(struct outfile *out, const struct scan *s)
{
	const struct results *rs = &s->results;
	int64_t cases[SEVERITIES];
	struct buf name;
	size_t i;

	memcpy(cases, s->standing.cases, sizeof(cases));
	for (i = 0; i < rs->ncases; i++)
		if (is_pending(&rs->run, rs->cases[i]))
			cases[severity_of(rs->cases[i]->score)]++;
	buf_init(&name);
	for (i = SEV_INFO; i < SEVERITIES; i++) {
		buf_reset(&name);
		buf_addf(&name, "cases_%s", severity_name((enum severity)i));
		add(out, name.data, cases[i]);
	}
	buf_fini(&name);
}

void
scan_stats(struct scan *s)
{
	struct outfile *out;
	struct errmsg err;

	if (s->o->stats == NULL)
		return;
	if (outfile_open(&out, s->o->stats, &err) == 0) {
		outfile_share(out);
		write_counts(out, s);
		write_cases(out, s);
		if (outfile_commit(&out, &err) == 0)
			return;
	}
	diag_error(&s->setup.diag, "%s", err.text);
	s->status = EXIT_NOT_DONE;
}
