#include "cdr/callpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/callpack_impl.h"

/* The texts, parties and listed of the calls, as they are numbered here. */
struct packing {
	const struct batch *b;
	struct packed_text *texts;
	size_t ntexts, cap;
	struct arena read; /* of ids that are only kept */
	uint32_t *of_name; /* by name: its number + 1, or 0 */
	uint32_t *of_party, *parties;
	size_t nparties;
	uint32_t *of_listed, *listed;
	size_t nlisted;
};

static uint32_t
add_text(struct packing *p, const char *text, size_t len)
{
	p->texts = xgrow(p->texts, &p->cap, p->ntexts + 1, sizeof(*p->texts));
	p->texts[p->ntexts] = (struct packed_text){ text, len };
	return (uint32_t)p->ntexts++;
}

/* What is only kept hardly ever comes again. */
static uint32_t
number_name(struct packing *p, uint32_t name)
{
	const struct intern *names = p->b->names;
	char room[INTERN_ROOM];

	if ((name & INTERN_KEPT) != 0)
		return add_text(p,
		    arena_strdup(&p->read, intern_read(names, name, room)),
		    intern_len(names, name));
	if (p->of_name[name] == 0)
		p->of_name[name] = add_text(p, intern_text(names, name),
				       intern_len(names, name)) +
				   1;
	return p->of_name[name] - 1;
}

static uint32_t
number_once(uint32_t *of, uint32_t *list, size_t *n, uint32_t id)
{
	if (of[id] == 0) {
		list[(*n)++] = id;
		of[id] = (uint32_t)*n;
	}
	return of[id] - 1;
}

static void
packing_init(struct packing *p, const struct batch *b)
{
	*p = (struct packing){ .b = b };
	p->of_name = xcalloc(intern_count(b->names), sizeof(*p->of_name));
	p->of_party = xcalloc(b->nparties + 1, sizeof(*p->of_party));
	p->parties = xcalloc(b->nparties + 1, sizeof(*p->parties));
	p->of_listed = xcalloc(b->nlisted + 1, sizeof(*p->of_listed));
	p->listed = xcalloc(b->nlisted + 1, sizeof(*p->listed));
	/* what is missing is the first */
	(void)number_name(p, 0);
	(void)number_once(p->of_party, p->parties, &p->nparties, 0);
	(void)number_once(p->of_listed, p->listed, &p->nlisted, 0);
}

static void
packing_fini(struct packing *p)
{
	free(p->texts);
	arena_fini(&p->read);
	free(p->of_name);
	free(p->of_party);
	free(p->parties);
	free(p->of_listed);
	free(p->listed);
}

/* What is told of a call itself; all by its id in the batch. */
static int64_t
value_of_call(const struct batch *b, size_t i, enum callpack_column column)
{
	const struct call *c = &b->calls[i];

	switch (column) {
	case CALLPACK_START:
		return c->start;
	case CALLPACK_RING:
		return c->ring;
	case CALLPACK_DURATION:
		return c->duration;
	case CALLPACK_SRC:
		return c->src;
	case CALLPACK_DST:
		return c->dst;
	case CALLPACK_DIALLED:
		return c->dialled;
	case CALLPACK_ACCOUNT:
		return c->account;
	case CALLPACK_USER:
		return c->user;
	case CALLPACK_TRUNK_IN:
		return c->trunk_in;
	case CALLPACK_TRUNK_OUT:
		return c->trunk_out;
	case CALLPACK_SOURCE:
		return b->sources[c->source].name;
	case CALLPACK_CURRENCY:
		return b->currencies[c->currency];
	case CALLPACK_DIRECTION:
		return c->direction;
	case CALLPACK_STATUS:
		return c->status;
	case CALLPACK_FEATURE:
		return c->feature;
	case CALLPACK_ACCOUNT_TYPE:
		return c->account_type;
	case CALLPACK_FLAGS:
		return c->flags & ~CALL_ADDED;
	default:
		return c->listed;
	}
}

static int64_t
value_of_origin(const struct batch *b, size_t i, enum callpack_column column)
{
	const struct origin *o = &b->origins[i];

	switch (column) {
	case CALLPACK_KEY:
		return (int64_t)o->key;
	case CALLPACK_LINE:
		return o->line;
	case CALLPACK_CALL_ID:
		return o->call_id;
	case CALLPACK_SERVICE:
		return o->service;
	case CALLPACK_CAUSE:
		return o->cause;
	case CALLPACK_ZONE_KIND:
		return o->zone_kind;
	case CALLPACK_STATED:
		return o->stated;
	case CALLPACK_USER_CALLED:
		return o->user_called;
	case CALLPACK_EVENT:
		return o->event;
	case CALLPACK_QUALITY:
		return o->quality;
	case CALLPACK_RATED:
		return o->rated;
	default:
		return o->clock;
	}
}

/* What few calls have, and what has it for all of them. */
static int64_t
value_of_extras(const struct batch *b, size_t i, enum callpack_column column)
{
	switch (column) {
	case CALLPACK_COST:
		return batch_cost(b, i);
	case CALLPACK_FORWARDED_BY:
		return batch_extra(b, EXTRA_FORWARDED_BY, i);
	case CALLPACK_FILE:
		return b->files[batch_file_of(b, i)];
	case CALLPACK_JOIN:
		return batch_join(b, i);
	case CALLPACK_SRC_NAME:
		return batch_extra(b, EXTRA_SRC_NAME, i);
	default:
		return batch_extra(b, EXTRA_AUTH_CODE, i);
	}
}

#define OF_ORIGIN                                                             \
	(CALLPACK_BIT(CALLPACK_KEY) | CALLPACK_BIT(CALLPACK_LINE) |           \
	    CALLPACK_BIT(CALLPACK_CALL_ID) | CALLPACK_BIT(CALLPACK_SERVICE) | \
	    CALLPACK_BIT(CALLPACK_CAUSE) | CALLPACK_BIT(CALLPACK_ZONE_KIND) | \
	    CALLPACK_BIT(CALLPACK_STATED) |                                   \
	    CALLPACK_BIT(CALLPACK_USER_CALLED) |                              \
	    CALLPACK_BIT(CALLPACK_EVENT) | CALLPACK_BIT(CALLPACK_QUALITY) |   \
	    CALLPACK_BIT(CALLPACK_RATED) | CALLPACK_BIT(CALLPACK_CLOCK))
#define OF_EXTRAS                                                            \
	(CALLPACK_BIT(CALLPACK_COST) | CALLPACK_BIT(CALLPACK_FORWARDED_BY) | \
	    CALLPACK_BIT(CALLPACK_FILE) | CALLPACK_BIT(CALLPACK_JOIN) |      \
	    CALLPACK_BIT(CALLPACK_SRC_NAME) |                                \
	    CALLPACK_BIT(CALLPACK_AUTH_CODE))

static void
read_column(const struct batch *b, const uint32_t *calls, size_t n,
    enum callpack_column column, int64_t *v)
{
	size_t i;

	if ((OF_ORIGIN >> column & 1) != 0)
		for (i = 0; i < n; i++)
			v[i] = value_of_origin(b, calls[i], column);
	else if ((OF_EXTRAS >> column & 1) != 0)
		for (i = 0; i < n; i++)
			v[i] = value_of_extras(b, calls[i], column);
	else
		for (i = 0; i < n; i++)
			v[i] = value_of_call(b, calls[i], column);
}

static void
read_party(const struct party *one, int64_t *v)
{
	v[CALLPACK_PARTY_TEXT] = one->text;
	v[CALLPACK_PARTY_COUNTRY] = one->country;
	v[CALLPACK_PARTY_BLOCK] = one->block;
	v[CALLPACK_PARTY_KIND] = one->kind;
	v[CALLPACK_PARTY_PARTY] = one->party;
	v[CALLPACK_PARTY_INSIDE] = one->inside;
	v[CALLPACK_PARTY_INTERNATIONAL] = one->international;
	v[CALLPACK_PARTY_OWN] = one->own_toll_free;
	v[CALLPACK_PARTY_STATED] = one->stated;
}

/* A calendar that is missing is not one without a name. */
static void
read_listed(struct packing *p, const struct listed *one, int64_t *v)
{
	v[CALLPACK_LISTED_CLASS] = one->class;
	v[CALLPACK_LISTED_GROUP] = one->group;
	v[CALLPACK_LISTED_CAPACITY] = one->capacity;
	v[CALLPACK_LISTED_CALENDAR] = 0;
	if (one->calendar != NULL)
		v[CALLPACK_LISTED_CALENDAR] =
		    add_text(p, one->calendar, strlen(one->calendar)) + 1;
}

/* A row becomes part of columns of `n` each. */
static void
spread(const int64_t *row, size_t columns, int64_t *to, size_t n)
{
	size_t k;

	for (k = 0; k < columns; k++)
		to[k * n] = row[k];
}

static void
number_column(struct packing *p, int64_t *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = number_name(p, (uint32_t)v[i]);
}

/*
 * A join key that is the call id, as it mostly is, is the same text, which
 * number_name() cannot tell of those that are only kept.
 */
static void
number_joins(struct packing *p, const uint32_t *calls, int64_t *v,
    const int64_t *ids, size_t n)
{
	const struct origin *origins = p->b->origins;
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = v[i] == origins[calls[i]].call_id
			   ? ids[i]
			   : number_name(p, (uint32_t)v[i]);
}

/*
 * Column by column: those that follow each other in one, such as ids, begin
 * alike.
 */
static void
number_texts(struct packing *p, int64_t *cells, size_t n, size_t columns,
    uint64_t texts)
{
	size_t k;

	for (k = 0; k < columns; k++)
		if ((texts >> k & 1) != 0)
			number_column(p, cells + k * n, n);
}

/* The same of parties, or of what the directory says. */
static void
number_ids(int64_t *v, size_t n, uint32_t *of, uint32_t *list, size_t *nlist)
{
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = number_once(of, list, nlist, (uint32_t)v[i]);
}

static void
add_columns(const int64_t *cells, size_t n, size_t columns, struct buf *out)
{
	size_t k;

	for (k = 0; k < columns; k++)
		packed_add_numbers(out, cells + k * n, n);
}

static int64_t *
columns_of_parties(struct packing *p)
{
	int64_t row[CALLPACK_PARTY_COLUMNS];
	int64_t *cells =
	    xcalloc(p->nparties * CALLPACK_PARTY_COLUMNS + 1, sizeof(*cells));
	size_t i;

	for (i = 0; i < p->nparties; i++) {
		read_party(&p->b->parties[p->parties[i]], row);
		spread(row, CALLPACK_PARTY_COLUMNS, cells + i, p->nparties);
	}
	number_texts(p, cells, p->nparties, CALLPACK_PARTY_COLUMNS,
	    CALLPACK_PARTY_TEXTS);
	return cells;
}

static int64_t *
columns_of_listed(struct packing *p)
{
	int64_t row[CALLPACK_LISTED_COLUMNS];
	int64_t *cells =
	    xcalloc(p->nlisted * CALLPACK_LISTED_COLUMNS + 1, sizeof(*cells));
	size_t i;

	for (i = 0; i < p->nlisted; i++) {
		read_listed(p, &p->b->listed[p->listed[i]], row);
		spread(row, CALLPACK_LISTED_COLUMNS, cells + i, p->nlisted);
	}
	number_texts(p, cells, p->nlisted, CALLPACK_LISTED_COLUMNS,
	    CALLPACK_LISTED_TEXTS);
	return cells;
}

/* One column at a time: all of them would take more memory than the calls. */
static void
add_calls(struct packing *p, const uint32_t *calls, size_t n, struct buf *out)
{
	int64_t *v = xcalloc(2 * n + 1, sizeof(*v)), *ids = v + n;
	int k;

	for (k = 0; k < CALLPACK_COLUMNS; k++) {
		read_column(p->b, calls, n, (enum callpack_column)k, v);
		if ((CALLPACK_PARTIES >> k & 1) != 0)
			number_ids(v, n, p->of_party, p->parties, &p->nparties);
		else if (k == CALLPACK_LISTED)
			number_ids(v, n, p->of_listed, p->listed, &p->nlisted);
		else if (k == CALLPACK_JOIN)
			number_joins(p, calls, v, ids, n);
		else if ((CALLPACK_TEXTS >> k & 1) != 0)
			number_column(p, v, n);
		if (k == CALLPACK_CALL_ID) /* before join keys */
			memcpy(ids, v, n * sizeof(*v));
		packed_add_numbers(out, v, n);
	}
	free(v);
}

void
callpack_print(const struct batch *b, const uint32_t *calls, size_t n,
    struct buf *out)
{
	int64_t head[CALLPACK_HEAD_SIZE], *parties, *listed;
	struct packing p;
	struct buf columns;

	packing_init(&p, b);
	buf_init(&columns);
	add_calls(&p, calls, n, &columns);
	parties = columns_of_parties(&p);
	listed = columns_of_listed(&p);
	head[CALLPACK_HEAD_FORMAT] = CALLPACK_FORMAT;
	head[CALLPACK_HEAD_TEXTS] = (int64_t)p.ntexts;
	head[CALLPACK_HEAD_PARTIES] = (int64_t)p.nparties;
	head[CALLPACK_HEAD_LISTED] = (int64_t)p.nlisted;
	head[CALLPACK_HEAD_CALLS] = (int64_t)n;
	packed_add_numbers(out, head, CALLPACK_HEAD_SIZE);
	packed_add_list(out, p.texts, p.ntexts);
	add_columns(parties, p.nparties, CALLPACK_PARTY_COLUMNS, out);
	add_columns(listed, p.nlisted, CALLPACK_LISTED_COLUMNS, out);
	buf_add(out, columns.data, columns.len);
	buf_fini(&columns);
	packing_fini(&p);
	free(parties);
	free(listed);
}
