#include "refusal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/layout.h"

char *
refusal_make(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);
	struct buf b;

	if (at == NULL)
		fail_msg("nothing is like '%s'", old);
	buf_init(&b);
	buf_add(&b, text, (size_t)(at - text));
	buf_addstr(&b, new);
	buf_addstr(&b, at + strlen(old));
	return buf_detach(&b);
}

void
refusal_check(const struct refusal *r, const struct note *list, size_t n)
{
	const struct note *note;
	size_t i;

	assert_true(n > 0);
	for (i = 0; i < n; i++)
		if (r->text == NULL || strcmp(list[i].text, r->text) == 0)
			break;
	if (i == n)
		fail_msg("%s: no note '%s', but '%s'", r->new, r->text,
		    list[0].text);
	note = &list[i];
	assert_int_equal(note->level, NOTE_ERROR);
	assert_memory_equal(note->code, r->code, strlen(r->code));
	if (r->line != 0 &&
	    (note->line != r->line || note->column != r->column))
		fail_msg("%s: '%s' at %u:%u, not %u:%u", r->new, note->text,
		    (unsigned)note->line, (unsigned)note->column, r->line,
		    r->column);
	if (r->help != NULL)
		assert_string_equal(note->help, r->help);
}

void
refusal_layouts(const char *sound, const struct refusal *table, size_t n)
{
	struct layouts *ls;
	struct notes notes;
	char *text;
	size_t i;

	for (i = 0; i < n; i++) {
		ls = layouts_new();
		notes_init(&notes);
		text = refusal_make(sound, table[i].old, table[i].new);
		assert_int_equal(layouts_parse(ls, text, strlen(text),
				     "toy.json", &notes),
		    -1);
		assert_int_equal(layouts_count(ls), 0);
		refusal_check(&table[i], notes.list, notes.n);
		free(text);
		notes_fini(&notes);
		layouts_free(&ls);
	}
}
