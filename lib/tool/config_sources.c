/* From what the configuration says of its sources to what ingest needs. */
#include "tool/config_impl.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"

/* What is wrong about a dial plan, and where. */
struct fault {
	const struct json *at;
	const char *words;
};

/*
 * One source in the making.  What it took over from the top level is the same
 * there, so that it is made, and its faults are told, once; also where it makes
 * one dial plan with what the source states.
 */
struct making {
	struct config_sources *all;
	const struct config *config;
	const struct config_site *site;
	const struct numplan *numplan;
	const char *tz_option;
	struct notes *notes;
	struct arena arena; /* of what follows */
	struct fault *told;
	size_t ntold, told_cap;
};

/* One list of patterns, each compiled; a wrong one is placed in the file. */
static struct pattern *const *
compile_list(struct making *m, const struct config_list *l)
{
	const struct json *e = l->at != NULL ? l->at->first : NULL;
	struct config_sources *s = m->all;
	struct pattern **list;
	struct errmsg err;
	size_t i, offset;

	list = arena_array(&s->arena, l->n, sizeof(*list));
	for (i = 0; i < l->n; i++, e = e->next) {
		if (pattern_compile(&list[i], l->items[i], PATTERN_WHOLE,
			&offset, &err) != 0) {
			json_note_at(m->notes, NOTE_ERROR, "E203", e, offset,
			    err.text, NULL, "bad regular expression");
			continue;
		}
		s->patterns = xgrow(s->patterns, &s->patterns_cap,
		    s->npatterns + 1, sizeof(*s->patterns));
		s->patterns[s->npatterns++] = list[i];
	}
	return list;
}

static void
take_patterns(struct making *m, struct source *src)
{
	const struct config_site *site = m->site, *base = &m->config->base;
	const struct source *top = &m->all->list[0];
	size_t f;

	src->ntrunks = site->trunks.n;
	src->trunks = site != base && site->trunks.at == base->trunks.at
			  ? top->trunks
			  : compile_list(m, &site->trunks);
	for (f = 0; f < FEATURE_COUNT; f++) {
		src->nservices[f] = site->services[f].n;
		src->services[f] =
		    site != base && site->services[f].at == base->services[f].at
			? top->services[f]
			: compile_list(m, &site->services[f]);
	}
}

/* Whether all that makes a dial plan was taken over. */
static bool
dials_as(const struct config_site *a, const struct config_site *b)
{
	return a->home_country == b->home_country &&
	       a->national == b->national && a->area == b->area &&
	       a->extensions == b->extensions &&
	       a->international.at == b->international.at &&
	       a->outside.at == b->outside.at && a->own.at == b->own.at &&
	       a->toll_free.at == b->toll_free.at &&
	       a->domestic.at == b->domestic.at;
}

static struct dialplan_settings *
dialling_of(struct making *m)
{
	const struct config_site *site = m->site;
	const struct dialplan_settings set = {
		.home_country = site->home_country,
		.international = site->international.items,
		.ninternational = site->international.n,
		.national = site->national,
		.outside = site->outside.items,
		.noutside = site->outside.n,
		.extensions = site->extensions,
		.own = site->own.items,
		.nown = site->own.n,
		.toll_free = site->toll_free.items,
		.ntoll_free = site->toll_free.n,
		.area = site->area,
		.domestic = site->domestic.items,
		.ndomestic = site->domestic.n,
	};

	return arena_memdup(&m->all->arena, &set, sizeof(set));
}

/* A key of a site, or of the top level where that does not state it. */
static const struct json *
find_key(const struct making *m, const char *key)
{
	const struct json *const sites[] = { m->site->at, m->config->base.at };
	const struct json *at;
	size_t i;

	for (i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		at = json_get(json_get(sites[i], "dialplan"), key);
		if (at == NULL)
			at = json_get(sites[i], key);
		if (at != NULL)
			return at;
	}
	return m->site->at;
}

/*
 * Where the value stands that the words "KEY: not digits: 'VALUE'" are of: in a
 * list the element.
 */
static const struct json *
find_wrong(const struct making *m, const char *words)
{
	const struct json *at, *e;
	struct buf text;

	buf_init(&text);
	buf_add(&text, words, strcspn(words, ":"));
	at = find_key(m, text.data);
	e = at->type == JSON_ARRAY ? at->first : NULL;
	for (; e != NULL; e = e->next) {
		buf_reset(&text);
		buf_addf(&text, "'%s'",
		    e->type == JSON_STRING ? e->string : "");
		if (strstr(words, text.data) != NULL)
			break;
	}
	buf_fini(&text);
	return e != NULL ? e : at;
}

/* "us" for "US"; "" if it is none in capitals either. */
static void
suggest_country(const struct making *m, const struct json *at, struct buf *help)
{
	const char *c;
	struct buf iso;

	buf_init(&iso);
	for (c = at->type == JSON_STRING ? at->string : ""; *c != '\0'; c++)
		buf_addch(&iso, (char)toupper((unsigned char)*c));
	if (numplan_country(m->numplan, iso.data) != NULL)
		buf_addf(help, "did you mean \"%s\"?", iso.data);
	buf_fini(&iso);
}

/* Whether it was told before, of another source. */
static bool
was_told(struct making *m, const struct json *at, const char *words)
{
	size_t i;

	for (i = 0; i < m->ntold; i++)
		if (m->told[i].at == at && strcmp(m->told[i].words, words) == 0)
			return true;
	m->told = xgrow(m->told, &m->told_cap, m->ntold + 1, sizeof(*m->told));
	m->told[m->ntold++] =
	    (struct fault){ at, arena_strdup(&m->arena, words) };
	return false;
}

static void
note_wrong_plan(struct making *m, const char *words)
{
	const struct json *at = find_wrong(m, words);
	struct buf help;

	if (was_told(m, at, words))
		return;
	buf_init(&help);
	if (strstr(words, "no such country") != NULL)
		suggest_country(m, at, &help);
	json_note(m->notes, NOTE_ERROR, "E209", at,
	    help.len > 0 ? help.data : NULL, NULL, "%s: %s", m->site->name,
	    words);
	buf_fini(&help);
}

/*
 * Without a country the plan is made by whoever guesses it; it is made here
 * all the same, because what is wrong about it has to be told now.
 */
static void
take_plan(struct making *m, struct source *src, struct dialplan **plan)
{
	const struct config_site *site = m->site, *base = &m->config->base;
	const struct source *top = &m->all->list[0];
	struct errmsg err;

	if (site != base && dials_as(site, base)) {
		src->plan = top->plan;
		src->dialling = top->dialling;
		return;
	}
	src->dialling = dialling_of(m);
	if (dialplan_new(plan, src->dialling, m->numplan, &err) != 0) {
		note_wrong_plan(m, err.text);
	} else if (site->home_country == NULL) {
		dialplan_free(plan);
	}
	src->plan = *plan;
}

/* The configured ones were looked up when they were read. */
static const struct zone *
zone_for(struct making *m)
{
	const char *name = m->tz_option != NULL ? m->tz_option : m->site->tz;
	const struct zone *z;
	struct errmsg err;

	if (name == NULL)
		return NULL;
	z = zone_get(name, &err);
	if (z == NULL && m->site == &m->config->base)
		notes_addf(m->notes, NOTE_ERROR, NULL, 0, "--tz: %s", err.text);
	return z;
}

static void
make_source(struct making *m, size_t i)
{
	struct source *src = &m->all->list[i];
	const struct config_site *site = m->site;

	src->name = site->name;
	src->site = site->site != NULL ? site->site : site->name;
	src->layout = site->layout;
	src->zone = zone_for(m);
	src->currency = site->currency;
	src->calendar = site->calendar;
	src->year = (int)site->year;
	take_plan(m, src, &m->all->plans[i]);
	take_patterns(m, src);
}

int
config_sources_make(struct config_sources *s, const struct config *c,
    const char *tz_option, const struct numplan *np, struct notes *notes)
{
	struct making m = { .all = s,
		.config = c,
		.numplan = np,
		.tz_option = tz_option,
		.notes = notes };
	size_t i, errors = notes->errors;

	memset(s, 0, sizeof(*s));
	s->n = c->nsources + 1;
	s->list = xcalloc(s->n, sizeof(*s->list));
	s->plans = xcalloc(s->n, sizeof(*s->plans));
	for (i = 0; i < s->n; i++) {
		m.site = i == 0 ? &c->base : &c->sources[i - 1];
		make_source(&m, i);
	}
	free(m.told);
	arena_fini(&m.arena);
	return notes->errors > errors ? -1 : 0;
}

void
config_sources_fini(struct config_sources *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		dialplan_free(&s->plans[i]);
	for (i = 0; i < s->npatterns; i++)
		pattern_free(&s->patterns[i]);
	free(s->list);
	free(s->plans);
	free(s->patterns);
	arena_fini(&s->arena);
	memset(s, 0, sizeof(*s));
}

/* The path without following links, "" if the working directory is gone. */
static const char *
plain_path(struct arena *a, const char *path)
{
	char here[PATH_MAX];

	if (path[0] == '/')
		return path;
	if (getcwd(here, sizeof(here)) == NULL)
		return "";
	return arena_printf(a, "%s/%s", here, path);
}

/*
 * Logs are often reached through links, so a pattern may mean the name that a
 * file is given by, or its real one.
 */
static bool
has_file(const struct config_site *site, const char *plain, const char *real)
{
	const char *pattern;
	size_t f;

	for (f = 0; f < site->files.n; f++) {
		pattern = site->files.items[f];
		if (fnmatch(pattern, plain, FNM_PATHNAME) == 0 ||
		    (real != NULL && fnmatch(pattern, real, FNM_PATHNAME) == 0))
			return true;
	}
	return false;
}

const struct source *
config_source_for(const struct config_sources *s, const struct config *c,
    const char *path)
{
	struct arena arena = { NULL };
	const char *plain;
	char *real;
	size_t i;

	if (strcmp(path, "-") == 0)
		return &s->list[0];
	plain = plain_path(&arena, path);
	real = realpath(path, NULL);
	for (i = 0; i < c->nsources; i++)
		if (has_file(&c->sources[i], plain, real))
			break;
	free(real);
	arena_fini(&arena);
	return &s->list[i < c->nsources ? i + 1 : 0];
}

const struct source *
config_source_named(const struct config_sources *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->list[i].name, name) == 0)
			return &s->list[i];
	return NULL;
}
