#include "cdr/decode.h"

#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/hash.h"
#include "base/intern.h"
#include "tel/zone.h"

/* The text of a field in one record. */
struct value {
	const char *text; /* "" if there is none */
	size_t len;
	uint32_t column;  /* from 1; of its first cell */
	const char *name; /* of that column */
};

/* Where a text goes, and as what. */
enum home { IN_CALL, IN_ORIGIN };
enum kind {
	AS_IT_IS,
	CHANNEL, /* without what makes it unique */
	RARE     /* hardly two calls share it */
};

static const struct {
	enum layout_target target;
	enum home home;
	size_t at;
	enum kind kind;
} texts[] = {
	{ TARGET_SRC, IN_CALL, offsetof(struct call, src), AS_IT_IS },
	{ TARGET_DST, IN_CALL, offsetof(struct call, dst), AS_IT_IS },
	{ TARGET_DIALLED, IN_CALL, offsetof(struct call, dialled), AS_IT_IS },
	{ TARGET_FORWARDED_BY, IN_CALL, offsetof(struct call, forwarded_by),
	    AS_IT_IS },
	{ TARGET_ACCOUNT, IN_CALL, offsetof(struct call, account), AS_IT_IS },
	{ TARGET_USER, IN_CALL, offsetof(struct call, user), AS_IT_IS },
	{ TARGET_CHANNEL_IN, IN_CALL, offsetof(struct call, trunk_in),
	    CHANNEL },
	{ TARGET_CHANNEL_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    CHANNEL },
	{ TARGET_SRC_NAME, IN_ORIGIN, offsetof(struct origin, src_name),
	    AS_IT_IS },
	{ TARGET_SERVICE, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
	{ TARGET_CONTEXT, IN_ORIGIN, offsetof(struct origin, clue_in),
	    AS_IT_IS },
	{ TARGET_CALL_ID, IN_ORIGIN, offsetof(struct origin, call_id), RARE },
	{ TARGET_JOIN, IN_ORIGIN, offsetof(struct origin, join), RARE },
};

enum { NTEXTS = sizeof(texts) / sizeof(texts[0]), SHOWN = 60 };

void
decoder_init(struct decoder *d, const struct layout *l, struct batch *b,
    int64_t latest)
{
	d->layout = l;
	d->batch = b;
	d->latest = latest;
	buf_init(&d->record);
	buf_init(&d->joined);
}

void
decoder_fini(struct decoder *d)
{
	buf_fini(&d->record);
	buf_fini(&d->joined);
}

static int
refuse(const struct value *v, uint32_t *column, struct errmsg *reason,
    const char *what)
{
	*column = v->column;
	return errmsg_set(reason, "%s: %s: '%.*s%s'", v->name, what,
	    (int)(v->len < SHOWN ? v->len : SHOWN), v->text,
	    v->len > SHOWN ? "..." : "");
}

/* Several cells as one text; false if one of them is empty. */
static bool
join_cells(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, const struct layout_source *s)
{
	const struct csvfield *cell;
	uint16_t i;

	buf_reset(&d->joined);
	for (i = 0; i < s->n; i++) {
		cell = layout_cell(v, row, s->columns[i]);
		if (cell == NULL || cell->len == 0)
			return false;
		if (i > 0)
			buf_addch(&d->joined, ' ');
		buf_add(&d->joined, cell->text, cell->len);
	}
	return true;
}

/* The first filled alternative of a field. */
static struct value
pick(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, const struct layout_field *f)
{
	const struct layout_source *s;
	const struct csvfield *cell;
	struct value out = { "", 0, 0, "" };
	uint32_t i;

	for (i = 0; i < f->nfrom; i++) {
		s = &f->from[i];
		cell = layout_cell(v, row, s->columns[0]);
		if (cell == NULL)
			continue;
		out.column = (uint32_t)(cell - row->fields) + 1;
		out.name = d->layout->columns[s->columns[0]];
		out.text = cell->text;
		out.len = cell->len;
		if (s->n > 1) {
			out.len = join_cells(d, v, row, s) ? d->joined.len : 0;
			out.text = d->joined.data;
		}
		if (out.len > 0)
			return out;
	}
	out.text = "";
	out.len = 0;
	return out;
}

/* Wall clock as if UTC for a naive stamp, UTC for one that says. */
static int
read_start(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, struct call *c, struct origin *o,
    uint32_t *column, struct errmsg *reason)
{
	const struct layout_field *f = &d->layout->fields[TARGET_START];
	struct value text = pick(d, v, row, f);
	struct stamp stamp;
	int64_t second;

	if (stamp_parse(f->stamp, text.text, text.len, &stamp) != 0)
		return refuse(&text, column, reason, "not a time");
	o->zone_kind = (uint8_t)stamp.kind;
	if (stamp.kind == STAMP_LOCAL)
		(void)zone_to_utc(zone_utc(), &stamp.civil, &c->start, &second);
	else
		c->start = stamp.utc_ms;
	if (c->start < DECODE_EARLIEST)
		return refuse(&text, column, reason, "before the year 2000");
	if (c->start > d->latest)
		return refuse(&text, column, reason, "in the future");
	return 0;
}

/*
 * Digits, perhaps with a fraction, of a unit to milliseconds, to the nearest;
 * -1 for anything else and beyond 49 days.
 */
static int
to_ms(const char *s, size_t len, uint32_t unit_ms, uint32_t *ms)
{
	uint64_t whole = 0, part = 0, scale = 1, sum;
	size_t i;

	for (i = 0; i < len && s[i] >= '0' && s[i] <= '9' && i < 12; i++)
		whole = whole * 10 + (uint64_t)(s[i] - '0');
	if (i == 0)
		return -1;
	if (i < len && s[i] == '.') {
		for (i++; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
			if (scale >= 1000000)
				continue;
			part = part * 10 + (uint64_t)(s[i] - '0');
			scale *= 10;
		}
	}
	sum = whole * unit_ms + (part * unit_ms + scale / 2) / scale;
	if (i < len || sum > UINT32_MAX)
		return -1;
	*ms = (uint32_t)sum;
	return 0;
}

/* A span that is not there is 0. */
static int
read_span(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, enum layout_target t, uint32_t *ms,
    uint32_t *column, struct errmsg *reason)
{
	const struct layout_field *f = &d->layout->fields[t];
	struct value text = pick(d, v, row, f);

	*ms = 0;
	if (f->nfrom == 0 || (text.len == 0 && !f->required))
		return 0;
	if (to_ms(text.text, text.len, f->unit_ms, ms) != 0)
		return refuse(&text, column, reason, "not a duration");
	return 0;
}

/* A word of the switch to ours; a missing one is 0. */
static int
read_word(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, enum layout_target t, uint8_t *code,
    uint32_t *column, struct errmsg *reason)
{
	const struct layout_field *f = &d->layout->fields[t];
	struct value text = pick(d, v, row, f);
	uint32_t i;

	*code = 0;
	if (f->nfrom == 0 || (text.len == 0 && !f->required))
		return 0;
	for (i = 0; i < f->nwords; i++) {
		if (strcmp(f->words[i].text, text.text) == 0) {
			*code = (uint8_t)f->words[i].value;
			return 0;
		}
	}
	return refuse(&text, column, reason, "unknown word");
}

/*
 * Talk, ringing and status must agree whatever the switch says of them: an
 * answered call has talk, perhaps 0; any other has none, and all its time is
 * ringing.
 */
static void
settle(const struct layout *l, bool answered, uint32_t talk, uint32_t total,
    uint32_t ring, struct call *c)
{
	if (answered) {
		c->status = STATUS_ANSWERED;
		c->duration = talk;
		c->ring = total > talk ? total - talk : 0;
	} else {
		if (c->status == STATUS_ANSWERED ||
		    (c->status == STATUS_MISSING && l->has_answered))
			c->status = STATUS_NO_ANSWER;
		c->ring = total;
	}
	if (l->fields[TARGET_RING].nfrom > 0)
		c->ring = ring;
}

static int
read_talk(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, struct call *c, uint32_t *column,
    struct errmsg *reason)
{
	const struct layout *l = d->layout;
	uint32_t talk, total, ring;
	bool answered;

	if (read_span(d, v, row, TARGET_DURATION, &talk, column, reason) != 0 ||
	    read_span(d, v, row, TARGET_TOTAL, &total, column, reason) != 0 ||
	    read_span(d, v, row, TARGET_RING, &ring, column, reason) != 0 ||
	    read_word(d, v, row, TARGET_STATUS, &c->status, column, reason) !=
		0)
		return -1;
	answered = l->has_answered ? layout_tests(&l->answered, v, row)
				   : c->status == STATUS_ANSWERED;
	settle(l, answered, talk, total, ring, c);
	return 0;
}

/* What the field's pattern takes of its text; nothing if it does not match. */
static void
extract(const struct pattern *regex, struct value *text)
{
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };
	const struct pattern_group *g = &groups[1];

	if (pattern_match(regex, text->text, text->len, groups, 2, NULL) != 1) {
		text->len = 0;
		return;
	}
	if (g->begin > g->end)
		g = &groups[0];
	text->text += g->begin;
	text->len = g->end - g->begin;
}

/* Texts end at a NUL, so two that differ behind one would be the same. */
static void
without_nul(struct value *text, char *room)
{
	size_t i;

	if (memchr(text->text, '\0', text->len) == NULL)
		return;
	for (i = 0; i < text->len; i++)
		room[i] = text->text[i] != '\0' ? text->text[i] : '?';
	text->text = room;
}

static uint32_t
name_of(const struct decoder *d, enum kind kind, struct value *text)
{
	struct intern *names = d->batch->names;
	char room[BOUNDS_FIELD], plain[BOUNDS_FIELD];

	without_nul(text, room);
	if (kind == RARE)
		return intern_add_rare(names, text->text, text->len);
	if (kind == CHANNEL)
		return intern_add(names, plain,
		    channel_plain(text->text, text->len, plain));
	return intern_add(names, text->text, text->len);
}

static int
read_texts(struct decoder *d, const struct layout_variant *v,
    const struct csvrow *row, struct call *c, struct origin *o,
    uint32_t *column, struct errmsg *reason)
{
	const struct layout_field *f;
	struct value text;
	uint32_t id;
	size_t i;
	char *base;

	for (i = 0; i < NTEXTS; i++) {
		f = &d->layout->fields[texts[i].target];
		if (f->nfrom == 0)
			continue;
		text = pick(d, v, row, f);
		if (text.len == 0 && f->required)
			return refuse(&text, column, reason, "empty");
		if (text.len > BOUNDS_FIELD)
			return refuse(&text, column, reason, "too long");
		if (text.len > 0 && f->regex != NULL)
			extract(f->regex, &text);
		id = name_of(d, texts[i].kind, &text);
		base = texts[i].home == IN_CALL ? (char *)c : (char *)o;
		memcpy(base + texts[i].at, &id, sizeof(id));
	}
	if (d->layout->fields[TARGET_DIALLED].nfrom == 0)
		c->dialled = c->dst;
	return 0;
}

/* Append a cell, a line end inside it as LF whatever the file has. */
static void
add_cell(struct buf *b, const struct csvfield *cell)
{
	size_t begin = b->len, i;
	uint32_t len;

	buf_add(b, &cell->len, sizeof(cell->len));
	if (memchr(cell->text, '\r', cell->len) == NULL) {
		buf_add(b, cell->text, cell->len);
		return;
	}
	for (i = 0; i < cell->len; i++)
		if (cell->text[i] != '\r' || i + 1 == cell->len ||
		    cell->text[i + 1] != '\n')
			buf_addch(b, cell->text[i]);
	len = (uint32_t)(b->len - begin - sizeof(len));
	memcpy(b->data + begin, &len, sizeof(len));
}

/*
 * Over the cells as read, each behind its length, so that neither quoting
 * nor line ends nor compression count.
 */
static uint64_t
key_of(struct decoder *d, const struct csvrow *row)
{
	uint32_t i;

	buf_reset(&d->record);
	for (i = 0; i < row->n; i++)
		add_cell(&d->record, &row->fields[i]);
	return hash64(d->record.data, d->record.len);
}

static bool
blank(const struct csvrow *row)
{
	uint32_t i;

	for (i = 0; i < row->n; i++)
		if (strspn(row->fields[i].text, " \t") < row->fields[i].len)
			return false;
	return true;
}

static bool
names_column(const struct layout *l, const char *text)
{
	uint32_t i;

	for (i = 0; i < l->ncolumns; i++)
		if (strcasecmp(l->columns[i], text) == 0)
			return true;
	return false;
}

/* People put the names of the columns on top of a file; half will do. */
static bool
header(const struct layout *l, const struct csvrow *row)
{
	uint32_t i, named = 0;

	for (i = 0; i < row->n; i++)
		named += names_column(l, row->fields[i].text);
	return row->n > 1 && named >= (row->n + 1) / 2;
}

static int
read_call(struct decoder *d, const struct csvrow *row, struct call *c,
    struct origin *o, uint32_t *column, struct errmsg *reason)
{
	const struct layout_variant *v;

	*column = 0;
	if (row->fault != NULL)
		return errmsg_set(reason, "%s", row->fault);
	v = layout_variant(d->layout, row);
	if (v == NULL)
		return errmsg_set(reason, "wrong number of columns: '%u'",
		    (unsigned)row->n);
	if (read_start(d, v, row, c, o, column, reason) != 0 ||
	    read_talk(d, v, row, c, column, reason) != 0 ||
	    read_word(d, v, row, TARGET_DIRECTION, &c->direction, column,
		reason) != 0 ||
	    read_texts(d, v, row, c, o, column, reason) != 0)
		return -1;
	o->key = key_of(d, row);
	return 0;
}

enum decode_result
decode_row(struct decoder *d, const struct csvrow *row, struct call *call,
    struct origin *origin, uint32_t *column, struct errmsg *reason)
{
	if (read_call(d, row, call, origin, column, reason) == 0)
		return DECODE_CALL;
	if (row->fault == NULL && (blank(row) || header(d->layout, row)))
		return DECODE_SKIPPED;
	return DECODE_REJECT;
}

bool
decode_epoch(const struct layout *l, const char *id, size_t len,
    int64_t *utc_ms)
{
	const struct pattern *epoch = l->fields[TARGET_CALL_ID].epoch;
	struct pattern_group groups[2] = { { 1, 0 }, { 1, 0 } };
	const char *end;
	int64_t seconds = 0;

	if (epoch == NULL ||
	    pattern_match(epoch, id, len, groups, 2, NULL) != 1 ||
	    groups[1].begin >= groups[1].end ||
	    groups[1].end - groups[1].begin > 12)
		return false;
	end = id + groups[1].end;
	for (id += groups[1].begin; id < end; id++) {
		if (*id < '0' || *id > '9')
			return false;
		seconds = seconds * 10 + (*id - '0');
	}
	*utc_ms = seconds * 1000;
	return true;
}
