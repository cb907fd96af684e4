#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cdr/call.h"
#include "cdr/layout.h"
#include "layout_files.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char base[] =
    "{ \"cdrlayout\": 1, \"id\": \"base\", \"title\": \"Base\",\n"
    "  \"evidence\": \"documented\", \"order\": \"file\",\n"
    "  \"container\": \"rows\", \"delimiter\": \";\", \"quote\": null,\n"
    "  \"columns\": [\"day\", \"hour\", \"from\", \"to\", \"talk\",\n"
    "    \"end\", \"line\", \"third\"],\n"
    "  \"variants\": [{ \"more\": [] }, { \"more\": [\"note\"] }],\n"
    "  \"fields\": {\n"
    "    \"start\": { \"column\": [[\"day\", \"hour\"]],\n"
    "      \"stamp\": \"%Y-%m-%d %H:%M\" },\n"
    "    \"duration\": { \"column\": \"talk\", \"unit\": \"s\" },\n"
    "    \"status\": { \"column\": \"end\",\n"
    "      \"map\": { \"OK\": \"answered\" }, \"other\": \"busy\" },\n"
    "    \"direction\": { \"rules\": [\n"
    "      { \"is\": \"out\",\n"
    "        \"all\": [{ \"column\": \"line\", \"filled\": true }] },\n"
    "      { \"is\": \"internal\",\n"
    "        \"all\": [{ \"column\": \"from\", \"filled\": true }] }] },\n"
    "    \"src\": { \"column\": \"from\", \"required\": true },\n"
    "    \"dst\": [\"third\", \"to\"],\n"
    "    \"join\": { \"column\": [[\"from\", \"third\"]],\n"
    "      \"required\": true }\n"
    "  },\n"
    "  \"carry\": { \"columns\": [\"to\"], \"from\": { \"all\":\n"
    "    [{ \"column\": \"day\", \"filled\": true }] } },\n"
    "  \"skip\": { \"any\": [{ \"column\": \"third\", \"in\": [\"X\"] }] },\n"
    "  \"recognise\": [\n"
    "    { \"column\": \"line\", \"filled\": true, \"must\": true },\n"
    "    { \"time\": \"start\" },\n"
    "    { \"column\": \"talk\", \"integer\": true }]\n"
    "}\n";

#define HEAD "{ \"cdrlayout\": 1, \"id\": \"our\", \"title\": \"Ours\",\n"

/* `base` and a file that may extend it; whether the second was right. */
static bool
load(struct layouts *ls, const char *text, struct notes *notes)
{
	int rc;

	assert_int_equal(layouts_parse(ls, base, strlen(base), "base.json",
			     notes),
	    0);
	rc = layouts_parse(ls, text, strlen(text), "our.json", notes);
	assert_int_equal(layouts_count(ls), rc == 0 ? 2 : 1);
	return rc == 0;
}

static void
test_everything(void **state)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_true(load(ls, HEAD "\"extends\": \"base\" }", &notes));
	assert_int_equal(notes.n, 0);
	l = layouts_find(ls, "our");
	assert_string_equal(l->title, "Ours");
	assert_string_equal(l->file, "our.json");
	assert_true(l->file_order);
	assert_string_equal(l->delimiters, ";");
	assert_int_equal(l->ncolumns, 9);
	assert_int_equal(l->nvariants, 2);
	assert_int_equal(l->fields[TARGET_DIRECTION].nrules, 2);
	assert_int_equal(l->fields[TARGET_DST].nfrom, 2);
	assert_int_equal(l->skip.n, 1);
	assert_int_equal(l->recognise.n, 3);
	notes_fini(&notes);
	layouts_free(&ls);
}

/* Its own keys count, and of the fields each by itself. */
static void
test_own_keys(void **state)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_true(load(ls,
	    HEAD "\"extends\": \"base\", \"delimiter\": \",\",\n"
		 "\"evidence\": \"real\", \"variants\": [{ \"more\": [] }],\n"
		 "\"fields\": { \"account\": \"line\", \"dst\": \"to\" } }",
	    &notes));
	l = layouts_find(ls, "our");
	assert_string_equal(l->delimiters, ",");
	assert_int_equal(l->evidence, EVIDENCE_REAL);
	assert_int_equal(l->nvariants, 1);
	assert_int_equal(l->fields[TARGET_ACCOUNT].nfrom, 1);
	assert_int_equal(l->fields[TARGET_DST].nfrom, 1);
	assert_int_equal(l->fields[TARGET_SRC].nfrom, 1);
	assert_true(l->fields[TARGET_SRC].required);
	notes_fini(&notes);
	layouts_free(&ls);
}

/* What names a column that is left out says nothing any more. */
static void
test_left_out(void **state)
{
	struct layouts *ls = layouts_new();
	const struct layout *l;
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_true(load(ls,
	    HEAD "\"extends\": \"base\",\n"
		 "\"columns\": [\"from\", \"to\", \"day\", \"hour\", \"end\",\n"
		 "  \"talk\"],\n"
		 "\"skip\": { \"any\": [{ \"column\": \"to\",\n"
		 "  \"in\": [\"X\"] }] } }",
	    &notes));
	assert_int_equal(notes.n, 0);
	l = layouts_find(ls, "our");
	assert_int_equal(l->ncolumns, 6);
	assert_int_equal(l->nvariants, 1);
	assert_int_equal(l->variants[0].columns, 6);
	assert_int_equal(l->fields[TARGET_START].from[0].columns[0], 2);
	assert_int_equal(l->fields[TARGET_START].from[0].columns[1], 3);
	/* one of two alternatives */
	assert_int_equal(l->fields[TARGET_DST].nfrom, 1);
	assert_int_equal(l->fields[TARGET_DST].from[0].columns[0], 1);
	/* one of two rules, and the other would take every call */
	assert_int_equal(l->fields[TARGET_DIRECTION].nrules, 0);
	/* one of two columns that are joined, and it was needed */
	assert_int_equal(l->fields[TARGET_JOIN].nfrom, 0);
	assert_false(l->fields[TARGET_JOIN].required);
	/* what had to be there to recognise it */
	assert_int_equal(l->recognise.n, 2);
	assert_int_equal(l->recognise.list[0].kind, CELL_TIME);
	notes_fini(&notes);
	layouts_free(&ls);
}

static const struct {
	const char *text, *code, *file, *note, *help;
} refused[] = {
	{ HEAD "\"extends\": \"bse\" }", "E602", "our.json",
	    "no such layout: 'bse'", "did you mean 'base'?" },
	{ HEAD "\"extends\": 7 }", "E601", "our.json",
	    "extends: must be a text, not a number", NULL },
	{ "{ \"cdrlayout\": 1, \"title\": \"x\", \"extends\": \"base\" }",
	    "E603", "our.json", "key 'id' is missing", NULL },
	{ "{ \"cdrlayout\": 1, \"id\": \"x\", \"extends\": \"base\" }", "E603",
	    "our.json", "key 'title' is missing", NULL },
	{ "{ \"cdrlayout\": 1, \"id\": \"base\", \"title\": \"x\",\n"
	  "\"extends\": \"base\" }",
	    "E608", "our.json", "layout 'base' is in base.json, too", NULL },
	/* its own fields name its own columns */
	{ HEAD "\"extends\": \"base\", \"columns\": [\"day\", \"hour\",\n"
	       "\"third\"], \"fields\": { \"src\": \"from\" } }",
	    "E605", "our.json", "no such column: 'from'", NULL },
	{ HEAD "\"extends\": \"base\", \"columns\": [\"day\", \"hour\"] }",
	    "E603", "our.json",
	    "key 'skip' is missing: 'columns' leaves out what 'base' names",
	    NULL },
	{ HEAD "\"extends\": \"base\", \"columns\": [\"day\", \"third\"] }",
	    "E603", "our.json",
	    "key 'carry' is missing: 'columns' leaves out what 'base' names",
	    NULL },
	{ HEAD "\"extends\": \"base\", \"columns\": [\"day\", \"third\"] }",
	    "E603", "our.json",
	    "field 'start' is missing: 'columns' leaves out what 'base' "
	    "reads",
	    NULL },
	{ HEAD "\"extends\": \"base\", \"columns\": [\"third\"],\n"
	       "\"fields\": { \"end\": { \"column\": \"third\",\n"
	       "\"stamp\": \"%s\" } } }",
	    "E603", "our.json",
	    "key 'recognise' is missing: 'columns' leaves out all that 'base' "
	    "tests",
	    NULL },
	/* talk, and nothing that says whether anybody answered */
	{ HEAD "\"extends\": \"base\", \"columns\": [\"day\", \"hour\",\n"
	       "\"talk\", \"third\"] }",
	    "E603", "our.json", "key 'answered' or field 'status' is missing",
	    NULL },
	/* what is inherited is wrong in its own place */
	{ HEAD "\"extends\": \"base\", \"order\": \"free\" }", "E604",
	    "base.json", "carry: only with order 'file'", NULL },
	{ HEAD "\"extends\": \"base\", \"quote\": \"\\\"\",\n"
	       "\"delimiter\": \"\\\"\" }",
	    "E604", "our.json", "quote: is the delimiter, too", NULL },
};

static void
test_refused(void **state)
{
	const struct note *found;
	struct layouts *ls;
	struct notes notes;
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		ls = layouts_new();
		notes_init(&notes);
		assert_false(load(ls, refused[i].text, &notes));
		found = NULL;
		for (k = 0; k < notes.n; k++)
			if (strcmp(notes.list[k].text, refused[i].note) == 0)
				found = &notes.list[k];
		if (found == NULL)
			fail_msg("case %zu: '%s'", i, notes.list[0].text);
		assert_string_equal(found->code, refused[i].code);
		assert_string_equal(found->file, refused[i].file);
		if (refused[i].help != NULL)
			assert_string_equal(found->help, refused[i].help);
		notes_fini(&notes);
		layouts_free(&ls);
	}
}

/* A layout that extends another is not extended. */
static void
test_one_level(void **state)
{
	static const char second[] =
	    "{ \"cdrlayout\": 1, \"id\": \"third\", \"title\": \"x\",\n"
	    "\"extends\": \"our\" }";
	struct layouts *ls = layouts_new();
	struct notes notes;

	(void)state;
	notes_init(&notes);
	assert_true(load(ls, HEAD "\"extends\": \"base\" }", &notes));
	assert_int_equal(layouts_parse(ls, second, strlen(second), "x.json",
			     &notes),
	    -1);
	assert_string_equal(notes.list[0].text,
	    "extends: layout 'our' extends another one itself");
	assert_int_equal(notes.list[0].line, 2);
	notes_fini(&notes);
	layouts_free(&ls);
}

/* In a folder the one that is extended may come later. */
static void
test_folder(void **state)
{
	static const char our[] = HEAD "\"extends\": \"base\" }";
	struct layouts *ls = layouts_new();
	char *dir = folder_make(), *paths[2];
	struct notes notes;

	(void)state;
	paths[0] = folder_write(dir, "a.json", our, strlen(our));
	paths[1] = folder_write(dir, "b.json", base, strlen(base));
	notes_init(&notes);
	assert_int_equal(layouts_load(ls, dir, &notes), 0);
	assert_int_equal(layouts_count(ls), 2);
	assert_false(layouts_find(ls, "our")->stated);
	notes_fini(&notes);
	layouts_free(&ls);

	/* One file by itself, twice. */
	ls = layouts_new();
	notes_init(&notes);
	assert_int_equal(layouts_load(ls, paths[1], &notes), 0);
	assert_non_null(layouts_load_stated(ls, paths[0], &notes));
	assert_ptr_equal(layouts_load_stated(ls, paths[0], &notes),
	    layouts_find(ls, "our"));
	assert_true(layouts_find(ls, "our")->stated);
	assert_null(layouts_load_stated(ls, paths[1], &notes));
	assert_int_equal(notes.errors, 1);
	notes_fini(&notes);
	layouts_free(&ls);
	free(paths[0]);
	free(paths[1]);
	folder_remove(&dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_own_keys),
		cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_one_level),
		cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
