#include "detect/mutate.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/mutate_impl.h"
#include "detect/ruletest.h"
#include "rule/rulefile.h"

const char *
mutant_fate_name(enum mutant_fate f)
{
	static const char *const names[] = {
		[MUTANT_KILLED] = "killed",
		[MUTANT_SURVIVED] = "survived",
		[MUTANT_EXCUSED] = "excused",
		[MUTANT_REFUSED] = "refused",
	};

	return names[f];
}

void
mutate_init(struct mutate_report *rep)
{
	memset(rep, 0, sizeof(*rep));
}

void
mutate_fini(struct mutate_report *rep)
{
	arena_fini(&rep->arena);
	free(rep->mutants);
	mutate_init(rep);
}

/* Writing ----------------------------------------------------------------- */

struct writing {
	const struct json *rule;
	const struct mutation *m;
	struct buf *out;
};

static bool
dropped(const struct writing *w, const struct json *j)
{
	size_t i;

	for (i = 0; i < w->m->ndrops; i++)
		if (w->m->drop[i] == j)
			return true;
	return false;
}

/* What stands for a value, or NULL: itself.  Tests stay behind. */
static const char *
instead_of(const struct writing *w, const struct json *j)
{
	size_t i;

	for (i = 0; i < w->m->nputs; i++)
		if (w->m->put[i].at == j)
			return w->m->put[i].text;
	return j->parent == w->rule && strcmp(j->key, "tests") == 0 ? "[]"
								    : NULL;
}

static void
write_value(const struct writing *w, const struct json *j)
{
	const char *text = json_text(j->doc), *other = instead_of(w, j);
	bool object = j->type == JSON_OBJECT, first = true;
	const struct json *e;

	if (other != NULL) {
		buf_addstr(w->out, other);
		return;
	}
	if (!object && j->type != JSON_ARRAY) {
		buf_add(w->out, text + j->begin, j->end - j->begin);
		return;
	}
	buf_addch(w->out, object ? '{' : '[');
	for (e = j->first; e != NULL; e = e->next) {
		if (dropped(w, e))
			continue;
		buf_addstr(w->out, first ? "" : ", ");
		first = false;
		if (object) {
			buf_add(w->out, text + e->key_begin,
			    e->key_end - e->key_begin);
			buf_addstr(w->out, ": ");
		}
		write_value(w, e);
	}
	buf_addch(w->out, object ? '}' : ']');
}

void
mutate_write(const struct mutations *ms, const struct mutation *m,
    struct buf *out)
{
	const struct writing w = { ms->rule->json, m, out };

	buf_addstr(out, "{\"cdrrules\": 1, \"rules\": [");
	write_value(&w, ms->rule->json);
	buf_addstr(out, "]}");
}

/* Judging ----------------------------------------------------------------- */

/* Which entry of mutant_ok excuses it; SIZE_MAX: none. */
static size_t
excuse_of(const struct rule *r, const char *id)
{
	size_t len = strlen(id), i;

	for (i = 0; i < r->mutant_ok.n; i++)
		if (strncmp(r->mutant_ok.list[i], id, len) == 0 &&
		    strncmp(r->mutant_ok.list[i] + len, ": ", 2) == 0)
			return i;
	return SIZE_MAX;
}

static int
judge(const struct ruleset *rs, const struct mutations *ms,
    const struct mutation *m, struct ruletest_trials *trials,
    enum mutant_fate *fate, struct errmsg *err)
{
	struct ruleset variant;
	struct notes notes;
	struct buf text;
	int status = 0;

	buf_init(&text);
	notes_init(&notes);
	ruleset_init(&variant);
	mutate_write(ms, m, &text);
	*fate = MUTANT_REFUSED;
	if (rulefile_beside(&variant, rs, text.data, text.len, &notes) == 0) {
		status = ruletest_trials_accept(trials, variant.rules[0], err);
		*fate = status > 0 ? MUTANT_SURVIVED : MUTANT_KILLED;
	}
	ruleset_fini(&variant);
	notes_fini(&notes);
	buf_fini(&text);
	return status < 0 ? -1 : 0;
}

static void
add_mutant(struct mutate_report *rep, const struct rule *r,
    const struct mutation *m, enum mutant_fate fate, bool *used)
{
	size_t excuse = SIZE_MAX;
	const char *reason = NULL;

	if (fate == MUTANT_SURVIVED)
		excuse = excuse_of(r, m->id);
	if (excuse != SIZE_MAX) {
		fate = MUTANT_EXCUSED;
		used[excuse] = true;
		reason = r->mutant_ok.list[excuse] + strlen(m->id) + 2;
	}
	rep->mutants =
	    xgrow(rep->mutants, &rep->cap, rep->n + 1, sizeof(*rep->mutants));
	rep->mutants[rep->n++] = (struct mutant){ .rule = r,
		.id = m->id,
		.what = m->what,
		.file = json_file(m->at->doc),
		.line = json_line(m->at),
		.fate = fate,
		.advice = m->advice,
		.reason = reason };
	rep->fates[fate]++;
}

static void
tell_unused(const struct rule *r, const bool *used, struct notes *notes)
{
	size_t i;

	for (i = 0; i < r->mutant_ok.n; i++)
		if (!used[i])
			notes_addf(notes, NOTE_WARNING, r->file, r->line,
			    "rule '%s': no mutant survives that '%s' excuses",
			    r->id, r->mutant_ok.list[i]);
}

static int
mutate_rule(const struct ruleset *rs, const struct rule *r,
    struct mutate_report *rep, struct notes *notes, struct errmsg *err)
{
	struct mutations ms = { .rule = r, .arena = &rep->arena };
	struct ruletest_trials *trials = ruletest_trials_new(rs, r);
	bool *used = xcalloc(r->mutant_ok.n + 1, sizeof(*used));
	enum mutant_fate fate;
	int status = 0;
	size_t i;

	mutate_make(&ms);
	for (i = 0; status == 0 && i < ms.n; i++) {
		status = judge(rs, &ms, &ms.list[i], trials, &fate, err);
		if (status == 0)
			add_mutant(rep, r, &ms.list[i], fate, used);
	}
	if (status == 0)
		tell_unused(r, used, notes);
	ruletest_trials_free(&trials);
	free(ms.list);
	free(used);
	return status;
}

int
mutate_run(const struct ruleset *rs, const char *glob,
    struct mutate_report *rep, struct notes *notes, struct errmsg *err)
{
	const struct rule *r;
	size_t i;

	for (i = 0; i < rs->n; i++) {
		r = rs->rules[i];
		if (glob != NULL && fnmatch(glob, r->id, 0) != 0)
			continue;
		if (mutate_rule(rs, r, rep, notes, err) < 0)
			return -1;
	}
	return 0;
}
