/* cdrrules check, of a configuration: what it names has to be there. */
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tool/readcalls.h"

struct config_check {
	struct rules_run *r;
	struct config *config;
	struct notes *notes;
};

/* Files ------------------------------------------------------------------- */

/* The folder of waivers is made with the first; what holds it is not. */
static void
check_waivers(const struct config_check *c)
{
	const char *path = c->config->waivers, *slash;
	char *parent;

	if (path == NULL || access(path, F_OK) == 0)
		return;
	slash = strrchr(path, '/');
	parent = strndup(path, slash > path ? (size_t)(slash - path) : 1);
	if (parent == NULL)
		abort();
	if (access(parent, F_OK) != 0)
		json_note(c->notes, NOTE_ERROR, "E101",
		    json_get(json_root(c->config->doc), "waivers"),
		    strerror(errno), NULL, "cannot make '%s'", path);
	free(parent);
}

/* Names ------------------------------------------------------------------- */

static void
check_layouts(const struct config_check *c)
{
	struct layouts *ls = layouts_new();
	struct notes shipped;
	struct buf path;
	size_t i;

	notes_init(&shipped);
	buf_init(&path);
	buf_addf(&path, "%s/layouts", c->r->setup.data.data);
	(void)layouts_load(ls, path.data, &shipped);
	for (i = 0; i < c->config->nsources; i++)
		if (c->config->sources[i].layout != NULL)
			(void)readcalls_layout_of(ls, &c->config->sources[i],
			    c->notes);
	buf_fini(&path);
	notes_fini(&shipped);
	layouts_free(&ls);
}

/* The rules that it brings, and the calendars that it names. */
static void
check_rules(const struct config_check *c, struct setup *own)
{
	struct ruleset rules;

	ruleset_init(&rules);
	(void)setup_load_rules(own, SETUP_IN_FORCE, NULL, &rules, c->notes);
	ruleset_fini(&rules);
}

void
check_config(struct rules_run *r, const char *path, struct notes *notes)
{
	struct config_sources sources;
	struct config config;
	struct config_check c = { .r = r, .config = &config, .notes = notes };
	struct setup own = r->setup;

	own.directory = NULL;
	own.rates = NULL;
	if (config_load(&config, CONFIG_FILE, path, notes) == 0) {
		(void)config_sources_make(&sources, &config, NULL,
		    r->setup.numplan, notes);
		config_sources_fini(&sources);
		own.config = config;
		(void)setup_load_tables(&own, notes);
		check_waivers(&c);
		check_layouts(&c);
		check_rules(&c, &own);
		directory_free(&own.directory);
		rates_free(&own.rates);
	}
	config_fini(&config);
}
