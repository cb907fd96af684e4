#include "report/cursor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/notes.h"
#include "base/xalloc.h"
#include "io/jsonout.h"
#include "io/jsontext.h"
#include "io/lockfile.h"
#include "io/outfile.h"
#include "tel/calltime.h"

#define SCHEMA "cdr.cursor/1"

struct cursor {
	char *path;
	struct json_doc *doc; /* NULL: nothing was told */
	int64_t sent;         /* 0: nothing ever */
	int64_t seen;         /* INT64_MAX: nothing ever */
	int lock;
	struct errmsg unlocked; /* why there is no lock, if there is none */
};

/* A time of the file; `*t` stays where it has none. */
static bool
read_time(const struct cursor *c, const char *key, int64_t *t)
{
	const char *text = json_get_string(json_root(c->doc), key);

	return text == NULL || time_parse(text, zone_utc(), 0, t, NULL) == 0;
}

static int
read_file(struct cursor *c, struct errmsg *err)
{
	struct notes notes;
	const char *schema;

	notes_init(&notes);
	c->doc = json_load(c->path, &notes);
	if (c->doc == NULL)
		(void)errmsg_set(err, "%s: cannot be read as a cursor: %s",
		    c->path, notes.n > 0 ? notes.list[0].text : "no JSON");
	notes_fini(&notes);
	if (c->doc == NULL)
		return -1;
	schema = json_get_string(json_root(c->doc), "schema");
	if (schema == NULL || strcmp(schema, SCHEMA) != 0 ||
	    !read_time(c, "sent", &c->sent) ||
	    !read_time(c, "seen", &c->seen) ||
	    (c->sent == 0 && c->seen == INT64_MAX))
		return errmsg_set(err, "%s: is no cursor", c->path);
	return 0;
}

/* 0 also where there can be no lock: then the cursor stays where it is. */
static int
take_lock(struct cursor *c, long seconds, struct errmsg *err)
{
	struct buf path;
	int r;

	buf_init(&path);
	buf_addf(&path, "%s.lock", c->path);
	r = lockfile_take(&c->lock, path.data, seconds, &c->unlocked);
	buf_fini(&path);
	if (r != 1)
		return 0;
	(void)errmsg_set(err, "%s: another report is at it, %s", c->path,
	    c->unlocked.text);
	return 1;
}

int
cursor_open(struct cursor **cp, const char *path, long seconds,
    struct errmsg *err)
{
	struct cursor *c = xcalloc(1, sizeof(*c));
	int r;

	*cp = c;
	c->path = xstrdup(path);
	c->seen = INT64_MAX;
	c->lock = -1;
	r = take_lock(c, seconds, err);
	/* Where it may not be looked for it may be: nothing is told twice. */
	if (r == 0 &&
	    (access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)))
		r = read_file(c, err);
	if (r != 0)
		cursor_free(cp);
	return r;
}

void
cursor_free(struct cursor **cp)
{
	if (*cp == NULL)
		return;
	lockfile_drop(&(*cp)->lock);
	json_free(&(*cp)->doc);
	free((*cp)->path);
	free(*cp);
	*cp = NULL;
}

int64_t
cursor_sent(const struct cursor *c)
{
	return c->sent;
}

int64_t
cursor_seen(const struct cursor *c)
{
	return c->seen;
}

/* What was told of a case; NULL: nothing. */
static const struct json *
told_of(const struct cursor *c, const char *id)
{
	if (c->doc == NULL)
		return NULL;
	return json_get(json_get(json_root(c->doc), "cases"), id);
}

static double
told_number(const struct json *told, const char *key)
{
	const struct json *v = json_get(told, key);

	return v != NULL && v->type == JSON_NUMBER ? v->number : 0;
}

static bool
was_closed(const struct json *told)
{
	const struct json *v = json_get(told, "closed");

	return v != NULL && v->type == JSON_BOOL && v->boolean;
}

/* Half as much again. */
static bool
has_grown(double from, int64_t to)
{
	return to > 0 && (double)to >= from * 1.5;
}

static bool
money_grew(const struct json *told, const struct tally *t)
{
	const struct json *money = json_get(told, "money");
	size_t i;

	for (i = 0; i < t->nmoney; i++)
		if (has_grown(told_number(money, t->money[i].currency),
			t->money[i].micro))
			return true;
	return false;
}

static bool
has_told_family(const struct json *told, const char *family)
{
	const struct json *list = json_get(told, "families"), *f;

	if (list == NULL || list->type != JSON_ARRAY)
		return false;
	for (f = list->first; f != NULL; f = f->next)
		if (f->type == JSON_STRING && strcmp(f->string, family) == 0)
			return true;
	return false;
}

static bool
is_worse(const struct json *told, const struct view_case *vc)
{
	size_t i;

	if ((double)severity_of(vc->c->score) > told_number(told, "severity") ||
	    has_grown(told_number(told, "calls"), vc->c->calls.calls) ||
	    money_grew(told, &vc->c->calls))
		return true;
	for (i = 0; i < vc->nfindings; i++)
		if (!has_told_family(told, vc->findings[i]->family))
			return true;
	return false;
}

static bool
is_backlog(const struct view_case *vc)
{
	size_t i;

	for (i = 0; i < vc->nfindings; i++)
		if (!vc->findings[i]->backlog)
			return false;
	return vc->nfindings > 0;
}

/*
 * What ended long before anybody could be told is no news, but that it is
 * there is, once: to who was told nothing yet, and after the run that found it.
 */
static enum view_news
untold_news(const struct cursor *c, const struct view_case *vc)
{
	if (!is_backlog(vc))
		return NEWS_NEW;
	return c->doc == NULL || vc->news == NEWS_NEW ? NEWS_BACKLOG
						      : NEWS_NONE;
}

enum view_news
cursor_news(const void *context, const struct view_case *vc)
{
	const struct json *told = told_of(context, vc->c->id);

	if (state_is_closed(vc->c->state))
		return told != NULL && !was_closed(told) ? NEWS_CLOSED
							 : NEWS_NONE;
	if (told == NULL)
		return untold_news(context, vc);
	return was_closed(told) || is_worse(told, vc) ? NEWS_CONTINUING
						      : NEWS_NONE;
}

static void
put_families(struct jsonout *j, const struct view_case *vc)
{
	size_t i, k;

	jsonout_key(j, "families");
	jsonout_array(j);
	for (i = 0; i < vc->nfindings; i++) {
		for (k = 0; k < i; k++)
			if (strcmp(vc->findings[k]->family,
				vc->findings[i]->family) == 0)
				break;
		if (k == i)
			jsonout_string(j, vc->findings[i]->family);
	}
	jsonout_end_array(j);
}

static void
put_shown(struct jsonout *j, const struct view_case *vc)
{
	size_t i;

	jsonout_key(j, vc->c->id);
	jsonout_object(j);
	jsonout_kint(j, "severity", severity_of(vc->c->score));
	jsonout_kint(j, "calls", vc->c->calls.calls);
	jsonout_key(j, "money");
	jsonout_object(j);
	for (i = 0; i < vc->c->calls.nmoney; i++)
		jsonout_kint(j, vc->c->calls.money[i].currency,
		    vc->c->calls.money[i].micro);
	jsonout_end_object(j);
	put_families(j, vc);
	jsonout_kbool(j, "closed", state_is_closed(vc->c->state));
	jsonout_end_object(j);
}

/* As it stands in the file that was read. */
static void
put_told(struct jsonout *j, const struct cursor *c, const char *id,
    const struct json *told)
{
	struct buf text;

	buf_init(&text);
	buf_add(&text, json_text(c->doc) + told->begin,
	    told->end - told->begin);
	jsonout_key(j, id);
	jsonout_raw(j, text.data);
	buf_fini(&text);
}

static const struct view_case *
shown_case(const struct view *v, const char *id)
{
	size_t i;

	for (i = 0; i < v->ncases; i++)
		if (strcmp(v->cases[i].c->id, id) == 0)
			return &v->cases[i];
	return NULL;
}

static void
put_cases(struct jsonout *j, const struct cursor *c, const struct view *v)
{
	const struct view_case *shown;
	const struct json *told;
	const char *id;
	size_t i;

	jsonout_key(j, "cases");
	jsonout_object(j);
	for (i = 0; i < v->rs->ncases; i++) {
		id = v->rs->cases[i]->id;
		shown = shown_case(v, id);
		told = told_of(c, id);
		if (shown != NULL)
			put_shown(j, shown);
		else if (told != NULL)
			put_told(j, c, id, told);
	}
	jsonout_end_object(j);
}

static int
replace(const struct cursor *c, const struct view *v, int64_t sent,
    struct errmsg *err)
{
	struct outfile *out;
	struct jsonout j;
	struct buf b;
	int r;

	if (c->lock < 0)
		return errmsg_set(err, "%s", c->unlocked.text);
	buf_init(&b);
	jsonout_init(&j, &b, false);
	jsonout_object(&j);
	jsonout_kstring(&j, "schema", SCHEMA);
	if (sent != 0)
		time_json(&j, "sent", sent);
	time_json(&j, "seen", v->rs->run.as_of);
	put_cases(&j, c, v);
	jsonout_end_object(&j);
	buf_addch(&b, '\n');
	r = outfile_open(&out, c->path, err);
	if (r == 0) {
		outfile_write(out, b.data, b.len);
		r = outfile_commit(&out, err);
	}
	buf_fini(&b);
	return r;
}

int
cursor_move(const struct cursor *c, const struct view *v, int64_t now,
    struct errmsg *err)
{
	return replace(c, v, now, err);
}

int
cursor_pass(const struct cursor *c, const struct view *v, struct errmsg *err)
{
	return replace(c, v, c->sent, err);
}
