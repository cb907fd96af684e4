#include "joined.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cdr/legs.h"

static void
print_call(const struct batch *b, size_t i, struct buf *out)
{
	static const char *const parts[] = { "status", "direction", "src",
		"dst", "trunk_in", "trunk_out", "user", "account",
		"forwarded_by" };
	const struct call *c = &b->calls[i];

	buf_addf(out, "%lld+%u+%u ",
	    (long long)(c->start - RECORDED_DAY) / 1000,
	    (unsigned)c->ring / 1000, (unsigned)c->duration / 1000);
	recorded_print(b, i, parts, sizeof(parts) / sizeof(parts[0]), out);
	buf_addf(out, "%s%s line=%u\n", c->flags & CALL_JOINED ? " joined" : "",
	    c->flags & CALL_FORWARDED ? " forwarded" : "",
	    (unsigned)b->origins[i].line);
}

void
joined_resolve(struct batch *b)
{
	static const char *const trunks[] = { "SIP/211553", "SIP/carrier",
		"SIP/second" };

	recorded_resolve(b, recorded_site.plan, trunks, 3, NULL);
}

size_t
joined_print(const struct recorded *r, size_t n, struct buf *out)
{
	struct batch *b = batch_new();
	size_t i, marked;

	recorded_add_all(b, r, n);
	batch_sort(b);
	joined_resolve(b);
	marked = legs_join(b, 1, NULL, NULL);
	batch_sort(b);
	assert_int_equal(b->n + marked, n);
	for (i = 0; i < b->n; i++)
		print_call(b, i, out);
	batch_free(&b);
	return marked;
}

void
joined_check(const struct recorded *r, size_t n, const char *want)
{
	struct buf out;

	buf_init(&out);
	(void)joined_print(r, n, &out);
	if (strcmp(out.data, want) != 0)
		fail_msg("\n%s\nnot\n%s", out.data, want);
	buf_fini(&out);
}
