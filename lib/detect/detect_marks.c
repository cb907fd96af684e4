/* detect_marks: an instant for each of many keys, in order, and as bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

enum {
	FEW = 32,      /* marks that are not worth a rough order */
	TOGETHER = 256 /* are unpacked at a time */
};

void
detect_marks_add(struct detect_marks *m, uint64_t key, int64_t at)
{
	m->list = xgrow(m->list, &m->cap, m->n + 1, sizeof(*m->list));
	m->list[m->n++] = (struct detect_mark){ key, at };
}

static bool
comes_after(const struct detect_mark *a, const struct detect_mark *b)
{
	return a->key != b->key ? a->key > b->key : a->at > b->at;
}

/* By the upper half of their keys, which are hashes: that tells most apart. */
static void
sort_roughly(struct detect_marks *m)
{
	uint64_t *order = xcalloc(m->n + 1, sizeof(*order));
	uint64_t *room = xcalloc(m->n + 1, sizeof(*room));
	struct detect_mark *list = xcalloc(m->n + 1, sizeof(*list));
	size_t i;

	assert(m->n <= UINT32_MAX);
	for (i = 0; i < m->n; i++)
		order[i] = (m->list[i].key & ~(uint64_t)UINT32_MAX) | i;
	radix_sort(order, room, m->n, 32);
	for (i = 0; i < m->n; i++)
		list[i] = m->list[order[i] & UINT32_MAX];
	free(order);
	free(room);
	free(m->list);
	m->list = list;
	m->cap = m->n + 1;
}

static void
insert_sort(struct detect_marks *m)
{
	struct detect_mark v;
	size_t i, k;

	for (i = 1; i < m->n; i++) {
		v = m->list[i];
		for (k = i; k > 0 && comes_after(&m->list[k - 1], &v); k--)
			m->list[k] = m->list[k - 1];
		m->list[k] = v;
	}
}

void
detect_marks_settle(struct detect_marks *m)
{
	size_t i, n = 0;

	if (m->n > FEW)
		sort_roughly(m);
	insert_sort(m);
	for (i = 0; i < m->n; i++)
		if (i + 1 == m->n || m->list[i + 1].key != m->list[i].key)
			m->list[n++] = m->list[i];
	m->n = n;
}

/*
 * Between which places the key stands if it does: keys are hashes, so that it
 * is near to where it would be if all were as far apart.
 */
static void
bound(const struct detect_marks *m, uint64_t key, size_t *low, size_t *high)
{
	const size_t at = (size_t)((key >> 32) * m->n >> 32);
	size_t step = 16;

	*low = *high = at;
	while (*low > 0 && m->list[*low].key >= key) {
		*low = *low > step ? *low - step : 0;
		step *= 2;
	}
	for (step = 16; *high < m->n && m->list[*high].key < key; step *= 2)
		*high = m->n - *high > step ? *high + step : m->n;
}

const struct detect_mark *
detect_marks_find(const struct detect_marks *m, uint64_t key)
{
	size_t low = 0, high = m->n, middle;

	if (m->n > FEW && m->n <= UINT32_MAX)
		bound(m, key, &low, &high);
	while (low < high) {
		middle = low + (high - low) / 2;
		if (m->list[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->n && m->list[low].key == key ? &m->list[low] : NULL;
}

void
detect_marks_fini(struct detect_marks *m)
{
	free(m->list);
	memset(m, 0, sizeof(*m));
}

void
detect_marks_print(const struct detect_marks *m, struct buf *out)
{
	int64_t *column = xcalloc(m->n + 1, sizeof(*column));
	size_t i;

	for (i = 0; i < m->n; i++)
		column[i] = (int64_t)m->list[i].key;
	packed_add_numbers(out, column, m->n);
	for (i = 0; i < m->n; i++)
		column[i] = m->list[i].at;
	packed_add_numbers(out, column, m->n);
	free(column);
}

bool
detect_sane(int64_t t)
{
	const int64_t most = INT64_C(1) << 60;

	return (t > -most && t < most) || t == INT64_MAX;
}

bool
detect_sane_count(int64_t n)
{
	return n >= 0 && n < INT64_C(1) << 40;
}

/* In the order of their keys, which are all others. */
static bool
are_settled(const struct detect_packed_marks *m)
{
	int64_t keys[TOGETHER], ats[TOGETHER];
	uint64_t last = 0;
	size_t i, k, n;

	for (i = 0; i < m->n; i += n) {
		n = m->n - i < TOGETHER ? m->n - i : TOGETHER;
		packed_numbers(&m->keys, i, n, keys);
		packed_numbers(&m->ats, i, n, ats);
		for (k = 0; k < n; k++) {
			if ((i + k > 0 && last >= (uint64_t)keys[k]) ||
			    !detect_sane(ats[k]))
				return false;
			last = (uint64_t)keys[k];
		}
	}
	return true;
}

int
detect_packed_marks_take(struct detect_packed_marks *m,
    const unsigned char **at, const unsigned char *end, int64_t n)
{
	memset(m, 0, sizeof(*m));
	m->bytes = *at;
	/* keys that differ take a bit each */
	if (n < 0 || n / 8 > end - *at ||
	    packed_take_numbers(&m->keys, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&m->ats, at, end, (size_t)n) != 0)
		return -1;
	m->end = *at;
	m->n = (size_t)n;
	return are_settled(m) ? 0 : -1;
}

static uint64_t
packed_key(const struct detect_packed_marks *m, size_t i)
{
	return (uint64_t)packed_number(&m->keys, i);
}

/* As bound() does. */
int64_t
detect_packed_marks_at(const struct detect_packed_marks *m, uint64_t key,
    int64_t none)
{
	size_t low, high, middle, step;

	if (m->n == 0 || m->n > UINT32_MAX)
		return none;
	low = high = (size_t)((key >> 32) * m->n >> 32);
	for (step = 16; low > 0 && packed_key(m, low) >= key; step *= 2)
		low = low > step ? low - step : 0;
	for (step = 16; high < m->n && packed_key(m, high) < key; step *= 2)
		high = m->n - high > step ? high + step : m->n;
	while (low < high) {
		middle = low + (high - low) / 2;
		if (packed_key(m, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->n && packed_key(m, low) == key
		   ? packed_number(&m->ats, low)
		   : none;
}

void
detect_packed_marks_unpack(const struct detect_packed_marks *m,
    struct detect_marks *out)
{
	int64_t keys[TOGETHER], ats[TOGETHER];
	size_t i, k, n;

	memset(out, 0, sizeof(*out));
	out->cap = m->n + 1;
	out->list = xcalloc(out->cap, sizeof(*out->list));
	for (i = 0; i < m->n; i += n) {
		n = m->n - i < TOGETHER ? m->n - i : TOGETHER;
		packed_numbers(&m->keys, i, n, keys);
		packed_numbers(&m->ats, i, n, ats);
		for (k = 0; k < n; k++)
			out->list[out->n++] =
			    (struct detect_mark){ (uint64_t)keys[k], ats[k] };
	}
}

int
detect_marks_read(struct detect_marks *m, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	struct detect_packed_marks packed;

	memset(m, 0, sizeof(*m));
	if (detect_packed_marks_take(&packed, at, end, n) != 0)
		return -1;
	detect_packed_marks_unpack(&packed, m);
	return 0;
}

void
detect_marks_merge(struct detect_marks *m, const struct detect_marks *others,
    int64_t least)
{
	const struct detect_mark *b = others->list, *end = b + others->n;
	struct detect_marks all = { .cap = m->n + others->n + 1 };
	size_t i = 0;

	all.list = xcalloc(all.cap, sizeof(*all.list));
	detect_marks_settle(m);
	for (; i < m->n || b < end;) {
		if (b < end && b->at < least) {
			b++;
		} else if (i == m->n || (b < end && b->key < m->list[i].key)) {
			all.list[all.n++] = *b++;
		} else {
			all.list[all.n] = m->list[i++];
			if (b < end && b->key == all.list[all.n].key) {
				if (b->at > all.list[all.n].at)
					all.list[all.n] = *b;
				b++;
			}
			all.n++;
		}
	}
	detect_marks_fini(m);
	*m = all;
}
