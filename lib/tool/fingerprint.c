#include "tool/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tel/calendar.h"
#include "tel/numlist.h"

static void
add_text(struct hash_state *h, const char *text)
{
	if (text == NULL)
		text = "";
	hash_add(h, text, strlen(text) + 1);
}

/* As it is written. */
static void
add_json(struct hash_state *h, const struct json *j)
{
	hash_add(h, json_text(j->doc) + j->begin, j->end - j->begin);
}

static void
add_number(struct hash_state *h, uint64_t v)
{
	hash_add(h, &v, sizeof(v));
}

static void
add_configuration(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	(void)rules;
	config_judged(&s->config, h);
	add_text(h, s->options->tz);
}

static void
add_directory(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	const struct directory_entry *e;
	size_t i;

	(void)rules;
	for (i = 0; s->directory != NULL && i < directory_size(s->directory);
	     i++) {
		e = directory_at(s->directory, i);
		add_text(h, e->number);
		add_text(h, e->account);
		add_text(h, e->class);
		add_text(h, e->group);
		add_text(h, e->calendar);
		add_number(h, (uint64_t)e->capacity);
	}
}

static void
add_rates(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	(void)rules;
	if (s->rates != NULL)
		add_number(h, rates_hash(s->rates));
}

/* What its author wrote, where it is tuned. */
static void
add_rules(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	const struct rule *r;
	size_t i;

	(void)s;
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		add_text(h, r->id);
		add_json(h, r->json);
	}
}

static void
add_tuning(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	const struct rule *r;
	size_t i, k;

	(void)s;
	for (i = 0; i < rules->n; i++) {
		r = rules->rules[i];
		for (k = 0; k < r->ntuning; k++) {
			add_text(h, r->id);
			add_json(h, r->tuning[k].json);
		}
	}
}

static void
add_waivers(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	size_t i;

	(void)s;
	for (i = 0; i < rules->nwaivers; i++)
		add_json(h, rules->waivers[i]->json);
}

static void
add_lists(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	const struct named *named = &rules->named;
	size_t i;

	(void)s;
	for (i = 0; i < named->nlists; i++) {
		add_text(h, named->lists[i].name);
		add_text(h, named->lists[i].of->name);
		add_number(h, numlist_hash(named->lists[i].list));
	}
}

static void
add_calendars(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	const struct named *named = &rules->named;
	size_t i;

	(void)s;
	for (i = 0; i < named->ncalendars; i++) {
		add_text(h, named->calendars[i].name);
		add_number(h, calendar_hash(named->calendars[i].calendar));
	}
}

static void
add_numplan(struct hash_state *h, const struct setup *s,
    const struct ruleset *rules)
{
	(void)rules;
	add_text(h, s->numplan != NULL ? numplan_version(s->numplan) : NULL);
}

static const struct {
	const char *name;
	void (*add)(struct hash_state *h, const struct setup *s,
	    const struct ruleset *rules);
} parts[FINGERPRINT_PARTS] = {
	{ "configuration", add_configuration },
	{ "directory", add_directory },
	{ "rates", add_rates },
	{ "rules", add_rules },
	{ "tuning", add_tuning },
	{ "waivers", add_waivers },
	{ "lists", add_lists },
	{ "calendars", add_calendars },
	{ "number plan", add_numplan },
};

void
fingerprint_take(struct fingerprint *f, const struct setup *s,
    const struct ruleset *rules)
{
	struct hash_state *h = hash_new();
	size_t i;

	for (i = 0; i < FINGERPRINT_PARTS; i++) {
		hash_reset(h);
		parts[i].add(h, s, rules);
		f->parts[i] = hash_end64(h);
	}
	hash_free(&h);
	hash_hex(f->parts, sizeof(f->parts), f->all);
}

static void
print_part(const struct fingerprint *f, size_t i, struct buf *out)
{
	buf_addf(out, "%s=%016" PRIx64, parts[i].name, f->parts[i]);
}

void
fingerprint_print(const struct fingerprint *f, struct buf *out)
{
	size_t i;

	for (i = 0; i < FINGERPRINT_PARTS; i++) {
		buf_addstr(out, i > 0 ? ", " : "");
		print_part(f, i, out);
	}
}

bool
fingerprint_differs(const struct fingerprint *f, const char *line,
    struct buf *names)
{
	bool any = false;
	struct buf part;
	size_t i;

	buf_init(&part);
	for (i = 0; i < FINGERPRINT_PARTS; i++) {
		buf_reset(&part);
		print_part(f, i, &part);
		if (strstr(line, part.data) != NULL)
			continue;
		buf_addf(names, "%s%s", any ? ", " : "", parts[i].name);
		any = true;
	}
	buf_fini(&part);
	return any;
}
