/* How some numbers are read under a source's dial plan, for --check-config. */
#include "settings.h"

#include <stdio.h>
#include <string.h>

/*
 * Numbers that nobody has: Ofcom keeps the one for drama, the NANP the other
 * for fiction.
 */
static const char abroad_nanp[] = "442079460123";
static const char abroad_other[] = "13125550142";

/* What a site states of its dialling, and what is usual in its country. */
struct habits {
	const struct dialplan *plan;
	const struct numplan_country *home;
	const char *outside, *international, *national; /* "" none */
};

static struct habits
habits_of(const struct setup *s, const struct source *src,
    const struct dialplan *plan)
{
	const struct dialplan_settings *set = src->dialling;
	const struct numplan_country *home =
	    numplan_country(s->numplan, dialplan_home(plan));
	struct habits h = { plan, home, "", "", "" };

	if (set->noutside > 0)
		h.outside = set->outside[0];
	if (set->ninternational > 0)
		h.international = set->international[0];
	else if (home != NULL && home->international.n > 0)
		h.international = home->international.texts[0];
	if (set->national != NULL)
		h.national = set->national;
	else if (home != NULL && home->national.n > 0)
		h.national = home->national.texts[0];
	return h;
}

/* One line; `expected` is the number that should come out, NULL: any. */
static void
show(struct checking *c, const struct habits *h, enum dialplan_role role,
    const char *text, const char *expected)
{
	struct number n;

	dialplan_read(h->plan, role, text, strlen(text), &n);
	buf_addf(&c->out, "    %-9s %-20s %s, %s, %s%s\n",
	    role == ROLE_DIALLED ? "dialled" : "received", text, n.text,
	    n.country[0] != '\0' ? n.country : "no country",
	    n.inside ? "inside" : numkind_name(n.kind),
	    n.international ? ", international" : "");
	if (expected != NULL && strcmp(n.text, expected) != 0)
		checking_odd(c,
		    "source '%s': %s is read as '%s' when %s, not as %s",
		    c->source->name, text, n.text,
		    role == ROLE_DIALLED ? "dialled" : "received", expected);
}

static void
show_emergency(struct checking *c, const struct habits *h)
{
	const struct numplan_list *l = &h->home->emergency;
	char text[BOUNDS_NUMBER + BOUNDS_NUMBER];
	size_t i;

	/* # stands for any digit; such a number is no example. */
	for (i = 0; i < l->n && strchr(l->texts[i], '#') != NULL; i++)
		;
	if (i == l->n)
		return;
	show(c, h, ROLE_DIALLED, l->texts[i], l->texts[i]);
	if (h->outside[0] == '\0')
		return;
	(void)snprintf(text, sizeof(text), "%s%s", h->outside, l->texts[i]);
	show(c, h, ROLE_DIALLED, text, l->texts[i]);
}

static void
show_abroad(struct checking *c, const struct habits *h)
{
	const char *digits =
	    strcmp(h->home->code, "1") == 0 ? abroad_nanp : abroad_other;
	char text[4 * BOUNDS_NUMBER], expected[BOUNDS_NUMBER];

	(void)snprintf(expected, sizeof(expected), "+%s", digits);
	(void)snprintf(text, sizeof(text), "%s%s%s", h->outside,
	    h->international, digits);
	show(c, h, ROLE_DIALLED, text, expected);
	show(c, h, ROLE_CALLER, expected, expected);
}

/* An own number from its beginning: zeros until it is long enough. */
static void
complete(const struct habits *h, const char *own, char out[BOUNDS_NUMBER])
{
	size_t code = strlen(h->home->code), n;

	(void)snprintf(out, BOUNDS_NUMBER, "%s", own);
	for (n = strlen(out);
	     n < BOUNDS_NUMBER - 1 && n <= code + 15 &&
	     (n <= code || (h->home->usual >> (n - code - 1) & 1) == 0);
	     n++)
		(void)snprintf(out + n, BOUNDS_NUMBER - n, "0");
}

/* The site's own numbers, as others dial them and as they come back. */
static void
show_own(struct checking *c, const struct habits *h, const char *own)
{
	char number[BOUNDS_NUMBER], text[4 * BOUNDS_NUMBER];
	size_t code = strlen(h->home->code);

	complete(h, own, number);
	if (strncmp(number + 1, h->home->code, code) == 0) {
		(void)snprintf(text, sizeof(text), "%s%s%s", h->outside,
		    h->national, number + 1 + code);
		show(c, h, ROLE_DIALLED, text, number);
	}
	show(c, h, ROLE_CALLER, number, number);
}

void
checking_examples(struct checking *c)
{
	const struct dialplan_settings *set = c->source->dialling;
	const struct setup *s = &c->scan->setup;
	struct dialplan *made;
	const struct dialplan *plan = scan_plan(s, c->source, &made);
	struct habits h = habits_of(s, c->source, plan);
	size_t i;

	if (h.home != NULL) {
		buf_addstr(&c->out, "  numbers\n");
		show_emergency(c, &h);
		show_abroad(c, &h);
		for (i = 0; i < set->nown; i++)
			show_own(c, &h, set->own[i]);
		for (i = 0; i < set->ntoll_free; i++)
			show_own(c, &h, set->toll_free[i]);
	}
	dialplan_free(&made);
}
