/* cdrrules lists import: what others publish as a list, as a rule file. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "io/csvtable.h"
#include "io/jsonout.h"
#include "tel/calltime.h"

enum { RANGE_DIGITS = 7, PADDING = 10 };
enum { NUMBER_COLUMNS = 5, KINDS = NUMLIST_PATTERN + 1 };

/* What a column of ours is called there: value=Phone,source=Office. */
struct map {
	const char *columns[NUMBER_COLUMNS];
	size_t n;
	size_t of[NUMBER_COLUMNS]; /* which of ours */
	unsigned needed;
	char *text;
};

static const char *const ours[NUMBER_COLUMNS] = { "value", "source", "added",
	"expires", "note" };

struct import {
	struct rules_run *r;
	const struct map *map;
	struct numlist *lists[KINDS]; /* by kind */
	size_t rows, refused, twice;
	const struct dialplan *plan; /* or NULL */
};

static int
read_map(struct rules_run *r, struct map *m)
{
	char *save = NULL, *word, *equals;
	size_t i;

	m->text = strdup(r->o->map);
	if (m->text == NULL)
		abort();
	for (word = strtok_r(m->text, ",", &save); word != NULL;
	     word = strtok_r(NULL, ",", &save)) {
		if ((equals = strchr(word, '=')) == NULL)
			break;
		*equals = '\0';
		for (i = 0; i < NUMBER_COLUMNS; i++)
			if (strcmp(ours[i], word) == 0)
				break;
		if (i == NUMBER_COLUMNS || equals[1] == '\0' ||
		    m->n == NUMBER_COLUMNS)
			break;
		m->columns[m->n] = equals + 1;
		m->needed |= 1U << m->n;
		m->of[m->n++] = i;
	}
	for (i = 0; word == NULL && i < m->n; i++)
		if (m->of[i] == 0)
			return 0;
	diag_error(&r->setup.diag,
	    "--map: not value=COLUMN and, as wanted, source=, added=, "
	    "expires=, note=: '%s'",
	    r->o->map);
	return -1;
}

/* "+1900*" begins, "a-b" is a range, "+4121560####" and "..XXXX" a pattern. */
static enum numlist_kind
kind_of(char *value)
{
	size_t len = strlen(value);
	char *c, *dash = strchr(value, '-');
	bool wild = false;

	if (len > 1 && value[len - 1] == '*' && value[len - 2] != '*') {
		value[len - 1] = '\0';
		return NUMLIST_PREFIX;
	}
	for (c = value; *c != '\0'; c++)
		if (strchr("#xX?*", *c) != NULL) {
			*c = '#';
			wild = true;
		}
	if (wild)
		return NUMLIST_PATTERN;
	return dash != NULL && strchr(dash + 1, '-') == NULL &&
		       dash - value >= RANGE_DIGITS &&
		       strlen(dash + 1) >= RANGE_DIGITS
		   ? NUMLIST_RANGE
		   : NUMLIST_EXACT;
}

/* A whole number as calls have it; false for what is none. */
static bool
canonical(const struct import *im, const char *value, struct buf *out)
{
	struct number n;

	if (value[0] == '+' || im->plan == NULL) {
		buf_addstr(out, value);
		return value[0] == '+';
	}
	dialplan_read(im->plan, ROLE_CALLER, value, strlen(value), &n);
	buf_addstr(out, n.text);
	return n.party == PARTY_OK;
}

/* The same of a pattern: any digit of it is a 5 while it is read. */
static bool
canonical_pattern(const struct import *im, const char *value, struct buf *out)
{
	char digits[BOUNDS_NUMBER];
	size_t len = strlen(value), i;

	if (value[0] == '+' || len >= sizeof(digits))
		return canonical(im, value, out);
	for (i = 0; i <= len; i++)
		digits[i] = value[i] == '#' ? '5' : value[i];
	if (!canonical(im, digits, out))
		return false;
	for (i = 0; i < len && i < out->len; i++)
		if (value[len - 1 - i] == '#')
			out->data[out->len - 1 - i] = '#';
	return true;
}

/* The same of a beginning: with so many digits more that it is a number. */
static bool
canonical_prefix(const struct import *im, const char *value, struct buf *out)
{
	char digits[BOUNDS_NUMBER + PADDING];
	size_t len = strlen(value), pad;

	if (value[0] == '+' || len >= BOUNDS_NUMBER)
		return canonical(im, value, out);
	(void)strcpy(digits, value);
	for (pad = 0; pad < PADDING; pad++) {
		digits[len + pad] = '\0';
		buf_reset(out);
		if (canonical(im, digits, out) && out->len > pad) {
			buf_cut(out, out->len - pad);
			return true;
		}
		digits[len + pad] = '5';
	}
	return false;
}

static bool
canonical_range(const struct import *im, char *value, struct buf *out)
{
	char *dash = strchr(value, '-');
	struct buf end;
	bool good;

	*dash = '\0';
	buf_init(&end);
	good = canonical(im, value, out) && canonical(im, dash + 1, &end);
	buf_addf(out, "-%s", end.len > 0 ? end.data : "");
	buf_fini(&end);
	return good;
}

static bool
canonical_value(const struct import *im, enum numlist_kind kind, char *value,
    struct buf *out)
{
	switch (kind) {
	case NUMLIST_PATTERN:
		return canonical_pattern(im, value, out);
	case NUMLIST_PREFIX:
		return canonical_prefix(im, value, out);
	case NUMLIST_RANGE:
		return canonical_range(im, value, out);
	default:
		return canonical(im, value, out);
	}
}

/* 2026-01-13 of "2026-01-13 08:00:00"; `day` stays where there is none. */
static int
read_day(const char *text, int64_t *day)
{
	char date[11];

	if (text[0] == '\0')
		return 0;
	(void)strncpy(date, text, sizeof(date) - 1);
	date[sizeof(date) - 1] = '\0';
	return date_parse(date, day);
}

static void
refuse(struct import *im, uint32_t line, const char *why)
{
	im->refused++;
	diag_info(&im->r->setup.diag, "%s:%u: %s", im->r->args[1],
	    (unsigned)line, why);
}

static void
take(struct import *im, char *value, struct numlist_entry *e)
{
	enum numlist_kind kind = kind_of(value);
	struct numlist **list = &im->lists[kind];
	struct errmsg err;
	struct buf text;

	buf_init(&text);
	if (!canonical_value(im, kind, value, &text)) {
		refuse(im, e->line, "no telephone number");
		buf_fini(&text);
		return;
	}
	if (*list == NULL)
		*list = numlist_new("import", kind);
	e->value = text.data;
	if (numlist_add(*list, e, &err) != 0)
		refuse(im, e->line, err.text);
	buf_fini(&text);
}

static int
read_row(void *ctx, const struct csvtable_row *row, struct errmsg *err)
{
	struct import *im = ctx;
	const char *cells[NUMBER_COLUMNS] = { "", "", "", "", "" };
	struct numlist_entry e = { .added = INT64_MIN,
		.expires = NUMLIST_NEVER,
		.line = row->line };
	char *value;
	size_t i;

	(void)err;
	im->rows++;
	for (i = 0; i < im->map->n; i++)
		cells[im->map->of[i]] = row->cells[i];
	e.source = cells[1];
	e.note = cells[4];
	if (cells[0][0] == '\0') {
		refuse(im, row->line, "no value");
	} else if (read_day(cells[2], &e.added) != 0 ||
		   read_day(cells[3], &e.expires) != 0) {
		refuse(im, row->line, "not a date");
	} else {
		value = strdup(cells[0]);
		if (value == NULL)
			abort();
		take(im, value, &e);
		free(value);
	}
	return 0;
}

static int
compare_values(const void *va, const void *vb)
{
	const struct numlist_entry *const *a = va, *const *b = vb;
	int c = strcmp((*a)->value, (*b)->value);

	if (c != 0)
		return c;
	/* The newest of equal ones first, then that of the first line. */
	if ((*a)->added != (*b)->added)
		return (*a)->added > (*b)->added ? -1 : 1;
	return ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static void
put_date(struct jsonout *j, const char *key, int64_t day)
{
	struct buf b;

	if (day == INT64_MIN || day == NUMLIST_NEVER)
		return;
	buf_init(&b);
	date_print(&b, day);
	jsonout_kstring(j, key, b.data);
	buf_fini(&b);
}

static void
put_values(struct import *im, struct jsonout *j, const struct numlist *l)
{
	size_t n = numlist_size(l), i;
	const struct numlist_entry **order = calloc(n + 1, sizeof(*order)), *e;

	if (order == NULL)
		abort();
	for (i = 0; i < n; i++)
		order[i] = numlist_at(l, i);
	if (n > 1)
		qsort(order, n, sizeof(*order), compare_values);
	jsonout_key(j, "values");
	jsonout_array(j);
	for (i = 0; i < n; i++) {
		e = order[i];
		if (i > 0 && strcmp(order[i - 1]->value, e->value) == 0) {
			im->twice++;
			continue;
		}
		jsonout_object(j);
		jsonout_kstring(j, "value", e->value);
		jsonout_kstring_opt(j, "source", e->source);
		put_date(j, "added", e->added);
		put_date(j, "expires", e->expires);
		jsonout_kstring_opt(j, "note", e->note);
		jsonout_end_object(j);
	}
	jsonout_end_array(j);
	free(order);
}

static void
put_lists(struct import *im)
{
	const char *name =
	    im->r->o->list_name != NULL ? im->r->o->list_name : "imported";
	const char *of = im->r->o->list_of != NULL ? im->r->o->list_of : "src";
	struct jsonout j;
	struct buf key;
	size_t k;

	buf_init(&key);
	jsonout_init(&j, &im->r->out, true);
	jsonout_object(&j);
	jsonout_kint(&j, "cdrrules", 1);
	jsonout_key(&j, "lists");
	jsonout_object(&j);
	for (k = 0; k < KINDS; k++) {
		if (im->lists[k] == NULL)
			continue;
		buf_reset(&key);
		buf_addf(&key, "%s%s%s", name, k == NUMLIST_EXACT ? "" : "-",
		    k == NUMLIST_EXACT
			? ""
			: numlist_kind_name((enum numlist_kind)k));
		jsonout_key(&j, key.data);
		jsonout_object(&j);
		jsonout_kstring(&j, "kind",
		    numlist_kind_name((enum numlist_kind)k));
		jsonout_kstring(&j, "of", of);
		put_values(im, &j, im->lists[k]);
		jsonout_end_object(&j);
	}
	jsonout_end_object(&j);
	jsonout_end_object(&j);
	buf_addch(&im->r->out, '\n');
	buf_fini(&key);
}

int
rules_import_list(struct rules_run *r)
{
	struct map map = { .n = 0 };
	struct import im = { .r = r,
		.map = &map,
		.plan = r->setup.sources.list[0].plan };
	struct csvtable_form form = { .columns = map.columns,
		.others = true,
		.row = read_row };
	struct errmsg err;
	int status = EXIT_NOT_DONE;
	size_t k;

	if (r->o->map == NULL) {
		diag_error(&r->setup.diag, "lists import needs --map");
	} else if (read_map(r, &map) == 0) {
		form.n = map.n;
		form.needed = map.needed;
		if (csvtable_read(r->args[1], &form, &im, &err) == 0) {
			put_lists(&im);
			r->settings = true;
			diag_remark(&r->setup.diag,
			    "%zu rows: %zu entries, %zu given twice, %zu "
			    "refused%s",
			    im.rows, im.rows - im.refused - im.twice, im.twice,
			    im.refused,
			    im.refused > 0 ? " (-v tells which)" : "");
			status = im.refused > 0 ? EXIT_INCOMPLETE : EXIT_DONE;
		} else {
			diag_error(&r->setup.diag, "%s", err.text);
		}
	}
	for (k = 0; k < KINDS; k++)
		numlist_free(&im.lists[k]);
	free(map.text);
	return status;
}
