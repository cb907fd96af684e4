#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

#include "cdr/field.h"

/* As the rule engine would have them. */
static const int64_t since_prev[] = { 61000, -1 };
static const uint8_t src_new[] = { 2, 0 };

/* A call with every field filled, and one with none. */
static struct batch *
full_and_empty(void)
{
	const struct number caller = { .text = "2041",
		.kind = NUMKIND_INTERNAL,
		.party = PARTY_INTERNAL,
		.inside = true };
	const struct number called = { .text = "+442079460123",
		.country = "GB",
		.kind = NUMKIND_FIXED,
		.party = PARTY_OK,
		.international = true };
	struct batch *b = batch_new();
	struct origin *o;
	struct call *c;

	(void)batch_add(b, &c, &o);
	c->start = INT64_C(1768266669250);
	batch_set_cost(b, 0, 12345678);
	c->ring = 7500;
	c->duration = 720000;
	c->src = batch_number(b, &caller);
	c->dst = batch_number(b, &called);
	batch_set_extra(b, EXTRA_FORWARDED_BY, 0, c->src);
	c->dialled = intern_addstr(b->names, "9011442079460123");
	c->account = intern_addstr(b->names, "ACME-0042");
	c->user = intern_addstr(b->names, "2041");
	c->trunk_in = intern_addstr(b->names, "PJSIP/carrier-a");
	c->trunk_out = intern_addstr(b->names, "PJSIP/carrier-b");
	c->source = batch_source(b, "pbx1", "berlin", zone_utc(), NULL);
	c->currency = batch_currency(b, "EUR");
	c->direction = DIR_OUT;
	c->status = STATUS_ANSWERED;
	c->feature = FEATURE_DISA;
	c->flags = CALL_FORWARDED | CALL_HAS_COST;
	o->call_id = intern_addstr(b->names, "1768266669.4");
	batch_set_extra(b, EXTRA_SRC_NAME, 0, intern_addstr(b->names, "Ann"));
	o->cause = 16;
	batch_set_extra(b, EXTRA_AUTH_CODE, 0, intern_addstr(b->names, "4711"));
	o->service = intern_addstr(b->names, "forward set");
	o->event = EVENT_FORWARD_SET;
	o->quality = QUALITY_GAP;
	c->flags |= CALL_EVENT;
	c->listed = batch_listed(b,
	    &(struct listed){ .class = intern_addstr(b->names, "lobby"),
		.group = intern_addstr(b->names, "house"),
		.capacity = 30 });
	(void)batch_add(b, &c, &o);
	c->source = batch_source(b, "pbx2", NULL, NULL, NULL);
	o->service = intern_addstr(b->names, "Dial"); /* no action of a call */
	batch_tails(b, 1);
	b->since_prev = since_prev;
	b->src_new = src_new;
	return b;
}

static const struct {
	const char *name, *full, *empty;
} prints[] = {
	{ "call_id", "1768266669.4", "(missing)" },
	{ "event", "forward-set", "call" },
	{ "quality", "gap", "(missing)" },
	{ "action", "forward set", "(missing)" },
	{ "source", "pbx1", "pbx2" },
	{ "site", "berlin", "(missing)" },
	{ "account", "ACME-0042", "(missing)" },
	{ "user", "2041", "(missing)" },
	{ "class", "lobby", "(missing)" },
	{ "group", "house", "(missing)" },
	{ "capacity", "30", "(missing)" },
	{ "auth_code", "4711", "(missing)" },
	{ "start", "2026-01-13T01:11:09.250Z", "1970-01-01T00:00:00Z" },
	{ "duration", "12m", "0s" },
	{ "ring", "7.5s", "0s" },
	{ "since_prev", "61s", "(missing)" },
	{ "src", "2041", "(missing)" },
	{ "src_name", "Ann", "(missing)" },
	{ "src_kind", "internal", "(missing)" },
	{ "src_country", "(missing)", "(missing)" },
	{ "src_type", "internal", "(missing)" },
	{ "src_block", "(missing)", "(missing)" },
	{ "src_new", "true", "(missing)" },
	{ "dst", "+442079460123", "(missing)" },
	{ "dialled", "9011442079460123", "(missing)" },
	{ "dialled_tail", "079460123", "(missing)" },
	{ "dst_country", "GB", "(missing)" },
	{ "dst_type", "fixed", "(missing)" },
	{ "dst_block", "+44207946", "(missing)" },
	{ "direction", "out", "(missing)" },
	{ "status", "answered", "(missing)" },
	{ "cause", "16", "(missing)" },
	{ "international", "true", "(missing)" },
	{ "trunk_in", "PJSIP/carrier-a", "(missing)" },
	{ "trunk_out", "PJSIP/carrier-b", "(missing)" },
	{ "feature", "disa", "none" },
	{ "forwarded", "true", "false" },
	{ "forwarded_by", "2041", "(missing)" },
	{ "cost", "12.35", "(missing)" },
	{ "currency", "EUR", "(missing)" },
};

static void
assert_prints(const struct batch *b, const char *name, size_t i,
    const char *want)
{
	struct buf out;

	buf_init(&out);
	field_print(field_find(name), b, i, &out);
	if (strcmp(out.data, want) != 0)
		fail_msg("%s: %s, not %s", name, out.data, want);
	buf_fini(&out);
}

static void
test_values(void **state)
{
	struct batch *b = full_and_empty();
	size_t i;

	(void)state;
	assert_int_equal(field_count(), sizeof(prints) / sizeof(prints[0]));
	for (i = 0; i < field_count(); i++) {
		assert_string_equal(field_at(i)->name, prints[i].name);
		assert_prints(b, prints[i].name, 0, prints[i].full);
		assert_prints(b, prints[i].name, 1, prints[i].empty);
	}
	batch_free(&b);
}

/* Codes and words lead to each other. */
static void
test_codes(void **state)
{
	struct batch *b = full_and_empty();
	const struct field *f;
	uint32_t code;
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < field_count(); i++) {
		f = field_at(i);
		if (!field_is_key(f)) {
			assert_int_equal(field_word(f, "true"), -1);
			continue;
		}
		code = field_code(f, b, 0);
		if (code == FIELD_MISSING)
			continue;
		assert_string_equal(field_code_text(f, b, code),
		    prints[i].full);
		if (f->type != FIELD_TEXT)
			assert_int_equal(field_word(f, prints[i].full), code);
	}
	f = field_find("account");
	assert_int_equal(field_code(f, b, 1), FIELD_MISSING);
	assert_string_equal(field_code_text(f, b, FIELD_MISSING), "");
	assert_false(field_number(field_find("cost"), b, 1, &v));
	assert_true(field_number(field_find("duration"), b, 1, &v));
	assert_int_equal(v, 0);
	batch_free(&b);
}

static void
test_words(void **state)
{
	static const struct {
		const char *field, *word;
		int want;
	} cases[] = {
		{ "direction", "transit", DIR_TRANSIT },
		{ "feature", "none", FEATURE_NONE },
		{ "dst_type", "unknown", NUMKIND_UNKNOWN },
		{ "dst_type", "fixed-or-mobile", NUMKIND_FIXED_OR_MOBILE },
		{ "src_kind", "anonymous", PARTY_ANONYMOUS },
		{ "forwarded", "false", 1 },
		{ "international", "true", 2 },
		{ "event", "call", EVENT_CALL },
		{ "event", "quality", EVENT_QUALITY },
		{ "quality", "limit", QUALITY_LIMIT },
		{ "src_new", "true", 2 },
		{ "direction", "", -1 }, /* nothing is called "" */
		{ "direction", "outgoing", -1 },
		{ "src_kind", "missing", -1 },
		{ "forwarded", "yes", -1 },
		{ "account", "ACME", -1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(field_word(field_find(cases[i].field),
				     cases[i].word),
		    cases[i].want);
}

/* Abroad is where the outside party is, whichever way the call went. */
static void
test_international(void **state)
{
	static const struct {
		enum call_direction direction;
		const char *want;
	} cases[] = {
		{ DIR_IN, "false" }, /* src, which is 2041 */
		{ DIR_OUT, "true" },
		{ DIR_TRANSIT, "true" },
		{ DIR_MISSING, "true" },
	};
	struct batch *b = full_and_empty();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		b->calls[0].direction = (uint8_t)cases[i].direction;
		assert_prints(b, "international", 0, cases[i].want);
	}
	/* A withheld number is nowhere. */
	b->calls[0].direction = DIR_IN;
	b->calls[0].src =
	    batch_number(b, &(struct number){ .party = PARTY_ANONYMOUS });
	assert_prints(b, "international", 0, "(missing)");
	assert_prints(b, "src_kind", 0, "anonymous");
	assert_prints(b, "src_type", 0, "unknown");
	batch_free(&b);
}

/* Many calls at once are told what each is told alone. */
static void
test_many(void **state)
{
	struct batch *b = full_and_empty();
	static const uint32_t calls[] = { 1, 0, 1 };
	uint32_t codes[2], parties[2], at[3];
	int64_t values[2], v;
	uint8_t present[2];
	const struct field *f;
	size_t i, k;

	(void)state;
	assert_int_equal(b->n, 2);
	for (i = 0; i < field_count(); i++) {
		f = field_at(i);
		if (!field_is_key(f)) {
			field_numbers(f, b, 0, 2, values, present);
			for (k = 0; k < 2; k++) {
				assert_int_equal(present[k],
				    field_number(f, b, k, &v));
				if (present[k])
					assert_int_equal(values[k], v);
			}
			continue;
		}
		field_codes(f, b, 0, 2, codes);
		field_codes_at(f, b, calls, 3, at);
		for (k = 0; k < 3; k++)
			assert_int_equal(at[k], field_code(f, b, calls[k]));
		for (k = 0; k < 2; k++)
			assert_int_equal(codes[k], field_code(f, b, k));
		if (f->home != HOME_PARTY_NAME)
			continue;
		field_parties(f, b, 0, 2, parties);
		for (k = 0; k < 2; k++)
			assert_int_equal(field_party_code(f, b, parties[k]),
			    codes[k]);
	}
	batch_free(&b);
}

static void
test_find(void **state)
{
	(void)state;
	assert_string_equal(field_find("dst_country")->name, "dst_country");
	assert_null(field_find("dst_"));
	assert_null(field_find(""));
	assert_null(field_find("DST"));
	assert_string_equal(field_suggest("dst_contry"), "dst_country");
	assert_string_equal(field_suggest("dialed"), "dialled");
	assert_null(field_suggest("zzzzzz"));
}

/* What every entry must have; help is a sentence that fits a manual. */
static void
test_table(void **state)
{
	const struct field *f;
	size_t i, len;
	int w;

	(void)state;
	for (i = 0; i < field_count(); i++) {
		f = field_at(i);
		len = strlen(f->help);
		assert_true(len > 10 && len < 220);
		assert_true(isupper((unsigned char)f->help[0]));
		assert_int_equal(f->help[len - 1], '.');
		assert_ptr_equal(field_find(f->name), f);
		assert_int_equal(f->word != NULL,
		    f->type == FIELD_ENUM || f->type == FIELD_BOOL);
		for (w = f->starts_at_zero ? 0 : 1; w < f->nwords; w++)
			assert_int_equal(field_word(f, f->word(w)), w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_international),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
