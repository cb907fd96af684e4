/* detect_shared: what grouping asks of all calls, worked out once. */
#include <assert.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_group_impl.h"
#include "tel/numplan.h"

enum {
	SOME = 4096, /* calls whose codes are read at once */
	PARTIES = 3, /* of a call: src, dst, forwarded_by */
	ROWS = 3     /* fields whose numbers are made places */
};

/* What is known of a field: nothing, until somebody asks. */
struct known {
	pthread_mutex_t lock;
	size_t users; /* rules at work that may ask for the order */
	uint32_t *calls, *ends;
	size_t n;
	uint64_t *has;
};

struct detect_shared {
	struct known *fields;
	uint64_t *emergency[PARTIES]; /* bits by call; NULL: none */
	struct detect_clock clock;
	struct detect_places places[ROWS];
	size_t nplaces;
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

/* But for `since`, which is noted when all calls are looked at. */
static void
clock_init(struct detect_clock *clock, const struct batch *b)
{
	size_t i;

	clock->since = xcalloc(b->n + 1, sizeof(*clock->since));
	clock->cells = xcalloc(b->n / DETECT_CLOCK + 2, sizeof(*clock->cells));
	for (i = 0; i < b->n; i += DETECT_CLOCK)
		clock->cells[i / DETECT_CLOCK] = b->calls[i].start;
	if (b->n > 0)
		clock->cells[(b->n - 1) / DETECT_CLOCK + 1] =
		    b->calls[b->n - 1].start;
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
	for (i = 0; any && i < PARTIES; i++)
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
		free(s->fields[i].calls);
		free(s->fields[i].ends);
		free(s->fields[i].has);
	}
	for (i = 0; i < PARTIES; i++)
		free(s->emergency[i]);
	for (i = 0; i < s->nplaces; i++)
		detect_places_fini(&s->places[i]);
	free(s->fields);
	free(s->clock.cells);
	free(s->clock.since);
	free(s);
	*sp = NULL;
}

static struct known *
known_of(struct detect_shared *s, const struct field *f)
{
	return &s->fields[f - field_at(0)];
}

/* Whose number the field has, or of which party it tells; PARTIES: none. */
static size_t
told_party(const struct field *f)
{
	switch (f->home) {
	case HOME_TAIL:
		return 1;
	case HOME_EXTRA_PARTY:
		return 2;
	case HOME_EXTRA_NAME:
		return f->at == EXTRA_SRC_NAME ? 0 : PARTIES;
	case HOME_PARTY_NAME:
	case HOME_PARTY_BYTE:
		/* Where it is, and whether it can be, tell of many numbers. */
		if (f->at == offsetof(struct party, country) ||
		    f->at == offsetof(struct party, party))
			return PARTIES;
		return f->via == offsetof(struct call, src) ? 0 : 1;
	case HOME_CALL_NAME:
		return f->at == offsetof(struct call, dialled) ? 1 : PARTIES;
	default:
		return PARTIES;
	}
}

const uint64_t *
detect_emergency(const struct detect_shared *s, const struct field *f)
{
	size_t which = told_party(f);

	return which < PARTIES ? s->emergency[which] : NULL;
}

struct detect_clock *
detect_clock(struct detect_shared *s)
{
	return &s->clock;
}

/* Orders ------------------------------------------------------------------ */

/* Enums and truths have less codes than there are names or bits in a mask. */
static void
make_order(struct known *k, const struct field *f, const struct batch *b)
{
	size_t codes = intern_count(b->names) + 64, i;
	uint32_t *of_call = xcalloc(b->n + 1, sizeof(*of_call)), sum = 0;

	field_codes(f, b, 0, b->n, of_call);
	k->ends = xcalloc(codes + 1, sizeof(*k->ends));
	for (i = 0; i < b->n; i++)
		if (of_call[i] != FIELD_MISSING)
			k->ends[of_call[i] + 1]++;
	for (i = 0; i <= codes; i++)
		k->ends[i] = sum += k->ends[i];
	k->calls = xcalloc((size_t)sum + 1, sizeof(*k->calls));
	for (i = 0; i < b->n; i++)
		if (of_call[i] != FIELD_MISSING)
			k->calls[k->ends[of_call[i]]++] = (uint32_t)i;
	free(of_call);
	/* Each has moved to its end; codes without calls are left out. */
	for (i = 0, sum = 0; i < codes; i++)
		if (k->ends[i] != sum)
			k->ends[k->n++] = sum = k->ends[i];
	k->ends = xrealloc(k->ends, k->n + 1, sizeof(*k->ends));
}

bool
detect_order_of(struct detect_shared *s, const struct batch *b,
    const struct field *f, struct detect_order *out)
{
	struct known *k = known_of(s, f);

	(void)pthread_mutex_lock(&k->lock);
	if (k->users > 0 && k->calls == NULL)
		make_order(k, f, b);
	*out = (struct detect_order){ k->calls, k->ends, k->n };
	(void)pthread_mutex_unlock(&k->lock);
	return out->calls != NULL;
}

void
detect_shared_order(struct detect_shared *s, const struct batch *b,
    const struct field *f)
{
	struct detect_order unused;

	(void)detect_order_of(s, b, f, &unused);
}

static void
forget_order(struct known *k)
{
	if (k->users > 0)
		return;
	free(k->calls);
	free(k->ends);
	k->calls = k->ends = NULL;
	k->n = 0;
}

static bool
is_shared(const struct rule *r)
{
	/* What is asked of a group is known of no field before. */
	return r->nby > 0 && r->by[0]->home != HOME_SINCE_PREV &&
	       r->by[0]->home != HOME_SRC_NEW;
}

void
detect_shared_expect(struct detect_shared *s, const struct rule *r)
{
	if (is_shared(r))
		known_of(s, r->by[0])->users++;
}

void
detect_shared_done(struct detect_shared *s, const struct rule *r)
{
	struct known *k;

	if (!is_shared(r))
		return;
	k = known_of(s, r->by[0]);
	(void)pthread_mutex_lock(&k->lock);
	assert(k->users > 0);
	k->users--;
	forget_order(k);
	(void)pthread_mutex_unlock(&k->lock);
}

static uint64_t *
having(const struct field *f, const struct batch *b)
{
	uint64_t *has = xcalloc(b->n / 64 + 1, sizeof(*has));
	uint32_t codes[SOME];
	size_t i, n, k;

	for (i = 0; i < b->n; i += n) {
		n = b->n - i < SOME ? b->n - i : SOME;
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
	struct known *k = known_of(s, f);

	(void)pthread_mutex_lock(&k->lock);
	if (k->has == NULL)
		k->has = having(f, b);
	(void)pthread_mutex_unlock(&k->lock);
	return k->has;
}

/* Places ------------------------------------------------------------------ */

void
detect_shared_row(struct detect_shared *s, const struct measure *m)
{
	size_t i;

	if (m->fn != MEASURE_RUN || !detect_places_for(m->of))
		return;
	for (i = 0; i < s->nplaces && s->places[i].field != m->of; i++)
		;
	if (i == s->nplaces && i < ROWS)
		s->places[s->nplaces++].field = m->of;
}

void
detect_shared_fill(struct detect_shared *s, const struct batch *b)
{
	if (s->nplaces > 0 && !detect_places_fill(s->places, s->nplaces, b))
		s->nplaces = 0;
}

const struct detect_places *
detect_places_of(const struct detect_shared *s, const struct field *f)
{
	size_t i;

	for (i = 0; i < s->nplaces; i++)
		if (s->places[i].field == f)
			return &s->places[i];
	return NULL;
}
