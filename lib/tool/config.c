#include "tool/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/config_impl.h"

enum { DEFAULT_MIN_SCORE = 40 };

/* The path by which the file is found, NULL if there is none. */
static const char *
search(struct config *c)
{
	const char *env = getenv("CDR_CONFIG");
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	const char *path = NULL;

	if (env != NULL && env[0] != '\0')
		return arena_strdup(&c->arena, env);
	if (xdg != NULL && xdg[0] != '\0')
		path = arena_printf(&c->arena, "%s/cdrguard/config.json", xdg);
	else if (home != NULL && home[0] != '\0')
		path = arena_printf(&c->arena,
		    "%s/.config/cdrguard/config.json", home);
	if (path != NULL && access(path, F_OK) == 0)
		return path;
	path = "/etc/cdrguard/config.json";
	return access(path, F_OK) == 0 ? path : NULL;
}

/*
 * The folder of the file, absolute and without links, because files are found
 * again by their real names.
 */
static const char *
folder_of(struct config *c)
{
	const char *slash = strrchr(c->path, '/');
	const char *folder = ".";
	char *real;

	if (slash != NULL)
		folder = arena_strndup(&c->arena, c->path,
		    slash > c->path ? (size_t)(slash - c->path) : 1);
	real = realpath(folder, NULL);
	if (real != NULL)
		folder = arena_strdup(&c->arena, real);
	free(real);
	return folder;
}

int
config_load(struct config *c, enum config_where where, const char *path,
    struct notes *notes)
{
	struct config_reading r = { .config = c, .notes = notes };
	size_t errors = notes->errors;

	memset(c, 0, sizeof(*c));
	c->base.name = SOURCE_DEFAULT;
	c->path = "";
	c->report_min_score = DEFAULT_MIN_SCORE;
	if (where == CONFIG_SEARCH)
		path = search(c);
	if (where == CONFIG_NONE || path == NULL)
		return 0;
	c->path = arena_strdup(&c->arena, path);
	c->doc = json_load(path, notes);
	if (c->doc != NULL) {
		r.folder = folder_of(c);
		config_read(&r, json_root(c->doc));
	}
	return notes->errors > errors ? -1 : 0;
}

bool
config_readable(const struct json *at, const char *path, struct notes *notes)
{
	if (access(path, R_OK) == 0)
		return true;
	json_note(notes, NOTE_ERROR, "E101", at, strerror(errno), NULL,
	    "cannot read '%s'", path);
	return false;
}

void
config_fini(struct config *c)
{
	size_t i;

	for (i = 0; i < c->ncalendars; i++)
		calendar_free(&c->calendars[i]);
	json_free(&c->doc);
	arena_fini(&c->arena);
	memset(c, 0, sizeof(*c));
}
