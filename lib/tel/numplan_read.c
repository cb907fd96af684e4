#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/csvrow.h"
#include "io/input.h"
#include "tel/numplan_impl.h"

/* One of the two files while it is read. */
struct table {
	struct numplan *plan;
	const char *path;
	const struct csvrow *row;
	const char *header; /* the columns it must have */
	int (*read)(struct table *t, struct errmsg *err);
	bool begun; /* the header was read */
};

static int
wrong(const struct table *t, struct errmsg *err, const char *what,
    const char *offender)
{
	return errmsg_set(err, "%s:%u: %s: '%s'", t->path,
	    (unsigned int)t->row->line, what, offender);
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
read_prefix(struct table *t, struct errmsg *err)
{
	const struct csvfield *f = t->row->fields;
	struct numplan *p = t->plan;
	unsigned int digits;
	enum numkind kind;

	if (!all_digits(f[0].text, '0') || f[0].len > NUMPLAN_DIGITS)
		return wrong(t, err, "not a prefix", f[0].text);
	if (parse_small(f[1].text, NUMPLAN_MOST_DIGITS, &digits) < 0 ||
	    (digits != 0 && digits < f[0].len))
		return wrong(t, err, "not a number of digits", f[1].text);
	if (f[2].len > 0 && !is_iso(f[2].text))
		return wrong(t, err, "not a country", f[2].text);
	if (numkind_parse(f[3].text, &kind) < 0)
		return wrong(t, err, "not a kind of number", f[3].text);
	if (p->n == NUMPLAN_ENTRIES)
		return wrong(t, err, "too many prefixes, at", f[0].text);
	p->items = xgrow(p->items, &p->cap, p->n + 1, sizeof(*p->items));
	p->items[p->n++] = (struct numplan_item){
		.key = numplan_key(f[0].text, f[0].len),
		.up = t->row->line, /* until link_items() */
		.country = intern_addstr(p->names, f[2].text) & 0xfffU,
		.kind = (unsigned int)kind & 0x3fU,
		.digits = digits & 0x3fU,
		.len = f[0].len & 0x1fU,
	};
	return 0;
}

/* "00 990": each text is digits, `also` may stand among them. */
static int
read_list(struct table *t, size_t column, char also, struct numplan_list *l,
    struct errmsg *err)
{
	char *s = arena_strdup(&t->plan->texts, t->row->fields[column].text);
	const char **texts;
	size_t most = strlen(s) / 2 + 1;
	char *save = NULL, *word;

	texts = arena_array(&t->plan->texts, most, sizeof(*texts));
	l->texts = texts;
	l->n = 0;
	for (word = strtok_r(s, " ", &save); word != NULL;
	     word = strtok_r(NULL, " ", &save)) {
		if (!all_digits(word, also))
			return wrong(t, err, "not digits", word);
		texts[l->n++] = word;
	}
	return 0;
}

/* "7 9 10" as bits. */
static int
read_lengths(struct table *t, size_t column, uint32_t *bits, struct errmsg *err)
{
	struct numplan_list l;
	unsigned int v;
	size_t i;

	if (read_list(t, column, '0', &l, err) < 0)
		return -1;
	for (i = 0; i < l.n; i++) {
		if (parse_small(l.texts[i], NUMPLAN_MOST_DIGITS, &v) < 0)
			return wrong(t, err, "not a number of digits",
			    l.texts[i]);
		*bits |= UINT32_C(1) << v;
	}
	return 0;
}

static int
read_country(struct table *t, struct errmsg *err)
{
	const struct csvfield *f = t->row->fields;
	struct numplan *p = t->plan;
	struct numplan_country c = { 0 };
	unsigned int code;

	if (!is_iso(f[0].text))
		return wrong(t, err, "not a country", f[0].text);
	if (parse_small(f[1].text, NUMPLAN_CODES - 1, &code) < 0 ||
	    f[1].text[0] == '0')
		return wrong(t, err, "not a calling code", f[1].text);
	c.iso = arena_strdup(&p->texts, f[0].text);
	c.code = arena_strdup(&p->texts, f[1].text);
	if (read_list(t, 2, '0', &c.international, err) < 0 ||
	    read_list(t, 3, '0', &c.national, err) < 0 ||
	    read_lengths(t, 4, &c.usual, err) < 0 ||
	    read_lengths(t, 5, &c.other, err) < 0 ||
	    read_list(t, 6, '#', &c.emergency, err) < 0 ||
	    read_list(t, 7, '#', &c.service, err) < 0)
		return -1;
	if ((c.usual | c.other) == 0)
		return wrong(t, err, "no lengths of numbers", f[0].text);
	p->lengths[code] |= c.usual | c.other;
	if (strcmp(c.iso, "001") == 0)
		return 0;
	p->countries = xgrow(p->countries, &p->countries_cap, p->ncountries + 1,
	    sizeof(*p->countries));
	p->countries[p->ncountries++] = c;
	return 0;
}

static uint32_t
count_columns(const char *header)
{
	uint32_t n = 1;

	for (; *header != '\0'; header++)
		n += *header == ',';
	return n;
}

static int
read_row(struct table *t, struct errmsg *err)
{
	static const char source[] = "# source: ";
	const struct csvrow *row = t->row;
	struct buf *version = &t->plan->version;

	if (row->fault != NULL)
		return errmsg_set(err, "%s:%u: %s", t->path,
		    (unsigned int)row->line, row->fault);
	if (row->n > 0 && row->fields[0].text[0] == '#') {
		if (version->len == 0 &&
		    strncmp(row->raw, source, strlen(source)) == 0)
			buf_add(version, row->raw + strlen(source),
			    row->raw_len - strlen(source));
		return 0;
	}
	hash_add(t->plan->hash, row->raw, row->raw_len);
	hash_add(t->plan->hash, "\n", 1);
	if (row->n != count_columns(t->header))
		return wrong(t, err, "not these columns", t->header);
	if (t->begun)
		return t->read(t, err);
	if (row->raw_len != strlen(t->header) ||
	    memcmp(row->raw, t->header, row->raw_len) != 0)
		return wrong(t, err, "the header is not", t->header);
	t->begun = true;
	return 0;
}

static int
read_table(struct table *t, struct errmsg *err)
{
	struct input *in = NULL;
	struct csvreader *r = NULL;
	struct csvrow row;
	int got, status = -1;

	if (input_open(&in, t->path, err) < 0)
		goto out;
	r = csvreader_new(in, CSV_RFC);
	while ((got = csvreader_next(r, &row, err)) > 0) {
		t->row = &row;
		if (read_row(t, err) < 0)
			goto out;
	}
	if (got < 0)
		goto out;
	if (!t->begun) {
		(void)errmsg_set(err, "%s: no header '%s'", t->path, t->header);
		goto out;
	}
	status = 0;
out:
	csvreader_free(&r);
	input_close(&in);
	return status;
}

static int
compare_items(const void *va, const void *vb)
{
	const struct numplan_item *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return (int)a->digits - (int)b->digits;
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

	if (p->n > 1)
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

int
numplan_read(struct numplan *p, const char *dir, struct errmsg *err)
{
	char *paths[2] = { in_folder(dir, "numplan.csv"),
		in_folder(dir, "countries.csv") };
	struct table prefixes = { .plan = p,
		.path = paths[0],
		.header = "prefix,digits,country,kind",
		.read = read_prefix };
	struct table habits = { .plan = p,
		.path = paths[1],
		.header = "country,code,international,national,lengths,other,"
			  "emergency,service",
		.read = read_country };
	int status = -1;

	if (read_table(&prefixes, err) < 0 || read_table(&habits, err) < 0 ||
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
