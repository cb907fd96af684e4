#include "cdr/batch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/marks.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "cdr/batch_impl.h"

/* Equal parties are found by their bytes, so there must be no padding. */
_Static_assert(sizeof(struct party) == 20, "a party has no padding");

static void
add_file(struct batch *b, uint32_t name)
{
	b->files =
	    xgrow(b->files, &b->files_cap, b->nfiles + 1, sizeof(*b->files));
	b->files[b->nfiles++] = name;
}

static void
add_currency(struct batch *b, uint32_t name)
{
	b->currencies = xgrow(b->currencies, &b->currencies_cap,
	    b->ncurrencies + 1, sizeof(*b->currencies));
	b->currencies[b->ncurrencies++] = name;
}

uint32_t
batch_listed(struct batch *b, const struct listed *l)
{
	b->listed = xgrow(b->listed, &b->listed_cap, b->nlisted + 1,
	    sizeof(*b->listed));
	b->listed[b->nlisted] = *l;
	return (uint32_t)b->nlisted++;
}

struct batch *
batch_new(void)
{
	struct batch *b = xcalloc(1, sizeof(*b));

	b->names = intern_new();
	b->party_ids = intern_new();
	b->parties = xgrow(NULL, &b->parties_cap, 1, sizeof(*b->parties));
	memset(b->parties, 0, sizeof(*b->parties));
	b->nparties = 1;
	(void)batch_listed(b, &(struct listed){ .class = 0 });
	add_file(b, 0);
	add_currency(b, 0);
	b->sorted = true;
	return b;
}

void
batch_free(struct batch **bp)
{
	struct batch *b = *bp;

	if (b == NULL)
		return;
	intern_free(&b->names);
	intern_free(&b->party_ids);
	free(b->calls);
	free(b->origins);
	batch_extras_free(b);
	free(b->parties);
	free(b->sources);
	free(b->listed);
	free(b->currencies);
	free(b->files);
	free(b->tails);
	free(b);
	*bp = NULL;
}

bool
batch_reset(struct batch *b, uint32_t names)
{
	const bool stay = intern_count(b->names) <= names;

	assert(b->nparties == 1 && b->nsources == 0 && b->nlisted == 1);
	if (stay)
		intern_forget_kept(b->names);
	else
		intern_reset(b->names);
	batch_extras_reset(b);
	b->n = 0;
	b->nfiles = b->ncurrencies = 1;
	b->usual_file = 0;
	b->sorted = true;
	b->distinct = b->once = false;
	return stay;
}

static void
make_room(struct batch *b, size_t n)
{
	assert(n >= b->n && n <= UINT32_MAX); /* an index has 32 bits */
	b->calls = xgrow(b->calls, &b->cap, n, sizeof(*b->calls));
	b->origins = xgrow(b->origins, &b->origins_cap, n, sizeof(*b->origins));
}

size_t
batch_add_many(struct batch *b, size_t n)
{
	const size_t first = b->n;

	if (n > b->cap - first || n > b->origins_cap - first)
		make_room(b, first + n);
	b->n += n;
	if (b->extras.any)
		batch_extras_grow(b, first);
	b->sorted &= n == 0;
	b->once &= n == 0;
	return first;
}

size_t
batch_add(struct batch *b, struct call **call, struct origin **origin)
{
	const size_t i = batch_add_many(b, 1);

	*call = &b->calls[i];
	*origin = &b->origins[i];
	memset(*call, 0, sizeof(**call));
	memset(*origin, 0, sizeof(**origin));
	return i;
}

void
batch_reserve(struct batch *b, size_t n)
{
	const size_t need = b->n + n + b->to_come;

	if (need > b->cap) {
		b->calls = xrealloc(b->calls, need, sizeof(*b->calls));
		b->cap = need;
	}
	if (need > b->origins_cap) {
		b->origins = xrealloc(b->origins, need, sizeof(*b->origins));
		b->origins_cap = need;
	}
}

/* Id 0 of the intern is the empty string: it stands for the zeroed party. */
uint32_t
batch_party(struct batch *b, const struct party *p)
{
	struct party key = *p;
	uint32_t id;

	memset(key.spare, 0, sizeof(key.spare));
	if (memcmp(&key, &b->parties[0], sizeof(key)) == 0)
		return 0;
	id = intern_add(b->party_ids, &key, sizeof(key));
	if (id < b->nparties)
		return id;
	assert(id == b->nparties);
	b->parties = xgrow(b->parties, &b->parties_cap, b->nparties + 1,
	    sizeof(*b->parties));
	b->parties[b->nparties++] = key;
	return id;
}

/* The numbers around an outside number; extensions have no block. */
static uint32_t
block_of(struct batch *b, const struct number *n)
{
	size_t len = strlen(n->text);

	if (n->inside || len <= 4)
		return 0;
	return intern_add(b->names, n->text, len - 4);
}

uint32_t
batch_number(struct batch *b, const struct number *n)
{
	struct party p = {
		.text = intern_addstr(b->names, n->text),
		.country = intern_addstr(b->names, n->country),
		.block = block_of(b, n),
		.kind = (uint8_t)n->kind,
		.party = (uint8_t)n->party,
		.inside = n->inside,
		.international = n->international,
		.own_toll_free = n->own_toll_free,
	};

	return batch_party(b, &p);
}

size_t
batch_find_source(const struct batch *b, uint32_t name)
{
	size_t i;

	for (i = 0; i < b->nsources; i++)
		if (b->sources[i].name == name)
			break;
	return i;
}

uint16_t
batch_source(struct batch *b, const char *name, const char *site,
    const struct zone *zone, const char *calendar)
{
	uint32_t id = intern_addstr(b->names, name);
	size_t i = batch_find_source(b, id);

	if (i < b->nsources)
		return (uint16_t)i;
	assert(i < BOUNDS_SOURCES);
	b->sources =
	    xgrow(b->sources, &b->sources_cap, i + 1, sizeof(*b->sources));
	b->sources[i] = (struct batch_source){
		.name = id,
		.site = site != NULL ? intern_addstr(b->names, site) : 0,
		.zone = zone,
		.calendar = calendar,
	};
	b->nsources++;
	return (uint16_t)i;
}

uint8_t
batch_currency(struct batch *b, const char *code)
{
	uint32_t id = intern_addstr(b->names, code);
	size_t i;

	for (i = 0; i < b->ncurrencies; i++)
		if (b->currencies[i] == id)
			return (uint8_t)i;
	if (i > BOUNDS_CURRENCIES)
		return 0;
	add_currency(b, id);
	return (uint8_t)i;
}

uint32_t
batch_file(struct batch *b, const char *path)
{
	add_file(b, intern_addstr(b->names, path));
	return (uint32_t)(b->nfiles - 1);
}

/* The last digits of a text; 0 if it has none. */
static uint32_t
tail_of(struct batch *b, uint32_t dialled)
{
	const char *text = batch_text(b, dialled);
	size_t i = intern_len(b->names, dialled), at = BATCH_TAIL;
	char tail[BATCH_TAIL];

	for (; i > 0 && at > 0; i--)
		if (text[i - 1] >= '0' && text[i - 1] <= '9')
			tail[--at] = text[i - 1];
	return intern_add(b->names, tail + at, BATCH_TAIL - at);
}

struct dialled {
	const struct batch *b;
	struct marks *texts;
	size_t parts;
};

static void
find_dialled(void *arg, size_t part)
{
	const struct dialled *d = arg;
	const size_t end = pool_cut(d->b->n, d->parts, part + 1);
	size_t i;

	for (i = pool_cut(d->b->n, d->parts, part); i < end; i++)
		marks_add(d->texts, part, d->b->calls[i].dialled, 1);
}

void
batch_tails(struct batch *b, size_t threads)
{
	struct dialled d = { .b = b,
		.parts = pool_parts(threads, b->n, BATCH_LEAST) };
	uint64_t *list;
	uint32_t *texts;
	size_t i, n;

	d.texts = marks_new(intern_count(b->names), d.parts);
	pool_run(threads, d.parts, find_dialled, &d);
	list = marks_list(d.texts, &n);
	texts = xmalloc((n + 1) * sizeof(*texts));
	for (i = 0; i < n; i++)
		texts[i] = (uint32_t)list[i];
	batch_tails_of(b, texts, n);
	free(texts);
	free(list);
	marks_free(&d.texts);
}

void
batch_tails_of(struct batch *b, const uint32_t *texts, size_t n)
{
	size_t i;

	free(b->tails);
	b->ntails = intern_count(b->names);
	b->tails = xcalloc(b->ntails, sizeof(*b->tails));
	for (i = 0; i < n; i++)
		b->tails[texts[i]] = tail_of(b, texts[i]);
}

const char *
batch_text(const struct batch *b, uint32_t name)
{
	return intern_text(b->names, name);
}

const char *
batch_party_text(const struct batch *b, uint32_t party)
{
	assert(party < b->nparties);
	return batch_text(b, b->parties[party].text);
}

size_t
batch_lower(const struct batch *b, int64_t t)
{
	size_t low = 0, high = b->n, mid;

	assert(b->sorted);
	while (low < high) {
		mid = low + (high - low) / 2;
		if (b->calls[mid].start < t)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}
