#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/intern.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "cdr/decode_impl.h"

enum { RECENT = 1 << DECODE_RECENT_BITS };

struct decode_lately *
decode_lately_new(void)
{
	struct decode_lately *l = xmalloc(sizeof(*l));
	char *memory = xcalloc(RECENT + 1, sizeof(*l->list));

	l->memory = memory;
	memory += DECODE_LINE - (uintptr_t)memory % DECODE_LINE;
	l->list = (struct decode_recent *)(void *)memory;
	return l;
}

void
decode_lately_free(struct decode_lately **lp)
{
	if (*lp == NULL)
		return;
	free((*lp)->memory);
	free(*lp);
	*lp = NULL;
}

void
decode_lately_forget(struct decode_lately *l)
{
	memset(l->list, 0, RECENT * sizeof(*l->list));
}

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

static inline bool
is_sound(const char *text, size_t len)
{
	return utf8_ascii(text, len) || utf8_valid(text, len);
}

/*
 * Switches write Latin-1, and cut characters in two.  What is kept and told of
 * a call is UTF-8 everywhere, or one name would be two: as it was read, and as
 * it is written.
 */
static void
mend(const char *text, size_t len, struct buf *out)
{
	buf_reset(out);
	utf8_mend(out, text, len);
	if (out->len <= BOUNDS_FIELD)
		return;
	for (len = BOUNDS_FIELD;
	     ((unsigned char)out->data[len] & 0xc0) == 0x80;)
		len--;
	buf_cut(out, len);
}

/* Most switches have one id for the call and for joining its legs. */
static uint32_t
add_rare(const struct reading *r, const char *text, size_t len)
{
	const struct batch *b = r->d->batch;
	const uint32_t id = r->o->call_id;
	char room[INTERN_ROOM];

	if (id != 0 && intern_len(b->names, id) == len &&
	    memcmp(intern_read(b->names, id, room), text, len) == 0)
		return id;
	return b->keep_ids ? intern_keep(b->names, text, len)
			   : intern_add_rare(b->names, text, len);
}

void
decode_name_rare(struct reading *r, const char *text, size_t len, uint32_t *id)
{
	const bool sound = is_sound(text, len);
	struct decoder *d = r->d;
	struct buf good;

	if (id == &r->o->call_id && d->asks_epoch)
		d->has_epoch = decode_epoch(d->layout, text, len, &d->epoch);
	if (!sound) {
		buf_init(&good);
		mend(text, len, &good);
		text = good.data;
		len = good.len;
	}
	*id = add_rare(r, text, len);
	if (!sound)
		buf_fini(&good);
}

/* What is no UTF-8 is added, and taken from the list. */
static void
add_mended(struct reading *r, struct decode_names *names, size_t i)
{
	const struct intern_item *item = &names->items[i];
	struct buf good;

	buf_init(&good);
	mend(item->text, item->len, &good);
	*item->id = intern_add(r->d->batch->names, good.data, good.len);
	buf_fini(&good);
	if (names->recent[i] != NULL)
		decode_recent_note(names->recent[i],
		    decode_short_of(item->text, item->len), *item->id);
	names->n--;
	names->items[i] = names->items[names->n];
	names->recent[i] = names->recent[names->n];
}

void
decode_names_end(struct reading *r)
{
	struct decode_names *names = &r->d->names;
	const struct intern_item *item;
	size_t i;

	for (i = names->n; i-- > 0;)
		if (!is_sound(names->items[i].text, names->items[i].len))
			add_mended(r, names, i);
	if (names->n == 0)
		return;
	intern_add_all(r->d->batch->names, names->items, names->n);
	for (i = 0; i < names->n; i++) {
		if (names->recent[i] == NULL)
			continue;
		item = &names->items[i];
		decode_recent_note(names->recent[i],
		    decode_short_of(item->text, item->len), *item->id);
	}
	names->n = 0;
}

static void
channel_name(struct reading *r, const struct layout_value *v, uint32_t *id)
{
	const size_t stem = channel_stem(v->text, v->len);
	char plain[BOUNDS_FIELD + 1];

	if (stem > 0) {
		decode_name_later(r, v->text, stem, id);
		return;
	}
	decode_name_later(r, plain, channel_plain(v->text, v->len, plain), id);
	decode_names_end(r);
}

static void
name_without_nul(struct reading *r, enum decode_kind kind,
    const struct layout_value *v, uint32_t *id)
{
	struct layout_value whole = *v;
	char room[BOUNDS_FIELD + 1];

	without_nul(&whole, room);
	r->no_nul = true;
	decode_name(r, kind, &whole, id);
	decode_names_end(r);
	r->no_nul = false;
}

void
decode_name(struct reading *r, enum decode_kind kind,
    const struct layout_value *v, uint32_t *id)
{
	if (!r->no_nul)
		name_without_nul(r, kind, v, id);
	else if (kind == RARE)
		decode_name_rare(r, v->text, v->len, id);
	else if (kind == CHANNEL)
		channel_name(r, v, id);
	else
		decode_name_later(r, v->text, v->len, id);
}
