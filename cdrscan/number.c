/* cdrscan --number: how each source reads a text, step by step. */
#include "scan.h"

#include <assert.h>
#include <string.h>

#include "base/utf8.h"

/* Whether two sources read every number alike. */
static bool
same_plan(const struct source *a, const struct source *b)
{
	return a->plan == b->plan && a->dialling == b->dialling;
}

/* "pbx1, pbx2: home country US": the i-th source and those after it. */
static void
show_sources(const struct config_sources *all, size_t i,
    const struct dialplan *plan, struct buf *out)
{
	const char *home = dialplan_home(plan);
	size_t k;

	for (k = i; k < all->n; k++)
		if (same_plan(&all->list[i], &all->list[k]))
			buf_addf(out, "%s%s", k > i ? ", " : "",
			    all->list[k].name);
	if (home[0] != '\0')
		buf_addf(out, ": home country %s\n", home);
	else
		buf_addstr(out, ": no home country is stated; a run takes the "
				"one that its records tell\n");
}

/* The steps are lines; each is indented. */
static void
show_steps(const char *steps, struct buf *out)
{
	size_t len;

	for (; *steps != '\0'; steps += len + 1) {
		len = strcspn(steps, "\n");
		buf_addf(out, "    %.*s\n", (int)len, steps);
	}
}

static void
show_role(const struct dialplan *plan, enum dialplan_role role,
    const char *text, struct buf *out)
{
	struct number n;
	struct buf steps;

	buf_init(&steps);
	dialplan_explain(plan, role, text, strlen(text), &n, &steps);
	buf_addf(out, "  %s: %s, %s\n",
	    role == ROLE_DIALLED ? "dialled" : "as the caller's number",
	    n.text[0] != '\0' ? n.text : "nothing", party_kind_name(n.party));
	show_steps(steps.data, out);
	buf_fini(&steps);
}

const struct dialplan *
scan_plan(const struct setup *s, const struct source *src,
    struct dialplan **own)
{
	struct errmsg err;
	int r;

	*own = NULL;
	if (src->plan != NULL)
		return src->plan;
	/* It could be made when the sources were. */
	r = dialplan_new(own, src->dialling, s->numplan, &err);
	assert(r == 0);
	(void)r;
	return *own;
}

/* The first of the sources that share a plan shows it for all. */
static bool
is_first(const struct config_sources *all, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++)
		if (same_plan(&all->list[k], &all->list[i]))
			return false;
	return true;
}

static void
show_all(const struct setup *s, const char *text, struct buf *out)
{
	const struct config_sources *all = &s->sources;
	const struct dialplan *plan;
	struct dialplan *own;
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (!is_first(all, i))
			continue;
		plan = scan_plan(s, &all->list[i], &own);
		show_sources(all, i, plan, out);
		show_role(plan, ROLE_DIALLED, text, out);
		show_role(plan, ROLE_CALLER, text, out);
		dialplan_free(&own);
	}
}

int
scan_number(const struct scan_options *o)
{
	struct setup s;
	struct buf lines;
	int status = setup_open(&s, "cdrscan", &o->common);

	buf_init(&lines);
	if (status == EXIT_DONE) {
		show_all(&s, o->number, &lines);
		status = setup_put_lines(&s, &lines);
	}
	buf_fini(&lines);
	setup_close(&s);
	return status;
}
