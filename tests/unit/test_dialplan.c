#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tel/dialplan.h"

static struct numplan *plan;

/* Sites -------------------------------------------------------------------*/

static const char *const nine[] = { "9" };
static const char *const zero[] = { "0" };
static const char *const own_us[] = { "+1312555010", "+13125550142" };
static const char *const free_us[] = { "+18005550100" };
static const char *const rated_us[] = { "CA", "PR" };

enum site { BARE, US, US_SITE, CA, GB, DE, DE_SITE, RU, IT, FR, BR, SITES };

static const struct dialplan_settings sites[SITES] = {
	[BARE] = { 0 },
	[US] = { .home_country = "US" },
	[US_SITE] = { .home_country = "US",
	    .outside = nine,
	    .noutside = 1,
	    .extensions = "[2-5]\\d{3}",
	    .own = own_us,
	    .nown = 2,
	    .toll_free = free_us,
	    .ntoll_free = 1,
	    .area = "312",
	    .domestic = rated_us,
	    .ndomestic = 2 },
	[CA] = { .home_country = "CA" },
	[GB] = { .home_country = "GB" },
	[DE] = { .home_country = "DE" },
	[DE_SITE] = { .home_country = "DE",
	    .outside = zero,
	    .noutside = 1,
	    .extensions = "[1-8]\\d{2}",
	    .area = "030" },
	[RU] = { .home_country = "RU" },
	[IT] = { .home_country = "IT" },
	[FR] = { .home_country = "FR" },
	[BR] = { .home_country = "BR" },
};

static struct dialplan *plans[SITES];

/* What comes out ------------------------------------------------------------*/

/* As "TEXT COUNTRY KIND PARTY" and what else is true. */
static void
describe(const struct number *n, char *out, size_t size)
{
	(void)snprintf(out, size, "%s %s %s %s%s%s%s", n->text,
	    n->country[0] != '\0' ? n->country : "-", numkind_name(n->kind),
	    party_kind_name(n->party), n->inside ? " inside" : "",
	    n->international ? " abroad" : "", n->own_toll_free ? " free" : "");
}

struct expected {
	enum site site;
	const char *raw, *number;
};

static const struct expected dialled[] = {
	/* Nothing, words, codes: the same everywhere. */
	{ BARE, "", " - unknown missing" },
	{ US, "s", "s - internal internal inside" },
	{ US, "alice", "alice - internal internal inside" },
	{ US, "sip:alice@192.0.2.7", "alice - internal internal inside" },
	{ US, "*97", "*97 - service internal inside" },
	/* Digits that are hidden. */
	{ US, "4420794601XX", "4420794601XX - unknown ok" },
	{ BARE, "+1312555xxxx", "+1312555xxxx - unknown ok" },
	{ BARE, "1312555****", "1312555**** - unknown ok" },
	{ BARE, "+1312555****", "+1312555**** - unknown ok" },
	{ US, "201xx", "201xx - internal internal inside" },
	{ US, "20111x", "20111x - internal internal inside" },
	{ US, "2011112X", "2011112X - internal internal inside" },
	{ US, "201XXXXa", "201XXXXa - internal internal inside" },
	{ US, "*72201****", "*72201**** - service internal inside" },
	{ DE, "*21*0401234567#", "*21*0401234567# - service internal inside" },
	/* +E.164 */
	{ BARE, "+442079460123", "+442079460123 GB fixed ok" },
	{ US, "+44 20 7946 0123", "+442079460123 GB fixed ok abroad" },
	{ US, "+44 (0)20 7946 0123", "+442079460123 GB fixed ok abroad" },
	{ US, "+4402079460123", "+442079460123 GB fixed ok abroad" },
	{ DE, "+49 030 1234567", "+49301234567 DE fixed ok" },
	{ US, "+39 06 12345678", "+390612345678 IT fixed ok abroad" },
	{ US, "+13125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "+999123456", "999123456 - invalid invalid" },
	{ US, "+44", "44 - invalid invalid" },
	{ US, "+1312555", "1312555 - invalid invalid" },
	{ US, "+870773001234", "+870773001234 001 satellite ok abroad" },
	{ BARE, "+881612345678", "+881612345678 001 satellite ok abroad" },
	{ US, "+80012345678", "+80012345678 001 toll-free ok abroad" },
	/* A US site that states nothing but its country. */
	{ US, "3125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "13125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "1-312-555-0142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "03125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "911", "911 US emergency ok" },
	{ US, "411", "411 US service ok" },
	{ US, "988", "988 US service ok" },
	{ US, "2041", "2041 - internal internal inside" },
	{ US, "204112", "204112 - internal internal inside" },
	{ US, "0", "0 - internal internal inside" },
	{ US, "01", "01 - invalid invalid" },
	{ US, "5550142", "5550142 US unknown ok" },
	{ US, "1550142", "1550142 - invalid invalid" },
	{ US, "011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "01442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "0115376234567", "+5376234567 CU fixed ok abroad" },
	{ US, "011537623456799999", "+537623456799 CU fixed ok abroad" },
	{ US, "01153", "01153 - invalid invalid" },
	{ US, "18765550142", "+18765550142 JM mobile ok abroad" },
	{ US, "8765550142", "+18765550142 JM mobile ok abroad" },
	{ US, "1876555014299", "+18765550142 JM mobile ok abroad" },
	{ US, "14165550142", "+14165550142 CA fixed-or-mobile ok abroad" },
	{ US, "18005550142", "+18005550142 US toll-free ok" },
	{ US, "8885550142", "+18885550142 US toll-free ok" },
	{ US, "19005550142", "+19005550142 US premium ok" },
	{ US, "13129760142", "+13129760142 US premium ok" },
	{ US, "12005550142", "+12005550142 - unknown ok" },
	{ US, "1125550142", "1125550142 - invalid invalid" },
	{ US, "3120550142", "3120550142 - invalid invalid" },
	{ US, "9115550142", "9115550142 - invalid invalid" },
	{ US, "101022213125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "1010222011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "1010222", "1010222 - invalid invalid" },
	{ US, "*6713125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "*82011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "*7213125550142", "*7213125550142 - service internal inside" },
	{ US, "442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "33123456789", "+33123456789 FR fixed ok abroad" },
	{ US, "913125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "93125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "9011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "9911", "911 US emergency ok" },
	{ US, "919876543210", "+919876543210 IN mobile ok abroad" },
	/* A US site with everything stated. */
	{ US_SITE, "2041", "2041 - internal internal inside" },
	{ US_SITE, "6041", "6041 - invalid invalid" },
	{ US_SITE, "911", "911 US emergency ok" },
	{ US_SITE, "9911", "911 US emergency ok" },
	{ US_SITE, "9411", "411 US service ok" },
	{ US_SITE, "913125550199", "+13125550199 US fixed-or-mobile ok" },
	{ US_SITE, "93125550199", "+13125550199 US fixed-or-mobile ok" },
	{ US_SITE, "95550199", "+13125550199 US fixed-or-mobile ok" },
	{ US_SITE, "5550199", "+13125550199 US fixed-or-mobile ok" },
	{ US_SITE, "9175550199", "+19175550199 US fixed-or-mobile ok" },
	{ US_SITE, "9011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US_SITE, "91010222011442079460123",
	    "+442079460123 GB fixed ok abroad" },
	{ US_SITE, "914165550142", "+14165550142 CA fixed-or-mobile ok" },
	{ US_SITE, "917875550142", "+17875550142 PR fixed-or-mobile ok" },
	{ US_SITE, "918095550142",
	    "+18095550142 DO fixed-or-mobile ok abroad" },
	{ US_SITE, "5550142",
	    "+13125550142 US fixed-or-mobile internal inside" },
	{ US_SITE, "913125550105",
	    "+13125550105 US fixed-or-mobile internal inside" },
	{ US_SITE, "918005550100",
	    "+18005550100 US toll-free internal inside free" },
	{ US_SITE, "9", "9 - invalid invalid" },
	{ US_SITE, "99", "99 - invalid invalid" },
	/* 800 is at home in all of the NANP; other codes of the US are not. */
	{ CA, "18005550142", "+18005550142 CA toll-free ok" },
	{ CA, "13125550142", "+13125550142 US fixed-or-mobile ok abroad" },
	{ CA, "4165550142", "+14165550142 CA fixed-or-mobile ok" },
	/* Europe */
	{ GB, "02079460123", "+442079460123 GB fixed ok" },
	{ GB, "07700900123", "+447700900123 GB mobile ok" },
	{ GB, "01481960123", "+441481960123 GG fixed ok abroad" },
	{ GB, "09098790123", "+449098790123 GB premium ok" },
	{ GB, "08081570123", "+448081570123 GB toll-free ok" },
	{ GB, "0013125550142", "+13125550142 US fixed-or-mobile ok abroad" },
	{ GB, "00441234", "00441234 - invalid invalid" },
	{ GB, "999", "999 GB emergency ok" },
	{ GB, "118500", "118500 GB service ok" },
	{ GB, "116123", "116123 GB service ok" },
	{ GB, "101", "101 - internal internal inside" },
	{ GB, "442079460123", "+442079460123 GB fixed ok" },
	{ GB, "2079460123", "+442079460123 GB fixed ok" },
	{ GB, "79460123", "79460123 GB unknown ok" },
	{ GB, "13125550142", "+13125550142 US fixed-or-mobile ok abroad" },
	{ GB, "0123", "0123 - invalid invalid" },
	{ DE, "0301234567", "+49301234567 DE fixed ok" },
	{ DE, "01712345678", "+491712345678 DE mobile ok" },
	{ DE, "09001234567", "+499001234567 DE premium ok" },
	{ DE, "00442079460123", "+442079460123 GB fixed ok abroad" },
	{ DE, "0044 (0)20 7946 0123", "+442079460123 GB fixed ok abroad" },
	{ DE, "004902079460123", "+492079460123 DE fixed ok" },
	{ DE, "110", "110 DE emergency ok" },
	{ DE, "491712345678", "+491712345678 DE mobile ok" },
	{ DE, "90301234567", "+49301234567 DE fixed ok" },
	{ DE, "9112", "9112 - internal internal inside" },
	{ DE, "#31#01712345678", "+491712345678 DE mobile ok" },
	{ DE_SITE, "0110", "110 DE emergency ok" },
	{ DE_SITE, "110", "110 DE emergency ok" },
	{ DE_SITE, "120", "120 - internal internal inside" },
	{ DE_SITE, "00301234567", "+49301234567 DE fixed ok" },
	{ DE_SITE, "01234567", "+49301234567 DE fixed ok" },
	{ DE_SITE, "1234567", "+49301234567 DE fixed ok" },
	{ DE_SITE, "000442079460123", "+442079460123 GB fixed ok abroad" },
	/* 8 and 810 */
	{ RU, "89991230142", "+79991230142 RU mobile ok" },
	{ RU, "9991230142", "+79991230142 RU mobile ok" },
	{ RU, "79991230142", "+79991230142 RU mobile ok" },
	{ RU, "810442079460123", "+442079460123 GB fixed ok abroad" },
	{ RU, "87011230142", "+77011230142 KZ mobile ok abroad" },
	{ RU, "88001230142", "+78001230142 RU toll-free ok" },
	{ RU, "211474", "211474 - internal internal inside" },
	{ RU, "301", "301 - internal internal inside" },
	{ RU, "102", "102 RU emergency ok" },
	{ RU, "ch1", "ch1 - internal internal inside" },
	/* No national prefix; a carrier chosen by the caller. */
	{ IT, "0612345678", "+390612345678 IT fixed ok" },
	{ IT, "3331234567", "+393331234567 IT mobile ok" },
	{ IT, "00442079460123", "+442079460123 GB fixed ok abroad" },
	{ FR, "0123456789", "+33123456789 FR fixed ok" },
	{ FR, "123456789", "+33123456789 FR fixed ok" },
	{ FR, "15", "15 FR emergency ok" },
	{ BR, "01123456789", "+551123456789 BR fixed ok" },
	{ BR, "0151123456789", "+551123456789 BR fixed ok" },
	{ BR, "0015442079460123", "+442079460123 GB fixed ok abroad" },
	/* Nobody said where. */
	{ BARE, "2041", "2041 - internal internal inside" },
	{ BARE, "211474", "211474 - internal internal inside" },
	{ BARE, "911", "911 - emergency ok" },
	{ BARE, "00442079460123", "+442079460123 GB fixed ok abroad" },
	{ BARE, "011442079460123", "+442079460123 GB fixed ok abroad" },
	{ BARE, "3125550142", "3125550142 - unknown ok" },
	{ BARE, "02079460123", "02079460123 - unknown ok" },
};

static const struct expected received[] = {
	{ US, "", " - unknown missing" },
	{ US, "anonymous", " - unknown anonymous" },
	{ US, "\"Private\" <restricted>", " - unknown anonymous" },
	{ US, "2041", "2041 - internal internal inside" },
	{ US, "\"Ann\" <2041>", "2041 - internal internal inside" },
	{ US, "911", "911 - internal internal inside" },
	{ US, "+13125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "3125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "13125550142", "+13125550142 US fixed-or-mobile ok" },
	{ US, "011442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "442079460123", "+442079460123 GB fixed ok abroad" },
	{ US, "+44207946012345", "44207946012345 - invalid invalid" },
	{ US, "5550142", "5550142 - invalid invalid" },
	{ US, "312555014", "312555014 - invalid invalid" },
	{ US, "131255501421", "131255501421 - invalid invalid" },
	{ US, "0", "0 - invalid invalid" },
	{ US, "0000", "0000 - invalid invalid" },
	{ US, "1125550142", "1125550142 - invalid invalid" },
	{ US, "8005550142", "+18005550142 US toll-free ok" },
	/* 9 is a digit when received. */
	{ US_SITE, "9175550199", "+19175550199 US fixed-or-mobile ok" },
	{ US_SITE, "93125550199", "+93125550199 AF fixed ok abroad" },
	{ US_SITE, "3125550142",
	    "+13125550142 US fixed-or-mobile internal inside" },
	{ US_SITE, "6041", "6041 - invalid invalid" },
	{ GB, "02079460123", "+442079460123 GB fixed ok" },
	{ GB, "2079460123", "+442079460123 GB fixed ok" },
	{ GB, "442079460123", "+442079460123 GB fixed ok" },
	{ GB, "0013125550142", "+13125550142 US fixed-or-mobile ok abroad" },
	{ GB, "13125550142", "+13125550142 US fixed-or-mobile ok abroad" },
	{ GB, "79460123", "79460123 - invalid invalid" },
	{ DE, "0301234567", "+49301234567 DE fixed ok" },
	{ DE, "49301234567", "+49301234567 DE fixed ok" },
	{ DE, "4930123456", "+4930123456 DE fixed ok" },
	{ DE, "301234567", "+49301234567 DE fixed ok" },
	{ DE, "00442079460123", "+442079460123 GB fixed ok abroad" },
	{ RU, "89991230142", "+79991230142 RU mobile ok" },
	{ RU, "9991230142", "+79991230142 RU mobile ok" },
	{ RU, "79991230142", "+79991230142 RU mobile ok" },
	{ RU, "211474", "211474 - internal internal inside" },
	{ RU, "442079460123", "+442079460123 GB fixed ok abroad" },
	{ BARE, "3125550142", "3125550142 - unknown ok" },
	{ BARE, "+13125550142", "+13125550142 US fixed-or-mobile ok" },
	{ BARE, "00442079460123", "+442079460123 GB fixed ok abroad" },
};

static size_t
compare(const struct expected *cases, size_t n, enum dialplan_role role)
{
	struct number number;
	char text[256];
	size_t i, bad = 0;

	for (i = 0; i < n; i++) {
		dialplan_read(plans[cases[i].site], role, cases[i].raw,
		    strlen(cases[i].raw), &number);
		describe(&number, text, sizeof(text));
		if (strcmp(text, cases[i].number) == 0)
			continue;
		bad++;
		print_error("site %d, '%s': %s\n   wanted %s\n",
		    (int)cases[i].site, cases[i].raw, text, cases[i].number);
	}
	return bad;
}

static void
test_dialled(void **state)
{
	(void)state;
	assert_int_equal(compare(dialled, sizeof(dialled) / sizeof(dialled[0]),
			     ROLE_DIALLED),
	    0);
}

static void
test_received(void **state)
{
	(void)state;
	assert_int_equal(compare(received,
			     sizeof(received) / sizeof(received[0]),
			     ROLE_CALLER),
	    0);
}

/* Explaining ----------------------------------------------------------------*/

static const struct {
	enum site site;
	enum dialplan_role role;
	const char *raw, *steps;
} explained[] = {
	{ DE, ROLE_DIALLED, "00 44 20 7946-0123",
	    "cleaned: 00442079460123\n"
	    "international prefix 00: country code 44\n"
	    "+442079460123: prefix +44\n"
	    "GB, fixed, international\n" },
	{ US_SITE, ROLE_DIALLED, "9,1 (312) 555-0199", NULL },
	{ US_SITE, ROLE_DIALLED, "91 (312) 555-0142",
	    "cleaned: 913125550142\n"
	    "outside line 9\n"
	    "national prefix 1: country code 1\n"
	    "+13125550142: prefix +1\n"
	    "US, fixed-or-mobile, inside\n" },
	{ US, ROLE_DIALLED, "1876555014299",
	    "cleaned: 1876555014299\n"
	    "national prefix 1: country code 1\n"
	    "surplus digits cut off: 2\n"
	    "+18765550142: prefix +1876\n"
	    "JM, mobile, international\n" },
	{ US, ROLE_DIALLED, "2041",
	    "cleaned: 2041\n"
	    "an extension, because it is short\n"
	    "no country, internal, inside\n" },
	{ US, ROLE_CALLER, "restricted", "the caller's number is withheld\n" },
	{ US, ROLE_CALLER, "", "no number\n" },
	{ US, ROLE_CALLER, "123456789",
	    "cleaned: 123456789\n"
	    "fits nothing\n"
	    "no country, invalid\n" },
	{ BARE, ROLE_CALLER, "3125550142",
	    "cleaned: 3125550142\n"
	    "the home country is unknown\n"
	    "no country\n" },
	{ US, ROLE_DIALLED, "911",
	    "cleaned: 911\n"
	    "911 is of kind emergency\n"
	    "US, emergency\n" },
};

static void
test_explained(void **state)
{
	struct number told, read;
	struct buf steps;
	size_t i, len;

	(void)state;
	buf_init(&steps);
	for (i = 0; i < sizeof(explained) / sizeof(explained[0]); i++) {
		len = strlen(explained[i].raw);
		memset(&told, 0x55, sizeof(told));
		memset(&read, 0xaa, sizeof(read));
		buf_reset(&steps);
		dialplan_explain(plans[explained[i].site], explained[i].role,
		    explained[i].raw, len, &told, &steps);
		dialplan_read(plans[explained[i].site], explained[i].role,
		    explained[i].raw, len, &read);
		assert_memory_equal(&told, &read, sizeof(told));
		if (explained[i].steps != NULL)
			assert_string_equal(steps.data, explained[i].steps);
	}
	buf_fini(&steps);
}

/* Settings ------------------------------------------------------------------*/

static const char *const bad_own[] = { "312555" };
static const char *const bad_digits[] = { "+44x" };
static const char *const bad_country[] = { "CA", "XX" };
static const char *const bad_outside[] = { "9", "" };

static const struct {
	struct dialplan_settings set;
	const char *words;
} refused[] = {
	{ { .home_country = "UK" }, "home_country: no such country: 'UK'" },
	{ { .home_country = "us" }, "home_country: no such country: 'us'" },
	{ { .own = bad_own, .nown = 1 },
	    "own: '312555' does not begin with +" },
	{ { .own = bad_digits, .nown = 1 }, "own: not digits: '+44x'" },
	{ { .toll_free = bad_own, .ntoll_free = 1 },
	    "toll_free: '312555' does not begin with +" },
	{ { .international = bad_digits, .ninternational = 1 },
	    "international: not digits: '+44x'" },
	{ { .national = "O" }, "national: not digits: 'O'" },
	{ { .outside = bad_outside, .noutside = 2 },
	    "outside: not digits: ''" },
	{ { .area = "(312)" }, "area: not digits: '(312)'" },
	{ { .domestic = bad_country, .ndomestic = 2 },
	    "domestic: no such country: 'XX'" },
};

static void
test_refused(void **state)
{
	const struct dialplan_settings pattern = { .extensions = "[2-" };
	struct dialplan *d;
	struct errmsg err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		assert_int_equal(dialplan_new(&d, &refused[i].set, plan, &err),
		    -1);
		assert_null(d);
		assert_string_equal(err.text, refused[i].words);
	}
	assert_int_equal(dialplan_new(&d, &pattern, plan, &err), -1);
	assert_int_equal(strncmp(err.text, "extensions: ", 12), 0);
}

static void
test_fingerprints(void **state)
{
	struct dialplan *again;
	struct errmsg err;
	size_t i, k;

	(void)state;
	for (i = 0; i < SITES; i++) {
		assert_int_equal(dialplan_new(&again, &sites[i], plan, &err),
		    0);
		assert_string_equal(dialplan_fingerprint(again),
		    dialplan_fingerprint(plans[i]));
		assert_string_equal(dialplan_home(again),
		    sites[i].home_country != NULL ? sites[i].home_country : "");
		dialplan_free(&again);
		assert_null(again);
		for (k = 0; k < i; k++)
			assert_string_not_equal(dialplan_fingerprint(plans[k]),
			    dialplan_fingerprint(plans[i]));
	}
	dialplan_free(&again);
}

/* Whatever comes -------------------------------------------------------------*/

enum { ROUNDS = 200000 };

static size_t
random_text(char *s, size_t most)
{
	static const char often[] = "0123456789012345678901234567890+*# -()";
	size_t len = (size_t)rand() % most, i;

	for (i = 0; i < len; i++)
		s[i] = rand() % 50 == 0
			   ? (char)rand()
			   : often[(size_t)rand() % (sizeof(often) - 1)];
	return len;
}

static void
check_sane(const struct dialplan *d, enum dialplan_role role,
    const struct number *n)
{
	struct number again;

	assert_true(memchr(n->text, '\0', sizeof(n->text)) != NULL);
	assert_true(n->kind < NUMKIND_COUNT);
	assert_true(strlen(n->country) <= 3);
	assert_int_equal(n->kind == NUMKIND_INVALID, n->party == PARTY_INVALID);
	assert_int_equal(n->inside, n->party == PARTY_INTERNAL);
	if (n->party == PARTY_MISSING || n->party == PARTY_ANONYMOUS)
		assert_string_equal(n->text, "");
	/* What was received comes out as it reads again. */
	if (n->text[0] != '+' || role != ROLE_CALLER ||
	    n->party == PARTY_INVALID || n->kind == NUMKIND_INTERNAL ||
	    n->kind == NUMKIND_SERVICE)
		return;
	dialplan_read(d, ROLE_CALLER, n->text, strlen(n->text), &again);
	assert_string_equal(again.text, n->text);
	assert_string_equal(again.country, n->country);
	assert_int_equal(again.kind, n->kind);
	assert_int_equal(again.inside, n->inside);
	dialplan_read(d, ROLE_DIALLED, n->text, strlen(n->text), &again);
	assert_string_equal(again.text, n->text);
}

static void
test_total(void **state)
{
	unsigned seed = 20260114;
	struct number n;
	char s[100];
	enum dialplan_role role;
	const struct dialplan *d;
	size_t len;
	int i;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (i = 0; i < ROUNDS; i++) {
		len = random_text(s, i % 4 == 0 ? sizeof(s) : 20);
		role = rand() % 2 ? ROLE_DIALLED : ROLE_CALLER;
		d = plans[rand() % SITES];
		dialplan_read(d, role, s, len, &n);
		check_sane(d, role, &n);
	}
}

/* Guessing -------------------------------------------------------------------*/

/* Numbers as CALLER:DIALLED lists, blanks between them. */
static const struct {
	const char *callers, *dialled, *zone, *country, *why;
} guesses[] = {
	{ "3125550142 3125550143 2175550144 6085550145 8475550146 4145550147",
	    "2041 913125550199 9011442079460123 7735550148", NULL, "US",
	    "9 of 9 numbers fit the plan of US" },
	{ "13125550142 12175550144 16085550145 18475550146 14145550147", "",
	    NULL, "US", "5 of 5 numbers fit the plan of US" },
	{ "4165550142 4165550143 6135550144 5145550145 9055550146 3125550147",
	    "", NULL, "CA", "6 of 6 numbers fit the plan of CA" },
	{ "4165550142 4165550143 6135550144 3125550145 2175550146 6085550147",
	    "", "America/Toronto", "CA",
	    "6 of 6 numbers fit the plan of CA, as the time zone" },
	{ "4165550142 4165550143 6135550144 3125550145 2175550146 6085550147",
	    "", NULL, NULL,
	    "6 of 6 numbers fit the plan of +1, of no single country" },
	{ "89991230142 89991230143 89161230144 84951230145 88121230146 301",
	    "211474 211553 ch1", NULL, "RU",
	    "5 of 5 numbers fit the plan of RU" },
	{ "02079460123 02079460124 07700900123 01619460125 02079460126", "",
	    "Europe/London", "GB",
	    "5 of 5 numbers fit the plan of GB, as the time zone" },
	{ "02079460123 02079460124 07700900123 01619460125 02079460126", "",
	    "Nowhere/Atall", NULL,
	    "5 numbers fit the plans of several countries" },
	{ "02079460123 02079460124 07700900123 01619460125 02079460126 "
	  "+442079460127 +442079460128 +442079460129 +442079460130 "
	  "+442079460131",
	    "", NULL, "GB", "5 of 5 numbers fit the plan of GB" },
	{ "+442079460123 +442079460124 +442079460125 +442079460126 "
	  "+13125550142",
	    "", NULL, "GB", "4 of 5 numbers with + are of GB" },
	{ "+442079460123 +13125550142 +33123456789 +49301234567 "
	  "+390612345678",
	    "", NULL, NULL, "1 of 5 numbers with + are of DE" },
	{ "2041 2042 2043 2044 2045", "s h *97 911", NULL, NULL,
	    "too few outside numbers" },
	{ "", "", "America/Chicago", NULL, "too few outside numbers" },
	/* a night of fraud from North America is not the home of Israel */
	{ "",
	    "0115375550100 0115375550101 0115375550102 0115375550103 "
	    "0115375550104 0115375550105",
	    NULL, NULL, "no plan fits 80 % of 6 numbers" },
};

static void
add_all(struct homeguess *g, enum dialplan_role role, const char *texts)
{
	size_t len;

	for (; *texts != '\0'; texts += len + (texts[len] == ' ')) {
		len = strcspn(texts, " ");
		homeguess_add(g, role, texts, len, 1);
	}
}

static void
test_guesses(void **state)
{
	struct homeguess *g;
	const char *country;
	struct buf why;
	size_t i;

	(void)state;
	buf_init(&why);
	for (i = 0; i < sizeof(guesses) / sizeof(guesses[0]); i++) {
		buf_reset(&why);
		g = homeguess_new(plan);
		add_all(g, ROLE_CALLER, guesses[i].callers);
		add_all(g, ROLE_DIALLED, guesses[i].dialled);
		country = homeguess_end(g, guesses[i].zone, &why);
		assert_string_equal(why.data, guesses[i].why);
		if (guesses[i].country == NULL)
			assert_null(country);
		else
			assert_string_equal(country, guesses[i].country);
		homeguess_free(&g);
		assert_null(g);
	}
	homeguess_free(&g);
	buf_fini(&why);
}

static int
make_plans(void **state)
{
	struct errmsg err;
	size_t i;

	(void)state;
	if (numplan_load(&plan, "rules/numplan", &err) < 0)
		goto bad;
	for (i = 0; i < SITES; i++)
		if (dialplan_new(&plans[i], &sites[i], plan, &err) < 0)
			goto bad;
	return 0;
bad:
	print_error("%s\n", err.text);
	return -1;
}

static int
free_plans(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SITES; i++)
		dialplan_free(&plans[i]);
	numplan_free(&plan);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dialled),
		cmocka_unit_test(test_received),
		cmocka_unit_test(test_explained),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_guesses),
	};

	return cmocka_run_group_tests(tests, make_plans, free_plans);
}
