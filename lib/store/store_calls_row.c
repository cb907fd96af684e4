/* The columns of a call, and a call as a row. */
#include "store/store_calls_impl.h"

#include <assert.h>
#include <string.h>

#include "tel/calltime.h"

#define IN_CALL(member) STORE_CALL, STORE_TEXT, offsetof(struct call, member), 0
#define IN_ORIGIN(member) \
	STORE_ORIGIN, STORE_TEXT, offsetof(struct origin, member), 0
#define IN_EXTRAS(which) STORE_EXTRA, STORE_TEXT, (which), 0

const struct store_column store_columns[] = {
	{ "src", IN_CALL(src) },
	{ "dst", IN_CALL(dst) },
	{ "forwarded_by", IN_EXTRAS(EXTRA_FORWARDED_BY) },
	{ "dialled", IN_CALL(dialled) },
	{ "account", IN_CALL(account) },
	{ "user", IN_CALL(user) },
	{ "trunk_in", IN_CALL(trunk_in) },
	{ "trunk_out", IN_CALL(trunk_out) },
	{ "call_id", STORE_ORIGIN, STORE_OWN_TEXT,
	    offsetof(struct origin, call_id), 0 },
	{ "join_key", STORE_JOIN, STORE_OWN_TEXT, 0, 0 },
	{ "src_name", IN_EXTRAS(EXTRA_SRC_NAME) },
	{ "service", IN_ORIGIN(service) },
	{ "clue_in", IN_CALL(clue_in) },
	{ "auth_code", IN_EXTRAS(EXTRA_AUTH_CODE) },
	{ "ring", STORE_CALL, STORE_UINT32, offsetof(struct call, ring),
	    UINT32_MAX },
	{ "duration", STORE_CALL, STORE_UINT32, offsetof(struct call, duration),
	    UINT32_MAX },
	{ "line", STORE_ORIGIN, STORE_UINT32, offsetof(struct origin, line),
	    UINT32_MAX },
	{ "direction", STORE_CALL, STORE_UINT8,
	    offsetof(struct call, direction), DIR_TRANSIT },
	{ "status", STORE_CALL, STORE_UINT8, offsetof(struct call, status),
	    STATUS_CANCELLED },
	{ "feature", STORE_CALL, STORE_UINT8, offsetof(struct call, feature),
	    FEATURE_COUNT - 1 },
	{ "cause", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, cause),
	    UINT8_MAX },
	{ "zone_kind", STORE_BITS, STORE_UINT8, STORE_ZONE_KIND, STAMP_ABBREV },
	{ "stated", STORE_BITS, STORE_UINT8, STORE_STATED, ORIGIN_STATED },
	{ "event", STORE_BITS, STORE_UINT8, STORE_EVENT, EVENT_COUNT - 1 },
	{ "quality", STORE_BITS, STORE_UINT8, STORE_QUALITY,
	    QUALITY_COUNT - 1 },
	{ "clock", STORE_ORIGIN, STORE_UINT8, offsetof(struct origin, clock),
	    UINT8_MAX },
	{ NULL, STORE_CALL, STORE_UINT8, 0, 0 },
};

int
store_column_count(void)
{
	return (int)(sizeof(store_columns) / sizeof(store_columns[0])) - 1;
}

bool
store_column_is_text(const struct store_column *c)
{
	return c->type == STORE_TEXT || c->type == STORE_OWN_TEXT;
}

int
store_column_list(struct buf *sql)
{
	const struct store_column *c;

	buf_addstr(sql, "start, source, key, cost, currency, flags, file, run, "
			"seen");
	for (c = store_columns; c->name != NULL; c++)
		buf_addf(sql, ", %s", c->name);
	return STORE_COLUMNS - 1 + store_column_count();
}

static int
prepare_insert(struct store *s, struct sqlstmt **insert, struct errmsg *err)
{
	struct buf sql;
	int r, n;

	buf_init(&sql);
	buf_addstr(&sql, "INSERT OR IGNORE INTO calls (");
	n = store_column_list(&sql);
	assert(n < STORE_PLACES);
	buf_addstr(&sql, ") VALUES (?");
	while (--n > 0)
		buf_addstr(&sql, ", ?");
	buf_addch(&sql, ')');
	r = sqldb_prepare(store_db(s), insert, sql.data, err);
	buf_fini(&sql);
	return r;
}

int
store_in_open(struct store_in *in, struct errmsg *err)
{
	if (text_ids_init(&in->texts, in->store, in->b, err) != 0)
		return -1;
	return prepare_insert(in->store, &in->insert, err);
}

void
store_in_close(struct store_in *in)
{
	sqlstmt_free(&in->insert);
	text_ids_fini(&in->texts);
}

static uint32_t
bits_of(const struct origin *o, size_t which)
{
	switch (which) {
	case STORE_ZONE_KIND:
		return o->zone_kind;
	case STORE_STATED:
		return o->stated;
	case STORE_EVENT:
		return o->event;
	default:
		assert(which == STORE_QUALITY);
		return o->quality;
	}
}

void
store_column_put(const struct store_column *c, struct batch *b, size_t i,
    uint32_t v)
{
	struct origin *o = &b->origins[i];
	char *p =
	    (c->home == STORE_CALL ? (char *)&b->calls[i] : (char *)o) + c->at;

	if (c->home == STORE_EXTRA)
		batch_set_extra(b, (enum call_extra)c->at, i, v);
	else if (c->home == STORE_JOIN)
		batch_set_join(b, i, v);
	else if (c->home != STORE_BITS && c->type == STORE_UINT8)
		*(uint8_t *)p = (uint8_t)v;
	else if (c->home != STORE_BITS)
		memcpy(p, &v, sizeof(v));
	else if (c->at == STORE_ZONE_KIND)
		o->zone_kind = v & 3;
	else if (c->at == STORE_STATED)
		o->stated = v & ORIGIN_STATED;
	else if (c->at == STORE_EVENT)
		o->event = v & 3;
	else
		o->quality = v & 7;
}

uint32_t
store_column_value(const struct store_column *c, const struct batch *b,
    size_t i)
{
	const char *base = c->home == STORE_CALL ? (const char *)&b->calls[i]
						 : (const char *)&b->origins[i];
	uint32_t v;

	if (c->home == STORE_EXTRA)
		return batch_extra(b, (enum call_extra)c->at, i);
	if (c->home == STORE_JOIN)
		return batch_join(b, i);
	if (c->home == STORE_BITS)
		return bits_of(&b->origins[i], c->at);
	if (c->type == STORE_UINT8)
		return *(const uint8_t *)(base + c->at);
	memcpy(&v, base + c->at, sizeof(v));
	return v;
}

int
store_in_texts(struct store_in *in, size_t i, struct errmsg *err)
{
	const struct batch *b = in->b;
	const struct store_column *c;
	int64_t id;

	if (text_ids_get(&in->texts, b->sources[b->calls[i].source].name, &id,
		err) != 0 ||
	    text_ids_get(&in->texts, b->currencies[b->calls[i].currency], &id,
		err) != 0 ||
	    text_ids_get(&in->texts, b->files[batch_file_of(b, i)], &id, err) !=
		0)
		return -1;
	for (c = store_columns; c->name != NULL; c++)
		if (store_column_is_text(c) &&
		    text_ids_get(&in->texts, store_column_value(c, b, i), &id,
			err) != 0)
			return -1;
	return 0;
}

static int64_t
seen_of(const struct store_in *in, size_t i)
{
	if (in->call_seen != NULL)
		return in->call_seen[i];
	return in->seen != NULL ? in->seen[batch_file_of(in->b, i)] : 0;
}

/* What has no column in the table. */
static int64_t
fixed_value(const struct store_in *in, size_t i, int place)
{
	const struct batch *b = in->b;
	const struct call *c = &b->calls[i];
	const struct text_ids *t = &in->texts;

	switch (place) {
	case STORE_START:
		return c->start;
	case STORE_SOURCE:
		return text_ids_got(t, b->sources[c->source].name);
	case STORE_KEY: /* the upper half of the keys is negative in there */
		return (int64_t)b->origins[i].key;
	case STORE_COST:
		return c->flags & CALL_HAS_COST ? batch_cost(b, i) : 0;
	case STORE_CURRENCY:
		return text_ids_got(t, b->currencies[c->currency]);
	case STORE_FLAGS:
		return c->flags & STORE_FLAGS_KEPT;
	case STORE_FILE:
		return text_ids_got(t, b->files[batch_file_of(b, i)]);
	case STORE_RUN:
		return in->run;
	default:
		assert(place == STORE_SEEN);
		return seen_of(in, i);
	}
}

int64_t
store_in_value(const struct store_in *in, size_t i, int place)
{
	const struct store_column *c;
	uint32_t v;

	if (place < STORE_COLUMNS)
		return fixed_value(in, i, place);
	c = &store_columns[place - STORE_COLUMNS];
	v = store_column_value(c, in->b, i);
	return store_column_is_text(c) ? text_ids_got(&in->texts, v) : v;
}

void
store_column_values(const struct store_column *c, const struct batch *b,
    const size_t *pick, size_t n, uint32_t *v)
{
	const bool of_call = c->home == STORE_CALL;
	const size_t size =
	    of_call ? sizeof(struct call) : sizeof(struct origin);
	const char *p =
	    (of_call ? (const char *)b->calls : (const char *)b->origins) +
	    c->at;
	size_t i;

	if (c->home != STORE_CALL && c->home != STORE_ORIGIN)
		for (i = 0; i < n; i++)
			v[i] = store_column_value(c, b, pick[i]);
	else if (c->type == STORE_UINT8)
		for (i = 0; i < n; i++)
			v[i] = (uint8_t)p[pick[i] * size];
	else
		for (i = 0; i < n; i++)
			memcpy(&v[i], p + pick[i] * size, sizeof(*v));
}

/* A column of the table, of some calls. */
static void
column_values(const struct store_in *in, const size_t *pick, size_t n,
    const struct store_column *c, int64_t *v)
{
	enum { SOME = 256 };
	const bool is_text = store_column_is_text(c);
	const struct text_ids *t = &in->texts;
	uint32_t some[SOME];
	size_t i, k, m;

	for (i = 0; i < n; i += m) {
		m = n - i < SOME ? n - i : SOME;
		store_column_values(c, in->b, pick + i, m, some);
		for (k = 0; k < m; k++)
			v[i + k] = is_text ? text_ids_got(t, some[k]) : some[k];
	}
}

void
store_in_values(const struct store_in *in, const size_t *pick, size_t n,
    int place, int64_t *v)
{
	size_t i;

	if (place >= STORE_COLUMNS)
		column_values(in, pick, n,
		    &store_columns[place - STORE_COLUMNS], v);
	else
		for (i = 0; i < n; i++)
			v[i] = fixed_value(in, pick[i], place);
}

int
store_in_row(struct store_in *in, size_t i, struct errmsg *err)
{
	int place;

	if (store_in_texts(in, i, err) != 0)
		return -1;
	for (place = 1; place < STORE_COLUMNS ||
			store_columns[place - STORE_COLUMNS].name != NULL;
	     place++)
		if (place == STORE_COST &&
		    (in->b->calls[i].flags & CALL_HAS_COST) == 0)
			sqlstmt_null(in->insert, place);
		else
			sqlstmt_int(in->insert, place,
			    store_in_value(in, i, place));
	if (sqlstmt_run(in->insert, err) != 0)
		return -1;
	return sqldb_changes(store_db(in->store)) == 1;
}
