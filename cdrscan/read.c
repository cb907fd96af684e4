/* From operands or configured sources to calls as recorded. */
#include "scan.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "io/input.h"
#include "tool/readcalls.h"

static int
not_done(struct scan *s)
{
	s->status = EXIT_NOT_DONE;
	return -1;
}

/* The reads of "20%" or "12.5%" take no sign, blank, exponent or "inf". */
static bool
plain_number(const char *text, size_t len)
{
	return len > 0 && strspn(text, "0123456789.") == len &&
	       text[0] != '.' && memchr(text, '.', len) == strrchr(text, '.');
}

/* "--max-rejects 100" or "20%"; the default is half of the records. */
static int
settle_max_rejects(struct scan *s)
{
	const char *text = s->o->max_rejects;
	struct ingest_settings *set = &s->reading;
	size_t len;
	double share;

	set->max_rejects = -1;
	set->max_reject_share = 0.5;
	if (text == NULL)
		return 0;
	len = strlen(text);
	if (len > 0 && text[len - 1] == '%' && plain_number(text, len - 1)) {
		share = strtod(text, NULL) / 100;
		if (share <= 1) {
			set->max_reject_share = share;
			return 0;
		}
	} else if (plain_number(text, len) && strchr(text, '.') == NULL) {
		errno = 0;
		set->max_rejects = strtoll(text, NULL, 10);
		if (errno == 0)
			return 0;
	}
	diag_error(&s->setup.diag,
	    "--max-rejects: a number or a share such as 20%% is needed: '%s'",
	    text);
	return not_done(s);
}

static const char *
source_at(const void *sources, size_t i)
{
	const struct config_sources *s = sources;

	return i < s->n ? s->list[i].name : NULL;
}

/*
 * A site that configures its sources misspells one; one that does not just
 * names where the files are from.
 */
static int
settle_source(struct scan *s)
{
	struct config_sources *all = &s->setup.sources;
	const char *name = s->o->source;

	if (name == NULL)
		return 0;
	if (name[0] != '\0' && s->setup.config.nsources == 0)
		all->list[0].name = all->list[0].site = name;
	s->source = config_source_named(all, name);
	if (s->source != NULL)
		return 0;
	diag_unknown(&s->setup.diag, "no such source", name,
	    nearest(name, source_at, all));
	return not_done(s);
}

static int
settle_year(struct scan *s)
{
	const long year = s->o->year;
	size_t i;

	if (year > 9999) {
		diag_error(&s->setup.diag,
		    "--year: a year such as 2026 is needed: '%ld'", year);
		return not_done(s);
	}
	for (i = 0; year != 0 && i < s->setup.sources.n; i++)
		s->setup.sources.list[i].year = (int)year;
	return 0;
}

int
scan_settle_reading(struct scan *s)
{
	s->reading = readcalls_settings(&s->setup, s->layouts);
	s->reading.threads = (size_t)s->o->threads;
	if (settle_max_rejects(s) != 0 || settle_source(s) != 0 ||
	    settle_year(s) != 0)
		return -1;
	if (readcalls_settle_layouts(&s->setup, s->layouts, s->o->layout) !=
	    EXIT_DONE)
		return not_done(s);
	return 0;
}

/* What cannot be read at all is named; the others still are read. */
static void
say_unread(struct scan *s, const char *words)
{
	diag_error(&s->setup.diag, "%s", words);
	notes_addf(&s->unread, NOTE_INFO, NULL, 0, "%s", words);
	s->status = diag_worse(s->status, EXIT_INCOMPLETE);
}

/* Whether the file could be opened. */
static bool
read_one(struct scan *s, const char *path, const struct source *src)
{
	const size_t first = ingest_files(s->ingest);
	const struct ingest_above *above = NULL;
	struct errmsg err;

	if (s->files != NULL && stored_files_skip(s, path, src, &above)) {
		scan_not_read(s, path);
		return true;
	}
	if (ingest_resume(s->ingest, path, src, above, &err) == 0) {
		if (s->files != NULL)
			stored_files_read(s, first);
		return true;
	}
	say_unread(s, err.text);
	return false;
}

/* A folder's files one by one, so that the store knows each. */
static bool
read_path(struct scan *s, const char *path, const struct source *src)
{
	struct errmsg err;
	bool any = false;
	char **paths;
	size_t i, n;

	if (s->files == NULL || !input_is_directory(path))
		return read_one(s, path, src);
	if (input_list(path, &paths, &n, &err) != 0) {
		say_unread(s, err.text);
		return false;
	}
	for (i = 0; i < n; i++) {
		any |= read_one(s, paths[i], src);
		free(paths[i]);
	}
	free(paths);
	return any || n == 0;
}

static bool
read_pattern(struct scan *s, const char *pattern, const struct source *src)
{
	struct errmsg err;
	bool any = false;
	glob_t found;
	size_t i;
	int r;

	r = glob(pattern, 0, NULL, &found);
	if (r == 0) {
		for (i = 0; i < found.gl_pathc; i++)
			any |= read_path(s, found.gl_pathv[i], src);
	} else {
		(void)errmsg_set(&err, "%s: %s", pattern,
		    r == GLOB_NOMATCH ? "no such file" : "cannot be searched");
		say_unread(s, err.text);
	}
	globfree(&found);
	return any;
}

static bool
read_sources(struct scan *s)
{
	const struct config *c = &s->setup.config;
	const struct source *src;
	bool any = false, named = false;
	size_t i, f;

	for (i = 0; i < c->nsources; i++) {
		src = &s->setup.sources.list[i + 1];
		if (s->source != NULL && s->source != src)
			continue;
		for (f = 0; f < c->sources[i].files.n; f++) {
			named = true;
			any |=
			    read_pattern(s, c->sources[i].files.items[f], src);
		}
	}
	if (!named)
		diag_error(&s->setup.diag,
		    "nothing to read: no source has \"files\"");
	return any;
}

static bool
read_operands(struct scan *s, char **operands, int n)
{
	const struct source *src;
	bool any = false;
	int i;

	for (i = 0; i < n; i++) {
		src = s->source;
		if (src == NULL)
			src = config_source_for(&s->setup.sources,
			    &s->setup.config, operands[i]);
		any |= read_path(s, operands[i], src);
	}
	return any;
}

void
scan_read(struct scan *s, char **operands, int n)
{
	bool any;

	s->from_config = n == 0;
	if (s->guessed != NULL)
		s->reading.default_zone = s->guessed;
	scan_expect(s, operands, n);
	s->ingest = ingest_new(&s->reading, s->batch, &s->notes);
	any = n > 0 ? read_operands(s, operands, n) : read_sources(s);
	if (!any)
		s->status = EXIT_NOT_DONE;
}
