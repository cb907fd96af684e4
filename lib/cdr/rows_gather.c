#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/xalloc.h"
#include "cdr/rows_impl.h"

/* At BOUNDS_OPEN_CALLS four groups share one. */
enum { BUCKETS = BOUNDS_OPEN_CALLS / 4 };

/*
 * A row is given out when the next one of its call has come: only then is it
 * known that it was not the last, which is the call.
 *
 *	row of the file   a1   b1   a2   b2  (b2 completes)   end
 *	given out                   a1-  b1- b2 = call b      a2 = call a
 */
struct rows_gather {
	const struct layout *layout;
	struct rows_split *source;
	struct layout_header header;
	struct buf key, scratch;
	/* The open groups by key; intern would keep the texts for ever. */
	struct row_group **buckets;
	/* The open groups; that whose last row is the oldest first. */
	struct row_group *oldest, *newest;
	size_t open, bytes;
	struct row_group *ready; /* to be given out next, no longer open */
	struct row_group *given; /* valid until the next row */
	struct csvfield *gathered;
	bool at_end;
};

struct rows_gather *
rows_gather_new(const struct rows_kind *kind, void *self,
    const struct layout *l, const struct layout_form *form)
{
	struct rows_gather *g = xcalloc(1, sizeof(*g));

	g->layout = l;
	g->source = rows_split_new(kind, self, l, form);
	g->buckets = xcalloc(BUCKETS, sizeof(struct row_group *));
	g->gathered = xcalloc(l->gather.ncells, sizeof(*g->gathered));
	buf_init(&g->key);
	buf_init(&g->scratch);
	return g;
}

static struct row_group **
bucket_of(struct rows_gather *g, uint64_t hash)
{
	return &g->buckets[hash % BUCKETS];
}

/* Take a group out of the list of the open ones. */
static void
unlink_group(struct rows_gather *g, struct row_group *group)
{
	if (group->older != NULL)
		group->older->newer = group->newer;
	else
		g->oldest = group->newer;
	if (group->newer != NULL)
		group->newer->older = group->older;
	else
		g->newest = group->older;
}

static void
append_group(struct rows_gather *g, struct row_group *group)
{
	group->older = g->newest;
	group->newer = NULL;
	if (g->newest != NULL)
		g->newest->newer = group;
	else
		g->oldest = group;
	g->newest = group;
}

/* No more rows for it: it is the next to be given out. */
static void
close_group(struct rows_gather *g, struct row_group *group)
{
	struct row_group **at;

	assert(g->ready == NULL);
	for (at = bucket_of(g, group->hash); *at != group;
	     at = &(*at)->same_bucket)
		;
	*at = group->same_bucket;
	unlink_group(g, group);
	g->open--;
	g->bytes -= row_group_bytes(group);
	g->ready = group;
}

void
rows_gather_free(struct rows_gather **gp)
{
	struct rows_gather *g = *gp;

	if (g == NULL)
		return;
	row_group_free(&g->given);
	row_group_free(&g->ready);
	while (g->oldest != NULL) {
		close_group(g, g->oldest);
		row_group_free(&g->ready);
	}
	layout_header_fini(&g->header);
	rows_split_free(&g->source);
	buf_fini(&g->key);
	buf_fini(&g->scratch);
	free(g->buckets);
	free(g->gathered);
	free(g);
	*gp = NULL;
}

/* Of two texts the one that comes first is less. */
static int
order(const struct layout_value *a, const struct layout_value *b)
{
	const size_t len = a->len < b->len ? a->len : b->len;
	const int diff = memcmp(a->text, b->text, len);

	return diff != 0 ? diff : (a->len > b->len) - (a->len < b->len);
}

/* One part of the key: several cells in the order of their texts. */
static bool
add_part(struct rows_gather *g, const struct layout_record *rec,
    const struct layout_source *part)
{
	struct layout_value cells[LAYOUT_PARTS], v;
	bool filled = false;
	uint16_t i, k;

	for (i = 0; i < part->n; i++) {
		v = layout_cell(rec, part->columns[i]);
		filled |= v.len > 0;
		for (k = i; k > 0 && order(&v, &cells[k - 1]) < 0; k--)
			cells[k] = cells[k - 1];
		cells[k] = v;
	}
	for (i = 0; i < part->n; i++) {
		buf_add(&g->key, &cells[i].len, sizeof(cells[i].len));
		buf_add(&g->key, cells[i].text, cells[i].len);
	}
	return filled;
}

/* The key of a row to g->key; false if it has none. */
static bool
set_key(struct rows_gather *g, const struct layout_record *rec)
{
	const struct layout_gather *how = &g->layout->gather;
	uint32_t i;

	buf_reset(&g->key);
	for (i = 0; i < how->nby; i++)
		if (!add_part(g, rec, &how->by[i]))
			return false;
	return true;
}

/* Whether a row is an event of a call; else it is given out as it stands. */
static bool
is_event(struct rows_gather *g, const struct csvrow *row,
    struct layout_record *rec)
{
	const struct layout *l = g->layout;

	*rec = (struct layout_record){ .layout = l, .scratch = &g->scratch };
	if (row->fault != NULL || row->n == 0 || layout_comment(l, row) ||
	    layout_header_read(&g->header, l, row))
		return false;
	return layout_record(rec, &g->header, row) && layout_takes(rec) &&
	       set_key(g, rec);
}

static struct row_group *
group_of(struct rows_gather *g)
{
	const uint64_t hash = hash64(g->key.data, g->key.len);
	struct row_group **bucket = bucket_of(g, hash), *group;

	for (group = *bucket; group != NULL; group = group->same_bucket)
		if (group->hash == hash && group->key_len == g->key.len &&
		    memcmp(group->key, g->key.data, g->key.len) == 0)
			return group;
	group = row_group_new(g->key.data, g->key.len, hash);
	group->same_bucket = *bucket;
	*bucket = group;
	append_group(g, group);
	g->open++;
	g->bytes += row_group_bytes(group);
	return group;
}

/*
 * More is held than may be: the oldest call will not be completed.  One long
 * row can take the place of many short ones.
 */
static void
keep_bounds(struct rows_gather *g)
{
	if (g->ready == NULL &&
	    (g->open > BOUNDS_OPEN_CALLS || g->bytes > BOUNDS_OPEN_BYTES))
		close_group(g, g->oldest);
}

/*
 * An event joins its group; true if there was a row before it, which is known
 * not to be the last one now and is `out`.
 */
static bool
add_event(struct rows_gather *g, const struct layout_record *rec,
    struct csvrow *out)
{
	struct row_group *group = group_of(g);
	bool further;

	g->bytes -= row_group_bytes(group);
	further = row_group_further(group, out);
	row_group_add(group, rec);
	g->bytes += row_group_bytes(group);
	unlink_group(g, group);
	append_group(g, group);
	if (row_group_ends(group, &g->layout->gather))
		close_group(g, group);
	return further;
}

/* The group that is ready, as a row. */
static int
give(struct rows_gather *g, struct csvrow *row)
{
	g->given = g->ready;
	g->ready = NULL;
	row_group_row(g->given, &g->layout->gather, g->gathered, row);
	return 1;
}

int
rows_gather_next(struct rows_gather *g, struct csvrow *row, struct errmsg *err)
{
	struct layout_record rec;
	struct csvrow event;
	int more;

	row_group_free(&g->given);
	keep_bounds(g);
	while (g->ready == NULL && !g->at_end) {
		more = rows_split_next(g->source, &g->header, &event, err);
		g->at_end = more <= 0;
		if (g->at_end)
			break;
		if (!is_event(g, &event, &rec)) {
			*row = event;
			return 1;
		}
		if (add_event(g, &rec, row))
			return 1;
		keep_bounds(g);
	}
	if (g->ready == NULL && g->oldest != NULL)
		close_group(g, g->oldest);
	if (g->ready != NULL)
		return give(g, row);
	/* A reader that failed says so again and again. */
	return rows_split_next(g->source, &g->header, &event, err);
}
