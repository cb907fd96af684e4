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
	uint32_t *order; /* by text as it came: its place among the sorted */
	size_t ntexts;
	struct intern *ids; /* finds equal texts */
	uint32_t *of_party; /* by party: its number + 1, or 0 */
	uint32_t *parties;
	size_t nparties;
	uint32_t *of_listed;
	uint32_t *listed;
	size_t nlisted;
};

static const char *
text_of(const struct batch *b, uint32_t name)
{
	return intern_text(b->names, name);
}

static uint32_t
number_text(struct packing *p, const char *text)
{
	return intern_addstr(p->ids, text != NULL ? text : "");
}

static uint32_t
number_name(struct packing *p, uint32_t name)
{
	return number_text(p, text_of(p->b, name));
}

/* A text that is missing is not one that is empty. */
static uint32_t
number_maybe(struct packing *p, const char *text)
{
	return text != NULL ? number_text(p, text) + 1 : 0;
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
	*p = (struct packing){ .b = b, .ids = intern_new() };
	p->of_party = xcalloc(b->nparties + 1, sizeof(*p->of_party));
	p->parties = xcalloc(b->nparties + 1, sizeof(*p->parties));
	p->of_listed = xcalloc(b->nlisted + 1, sizeof(*p->of_listed));
	p->listed = xcalloc(b->nlisted + 1, sizeof(*p->listed));
	/* what is missing is the first */
	(void)number_once(p->of_party, p->parties, &p->nparties, 0);
	(void)number_once(p->of_listed, p->listed, &p->nlisted, 0);
}

static void
packing_fini(struct packing *p)
{
	intern_free(&p->ids);
	free(p->texts);
	free(p->order);
	free(p->of_party);
	free(p->parties);
	free(p->of_listed);
	free(p->listed);
}

/* Call by call, in the order of enum callpack_column. */
static void
read_call(struct packing *p, size_t i, int64_t *v)
{
	const struct batch *b = p->b;
	const struct call *c = &b->calls[i];
	const struct origin *o = &b->origins[i];
	const int64_t all[CALLPACK_COLUMNS] = {
		[CALLPACK_START] = c->start,
		[CALLPACK_COST] = c->cost,
		[CALLPACK_RING] = c->ring,
		[CALLPACK_DURATION] = c->duration,
		[CALLPACK_SRC] =
		    number_once(p->of_party, p->parties, &p->nparties, c->src),
		[CALLPACK_DST] =
		    number_once(p->of_party, p->parties, &p->nparties, c->dst),
		[CALLPACK_FORWARDED_BY] = number_once(p->of_party, p->parties,
		    &p->nparties, c->forwarded_by),
		[CALLPACK_DIALLED] = number_name(p, c->dialled),
		[CALLPACK_ACCOUNT] = number_name(p, c->account),
		[CALLPACK_USER] = number_name(p, c->user),
		[CALLPACK_TRUNK_IN] = number_name(p, c->trunk_in),
		[CALLPACK_TRUNK_OUT] = number_name(p, c->trunk_out),
		[CALLPACK_SOURCE] = number_name(p, b->sources[c->source].name),
		[CALLPACK_CURRENCY] =
		    number_name(p, b->currencies[c->currency]),
		[CALLPACK_DIRECTION] = c->direction,
		[CALLPACK_STATUS] = c->status,
		[CALLPACK_FEATURE] = c->feature,
		[CALLPACK_ACCOUNT_TYPE] = c->account_type,
		[CALLPACK_FLAGS] = c->flags & ~CALL_ADDED,
		[CALLPACK_KEY] = (int64_t)o->key,
		[CALLPACK_LINE] = o->line,
		[CALLPACK_FILE] = number_name(p, b->files[o->file]),
		[CALLPACK_CALL_ID] = number_name(p, o->call_id),
		[CALLPACK_JOIN] = number_name(p, o->join),
		[CALLPACK_SRC_NAME] = number_name(p, o->src_name),
		[CALLPACK_SERVICE] = number_name(p, o->service),
		[CALLPACK_AUTH_CODE] = number_name(p, o->auth_code),
		[CALLPACK_LISTED] = number_once(p->of_listed, p->listed,
		    &p->nlisted, o->listed),
		[CALLPACK_CAUSE] = o->cause,
		[CALLPACK_ZONE_KIND] = o->zone_kind,
		[CALLPACK_STATED] = o->stated,
		[CALLPACK_USER_CALLED] = o->user_called,
		[CALLPACK_EVENT] = o->event,
		[CALLPACK_QUALITY] = o->quality,
		[CALLPACK_RATED] = o->rated,
		[CALLPACK_CLOCK] = o->clock,
	};

	memcpy(v, all, sizeof(all));
}

static void
read_party(struct packing *p, const struct party *one, int64_t *v)
{
	v[CALLPACK_PARTY_TEXT] = number_name(p, one->text);
	v[CALLPACK_PARTY_COUNTRY] = number_name(p, one->country);
	v[CALLPACK_PARTY_BLOCK] = number_name(p, one->block);
	v[CALLPACK_PARTY_KIND] = one->kind;
	v[CALLPACK_PARTY_PARTY] = one->party;
	v[CALLPACK_PARTY_INSIDE] = one->inside;
	v[CALLPACK_PARTY_INTERNATIONAL] = one->international;
	v[CALLPACK_PARTY_OWN] = one->own_toll_free;
	v[CALLPACK_PARTY_STATED] = one->stated;
}

static void
read_listed(struct packing *p, const struct listed *one, int64_t *v)
{
	v[CALLPACK_LISTED_CLASS] = number_name(p, one->class);
	v[CALLPACK_LISTED_GROUP] = number_name(p, one->group);
	v[CALLPACK_LISTED_CAPACITY] = one->capacity;
	v[CALLPACK_LISTED_CALENDAR] = number_maybe(p, one->calendar);
}

static int
compare_texts(const void *va, const void *vb)
{
	const struct packed_text *a = va, *b = vb;

	return strcmp(a->bytes, b->bytes);
}

/* Equal texts have one number, and numbers are in the order of the texts. */
static void
sort_texts(struct packing *p)
{
	size_t i;

	p->ntexts = intern_count(p->ids);
	p->texts = xcalloc(p->ntexts + 1, sizeof(*p->texts));
	p->order = xcalloc(p->ntexts + 1, sizeof(*p->order));
	for (i = 0; i < p->ntexts; i++)
		p->texts[i] =
		    (struct packed_text){ intern_text(p->ids, (uint32_t)i),
			    intern_len(p->ids, (uint32_t)i) };
	qsort(p->texts, p->ntexts, sizeof(*p->texts), compare_texts);
	for (i = 0; i < p->ntexts; i++)
		p->order[intern_find(p->ids, p->texts[i].bytes,
		    p->texts[i].len)] = (uint32_t)i;
}

/* Rows of numbers, some of which are of texts. */
static void
add_columns(const struct packing *p, const int64_t *rows, size_t n,
    size_t columns, uint64_t texts, uint64_t maybe, struct buf *out)
{
	int64_t *column = xcalloc(n + 1, sizeof(*column)), v;
	size_t i, k;

	for (k = 0; k < columns; k++) {
		for (i = 0; i < n; i++) {
			v = rows[i * columns + k];
			if ((texts >> k & 1) != 0)
				v = p->order[v];
			else if ((maybe >> k & 1) != 0 && v > 0)
				v = (int64_t)p->order[v - 1] + 1;
			column[i] = v;
		}
		packed_add_numbers(out, column, n);
	}
	free(column);
}

static void
add_texts(const struct packing *p, struct buf *out)
{
	struct packed_text *like = xcalloc(p->ntexts + 1, sizeof(*like));
	size_t i;

	for (i = 0; i < p->ntexts; i++)
		like[i] =
		    i > 0 ? p->texts[i - 1] : (struct packed_text){ "", 0 };
	packed_add_texts(out, p->texts, like, p->ntexts);
	free(like);
}

void
callpack_print(const struct batch *b, const uint32_t *calls, size_t n,
    struct buf *out)
{
	int64_t *rows = xcalloc(n * CALLPACK_COLUMNS + 1, sizeof(*rows));
	int64_t head[CALLPACK_HEAD_SIZE], *parties, *listed;
	struct packing p;
	size_t i;

	packing_init(&p, b);
	for (i = 0; i < n; i++)
		read_call(&p, calls[i], rows + i * CALLPACK_COLUMNS);
	parties =
	    xcalloc(p.nparties * CALLPACK_PARTY_COLUMNS + 1, sizeof(*parties));
	for (i = 0; i < p.nparties; i++)
		read_party(&p, &b->parties[p.parties[i]],
		    parties + i * CALLPACK_PARTY_COLUMNS);
	listed =
	    xcalloc(p.nlisted * CALLPACK_LISTED_COLUMNS + 1, sizeof(*listed));
	for (i = 0; i < p.nlisted; i++)
		read_listed(&p, &b->listed[p.listed[i]],
		    listed + i * CALLPACK_LISTED_COLUMNS);
	sort_texts(&p);
	head[CALLPACK_HEAD_FORMAT] = CALLPACK_FORMAT;
	head[CALLPACK_HEAD_TEXTS] = (int64_t)p.ntexts;
	head[CALLPACK_HEAD_PARTIES] = (int64_t)p.nparties;
	head[CALLPACK_HEAD_LISTED] = (int64_t)p.nlisted;
	head[CALLPACK_HEAD_CALLS] = (int64_t)n;
	packed_add_numbers(out, head, CALLPACK_HEAD_SIZE);
	add_texts(&p, out);
	add_columns(&p, parties, p.nparties, CALLPACK_PARTY_COLUMNS,
	    CALLPACK_PARTY_TEXTS, 0, out);
	add_columns(&p, listed, p.nlisted, CALLPACK_LISTED_COLUMNS,
	    CALLPACK_LISTED_TEXTS, CALLPACK_LISTED_MAYBE, out);
	add_columns(&p, rows, n, CALLPACK_COLUMNS, CALLPACK_TEXTS, 0, out);
	packing_fini(&p);
	free(rows);
	free(parties);
	free(listed);
}
