#include "detect/cases_impl.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/xalloc.h"

#define HOUR_MS INT64_C(3600000)
#define CASE_MS (14 * 24 * HOUR_MS)

static int
compare_entity(const struct finding *a, const struct finding *b)
{
	int c = strcmp(a->entity_type, b->entity_type);

	return c != 0 ? c : strcmp(a->entity, b->entity);
}

int
cases_compare_time(const void *va, const void *vb)
{
	const struct finding *const *pa = va, *const *pb = vb;
	const struct finding *a = *pa, *b = *pb;
	int c;

	if ((c = compare_entity(a, b)) != 0)
		return c;
	if (a->first_seen != b->first_seen)
		return a->first_seen < b->first_seen ? -1 : 1;
	if ((c = strcmp(a->rule, b->rule)) != 0)
		return c;
	return strcmp(a->id, b->id);
}

/* `previous`: the ended case that it begins beside, or NULL. */
static const char *
case_id(struct results *rs, const struct fraud_case *c, const char *previous)
{
	char hex[HASH_HEX];
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s", c->entity_type);
	buf_addch(&b, '\0');
	buf_addf(&b, "%s", c->entity);
	buf_addch(&b, '\0');
	buf_addf(&b, "%lld", (long long)c->first_seen);
	if (previous != NULL)
		buf_addf(&b, " %s", previous);
	hash_hex(b.data, b.len, hex);
	buf_fini(&b);
	return arena_printf(&rs->arena, "c-%.10s", hex);
}

/* A case without id and predecessor; NULL where its calls cannot be had. */
static struct fraud_case *
make_case(struct results *rs, struct finding **fs, size_t n,
    const struct cases_before *b)
{
	const struct finding *const *list = (const struct finding *const *)fs;
	struct fraud_case *c = results_case(rs);
	const char **ids = arena_array(&rs->arena, n, sizeof(*ids));
	size_t i;

	c->entity_type = fs[0]->entity_type;
	c->entity = fs[0]->entity;
	c->first_seen = fs[0]->first_seen;
	for (i = 0; i < n; i++)
		if (fs[i]->last_seen > c->last_seen || i == 0)
			c->last_seen = fs[i]->last_seen;
	cases_give_points(rs, c, list, n);
	for (i = 0; i < n; i++)
		ids[i] = c->points[i].finding;
	c->findings = ids;
	c->nfindings = n;
	return cases_calls(c, &rs->arena, fs, n, b) == 0 ? c : NULL;
}

/* How many of the findings from the first on are one case. */
static size_t
case_length(struct finding *const *fs, size_t n, bool *capped)
{
	int64_t last = fs[0]->last_seen;
	size_t i;

	*capped = false;
	for (i = 1; i < n; i++) {
		if (compare_entity(fs[0], fs[i]) != 0 ||
		    fs[i]->first_seen - last >= CASES_NEAR)
			break;
		*capped = fs[i]->first_seen - fs[0]->first_seen >= CASE_MS;
		if (*capped)
			break;
		if (fs[i]->last_seen > last)
			last = fs[i]->last_seen;
	}
	return i;
}

/* The last of the first `n` cases, all ended, that `c` would have joined. */
static const char *
ended_before(const struct results *rs, size_t n, const struct fraud_case *c)
{
	const struct fraud_case *p;

	while (n-- > 0) {
		p = rs->cases[n];
		if (strcmp(p->entity_type, c->entity_type) == 0 &&
		    strcmp(p->entity, c->entity) == 0 &&
		    c->first_seen - p->last_seen < CASES_NEAR &&
		    p->first_seen - c->first_seen < CASES_NEAR)
			return p->id;
	}
	return NULL;
}

static bool
has_id(const struct results *rs, size_t n, const char *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(rs->cases[i]->id, id) == 0)
			return true;
	return false;
}

/*
 * The cases of findings that one end has, the first of which keeps its id; or
 * of those that none has.
 */
static int
make_cases(struct results *rs, struct finding **fs, size_t n,
    const char *ended_id, const struct cases_before *b)
{
	const size_t before = rs->ncases;
	const char *capped_id = NULL, *ended;
	struct fraud_case *c;
	size_t i, k, len;
	bool capped;

	if (n > 1)
		qsort(fs, n, sizeof(struct finding *), cases_compare_time);
	for (i = 0; i < n; i += len) {
		len = case_length(fs + i, n - i, &capped);
		c = make_case(rs, fs + i, len, b);
		if (c == NULL)
			return -1;
		if (i == 0 || compare_entity(fs[i - 1], fs[i]) != 0)
			capped_id = fs[i]->after;
		ended = capped_id == NULL ? ended_before(rs, before, c) : NULL;
		c->previous = capped_id != NULL ? capped_id : ended;
		if (i == 0 && ended_id != NULL && !has_id(rs, before, ended_id))
			c->id = ended_id;
		else
			c->id = case_id(rs, c, ended);
		for (k = 0; k < len; k++)
			fs[i + k]->case_id = c->id;
		capped_id = capped ? c->id : NULL;
	}
	return 0;
}

/* Which end has a finding. */
struct ended {
	const char *finding;
	size_t end;
};

static int
compare_ended(const void *va, const void *vb)
{
	const struct ended *a = va, *b = vb;
	int c = strcmp(a->finding, b->finding);

	if (c != 0)
		return c;
	return (a->end > b->end) - (a->end < b->end);
}

/* All of them, by finding; of several ends the first stands first. */
static struct ended *
index_ends(const struct case_end *ends, size_t n, size_t *count)
{
	struct ended *list;
	size_t i, k, all = 0;

	for (i = 0; i < n; i++)
		all += ends[i].n;
	list = xcalloc(all + 1, sizeof(*list));
	for (i = *count = 0; i < n; i++)
		for (k = 0; k < ends[i].n; k++)
			list[(*count)++] =
			    (struct ended){ ends[i].findings[k], i };
	if (all > 1)
		qsort(list, all, sizeof(*list), compare_ended);
	return list;
}

/* `n` if no end has it. */
static size_t
end_of(const struct ended *list, size_t count, const char *finding, size_t n)
{
	size_t low = 0, high = count, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(list[mid].finding, finding) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < count && strcmp(list[low].finding, finding) == 0
		   ? list[low].end
		   : n;
}

static bool
needs_case(const struct finding *f)
{
	return f->kind == KIND_FINDING && !f->stays;
}

/* By end, those without one last; where each begins in `begins`, n + 2. */
static struct finding **
part_by_end(const struct results *rs, const struct case_end *ends, size_t n,
    size_t *begins)
{
	struct finding **fs = xcalloc(rs->n + 1, sizeof(struct finding *));
	size_t *of = xcalloc(rs->n + 1, sizeof(*of));
	struct ended *list;
	size_t i, count;

	list = index_ends(ends, n, &count);
	for (i = 0; i < rs->n; i++)
		if (needs_case(rs->findings[i])) {
			of[i] = end_of(list, count, rs->findings[i]->id, n);
			begins[of[i] + 1]++;
		} else {
			of[i] = SIZE_MAX;
		}
	for (i = 1; i <= n + 1; i++)
		begins[i] += begins[i - 1];
	for (i = 0; i < rs->n; i++)
		if (of[i] != SIZE_MAX)
			fs[begins[of[i]]++] = rs->findings[i];
	/* Each begin is its end now, the next one's begin. */
	memmove(begins + 1, begins, (n + 1) * sizeof(*begins));
	begins[0] = 0;
	free(list);
	free(of);
	return fs;
}

int
cases_make_after(struct results *rs, const struct case_end *ends, size_t n,
    const struct cases_past *past)
{
	size_t *begins = xcalloc(n + 2, sizeof(*begins));
	struct finding **fs = part_by_end(rs, ends, n, begins);
	struct cases_before before;
	size_t i;
	int r = 0;

	cases_before_init(&before, past);
	for (i = 0; i <= n && r == 0; i++)
		r = make_cases(rs, fs + begins[i], begins[i + 1] - begins[i],
		    i < n ? ends[i].case_id : NULL, &before);
	cases_before_fini(&before);
	free(fs);
	free(begins);
	if (r == 0)
		results_sort(rs);
	return r;
}

void
cases_make(struct results *rs)
{
	(void)cases_make_after(rs, NULL, 0, NULL);
}
