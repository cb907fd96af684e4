#include "rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "rule/quantity.h"
#include "tel/calltime.h"

enum { LABEL = 17, WIDTH = 79 };

/* "description      text", wrapped under itself. */
static void
show(struct buf *out, const char *label, const char *text)
{
	size_t start = out->len, n;

	buf_addstr(out, label);
	buf_fill(out, ' ',
	    LABEL > out->len - start ? LABEL - (out->len - start) : 1);
	while (*text != '\0') {
		n = strcspn(text, " ");
		if (out->len - start > LABEL && out->len - start + n > WIDTH) {
			buf_cut(out, out->len - 1);
			buf_addch(out, '\n');
			start = out->len;
			buf_fill(out, ' ', LABEL);
		}
		buf_add(out, text, n);
		buf_addch(out, ' ');
		text += n + strspn(text + n, " ");
	}
	buf_cut(out, out->len - 1);
	buf_addch(out, '\n');
}

static void
show_texts(struct buf *out, const char *label, const struct texts *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		show(out, i == 0 ? label : "", t->list[i]);
}

/* A value as its author wrote it, blanks folded; nothing where there is none. */
static void
add_value(struct buf *b, const struct json *obj, const char *key,
    const char *before)
{
	const struct json *j = json_get(obj, key);
	const char *text;
	size_t i;

	if (j == NULL)
		return;
	buf_addstr(b, before);
	text = json_text(j->doc);
	for (i = j->begin; i < j->end; i++)
		if (text[i] != '\n' && text[i] != '\t' &&
		    !(text[i] == ' ' && b->len > 0 &&
			b->data[b->len - 1] == ' '))
			buf_addch(b, text[i]);
}

static void
show_json(struct buf *out, const struct rule *r, const char *key)
{
	struct buf b;

	buf_init(&b);
	add_value(&b, r->json, key, "");
	if (b.len > 0)
		show(out, key, b.data);
	buf_fini(&b);
}

static void
show_params(struct buf *out, const struct rule *r)
{
	const struct param *p;
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < r->params.n; i++) {
		p = &r->params.list[i];
		buf_reset(&b);
		buf_addf(&b, "%s = ", p->name);
		quantity_print(&b, p->value, p->is_span);
		buf_addstr(&b, " (");
		quantity_print(&b, p->min, p->is_span);
		buf_addstr(&b, " to ");
		quantity_print(&b, p->max, p->is_span);
		buf_addf(&b, "), %s; set in %s", p->help, p->origin);
		show(out, i == 0 ? "params" : "", b.data);
	}
	buf_fini(&b);
}

static void
show_head(struct buf *out, const struct rule *r)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "%s, version %d, %s%s", r->id, r->version,
	    rule_status_name(r->status), r->enabled ? "" : ", off");
	if (r->status_origin != NULL)
		buf_addf(&b, "; set in %s", r->status_origin);
	show(out, "rule", b.data);
	show(out, "title", r->title);
	show(out, "description", r->description);
	buf_reset(&b);
	buf_addf(&b, "%d, family %s, fraud type %s", r->score, r->family,
	    r->fraud_type);
	if (r->score_origin != NULL)
		buf_addf(&b, "; score set in %s", r->score_origin);
	show(out, "score", b.data);
	buf_reset(&b);
	buf_addf(&b, "%s:%u", r->file, r->line);
	show(out, "file", b.data);
	buf_reset(&b);
	buf_addf(&b, "xxh128:%s", r->hash);
	show(out, "hash", b.data);
	buf_fini(&b);
}

struct shown_lists {
	const struct named *named;
	struct buf *out;
	const char **list; /* names so far */
	size_t n;
};

/* A list that the rule asks, and what is in it, once. */
static void
show_list(void *ctx, enum predicate_uses what, const char *name)
{
	struct shown_lists *s = ctx;
	const struct named_list *l = named_list(s->named, name);
	struct buf b;
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->list[i], name) == 0)
			return;
	if (what != USES_LIST || l == NULL)
		return;
	s->list = xrealloc(s->list, s->n + 1, sizeof(*s->list));
	s->list[s->n++] = name;
	buf_init(&b);
	buf_addf(&b, "%s, %zu entr%s, %s:%u", name, numlist_size(l->list),
	    numlist_size(l->list) == 1 ? "y" : "ies", l->file, l->line);
	show(s->out, s->n == 1 ? "lists" : "", b.data);
	buf_fini(&b);
}

static void
show_lists(struct buf *out, const struct ruleset *rs, const struct rule *r)
{
	struct shown_lists s = { .named = &rs->named, .out = out };

	rule_names(r, show_list, &s);
	free(s.list);
}

/* What holds for some groups only, and the waivers that name the rule. */
static void
show_site(struct buf *out, const struct ruleset *rs, const struct rule *r)
{
	const struct waiver *w;
	const char *label = "tuning";
	struct buf b;
	size_t i;

	buf_init(&b);
	for (i = 0; i < r->ntuning; i++) {
		if (r->tuning[i].match == NULL)
			continue;
		buf_reset(&b);
		buf_addf(&b, "for ");
		predicate_brief(r->tuning[i].match, WIDTH, &b);
		add_value(&b, r->tuning[i].json, "params", ": ");
		add_value(&b, r->tuning[i].json, "score", ", score ");
		add_value(&b, r->tuning[i].json, "status", ", status ");
		add_value(&b, r->tuning[i].json, "enabled", ", enabled ");
		buf_addf(&b, "; set in %s", r->tuning[i].origin);
		show(out, label, b.data);
		label = "";
	}
	label = "waivers";
	for (i = 0; i < rs->nwaivers; i++) {
		w = rs->waivers[i];
		if (!waiver_names(w, r))
			continue;
		buf_reset(&b);
		buf_addf(&b, "%s (%s): ", w->id, w->owner);
		predicate_brief(w->match, WIDTH, &b);
		buf_addstr(&b, ", ends ");
		date_print(&b, w->expires);
		buf_addf(&b, "; %s", w->reason);
		show(out, label, b.data);
		label = "";
	}
	buf_fini(&b);
}

const struct rule *
rules_find(struct rules_run *r, const char *id)
{
	const struct rule *rule = ruleset_find(&r->rules, id);

	if (rule != NULL)
		return rule;
	if (named_list(&r->rules.named, id) != NULL) {
		diag_error(&r->setup.diag,
		    "'%s' is a list, not a rule; see cdrrules lists %s", id,
		    id);
		return NULL;
	}
	diag_unknown(&r->setup.diag, "no such rule", id,
	    ruleset_suggest(&r->rules, id));
	return NULL;
}

int
command_show(struct rules_run *r)
{
	static const char *const keys[] = { "match", "follows", "by", "entity",
		"measure", "also", "baseline", "when", "escalate", "quiet",
		"private" };
	const struct rule *rule = rules_find(r, r->args[0]);
	size_t i;

	if (rule == NULL)
		return EXIT_NOT_DONE;
	show_head(&r->out, rule);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		show_json(&r->out, rule, keys[i]);
	show_params(&r->out, rule);
	show_lists(&r->out, &r->rules, rule);
	show_site(&r->out, &r->rules, rule);
	show_texts(&r->out, "waiver_needs", &rule->waiver_needs);
	show_texts(&r->out, "false_positives", &rule->false_positives);
	show_texts(&r->out, "triage", &rule->triage);
	show_texts(&r->out, "references", &rule->references);
	return EXIT_DONE;
}
