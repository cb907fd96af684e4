/* cdrrules lists import: what others publish as a list, as a rule file. */
#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "io/csvtable.h"
#include "io/jsonout.h"
#include "lists.h"
#include "tel/calltime.h"

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
	size_t homeless; /* refused, as nobody knows their country */
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
refuse(struct import *im, uint32_t line, const char *why, const char *value)
{
	im->refused++;
	if (value != NULL)
		diag_info(&im->r->setup.diag, "%s:%u: %s: '%s'", im->r->args[1],
		    (unsigned)line, why, value);
	else
		diag_info(&im->r->setup.diag, "%s:%u: %s", im->r->args[1],
		    (unsigned)line, why);
}

static void
take(struct import *im, char *value, struct numlist_entry *e)
{
	struct numlist **list;
	enum numlist_kind kind;
	struct errmsg err;
	struct buf text;

	if (list_value_doubtful(value)) {
		refuse(im, e->line, "a single * stands only at the end", value);
		return;
	}
	kind = list_value_kind(value);
	list = &im->lists[kind];
	buf_init(&text);
	if (!list_value_canonical(im->plan, kind, value, &text)) {
		im->homeless += im->plan == NULL && value[0] != '+';
		refuse(im, e->line, "no telephone number", value);
		buf_fini(&text);
		return;
	}
	if (*list == NULL)
		*list = numlist_new("import", kind);
	e->value = text.data;
	if (numlist_add(*list, e, &err) != 0)
		refuse(im, e->line, err.text, NULL);
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
		refuse(im, row->line, "no value", NULL);
	} else if (read_day(cells[2], &e.added) != 0) {
		refuse(im, row->line, "not a date", cells[2]);
	} else if (read_day(cells[3], &e.expires) != 0) {
		refuse(im, row->line, "not a date", cells[3]);
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
		lists_json_day(j, "added", e->added);
		lists_json_day(j, "expires", e->expires);
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

/* Numbers are texts: a list of durations would be refused by every rule. */
static int
check_of(const struct rules_run *r)
{
	const char *of = r->o->list_of;
	const struct field *f = of != NULL ? field_find(of) : NULL;

	if (of == NULL || (f != NULL && f->type == FIELD_TEXT))
		return 0;
	if (f == NULL)
		diag_unknown(&r->setup.diag, "--of: no such field", of,
		    field_suggest(of));
	else
		diag_error(&r->setup.diag,
		    "--of: a list cannot be one of '%s': it is no text", of);
	return -1;
}

static int
conclude(struct import *im)
{
	const struct diag *d = &im->r->setup.diag;

	if (im->homeless > 0)
		diag_remark(d,
		    "%zu number%s without a + need a country: "
		    "\"home_country\" in a configuration (-c)",
		    im->homeless, diag_s((int64_t)im->homeless));
	if (im->refused == im->rows) {
		diag_error(d, "%s: no list: %zu rows, %zu refused%s",
		    im->r->args[1], im->rows, im->refused,
		    im->refused > 0 ? " (-v tells why)" : "");
		return EXIT_NOT_DONE;
	}
	put_lists(im);
	im->r->settings = true;
	diag_remark(d, "%zu rows: %zu entries, %zu given twice, %zu refused%s",
	    im->rows, im->rows - im->refused - im->twice, im->twice,
	    im->refused, im->refused > 0 ? " (-v tells which)" : "");
	return im->refused > 0 ? EXIT_INCOMPLETE : EXIT_DONE;
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
	} else if (check_of(r) == 0 && read_map(r, &map) == 0) {
		form.n = map.n;
		form.needed = map.needed;
		if (csvtable_read(r->args[1], &form, &im, &err) == 0)
			status = conclude(&im);
		else
			diag_error(&r->setup.diag, "%s", err.text);
	}
	for (k = 0; k < KINDS; k++)
		numlist_free(&im.lists[k]);
	free(map.text);
	return status;
}
