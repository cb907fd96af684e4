/*
 * Without a store the id of a run is a hash of what went in: rules, settings,
 * calls.  So the same run has the same id, and the same bytes.
 */
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/pool.h"
#include "base/xalloc.h"
#include "tool/fingerprint.h"

static void
hash_text(struct hash_state *h, const char *text)
{
	hash_add(h, text, strlen(text) + 1);
}

static void
hash_list(struct hash_state *h, const struct opt_list *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		hash_text(h, l->items[i]);
	hash_text(h, "");
}

/* By what a call is known, some of them side by side. */
struct known {
	int64_t start;
	uint64_t key;
};

_Static_assert(sizeof(struct known) == 16, "it has no padding");

enum { BLOCK = 1 << 18, LEAST = 4096 };

struct block {
	const struct batch *b;
	struct known *list;
	size_t first, n, parts;
};

static void
take_known(void *arg, size_t part)
{
	const struct block *bl = arg;
	const struct call *c = bl->b->calls + bl->first;
	const struct origin *o = bl->b->origins + bl->first;
	const size_t end = pool_cut(bl->n, bl->parts, part + 1);
	size_t i;

	for (i = pool_cut(bl->n, bl->parts, part); i < end; i++)
		bl->list[i] =
		    (struct known){ .start = c[i].start, .key = o[i].key };
}

static void
hash_calls(struct hash_state *h, const struct batch *b, size_t threads)
{
	struct block bl = { .b = b };
	const size_t most = b->n < BLOCK ? b->n : BLOCK;

	bl.list = xmalloc((most + 1) * sizeof(*bl.list));
	for (; bl.first < b->n; bl.first += bl.n) {
		bl.n = b->n - bl.first < most ? b->n - bl.first : most;
		bl.parts = pool_parts(threads, bl.n, LEAST);
		pool_run(threads, bl.parts, take_known, &bl);
		hash_add(h, bl.list, bl.n * sizeof(*bl.list));
	}
	free(bl.list);
}

const char *
scan_run_id(struct scan *s)
{
	const struct json_doc *config = s->setup.config.doc;
	struct hash_state *h = hash_new();
	struct fingerprint f;
	char hex[HASH_HEX];

	hash_text(h, s->rules.hash);
	hash_text(h, config != NULL ? json_text(config) : "");
	if (s->setup.directory != NULL || s->setup.rates != NULL) {
		fingerprint_take(&f, &s->setup, &s->rules);
		hash_text(h, f.all);
	}
	hash_list(h, &s->o->only);
	hash_list(h, &s->o->except);
	hash_text(h, s->o->sensitivity != NULL ? s->o->sensitivity : "1");
	hash_text(h, s->results.run.zone);
	hash_add(h, &s->results.run.as_of, sizeof(int64_t));
	hash_calls(h, s->batch, (size_t)s->o->threads);
	hash_end_hex(h, hex);
	hash_free(&h);
	return arena_printf(&s->results.arena, "r-%.10s", hex);
}
