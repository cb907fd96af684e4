#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tel/directory.h"
#include "tests/unit/csvfile.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char sound[] =
    "number,name,account,class,group,calendar,capacity\n"
    "# the house\n"
    "201,Desk,HOTEL,reception,house,open,2\n"
    "201@ulm,Ulm,ULM,,,,\n"
    "+1 (312) 555-0142,Fax,LAW,fax,law,,12\n";

static const struct {
	const char *number, *account; /* NULL: none */
} finds[] = {
	{ "201", "HOTEL" },
	{ "201@berlin", "HOTEL" },
	{ "201@ulm", "ULM" },
	{ "202@ulm", NULL },
	{ "+13125550142", "LAW" },
	{ "+1312555014", NULL },
	{ "", NULL },
};

static void
test_find(void **state)
{
	const struct directory_entry *e;
	struct directory *d;
	struct notes notes;
	size_t i;

	(void)state;
	notes_init(&notes);
	assert_int_equal(directory_load(&d, csvfile_put(sound), &notes), 0);
	csvfile_remove();
	assert_int_equal(directory_size(d), 3);
	for (i = 0; i < COUNT(finds); i++) {
		e = directory_find(d, finds[i].number);
		assert_int_equal(e != NULL, finds[i].account != NULL);
		if (e != NULL)
			assert_string_equal(e->account, finds[i].account);
	}
	e = directory_find(d, "201");
	assert_string_equal(e->class, "reception");
	assert_string_equal(e->group, "house");
	assert_string_equal(e->calendar, "open");
	assert_int_equal(e->capacity, 2);
	e = directory_find(d, "201@ulm");
	assert_null(e->calendar);
	assert_int_equal(e->capacity, 0);
	assert_null(directory_find(NULL, "201"));
	directory_free(&d);
	assert_null(d);
	notes_fini(&notes);
}

static const struct {
	const char *text, *said;
} refused[] = {
	{ "", ": no header" },
	{ "name\n", ":1: the header has no column 'number' (there are name)" },
	{ "number,room\n",
	    ":1: no such column: 'room' (there are number, name, account, "
	    "class, group, calendar, capacity)" },
	{ "number,name\n,Desk\n", ":2: not a number: ''" },
	{ "number,capacity\n1,two\n", ":2: not a capacity: 'two'" },
	{ "number,capacity\n1,0\n", ":2: not a capacity: '0'" },
	{ "number,capacity\n1,-3\n", ":2: not a capacity: '-3'" },
	{ "number\n1\n2\n1\n", ":4: '1' stands there twice, first on line 2" },
	/* All that is wrong, not only the first. */
	{ "number,capacity\n1,x\n2,1\n,1\n2,1\n",
	    ":2: not a capacity: 'x'; :4: not a number: ''; :5: '2' stands "
	    "there twice, first on line 3" },
	{ "number\n(312) 555-0142\n312-555-0142\n",
	    ":2: a number outside needs + and its country: '(312) 555-0142'; "
	    ":3: a number outside needs + and its country: '312-555-0142'" },
	{ "number\n+1312\n+1 312 555 0142 0142 0\n+1312555014x\n",
	    ":2: not a number of 7 to 15 digits: '+1312'; :3: not a number of "
	    "7 to 15 digits: '+1 312 555 0142 0142 0'; :4: not a number of 7 "
	    "to 15 digits: '+1312555014x'" },
};

static void
test_refused(void **state)
{
	struct directory *d;
	struct notes notes;
	struct buf said;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		notes_init(&notes);
		buf_init(&said);
		assert_int_equal(directory_load(&d,
				     csvfile_put(refused[i].text), &notes),
		    -1);
		assert_null(d);
		csvfile_said(&notes, &said);
		assert_string_equal(said.data, refused[i].said);
		csvfile_remove();
		buf_fini(&said);
		notes_fini(&notes);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
