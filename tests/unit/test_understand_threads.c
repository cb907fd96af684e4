/*
 * What several threads make of many calls is what one makes of them, though
 * it is the order of all calls that tells which text is new.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cdr/understand.h"
#include "recorded.h"

enum { CALLS = 20000, SOURCES = 2 };

static const char *const fields[] = { "src", "src_type", "dst", "dst_type",
	"dst_country", "dialled", "direction", "status", "feature", "trunk_in",
	"trunk_out", "user", "account", "forwarded_by", "duration", "source",
	"class", "group" };

/* What a site states, or leaves to be guessed. */
struct site_kind {
	const char *what;
	bool plan, trunks, services, directory;
};

static const struct site_kind kinds[] = {
	{ "nothing stated", false, false, false, false },
	{ "all but the services", true, true, false, true },
	{ "services stated", true, false, true, false },
	{ "all stated", true, true, true, true },
};

/* An own generator, so that both runs read the same. */
static unsigned
pick(uint32_t *seed, unsigned n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % n;
}

static const char *
one_of(uint32_t *seed, const char *const *texts, unsigned n)
{
	return texts[pick(seed, n)];
}

#define COUNT(a) (unsigned)(sizeof(a) / sizeof((a)[0]))

static void
add_call(struct batch *b, uint32_t *seed, int i)
{
	static const char *const contexts[] = { "from-trunk", "from-internal",
		"ext-local", "disa-3", NULL };
	static const char *const services[] = { "Dial", "VoiceMail", "Queue",
		"Hangup", NULL };
	static const char *const names[] = { SOURCE_DEFAULT, "pbx2" };
	static const char *const odd[] = { "s", "112", "911", "anonymous",
		"*97", "sales", "00442079460123", NULL };
	char inner[16], outer[32], in[40], out[40], join[16];
	struct recorded r = { .at = i / 3,
		.talk = pick(seed, 90),
		.status = STATUS_ANSWERED,
		.key = (uint64_t)i + 1 };

	(void)snprintf(inner, sizeof(inner), "2%03u", pick(seed, 300));
	(void)snprintf(outer, sizeof(outer), "91312555%04u", pick(seed, 5000));
	(void)snprintf(in, sizeof(in), "PJSIP/%s-", inner);
	(void)snprintf(out, sizeof(out), "PJSIP/carrier%u-", pick(seed, 3));
	(void)snprintf(join, sizeof(join), "j%d", i / (1 + i % 2));
	r.src = inner;
	r.dst = outer;
	r.in = in;
	r.out = out;
	if (pick(seed, 3) == 0) {
		r.src = outer + 1;
		r.dst = inner;
		r.in = out;
		r.out = in;
	}
	if (pick(seed, 20) == 0)
		r.dst = one_of(seed, odd, COUNT(odd));
	if (pick(seed, 20) == 0)
		r.src = one_of(seed, odd, COUNT(odd));
	if (pick(seed, 9) == 0)
		r.forwarded_by = inner;
	if (pick(seed, 9) == 0)
		r.user = inner;
	if (pick(seed, 9) == 0)
		r.account = pick(seed, 2) == 0 ? inner : "Sales";
	if (pick(seed, 30) == 0)
		r.in = "Local/2001@ctx-;2";
	if (pick(seed, 4) == 0)
		r.dialled = outer + 1;
	r.context = one_of(seed, contexts, COUNT(contexts));
	r.service = one_of(seed, services, COUNT(services));
	r.source = one_of(seed, names, COUNT(names));
	if (pick(seed, 5) == 0)
		r.join = join;
	recorded_add(b, &r);
}

static struct directory *
some_directory(void)
{
	static const char csv[] = "number,name,account,class,group\n"
				  "2001,Front Desk,front,reception,hall\n"
				  "2002,Fax,,fax,\n"
				  "2100@pbx2,Bar,bar,,bar\n";
	char path[] = "/tmp/directory-XXXXXX";
	int fd = mkstemp(path);
	struct directory *d;
	struct notes notes;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, csv, sizeof(csv) - 1), sizeof(csv) - 1);
	assert_int_equal(close(fd), 0);
	notes_init(&notes);
	assert_int_equal(directory_load(&d, path, &notes), 0);
	notes_fini(&notes);
	assert_int_equal(unlink(path), 0);
	return d;
}

static struct pattern *
some_pattern(const char *text)
{
	struct pattern *p;
	struct errmsg err;
	size_t offset;

	assert_int_equal(pattern_compile(&p, text, PATTERN_WHOLE, &offset,
			     &err),
	    0);
	return p;
}

/* All calls, notes and counts, as text. */
static char *
understood(const struct site_kind *kind, size_t threads)
{
	struct pattern *trunk = some_pattern("PJSIP/carrier.*");
	struct pattern *mailbox = some_pattern("20[0-4].");
	struct directory *d = kind->directory ? some_directory() : NULL;
	struct source src[SOURCES] = { { .name = SOURCE_DEFAULT },
		{ .name = "pbx2", .site = "ulm" } };
	const struct source *list[SOURCES] = { &src[0], &src[1] };
	struct understand_settings set = { .sources = list,
		.nsources = SOURCES,
		.numplan = recorded_site.numplan,
		.directory = d,
		.guess = true,
		.threads = threads };
	struct batch *b = batch_new();
	struct understood u;
	struct notes notes;
	struct errmsg err;
	struct buf text;
	uint32_t seed = 1;
	size_t i;
	int n;

	(void)batch_file(b, "calls");
	for (n = 0; n < SOURCES; n++) {
		(void)batch_source(b, src[n].name, src[n].site, zone_utc(),
		    NULL);
		src[n].plan = kind->plan ? recorded_site.plan : NULL;
		src[n].trunks = &trunk;
		src[n].ntrunks = kind->trunks;
		src[n].services[FEATURE_VOICEMAIL] = &mailbox;
		src[n].nservices[FEATURE_VOICEMAIL] = kind->services;
	}
	for (n = 0; n < CALLS; n++)
		add_call(b, &seed, n);
	notes_init(&notes);
	buf_init(&text);
	assert_int_equal(understand(b, &set, &u, &notes, &err), 0);
	buf_addf(&text, "%s %lld\n", u.home, (long long)u.legs[0]);
	for (i = 0; i < notes.n; i++)
		buf_addf(&text, "%s\n", notes.list[i].text);
	for (i = 0; i < b->n; i++) {
		recorded_print(b, i, fields, sizeof(fields) / sizeof(fields[0]),
		    &text);
		buf_addf(&text, " %s\n",
		    account_type_name(
			(enum account_type)b->calls[i].account_type));
	}
	notes_fini(&notes);
	understood_fini(&u);
	batch_free(&b);
	directory_free(&d);
	pattern_free(&trunk);
	pattern_free(&mailbox);
	return buf_detach(&text);
}

static void
check(const struct site_kind *kind, const char *one, size_t threads)
{
	char *many = understood(kind, threads);
	size_t i = 0;

	if (strcmp(one, many) != 0) {
		while (one[i] == many[i])
			i++;
		while (i > 0 && one[i - 1] != '\n')
			i--;
		fail_msg("%s, %zu threads:\n%.200s\nnot\n%.200s", kind->what,
		    threads, many + i, one + i);
	}
	free(many);
}

static void
test_threads(void **state)
{
	static const size_t threads[] = { 2, 3, 8 };
	size_t i, k;
	char *one;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		one = understood(&kinds[i], 1);
		assert_true(strlen(one) > CALLS * 50);
		for (k = 0; k < sizeof(threads) / sizeof(threads[0]); k++)
			check(&kinds[i], one, threads[k]);
		free(one);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
