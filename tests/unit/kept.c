#include "kept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/packed.h"

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

/* How many calls joined a group may be counted twice; all else must be. */
static bool
same_held(const struct buf *want, const struct buf *got)
{
	enum { HEAD = 10, COUNTED = 2 };
	const unsigned char *a = (const unsigned char *)want->data,
			    *b = (const unsigned char *)got->data;
	const unsigned char *a_end = a + want->len, *b_end = b + got->len;
	struct packed_numbers p, q;
	size_t i;

	if (packed_take_numbers(&p, &a, a_end, HEAD) != 0 ||
	    packed_take_numbers(&q, &b, b_end, HEAD) != 0)
		return false;
	for (i = 0; i < HEAD; i++)
		if (i != COUNTED &&
		    packed_number(&p, i) != packed_number(&q, i))
			return false;
	return a_end - a == b_end - b && memcmp(a, b, (size_t)(a_end - a)) == 0;
}

/* But for the days of which calls are carried. */
static size_t
kept_beside(const struct detect_keep *k)
{
	size_t i, n = 0;

	for (i = 0; i < k->n; i++)
		n += !detect_keep_carries(k->list[i].rule);
	return n;
}

static bool
same_body(const char *rule, const struct buf *want, const struct buf *got)
{
	/* What rules share has a name in parentheses. */
	return same_bytes(want, got) ||
	       (rule[0] != '(' && same_held(want, got));
}

bool
kept_same(const struct detect_keep *want, const struct detect_keep *got,
    const char *but)
{
	const struct detect_kept *one;
	const struct buf *body;
	size_t i;

	for (i = 0; i < want->n; i++) {
		one = &want->list[i];
		if (strcmp(one->rule, DETECT_KEEP_RULES) == 0 ||
		    detect_keep_carries(one->rule) ||
		    (but != NULL && strcmp(one->rule, but) == 0))
			continue;
		body = detect_keep_get(got, one->rule);
		if (body == NULL || !same_body(one->rule, &one->body, body)) {
			print_message("'%s' keeps otherwise\n", one->rule);
			return false;
		}
	}
	return kept_beside(want) == kept_beside(got);
}

static void
check_call(const struct batch *got, size_t k, const struct batch *b, size_t i)
{
	assert_int_equal(got->calls[k].start, b->calls[i].start);
	assert_int_equal(got->origins[k].key, b->origins[i].key);
	assert_string_equal(batch_party_text(got, got->calls[k].src),
	    batch_party_text(b, b->calls[i].src));
}

/* Each of them once, whether it was told anew or stands as it was told. */
void
kept_check_carried(const struct detect_keep *keep, const struct batch *b,
    const uint32_t *calls, size_t n)
{
	struct detect_past past = { .keep = keep, .begins = INT64_MAX };
	struct batch *got = batch_new();
	size_t i;

	for (i = 0; i < b->nsources; i++)
		(void)batch_source(got, batch_text(b, b->sources[i].name), NULL,
		    NULL, NULL);
	for (i = 0; i < b->nlisted; i++)
		(void)batch_listed(got,
		    &(struct listed){ .calendar = b->listed[i].calendar });
	got->sorted = true;
	assert_int_equal(detect_recall(&past, got, 2), 0);
	assert_int_equal(got->n, n);
	assert_int_equal(detect_recalls(keep), n);
	for (i = 0; i < n; i++)
		check_call(got, i, b, calls[i]);
	batch_free(&got);
}

void
kept_own(struct detect_keep *keep)
{
	struct detect_kept *k;

	for (k = keep->list; k < keep->list + keep->n; k++) {
		if (k->same == NULL)
			continue;
		buf_reset(&k->body);
		buf_add(&k->body, k->same->data, k->same->len);
		k->same = NULL;
	}
}
