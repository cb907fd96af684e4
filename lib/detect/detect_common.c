/*
 * detect_common: what several rules ask of the past, of sources and of keys
 * such as accounts, kept for the next run as of an instant.
 */
#include <string.h>

#include "base/floordiv.h"
#include "base/packed.h"
#include "detect/detect_impl.h"

/*
 * What is older are bytes of their own, so that those which stay what they are
 * need not be made, nor written (store/store_cache.h):
 *
 *	head      numbers
 *	marks     begins, sources, keys
 *
 *	older     its head, marks
 */
enum { OLDER_FORMAT, OLDER_SINCE, OLDER_KEYS, OLDER_SIZE };
enum {
	HEAD_FORMAT,
	HEAD_UNTIL,
	HEAD_BEGINS,
	HEAD_SOURCES,
	HEAD_KEYS,
	HEAD_SIZE
};
enum { FORMAT = 3 }; /* up to 2 what is older stood before the rest */

int64_t
detect_common_since(int64_t until, int64_t stays)
{
	if (stays == 0)
		return INT64_MIN;
	return floor_to(until, stays);
}

static int
read_older(struct detect_common *s, const struct buf *body)
{
	const unsigned char *at, *end;
	int64_t head[OLDER_SIZE];

	if (body == NULL)
		return -1;
	at = (const unsigned char *)body->data;
	end = at + body->len;
	if (packed_read_numbers(head, &at, end, OLDER_SIZE) != 0 ||
	    head[OLDER_FORMAT] != FORMAT || head[OLDER_SINCE] != s->since ||
	    detect_packed_marks_take(&s->older, &at, end, head[OLDER_KEYS]) !=
		0)
		return -1;
	return at == end ? 0 : -1;
}

static int
read_all(struct detect_common *s, const struct detect_look *look, int64_t stays)
{
	const unsigned char *at = (const unsigned char *)look->was->data;
	const unsigned char *end = at + look->was->len;
	int64_t head[HEAD_SIZE];

	if (packed_read_numbers(head, &at, end, HEAD_SIZE) != 0 ||
	    head[HEAD_FORMAT] != FORMAT || !detect_sane(head[HEAD_UNTIL]))
		return -1;
	s->until = head[HEAD_UNTIL];
	s->since = detect_common_since(s->until, stays);
	if (detect_marks_read(&s->begins, &at, end, head[HEAD_BEGINS]) != 0 ||
	    detect_marks_read(&s->sources, &at, end, head[HEAD_SOURCES]) != 0 ||
	    detect_marks_read(&s->keys, &at, end, head[HEAD_KEYS]) != 0 ||
	    at != end)
		return -1;
	return stays == 0 ? 0 : read_older(s, look->older);
}

static void
nothing(struct detect_common *s)
{
	detect_common_fini(s);
	s->until = s->since = INT64_MIN;
}

void
detect_common_take(struct detect_common *s, struct detect_look *look,
    int64_t stays)
{
	memset(s, 0, sizeof(*s));
	s->until = s->since = INT64_MIN;
	if (look->first != INT64_MIN && look->was != NULL &&
	    (read_all(s, look, stays) != 0 || s->until > look->first))
		nothing(s);
	look->lacks = s->until < look->begins;
}

void
detect_common_fini(struct detect_common *s)
{
	detect_marks_fini(&s->begins);
	detect_marks_fini(&s->sources);
	detect_marks_fini(&s->keys);
	detect_marks_fini(&s->now_older);
	memset(&s->older, 0, sizeof(s->older));
}

static void
print_older(int64_t since, size_t n, struct buf *out)
{
	const int64_t head[OLDER_SIZE] = { [OLDER_FORMAT] = FORMAT,
		[OLDER_SINCE] = since,
		[OLDER_KEYS] = (int64_t)n };

	packed_add_numbers(out, head, OLDER_SIZE);
}

/* All keys of before are older now. */
static void
make_older(struct detect_common *next, const struct detect_common *was,
    int64_t least)
{
	struct detect_marks older;

	detect_packed_marks_unpack(&was->older, &older);
	detect_marks_merge(&next->now_older, &was->keys, least);
	detect_marks_merge(&next->now_older, &older, least);
	detect_marks_fini(&older);
}

static int64_t
least_of(int64_t end, int64_t lasts)
{
	return lasts != INT64_MAX ? end - lasts : INT64_MIN;
}

bool
detect_common_print(struct detect_common *next, const struct detect_common *was,
    int64_t lasts, struct buf *out, struct buf *older)
{
	const bool stays = next->since == was->since;
	int64_t head[HEAD_SIZE];

	if (stays) {
		detect_marks_merge(&next->keys, &was->keys,
		    least_of(next->until, lasts));
	} else {
		make_older(next, was, least_of(next->since, lasts));
		print_older(next->since, next->now_older.n, older);
		detect_marks_print(&next->now_older, older);
		detect_marks_settle(&next->keys);
	}
	detect_marks_merge(&next->begins, &was->begins, INT64_MIN);
	detect_marks_merge(&next->sources, &was->sources, INT64_MIN);
	head[HEAD_FORMAT] = FORMAT;
	head[HEAD_UNTIL] = next->until;
	head[HEAD_BEGINS] = (int64_t)next->begins.n;
	head[HEAD_SOURCES] = (int64_t)next->sources.n;
	head[HEAD_KEYS] = (int64_t)next->keys.n;
	packed_add_numbers(out, head, HEAD_SIZE);
	detect_marks_print(&next->begins, out);
	detect_marks_print(&next->sources, out);
	detect_marks_print(&next->keys, out);
	return stays && next->since != INT64_MIN;
}

int64_t
detect_common_at(const struct detect_marks *m, uint64_t key, int64_t none)
{
	const struct detect_mark *found = detect_marks_find(m, key);

	return found != NULL ? found->at : none;
}

int64_t
detect_common_key(const struct detect_common *s, uint64_t key, int64_t none)
{
	const struct detect_mark *found = detect_marks_find(&s->keys, key);

	return found != NULL ? found->at
			     : detect_packed_marks_at(&s->older, key, none);
}
