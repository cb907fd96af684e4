#include <string.h>

#include "base/bounds.h"
#include "cdr/decode_impl.h"
#include "tel/digits.h"

/*
 * The text of a field that perhaps only some records have.  The tests come
 * first: they, too, may join texts.
 */
static struct layout_value
text_where(const struct reading *r, const struct layout_field *f)
{
	const bool counts = layout_tests(&f->when, &r->rec);
	struct layout_value v = decode_text_of(r, f);

	if (!counts)
		v.len = 0;
	return v;
}

/* A + in front of what lacks it; `room` is for one character more. */
static void
add_plus(const struct layout_field *f, struct layout_value *v, char *room)
{
	if (f->plus == NULL || v->len == 0 ||
	    pattern_match(f->plus, v->text, v->len, NULL, 0, NULL) != 1)
		return;
	room[0] = '+';
	memcpy(room + 1, v->text, v->len);
	v->text = room;
	v->len++;
}

/* Cells are parts of the record, or of those parts some bytes. */
static bool
has_no_nul(const struct reading *r)
{
	const struct csvrow *row = r->rec.row;

	return r->d->plan->raw_cells && row->gathered == NULL &&
	       (row->plain || memchr(row->raw, '\0', row->raw_len) == NULL);
}

/*
 * "9.71E+11", "9,71E+11": a spreadsheet took the digits for a number.  An
 * exponent has up to three digits.
 */
static inline bool
is_rounded(const char *text, size_t len)
{
	const char *p = text, *end = text + len;

	if (len < sizeof("9E+1") - 1 ||
	    (end[-2] != '+' && end[-3] != '+' && end[-4] != '+'))
		return false;
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	if (p == text)
		return false;
	if (p < end && (*p == '.' || *p == ','))
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			;
	return end - p > 2 && (*p == 'E' || *p == 'e') && p[1] == '+' &&
	       digits_only(p + 2, (size_t)(end - p) - 2);
}

/* Where the parts of what is made of a record are. */
struct homes {
	char *at[IN_EXTRAS + 1];
};

static inline struct homes
homes_of(const struct reading *r)
{
	return (struct homes){ { [IN_CALL] = (char *)r->c,
	    [IN_ORIGIN] = (char *)r->o,
	    [IN_EXTRAS] = (char *)&r->d->extras } };
}

static inline uint32_t *
place_of(const struct homes *homes, const struct decode_text *t)
{
	return (uint32_t *)(void *)(homes->at[t->home] + t->at);
}

/*
 * A text goes where it belongs.  A trunk's name takes the place of the
 * channel's, if there is one.
 */
static void
add_text(struct reading *r, const struct decode_text *t,
    const struct layout_value *v)
{
	const struct homes homes = homes_of(r);

	if (v->len > 0)
		decode_name(r, t->kind, v, place_of(&homes, t));
	else if (t->kind == TRUNK_IN || t->kind == TRUNK_OUT)
		return;
	if (t->kind == NUMBER)
		r->rounded |= is_rounded(v->text, v->len);
	else if (t->kind == TRUNK_IN)
		r->o->stated |= ORIGIN_TRUNK_IN;
	else if (t->kind == TRUNK_OUT)
		r->o->stated |= ORIGIN_TRUNK_OUT;
}

/* What may be more than a cell. */
static int
read_text(struct reading *r, const struct decode_text *t)
{
	const struct layout_field *f = decode_field(r, t->target);
	char room[BOUNDS_FIELD + 1];
	struct layout_value v = layout_value(&r->rec, f);

	if (v.len == 0 && f->required)
		return decode_refuse(r, &v, "empty");
	if (v.len > BOUNDS_FIELD)
		return decode_refuse(r, &v, "too long");
	if (v.len > 0 && f->regex != NULL && decode_takes_one(f))
		layout_extract(f->regex, &v);
	else if (v.len > 0 && (f->regex != NULL || f->when.n > 0))
		v = text_where(r, f);
	/* A pattern may have passed over the first alternative. */
	if (v.len > BOUNDS_FIELD)
		return decode_refuse(r, &v, "too long");
	add_plus(f, &v, room);
	add_text(r, t, &v);
	decode_names_end(r); /* before the room is gone */
	return 0;
}

static inline void
name_plain(struct reading *r, const struct decode_text *t,
    const struct csvfield *cell)
{
	const struct homes homes = homes_of(r);
	uint32_t *id = place_of(&homes, t);

	if (t->kind == RARE) {
		decode_name_rare(r, cell->text, cell->len, id);
		return;
	}
	if (t->kind == NUMBER)
		r->rounded |= is_rounded(cell->text, cell->len);
	decode_name_later(r, cell->text, cell->len, id);
}

/* False if there is more to say of it than that it is there, or is not. */
static inline bool
read_cell(struct reading *r, const struct decode_text *t)
{
	const struct csvfield *cell = decode_filled(r->rec.row, t->cells);
	struct layout_value v;

	if (cell == NULL)
		return t->cells->all;
	if (cell->len > BOUNDS_FIELD)
		return false;
	if (t->unasked)
		return true;
	if (t->plain && r->no_nul) {
		name_plain(r, t, cell);
		return true;
	}
	v.text = cell->text;
	v.len = cell->len;
	if (t->regex != NULL)
		layout_extract(t->regex, &v);
	add_text(r, t, &v);
	return true;
}

/* A short text that was not read lately; what is counted is not noted. */
static void
name_short(struct reading *r, const struct decode_text *t, const char *text,
    size_t len, struct decode_recent *recent)
{
	const struct homes homes = homes_of(r);
	const bool rounded = is_rounded(text, len);

	if (t->kind == NUMBER)
		r->rounded |= rounded;
	decode_name_later(r, text, len, place_of(&homes, t));
	if (!rounded)
		r->d->names.recent[r->d->names.n - 1] = recent;
}

/* Whether read_short() can be asked: no text of the row is too long. */
static inline bool
may_read_short(const struct reading *r)
{
	const struct csvrow *row = r->rec.row;

	return row->packed != NULL && row->packed_len <= BOUNDS_FIELD &&
	       row->n >= r->d->plan->least;
}

/*
 * The texts that may have been read lately.  False if one that must be there
 * is not: then all are read in their order, because the first that is refused
 * is the one that is told.
 */
static bool
read_short(struct reading *r)
{
	const struct decode_text *const *at = r->d->plan->shorts, *t;
	const struct decode_lately *lately = r->d->lately;
	const struct homes homes = homes_of(r);
	const struct csvrow *row = r->rec.row;
	const struct csvfield *cell;
	struct decode_recent *recent;
	struct decode_short bytes;
	uint32_t known;
	size_t len;

	for (; (t = *at) != NULL; at++) {
		cell = &row->fields[t->cells->at[0]];
		if (cell->len == 0 && t->only)
			continue;
		if (cell->len == 0)
			cell = decode_filled(row, t->cells);
		if (cell == NULL && t->cells->all)
			continue;
		if (cell == NULL)
			return false;
		len = t->kind == CHANNEL ? channel_stem(cell->text, cell->len)
					 : cell->len;
		if (len == 0 || len > DECODE_SHORT) {
			(void)read_cell(r, t);
			continue;
		}
		bytes = decode_short_of(cell->text, len);
		recent = decode_recent_of(lately, bytes);
		known = decode_recent_id(recent, bytes);
		if (known != 0)
			*place_of(&homes, t) = known;
		else
			name_short(r, t, cell->text, len, recent);
	}
	return true;
}

int
decode_texts(struct reading *r)
{
	const struct decode_plan *p = r->d->plan;
	const struct decode_text *const *at = p->others, *t;

	r->no_nul = has_no_nul(r);
	r->d->names.n = 0;
	if (!may_read_short(r) || !read_short(r)) {
		r->d->names.n = 0;
		at = p->all;
	}
	for (; (t = *at) != NULL; at++) {
		if (t->how == TEXT_CELL && read_cell(r, t))
			continue;
		if (t->how == TEXT_CALL_ID && r->o->call_id != 0)
			r->o->joins_by_id = true;
		else if (read_text(r, t) != 0)
			return -1;
	}
	if (r->d->names.n > 0)
		decode_names_end(r);
	if (r->d->extras.ids[EXTRA_JOIN] == r->o->call_id &&
	    r->o->call_id != 0) {
		r->o->joins_by_id = true;
		r->d->extras.ids[EXTRA_JOIN] = 0;
	}
	if (decode_field(r, TARGET_DIALLED)->nfrom == 0)
		r->c->dialled = r->c->dst;
	return 0;
}
