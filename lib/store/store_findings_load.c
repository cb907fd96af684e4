/* Findings, cases and the last run, out of the store. */
#include "store/store_findings_impl.h"

#include <stdlib.h>
#include <string.h>

#include "store/store_heirs.h"
#include "store/store_members.h"

/* What a table holds: objects of one kind, each with its state. */
enum stored_kind { STORED_RUN, STORED_FINDING, STORED_CASE, STORED_OPEN_CASE };

static const char open_cases[] =
    "SELECT body, state, '', 0 FROM cases WHERE state <> 'closed' ORDER BY id";

static const char *const stored_sql[] = {
	[STORED_RUN] =
	    "SELECT body, '', '', 0 FROM runs ORDER BY id DESC LIMIT 1",
	[STORED_FINDING] =
	    "SELECT body, state, reason, backlog FROM findings ORDER BY id",
	[STORED_CASE] = "SELECT body, state, '', 0 FROM cases ORDER BY id",
	[STORED_OPEN_CASE] = open_cases,
};

static int
load_row(struct store *s, struct results *rs, enum stored_kind kind,
    struct sqlstmt *q, struct errmsg *err)
{
	size_t findings = rs->n + (kind == STORED_FINDING);
	bool of_case = kind == STORED_CASE || kind == STORED_OPEN_CASE;
	size_t cases = rs->ncases + of_case;
	const char *state;

	if (store_body_read(s, rs, sqlstmt_get_text(q, 0), err) != 0)
		return -1;
	if (rs->n != findings || rs->ncases != cases)
		return errmsg_set(err,
		    "%s: damaged: findings, cases and runs are mixed up",
		    store_path(s));
	state = arena_strdup(&rs->arena, sqlstmt_get_text(q, 1));
	if (kind == STORED_FINDING) {
		rs->findings[rs->n - 1]->state = state;
		rs->findings[rs->n - 1]->backlog = sqlstmt_get_int(q, 3) != 0;
		if (sqlstmt_get_text(q, 2)[0] != '\0')
			rs->findings[rs->n - 1]->state_reason =
			    arena_strdup(&rs->arena, sqlstmt_get_text(q, 2));
	} else if (of_case) {
		rs->cases[rs->ncases - 1]->state = state;
	}
	return 0;
}

/* 1 if there were rows, 0 if there was none. */
static int
load_table(struct store *s, struct results *rs, enum stored_kind kind,
    struct errmsg *err)
{
	struct sqlstmt *q;
	bool any = false;
	int r;

	if (sqldb_prepare(store_db(s), &q, stored_sql[kind], err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1) {
		any = true;
		if (load_row(s, rs, kind, q, err) != 0) {
			r = -1;
			break;
		}
	}
	sqlstmt_free(&q);
	return r < 0 ? -1 : any;
}

int
store_findings_before(struct store *s, struct results *rs, const char *rule,
    int64_t from, int64_t before, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT body, state, reason, backlog FROM findings "
		"WHERE rule = ? AND (last_seen >= ? OR id IN (" STORE_SPOKEN_OF
		")) AND last_seen < ? "
		"AND state <> 'closed' ORDER BY id",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, rule);
	sqlstmt_int(q, 2, from);
	sqlstmt_int(q, 3, before);
	while ((r = sqlstmt_step(q, err)) == 1)
		if (load_row(s, rs, STORED_FINDING, q, err) != 0) {
			r = -1;
			break;
		}
	sqlstmt_free(&q);
	return r == 0 ? store_members_attach(s, rs, err) : -1;
}

int
store_findings_last_run(struct store *s, struct results *rs, struct errmsg *err)
{
	int r = load_table(s, rs, STORED_RUN, err);

	return r < 0 ? -1 : r == 0;
}

int
store_findings_cases(struct store *s, struct results *rs, struct errmsg *err)
{
	return load_table(s, rs, STORED_OPEN_CASE, err) < 0 ? -1 : 0;
}

static int
compare_cases(const void *a, const void *b)
{
	const struct fraud_case *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

int
store_findings_these_cases(struct store *s, const struct intern *ids,
    struct results *rs, struct errmsg *err)
{
	struct sqlstmt *q;
	uint32_t i;
	int r = 0;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT body, state, '', 0 FROM cases WHERE id = ? "
		"AND state <> 'closed'",
		err) != 0)
		return -1;
	for (i = 1; i < intern_count(ids) && r >= 0; i++) {
		sqlstmt_text(q, 1, intern_text(ids, i));
		r = sqlstmt_step(q, err);
		if (r == 1)
			r = load_row(s, rs, STORED_OPEN_CASE, q, err);
		sqlstmt_reset(q);
	}
	sqlstmt_free(&q);
	if (r == 0 && rs->ncases > 1)
		qsort(rs->cases, rs->ncases, sizeof(struct fraud_case *),
		    compare_cases);
	return r;
}

int
store_findings_load(struct store *s, struct results *rs, struct errmsg *err)
{
	int r = load_table(s, rs, STORED_RUN, err);

	if (r != 1)
		return r < 0 ? -1 : 1;
	if (load_table(s, rs, STORED_FINDING, err) < 0 ||
	    store_members_attach_all(s, rs, err) != 0 ||
	    load_table(s, rs, STORED_CASE, err) < 0 ||
	    store_heirs_attach(s, rs, err) != 0)
		return -1;
	results_sort(rs);
	return 0;
}
