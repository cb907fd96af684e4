/* detect_shared: what grouping asks of all calls, worked out once. */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_shared_impl.h"
#include "tel/numplan.h"

enum {
	SOME = 4096, /* calls whose codes are read at once */
	NEAR = 256   /* calls that stay near while all is asked of them */
};

static uint32_t
party_of(const struct batch *b, size_t i, size_t which)
{
	const struct call *c = &b->calls[i];

	return which == 0   ? c->src
	       : which == 1 ? c->dst
			    : batch_extra(b, EXTRA_FORWARDED_BY, i);
}

static void
note_emergencies(struct detect_shared *s, const struct batch *b, size_t which)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		if (b->parties[party_of(b, i, which)].kind != NUMKIND_EMERGENCY)
			continue;
		if (s->emergency[which] == NULL)
			s->emergency[which] =
			    xcalloc(b->n / 64 + 1, sizeof(uint64_t));
		s->emergency[which][i / 64] |= UINT64_C(1) << i % 64;
	}
}

static void
clock_init(struct detect_clock *clock, const struct batch *b)
{
	int64_t length;

	if (b->n == 0)
		return;
	clock->first = b->calls[0].start;
	length = b->calls[b->n - 1].start - clock->first;
	while (length >> clock->shift > UINT32_MAX)
		clock->shift++;
}

struct detect_shared *
detect_shared_new(const struct batch *b)
{
	struct detect_shared *s = xcalloc(1, sizeof(*s));
	bool any = false;
	size_t i;

	s->fields = xcalloc(field_count(), sizeof(*s->fields));
	for (i = 0; i < field_count(); i++)
		(void)pthread_mutex_init(&s->fields[i].lock, NULL);
	clock_init(&s->clock, b);
	for (i = 0; i < b->nparties; i++)
		any |= b->parties[i].kind == NUMKIND_EMERGENCY;
	for (i = 0; any && i < DETECT_PARTIES; i++)
		note_emergencies(s, b, i);
	return s;
}

void
detect_shared_free(struct detect_shared **sp)
{
	struct detect_shared *s = *sp;
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < field_count(); i++) {
		(void)pthread_mutex_destroy(&s->fields[i].lock);
		detect_order_fini(&s->fields[i].order);
		free(s->fields[i].rules);
		free(s->fields[i].has);
	}
	for (i = 0; i < DETECT_PARTIES; i++)
		free(s->emergency[i]);
	detect_places_fini(&s->places);
	free(s->clock.ticks);
	free(s->fields);
	free(s);
	*sp = NULL;
}

struct detect_known *
detect_known_of(struct detect_shared *s, const struct field *f)
{
	return &s->fields[f - field_at(0)];
}

/* Whose number the field has, or of which party it tells; DETECT_PARTIES: none. */
static size_t
told_party(const struct field *f)
{
	switch (f->home) {
	case HOME_TAIL:
		return 1;
	case HOME_EXTRA_PARTY:
		return 2;
	case HOME_EXTRA_NAME:
		return f->at == EXTRA_SRC_NAME ? 0 : DETECT_PARTIES;
	case HOME_PARTY_NAME:
	case HOME_PARTY_BYTE:
		/* Where it is, and whether it can be, tell of many numbers. */
		if (f->at == offsetof(struct party, country) ||
		    f->at == offsetof(struct party, party))
			return DETECT_PARTIES;
		return f->via == offsetof(struct call, src) ? 0 : 1;
	case HOME_CALL_NAME:
		return f->at == offsetof(struct call, dialled) ? 1
							       : DETECT_PARTIES;
	default:
		return DETECT_PARTIES;
	}
}

const uint64_t *
detect_emergency(const struct detect_shared *s, const struct field *f)
{
	size_t which = told_party(f);

	return which < DETECT_PARTIES ? s->emergency[which] : NULL;
}

const struct detect_clock *
detect_clock(const struct detect_shared *s)
{
	return &s->clock;
}

const struct detect_places *
detect_places(const struct detect_shared *s)
{
	return &s->places;
}

static uint64_t *
having(const struct detect_shared *s, const struct field *f,
    const struct batch *b)
{
	uint64_t *has = xcalloc(b->n / 64 + 1, sizeof(*has));
	uint32_t codes[SOME];
	size_t i, n, k;

	for (i = 0; i < b->n; i += n) {
		n = b->n - i < SOME ? b->n - i : SOME;
		if (!detect_places_codes(&s->places, f, i, n, codes))
			field_codes(f, b, i, n, codes);
		for (k = 0; k < n; k++)
			has[(i + k) / 64] |=
			    (uint64_t)(codes[k] != FIELD_MISSING) << k % 64;
	}
	return has;
}

const uint64_t *
detect_having(struct detect_shared *s, const struct batch *b,
    const struct field *f)
{
	struct detect_known *k = detect_known_of(s, f);

	(void)pthread_mutex_lock(&k->lock);
	if (k->has == NULL)
		k->has = having(s, f, b);
	(void)pthread_mutex_unlock(&k->lock);
	return k->has;
}

void
detect_shared_row(struct detect_shared *s, const struct measure *m)
{
	struct detect_places *p = &s->places;

	if (m->fn == MEASURE_RUN && detect_places_for(m->of) &&
	    detect_places_find(p, m->of) == DETECT_ROWS &&
	    p->nfields < DETECT_ROWS)
		p->fields[p->nfields++] = m->of;
}

_Static_assert((int)DETECT_ROWS <= (int)MEASURE_ROWS, "all rows are known");

static void
know_calls(struct detect_shared *s, const struct measure_talk *talk)
{
	const struct detect_places *p = &s->places;
	struct measure_known *known = &s->known;

	*known = (struct measure_known){ .ticks = s->clock.ticks,
		.first = s->clock.first,
		.shift = s->clock.shift,
		.talk = *talk,
		.texts = p->texts };
	for (; known->nrows < p->nfields; known->nrows++)
		known->rows[known->nrows] =
		    (struct measure_row){ .of = p->fields[known->nrows],
			    .few = p->of_call[known->nrows].few,
			    .many = p->of_call[known->nrows].many };
}

/* Ticks of the calls; the clock is exact as long as they tell all. */
static void
tell_ticks(struct detect_clock *clock, const struct batch *b, size_t first,
    size_t end)
{
	const uint64_t lost = (UINT64_C(1) << clock->shift) - 1;
	const struct call *calls = b->calls;
	const int64_t zero = clock->first;
	uint32_t *ticks = clock->ticks;
	uint64_t since, any = 0;
	size_t i;

	for (i = first; i < end; i++) {
		since = (uint64_t)(calls[i].start - zero);
		ticks[i] = (uint32_t)(since >> clock->shift);
		any |= since & lost;
	}
	clock->exact &= any == 0;
}

/* A few calls at a time, so that each is fetched once. */
void
detect_shared_fill(struct detect_shared *s, const struct batch *b,
    const struct measure_talk *talk)
{
	size_t i, end;

	if (s->places.nfields == 0)
		return;
	if (!detect_places_fill(&s->places, b)) {
		detect_places_fini(&s->places);
		return;
	}
	s->clock.ticks = xmalloc((b->n + 1) * sizeof(*s->clock.ticks));
	s->clock.exact = true;
	for (i = 0; i < b->n; i = end) {
		end = b->n - i < NEAR ? b->n : i + NEAR;
		tell_ticks(&s->clock, b, i, end);
		detect_places_tell(&s->places, b, i, end);
	}
	if (s->clock.exact)
		know_calls(s, talk);
}

const struct measure_known *
detect_shared_known(const struct detect_shared *s)
{
	return s->known.ticks != NULL ? &s->known : NULL;
}
