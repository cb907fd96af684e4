/* The rules in force, and whether the sources fit them. */
#include "tool/setup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "rule/rulefile.h"

/* The layers of rule files, in the order in which they are read. */
struct layers {
	struct arena arena;
	const char **paths;
	size_t n, cap;
};

static void
add_layer(struct layers *l, const char *path)
{
	l->paths = xgrow(l->paths, &l->cap, l->n + 1, sizeof(*l->paths));
	l->paths[l->n++] = path;
}

static void
add_list(struct layers *l, const struct opt_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		add_layer(l, list->items[i]);
}

/* CDR_RULES is a list with colons. */
static void
add_colon_list(struct layers *l, const char *list)
{
	size_t n;

	for (; *list != '\0'; list += n + (list[n] == ':'))
		if ((n = strcspn(list, ":")) > 0)
			add_layer(l, arena_strndup(&l->arena, list, n));
}

static void
add_shipped(struct layers *l, const struct setup *s, const char *folder)
{
	add_layer(l, arena_printf(&l->arena, "%s/%s", s->data.data, folder));
}

/* What is configured must be there. */
static void
add_configured(struct layers *l, const struct config_list *rules,
    struct notes *notes)
{
	const struct json *at = rules->at != NULL ? rules->at->first : NULL;
	size_t i;

	for (i = 0; i < rules->n; i++, at = at->next)
		if (config_readable(at, rules->items[i], notes))
			add_layer(l, rules->items[i]);
}

/* The rules in force; false: others in place of those that are shipped. */
static bool
add_rules(struct layers *l, const struct setup *s, struct notes *notes)
{
	const struct opt_list *option = &s->options->rules;
	const char *env = getenv("CDR_RULES");

	if (option->n > 0) {
		add_list(l, option);
		return false;
	}
	if (env != NULL && env[0] != '\0') {
		add_colon_list(l, env);
		return false;
	}
	add_shipped(l, s, "rules.d");
	add_configured(l, &s->config.rules, notes);
	return true;
}

/*
 * The shipped calendars and lists are always there, because rules of any
 * origin name them; returns how many layers only came along so.
 */
static unsigned
find_layers(struct layers *l, const struct setup *s, enum setup_files how,
    const struct opt_list *files, struct notes *notes)
{
	unsigned lent;

	add_shipped(l, s, "calendars");
	add_shipped(l, s, "lists");
	lent = (unsigned)l->n;
	if (how == SETUP_INSTEAD) {
		add_list(l, files);
	} else if (how == SETUP_BESIDE) {
		(void)add_rules(l, s, notes);
		lent = (unsigned)l->n;
		add_list(l, files);
	} else if (add_rules(l, s, notes)) {
		/* Made when the first waiver is written. */
		if (s->config.waivers != NULL &&
		    access(s->config.waivers, F_OK) == 0)
			add_layer(l, s->config.waivers);
		lent = 0;
	}
	return lent;
}

/* A calendar that is not there would silently be "always open". */
static void
check_calendar(const struct config_site *site, const struct named *named,
    struct notes *notes)
{
	const char *near;
	struct buf help;

	if (site->calendar == NULL ||
	    named_calendar(named, site->calendar) != NULL)
		return;
	near = named_suggest_calendar(named, site->calendar);
	buf_init(&help);
	if (near != NULL)
		buf_addf(&help, "did you mean \"%s\"?", near);
	json_note(notes, NOTE_ERROR, "E207", json_get(site->at, "calendar"),
	    near != NULL ? help.data : NULL, NULL, "no such calendar: '%s'",
	    site->calendar);
	buf_fini(&help);
}

static int
check_calendars(const struct config *c, const struct ruleset *rules,
    struct notes *notes)
{
	size_t i, errors = notes->errors;

	check_calendar(&c->base, &rules->named, notes);
	for (i = 0; i < c->nsources; i++)
		if (c->sources[i].calendar != c->base.calendar)
			check_calendar(&c->sources[i], &rules->named, notes);
	return notes->errors > errors ? -1 : 0;
}

/* The site that "201@ulm" is at, if calls of one can be there at all. */
static bool
has_site(const struct config *c, const char *site)
{
	const struct config_site *source;
	size_t i;

	for (i = 0; i < c->nsources; i++) {
		source = &c->sources[i];
		if (strcmp(source->site != NULL ? source->site : source->name,
			site) == 0)
			return true;
	}
	return false;
}

/* "201@ulm"; names of trunks and users may have an @ of their own. */
static void
check_site(const struct setup *s, const struct directory_entry *e,
    struct notes *notes)
{
	const char *at = strrchr(e->number, '@');

	if (at != NULL &&
	    strspn(e->number, "0123456789") == (size_t)(at - e->number) &&
	    !has_site(&s->config, at + 1))
		notes_addf(notes, NOTE_WARNING, s->config.directory, e->line,
		    "no source is at site '%s': '%s' is nobody", at + 1,
		    e->number);
}

static int
check_directory(const struct setup *s, const struct ruleset *rules,
    struct notes *notes)
{
	const struct directory *d = s->directory;
	const struct directory_entry *e;
	size_t i, errors = notes->errors;

	for (i = 0; d != NULL && i < directory_size(d); i++) {
		e = directory_at(d, i);
		check_site(s, e, notes);
		if (e->calendar != NULL &&
		    named_calendar(&rules->named, e->calendar) == NULL)
			notes_place(notes, NOTE_ERROR, s->config.directory,
			    e->line, e->calendar_column,
			    "no such calendar: '%s'", e->calendar);
	}
	return notes->errors > errors ? -1 : 0;
}

int
setup_load_rules(struct setup *s, enum setup_files how,
    const struct opt_list *files, struct ruleset *rules, struct notes *notes)
{
	struct layers l = { .n = 0 };
	size_t n = s->config.ncalendars, i;
	struct calendar **copies = xcalloc(n + 1, sizeof(struct calendar *));
	const size_t errors = notes->errors;
	int r;

	rules->wildcard_waivers = s->config.wildcard_waivers;
	rules->retention = s->config.retention;
	for (i = 0; i < n; i++)
		copies[i] = calendar_copy(s->config.calendars[i]);
	rules->lent = find_layers(&l, s, how, files, notes);
	r = rulefile_load(rules, l.paths, l.n, copies, n, notes);
	free(copies);
	if (notes->errors > errors)
		r = -1;
	if (r == 0)
		r = check_calendars(&s->config, rules, notes);
	if (r == 0)
		r = check_directory(s, rules, notes);
	free(l.paths);
	arena_fini(&l.arena);
	return r;
}

/* Rules in place of all others lack what those have. */
static void
say_what_was_read(const struct setup *s, const struct notes *notes)
{
	const struct opt_list *only = &s->options->rules;
	struct buf paths;
	size_t i;

	if (only->n == 0 || !rulefile_lacks_others(notes))
		return;
	buf_init(&paths);
	for (i = 0; i < only->n; i++)
		buf_addf(&paths, "%s%s", i > 0 ? ", " : "", only->items[i]);
	diag_remark(&s->diag,
	    "--rules: only %s was read; what it refers to must be named, too",
	    paths.data);
	buf_fini(&paths);
}

void
setup_say_rules(const struct setup *s, struct notes *notes)
{
	diag_notes(&s->diag, notes);
	say_what_was_read(s, notes);
}

int
setup_rules(struct setup *s, struct ruleset *rules)
{
	struct notes notes;
	int r;

	notes_init(&notes);
	r = setup_load_rules(s, SETUP_IN_FORCE, NULL, rules, &notes);
	setup_say_rules(s, &notes);
	notes_fini(&notes);
	return r == 0 ? EXIT_DONE : EXIT_NOT_DONE;
}
