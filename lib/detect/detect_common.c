/*
 * detect_common: what several rules ask of the past, of sources and of keys
 * such as accounts, kept for the next run as of an instant.
 */
#include <string.h>

#include "base/packed.h"
#include "detect/detect_impl.h"

enum {
	HEAD_FORMAT,
	HEAD_UNTIL,
	HEAD_BEGINS,
	HEAD_SOURCES,
	HEAD_KEYS,
	HEAD_SIZE
};
enum { FORMAT = 1 };

static int
read_all(struct detect_common *s, const unsigned char *at,
    const unsigned char *end)
{
	struct packed_numbers head;

	if (packed_take_numbers(&head, &at, end, HEAD_SIZE) != 0 ||
	    packed_number(&head, HEAD_FORMAT) != FORMAT ||
	    !detect_sane(packed_number(&head, HEAD_UNTIL)))
		return -1;
	s->until = packed_number(&head, HEAD_UNTIL);
	if (detect_marks_read(&s->begins, &at, end,
		packed_number(&head, HEAD_BEGINS)) != 0 ||
	    detect_marks_read(&s->sources, &at, end,
		packed_number(&head, HEAD_SOURCES)) != 0 ||
	    detect_marks_read(&s->keys, &at, end,
		packed_number(&head, HEAD_KEYS)) != 0)
		return -1;
	return at == end ? 0 : -1;
}

void
detect_common_take(struct detect_common *s, struct detect_look *look)
{
	const struct buf *body = look->first != INT64_MIN ? look->was : NULL;
	const unsigned char *bytes;

	memset(s, 0, sizeof(*s));
	s->until = INT64_MIN;
	if (body != NULL) {
		bytes = (const unsigned char *)body->data;
		if (read_all(s, bytes, bytes + body->len) != 0 ||
		    s->until > look->first) {
			detect_common_fini(s);
			s->until = INT64_MIN;
		}
	}
	look->lacks = s->until < look->begins;
}

void
detect_common_fini(struct detect_common *s)
{
	detect_marks_fini(&s->begins);
	detect_marks_fini(&s->sources);
	detect_marks_fini(&s->keys);
}

void
detect_common_print(struct detect_common *next, const struct detect_common *was,
    int64_t least, struct buf *out)
{
	int64_t head[HEAD_SIZE];

	detect_marks_merge(&next->begins, &was->begins, INT64_MIN);
	detect_marks_merge(&next->sources, &was->sources, INT64_MIN);
	detect_marks_merge(&next->keys, &was->keys, least);
	head[HEAD_FORMAT] = FORMAT;
	head[HEAD_UNTIL] = next->until;
	head[HEAD_BEGINS] = (int64_t)next->begins.n;
	head[HEAD_SOURCES] = (int64_t)next->sources.n;
	head[HEAD_KEYS] = (int64_t)next->keys.n;
	packed_add_numbers(out, head, HEAD_SIZE);
	detect_marks_print(&next->begins, out);
	detect_marks_print(&next->sources, out);
	detect_marks_print(&next->keys, out);
}

int64_t
detect_common_at(const struct detect_marks *m, uint64_t key, int64_t none)
{
	const struct detect_mark *found = detect_marks_find(m, key);

	return found != NULL ? found->at : none;
}
