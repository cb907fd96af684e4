/*
 * layout_impl: what the sources of layout share.
 *
 *   layout.c         the set of layouts
 *   layout_header.c  headers: which column is where, and in what unit
 *   layout_joint.c   records that a header is joined to
 *   layout_record.c  variants and cells of records
 *   layout_match.c   what tests say of a record
 *   layout_keys.c    objects read by a table of their keys
 *   layout_read.c    a layout file's top level
 *   layout_check.c   what those keys mean for each other
 *   layout_extends.c what it takes over from another layout
 *   layout_columns.c its columns, their other names, its variants
 *   layout_places.c  where columns stand, if not one behind another
 *   layout_line.c    columns as a text of names and widths
 *   layout_fields.c  its fields
 *   layout_stamps.c  the forms of a stamp
 *   layout_sources.c from which columns a field comes, its unit
 *   layout_carry.c   cells that a record gives to those below it
 *   layout_tests.c   its tests of cells
 *   layout_gather.c  which of its rows make one call
 */
#ifndef LIB_CDR_LAYOUT_IMPL_H
#define LIB_CDR_LAYOUT_IMPL_H

#include "base/arena.h"
#include "cdr/layout.h"
#include "io/jsontext.h"

struct layouts {
	struct arena arena;
	struct layout **list; /* by id */
	size_t n, cap;
	struct pattern **patterns; /* compiled for any layout */
	size_t npatterns, patterns_cap;
	struct stamp_pattern **stamps;
	size_t nstamps, stamps_cap;
	struct json_doc **docs; /* of all layouts, for those that extend one */
	size_t ndocs, docs_cap;
};

/* One layout while it is read. */
struct layout_reader {
	struct layouts *set;
	struct layout *layout;
	struct notes *notes;
	uint32_t ncommon; /* columns that every record has, once known */
	int16_t *places;  /* where they stand; NULL: one behind another */
	uint32_t width;   /* the last of those places, from 1 */
	bool one_row;     /* only columns of a row by itself can be named */
	const struct json *extends; /* NULL: nothing is taken over */
	/*
	 * Something inherited named a column that there is not, since this
	 * was last cleared.
	 */
	bool gone;
	/* Of columns as a text: */
	struct layout_span *spans, *gaps;
	bool items; /* the columns are named already */
};

enum { LAYOUT_GONE = -2 }; /* no column, and that is no mistake */

/*
 * Codes of layout notes:
 *   E601 wrong type        E602 unknown key or word    E603 missing key
 *   E604 wrong value       E605 unknown column         E606 bad pattern
 *   E607 bad stamp         E608 defined twice
 */

/* A key of an object: its types (bits of enum json_type) and its reader. */
#define JSON_BIT(type) (1u << (type))

struct layout_key {
	const char *name;
	unsigned types;
	bool required;
	void (*read)(struct layout_reader *r, const struct json *v, void *into);
};

/*
 * Check an object's keys and types against the table, then read them in the
 * order of the table.
 */
void layout_keys(struct layout_reader *r, const struct json *obj,
    const struct layout_key *keys, size_t n, void *into);

/* Note that `v` is of the wrong type; `types` are the right ones. */
void layout_type_note(struct layout_reader *r, const struct json *v,
    unsigned types);
/* Note that the key of `member` is no such thing; `near` may be NULL. */
void layout_unknown_note(struct layout_reader *r, const struct json *member,
    const char *what, const char *near);
/*
 * The index of the string `v` among `words`; -1 with a note that names
 * `what` it is not.
 */
int layout_word_of(struct layout_reader *r, const struct json *v,
    const char *const *words, size_t n, const char *what);
/*
 * Column number of a name; -1 with a note; LAYOUT_GONE for one that an
 * inherited value names and the layout's own columns leave out.
 */
int layout_column_of(struct layout_reader *r, const struct json *v);
/*
 * Those of a list, or the one, to `columns`; how many.  Notes what is none,
 * and sets `gone` if one is.
 */
uint16_t layout_columns_of(struct layout_reader *r, const struct json *v,
    uint16_t *columns);
/* Compile for the set; NULL with a note at the wrong character. */
const struct pattern *layout_pattern(struct layout_reader *r,
    const struct json *v);
const struct stamp_pattern *layout_stamp(struct layout_reader *r,
    const struct json *v);

/*
 * The letters and digits of a name in small letters, NUL behind them, to
 * `plain`, which has room for len + 1 bytes; how many they are.
 */
size_t layout_plain_name(const char *name, size_t len, char *plain);

/* Texts of a list, copied; anything else in it is a note. */
const char *const *layout_texts(struct layout_reader *r, const struct json *v,
    uint32_t *n);

/*
 * The object to read: the root itself, or one with what it takes over, in
 * the set's memory; NULL with a note if it extends no layout.
 */
const struct json *layout_extended(struct layouts *set, const struct json *root,
    struct notes *notes);
/* One layout from the root of a document, NULL if there was an error. */
struct layout *layout_read(struct layouts *set, const struct json *root,
    struct notes *notes);
/* Note what does not go together, or is missing, once all is read. */
void layout_check(struct layout_reader *r, const struct json *root);
/* Whether cells do not stand beside each other in a line. */
static inline bool
layout_is_document(const struct layout *l)
{
	return l->container == CONTAINER_XML || l->container == CONTAINER_JSON;
}

void layout_read_columns(struct layout_reader *r, const struct json *v,
    void *into);
/* The number of a column by its name, -1 if there is none. */
int layout_find_column(const struct layout *l, const char *name);
/*
 * Columns by their number from 1, { "type": 3, "caller": 7 }: where they stand
 * goes to `at`; returns the last of those numbers.
 */
uint32_t layout_number_columns(struct layout_reader *r, const struct json *v,
    int16_t *at);
/* Columns by their place in a line, { "date": "1-8" }. */
void layout_read_spans(struct layout_reader *r, const struct json *v);
/* Columns by path or pointer, { "from": "OrigParty/SubscriberAddr" }. */
void layout_read_paths(struct layout_reader *r, const struct json *v);
/* By which name or names a record of such a container is known. */
void layout_read_records(struct layout_reader *r, const struct json *v);
/* Columns and how wide they are, "date 6, space 1, time 4". */
void layout_read_line(struct layout_reader *r, const struct json *v);
/* The names that such columns may have. */
void layout_read_items(struct layout_reader *r, const struct json *v,
    void *into);
void layout_read_aliases(struct layout_reader *r, const struct json *v,
    void *into);
void layout_read_variants(struct layout_reader *r, const struct json *v,
    void *into);
/* Without variants every record has just the columns. */
void layout_add_only_variant(struct layout_reader *r);
/* Without aliases a column has its own name. */
void layout_add_names(struct layout_reader *r);
/* Those of them that tell a header from other rows; when all is read. */
void layout_add_time_names(struct layout_reader *r);
/* Which rows are one call; their cells become columns. */
void layout_read_gather(struct layout_reader *r, const struct json *v,
    void *into);
void layout_read_fields(struct layout_reader *r, const struct json *v,
    void *into);
/* A column or a list of alternatives; of a span each may have its unit. */
void layout_read_sources(struct layout_reader *r, const struct json *v,
    struct layout_field *f, bool span);
/* One form of a stamp, or a list of them, of a field. */
void layout_read_stamps(struct layout_reader *r, const struct json *v,
    void *into);
void layout_read_unit(struct layout_reader *r, const struct json *v,
    struct layout_unit *unit);
/* { "any": [...] } or { "all": [...] } */
void layout_read_tests(struct layout_reader *r, const struct json *v,
    void *into);
/* The same beside a key "is". */
void layout_read_rule(struct layout_reader *r, const struct json *v,
    struct cell_tests *into);
/* The same beside a key "unless". */
void layout_read_pick(struct layout_reader *r, const struct json *v,
    struct cell_tests *into);
/* { "columns": [...], "from": { "all": [...] } } */
void layout_read_carry(struct layout_reader *r, const struct json *v,
    void *into);
/* The text that the record above left for a cell, if it left one. */
void layout_carry_over(const struct layout_record *rec, uint16_t column,
    struct layout_value *v);
/* [ tests with weights ] */
void layout_read_recognise(struct layout_reader *r, const struct json *v,
    void *into);

/* Read a field that is a time, in any of its forms; false if it is in none. */
bool layout_read_time(const struct layout_record *rec,
    enum layout_target target, struct stamp *out);
/*
 * Whether a row below the header `h`, in which the columns of `found` are
 * named, is a record with the same header joined to its end.
 */
bool layout_is_joint(const struct layout_header *h, const struct layout *l,
    const struct csvrow *row, const struct layout_header *found);

/* The cell of a column, in this row or an earlier one; NULL: there is none. */
static inline const struct csvfield *
layout_cell_of(const struct layout_record *rec, uint16_t column)
{
	const struct layout *l = rec->layout;
	const struct csvfield *cell;
	int16_t at;

	if (column >= l->ncolumns) {
		cell = rec->row->gathered;
		if (cell != NULL)
			cell += column - l->ncolumns;
		return cell != NULL && cell->text != NULL ? cell : NULL;
	}
	at = rec->variant->at[column];
	return at >= 0 && (uint32_t)at < rec->row->n ? &rec->row->fields[at]
						     : NULL;
}

#endif
