#include "store/store_findings_impl.h"

#include <string.h>

static void
pack_number(struct buf *out, uint64_t v)
{
	int i;

	for (i = 0; i < 8; i++)
		buf_addch(out, (char)(v >> 8 * i & 0xff));
}

static uint64_t
number_at(const unsigned char *p)
{
	uint64_t v = 0;
	int i;

	for (i = 7; i >= 0; i--)
		v = v << 8 | p[i];
	return v;
}

/* Which of the amounts has this currency, from 1. */
static size_t
place_of(const struct tally *t, const char *currency)
{
	size_t i;

	for (i = 0; currency != NULL && i < t->nmoney; i++)
		if (strcmp(t->money[i].currency, currency) == 0)
			return i + 1;
	return 0;
}

void
store_members_pack(const struct finding *f, struct buf *out)
{
	const struct call_ref *m;
	size_t i;

	if ((int64_t)f->nmembers != f->calls.calls)
		return;
	for (i = 0; i < f->nmembers; i++) {
		m = &f->members[i];
		pack_number(out, (uint64_t)m->start);
		pack_number(out, m->source);
		pack_number(out, m->key);
		pack_number(out, (uint64_t)m->duration);
		pack_number(out, (uint64_t)m->cost);
		pack_number(out, place_of(&f->calls, m->currency));
	}
}

bool
store_members_unpack(struct finding *f, struct arena *arena, const void *bytes,
    size_t len)
{
	const size_t n = len / STORE_MEMBER_BYTES;
	const unsigned char *p = bytes;
	struct call_ref *list;
	uint64_t place;
	size_t i;

	if (len == 0)
		return true;
	if (len % STORE_MEMBER_BYTES != 0 || (int64_t)n != f->calls.calls)
		return false;
	list = arena_array(arena, n, sizeof(*list));
	for (i = 0; i < n; i++, p += STORE_MEMBER_BYTES) {
		place = number_at(p + 40);
		if (place > f->calls.nmoney)
			return false;
		list[i] = (struct call_ref){
			.start = (int64_t)number_at(p),
			.source = number_at(p + 8),
			.key = number_at(p + 16),
			.duration = (int64_t)number_at(p + 24),
			.cost = (int64_t)number_at(p + 32),
			.currency = place > 0
					? f->calls.money[place - 1].currency
					: NULL,
		};
		if (i > 0 && call_ref_compare(&list[i - 1], &list[i]) >= 0)
			return false;
	}
	f->members = list;
	f->nmembers = n;
	return true;
}
