#include <string.h>

#include "base/bounds.h"
#include "base/intern.h"
#include "cdr/decode_impl.h"

/* Texts end at a NUL, so two that differ behind one would be the same. */
static void
without_nul(struct layout_value *v, char *room)
{
	size_t i;

	if (memchr(v->text, '\0', v->len) == NULL)
		return;
	for (i = 0; i < v->len; i++)
		room[i] = v->text[i] != '\0' ? v->text[i] : '?';
	v->text = room;
}

/* Most switches have one id for the call and for joining its legs. */
static uint32_t
rare_name(const struct reading *r, const struct layout_value *v)
{
	struct intern *names = r->d->batch->names;
	const uint32_t id = r->o->call_id;

	if (intern_len(names, id) == v->len &&
	    memcmp(intern_text(names, id), v->text, v->len) == 0)
		return id;
	return r->d->batch->keep_ids ? intern_keep(names, v->text, v->len)
				     : intern_add_rare(names, v->text, v->len);
}

/* Many calls share the text with the one before. */
static inline uint32_t
usual_name(struct intern *names, struct decode_name *last, const char *text,
    size_t len)
{
	if (last->len == len && memcmp(last->text, text, len) == 0)
		return last->id;
	last->id = intern_add(names, text, len);
	last->text = intern_text(names, last->id);
	last->len = len;
	return last->id;
}

static uint32_t
channel_name(struct intern *names, struct decode_name *last, const char *text,
    size_t len)
{
	const size_t stem = channel_stem(text, len);
	char plain[BOUNDS_FIELD + 1];

	if (stem > 0)
		return usual_name(names, last, text, stem);
	return usual_name(names, last, plain, channel_plain(text, len, plain));
}

static uint32_t
name_without_nul(const struct reading *r, enum decode_kind kind,
    struct decode_name *last, const struct layout_value *v)
{
	struct reading clean = *r;
	struct layout_value whole = *v;
	char room[BOUNDS_FIELD + 1];

	without_nul(&whole, room);
	clean.no_nul = true;
	return decode_name(&clean, kind, last, &whole);
}

uint32_t
decode_name(const struct reading *r, enum decode_kind kind,
    struct decode_name *last, const struct layout_value *v)
{
	struct intern *names = r->d->batch->names;

	if (!r->no_nul)
		return name_without_nul(r, kind, last, v);
	if (kind == RARE)
		return rare_name(r, v);
	if (kind == CHANNEL)
		return channel_name(names, last, v->text, v->len);
	return usual_name(names, last, v->text, v->len);
}
