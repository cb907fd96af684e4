/* callpack_add: calls from their bytes into a batch. */
#include <assert.h>
#include <stdlib.h>

#include "base/beside.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/callpack.h"
#include "cdr/callpack_impl.h"

/* The columns of some calls; v[column][call]. */
enum { BLOCK = 64, FEW = 1024 };
struct block {
	int64_t v[CALLPACK_COLUMNS][BLOCK];
};

static void
set_call(const struct callpack_reading *r, const struct block *o, size_t k,
    struct call *c)
{
	*c = (struct call){
		.start = o->v[CALLPACK_START][k],
		.ring = (uint32_t)o->v[CALLPACK_RING][k],
		.duration = (uint32_t)o->v[CALLPACK_DURATION][k],
		.src = r->party_ids[o->v[CALLPACK_SRC][k]],
		.dst = r->party_ids[o->v[CALLPACK_DST][k]],
		.dialled = callpack_name(r, o->v[CALLPACK_DIALLED][k]),
		.account = callpack_name(r, o->v[CALLPACK_ACCOUNT][k]),
		.user = callpack_name(r, o->v[CALLPACK_USER][k]),
		.trunk_in = callpack_name(r, o->v[CALLPACK_TRUNK_IN][k]),
		.trunk_out = callpack_name(r, o->v[CALLPACK_TRUNK_OUT][k]),
		.listed = r->listed_ids[o->v[CALLPACK_LISTED][k]],
		.source = (uint16_t)r->sources[o->v[CALLPACK_SOURCE][k]],
		.currency = (uint8_t)r->currencies[o->v[CALLPACK_CURRENCY][k]],
		.direction = (uint8_t)o->v[CALLPACK_DIRECTION][k],
		.status = (uint8_t)o->v[CALLPACK_STATUS][k],
		.feature = (uint8_t)o->v[CALLPACK_FEATURE][k],
		.account_type = (uint8_t)o->v[CALLPACK_ACCOUNT_TYPE][k],
		.flags = (uint8_t)o->v[CALLPACK_FLAGS][k],
	};
}

static void
set_origin(const struct callpack_reading *r, const struct block *of, size_t k,
    struct origin *o)
{
	*o = (struct origin){
		.key = (uint64_t)of->v[CALLPACK_KEY][k],
		.line = (uint32_t)of->v[CALLPACK_LINE][k],
		.call_id = callpack_id(r, of->v[CALLPACK_CALL_ID][k]),
		.service = callpack_name(r, of->v[CALLPACK_SERVICE][k]),
		.cause = (uint8_t)of->v[CALLPACK_CAUSE][k],
		.zone_kind = (unsigned)of->v[CALLPACK_ZONE_KIND][k] & 3,
		.stated = (unsigned)of->v[CALLPACK_STATED][k] & ORIGIN_STATED,
		.user_called = of->v[CALLPACK_USER_CALLED][k] != 0,
		.event = (unsigned)of->v[CALLPACK_EVENT][k] & 3,
		.quality = (unsigned)of->v[CALLPACK_QUALITY][k] & 7,
		.rated = of->v[CALLPACK_RATED][k] != 0,
		.clock = (uint8_t)of->v[CALLPACK_CLOCK][k],
	};
}

/* What few calls have; whatever had this place is gone. */
static void
set_extras(const struct callpack_reading *r, const struct block *o, size_t k,
    size_t i)
{
	struct call_extras x = { .cost = o->v[CALLPACK_COST][k] };
	const int64_t join = o->v[CALLPACK_JOIN][k];

	x.ids[EXTRA_FORWARDED_BY] =
	    r->party_ids[o->v[CALLPACK_FORWARDED_BY][k]];
	x.ids[EXTRA_SRC_NAME] = callpack_name(r, o->v[CALLPACK_SRC_NAME][k]);
	x.ids[EXTRA_AUTH_CODE] = callpack_name(r, o->v[CALLPACK_AUTH_CODE][k]);
	batch_set_extras(r->b, i, &x);
	batch_set_file(r->b, i, r->files[o->v[CALLPACK_FILE][k]]);
	batch_set_join(r->b, i, callpack_id(r, join));
}

/* `n` calls from the i-th of the pack on. */
static void
set_calls(const struct callpack_reading *r, size_t i, size_t n)
{
	const size_t to = r->first + i;
	struct block o;
	size_t k;
	int column;

	for (column = 0; column < CALLPACK_COLUMNS; column++)
		packed_numbers(&r->calls[column], i, n, o.v[column]);
	for (k = 0; k < n; k++) {
		set_call(r, &o, k, &r->b->calls[to + k]);
		set_origin(r, &o, k, &r->b->origins[to + k]);
		set_extras(r, &o, k, to + k);
	}
}

/* Whether any call has another value than 0 in a column of the batch. */
static bool
any_in(const struct packed_numbers *p, const uint32_t *is, uint32_t usual)
{
	return p->width > 0 || is[packed_number(p, 0)] != usual;
}

static bool
any_join(const struct callpack_reading *r)
{
	int64_t ids[BLOCK], joins[BLOCK];
	size_t i, k, some;

	for (i = 0; i < r->taken; i += some) {
		some = r->taken - i < BLOCK ? r->taken - i : BLOCK;
		packed_numbers(&r->calls[CALLPACK_CALL_ID], i, some, ids);
		packed_numbers(&r->calls[CALLPACK_JOIN], i, some, joins);
		for (k = 0; k < some; k++)
			if (joins[k] != 0 && joins[k] != ids[k])
				return true;
	}
	return false;
}

/* Threads that set calls must find the columns of what few calls have. */
static void
make_columns(const struct callpack_reading *r)
{
	const struct packed_numbers *p = r->calls;
	struct batch *b = r->b;

	if (p[CALLPACK_COST].width > 0 ||
	    packed_number(&p[CALLPACK_COST], 0) != 0)
		(void)batch_make_cost(b);
	if (any_in(&p[CALLPACK_FORWARDED_BY], r->party_ids, 0))
		(void)batch_make_extra(b, EXTRA_FORWARDED_BY);
	if (any_in(&p[CALLPACK_SRC_NAME], r->names, 0))
		(void)batch_make_extra(b, EXTRA_SRC_NAME);
	if (any_in(&p[CALLPACK_AUTH_CODE], r->names, 0))
		(void)batch_make_extra(b, EXTRA_AUTH_CODE);
	if (any_in(&p[CALLPACK_FILE], r->files, b->usual_file))
		(void)batch_make_extra(b, EXTRA_FILE);
	if (any_join(r))
		(void)batch_make_extra(b, EXTRA_JOIN);
}

/* Calls that were there make room in front of them. */
struct moving {
	struct batch *b;
	size_t by, from, n, parts, threads;
};

static void
move_part(void *vm, size_t part)
{
	const struct moving *m = vm;
	const size_t from = m->from + pool_cut(m->n, m->parts, part);
	size_t i = m->from + pool_cut(m->n, m->parts, part + 1);

	while (i-- > from)
		batch_move(m->b, i + m->by, i);
}

/* From the last on, no more at once than do not go to a place of others. */
static void
move_calls(void *vm)
{
	struct moving *m = vm;
	size_t end = m->n;

	for (; end > 0; end = m->from) {
		m->n = end < m->by ? end : m->by;
		m->from = end - m->n;
		m->parts = pool_parts(m->threads, m->n, FEW);
		pool_run(m->threads, m->parts, move_part, m);
	}
}

struct setting {
	const struct callpack_reading *r;
	size_t parts;
};

static void
set_part(void *vs, size_t part)
{
	const struct setting *s = vs;
	const size_t all = s->r->taken;
	const size_t end = pool_cut(all, s->parts, part + 1);
	size_t i = pool_cut(all, s->parts, part), n;

	for (; i < end; i += n) {
		n = end - i < BLOCK ? end - i : BLOCK;
		set_calls(s->r, i, n);
	}
}

/* Packs, one behind the other. */
struct packs {
	struct batch *b;
	struct callpack_reading *list;
	const struct callpack *of;
	size_t n, calls; /* of them; that are taken */
	bool *good;
	size_t threads;
};

static void
set_packs(const struct packs *ps)
{
	struct setting setting;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		setting.r = &ps->list[i];
		if (setting.r->taken == 0)
			continue;
		make_columns(setting.r);
		setting.parts = pool_parts(ps->threads, setting.r->taken, FEW);
		pool_run(ps->threads, setting.parts, set_part, &setting);
	}
}

static void
add_packs(const struct packs *ps)
{
	struct batch *b = ps->b;
	struct moving moving = { .b = b,
		.by = ps->calls,
		.n = batch_add_many(b, ps->calls),
		.threads = ps->threads };
	struct beside *beside;
	size_t i;

	beside = beside_start(ps->threads, move_calls, &moving);
	for (i = 0; i < ps->n; i++)
		callpack_resolve_texts(&ps->list[i]);
	beside_end(&beside);
	set_packs(ps);
	b->sorted = true;
	if (b->tails != NULL)
		batch_tails(b, ps->threads);
}

static void
take_pack(void *vp, size_t i)
{
	const struct packs *ps = vp;
	struct callpack_reading *r = &ps->list[i];

	ps->good[i] = callpack_take(r) && r->n == ps->of[i].n;
}

static int64_t
start_of(const struct callpack_reading *r, size_t call)
{
	return packed_number(&r->calls[CALLPACK_START], call);
}

/* Whether they stand in order; how many calls of each are taken, and where. */
static bool
place_packs(struct packs *ps, int64_t before)
{
	struct callpack_reading *r;
	int64_t last = INT64_MIN;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		r = &ps->list[i];
		r->first = ps->calls;
		if (r->n == 0)
			continue;
		if (start_of(r, 0) < last)
			return false;
		last = start_of(r, r->n - 1);
		for (r->taken = r->n; r->taken > 0; r->taken--)
			if (start_of(r, r->taken - 1) < before)
				break;
		ps->calls += r->taken;
	}
	return true;
}

static bool
read_packs(struct packs *ps, int64_t before)
{
	bool good = true;
	size_t i;

	pool_run(ps->threads, ps->n, take_pack, ps);
	for (i = 0; i < ps->n; i++)
		good = good && ps->good[i];
	good = good && place_packs(ps, before);
	for (i = 0; i < ps->n && good; i++)
		good = callpack_resolve(&ps->list[i]);
	return good;
}

static void
open_reading(const struct packs *ps, size_t i)
{
	ps->list[i] = (struct callpack_reading){ .b = ps->b,
		.at = ps->of[i].bytes,
		.end = ps->of[i].bytes + ps->of[i].len,
		.threads = ps->n > 1 ? 1 : ps->threads };
	arena_init(&ps->list[i].arena);
}

static void
close_reading(struct callpack_reading *r)
{
	arena_fini(&r->arena);
	free(r->texts);
	free(r->names);
	free(r->ids);
	free(r->sources);
	free(r->files);
	free(r->currencies);
	free(r->party_ids);
	free(r->listed_ids);
}

int
callpack_add(struct batch *b, const struct callpack *packs, size_t npacks,
    int64_t before, size_t threads)
{
	struct packs ps = { .b = b,
		.of = packs,
		.n = npacks,
		.threads = threads };
	bool good;
	size_t i;

	assert(b->sorted && (b->n == 0 || b->calls[0].start >= before));
	ps.list = xcalloc(npacks + 1, sizeof(*ps.list));
	ps.good = xcalloc(npacks + 1, sizeof(*ps.good));
	for (i = 0; i < npacks; i++)
		open_reading(&ps, i);
	good = read_packs(&ps, before);
	if (good && ps.calls > 0)
		add_packs(&ps);
	for (i = 0; i < npacks; i++)
		close_reading(&ps.list[i]);
	free(ps.list);
	free(ps.good);
	return good ? 0 : -1;
}
