#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "cdr/field.h"
#include "cdr/party.h"
#include "recorded.h"

/* One is a channel's form, one a peer's, one an IP address. */
static const char *const trunks[] = { "PJSIP/carrier-.*", "sipgate",
	"SIP/198\\.51\\.100\\.\\d+", "DAHDI/i1" };
enum { NTRUNKS = sizeof(trunks) / sizeof(trunks[0]) };

static const char *const parts[] = { "direction", "src", "dst", "trunk_in",
	"trunk_out", "user", "account" };

struct one {
	const char *what;
	struct recorded call;
	const char *want; /* the parts, then the type of account */
};

static void
check(const struct one *one, const char *const *patterns, size_t npatterns)
{
	struct batch *b = batch_new();
	struct buf out;

	buf_init(&out);
	recorded_add(b, &one->call);
	recorded_resolve(b, recorded_site.plan, patterns, npatterns, NULL);
	recorded_print(b, 0, parts, sizeof(parts) / sizeof(parts[0]), &out);
	buf_addf(&out, " %s",
	    account_type_name((enum account_type)b->calls[0].account_type));
	if (strcmp(out.data, one->want) != 0)
		fail_msg("%s:\n%s\nnot\n%s", one->what, out.data, one->want);
	buf_fini(&out);
	batch_free(&b);
}

/*
 * Where the switch says that the call stayed inside, 911 is an extension,
 * unless extensions look otherwise.
 */
static void
test_extension_911(void **state)
{
	static const struct recorded call = { .src = "2041",
		.dst = "911",
		.direction = DIR_INTERNAL };
	static const char *const kind[] = { "dst_type" };
	const struct dialplan_settings any = { .home_country = "US" };
	struct batch *b[2] = { batch_new(), batch_new() };
	struct dialplan *plan;
	struct errmsg err;
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_int_equal(dialplan_new(&plan, &any, recorded_site.numplan, &err),
	    0);
	recorded_add(b[0], &call);
	recorded_resolve(b[0], plan, NULL, 0, NULL);
	recorded_print(b[0], 0, kind, 1, &out);
	recorded_add(b[1], &call);
	recorded_resolve(b[1], recorded_site.plan, NULL, 0, NULL);
	recorded_print(b[1], 0, kind, 1, &out);
	assert_string_equal(out.data, "dst_type=internaldst_type=emergency");
	buf_fini(&out);
	dialplan_free(&plan);
	batch_free(&b[0]);
	batch_free(&b[1]);
}

static const struct one directions[] = {
	{ "an extension dials out",
	    { .src = "2041",
		.dst = "9011442079460123",
		.in = "PJSIP/2041-00000001",
		.out = "PJSIP/carrier-00000002" },
	    "direction=out src=2041 dst=+442079460123 "
	    "trunk_in=(missing) trunk_out=PJSIP/carrier user=2041 "
	    "account=2041 extension" },
	{ "a call in: no outside digit in what the carrier sends",
	    { .src = "+442079460123",
		.dst = "9125550142",
		.in = "SIP/sipgate-00000001",
		.out = "SIP/2041-00000002" },
	    "direction=in src=+442079460123 dst=+19125550142 "
	    "trunk_in=SIP/sipgate trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "a call in to an own number",
	    { .src = "3125550999",
		.dst = "3125550142",
		.in = "SIP/198.51.100.7-00000012" },
	    "direction=in src=+13125550999 dst=+13125550142 "
	    "trunk_in=SIP/198.51.100.7 trunk_out=(missing) "
	    "user=+13125550142 account=+13125550142 number" },
	{ "a call in to nobody inside: the trunk has to answer for it",
	    { .src = "anonymous", .dst = "s", .in = "SIP/sipgate-00000001" },
	    "direction=in src=(missing) dst=(missing) "
	    "trunk_in=SIP/sipgate trunk_out=(missing) "
	    "user=(missing) account=SIP/sipgate trunk" },
	{ "no extension calls in over a trunk",
	    { .src = "911", .dst = "2041", .in = "SIP/sipgate-00000001" },
	    "direction=in src=911 dst=2041 trunk_in=SIP/sipgate "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "a number abroad without its prefix is the one that was dialled",
	    { .src = "2041", .dst = "5375550142", .dialled = "90115375550142" },
	    "direction=out src=2041 dst=+5375550142 trunk_in=(missing) "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "but not if it is another",
	    { .src = "2041", .dst = "5375550143", .dialled = "90115375550142" },
	    "direction=out src=2041 dst=+15375550143 trunk_in=(missing) "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "both inside",
	    { .src = "2041",
		.dst = "2042",
		.in = "SIP/2041-00000001",
		.out = "SIP/2042-00000002" },
	    "direction=internal src=2041 dst=2042 trunk_in=(missing) "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "trunks on both sides",
	    { .src = "3125550999",
		.dst = "13125550888",
		.in = "DAHDI/i1/3125550999-1",
		.out = "SIP/sipgate-00000002" },
	    "direction=transit src=+13125550999 dst=+13125550888 "
	    "trunk_in=DAHDI/i1 trunk_out=SIP/sipgate user=(missing) "
	    "account=DAHDI/i1 trunk" },
	{ "outside numbers on both sides",
	    { .src = "3125550999", .dst = "13125550888" },
	    "direction=transit src=+13125550999 dst=+13125550888 "
	    "trunk_in=(missing) trunk_out=(missing) user=(missing) "
	    "account=default source" },
	{ "inside and outside by the numbers alone",
	    { .src = "2041", .dst = "913125550888" },
	    "direction=out src=2041 dst=+13125550888 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "the other way, by the numbers alone",
	    { .src = "3125550888", .dst = "2041" },
	    "direction=in src=+13125550888 dst=2041 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "a star code is ours", { .src = "2041", .dst = "*60" },
	    "direction=internal src=2041 dst=*60 trunk_in=(missing) "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "what an extension got by s is not known",
	    { .src = "2041", .dst = "s" },
	    "direction=(missing) src=2041 dst=(missing) "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "a stranger who got to s is inside",
	    { .src = "3125550888", .dst = "s" },
	    "direction=in src=+13125550888 dst=(missing) "
	    "trunk_in=(missing) trunk_out=(missing) user=(missing) "
	    "account=default source" },
	{ "withheld is neither inside nor outside",
	    { .src = "anonymous", .dst = "2041" },
	    "direction=(missing) src=(missing) dst=2041 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "nothing known", { .src = "", .dst = "" },
	    "direction=(missing) src=(missing) dst=(missing) "
	    "trunk_in=(missing) trunk_out=(missing) user=(missing) "
	    "account=default source" },
	{ "the layout's word stands",
	    { .src = "2041", .dst = "2042", .direction = DIR_IN },
	    "direction=in src=2041 dst=2042 trunk_in=(missing) "
	    "trunk_out=(missing) user=2042 account=2042 extension" },
	{ "a telephone is inside whatever number it shows",
	    { .src = "3125550888",
		.dst = "913125550777",
		.in = "PJSIP/2041-00000001",
		.out = "SIP/unknown-00000002" },
	    "direction=out src=+13125550888 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "the same with a number that many of them show",
	    { .src = "3125550108",
		.dst = "913125550777",
		.in = "PJSIP/2041-00000001" },
	    "direction=out src=+13125550108 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "but an extension's number is its own, whatever the telephone",
	    { .src = "2042",
		.dst = "913125550777",
		.in = "PJSIP/2041-00000001" },
	    "direction=out src=2042 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2042 extension" },
	{ "a telephone by its own name",
	    { .src = "client1",
		.dst = "913125550777",
		.in = "PJSIP/client1-00000001",
		.out = "PJSIP/carrier-00000002" },
	    "direction=out src=client1 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=PJSIP/carrier user=client1 "
	    "account=client1 extension" },
	{ "a telephone that rings makes it a call in",
	    { .src = "3125550888",
		.dst = "3125550777",
		.out = "SIP/2041-00000002" },
	    "direction=in src=+13125550888 dst=+13125550777 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "what may not be dialled remains as it is",
	    { .src = "2041", .dst = "6761234567" },
	    "direction=out src=2041 dst=6761234567 trunk_in=(missing) "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "but a carrier may send it: Tonga without a plus",
	    { .src = "3125550888",
		.dst = "6761234567",
		.in = "SIP/sipgate-00000001" },
	    "direction=in src=+13125550888 dst=+6761234567 "
	    "trunk_in=SIP/sipgate trunk_out=(missing) user=(missing) "
	    "account=SIP/sipgate trunk" },
	{ "a place in the dial plan behind a Local channel is nobody",
	    { .src = "3125550888",
		.dst = "night-desk",
		.in = "Local/night-desk@x-00000001;2",
		.out = "SIP/2041-00000002" },
	    "direction=in src=+13125550888 dst=(missing) "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "the same word dialled at a telephone is somebody",
	    { .src = "2041", .dst = "night-desk", .in = "SIP/2041-00000001" },
	    "direction=internal src=2041 dst=night-desk "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "a trunk's name as the layout states it",
	    { .src = "3125550888",
		.dst = "2041",
		.in = "Telia",
		.stated = ORIGIN_TRUNK_IN },
	    "direction=in src=+13125550888 dst=2041 trunk_in=Telia "
	    "trunk_out=(missing) user=2041 account=2041 extension" },
	{ "any other text is no trunk",
	    { .src = "2041",
		.dst = "913125550888",
		.in = "Telia",
		.out = "NOT_AVAILABLE" },
	    "direction=out src=2041 dst=+13125550888 "
	    "trunk_in=(missing) trunk_out=(missing) user=2041 "
	    "account=2041 extension" },
	{ "a channel without its unique part",
	    { .src = "2041",
		.dst = "913125550888",
		.in = "PJSIP/2041-",
		.out = "PJSIP/carrier-" },
	    "direction=out src=2041 dst=+13125550888 "
	    "trunk_in=(missing) trunk_out=PJSIP/carrier user=2041 "
	    "account=2041 extension" },
};

static void
test_direction(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(directions) / sizeof(directions[0]); i++)
		check(&directions[i], trunks, NTRUNKS);
}

static void
test_account(void **state)
{
	static const struct one cases[] = {
		{ "the record's account comes first",
		    { .src = "2041",
			.dst = "913125550888",
			.account = "ACME-0042" },
		    "direction=out src=2041 dst=+13125550888 "
		    "trunk_in=(missing) trunk_out=(missing) user=2041 "
		    "account=ACME-0042 account" },
		{ "then who sent the call on",
		    { .src = "3125550888",
			.dst = "913125550777",
			.out = "PJSIP/carrier-1",
			.forwarded_by = "2042" },
		    "direction=out src=+13125550888 dst=+13125550777 "
		    "trunk_in=(missing) trunk_out=PJSIP/carrier "
		    "user=2042 account=2042 extension" },
		{ "the record's user stays",
		    { .src = "3125550888",
			.dst = "2041",
			.user = "front-desk",
			.in = "SIP/sipgate-1" },
		    "direction=in src=+13125550888 dst=2041 "
		    "trunk_in=SIP/sipgate trunk_out=(missing) "
		    "user=front-desk account=2041 extension" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check(&cases[i], trunks, NTRUNKS);
}

static const struct {
	const char *in, *dst, *out, *forwarded_by, *want;
} forwardings[] = {
	{ "Local/2042@from-internal-00000001;2", "913125550777",
	    "PJSIP/carrier-00000002", NULL,
	    "direction=out forwarded=true forwarded_by=2042 account=2042" },
	{ "Local/2042@from-internal-00000001;1", "913125550777",
	    "PJSIP/carrier-00000002", NULL,
	    "direction=out forwarded=false forwarded_by=(missing) "
	    "account=default" },
	{ "Local/913125550777@from-internal-00000001;2", "913125550777",
	    "PJSIP/carrier-00000002", NULL,
	    "direction=out forwarded=false forwarded_by=(missing) "
	    "account=default" },
	{ "Local/2042@from-internal-00000001;2", "2043", "SIP/2043-00000002",
	    NULL,
	    "direction=in forwarded=false forwarded_by=(missing) "
	    "account=2043" },
	/* Rings at another office: still a call in. */
	{ "Local/2042@from-internal-00000001;2", "2043",
	    "PJSIP/carrier-00000002", NULL,
	    "direction=in forwarded=false forwarded_by=(missing) "
	    "account=2043" },
	{ "PJSIP/carrier-00000001", "913125550777", "PJSIP/carrier-00000002",
	    "2044",
	    "direction=transit forwarded=true forwarded_by=2044 "
	    "account=2044" },
};

/* A Local channel's inner end that was dialled as an extension and leaves. */
static void
test_forwarding(void **state)
{
	static const char *const fields[] = { "direction", "forwarded",
		"forwarded_by", "account" };
	struct batch *b;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forwardings) / sizeof(forwardings[0]); i++) {
		b = batch_new();
		recorded_add(b,
		    &(struct recorded){ .src = "3125550888",
			.dst = forwardings[i].dst,
			.in = forwardings[i].in,
			.out = forwardings[i].out,
			.forwarded_by = forwardings[i].forwarded_by });
		recorded_resolve(b, recorded_site.plan, trunks, NTRUNKS, NULL);
		buf_init(&out);
		recorded_print(b, 0, fields, 4, &out);
		assert_string_equal(out.data, forwardings[i].want);
		buf_fini(&out);
		batch_free(&b);
	}
}

static const struct {
	const char *dst, *service, *context, *want, *src;
} features[] = {
	{ "2041", "Dial", "from-internal", "none", "2041" },
	{ "*97", "VoiceMailMain", "from-internal", "voicemail", "2041" },
	{ "vmu2041", "Dial", "from-internal", "voicemail", "2041" },
	{ "vmware", "Dial", "from-internal", "none", "2041" },
	{ "s", "BackGround", "ivr-3", "ivr", "2041" },
	{ "s", "Dial", "ivr-main", "none", "2041" },
	{ "600", "Queue", "ext-queues", "queue", "2041" },
	{ "800", "ConfBridge", "default", "conference", "2041" },
	{ "s", "DISA", "disa-1", "disa", "2041" },
	{ "s", "disa", "default", "disa", "2041" },
	{ "*98", "Dial", "default", "voicemail", "2041" }, /* as stated */
	/* the box calls out, and a caller from outside is not the box */
	{ "011442079460123", "Dial", "default", "voicemail", "*97" },
	{ "2042", "Dial", "default", "none", "*97" },
	{ NULL, NULL, NULL, "none", "2041" },
};

static void
test_feature(void **state)
{
	struct batch *b = batch_new();
	struct source source = { .name = "pbx1", .plan = recorded_site.plan };
	const struct source *sources[] = { &source };
	const struct party_settings set = { .sources = sources,
		.nsources = 1,
		.threads = 1 };
	struct pattern *star = NULL;
	size_t i, offset;

	(void)state;
	assert_int_equal(pattern_compile(&star, "\\*9[78]", PATTERN_WHOLE,
			     &offset, NULL),
	    0);
	source.services[FEATURE_VOICEMAIL] = &star;
	source.nservices[FEATURE_VOICEMAIL] = 1;
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		recorded_add(b, &(struct recorded){ .src = features[i].src,
				    .dst = features[i].dst,
				    .service = features[i].service,
				    .context = features[i].context });
	/* What the layout states is not asked again. */
	recorded_add(b, &(struct recorded){ .service = "Queue" });
	b->calls[i].feature = FEATURE_IVR;
	assert_int_equal(party_resolve(b, &set, NULL), 0);
	assert_int_equal(b->calls[i].feature, FEATURE_IVR);
	for (i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		assert_string_equal(feature_name(
					(enum call_feature)b->calls[i].feature),
		    features[i].want);
	pattern_free(&star);
	batch_free(&b);
}

static void
test_dialled(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	recorded_add(b, &(struct recorded){ .src = "2041", .dst = "90123" });
	recorded_add(b, &(struct recorded){ .src = "2041", .dst = "*97" });
	recorded_add(b, &(struct recorded){ .src = "2041", .dst = "s" });
	recorded_add(b,
	    &(struct recorded){ .src = "2041", .dst = "2042", .dialled = "8" });
	recorded_resolve(b, recorded_site.plan, trunks, NTRUNKS, NULL);
	assert_string_equal(batch_text(b, b->calls[0].dialled), "90123");
	assert_string_equal(batch_text(b, b->calls[1].dialled), "*97");
	assert_int_equal(b->calls[2].dialled, 0);
	assert_string_equal(batch_text(b, b->calls[3].dialled), "8");
	batch_free(&b);
}

/* A pattern that gives up matches nothing, and that is said once. */
static void
test_broken_pattern(void **state)
{
	struct source source = { .name = "pbx1", .plan = recorded_site.plan };
	const struct source *sources[] = { &source };
	const struct party_settings set = { .sources = sources,
		.nsources = 1,
		.threads = 1 };
	struct pattern *patterns[2] = { NULL };
	struct batch *b = batch_new();
	struct notes notes;
	char channel[120] = "SIP/";
	size_t offset;

	(void)state;
	memset(channel + 4, 'a', 100);
	memcpy(channel + 104, "-00000001", 10);
	assert_int_equal(pattern_compile(&patterns[0], "(?:a|aa)+[xy]", 0,
			     &offset, NULL),
	    0);
	assert_int_equal(pattern_compile(&patterns[1], "box", PATTERN_WHOLE,
			     &offset, NULL),
	    0);
	source.trunks = patterns;
	source.ntrunks = 2;
	source.services[FEATURE_DISA] = patterns;
	source.nservices[FEATURE_DISA] = 1;
	source.services[FEATURE_VOICEMAIL] = &patterns[1];
	source.nservices[FEATURE_VOICEMAIL] = 1;
	recorded_add(b, &(struct recorded){ .src = "2041",
			    .in = channel,
			    .out = "SIP/box-00000002",
			    .service = channel + 4 });
	recorded_add(b, &(struct recorded){ .at = 9,
			    .src = "2041",
			    .in = channel,
			    .service = "box" });
	notes_init(&notes);
	assert_int_equal(party_resolve(b, &set, &notes), 1);
	assert_int_equal(notes.n, 1);
	assert_int_equal(notes.list[0].level, NOTE_WARNING);
	assert_string_equal(notes.list[0].text,
	    "source 'pbx1': trunks: pattern '(?:a|aa)+[xy]' gave up on some "
	    "texts, which count as no match");
	assert_int_equal(b->calls[0].trunk_in, 0);
	assert_string_equal(batch_text(b, b->calls[0].trunk_out), "SIP/box");
	assert_int_equal(b->calls[0].feature, FEATURE_NONE);
	assert_int_equal(b->calls[1].feature, FEATURE_VOICEMAIL);
	notes_fini(&notes);
	pattern_free(&patterns[0]);
	pattern_free(&patterns[1]);
	batch_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extension_911),
		cmocka_unit_test(test_direction),
		cmocka_unit_test(test_account),
		cmocka_unit_test(test_forwarding),
		cmocka_unit_test(test_feature),
		cmocka_unit_test(test_dialled),
		cmocka_unit_test(test_broken_pattern),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
