/* cdrrules waive: whether the waiver is right, told by option. */
#include "rules.h"

#include <string.h>

#include "io/jsontext.h"
#include "rule/rulefile.h"

#define TEXT_NAME "waiver" /* of the text, which nobody wrote */

/* Which option a key of the waiver came from. */
static const struct {
	const char *key, *option;
} origins[] = {
	{ "rules", "RULE" },
	{ "match", "--match" },
	{ "reason", "--reason" },
	{ "owner", "--owner" },
	{ "ticket", "--ticket" },
	{ "from", "--from" },
	{ "expires", "--expires" },
	{ "limit", "--limit" },
};

static const char *
option_of(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(origins) / sizeof(origins[0]); i++)
		if (strcmp(origins[i].key, key) == 0)
			return origins[i].option;
	return "waive";
}

/* A file of its own: each key on a line, so that a line tells the option. */
static void
make_text(struct buf *out, const struct json *waiver)
{
	const char *text = json_text(waiver->doc);
	const struct json *j;

	buf_addstr(out, "{\"cdrrules\":1,\"waivers\":[{");
	for (j = waiver->first; j != NULL; j = j->next) {
		buf_addch(out, '\n');
		buf_add(out, text + j->key_begin, j->end - j->key_begin);
		if (j->next != NULL)
			buf_addch(out, ',');
	}
	buf_addstr(out, "}]}\n");
}

static const char *
option_on(const struct json *waiver, uint32_t line)
{
	const struct json *j = waiver->first;

	for (; j != NULL && line > 2; line--)
		j = j->next;
	return j != NULL && line == 2 ? option_of(j->key) : "waive";
}

static void
say(const struct rules_run *r, struct notes *notes, const struct json *waiver)
{
	struct note *n;
	size_t i;

	notes_sort(notes);
	for (i = 0; i < notes->n; i++) {
		n = &notes->list[i];
		if (n->file == NULL || strcmp(n->file, TEXT_NAME) != 0)
			continue;
		n->file = option_on(waiver, n->line);
		if (n->help != NULL)
			n->text = arena_printf(&notes->arena, "%s; %s", n->text,
			    n->help);
		n->line = n->column = 0;
		n->source = NULL;
	}
	diag_notes(&r->setup.diag, notes);
}

int
rules_check_waiver(struct rules_run *r, const struct buf *waiver)
{
	struct json_doc *doc;
	struct notes notes;
	struct buf text;
	int rc = -1;

	notes_init(&notes);
	buf_init(&text);
	doc = json_parse(waiver->data, waiver->len, TEXT_NAME, &notes);
	if (doc == NULL) {
		diag_notes(&r->setup.diag, &notes);
	} else {
		make_text(&text, json_root(doc));
		rc = rulefile_add_waivers(&r->rules, text.data, text.len,
		    TEXT_NAME, &notes);
		say(r, &notes, json_root(doc));
	}
	json_free(&doc);
	notes_fini(&notes);
	buf_fini(&text);
	return rc;
}
