#include "base/stages.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/xalloc.h"

struct line {
	struct stages_line shown;
	size_t stage; /* its index; that of itself for a stage */
};

struct stages {
	struct stages_span began;
	pthread_mutex_t lock; /* of everything below */
	struct arena arena;   /* names */
	struct line *lines;
	size_t n, cap;
	size_t at; /* the present stage, or the last */
	bool inside;
	int64_t stage_began;
	struct stages_now far;
};

static int64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
take_span(struct stages_span *s, clockid_t cpu)
{
	s->wall_ns = clock_ns(CLOCK_MONOTONIC);
	s->cpu_ns = clock_ns(cpu);
}

struct stages *
stages_new(void)
{
	struct stages *st = xcalloc(1, sizeof(*st));

	(void)pthread_mutex_init(&st->lock, NULL);
	arena_init(&st->arena);
	take_span(&st->began, CLOCK_PROCESS_CPUTIME_ID);
	st->far.stage = "";
	return st;
}

void
stages_free(struct stages **sp)
{
	struct stages *st = *sp;

	if (st == NULL)
		return;
	(void)pthread_mutex_destroy(&st->lock);
	arena_fini(&st->arena);
	free(st->lines);
	free(st);
	*sp = NULL;
}

/* The line of a stage, or of a part of the present one; made if need be. */
static size_t
line_of(struct stages *st, const char *name, bool part)
{
	struct line *l;
	size_t i;

	for (i = 0; i < st->n; i++) {
		l = &st->lines[i];
		if (l->shown.part == part && (!part || l->stage == st->at) &&
		    strcmp(l->shown.name, name) == 0)
			return i;
	}
	st->lines = xgrow(st->lines, &st->cap, st->n + 1, sizeof(*st->lines));
	l = &st->lines[st->n];
	memset(l, 0, sizeof(*l));
	l->shown.name = arena_strdup(&st->arena, name);
	l->shown.part = part;
	l->stage = part ? st->at : st->n;
	return st->n++;
}

static void
add(struct stages *st, size_t i, const struct stages_span *from,
    const struct stages_span *to, int64_t n, const char *unit)
{
	struct stages_line *l = &st->lines[i].shown;

	l->wall_ns += to->wall_ns - from->wall_ns;
	l->cpu_ns += to->cpu_ns - from->cpu_ns;
	l->n += n;
	if (unit != NULL && l->unit == NULL)
		l->unit = arena_strdup(&st->arena, unit);
}

void
stages_begin(struct stages *st, struct stages_span *s, const char *stage)
{
	if (st == NULL)
		return;
	(void)pthread_mutex_lock(&st->lock);
	assert(!st->inside);
	st->inside = true;
	st->at = line_of(st, stage, false);
	take_span(s, CLOCK_PROCESS_CPUTIME_ID);
	st->stage_began = s->wall_ns;
	st->far.stage = st->lines[st->at].shown.name;
	(void)pthread_mutex_unlock(&st->lock);
}

void
stages_end(struct stages *st, const struct stages_span *s, int64_t n,
    const char *unit)
{
	struct stages_span now;

	if (st == NULL)
		return;
	take_span(&now, CLOCK_PROCESS_CPUTIME_ID);
	(void)pthread_mutex_lock(&st->lock);
	assert(st->inside);
	st->inside = false;
	add(st, st->at, s, &now, n, unit);
	(void)pthread_mutex_unlock(&st->lock);
}

void
stages_part_begin(const struct stages *st, struct stages_span *s)
{
	if (st != NULL)
		take_span(s, CLOCK_THREAD_CPUTIME_ID);
}

void
stages_part_end(struct stages *st, const struct stages_span *s,
    const char *part, int64_t n, const char *unit)
{
	struct stages_span now;

	if (st == NULL)
		return;
	take_span(&now, CLOCK_THREAD_CPUTIME_ID);
	(void)pthread_mutex_lock(&st->lock);
	assert(st->inside);
	add(st, line_of(st, part, true), s, &now, n, unit);
	(void)pthread_mutex_unlock(&st->lock);
}

/* By stage, itself first, then by what they took; equal ones by name. */
static int
compare_lines(const void *va, const void *vb)
{
	const struct line *a = va, *b = vb;
	const struct stages_line *x = &a->shown, *y = &b->shown;

	if (a->stage != b->stage)
		return a->stage < b->stage ? -1 : 1;
	if (x->part != y->part)
		return x->part ? 1 : -1;
	if (x->cpu_ns != y->cpu_ns)
		return x->cpu_ns > y->cpu_ns ? -1 : 1;
	return strcmp(x->name, y->name);
}

size_t
stages_lines(struct stages *st, struct stages_line **lines)
{
	struct line *sorted;
	size_t i, n;

	(void)pthread_mutex_lock(&st->lock);
	n = st->n;
	sorted = xmalloc((n + 1) * sizeof(*sorted));
	*lines = xmalloc((n + 1) * sizeof(**lines));
	if (n > 0)
		memcpy(sorted, st->lines, n * sizeof(*sorted));
	(void)pthread_mutex_unlock(&st->lock);
	if (n > 1)
		qsort(sorted, n, sizeof(*sorted), compare_lines);
	for (i = 0; i < n; i++)
		(*lines)[i] = sorted[i].shown;
	free(sorted);
	return n;
}

void
stages_total(struct stages *st, struct stages_line *total)
{
	struct stages_span now;

	take_span(&now, CLOCK_PROCESS_CPUTIME_ID);
	memset(total, 0, sizeof(*total));
	total->name = "total";
	total->wall_ns = now.wall_ns - st->began.wall_ns;
	total->cpu_ns = now.cpu_ns - st->began.cpu_ns;
}

void
stages_expect(struct stages *st, uint64_t files, uint64_t bytes)
{
	if (st == NULL)
		return;
	(void)pthread_mutex_lock(&st->lock);
	st->far.files += files;
	st->far.expected += bytes;
	(void)pthread_mutex_unlock(&st->lock);
}

void
stages_file(struct stages *st)
{
	if (st == NULL)
		return;
	(void)pthread_mutex_lock(&st->lock);
	st->far.file++;
	(void)pthread_mutex_unlock(&st->lock);
}

void
stages_took(struct stages *st, uint64_t bytes, uint64_t records)
{
	if (st == NULL)
		return;
	(void)pthread_mutex_lock(&st->lock);
	st->far.bytes += bytes;
	st->far.records += records;
	(void)pthread_mutex_unlock(&st->lock);
}

void
stages_now(struct stages *st, struct stages_now *now)
{
	const int64_t ns = clock_ns(CLOCK_MONOTONIC);

	(void)pthread_mutex_lock(&st->lock);
	*now = st->far;
	now->in_stage = st->far.stage[0] != '\0' ? ns - st->stage_began : 0;
	(void)pthread_mutex_unlock(&st->lock);
	now->ns = ns - st->began.wall_ns;
}
