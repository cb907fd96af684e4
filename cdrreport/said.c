/* What people said of cases that others were merged into, and of those. */
#include "report.h"

#include <string.h>

#include "report/writer.h"
#include "store/store_labels.h"
#include "tel/calltime.h"

/* Which of the cases shown others were merged into: of most nights none. */
static const bool *
find_heirs(const struct view *v, size_t shown, struct arena *arena)
{
	bool *heirs = arena_array(arena, shown + 1, sizeof(*heirs));
	const struct fraud_case *c;
	size_t i, k, at;

	for (i = 0; i < v->rs->ncases; i++) {
		c = v->rs->cases[i];
		for (k = 0; k < c->nheirs; k++)
			for (at = 0; at < shown; at++)
				heirs[at] |= strcmp(v->cases[at].c->id,
						 c->heirs[k]) == 0;
	}
	return heirs;
}

/* "2026-01-15 09:00:00 note of c-984950c04b (bob): ticket 4711" */
static const char *
line_of(const struct reporting *r, const struct label *l, const char *id,
    struct arena *arena)
{
	const int digits = report_digits(r->o, &r->setup);
	const char *note = l->note, *line;
	struct buf b;

	if (digits > 0)
		note = report_redact_text(arena, note, digits);
	buf_init(&b);
	time_local(&b, r->setup.zone != NULL ? r->setup.zone : zone_utc(),
	    l->at);
	buf_addf(&b, " %s", label_name(l->word));
	if (strcmp(l->target, id) != 0)
		buf_addf(&b, " of %s", l->target);
	if (l->user[0] != '\0')
		buf_addf(&b, " (%s)", l->user);
	if (note[0] != '\0')
		buf_addf(&b, ": %s", note);
	line = arena_strdup(arena, b.data);
	buf_fini(&b);
	return line;
}

static int
load_one(const struct reporting *r, struct store *store, const char *id,
    struct arena *arena, struct report_said *said, struct errmsg *err)
{
	struct label *list = NULL;
	const char **lines;
	size_t i, n;

	if (store_labels_load(store, id, arena, &list, &n, err) != 0)
		return -1;
	said->lines = lines = arena_array(arena, n + 1, sizeof(*lines));
	said->n = n;
	for (i = 0; i < n; i++)
		lines[i] = line_of(r, &list[i], id, arena);
	return 0;
}

int
said_load(struct reporting *r, const struct view *v, struct arena *arena,
    struct emit_options *opt)
{
	struct report_said *all =
	    arena_array(arena, v->ncases + 1, sizeof(*all));
	const size_t shown = emit_cases_shown(v, opt);
	const bool *heirs = find_heirs(v, shown, arena);
	struct store *store = NULL;
	struct errmsg err;
	size_t i;
	int got = 0;

	opt->said = all;
	for (i = 0; got == 0 && i < shown; i++) {
		if (!heirs[i])
			continue;
		if (store == NULL)
			got = store_open(&store, r->setup.db, STORE_READ, &err);
		if (got == 0)
			got = load_one(r, store, v->cases[i].c->id, arena,
			    &all[i], &err);
	}
	if (got != 0)
		diag_error(&r->setup.diag, "%s", err.text);
	store_close(&store);
	return got == 0 ? 0 : -1;
}
