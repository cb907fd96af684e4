#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/csvtable.h"
#include "tel/numplan_impl.h"

static int
wrong(struct errmsg *err, const char *what, const char *offender)
{
	return errmsg_set(err, "%s: '%s'", what, offender);
}

static bool
all_digits(const char *s, char also)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if ((*s < '0' || *s > '9') && *s != also)
			return false;
	return true;
}

/* "GB", or "001" for no country. */
static bool
is_iso(const char *s)
{
	return strcmp(s, "001") == 0 ||
	       (strlen(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' &&
		   s[1] <= 'Z');
}

static int
parse_small(const char *s, unsigned int most, unsigned int *v)
{
	if (!all_digits(s, '0') || strlen(s) > 4)
		return -1;
	*v = (unsigned int)strtoul(s, NULL, 10);
	return *v <= most ? 0 : -1;
}

static int
read_prefix(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	const char *const *f = row->cells;
	struct numplan *p = ctx;
	size_t len = strlen(f[0]);
	unsigned int digits;
	enum numkind kind;

	if (!all_digits(f[0], '0') || len > NUMPLAN_DIGITS)
		return wrong(err, "not a prefix", f[0]);
	if (parse_small(f[1], NUMPLAN_MOST_DIGITS, &digits) < 0 ||
	    (digits != 0 && digits < len))
		return wrong(err, "not a number of digits", f[1]);
	if (f[2][0] != '\0' && !is_iso(f[2]))
		return wrong(err, "not a country", f[2]);
	if (numkind_parse(f[3], &kind) < 0)
		return wrong(err, "not a kind of number", f[3]);
	if (p->n == NUMPLAN_ENTRIES)
		return wrong(err, "too many prefixes, at", f[0]);
	p->items = xgrow(p->items, &p->cap, p->n + 1, sizeof(*p->items));
	p->items[p->n++] = (struct numplan_item){
		.key = numplan_key(f[0], len),
		.up = row->line, /* until link_items() */
		.country = intern_addstr(p->names, f[2]) & 0xfffU,
		.kind = (unsigned int)kind & 0x3fU,
		.digits = digits & 0x3fU,
		.len = (unsigned int)len & 0x1fU,
	};
	return 0;
}

/* "00 990": each text is digits, `also` may stand among them. */
static int
read_list(struct numplan *p, const char *cell, char also,
    struct numplan_list *l, struct errmsg *err)
{
	char *s = arena_strdup(&p->texts, cell);
	const char **texts;
	size_t most = strlen(s) / 2 + 1;
	char *save = NULL, *word;

	texts = arena_array(&p->texts, most, sizeof(*texts));
	l->texts = texts;
	l->n = 0;
	for (word = strtok_r(s, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		if (!all_digits(word, also))
			return wrong(err, "not digits", word);
		texts[l->n++] = word;
	}
	return 0;
}

/* "7 9 10" as bits. */
static int
read_lengths(struct numplan *p, const char *cell, uint32_t *bits,
    struct errmsg *err)
{
	struct numplan_list l;
	unsigned int v;
	size_t i;

	if (read_list(p, cell, '0', &l, err) < 0)
		return -1;
	for (i = 0; i < l.n; i++) {
		if (parse_small(l.texts[i], NUMPLAN_MOST_DIGITS, &v) < 0)
			return wrong(err, "not a number of digits", l.texts[i]);
		*bits |= UINT32_C(1) << v;
	}
	return 0;
}

static int
read_country(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	const char *const *f = row->cells;
	struct numplan *p = ctx;
	struct numplan_country c = { 0 };
	unsigned int code;

	if (!is_iso(f[0]))
		return wrong(err, "not a country", f[0]);
	if (parse_small(f[1], NUMPLAN_CODES - 1, &code) < 0 || f[1][0] == '0')
		return wrong(err, "not a calling code", f[1]);
	c.iso = arena_strdup(&p->texts, f[0]);
	c.code = arena_strdup(&p->texts, f[1]);
	if (read_list(p, f[2], '0', &c.international, err) < 0 ||
	    read_list(p, f[3], '0', &c.national, err) < 0 ||
	    read_lengths(p, f[4], &c.usual, err) < 0 ||
	    read_lengths(p, f[5], &c.other, err) < 0 ||
	    read_list(p, f[6], '#', &c.emergency, err) < 0 ||
	    read_list(p, f[7], '#', &c.service, err) < 0)
		return -1;
	if ((c.usual | c.other) == 0)
		return wrong(err, "no lengths of numbers", f[0]);
	p->lengths[code] |= c.usual | c.other;
	if (strcmp(c.iso, "001") == 0)
		return 0;
	p->countries = xgrow(p->countries, &p->countries_cap, p->ncountries + 1,
	    sizeof(*p->countries));
	p->countries[p->ncountries++] = c;
	return 0;
}

static void
hash_row(struct numplan *p, const struct csvtable_row *row)
{
	hash_add(p->hash, row->raw, row->raw_len);
	hash_add(p->hash, "\n", 1);
}

static void
see_header(void *ctx, const struct csvtable_row *row)
{
	hash_row(ctx, row);
}

/* "# source: ..." of the first file is the version. */
static void
see_comment(void *ctx, const struct csvtable_row *row)
{
	static const char source[] = "# source: ";
	struct buf *version = &((struct numplan *)ctx)->version;
	size_t len = strlen(source);

	if (version->len == 0 && row->raw_len > len &&
	    strncmp(row->raw, source, len) == 0)
		buf_add(version, row->raw + len, row->raw_len - len);
}

static int
see_prefix(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	hash_row(ctx, row);
	return read_prefix(ctx, row, err);
}

static int
see_country(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	hash_row(ctx, row);
	return read_country(ctx, row, err);
}

static int
compare_items(const void *va, const void *vb)
{
	const struct numplan_item *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (int)a->digits - (int)b->digits;
}

static bool
in_order(const struct numplan *p)
{
	uint32_t i;

	for (i = 1; i < p->n; i++)
		if (compare_items(&p->items[i - 1], &p->items[i]) > 0)
			return false;
	return true;
}

/* Whether `a` is the whole beginning of `b`. */
static bool
is_prefix(const struct numplan_item *a, const struct numplan_item *b)
{
	return a->len <= b->len && (a->key ^ b->key) >> (64 - 4 * a->len) == 0;
}

/* Sort, and lead each entry to the next one that may know its numbers. */
static int
link_items(struct numplan *p, const char *path, struct errmsg *err)
{
	struct numplan_item *e;
	uint32_t i, up, line;

	if (!in_order(p))
		qsort(p->items, p->n, sizeof(*p->items), compare_items);
	for (i = 0; i < p->n; i++) {
		e = &p->items[i];
		line = e->up;
		up = i > 0 ? i - 1 : NUMPLAN_NONE;
		while (up != NUMPLAN_NONE && !is_prefix(&p->items[up], e))
			up = p->items[up].up;
		e->up = up;
		if (up != NUMPLAN_NONE && compare_items(&p->items[up], e) == 0)
			return errmsg_set(err,
			    "%s:%u: the same prefix and digits stand there "
			    "twice",
			    path, (unsigned int)line);
	}
	return 0;
}

static int
compare_countries(const void *a, const void *b)
{
	return strcmp(((const struct numplan_country *)a)->iso,
	    ((const struct numplan_country *)b)->iso);
}

static int
sort_countries(struct numplan *p, const char *path, struct errmsg *err)
{
	size_t i;

	if (p->ncountries > 1)
		qsort(p->countries, p->ncountries, sizeof(*p->countries),
		    compare_countries);
	for (i = 1; i < p->ncountries; i++)
		if (strcmp(p->countries[i - 1].iso, p->countries[i].iso) == 0)
			return errmsg_set(err, "%s: '%s' stands there twice",
			    path, p->countries[i].iso);
	return 0;
}

/* The caller frees it. */
static char *
in_folder(const char *dir, const char *name)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s/%s", dir, name);
	return buf_detach(&b);
}

static const char *const prefix_columns[] = { "prefix", "digits", "country",
	"kind" };
static const char *const country_columns[] = { "country", "code",
	"international", "national", "lengths", "other", "emergency",
	"service" };

static const struct csvtable_form prefixes = { .columns = prefix_columns,
	.n = 4,
	.exact = true,
	.row = see_prefix,
	.header = see_header,
	.comment = see_comment };
static const struct csvtable_form habits = { .columns = country_columns,
	.n = 8,
	.exact = true,
	.row = see_country,
	.header = see_header,
	.comment = see_comment };

int
numplan_read(struct numplan *p, const char *dir, struct errmsg *err)
{
	char *paths[2] = { in_folder(dir, "numplan.csv"),
		in_folder(dir, "countries.csv") };
	int status = -1;

	if (csvtable_read(paths[0], &prefixes, p, err) < 0 ||
	    csvtable_read(paths[1], &habits, p, err) < 0 ||
	    link_items(p, paths[0], err) < 0 ||
	    sort_countries(p, paths[1], err) < 0)
		goto out;
	buf_addf(&p->version, "%sxxh %016llx", p->version.len > 0 ? "; " : "",
	    (unsigned long long)hash_end64(p->hash));
	status = 0;
out:
	free(paths[0]);
	free(paths[1]);
	return status;
}
