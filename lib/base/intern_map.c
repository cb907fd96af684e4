#include <stdlib.h>
#include <string.h>

#include "base/intern_impl.h"
#include "base/xalloc.h"

/*
 * The first round only looks at the slots, which do not wait for each other as
 * they do where one string after another is added.
 */
static void
map_more(struct intern_map *m)
{
	const struct intern_table *const tables[] = { &m->to->usual,
		&m->to->rare };
	const struct intern_entry *e = m->from->entries;
	const struct intern_table *t;
	uint32_t i;

	m->ids = xgrow(m->ids, &m->ids_cap, m->from->n, sizeof(*m->ids));
	for (i = m->n; i < m->from->n; i++) {
		t = tables[e[i].rare];
		m->ids[i] = t->slots[e[i].hash & t->mask].next;
	}
	for (; m->n < m->from->n; m->n++) {
		i = m->n;
		m->ids[i] = intern_add_hashed(m->to, e[i].rare, e[i].text,
		    e[i].len, e[i].hash);
	}
}

/* A whole segment goes into one: all its ids change by the same. */
static uint32_t
take_segment(struct intern *to, const struct intern_segment *from, size_t place)
{
	struct intern_segment *s = intern_segment_for(to, from->used);
	uint32_t shift;

	if (s == NULL)
		return INTERN_NONE;
	shift = intern_place_in(to, s) -
		(INTERN_KEPT | (uint32_t)place << INTERN_SEGMENT_BITS);
	memcpy(s->bytes + s->used, from->bytes, from->used);
	s->used += from->used;
	return shift;
}

void
intern_map_more(struct intern_map *m)
{
	const struct intern *from = m->from;
	size_t i;

	map_more(m);
	m->shifts = xgrow(m->shifts, &m->shifts_cap, from->nsegments,
	    sizeof(*m->shifts));
	for (i = 0; i < from->nsegments; i++) {
		m->shifts[i] = take_segment(m->to, &from->segments[i], i);
		m->late |= m->shifts[i] == INTERN_NONE;
	}
}

void
intern_map_init(struct intern_map *m, struct intern *to,
    const struct intern *from)
{
	*m = (struct intern_map){ .to = to, .from = from };
	intern_map_more(m);
}

void
intern_map_fini(struct intern_map *m)
{
	free(m->ids);
	free(m->shifts);
	*m = (struct intern_map){ .to = NULL };
}

uint32_t
intern_map_late(const struct intern_map *m, uint32_t id)
{
	char room[INTERN_ROOM];

	return intern_keep(m->to, intern_read(m->from, id, room),
	    intern_len(m->from, id));
}
