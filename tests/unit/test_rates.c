#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "tel/rates.h"
#include "tests/unit/csvfile.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char sound[] = "prefix,per_minute,currency,increment\n"
			    "+44,0.60,EUR,\n"
			    "447,1.2,GBP,60\n"
			    "+53,0.000001,USD,1\n"
			    "+54,0,USD,\n";

/* Number, talk in ms, and what it costs; -1: there is no rate. */
static const struct {
	const char *number;
	int64_t duration, micro;
	const char *currency;
} costs[] = {
	{ "+442079460123", 60000, 600000, "EUR" },
	{ "+442079460123", 61000, 610000, "EUR" },
	{ "+442079460123", 60001, 610000, "EUR" },
	{ "+442079460123", 1, 10000, "EUR" },
	{ "+442079460123", 0, 0, "EUR" },
	{ "+447700900123", 1000, 1200000, "GBP" },
	{ "+447700900123", 61000, 2400000, "GBP" },
	/* half to even: 0.5 and 1.5 micro-units */
	{ "+5375550100", 30000, 0, "USD" },
	{ "+5375550100", 90000, 2, "USD" },
	{ "+5375550100", 31000, 1, "USD" },
	{ "+541155550100", 3600000, 0, "USD" },
	{ "+49301234567", 60000, -1, NULL },
	{ "442079460123", 60000, -1, NULL },
	{ "201", 60000, -1, NULL },
};

static void
test_costs(void **state)
{
	const struct rate *rate;
	struct rates *r;
	struct notes notes;
	size_t i;

	(void)state;
	notes_init(&notes);
	assert_int_equal(rates_load(&r, csvfile_put(sound), &notes), 0);
	csvfile_remove();
	for (i = 0; i < COUNT(costs); i++) {
		rate = rates_find(r, costs[i].number);
		assert_int_equal(rate != NULL, costs[i].micro >= 0);
		if (rate == NULL)
			continue;
		assert_int_equal(rate_cost(rate, costs[i].duration),
		    costs[i].micro);
		assert_string_equal(rate->currency, costs[i].currency);
	}
	assert_null(rates_find(NULL, "+44"));
	rates_free(&r);
	assert_null(r);
	notes_fini(&notes);
}

static const struct {
	const char *text, *said;
} refused[] = {
	{ "", ": no header" },
	{ "prefix,per_minute\n",
	    ":1: the header has no column 'currency' (there are prefix, per_minute)" },
	{ "prefix,per_minute,currency\n44,x,EUR\n", ":2: not a price: 'x'" },
	{ "prefix,per_minute,currency\n44,-1,EUR\n", ":2: not a price: '-1'" },
	{ "prefix,per_minute,currency\n44,1,Taler\n",
	    ":2: not a currency: 'Taler'" },
	{ "prefix,per_minute,currency,increment\n44,1,EUR,0\n",
	    ":2: increment: not seconds from 1 to 3600: '0'" },
	{ "prefix,per_minute,currency,increment\n44,1,EUR,3601\n",
	    ":2: increment: not seconds from 1 to 3600: '3601'" },
	{ "prefix,per_minute,currency\n44,x,EUR\n+44,1,EUR\n49,1,EUR\n44,2,EUR\n",
	    ":2: not a price: 'x'; :5: '+44' stands there twice, first on line "
	    "3" },
	{ "prefix,per_minute,currency\nabc,1,EUR\n",
	    ":2: not the beginning of a number: '+abc'" },
};

static void
test_refused(void **state)
{
	struct rates *r;
	struct notes notes;
	struct buf said;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(refused); i++) {
		notes_init(&notes);
		buf_init(&said);
		assert_int_equal(rates_load(&r, csvfile_put(refused[i].text),
				     &notes),
		    -1);
		assert_null(r);
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
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
