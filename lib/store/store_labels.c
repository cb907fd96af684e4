#include "store/store_labels.h"

#include <string.h>

#include "store/store_heirs.h"

static const struct word {
	const char *name;
	const char *state; /* that it puts a case in; NULL: none */
	bool labels;       /* it says what a finding is */
	int weight;        /* which of several counts */
} words[LABEL_WORDS] = {
	[LABEL_FRAUD] = { "fraud", "fraud", true, 3 },
	[LABEL_BENIGN] = { "benign", "benign", true, 1 },
	[LABEL_UNSURE] = { "unsure", "open", true, 2 },
	[LABEL_ACK] = { "ack", "acknowledged", false, 0 },
	[LABEL_CLOSE] = { "close", "closed", false, 0 },
	[LABEL_NOTE] = { "note", NULL, false, 0 },
};

const char *
label_name(enum label_word w)
{
	return words[w].name;
}

int
label_parse(const char *name)
{
	int i;

	for (i = 0; i < LABEL_WORDS; i++)
		if (strcmp(words[i].name, name) == 0)
			return i;
	return -1;
}

/* One statement with up to two texts; 1 if it gave a row. */
static int
ask(struct store *s, const char *sql, const char *first, const char *second,
    struct buf *answer, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	sqlstmt_text(q, 1, first);
	if (second != NULL)
		sqlstmt_text(q, 2, second);
	r = sqlstmt_step(q, err);
	if (r == 1 && answer != NULL) {
		buf_reset(answer);
		buf_addstr(answer, sqlstmt_get_text(q, 0));
	}
	sqlstmt_free(&q);
	return r;
}

static int
add_row(struct store *s, const struct label *l, const char *sql,
    const char *target, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, sql, err) != 0)
		return -1;
	sqlstmt_text(q, 1, target);
	sqlstmt_text(q, 2, words[l->word].name);
	sqlstmt_text(q, 3, l->note);
	sqlstmt_text(q, 4, l->user);
	sqlstmt_int(q, 5, l->at);
	r = sqlstmt_run(q, err);
	sqlstmt_free(&q);
	return r;
}

static const char insert_one[] =
    "INSERT INTO labels (target, word, note, user, at) VALUES (?, ?, ?, ?, ?)";
/* The note stands at the case. */
static const char insert_findings[] =
    "INSERT INTO labels (target, word, note, user, at) "
    "SELECT id, ?2, '', ?4, ?5 FROM findings "
    "WHERE case_id = ?1 AND state <> 'closed' AND ?3 IS NOT NULL ORDER BY id";
/* What a finding is now; what is closed and became nothing is itself. */
static const char insert_finding[] =
    "WITH RECURSIVE now(id) AS (VALUES (?1) UNION SELECT a.id FROM aliases a "
    "JOIN now ON a.alias = now.id WHERE NOT EXISTS (SELECT 1 FROM findings f "
    "WHERE f.id = now.id AND f.state <> 'closed')) "
    "INSERT INTO labels (target, word, note, user, at) "
    "SELECT id, ?2, ?3, ?4, ?5 FROM findings WHERE id IN (SELECT id FROM now) "
    "AND (state <> 'closed' OR NOT EXISTS (SELECT 1 FROM aliases "
    "WHERE alias = findings.id)) ORDER BY id";
/* What the case has, so that what comes to it can be told. */
static const char insert_covers[] =
    "INSERT INTO covers (label, finding, extent, calls, score) "
    "SELECT (SELECT max(id) FROM labels WHERE target = ?1), id, extent, calls, "
    "score FROM findings WHERE case_id = ?1 AND state <> 'closed'";

static int
label_case(struct store *s, const struct label *l, struct errmsg *err)
{
	const struct word *w = &words[l->word];

	if (add_row(s, l, insert_one, l->target, err) != 0)
		return -1;
	if (w->state != NULL &&
	    ask(s, insert_covers, l->target, NULL, NULL, err) < 0)
		return -1;
	if (w->labels && add_row(s, l, insert_findings, l->target, err) != 0)
		return -1;
	if (w->state == NULL)
		return 0;
	return ask(s, "UPDATE cases SET state = ?2 WHERE id = ?1", l->target,
		   w->state, NULL, err) < 0
		   ? -1
		   : 0;
}

/* What was said of such a case would be said of nothing; with words. */
static int
is_merged(struct store *s, const char *case_id, struct errmsg *err)
{
	struct buf heirs;
	int r;

	buf_init(&heirs);
	r = store_heirs_of(s, case_id, &heirs, err);
	if (r == 1)
		(void)errmsg_set(err,
		    "case %s is merged into %s: nothing can "
		    "be said of it any more",
		    case_id, heirs.data);
	buf_fini(&heirs);
	return r;
}

int
store_labels_add(struct store *s, const struct label *l, struct errmsg *err)
{
	int r = ask(s, "SELECT id FROM cases WHERE id = ?", l->target, NULL,
	    NULL, err);

	if (r < 0)
		return -1;
	if (r == 1)
		return is_merged(s, l->target, err) != 0
			   ? -1
			   : label_case(s, l, err);
	if (add_row(s, l, insert_finding, l->target, err) != 0)
		return -1;
	if (sqldb_changes(store_db(s)) == 0)
		return 1;
	if (l->word == LABEL_ACK || l->word == LABEL_CLOSE)
		return errmsg_set(err, "'%s' is a finding, not a case",
		    l->target);
	return 0;
}

/* What was said of the finding itself since it became it; else the rest. */
static const char label_of[] =
    "WITH own AS (SELECT id, word, id > (SELECT coalesce(max(upto), 0) "
    "FROM aliases WHERE id = ?1) AS later FROM labels WHERE target = ?1 "
    "AND word IN ('fraud', 'benign', 'unsure') ORDER BY id DESC LIMIT 1) "
    "SELECT word FROM own UNION ALL SELECT word FROM aliases WHERE id = ?1 "
    "AND word <> '' AND NOT EXISTS (SELECT 1 FROM own WHERE later)";

int
store_labels_of(struct store *s, const char *finding, enum label_word *word,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r, w, best = -1;

	if (sqldb_prepare(store_db(s), &q, label_of, err) != 0)
		return -1;
	sqlstmt_text(q, 1, finding);
	while ((r = sqlstmt_step(q, err)) == 1) {
		w = label_parse(sqlstmt_get_text(q, 0));
		if (w >= 0 &&
		    (best < 0 || words[w].weight > words[best].weight))
			best = w;
	}
	sqlstmt_free(&q);
	if (r < 0)
		return -1;
	if (best >= 0)
		*word = (enum label_word)best;
	return best >= 0;
}

/* A finding of the case that nobody who spoke last has seen so. */
static const char something_new[] =
    "SELECT 1 FROM findings f WHERE f.case_id = ?1 AND f.state <> 'closed' "
    "AND f.id NOT IN (SELECT id FROM gone) "
    "AND NOT EXISTS (SELECT 1 FROM covers c WHERE c.label = ?2 "
    "AND (c.finding = f.id OR c.finding IN "
    "(SELECT alias FROM aliases WHERE id = f.id)) "
    "AND (c.extent IN ('', f.extent) OR f.calls < c.calls) "
    "AND f.score <= c.score) LIMIT 1";

int
store_labels_state(struct store *s, const char *case_id, const char **state,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int64_t label = 0;
	int r, w = -1;

	*state = "open";
	if (sqldb_prepare(store_db(s), &q,
		"SELECT id, word FROM labels WHERE target = ? "
		"AND word <> 'note' ORDER BY id DESC LIMIT 1",
		err) != 0)
		return -1;
	sqlstmt_text(q, 1, case_id);
	r = sqlstmt_step(q, err);
	if (r == 1) {
		label = sqlstmt_get_int(q, 0);
		w = label_parse(sqlstmt_get_text(q, 1));
	}
	sqlstmt_free(&q);
	if (r <= 0 || w < 0 || words[w].state == NULL)
		return r < 0 ? -1 : 0;
	if (sqldb_prepare(store_db(s), &q, something_new, err) != 0)
		return -1;
	sqlstmt_text(q, 1, case_id);
	sqlstmt_int(q, 2, label);
	r = sqlstmt_step(q, err);
	sqlstmt_free(&q);
	if (r == 0)
		*state = words[w].state;
	return r < 0 ? -1 : 0;
}

int
store_labels_targets(struct store *s, struct intern *targets,
    struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q,
		"SELECT DISTINCT target FROM labels WHERE word <> 'note'",
		err) != 0)
		return -1;
	while ((r = sqlstmt_step(q, err)) == 1)
		(void)intern_addstr(targets, sqlstmt_get_text(q, 0));
	sqlstmt_free(&q);
	return r;
}

static const char said[] =
    "SELECT target, word, note, user, at, count(*) OVER () "
    "FROM labels AS l WHERE target = ?1 "
    "OR target IN (SELECT value FROM json_each(?2)) "
    "OR (?1 IS NULL AND NOT EXISTS (SELECT 1 FROM findings f JOIN labels c "
    "ON c.target = f.case_id WHERE f.id = l.target "
    "AND c.at = l.at AND c.word = l.word)) ORDER BY id";

static int
take_said(struct store *s, struct sqlstmt *q, struct arena *arena,
    struct label *l, struct errmsg *err)
{
	const int w = label_parse(sqlstmt_get_text(q, 1));

	if (w < 0)
		return errmsg_set(err, "%s: damaged: label '%s'", store_path(s),
		    sqlstmt_get_text(q, 1));
	l->target = arena_strdup(arena, sqlstmt_get_text(q, 0));
	l->word = (enum label_word)w;
	l->note = arena_strdup(arena, sqlstmt_get_text(q, 2));
	l->user = arena_strdup(arena, sqlstmt_get_text(q, 3));
	l->at = sqlstmt_get_int(q, 4);
	return 0;
}

/* With `past` the cases merged into the target, as JSON. */
static int
load_said(struct store *s, const char *target, const char *past,
    struct arena *arena, struct label **list, size_t *n, struct errmsg *err)
{
	struct sqlstmt *q;
	int r;

	if (sqldb_prepare(store_db(s), &q, said, err) != 0)
		return -1;
	sqlstmt_text(q, 1, target);
	sqlstmt_text(q, 2, past);
	while ((r = sqlstmt_step(q, err)) == 1) {
		if (*n == 0)
			*list = arena_array(arena,
			    (size_t)sqlstmt_get_int(q, 5), sizeof(**list));
		r = take_said(s, q, arena, &(*list)[*n], err);
		if (r != 0)
			break;
		(*n)++;
	}
	sqlstmt_free(&q);
	return r;
}

int
store_labels_load(struct store *s, const char *target, struct arena *arena,
    struct label **list, size_t *n, struct errmsg *err)
{
	struct buf past;
	int r = 0;

	*n = 0;
	buf_init(&past);
	if (target == NULL)
		buf_addstr(&past, "[]");
	else
		r = store_heirs_past(s, target, &past, err);
	if (r == 0)
		r = load_said(s, target, past.data, arena, list, n, err);
	buf_fini(&past);
	return r;
}
