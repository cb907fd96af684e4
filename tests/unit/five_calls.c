#include "five_calls.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "tel/calltime.h"

static const struct param declared[] = {
	{ "least", "", false, 2 * RULE_UNIT, 0, 0, "" },
	{ "hold", "", true, 31000 * RULE_UNIT, 0, 0, "" },
};
static const struct params params = { declared, 2 };

static int64_t
at(const char *text)
{
	struct errmsg err;
	int64_t t;

	assert_int_equal(time_parse(text, zone_utc(), 0, &t, &err), 0);
	return t;
}

static uint32_t
name(struct batch *b, const char *text)
{
	return intern_addstr(b->names, text);
}

static uint32_t
party(struct batch *b, const char *text, const char *country, enum numkind kind,
    enum party_kind known)
{
	struct party p = { .text = name(b, text),
		.country = name(b, country),
		.kind = (uint8_t)kind,
		.party = (uint8_t)known,
		.inside = known == PARTY_INTERNAL,
		.international = strcmp(country, "CU") == 0 };

	return batch_party(b, &p);
}

static struct call *
add(struct batch *b, const char *start, enum call_direction direction,
    enum call_status status, uint32_t src, uint32_t dst)
{
	struct origin *origin;
	struct call *c;

	(void)batch_add(b, &c, &origin);
	c->start = at(start);
	c->direction = (uint8_t)direction;
	c->status = (uint8_t)status;
	c->src = src;
	c->dst = dst;
	c->account = name(b, "A1");
	return c;
}

static void
add_calls(struct batch *b)
{
	uint32_t inside =
	    party(b, "2041", "", NUMKIND_INTERNAL, PARTY_INTERNAL);
	uint32_t own =
	    party(b, "+13125550142", "US", NUMKIND_FIXED_OR_MOBILE, PARTY_OK);
	struct call *c;

	c = add(b, "2026-01-13T02:00", DIR_OUT, STATUS_ANSWERED, inside,
	    party(b, "+5375550142", "CU", NUMKIND_FIXED, PARTY_OK));
	c->duration = 31000;
	batch_set_cost(b, 0, 1500000);
	c->flags = CALL_HAS_COST;
	c->user = name(b, "2041");
	c = add(b, "2026-01-13T10:00", DIR_IN, STATUS_ANSWERED, own,
	    party(b, "+18005550199", "US", NUMKIND_TOLL_FREE, PARTY_OK));
	c->duration = 10000;
	c->feature = FEATURE_IVR;
	(void)add(b, "2026-01-13T18:30", DIR_IN, STATUS_NO_ANSWER,
	    party(b, "", "", NUMKIND_UNKNOWN, PARTY_ANONYMOUS), inside);
	c = add(b, "2026-06-01T00:30", DIR_OUT, STATUS_BUSY, inside,
	    party(b, "+442079460123", "GB", NUMKIND_FIXED, PARTY_OK));
	c->flags = CALL_FORWARDED;
	batch_set_extra(b, EXTRA_FORWARDED_BY, 3,
	    party(b, "2042", "", NUMKIND_INTERNAL, PARTY_INTERNAL));
	b->origins[3].cause = 17;
	c = add(b, "2026-01-13T13:30", DIR_TRANSIT, STATUS_ANSWERED, own, own);
	c->account = name(b, "B2");
	c->source = 1;
}

static void
put_list(struct named *n, const char *list_name, const char *of,
    enum numlist_kind kind, const char *value, const char *expires)
{
	struct numlist *list = numlist_new(list_name, kind);
	struct numlist_entry e = { .value = value,
		.source = "case 7",
		.note = "",
		.added = INT64_MIN,
		.expires = NUMLIST_NEVER };
	struct errmsg err;

	if (expires != NULL)
		assert_int_equal(date_parse(expires, &e.expires), 0);
	assert_int_equal(numlist_add(list, &e, &err), 0);
	numlist_seal(list);
	named_put_list(n, &(struct named_list){ .name = list_name,
			      .of = field_find(of),
			      .list = list });
}

static void
put_calendar(struct named *n, const char *calendar_name, const char *days,
    const char *hours)
{
	struct calendar *c = calendar_new(calendar_name);
	struct errmsg err;

	assert_int_equal(calendar_open(c, days, hours, &err), 0);
	named_put_calendar(n,
	    &(struct named_calendar){ .name = calendar_name, .calendar = c });
}

int
five_calls_set_up(void **state)
{
	static struct fixture f;
	struct errmsg err;

	memset(&f, 0, sizeof(f));
	f.batch = batch_new();
	named_init(&f.named);
	arena_init(&f.arena);
	notes_init(&f.notes);
	(void)batch_source(f.batch, "pbx1", "berlin", zone_utc(), NULL);
	(void)batch_source(f.batch, "pbx2", "york",
	    zone_get("America/New_York", &err), "late");
	add_calls(f.batch);
	put_list(&f.named, "bad", "dst", NUMLIST_PREFIX, "+5375", NULL);
	put_list(&f.named, "old", "dst", NUMLIST_PREFIX, "+44207946",
	    "2026-06-01");
	put_list(&f.named, "young", "dst", NUMLIST_PREFIX, "+44207946",
	    "2026-06-02");
	put_list(&f.named, "risk", "dst_country", NUMLIST_EXACT, "CU", NULL);
	put_calendar(&f.named, "business-hours", "mon-fri", "08:00-18:00");
	put_calendar(&f.named, "late", "mon-fri", "09:00-18:00");
	put_calendar(&f.named, "always", "mon-sun", "00:00-24:00");
	*state = &f;
	return 0;
}

static void
drop(struct fixture *f)
{
	predicate_release(f->p);
	f->p = NULL;
	json_free(&f->doc);
	notes_fini(&f->notes);
}

int
five_calls_tear_down(void **state)
{
	struct fixture *f = *state;

	drop(f);
	batch_free(&f->batch);
	named_fini(&f->named);
	arena_fini(&f->arena);
	return 0;
}

void
five_calls_compile(struct fixture *f, const char *text)
{
	drop(f);
	f->doc = json_parse(text, strlen(text), "file", &f->notes);
	assert_non_null(f->doc);
	f->p =
	    predicate_compile(json_root(f->doc), &f->arena, &params, &f->notes);
}
