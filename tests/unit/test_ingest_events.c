#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ingest_run.h"
#include "recorded.h"

/* The calls of a file as understood, their legs joined. */
static void
check(const char *path, const char *counts, const char *wanted)
{
	static const char *const parts[] = { "status", "direction", "src",
		"dst", "trunk_in", "trunk_out", "user", "account",
		"forwarded_by", "feature" };
	const struct call *c;
	struct errmsg err;
	struct run r;
	struct buf b;
	size_t i;

	run_begin(&r);
	r.source.plan = NULL;
	buf_init(&b);
	assert_int_equal(run_path(&r, path, &err), 0);
	run_finish(&r);
	run_counts(&r, 0, counts);
	for (i = 0; i < r.batch->n; i++) {
		c = &r.batch->calls[i];
		buf_addf(&b, "%u: %u+%u ", (unsigned)r.batch->origins[i].line,
		    (unsigned)c->ring / 1000, (unsigned)c->duration / 1000);
		recorded_print(r.batch, i, parts,
		    sizeof(parts) / sizeof(parts[0]), &b);
		buf_addch(&b, '\n');
	}
	if (strcmp(b.data, wanted) != 0)
		fail_msg("\n%s\nnot\n%s", b.data, wanted);
	buf_fini(&b);
	run_end(&r);
}

static void
test_channels(void **state)
{
	(void)state;
	check("samples/asterisk-cel.csv",
	    "110 = 10 calls 10 legs 90 skipped 0 duplicates 0 rejects",
	    "13: 8+60 status=answered direction=out src=204 "
	    "dst=+442079460123 trunk_in=(missing) trunk_out=PJSIP/carrier "
	    "user=204 account=sales forwarded_by=(missing) feature=none\n"
	    "21: 3+0 status=busy direction=out src=206 dst=+13125550142 "
	    "trunk_in=(missing) trunk_out=PJSIP/carrier user=206 "
	    "account=206 forwarded_by=(missing) feature=none\n"
	    "41: 9+120 status=answered direction=in src=+17735550127 "
	    "dst=600 trunk_in=PJSIP/carrier trunk_out=(missing) user=205 "
	    "account=600 forwarded_by=(missing) feature=none\n"
	    "46: 1+42 status=answered direction=in src=+16085550176 "
	    "dst=+18005550199 trunk_in=PJSIP/carrier trunk_out=(missing) "
	    "user=(missing) account=PJSIP/carrier forwarded_by=(missing) "
	    "feature=ivr\n"
	    "71: 5+30 status=answered direction=in src=+14145550111 "
	    "dst=205 trunk_in=PJSIP/carrier trunk_out=(missing) user=205 "
	    "account=205 forwarded_by=(missing) feature=none\n"
	    "69: 6+600 status=answered direction=out src=+14145550111 "
	    "dst=+5375550142 trunk_in=(missing) trunk_out=PJSIP/carrier "
	    "user=205 account=205 forwarded_by=205 feature=none\n"
	    "97: 12+150 status=answered direction=in src=+12175550158 "
	    "dst=201 trunk_in=PJSIP/carrier trunk_out=(missing) user=201 "
	    "account=201 forwarded_by=(missing) feature=none\n"
	    "93: 11+150 status=answered direction=out "
	    "src=+12175550158 dst=+13125550190 trunk_in=(missing) "
	    "trunk_out=PJSIP/carrier user=201 account=201 "
	    "forwarded_by=201 feature=none\n"
	    "103: 21+0 status=cancelled direction=in src=+13125550103 "
	    "dst=203 trunk_in=PJSIP/carrier trunk_out=(missing) user=203 "
	    "account=203 forwarded_by=(missing) feature=none\n"
	    "110: 4+0 status=answered direction=out src=203 "
	    "dst=+13125550111 trunk_in=(missing) trunk_out=PJSIP/carrier "
	    "user=203 account=203 forwarded_by=(missing) feature=none\n");
}

static void
test_dialogues(void **state)
{
	(void)state;
	check("samples/kamailio-acc.csv",
	    "10 = 6 calls 0 legs 4 skipped 0 duplicates 0 rejects",
	    "9: 0+61 status=answered direction=out src=2041 "
	    "dst=+442079460123 trunk_in=(missing) trunk_out=(missing) "
	    "user=2041 account=2041 forwarded_by=(missing) feature=none\n"
	    "3: 0+0 status=busy direction=out src=2042 dst=13125550142 "
	    "trunk_in=(missing) trunk_out=(missing) user=2042 "
	    "account=2042 forwarded_by=(missing) feature=none\n"
	    "10: 0+125 status=answered direction=in src=13125550103 "
	    "dst=2040 trunk_in=(missing) trunk_out=(missing) user=2040 "
	    "account=2040 forwarded_by=(missing) feature=none\n"
	    "5: 0+0 status=cancelled direction=out src=2043 "
	    "dst=5375550142 trunk_in=(missing) trunk_out=(missing) "
	    "user=2043 account=2043 forwarded_by=(missing) feature=none\n"
	    "6: 0+0 status=failed direction=internal src=2041 dst=999999 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 forwarded_by=(missing) feature=none\n"
	    "8: 0+0 status=answered direction=out src=2044 "
	    "dst=13125550190 trunk_in=(missing) trunk_out=(missing) "
	    "user=2044 account=2044 forwarded_by=(missing) feature=none\n");
}

/* OpenSIPS writes whole calls, if it is told so; then no BYE is needed. */
static void
test_whole_calls(void **state)
{
	const struct call *c;
	struct run r;

	(void)state;
	run_begin(&r);
	run_text(&r, "acc.csv",
	    "method,from_tag,to_tag,callid,sip_code,sip_reason,time,src_user,"
	    "dst_user,setuptime,created,duration,ms_duration\n"
	    "INVITE,a,b,c1,200,OK,2026-01-13 10:00:05,2041,13125550142,5,"
	    "2026-01-13 10:00:00,61,60800\n"
	    "INVITE,a,b,c2,200,OK,2026-01-13 10:10:00,2042,13125550142,0,"
	    "NULL,0,0\n"
	    "BYE,b,a,c2,200,OK,2026-01-13 10:10:30,13125550142,2042,0,NULL,0,"
	    "0\n"
	    "INVITE,a,,c3,407,Auth,2026-01-13 10:11:00,2042,1,0,NULL,0,0\n");
	run_counts(&r, 0,
	    "5 = 2 calls 0 legs 3 skipped 0 duplicates 0 rejects");
	assert_string_equal(ingest_file_at(r.ingest, 0)->layout,
	    "kamailio-acc");
	c = r.batch->calls;
	assert_int_equal(c[0].ring, 5000);
	assert_int_equal(c[0].duration, 61000);
	assert_int_equal(c[1].ring, 0);
	assert_int_equal(c[1].duration, 30000);
	assert_string_equal(batch_text(r.batch, c[1].src), "2042");
	run_end(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_channels),
		cmocka_unit_test(test_dialogues),
		cmocka_unit_test(test_whole_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
