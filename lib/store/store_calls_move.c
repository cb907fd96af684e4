/* Calls to other starts, because their stamps are read in another zone. */
#include "store/store_calls_impl.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "tel/calltime.h"

/*
 * Beyond every start.  A call that was moved waits there, or it could be
 * taken for one that still has to be.
 */
#define ASIDE (INT64_C(1) << 60)

struct place {
	int64_t start, key;
	uint8_t clock;
};

struct moving {
	struct store *store;
	int64_t source;
	struct place *places;
	size_t n, cap;
};

static int
list_places(struct moving *m, const char *source, struct errmsg *err)
{
	struct sqlstmt *q;
	struct place *p;
	int r;

	if (sqldb_prepare(store_db(m->store), &q,
		"SELECT c.start, c.key, c.clock, c.source FROM calls c "
		"JOIN texts t ON t.id = c.source "
		"WHERE t.text = ? AND c.zone_kind = ?",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, source);
	sqlstmt_int(q, 2, STAMP_LOCAL);
	while ((r = sqlstmt_step(q, err)) == 1) {
		m->places =
		    xgrow(m->places, &m->cap, m->n + 1, sizeof(*m->places));
		p = &m->places[m->n++];
		p->start = sqlstmt_get_int(q, 0);
		p->key = sqlstmt_get_int(q, 1);
		p->clock = (uint8_t)sqlstmt_get_int(q, 2);
		m->source = sqlstmt_get_int(q, 3);
	}
	sqlstmt_free(&q);
	return r;
}

static int
move_one(const struct moving *m, struct sqlstmt *q, const struct place *p,
    int64_t start, uint8_t clock, struct errmsg *err)
{
	sqlstmt_int(q, 1, start + ASIDE);
	sqlstmt_int(q, 2, p->start);
	sqlstmt_int(q, 3, m->source);
	sqlstmt_int(q, 4, p->key);
	sqlstmt_int(q, 5, clock);
	return sqlstmt_run(q, err);
}

static int
move_all(struct moving *m, const struct store_mover *how, int64_t *moved,
    struct errmsg *err)
{
	struct sqlstmt *calls = NULL, *sightings = NULL;
	int64_t start;
	uint8_t clock;
	size_t i;
	int r = -1;

	if (sqldb_prepare(store_db(m->store), &calls,
		"UPDATE calls SET start = ?1, clock = ?5 "
		"WHERE start = ?2 AND source = ?3 AND key = ?4",
		err) != 0 ||
	    sqldb_prepare(store_db(m->store), &sightings,
		"UPDATE sightings SET start = ?1 WHERE start = ?2 "
		"AND source = ?3 AND key = ?4 AND ?5 IS NOT NULL",
		err) != 0)
		goto out;
	for (i = 0; i < m->n; i++) {
		clock = m->places[i].clock;
		start = how->move(how->ctx, m->places[i].start, &clock);
		if (start == m->places[i].start && clock == m->places[i].clock)
			continue;
		*moved += start != m->places[i].start;
		if (move_one(m, calls, &m->places[i], start, clock, err) != 0 ||
		    move_one(m, sightings, &m->places[i], start, clock, err) !=
			0)
			goto out;
	}
	r = 0;
out:
	sqlstmt_free(&calls);
	sqlstmt_free(&sightings);
	return r;
}

int
store_calls_move(struct store *s, const char *source,
    const struct store_mover *how, int64_t *moved, struct errmsg *err)
{
	struct moving m = { .store = s };
	struct buf sql;
	int r;

	*moved = 0;
	/* Where they go, other blocks may be. */
	r = store_calls_unpack(s,
	    "source IN (SELECT id FROM texts WHERE text = ?2)", 0, source, err);
	if (r == 0)
		r = list_places(&m, source, err);
	if (r == 0)
		r = move_all(&m, how, moved, err);
	free(m.places);
	if (r != 0)
		return -1;
	buf_init(&sql);
	buf_addf(&sql,
	    "UPDATE calls SET start = start - %lld WHERE start > %lld;"
	    "UPDATE sightings SET start = start - %lld WHERE start > %lld",
	    (long long)ASIDE, (long long)(ASIDE / 2), (long long)ASIDE,
	    (long long)(ASIDE / 2));
	r = sqldb_exec(store_db(s), sql.data, err);
	buf_fini(&sql);
	return r;
}
