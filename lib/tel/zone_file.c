#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/zone.h"
#include "tel/zone_impl.h"

/*
 * RFC 8536: a header and a block with 32-bit times for old readers, then the
 * same again with 64-bit times, then a POSIX TZ string between newlines for
 * the time behind the last transition.  The block is
 *
 *     transition times | their types | types | abbreviations |
 *     leap seconds | standard/wall flags | UT/local flags
 */
enum {
	HEADER = 44,
	TYPE_BYTES = 6,
	/* An index fits a byte, and the footer adds two. */
	TYPES_MOST = 254,
	/* First years of a zone whose file has only a footer. */
	YEAR_FIRST = 1970
};

#define YEAR_0    INT64_C(-62167219200) /* its first second */
#define YEAR_9999 INT64_C(253402300799) /* its last second */

struct counts {
	size_t isut, isstd, leap, times, types, chars;
};

struct block {
	struct counts n;
	const unsigned char *times, *of, *types, *chars;
};

static uint32_t
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static int64_t
get64(const unsigned char *p)
{
	return (int64_t)((uint64_t)get32(p) << 32 | get32(p + 4));
}

/*
 * The block at `*p`, whose times have `size` bytes; moves behind it.
 */
static int
take_block(const unsigned char **p, const unsigned char *end, size_t size,
    struct block *b)
{
	const unsigned char *s = *p;
	size_t len = (size_t)(end - s), need;
	size_t *const field[] = { &b->n.isut, &b->n.isstd, &b->n.leap,
		&b->n.times, &b->n.types, &b->n.chars };
	size_t i;

	if (len < HEADER || memcmp(s, "TZif", 4) != 0 || s[4] < '2')
		return -1;
	for (i = 0; i < 6; i++) {
		*field[i] = get32(s + 20 + 4 * i);
		if (*field[i] > len)
			return -1;
	}
	b->times = s + HEADER;
	b->of = b->times + b->n.times * size;
	b->types = b->of + b->n.times;
	b->chars = b->types + b->n.types * TYPE_BYTES;
	need = HEADER + b->n.times * (size + 1) + b->n.types * TYPE_BYTES +
	       b->n.chars + b->n.leap * (size + 4) + b->n.isstd + b->n.isut;
	if (need > len)
		return -1;
	*p += need;
	return 0;
}

/* What must hold before the block is copied. */
static const char *
block_fault(const struct block *b)
{
	const unsigned char *type;
	size_t i;
	int32_t offset;

	if (b->n.leap != 0)
		return "counts leap seconds";
	if (b->n.types == 0 || b->n.types > TYPES_MOST || b->n.chars == 0 ||
	    b->chars[b->n.chars - 1] != '\0')
		return "damaged time zone file";
	for (i = 0; i < b->n.types; i++) {
		type = b->types + i * TYPE_BYTES;
		offset = (int32_t)get32(type);
		if (offset > ZONE_REACH || offset < -ZONE_REACH ||
		    type[5] >= b->n.chars)
			return "damaged time zone file";
	}
	for (i = 0; i < b->n.times; i++)
		if (b->of[i] >= b->n.types ||
		    (i > 0 && get64(b->times + 8 * i) <=
				  get64(b->times + 8 * (i - 1))))
			return "damaged time zone file";
	if (i > 0 && get64(b->times + 8 * (i - 1)) > YEAR_9999)
		return "damaged time zone file";
	return NULL;
}

/* The footer between its newlines; an empty one means: no rule. */
static int
take_footer(const unsigned char *p, const unsigned char *end,
    struct zone_rule *r, bool *has_rule)
{
	const unsigned char *stop;

	if (p == end || *p++ != '\n' ||
	    (stop = memchr(p, '\n', (size_t)(end - p))) == NULL)
		return -1;
	*has_rule = stop > p;
	if (!*has_rule)
		return 0;
	return zone_rule_parse(r, (const char *)p, (size_t)(stop - p));
}

/* The arrays of a zone while they grow. */
struct draft {
	int64_t *at;
	uint8_t *of;
	struct zone_type *types;
	char *abbrs;
	size_t n, room;
};

static void
add_span(struct draft *d, int64_t at, size_t type)
{
	if (d->n == d->room) {
		d->room = d->room < 256 ? 256 : d->room * 2;
		d->at = xrealloc(d->at, d->room, sizeof(*d->at));
		d->of = xrealloc(d->of, d->room, sizeof(*d->of));
	}
	d->at[d->n] = at;
	d->of[d->n++] = (uint8_t)type;
}

static void
copy_block(struct draft *d, const struct block *b)
{
	const unsigned char *type;
	size_t i;

	d->types = xcalloc(b->n.types + 2, sizeof(*d->types));
	d->abbrs = xcalloc(b->n.chars + 2 * ZONE_ABBR, 1);
	memcpy(d->abbrs, b->chars, b->n.chars);
	for (i = 0; i < b->n.types; i++) {
		type = b->types + i * TYPE_BYTES;
		d->types[i].offset = (int32_t)get32(type);
		d->types[i].abbr = d->abbrs + type[5];
	}
	if (b->n.times == 0 || get64(b->times) > INT64_MIN)
		add_span(d, INT64_MIN, 0);
	for (i = 0; i < b->n.times; i++)
		add_span(d, get64(b->times + 8 * i), b->of[i]);
}

/* The year of a transition; nobody asks for what was before the year 0. */
static int32_t
year_of(int64_t second)
{
	int32_t year;
	int8_t month, day;

	if (second < YEAR_0)
		return 0;
	zone_date(second / 86400, &year, &month, &day);
	return year;
}

/*
 * A change of the rule.  It takes the place of one that would come later or
 * at once, as with summer time all the year; each year has its own changes.
 */
static void
add_change(struct draft *d, size_t written, int64_t at, size_t type)
{
	while (d->n > written && at <= d->at[d->n - 1])
		d->n--;
	if (at > d->at[d->n - 1])
		add_span(d, at, type);
}

/*
 * Write the rule out behind the last transition for one cycle, with a year
 * to spare on both sides, because the file may end in mid-year and because
 * local times reach over the end.  Returns the end of the cycle.
 */
static int64_t
write_out(struct draft *d, const struct block *b, const struct zone_rule *r)
{
	int32_t from = b->n.times > 0 ? year_of(d->at[d->n - 1]) : YEAR_FIRST;
	const size_t type = b->n.types, written = d->n;
	int64_t at[2];
	int32_t year;
	int summer, i;
	char *abbr;

	for (i = 0; i < 2; i++) {
		abbr = d->abbrs + b->n.chars + i * ZONE_ABBR;
		memcpy(abbr, r->abbr[i], ZONE_ABBR);
		d->types[type + (size_t)i].offset = r->offset[i];
		d->types[type + (size_t)i].abbr = abbr;
	}
	for (year = from; year <= from + 403; year++) {
		at[0] = zone_rule_change(r, 0, year);
		at[1] = zone_rule_change(r, 1, year);
		summer = at[1] < at[0];
		for (i = 0; i < 2; i++, summer = !summer)
			add_change(d, written, at[summer],
			    type + (size_t)summer);
	}
	return zone_days(from + 402, 1, 1) * 86400;
}

int
zone_file_parse(struct zone *z, const unsigned char *bytes, size_t len,
    struct errmsg *err)
{
	const unsigned char *p = bytes, *end = bytes + len;
	struct draft d = { 0 };
	struct zone_rule rule;
	struct block b;
	const char *fault;
	bool has_rule;

	if (take_block(&p, end, 4, &b) != 0 || take_block(&p, end, 8, &b) != 0)
		return errmsg_set(err,
		    "not a time zone file of version 2 or later");
	fault = block_fault(&b);
	if (fault == NULL && take_footer(p, end, &rule, &has_rule) != 0)
		fault = "damaged time zone file";
	if (fault != NULL)
		return errmsg_set(err, "%s", fault);
	copy_block(&d, &b);
	z->cycle_end = INT64_MAX;
	if (has_rule && rule.summer)
		z->cycle_end = write_out(&d, &b, &rule);
	z->at = d.at;
	z->of = d.of;
	z->n = d.n;
	z->types = d.types;
	z->abbrs = d.abbrs;
	return 0;
}

void
zone_file_release(struct zone *z)
{
	free((void *)z->at);
	free((void *)z->of);
	free((void *)z->types);
	free(z->abbrs);
}
