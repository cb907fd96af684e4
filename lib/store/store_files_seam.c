#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
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

#define COLUMNS                                                    \
	"stop, start, line, first_end, header_begin, header_end, " \
	"records, skipped, rejects, form"

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
store_files_past(struct store *s, const struct store_file *f,
    struct fileprint_run *run, struct store_past *past, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	*past = (struct store_past){ .id = 0 };
	if (store_files_find(s, f, &past->id, err) != 0)
		return -1;
	if (past->id == 0)
		return 0;
	if (sqldb_prepare(store_db(s), &q,
		"SELECT " COLUMNS ", reading, size, tail, prefix, fit "
		"FROM files LEFT JOIN seams ON file = id WHERE id = ?",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, past->id);
	r = sqlstmt_step(q, err);
	if (r == 1)
		judge(q, f, run, past);
	sqlstmt_free(&q);
	return r < 0 ? -1 : 0;
}

static int
drop_seam(struct store *s, int64_t id, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, "DELETE FROM seams WHERE file = ?",
		err) != 0)
		return -1;
	sqlstmt_int(q, 1, id);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

int
store_files_put_seam(struct store *s, const struct store_file *f, int64_t id,
    bool mixed, struct errmsg *err)
{
	static const struct ingest_seam none = { .end = 0 };
	const struct ingest_seam *seam =
	    f->seam != NULL && !mixed ? f->seam : &none;
	const int64_t values[] = { (int64_t)seam->end, (int64_t)seam->begin,
		seam->line, (int64_t)seam->first_end,
		(int64_t)seam->header_begin, (int64_t)seam->header_end,
		seam->records, seam->skipped, seam->rejects };
	struct sqlstmt *q;
	int i, r;

	if (drop_seam(s, id, err) != 0)
		return -1;
	if (seam == &none && !mixed)
		return 0;
	if (sqldb_prepare(store_db(s), &q,
		"INSERT INTO seams (" COLUMNS ", file, fit, prefix) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
		err) != 0)
		return -1;
	for (i = SEAM_STOP; i < SEAM_FORM; i++)
		sqlstmt_int(q, i + 1, values[i]);
	sqlstmt_text(q, SEAM_FORM + 1, seam->form);
	sqlstmt_int(q, SEAM_COLUMNS + 1, id);
	sqlstmt_text(q, SEAM_COLUMNS + 2, mixed ? "" : f->prefix);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

struct store_equal {
	struct sqlstmt *ask;
};

int
store_equal_open(struct store_equal **ep, struct store *s, const char *source,
    int64_t file, struct errmsg *err)
{
	struct store_equal *e = xcalloc(1, sizeof(*e));

	*ep = e;
	if (sqldb_prepare(store_db(s), &e->ask,
		"SELECT 1 FROM calls c WHERE c.start = ?3 AND c.key = ?4 AND "
		"c.source = (SELECT id FROM texts WHERE text = ?1) AND "
		"(c.seen = ?2 OR EXISTS (SELECT 1 FROM sightings s "
		"WHERE s.start = c.start AND s.source = c.source "
		"AND s.key = c.key AND s.file = ?2))",
		err) != 0) {
		store_equal_close(ep);
		return -1;
	}
	sqlstmt_text(e->ask, 1, source);
	sqlstmt_int(e->ask, 2, file);
	return 0;
}

void
store_equal_close(struct store_equal **ep)
{
	if (*ep == NULL)
		return;
	sqlstmt_free(&(*ep)->ask);
	free(*ep);
	*ep = NULL;
}

int
store_equal_count(struct store_equal *e, int64_t start, uint64_t key,
    uint64_t *n, struct errmsg *err)
{
	uint64_t nth = key;
	int r;

	*n = 0;
	do {
		sqlstmt_int(e->ask, 3, start);
		sqlstmt_int(e->ask, 4, (int64_t)nth);
		r = sqlstmt_step(e->ask, err);
		sqlstmt_reset(e->ask);
		if (r == 1)
			nth = call_key_again(key, ++*n + 1);
	} while (r == 1);
	return r;
}
