#include "cdr/callpack.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/packed.h"
#include "base/xalloc.h"
#include "cdr/callpack_impl.h"

/* The texts, parties and listed of the calls, as they are numbered here. */
struct packing {
	const struct batch *b;
	struct packed_text *texts;
	size_t ntexts, cap;
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

	if ((name & INTERN_KEPT) != 0)
		return add_text(p, intern_text(names, name),
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
	free(p->of_name);
	free(p->of_party);
	free(p->parties);
	free(p->of_listed);
	free(p->listed);
}

static void
read_origin(const struct batch *b, size_t i, int64_t *v)
{
	const struct origin *o = &b->origins[i];

	v[CALLPACK_KEY] = (int64_t)o->key;
	v[CALLPACK_LINE] = o->line;
	v[CALLPACK_CALL_ID] = o->call_id;
	v[CALLPACK_SERVICE] = o->service;
	v[CALLPACK_CAUSE] = o->cause;
	v[CALLPACK_ZONE_KIND] = o->zone_kind;
	v[CALLPACK_STATED] = o->stated;
	v[CALLPACK_USER_CALLED] = o->user_called;
	v[CALLPACK_EVENT] = o->event;
	v[CALLPACK_QUALITY] = o->quality;
	v[CALLPACK_RATED] = o->rated;
	v[CALLPACK_CLOCK] = o->clock;
}

/* What few calls have, and what has it for all of them. */
static void
read_extras(const struct batch *b, size_t i, int64_t *v)
{
	v[CALLPACK_COST] = batch_cost(b, i);
	v[CALLPACK_FORWARDED_BY] = batch_extra(b, EXTRA_FORWARDED_BY, i);
	v[CALLPACK_FILE] = b->files[batch_file_of(b, i)];
	v[CALLPACK_JOIN] = batch_join(b, i);
	v[CALLPACK_SRC_NAME] = batch_extra(b, EXTRA_SRC_NAME, i);
	v[CALLPACK_AUTH_CODE] = batch_extra(b, EXTRA_AUTH_CODE, i);
}

/* All by its id in the batch. */
static void
read_call(const struct batch *b, size_t i, int64_t *v)
{
	const struct call *c = &b->calls[i];

	v[CALLPACK_START] = c->start;
	v[CALLPACK_RING] = c->ring;
	v[CALLPACK_DURATION] = c->duration;
	v[CALLPACK_SRC] = c->src;
	v[CALLPACK_DST] = c->dst;
	v[CALLPACK_DIALLED] = c->dialled;
	v[CALLPACK_ACCOUNT] = c->account;
	v[CALLPACK_USER] = c->user;
	v[CALLPACK_TRUNK_IN] = c->trunk_in;
	v[CALLPACK_TRUNK_OUT] = c->trunk_out;
	v[CALLPACK_SOURCE] = b->sources[c->source].name;
	v[CALLPACK_CURRENCY] = b->currencies[c->currency];
	v[CALLPACK_DIRECTION] = c->direction;
	v[CALLPACK_STATUS] = c->status;
	v[CALLPACK_FEATURE] = c->feature;
	v[CALLPACK_ACCOUNT_TYPE] = c->account_type;
	v[CALLPACK_FLAGS] = c->flags & ~CALL_ADDED;
	v[CALLPACK_LISTED] = c->listed;
	read_origin(b, i, v);
	read_extras(b, i, v);
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

/*
 * Column by column: those that follow each other in one, such as ids, begin
 * alike.
 */
static void
number_texts(struct packing *p, int64_t *cells, size_t n, size_t columns,
    uint64_t texts)
{
	size_t i, k;

	for (k = 0; k < columns; k++)
		for (i = 0; (texts >> k & 1) != 0 && i < n; i++)
			cells[k * n + i] =
			    number_name(p, (uint32_t)cells[k * n + i]);
}

/* The same of parties, or of what the directory says. */
static void
number_ids(int64_t *cells, size_t n, size_t column, uint32_t *of,
    uint32_t *list, size_t *nlist)
{
	int64_t *v;
	size_t i;

	for (i = 0; i < n; i++) {
		v = &cells[column * n + i];
		*v = number_once(of, list, nlist, (uint32_t)*v);
	}
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

static int64_t *
columns_of_calls(struct packing *p, const uint32_t *calls, size_t n)
{
	int64_t row[CALLPACK_COLUMNS];
	int64_t *cells = xcalloc(n * CALLPACK_COLUMNS + 1, sizeof(*cells));
	size_t i;

	for (i = 0; i < n; i++) {
		read_call(p->b, calls[i], row);
		spread(row, CALLPACK_COLUMNS, cells + i, n);
	}
	number_ids(cells, n, CALLPACK_SRC, p->of_party, p->parties,
	    &p->nparties);
	number_ids(cells, n, CALLPACK_DST, p->of_party, p->parties,
	    &p->nparties);
	number_ids(cells, n, CALLPACK_FORWARDED_BY, p->of_party, p->parties,
	    &p->nparties);
	number_ids(cells, n, CALLPACK_LISTED, p->of_listed, p->listed,
	    &p->nlisted);
	number_texts(p, cells, n, CALLPACK_COLUMNS, CALLPACK_TEXTS);
	return cells;
}

void
callpack_print(const struct batch *b, const uint32_t *calls, size_t n,
    struct buf *out)
{
	int64_t head[CALLPACK_HEAD_SIZE], *cells, *parties, *listed;
	struct packing p;

	packing_init(&p, b);
	cells = columns_of_calls(&p, calls, n);
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
	add_columns(cells, n, CALLPACK_COLUMNS, out);
	packing_fini(&p);
	free(cells);
	free(parties);
	free(listed);
}
