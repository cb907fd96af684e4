/* What a run leaves for the next one, by name, in the table cache. */
#include "stored.h"

#include <inttypes.h>
#include <string.h>

#include "base/beside.h"
#include "base/xalloc.h"
#include "detect/cases.h"

/* What is kept of calls, by name. */
enum {
	KEPT_DAYS,
	KEPT_SOURCES,
	KEPT_WHOLE,
	KEPT_TRUNKS,
	KEPT_LEGS,
	KEPT_HOURS,
	KEPT
};
static const char *const kept_names[KEPT] = { "days", "sources", "whole",
	"trunks", "legs", "hours" };

static struct buf *
kept_body(struct stored_kept *k, int which)
{
	struct buf *const bodies[KEPT] = { &k->days, &k->sources, &k->whole,
		&k->understood.trunks, &k->understood.legs,
		&k->understood.hours };

	return bodies[which];
}

void
stored_kept_init(struct stored_kept *k)
{
	int i;

	for (i = 0; i < KEPT; i++)
		buf_init(kept_body(k, i));
}

void
stored_kept_fini(struct stored_kept *k)
{
	int i;

	for (i = 0; i < KEPT; i++)
		buf_fini(kept_body(k, i));
}

struct buf *
stored_kept_named(struct stored_kept *k, const char *name)
{
	int i;

	for (i = 0; i < KEPT; i++)
		if (strcmp(name, kept_names[i]) == 0)
			return kept_body(k, i);
	return NULL;
}

void
stored_kept_terms(const struct stored_run *r, int64_t number, struct buf *out)
{
	const struct scan *s = r->s;

	buf_addf(out, "%" PRId64 " %s %s %s %s", number, CDRGUARD_VERSION,
	    s->o->sensitivity != NULL ? s->o->sensitivity : "1", r->config,
	    s->setup.zone != NULL ? zone_name(s->setup.zone) : "-");
}

static void
name_kept(const char *rule, struct buf *out)
{
	buf_reset(out);
	buf_addf(out, "rule %s", rule);
}

static void
finish_keep(void *arg)
{
	detect_keep_finish(arg);
}

void
stored_past_tell(struct stored_run *r)
{
	if (r->s->keeps && r->s->complete)
		r->telling = beside_start((size_t)r->s->o->threads, finish_keep,
		    &r->s->keep);
}

/* Of calls that are not looked at, the last run tells. */
static void
tell_whole(struct stored_run *r)
{
	const struct scan *s = r->s;

	if ((r->begins == INT64_MIN || r->before.whole.len > 0) &&
	    cases_whole(&s->results, s->batch))
		buf_addstr(&r->keep.whole, "1");
}

/* All but what is being told. */
static size_t
list_kept(struct stored_run *r)
{
	const struct detect_keep *keep = &r->s->keep;
	struct buf name;
	size_t i, n = 0;
	int k;

	daysums_print(&r->days, &r->keep.days);
	tell_whole(r);
	r->kept = xcalloc(KEPT + keep->n, sizeof(*r->kept));
	for (k = 0; k < KEPT; k++)
		r->kept[n++] = (struct store_cached){ kept_names[k],
			kept_body(&r->keep, k) };
	buf_init(&name);
	for (i = 0; i < keep->n; i++) {
		if (detect_keep_carries(keep->list[i].rule))
			continue;
		name_kept(keep->list[i].rule, &name);
		r->kept[n++] =
		    (struct store_cached){ arena_strdup(&r->kept_names,
					       name.data),
			    detect_kept_body(&keep->list[i]) };
	}
	buf_fini(&name);
	return n;
}

static int
put_kept(struct stored_run *r, const char *terms, struct errmsg *err)
{
	const size_t n = list_kept(r);

	return store_cache_put_later(r->store, terms, r->kept, n, err);
}

/* Where calls are deleted in the end, nothing may be kept. */
int
stored_past_put(struct stored_run *r, struct errmsg *err)
{
	const struct scan_options *o = r->s->o;
	struct buf terms;
	int got;

	if (!r->s->keeps || !r->s->complete || o->prune || o->no_archive)
		return 0;
	buf_init(&terms);
	stored_kept_terms(r, r->number, &terms);
	got = put_kept(r, terms.data, err);
	buf_fini(&terms);
	return got;
}

/* What was told meanwhile. */
static int
put_rest(struct stored_run *r, const char *terms, struct errmsg *err)
{
	const struct detect_keep *keep = &r->s->keep;
	const struct detect_kept *one;
	const struct buf *body;
	struct buf name;
	size_t i;
	int got = 0;

	beside_end(&r->telling);
	buf_init(&name);
	for (i = 0; i < keep->n && got == 0; i++) {
		one = &keep->list[i];
		body = detect_kept_body(one);
		if (!detect_keep_carries(one->rule) || body->len == 0)
			continue;
		name_kept(one->rule, &name);
		got = store_cache_put(r->store, name.data, terms, body, err);
	}
	buf_fini(&name);
	return got;
}

int
stored_past_keep(struct stored_run *r, struct errmsg *err)
{
	struct buf terms;
	bool has;
	int got = 0;

	if (stored_has_past(r, &has, err) != 0)
		return -1;
	if (!has || !r->s->complete)
		return store_cache_clear(r->store, NULL, err);
	buf_init(&terms);
	stored_kept_terms(r, r->number, &terms);
	if (r->kept == NULL)
		got = put_kept(r, terms.data, err);
	if (got == 0)
		got = put_rest(r, terms.data, err);
	if (got == 0)
		got = store_cache_clear(r->store, terms.data, err);
	buf_fini(&terms);
	return got;
}
