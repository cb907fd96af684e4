#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tel/numplan.h"

static struct numplan *plan;

/* The plan that is shipped --------------------------------------------------*/

static const struct {
	const char *digits, *country;
	enum numkind kind;
} numbers[] = {
	{ "13125550142", "US", NUMKIND_FIXED_OR_MOBILE },
	{ "14165550142", "CA", NUMKIND_FIXED_OR_MOBILE },
	{ "18765550142", "JM", NUMKIND_MOBILE },
	{ "12685550142", "AG", NUMKIND_FIXED },
	{ "18095550142", "DO", NUMKIND_FIXED_OR_MOBILE },
	{ "17875550142", "PR", NUMKIND_FIXED_OR_MOBILE },
	{ "16715550142", "GU", NUMKIND_FIXED_OR_MOBILE },
	{ "12345550142", "US", NUMKIND_FIXED_OR_MOBILE },
	{ "12005550142", "", NUMKIND_UNKNOWN }, /* nobody's area code */
	{ "18005550142", "US", NUMKIND_TOLL_FREE },
	{ "18885550142", "US", NUMKIND_TOLL_FREE },
	{ "18335550142", "US", NUMKIND_TOLL_FREE },
	{ "19005550142", "US", NUMKIND_PREMIUM },
	{ "13129760142", "US", NUMKIND_PREMIUM },
	{ "14169760142", "CA", NUMKIND_PREMIUM },
	{ "15005550142", "US", NUMKIND_PERSONAL },
	{ "15335550142", "US", NUMKIND_PERSONAL },
	{ "442079460123", "GB", NUMKIND_FIXED },
	{ "447700900123", "GB", NUMKIND_MOBILE },
	{ "441481960123", "GG", NUMKIND_FIXED },
	{ "441534960123", "JE", NUMKIND_FIXED },
	{ "441624960123", "IM", NUMKIND_FIXED },
	{ "447624000123", "IM", NUMKIND_MOBILE },
	{ "447000000123", "GB", NUMKIND_PERSONAL },
	{ "449098790123", "GB", NUMKIND_PREMIUM },
	{ "448081570123", "GB", NUMKIND_TOLL_FREE },
	{ "74951230142", "RU", NUMKIND_FIXED },
	{ "79991230142", "RU", NUMKIND_MOBILE },
	{ "78001230142", "RU", NUMKIND_TOLL_FREE },
	{ "77171230142", "KZ", NUMKIND_FIXED },
	{ "77011230142", "KZ", NUMKIND_MOBILE },
	{ "390612345678", "IT", NUMKIND_FIXED },
	{ "390669812345", "VA", NUMKIND_FIXED },
	{ "393331234567", "IT", NUMKIND_MOBILE },
	{ "4779021234", "SJ", NUMKIND_FIXED },
	{ "4722123456", "NO", NUMKIND_FIXED },
	{ "493012345678", "DE", NUMKIND_FIXED },
	{ "4915123456789", "DE", NUMKIND_MOBILE },
	{ "499001234567", "DE", NUMKIND_PREMIUM },
	{ "5376234567", "CU", NUMKIND_FIXED },
	{ "2526123456", "SO", NUMKIND_MOBILE },
	{ "80012345678", "001", NUMKIND_TOLL_FREE },
	{ "80812345678", "001", NUMKIND_SHARED_COST },
	{ "870773001234", "001", NUMKIND_SATELLITE },
	{ "881612345678", "001", NUMKIND_SATELLITE },
	{ "8821612345678", "001", NUMKIND_SATELLITE },
	{ "88213123456", "001", NUMKIND_NETWORK },
	{ "883510012345", "001", NUMKIND_NETWORK },
	{ "878101234567890", "001", NUMKIND_PERSONAL },
	{ "979123456789", "001", NUMKIND_PREMIUM },
	{ "999123456", "", NUMKIND_UNKNOWN }, /* reserved code */
	{ "210123456", "", NUMKIND_UNKNOWN },
	{ "0", "", NUMKIND_UNKNOWN },
	{ "", "", NUMKIND_UNKNOWN },
};

static void
test_numbers(void **state)
{
	struct numplan_entry e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		e = numplan_find(plan, numbers[i].digits,
		    strlen(numbers[i].digits));
		if (strcmp(e.country, numbers[i].country) != 0 ||
		    e.kind != numbers[i].kind)
			fail_msg("+%s: %s %s, not %s %s", numbers[i].digits,
			    e.country, numkind_name(e.kind), numbers[i].country,
			    numkind_name(numbers[i].kind));
		assert_int_equal(e.matched == 0,
		    e.country[0] == '\0' && numbers[i].digits[0] != '1');
	}
}

static const struct {
	const char *digits;
	size_t code;
	bool possible;
} codes[] = {
	{ "13125550142", 1, true },
	{ "1312555014", 1, false },
	{ "131255501421", 1, false },
	{ "11125550142", 1, false },
	{ "13121550142", 1, false },
	{ "19115550142", 1, false },
	{ "74951230142", 1, true },
	{ "442079460123", 2, true },
	{ "44207946012", 2, true },
	{ "4420794601", 2, false },
	{ "44207946012345", 2, false },
	{ "35312345678", 3, true },
	{ "21012345678", 0, false },
	{ "0", 0, false },
	{ "", 0, false },
	{ "80012345678", 3, true },
	{ "800123456789", 3, false },
	{ "4912345678901234567890123456789012345678901234567890", 2, false },
};

static void
test_codes(void **state)
{
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		len = strlen(codes[i].digits);
		if (numplan_code_len(plan, codes[i].digits, len) !=
			codes[i].code ||
		    numplan_possible(plan, codes[i].digits, len) !=
			codes[i].possible)
			fail_msg("%s", codes[i].digits);
	}
	assert_int_equal(numplan_code_lengths(plan, "44", 2),
	    1U << 7 | 1U << 9 | 1U << 10);
	assert_int_equal(numplan_code_lengths(plan, "999", 3), 0);
	assert_int_equal(numplan_code_lengths(plan, "", 0), 0);
}

static bool
listed(const struct numplan_list *l, const char *digits)
{
	return numplan_listed(l, digits, strlen(digits));
}

static void
test_countries(void **state)
{
	const struct numplan_country *c;
	size_t i;

	(void)state;
	assert_true(numplan_size(plan) > 240);
	for (i = 0; i < numplan_size(plan); i++) {
		c = numplan_at(plan, i);
		assert_ptr_equal(numplan_country(plan, c->iso), c);
		assert_true(
		    numplan_code_lengths(plan, c->code, strlen(c->code)) != 0);
		assert_true(listed(&c->emergency, "112"));
	}
	assert_null(numplan_country(plan, "XX"));
	assert_null(numplan_country(plan, "001"));
	assert_null(numplan_country(plan, ""));
	c = numplan_country(plan, "US");
	assert_int_equal(c->usual, 1U << 10);
	assert_false(listed(&c->service, "911"));
	assert_false(listed(&c->service, "41"));
	assert_false(listed(&c->service, "4111"));
}

static const struct {
	const char *iso, *code, *international, *national;
	const char *emergency, *service; /* one of them; "" there is none */
} habits[] = {
	{ "US", "1", "011", "1", "911", "411" },
	{ "CA", "1", "011", "1", "911", "988" },
	{ "GB", "44", "00", "0", "999", "118500" },
	{ "DE", "49", "00", "0", "110", "116117" },
	{ "FR", "33", "00", "0", "15", "118000" },
	{ "RU", "7", "810", "8", "102", "" },
	{ "AU", "61", "0011", "0", "000", "" },
	{ "ES", "34", "00", "", "112", "" },
	{ "IT", "39", "00", "", "113", "114" },
	{ "JP", "81", "010", "0", "119", "" },
};

static void
test_habits(void **state)
{
	const struct numplan_country *c;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(habits) / sizeof(habits[0]); i++) {
		c = numplan_country(plan, habits[i].iso);
		assert_string_equal(c->code, habits[i].code);
		assert_string_equal(c->international.texts[0],
		    habits[i].international);
		assert_string_equal(c->national.n > 0 ? c->national.texts[0]
						      : "",
		    habits[i].national);
		assert_true(listed(&c->emergency, habits[i].emergency));
		assert_int_equal(listed(&c->service, habits[i].service),
		    *habits[i].service != '\0');
	}
}

static void
test_names(void **state)
{
	enum numkind k;
	int i;

	(void)state;
	for (i = 0; i < NUMKIND_COUNT; i++) {
		assert_int_equal(numkind_parse(numkind_name((enum numkind)i),
				     &k),
		    0);
		assert_int_equal(k, i);
	}
	assert_int_equal(numkind_parse("Premium", &k), -1);
	assert_int_equal(numkind_parse("", &k), -1);
	assert_non_null(strstr(numplan_version(plan), "libphonenumber"));
	assert_non_null(strstr(numplan_version(plan), "xxh "));
}

/* Tables of our own --------------------------------------------------------*/

#define PREFIXES "# source: a test\nprefix,digits,country,kind\n"
#define COUNTRIES \
	"country,code,international,national,lengths,other,emergency,service\n"
#define US "US,1,011,1,10,,911,\n"

static void
put_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* Load two tables; `err` without the folder. */
static int
load_texts(struct numplan **np, const char *prefixes, const char *countries,
    struct errmsg *err)
{
	char dir[] = "/tmp/test_numplan.XXXXXX", path[128];
	size_t len = strlen(dir) + 1;
	int status;

	assert_non_null(mkdtemp(dir));
	put_file(dir, "numplan.csv", prefixes);
	put_file(dir, "countries.csv", countries);
	err->text[0] = '\0';
	status = numplan_load(np, dir, err);
	if (strlen(err->text) > len)
		memmove(err->text, err->text + len,
		    strlen(err->text + len) + 1);
	(void)snprintf(path, sizeof(path), "%s/numplan.csv", dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/countries.csv", dir);
	(void)unlink(path);
	(void)rmdir(dir);
	return status;
}

static const struct {
	const char *prefixes, *countries, *words;
} refused[] = {
	{ "", COUNTRIES US,
	    "numplan.csv: no header 'prefix,digits,country,"
	    "kind'" },
	{ "prefix,digits,country\n1,0,US\n", COUNTRIES US,
	    "numplan.csv:1: not these columns: 'prefix,digits,country,kind'" },
	{ "prefix,digits,kind,country\n", COUNTRIES US,
	    "numplan.csv:1: the header is not: 'prefix,digits,country,kind'" },
	{ PREFIXES "12a,0,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a prefix: '12a'" },
	{ PREFIXES ",0,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a prefix: ''" },
	{ PREFIXES "1234567890123456,0,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a prefix: '1234567890123456'" },
	{ PREFIXES "12,1,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a number of digits: '1'" },
	{ PREFIXES "12,32,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a number of digits: '32'" },
	{ PREFIXES "12,,US,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a number of digits: ''" },
	{ PREFIXES "12,0,us,fixed\n", COUNTRIES US,
	    "numplan.csv:3: not a country: 'us'" },
	{ PREFIXES "12,0,US,cheap\n", COUNTRIES US,
	    "numplan.csv:3: not a kind of number: 'cheap'" },
	{ PREFIXES "12,0,US,fixed\n1,0,US,fixed\n12,0,CA,fixed\n", COUNTRIES US,
	    "numplan.csv:5: the same prefix and digits stand there twice" },
	{ PREFIXES "1,0,US,fixed,x\n", COUNTRIES US,
	    "numplan.csv:3: not these columns: 'prefix,digits,country,kind'" },
	{ PREFIXES, "",
	    "countries.csv: no header 'country,code,international,"
	    "national,lengths,other,emergency,service'" },
	{ PREFIXES, COUNTRIES "USA,1,,,10,,,\n",
	    "countries.csv:2: not a country: 'USA'" },
	{ PREFIXES, COUNTRIES "US,01,,,10,,,\n",
	    "countries.csv:2: not a calling code: '01'" },
	{ PREFIXES, COUNTRIES "US,1000,,,10,,,\n",
	    "countries.csv:2: not a calling code: '1000'" },
	{ PREFIXES, COUNTRIES "US,1,0x1,,10,,,\n",
	    "countries.csv:2: not digits: '0x1'" },
	{ PREFIXES, COUNTRIES "US,1,011,1,40,,,\n",
	    "countries.csv:2: not a number of digits: '40'" },
	{ PREFIXES, COUNTRIES "US,1,011,1,,,,\n",
	    "countries.csv:2: no lengths of numbers: 'US'" },
	{ PREFIXES, COUNTRIES "US,1,011,1,10,,9-1-1,\n",
	    "countries.csv:2: not digits: '9-1-1'" },
	{ PREFIXES, COUNTRIES US US, "countries.csv: 'US' stands there twice" },
};

static void
test_refused(void **state)
{
	struct numplan *np;
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(load_texts(&np, refused[i].prefixes,
				     refused[i].countries, &err),
		    -1);
		assert_null(np);
		assert_string_equal(err.text, refused[i].words);
	}
	assert_int_equal(numplan_load(&np, "/nonexistent", &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/numplan.csv"));
}

static void
test_lengths_decide(void **state)
{
	static const char table[] = PREFIXES "44,0,GB,fixed\n"
					     "443,0,GB,uan\n"
					     "443,10,GB,premium\n"
					     "4435,11,GB,mobile\n";
	static const struct {
		const char *digits;
		enum numkind kind;
	} cases[] = {
		{ "44", NUMKIND_FIXED },
		{ "442345678", NUMKIND_FIXED },
		{ "443", NUMKIND_UAN },
		{ "443345678", NUMKIND_UAN },
		{ "4433456780", NUMKIND_PREMIUM },
		{ "4435456780", NUMKIND_PREMIUM },
		{ "44354567801", NUMKIND_MOBILE },
		{ "44334567801", NUMKIND_UAN },
		{ "443545678012", NUMKIND_UAN },
	};
	struct numplan *np;
	struct errmsg err;
	size_t i;

	(void)state;
	assert_int_equal(load_texts(&np, table, COUNTRIES, &err), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(numplan_find(np, cases[i].digits,
				     strlen(cases[i].digits))
				     .kind,
		    cases[i].kind);
	assert_string_equal(numplan_find(np, "45", 2).country, "");
	numplan_free(&np);
	assert_null(np);
	numplan_free(&np);
}

/* Against the obvious way --------------------------------------------------*/

enum { ROWS = 300, ROUNDS = 20, ASKED = 2000 };

struct row {
	char prefix[8];
	unsigned digits;
	enum numkind kind;
};

static void
random_digits(char *s, size_t len)
{
	size_t i;

	/* Few different digits: long prefixes in common. */
	for (i = 0; i < len; i++)
		s[i] = (char)('1' + rand() % 3);
	s[len] = '\0';
}

static size_t
random_table(struct row *rows, char *text, size_t size)
{
	size_t n = 0, i, len;
	int at = snprintf(text, size, "%s", PREFIXES);
	struct row r;

	while (n < ROWS) {
		random_digits(r.prefix, 1 + (size_t)rand() % 6);
		r.digits = rand() % 2 ? 0 : 6 + (unsigned)rand() % 3;
		r.kind = (enum numkind)(rand() % NUMKIND_COUNT);
		len = strlen(r.prefix);
		for (i = 0; i < n; i++)
			if (strcmp(rows[i].prefix, r.prefix) == 0 &&
			    rows[i].digits == r.digits)
				break;
		if (i < n || (r.digits != 0 && r.digits < len))
			continue;
		rows[n++] = r;
		at += snprintf(text + at, size - (size_t)at, "%s,%u,US,%s\n",
		    r.prefix, r.digits, numkind_name(r.kind));
	}
	return n;
}

static const struct row *
obvious(const struct row *rows, size_t n, const char *digits)
{
	const struct row *best = NULL;
	size_t i, len;

	for (i = 0; i < n; i++) {
		len = strlen(rows[i].prefix);
		if (strncmp(rows[i].prefix, digits, len) != 0 ||
		    (rows[i].digits != 0 && rows[i].digits != strlen(digits)))
			continue;
		if (best == NULL || len > strlen(best->prefix) ||
		    (len == strlen(best->prefix) && rows[i].digits != 0))
			best = &rows[i];
	}
	return best;
}

static void
test_obvious(void **state)
{
	static struct row rows[ROWS];
	static char text[ROWS * 40];
	char digits[16];
	const struct row *want;
	struct numplan_entry got;
	struct numplan *np;
	struct errmsg err;
	unsigned seed = 20260113;
	int round, i;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (round = 0; round < ROUNDS; round++) {
		(void)random_table(rows, text, sizeof(text));
		assert_int_equal(load_texts(&np, text, COUNTRIES, &err), 0);
		for (i = 0; i < ASKED; i++) {
			random_digits(digits, 1 + (size_t)rand() % 9);
			want = obvious(rows, ROWS, digits);
			got = numplan_find(np, digits, strlen(digits));
			assert_int_equal(got.matched,
			    want != NULL ? strlen(want->prefix) : 0);
			assert_int_equal(got.kind,
			    want != NULL ? want->kind : NUMKIND_UNKNOWN);
		}
		numplan_free(&np);
	}
}

static int
load_plan(void **state)
{
	struct errmsg err;

	(void)state;
	if (numplan_load(&plan, "rules/numplan", &err) == 0)
		return 0;
	print_error("%s\n", err.text);
	return -1;
}

static int
free_plan(void **state)
{
	(void)state;
	numplan_free(&plan);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_countries),
		cmocka_unit_test(test_habits),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_lengths_decide),
		cmocka_unit_test(test_obvious),
	};

	return cmocka_run_group_tests(tests, load_plan, free_plan);
}
