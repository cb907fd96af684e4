#include "recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "cdr/field.h"
#include "io/pattern.h"

static uint32_t
text(struct batch *b, const char *s)
{
	return s != NULL ? intern_addstr(b->names, s) : 0;
}

/* As ingest does: equal records have equal keys. */
static uint64_t
key_of(const struct recorded *r)
{
	struct buf all;
	uint64_t key;

	buf_init(&all);
	buf_addf(&all, "%lld %s %s %s %s %s %s %u %u %d", (long long)r->at,
	    r->src ? r->src : "", r->dst ? r->dst : "", r->in ? r->in : "",
	    r->out ? r->out : "", r->context ? r->context : "",
	    r->join ? r->join : "", (unsigned)r->ring, (unsigned)r->talk,
	    (int)r->status);
	key = hash64(all.data, all.len);
	buf_fini(&all);
	return key;
}

void
recorded_add(struct batch *b, const struct recorded *r)
{
	const char *source = r->source != NULL ? r->source : SOURCE_DEFAULT;
	uint16_t id = batch_source(b, source, NULL, zone_utc(), NULL);
	struct origin *o;
	struct call *c;
	const size_t i = batch_add(b, &c, &o);

	c->start = RECORDED_DAY + r->at * 1000;
	c->ring = r->ring * 1000;
	c->duration = r->talk * 1000;
	c->src = text(b, r->src);
	c->dst = text(b, r->dst);
	c->dialled = text(b, r->dialled != NULL ? r->dialled : r->dst);
	batch_set_extra(b, EXTRA_FORWARDED_BY, i, text(b, r->forwarded_by));
	c->account = text(b, r->account);
	c->user = text(b, r->user);
	c->trunk_in = text(b, r->in);
	c->trunk_out = text(b, r->out);
	c->source = id;
	c->direction = (uint8_t)r->direction;
	c->status = (uint8_t)r->status;
	o->key = r->key != 0 ? r->key : key_of(r);
	o->line = r->line;
	batch_set_file(b, i, r->file);
	batch_set_join(b, i, text(b, r->join));
	o->service = text(b, r->service);
	c->clue_in = text(b, r->context);
	o->stated = r->stated & 15U;
}

void
recorded_add_all(struct batch *b, const struct recorded *r, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		recorded_add(b, &r[i]);
}

void
recorded_shuffle(struct recorded *list, size_t n)
{
	struct recorded r;
	size_t i, k;

	for (i = n; i > 1; i--) {
		k = (size_t)rand() % i;
		r = list[k];
		list[k] = list[i - 1];
		list[i - 1] = r;
	}
}

void
site_open(struct site *s)
{
	static const char *const own[] = { "+131255501" };
	static const char *const outside[] = { "9" };
	const struct dialplan_settings set = {
		.home_country = "US",
		.outside = outside,
		.noutside = 1,
		.extensions = "[2-5]\\d{3}",
		.own = own,
		.nown = 1,
	};
	struct errmsg err = { "" };

	if (numplan_load(&s->numplan, "rules/numplan", &err) != 0 ||
	    dialplan_new(&s->plan, &set, s->numplan, &err) != 0)
		fail_msg("%s", err.text);
}

void
site_close(struct site *s)
{
	dialplan_free(&s->plan);
	numplan_free(&s->numplan);
}

struct site recorded_site;

int
site_set_up(void **state)
{
	(void)state;
	site_open(&recorded_site);
	return 0;
}

int
site_tear_down(void **state)
{
	(void)state;
	site_close(&recorded_site);
	return 0;
}

void
recorded_resolve(struct batch *b, const struct dialplan *plan,
    const char *const *trunks, size_t ntrunks, struct buf *said)
{
	struct pattern **patterns = calloc(ntrunks + 1, sizeof(*patterns));
	const struct source **sources = calloc(b->nsources, sizeof(*sources));
	struct source *list = calloc(b->nsources, sizeof(*list));
	const struct party_settings set = { .sources = sources,
		.nsources = b->nsources,
		.guess_trunks = true,
		.threads = 1 };
	struct errmsg err = { "" };
	struct notes notes;
	size_t i, offset;

	notes_init(&notes);
	for (i = 0; i < ntrunks; i++)
		assert_int_equal(pattern_compile(&patterns[i], trunks[i],
				     PATTERN_WHOLE, &offset, &err),
		    0);
	for (i = 0; i < b->nsources; i++) {
		list[i].name = batch_text(b, b->sources[i].name);
		if (b->sources[i].site != 0)
			list[i].site = batch_text(b, b->sources[i].site);
		list[i].plan = plan;
		list[i].trunks = patterns;
		list[i].ntrunks = ntrunks;
		sources[i] = &list[i];
	}
	assert_int_equal(party_resolve(b, &set, &notes), 0);
	for (i = 0; said != NULL && i < notes.n; i++)
		buf_addf(said, "%s\n", notes.list[i].text);
	for (i = 0; i < ntrunks; i++)
		pattern_free(&patterns[i]);
	notes_fini(&notes);
	free(patterns);
	free(sources);
	free(list);
}

void
recorded_print(const struct batch *b, size_t i, const char *const *fields,
    size_t n, struct buf *out)
{
	const struct field *f;
	size_t k;

	for (k = 0; k < n; k++) {
		f = field_find(fields[k]);
		assert_non_null(f);
		buf_addf(out, "%s%s=", k > 0 ? " " : "", fields[k]);
		field_print(f, b, i, out);
	}
}
