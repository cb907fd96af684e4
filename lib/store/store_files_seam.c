#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "store/store_calls.h"
#include "store/store_files_impl.h"

/* Columns of a seam, in the order of the statements. */
enum seam_column {
	SEAM_STOP,
	SEAM_START,
	SEAM_LINE,
	SEAM_FIRST_END,
	SEAM_HEADER_BEGIN,
	SEAM_HEADER_END,
	SEAM_RECORDS,
	SEAM_SKIPPED,
	SEAM_REJECTS,
	SEAM_FORM,
	SEAM_COLUMNS
};

/* False for what nobody could have put there. */
static bool
get_seam(struct sqlstmt *q, struct ingest_seam *seam)
{
	const char *form = sqlstmt_get_text(q, SEAM_FORM);
	int i;

	for (i = SEAM_STOP; i < SEAM_FORM; i++)
		if (sqlstmt_get_int(q, i) < 0)
			return false;
	*seam = (struct ingest_seam){
		.end = (uint64_t)sqlstmt_get_int(q, SEAM_STOP),
		.begin = (uint64_t)sqlstmt_get_int(q, SEAM_START),
		.line = (uint32_t)sqlstmt_get_int(q, SEAM_LINE),
		.first_end = (uint64_t)sqlstmt_get_int(q, SEAM_FIRST_END),
		.header_begin = (uint64_t)sqlstmt_get_int(q, SEAM_HEADER_BEGIN),
		.header_end = (uint64_t)sqlstmt_get_int(q, SEAM_HEADER_END),
		.records = sqlstmt_get_int(q, SEAM_RECORDS),
		.skipped = sqlstmt_get_int(q, SEAM_SKIPPED),
		.rejects = sqlstmt_get_int(q, SEAM_REJECTS),
	};
	if (strlen(form) != HASH_HEX - 1 || seam->end == 0 ||
	    seam->begin > seam->end || seam->first_end > seam->begin ||
	    seam->header_end > seam->begin ||
	    seam->header_begin > seam->header_end)
		return false;
	memcpy(seam->form, form, HASH_HEX);
	return true;
}

/*
 * Where there is no seam, what the file ended with must do: nothing could be
 * remembered then, or an earlier version noted it.
 */
static void
judge(struct sqlstmt *q, const struct store_file *f, struct fileprint_run *run,
    struct store_past *past)
{
	const char *reading = sqlstmt_get_text(q, SEAM_COLUMNS);
	const char *prefix = sqlstmt_get_text(q, SEAM_COLUMNS + 3);
	char now[HASH_HEX];

	if (sqlstmt_is_null(q, SEAM_STOP)) {
		past->grew =
		    fileprint_had(f->path, sqlstmt_get_int(q, SEAM_COLUMNS + 1),
			sqlstmt_get_text(q, SEAM_COLUMNS + 2));
		return;
	}
	past->grew = get_seam(q, &past->seam) &&
		     fileprint_run_to(run, f->path, past->seam.end, now) &&
		     strcmp(now, prefix) == 0;
	past->resume = past->grew && strcmp(reading, f->reading) == 0 &&
		       sqlstmt_get_int(q, SEAM_COLUMNS + 4) == 1;
}

int
store_files_past(struct store_files *k, const struct store_file *f,
    struct fileprint_run *run, struct store_past *past, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	*past = (struct store_past){ .id = 0 };
	if (store_files_find(k, f, &past->id, err) != 0)
		return -1;
	if (past->id == 0)
		return 0;
	if (store_files_ask(k, STORE_FILES_SEAM, &q, err) != 0)
		return -1;
	sqlstmt_int(q, 1, past->id);
	r = sqlstmt_step(q, err);
	if (r == 1)
		judge(q, f, run, past);
	sqlstmt_reset(q);
	return r < 0 ? -1 : 0;
}

static int
drop_seam(struct store_files *k, int64_t id, struct errmsg *err)
{
	struct sqlstmt *q;

	if (store_files_ask(k, STORE_FILES_NO_SEAM, &q, err) != 0)
		return -1;
	sqlstmt_int(q, 1, id);
	return sqlstmt_run(q, err);
}

int
store_files_put_seam(struct store_files *k, const struct store_file *f,
    int64_t id, bool mixed, struct errmsg *err)
{
	static const struct ingest_seam none = { .end = 0 };
	const struct ingest_seam *seam =
	    f->seam != NULL && !mixed ? f->seam : &none;
	const int64_t values[] = { (int64_t)seam->end, (int64_t)seam->begin,
		seam->line, (int64_t)seam->first_end,
		(int64_t)seam->header_begin, (int64_t)seam->header_end,
		seam->records, seam->skipped, seam->rejects };
	struct sqlstmt *q;
	int i;

	if (drop_seam(k, id, err) != 0)
		return -1;
	if (seam == &none && !mixed)
		return 0;
	if (store_files_ask(k, STORE_FILES_PUT_SEAM, &q, err) != 0)
		return -1;
	for (i = SEAM_STOP; i < SEAM_FORM; i++)
		sqlstmt_int(q, i + 1, values[i]);
	sqlstmt_text(q, SEAM_FORM + 1, seam->form);
	sqlstmt_int(q, SEAM_COLUMNS + 1, id);
	sqlstmt_text(q, SEAM_COLUMNS + 2, mixed ? "" : f->prefix);
	return sqlstmt_run(q, err);
}

struct store_equal {
	const char *source;
	int64_t file;
	struct sqlstmt *rows, *sightings;
	struct store_blocks *packed;
};

int
store_equal_open(struct store_equal **ep, struct store *s, const char *source,
    int64_t file, struct errmsg *err)
{
	struct store_equal *e = xcalloc(1, sizeof(*e));

	*ep = e;
	e->source = source;
	e->file = file;
	if (sqldb_prepare(store_db(s), &e->rows,
		"SELECT 1 FROM calls WHERE start = ?3 AND key = ?4 AND "
		"source = (SELECT id FROM texts WHERE text = ?1) AND "
		"seen = ?2",
		err) != 0 ||
	    sqldb_prepare(store_db(s), &e->sightings,
		"SELECT 1 FROM sightings WHERE start = ?3 AND key = ?4 AND "
		"source = (SELECT id FROM texts WHERE text = ?1) AND "
		"file = ?2",
		err) != 0 ||
	    store_packed_open(&e->packed, s, err) != 0) {
		store_equal_close(ep);
		return -1;
	}
	return 0;
}

void
store_equal_close(struct store_equal **ep)
{
	if (*ep == NULL)
		return;
	sqlstmt_free(&(*ep)->rows);
	sqlstmt_free(&(*ep)->sightings);
	store_packed_close(&(*ep)->packed);
	free(*ep);
	*ep = NULL;
}

static int
is_in(const struct store_equal *e, struct sqlstmt *q, int64_t start,
    uint64_t key, struct errmsg *err)
{
	int r;

	sqlstmt_text(q, 1, e->source);
	sqlstmt_int(q, 2, e->file);
	sqlstmt_int(q, 3, start);
	sqlstmt_int(q, 4, (int64_t)key);
	r = sqlstmt_step(q, err);
	sqlstmt_reset(q);
	return r;
}

/* Whether the file brought the record, or has it, too: 1, 0, -1. */
static int
file_has(const struct store_equal *e, int64_t start, uint64_t key,
    struct errmsg *err)
{
	int64_t file;
	int r;

	r = store_packed_find(e->packed, e->source, start, key, &file, err);
	if (r == 1 && file != e->file)
		r = 0;
	if (r == 0)
		r = is_in(e, e->rows, start, key, err);
	if (r == 0)
		r = is_in(e, e->sightings, start, key, err);
	return r;
}

int
store_equal_count(struct store_equal *e, int64_t start, uint64_t key,
    uint64_t *n, struct errmsg *err)
{
	uint64_t nth = key;
	int r;

	*n = 0;
	while ((r = file_has(e, start, nth, err)) == 1)
		nth = call_key_again(key, ++*n + 1);
	return r;
}
