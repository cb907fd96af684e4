#include "report/digest.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	CALLS_SOME = 8,  /* calls of a case unless all are wanted */
	TRIAGE_SOME = 5, /* what to check */
	FACTS_SOME = 3   /* points that add nothing, but tell something new */
};

static int
compare_texts(const char *a, const char *b)
{
	return strcmp(a != NULL ? a : "", b != NULL ? b : "");
}

/* In the order of time; calls that are the same record are equal. */
static int
compare_calls(const struct evidence *a, const struct evidence *b)
{
	int c;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	if ((c = compare_texts(a->source, b->source)) != 0 ||
	    (c = compare_texts(a->file, b->file)) != 0)
		return c;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if ((c = compare_texts(a->call_id, b->call_id)) != 0 ||
	    (c = compare_texts(a->src, b->src)) != 0)
		return c;
	return compare_texts(a->dst, b->dst);
}

static int
compare_listed(const void *va, const void *vb)
{
	return compare_calls(*(const struct evidence *const *)va,
	    *(const struct evidence *const *)vb);
}

static void
pick_call(struct digest *d, const struct evidence *e)
{
	size_t i;

	for (i = 0; i < d->ncalls; i++)
		if (compare_calls(d->calls[i], e) == 0)
			return;
	if (d->ncalls < CALLS_SOME)
		d->calls[d->ncalls++] = e;
}

/* The dearest call, then the first of every finding, the second of every... */
static void
pick_some(struct digest *d, const struct view_case *vc)
{
	const struct evidence *e, *dearest = NULL;
	const struct finding *f;
	size_t i, k;

	for (i = 0; i < vc->nfindings; i++) {
		f = vc->findings[i];
		for (k = 0; k < f->nevidence; k++) {
			e = &f->evidence[k];
			if (e->has_cost && e->cost > 0 &&
			    (dearest == NULL || e->cost > dearest->cost))
				dearest = e;
		}
	}
	if (dearest != NULL)
		pick_call(d, dearest);
	for (k = 0; k < BOUNDS_EVIDENCE && d->ncalls < CALLS_SOME; k++)
		for (i = 0; i < vc->nfindings; i++)
			if (k < vc->findings[i]->nevidence)
				pick_call(d, &vc->findings[i]->evidence[k]);
}

static void
pick_all(struct digest *d, const struct view_case *vc)
{
	size_t i, k;

	for (i = 0; i < vc->nfindings; i++)
		for (k = 0; k < vc->findings[i]->nevidence; k++)
			d->calls[d->ncalls++] = &vc->findings[i]->evidence[k];
}

static void
choose_calls(struct digest *d, struct arena *arena, const struct view_case *vc,
    bool whole)
{
	size_t i, n = 0;

	for (i = 0; i < vc->nfindings; i++)
		n += vc->findings[i]->nevidence;
	d->calls = arena_array(arena, n + 1, sizeof(*d->calls));
	if (whole)
		pick_all(d, vc);
	else
		pick_some(d, vc);
	if (d->ncalls > 1)
		qsort(d->calls, d->ncalls, sizeof(*d->calls), compare_listed);
	for (n = 0, i = 0; i < d->ncalls; i++)
		if (n == 0 || compare_calls(d->calls[n - 1], d->calls[i]) != 0)
			d->calls[n++] = d->calls[i];
	d->ncalls = n;
}

static bool
listed(const struct digest *d, const struct point *p, bool family)
{
	size_t i;

	for (i = 0; i < d->npoints; i++)
		if (family ? strcmp(d->points[i]->family, p->family) == 0
			   : strcmp(d->points[i]->rule, p->rule) == 0)
			return true;
	return false;
}

/* A point that is not listed: its rule is named once. */
static void
name_also(struct digest *d, const struct point *p)
{
	size_t i;

	for (i = 0; i < d->nalso; i++)
		if (strcmp(d->also[i], p->rule) == 0)
			break;
	if (i < d->nalso || listed(d, p, false))
		d->more++;
	else
		d->also[d->nalso++] = p->rule;
}

static void
choose_points(struct digest *d, struct arena *arena, const struct fraud_case *c,
    bool whole)
{
	size_t i, facts = 0;

	d->points = arena_array(arena, c->npoints + 1, sizeof(*d->points));
	d->also = arena_array(arena, c->npoints + 1, sizeof(*d->also));
	for (i = 0; i < c->npoints; i++) {
		d->sum += c->points[i].points;
		if (whole || c->points[i].points != 0)
			d->points[d->npoints++] = &c->points[i];
	}
	for (i = 0; i < c->npoints && !whole; i++) {
		if (c->points[i].points != 0)
			continue;
		if (facts < FACTS_SOME && !listed(d, &c->points[i], true)) {
			d->points[d->npoints++] = &c->points[i];
			facts++;
		} else {
			name_also(d, &c->points[i]);
		}
	}
}

void
digest_also(struct buf *b, const struct digest *d)
{
	size_t i;

	for (i = 0; i < d->nalso; i++)
		buf_addf(b, "%s%s", i == 0 ? "also seen by " : ", ",
		    d->also[i]);
	if (d->nalso > 0 && d->more > 0)
		buf_addstr(b, "; ");
	if (d->more > 0)
		buf_addf(b, "%zu more finding%s of these rules", d->more,
		    d->more == 1 ? "" : "s");
}

/* The next word, of letters and digits of any case; its length. */
static size_t
next_word(const char **text)
{
	size_t n = 0;

	while (**text != '\0' && !isalnum((unsigned char)**text))
		++*text;
	while (isalnum((unsigned char)(*text)[n]))
		n++;
	return n;
}

/* Whether one begins with all words of the other, whatever stands between. */
static bool
same_question(const char *a, const char *b)
{
	size_t na, nb;

	for (;; a += na, b += nb) {
		na = next_word(&a);
		nb = next_word(&b);
		if (na == 0 || nb == 0)
			return true;
		if (na != nb || strncasecmp(a, b, na) != 0)
			return false;
	}
}

/* Each question once, though rules word it differently; in its longest form. */
static void
ask(struct digest *d, const char *question, size_t most)
{
	size_t i;

	for (i = 0; i < d->ntriage; i++) {
		if (!same_question(d->triage[i], question))
			continue;
		if (strlen(question) > strlen(d->triage[i]))
			d->triage[i] = question;
		return;
	}
	if (d->ntriage < most)
		d->triage[d->ntriage++] = question;
}

static void
choose_triage(struct digest *d, struct arena *arena, const struct view_case *vc,
    bool whole)
{
	size_t i, k, n = 0;

	for (i = 0; i < vc->nfindings; i++)
		n += vc->findings[i]->ntriage;
	d->triage = arena_array(arena, n + 1, sizeof(*d->triage));
	for (i = 0; i < vc->nfindings; i++)
		for (k = 0; k < vc->findings[i]->ntriage; k++)
			ask(d, vc->findings[i]->triage[k],
			    whole ? SIZE_MAX : TRIAGE_SOME);
}

void
digest_make(struct digest *d, struct arena *arena, const struct view_case *vc,
    bool whole)
{
	memset(d, 0, sizeof(*d));
	choose_points(d, arena, vc->c, whole);
	choose_calls(d, arena, vc, whole);
	choose_triage(d, arena, vc, whole);
}

bool
digest_same_file(const struct evidence *a, const struct evidence *b)
{
	return compare_texts(a->file, b->file) == 0;
}
