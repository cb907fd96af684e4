/* Which country's plan the numbers fit, when nobody said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intern.h"
#include "base/xalloc.h"
#include "tel/dialplan_impl.h"
#include "tel/digits.h"

enum {
	LEAST_DIGITS = 7,  /* shorter ones say nothing about a country */
	MOST_DIGITS = 20,  /* 9 011 and E.164 */
	HEAD = 5,          /* digits kept of a shape: 9, 1 and an area code */
	LEAST_NUMBERS = 5, /* fewer are no evidence */
	FIT_PERCENT = 80,  /* so many must fit a plan */
	MOST_PERCENT = 60, /* and of these so many one country */
	LEAST_ABROAD = 8,  /* digits behind an international prefix */
	FEW_LENGTHS = 2    /* of a plan that says something by its lengths */
};

/*
 * Numbers are counted by role, length and first digits ("c;89245"), which
 * is all that a plan is compared with.
 */
struct homeguess {
	const struct numplan *np;
	struct intern *shapes;
	size_t *counts; /* by shape */
	size_t cap;
	size_t *plus; /* by country: numbers that came as +E.164 */
	size_t nplus;
};

/* What speaks for one country. */
struct evidence {
	size_t home;   /* numbers in its national form */
	size_t abroad; /* numbers behind its international prefix */
};

/* The same for all countries of one calling code. */
struct verdict {
	const struct homeguess *g;
	struct evidence *of;                /* by country */
	size_t total;                       /* numbers without plus */
	const struct numplan_country *zone; /* where the clock is, or NULL */
	struct buf *why;
};

struct homeguess *
homeguess_new(const struct numplan *np)
{
	struct homeguess *g = xcalloc(1, sizeof(*g));

	g->np = np;
	g->shapes = intern_new();
	g->plus = xcalloc(numplan_size(np), sizeof(*g->plus));
	return g;
}

void
homeguess_free(struct homeguess **gp)
{
	struct homeguess *g = *gp;

	if (g == NULL)
		return;
	intern_free(&g->shapes);
	free(g->counts);
	free(g->plus);
	free(g);
	*gp = NULL;
}

static void
add_plus(struct homeguess *g, const char *s, size_t n, size_t weight)
{
	const struct numplan_country *c;

	if (!numplan_possible(g->np, s, n))
		return;
	c = numplan_country(g->np, numplan_find(g->np, s, n).country);
	if (c == NULL)
		return;
	g->plus[c - numplan_at(g->np, 0)] += weight;
	g->nplus += weight;
}

static void
add_shape(struct homeguess *g, enum dialplan_role role, const char *s, size_t n,
    size_t weight)
{
	char shape[2 + HEAD];
	size_t old = g->cap;
	uint32_t id;

	shape[0] = role == ROLE_DIALLED ? 'd' : 'c';
	shape[1] = (char)('0' + n);
	memcpy(shape + 2, s, HEAD);
	id = intern_add(g->shapes, shape, sizeof(shape));
	g->counts =
	    xgrow(g->counts, &g->cap, (size_t)id + 1, sizeof(*g->counts));
	if (g->cap > old)
		memset(g->counts + old, 0, (g->cap - old) * sizeof(*g->counts));
	g->counts[id] += weight;
}

void
homeguess_add(struct homeguess *g, enum dialplan_role role, const char *raw,
    size_t len, size_t weight)
{
	char text[BOUNDS_NUMBER];
	size_t n;

	if (digits_clean(raw, len, text) != DIGITS_NUMBER)
		return;
	n = strlen(text);
	if (text[0] == '+')
		add_plus(g, text + 1, n - 1, weight);
	else if (n >= LEAST_DIGITS && n <= MOST_DIGITS)
		add_shape(g, role, text, n, weight);
}

/* Whether a national number of n digits that begins so is one of `c`. */
static bool
is_national(const struct homeguess *g, const struct numplan_country *c,
    const char *head, size_t known, size_t n)
{
	char digits[BOUNDS_NUMBER];
	struct numplan_entry e;
	size_t code = strlen(c->code);

	if (n > MOST_DIGITS || n < known || known == 0 ||
	    (c->usual >> n & 1) == 0 || (c->national.n > 0 && head[0] == '0'))
		return false;
	memcpy(digits, c->code, code);
	memcpy(digits + code, head, known);
	memset(digits + code + known, '5', n - known);
	if (!numplan_possible(g->np, digits, code + n))
		return false;
	e = numplan_find(g->np, digits, code + n);
	return strcmp(e.country, c->iso) == 0 &&
	       (e.kind == NUMKIND_FIXED || e.kind == NUMKIND_MOBILE ||
		   e.kind == NUMKIND_FIXED_OR_MOBILE);
}

/*
 * Nobody but North America dials 011 for abroad, and hardly any plan has
 * numbers that begin so: a night of fraud to one country must not look like
 * the home of another.
 */
static bool
is_abroad_of_nanp(const struct numplan_country *c, const char *head,
    size_t known, size_t n)
{
	return strcmp(c->code, "1") != 0 && known >= 3 &&
	       n >= 3 + LEAST_ABROAD && memcmp(head, "011", 3) == 0;
}

/* The number of n digits that begins with `head`, under the plan of `c`. */
static void
weigh(const struct homeguess *g, const struct numplan_country *c,
    const char *head, size_t known, size_t n, size_t count, struct evidence *of)
{
	const char *national = c->national.n > 0 ? c->national.texts[0] : "";
	size_t len = strlen(national), i;

	if (is_abroad_of_nanp(c, head, known, n))
		return;
	if (memcmp(head, national, len) == 0 &&
	    is_national(g, c, head + len, known - len, n - len)) {
		of->home += count;
		return;
	}
	if (strcmp(c->code, "1") == 0 && is_national(g, c, head, known, n)) {
		of->home += count;
		return;
	}
	for (i = 0; i < c->international.n; i++) {
		len = strlen(c->international.texts[i]);
		if (len < known && n >= len + LEAST_ABROAD &&
		    memcmp(head, c->international.texts[i], len) == 0) {
			of->abroad += count;
			return;
		}
	}
}

static void
weigh_shape(struct verdict *v, uint32_t id)
{
	const char *shape = intern_text(v->g->shapes, id);
	size_t n = (size_t)(shape[1] - '0'), count = v->g->counts[id], i;
	const struct numplan_country *c;
	struct evidence before;

	v->total += count;
	for (i = 0; i < numplan_size(v->g->np); i++) {
		c = numplan_at(v->g->np, i);
		before = v->of[i];
		weigh(v->g, c, shape + 2, HEAD, n, count, &v->of[i]);
		/* Perhaps 9 was dialled for an outside line. */
		if (shape[0] == 'd' && shape[2] == '9' &&
		    memcmp(&before, &v->of[i], sizeof(before)) == 0)
			weigh(v->g, c, shape + 3, HEAD - 1, n - 1, count,
			    &v->of[i]);
	}
}

/* All countries of the calling code together. */
static size_t
code_fits(const struct verdict *v, const char *code)
{
	size_t i, home = 0, abroad = 0;

	for (i = 0; i < numplan_size(v->g->np); i++) {
		if (strcmp(numplan_at(v->g->np, i)->code, code) != 0)
			continue;
		home += v->of[i].home;
		if (v->of[i].abroad > abroad)
			abroad = v->of[i].abroad;
	}
	return home > 0 ? home + abroad : 0;
}

static bool
code_is_good(const struct verdict *v, const char *code)
{
	return code_fits(v, code) * 100 >= v->total * FIT_PERCENT;
}

static int
lengths_of(const struct numplan_country *c)
{
	uint32_t bits = c->usual;
	int n = 0;

	for (; bits != 0; bits &= bits - 1)
		n++;
	return n;
}

/* The country with the most numbers that came with +. */
static size_t
most_plus(const struct homeguess *g)
{
	size_t i, best = 0;

	for (i = 0; i < numplan_size(g->np); i++)
		if (g->plus[i] > g->plus[best])
			best = i;
	return best;
}

/*
 * Among calling codes that all fit: NANP area codes are not met by chance;
 * then the zone, then where numbers with + come from, then the one plan that
 * allows the fewest lengths.  A plan without a national prefix and with many
 * lengths fits nearly any digits, so that it does is no evidence.
 */
static const char *
choose_code(const struct verdict *v)
{
	const struct homeguess *g = v->g;
	const struct numplan_country *c;
	const char *best = NULL;
	int lengths, least = MOST_DIGITS + 1;
	size_t i;

	if (code_is_good(v, "1"))
		return "1";
	if (v->zone != NULL && code_is_good(v, v->zone->code))
		return v->zone->code;
	i = most_plus(g);
	if (g->plus[i] >= LEAST_NUMBERS &&
	    g->plus[i] * 100 >= g->nplus * MOST_PERCENT &&
	    code_is_good(v, numplan_at(g->np, i)->code))
		return numplan_at(g->np, i)->code;
	for (i = 0; i < numplan_size(g->np); i++) {
		c = numplan_at(g->np, i);
		lengths = lengths_of(c);
		if (!code_is_good(v, c->code) ||
		    (c->national.n == 0 && lengths > FEW_LENGTHS))
			continue;
		if (lengths < least) {
			least = lengths;
			best = c->code;
		} else if (lengths == least && strcmp(c->code, best) != 0) {
			best = "";
		}
	}
	return best;
}

/* The country of the code that most numbers are of. */
static const struct numplan_country *
choose_country(const struct verdict *v, const char *code)
{
	const struct numplan *np = v->g->np;
	size_t i, best = 0, home = 0, all = 0;

	for (i = 0; i < numplan_size(np); i++) {
		if (strcmp(numplan_at(np, i)->code, code) != 0)
			continue;
		all += v->of[i].home;
		if (v->of[i].home > home) {
			home = v->of[i].home;
			best = i;
		}
	}
	if (home * 100 >= all * MOST_PERCENT)
		return numplan_at(np, best);
	if (v->zone != NULL && strcmp(v->zone->code, code) == 0)
		return v->zone;
	return NULL;
}

static const char *
judge(const struct verdict *v)
{
	const char *code = choose_code(v);
	const struct numplan_country *c;

	if (code == NULL) {
		buf_addf(v->why, "no plan fits %d %% of %zu numbers",
		    FIT_PERCENT, v->total);
		return NULL;
	}
	if (*code == '\0') {
		buf_addf(v->why,
		    "%zu numbers fit the plans of several countries", v->total);
		return NULL;
	}
	c = choose_country(v, code);
	buf_addf(v->why, "%zu of %zu numbers fit the plan of %s",
	    code_fits(v, code), v->total, c != NULL ? c->iso : "+");
	if (c == NULL) {
		buf_addf(v->why, "%s, of no single country", code);
		return NULL;
	}
	if (c == v->zone)
		buf_addstr(v->why, ", as the time zone");
	return c->iso;
}

/* All or nearly all numbers have a +: where most of them are. */
static const char *
judge_plus(const struct verdict *v)
{
	const struct homeguess *g = v->g;
	size_t i = most_plus(g);
	const struct numplan_country *c = numplan_at(g->np, i);

	if (g->nplus < LEAST_NUMBERS) {
		buf_addstr(v->why, "too few outside numbers");
		return NULL;
	}
	buf_addf(v->why, "%zu of %zu numbers with + are of %s", g->plus[i],
	    g->nplus, c->iso);
	return g->plus[i] * 100 >= g->nplus * MOST_PERCENT ? c->iso : NULL;
}

/* The country of an IANA zone, from the table that comes with the zones. */
static const struct numplan_country *
zone_country(const struct numplan *np, const char *zone)
{
	const struct numplan_country *c = NULL;
	char line[512], iso[3], name[128];
	FILE *f;

	if (zone == NULL ||
	    (f = fopen("/usr/share/zoneinfo/zone.tab", "r")) == NULL)
		return NULL;
	while (c == NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%2[A-Z]\t%*s\t%127s", iso, name) == 2 &&
		    strcmp(name, zone) == 0)
			c = numplan_country(np, iso);
	(void)fclose(f);
	return c;
}

const char *
homeguess_end(const struct homeguess *g, const char *zone, struct buf *why)
{
	struct verdict v = { .g = g, .why = why };
	const char *iso;
	uint32_t id;

	if (numplan_size(g->np) == 0) {
		buf_addstr(why, "the number plan has no countries");
		return NULL;
	}
	v.zone = zone_country(g->np, zone);
	v.of = xcalloc(numplan_size(g->np), sizeof(*v.of));
	for (id = 1; id < intern_count(g->shapes); id++)
		weigh_shape(&v, id);
	if (v.total < LEAST_NUMBERS || v.total < g->nplus)
		iso = judge_plus(&v);
	else
		iso = judge(&v);
	free(v.of);
	return iso;
}
