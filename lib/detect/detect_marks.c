/* detect_marks: an instant for each of many keys, in order, and as bytes. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/packed.h"
#include "base/radix.h"
#include "base/xalloc.h"
#include "detect/detect_impl.h"

enum { FEW = 32 /* marks that are not worth a rough order */ };

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

int
detect_marks_read(struct detect_marks *m, const unsigned char **at,
    const unsigned char *end, int64_t n)
{
	struct packed_numbers keys, ats;
	int64_t i;

	memset(m, 0, sizeof(*m));
	/* keys that differ take a bit each */
	if (n < 0 || n / 8 > end - *at ||
	    packed_take_numbers(&keys, at, end, (size_t)n) != 0 ||
	    packed_take_numbers(&ats, at, end, (size_t)n) != 0)
		return -1;
	m->cap = (size_t)n + 1;
	m->list = xcalloc(m->cap, sizeof(*m->list));
	for (i = 0; i < n; i++) {
		m->list[i] =
		    (struct detect_mark){ (uint64_t)packed_number(&keys,
					      (size_t)i),
			    packed_number(&ats, (size_t)i) };
		m->n++;
		if (!detect_sane(m->list[i].at) ||
		    (i > 0 && m->list[i - 1].key >= m->list[i].key))
			return -1;
	}
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
