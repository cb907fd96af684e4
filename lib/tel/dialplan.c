#include "tel/dialplan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/dialplan_impl.h"
#include "tel/digits.h"

const char *
party_kind_name(enum party_kind k)
{
	static const char *const names[] = {
		[PARTY_MISSING] = "missing",
		[PARTY_OK] = "ok",
		[PARTY_ANONYMOUS] = "anonymous",
		[PARTY_INVALID] = "invalid",
		[PARTY_INTERNAL] = "internal",
	};

	return names[k];
}

/* Where the home country is unknown; the rest of E.164 is the same for all. */
static const char *const prefixes_anywhere[] = { "011", "00" };
/* NANP: 01 and 0 ask an operator to put the call through. */
static const char *const international_nanp[] = { "011", "01" };
static const char *const national_nanp[] = { "1", "0" };
/* The outside digit of most switches, where nothing is stated. */
static const char *const outside_usual[] = { "9" };

static bool
is_nanp(const struct dialplan *d)
{
	return d->home != NULL && strcmp(d->home->code, "1") == 0;
}

static int
compare_longest(const void *va, const void *vb)
{
	const char *a = *(const char *const *)va, *b = *(const char *const *)vb;
	size_t la = strlen(a), lb = strlen(b);

	if (la != lb)
		return la > lb ? -1 : 1;
	return strcmp(a, b);
}

/* A copy of the list, the longest text first. */
static void
copy_list(struct dialplan *d, struct numplan_list *out,
    const char *const *texts, size_t n)
{
	const char **copy = arena_array(&d->texts, n, sizeof(*copy));
	size_t i;

	for (i = 0; i < n; i++)
		copy[i] = arena_strdup(&d->texts, texts[i]);
	if (n > 1)
		qsort(copy, n, sizeof(*copy), compare_longest);
	*out = (struct numplan_list){ .texts = copy, .n = n };
}

/* The same for a list of digits as a site writes them. */
static int
state_list(struct dialplan *d, struct numplan_list *out,
    const char *const *texts, size_t n, const char *plus, struct errmsg *err)
{
	const char **bare = arena_array(&d->texts, n, sizeof(*bare));
	size_t i;

	for (i = 0; i < n; i++) {
		if (strncmp(texts[i], plus, strlen(plus)) != 0)
			return errmsg_set(err, "'%s' does not begin with %s",
			    texts[i], plus);
		bare[i] = texts[i] + strlen(plus);
		if (!digits_only(bare[i], strlen(bare[i])) ||
		    strlen(bare[i]) >= BOUNDS_NUMBER)
			return errmsg_set(err, "not digits: '%s'", texts[i]);
	}
	copy_list(d, out, bare, n);
	return 0;
}

static int
state_home(struct dialplan *d, const char *iso, struct errmsg *err)
{
	if (iso == NULL || *iso == '\0')
		return 0;
	d->home = numplan_country(d->np, iso);
	if (d->home == NULL)
		return errmsg_set(err, "home_country: no such country: '%s'",
		    iso);
	return 0;
}

static int
state_prefixes(struct dialplan *d, const struct dialplan_settings *set,
    struct errmsg *err)
{
	const char *const *texts = prefixes_anywhere;
	size_t n = 2;

	if (is_nanp(d)) {
		texts = international_nanp;
	} else if (d->home != NULL) {
		texts = d->home->international.texts;
		n = d->home->international.n;
	}
	if (set->ninternational > 0) {
		texts = set->international;
		n = set->ninternational;
	}
	if (state_list(d, &d->international, texts, n, "", err) < 0)
		return errmsg_prefix(err, "international: ");
	if (set->national != NULL && *set->national != '\0') {
		texts = &set->national;
		n = 1;
	} else if (is_nanp(d)) {
		texts = national_nanp;
		n = 2;
	} else {
		texts = d->home != NULL ? d->home->national.texts : NULL;
		n = d->home != NULL ? d->home->national.n : 0;
	}
	if (state_list(d, &d->national, texts, n, "", err) < 0)
		return errmsg_prefix(err, "national: ");
	return 0;
}

static int
state_places(struct dialplan *d, const struct dialplan_settings *set,
    struct errmsg *err)
{
	size_t i;

	d->area = arena_strdup(&d->texts, set->area != NULL ? set->area : "");
	if (*d->area != '\0' && !digits_only(d->area, strlen(d->area)))
		return errmsg_set(err, "area: not digits: '%s'", d->area);
	/* "030" where the 0 is the national prefix. */
	if (d->national.n > 0 && *d->area == '0')
		d->area++;
	for (i = 0; i < set->ndomestic; i++)
		if (numplan_country(d->np, set->domestic[i]) == NULL)
			return errmsg_set(err,
			    "domestic: no such country: '%s'",
			    set->domestic[i]);
	copy_list(d, &d->domestic, set->domestic, set->ndomestic);
	return 0;
}

static int
state_inside(struct dialplan *d, const struct dialplan_settings *set,
    struct errmsg *err)
{
	bool stated = set->noutside > 0;
	size_t offset;

	d->outside_assumed = !stated;
	if (state_list(d, &d->outside, stated ? set->outside : outside_usual,
		stated ? set->noutside : 1, "", err) < 0)
		return errmsg_prefix(err, "outside: ");
	if (state_list(d, &d->own, set->own, set->nown, "+", err) < 0)
		return errmsg_prefix(err, "own: ");
	if (state_list(d, &d->toll_free, set->toll_free, set->ntoll_free, "+",
		err) < 0)
		return errmsg_prefix(err, "toll_free: ");
	if (set->extensions == NULL || *set->extensions == '\0')
		return 0;
	if (pattern_compile(&d->extensions, set->extensions,
		PATTERN_WHOLE | PATTERN_BYTES, &offset, err) < 0)
		return errmsg_prefix(err, "extensions: ");
	return 0;
}

static void
add_text(struct hash_state *h, const char *text)
{
	hash_add(h, text, strlen(text) + 1);
}

static void
take_fingerprint(struct dialplan *d)
{
	const struct numplan_list *lists[] = { &d->international, &d->national,
		&d->outside, &d->own, &d->toll_free, &d->domestic };
	struct hash_state *h = hash_new();
	size_t i, k;

	add_text(h, numplan_version(d->np));
	add_text(h, dialplan_home(d));
	add_text(h, d->area);
	add_text(h, d->outside_assumed ? "assumed" : "");
	add_text(h, d->extensions != NULL ? pattern_text(d->extensions) : "");
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		for (k = 0; k < lists[i]->n; k++)
			add_text(h, lists[i]->texts[k]);
		add_text(h, "");
	}
	hash_end_hex(h, d->fingerprint);
	hash_free(&h);
}

int
dialplan_new(struct dialplan **dp, const struct dialplan_settings *set,
    const struct numplan *np, struct errmsg *err)
{
	struct dialplan *d = xcalloc(1, sizeof(*d));

	arena_init(&d->texts);
	d->np = np;
	*dp = d;
	if (state_home(d, set->home_country, err) < 0 ||
	    state_prefixes(d, set, err) < 0 || state_places(d, set, err) < 0 ||
	    state_inside(d, set, err) < 0) {
		dialplan_free(dp);
		return -1;
	}
	take_fingerprint(d);
	return 0;
}

void
dialplan_free(struct dialplan **dp)
{
	struct dialplan *d = *dp;

	if (d == NULL)
		return;
	pattern_free(&d->extensions);
	arena_fini(&d->texts);
	free(d);
	*dp = NULL;
}

const char *
dialplan_home(const struct dialplan *d)
{
	return d->home != NULL ? d->home->iso : "";
}

const char *
dialplan_fingerprint(const struct dialplan *d)
{
	return d->fingerprint;
}

/* Codes that hide the caller or stop call waiting, before a number. */
static const char *const privacy_codes[] = { "#31#", "*31#" };
static const char *const privacy_codes_nanp[] = { "*67", "*70", "*82" };

static size_t
privacy_len(const struct reading *r, const char *s, const char *const *codes,
    size_t n)
{
	size_t i, len;

	for (i = 0; i < n; i++) {
		len = strlen(codes[i]);
		if (strncmp(s, codes[i], len) == 0 &&
		    digits_only(s + len, strlen(s + len)) &&
		    reading_is_dialable(r, s + len, strlen(s + len)))
			return len;
	}
	return 0;
}

/* 4420794601XX, +1312555****: whoever wrote the file hides the last digits. */
static bool
is_hidden(const char *s)
{
	size_t shown, hidden;

	s += s[0] == '+';
	shown = strspn(s, "0123456789");
	hidden = strspn(s + shown, "Xx");
	if (hidden == 0)
		hidden = strspn(s + shown, "*");
	return shown >= 3 && hidden >= 2 && shown + hidden >= 7 &&
	       s[shown + hidden] == '\0';
}

static void
read_hidden(const struct reading *r, const char *s)
{
	reading_say(r, "a number of which digits are hidden");
	reading_kept(r, s, strlen(s), NUMKIND_UNKNOWN, PARTY_OK);
}

static void
read_word(const struct reading *r, const char *s)
{
	if (is_hidden(s)) {
		read_hidden(r, s);
		return;
	}
	reading_say(r, "a word: a place inside the switch");
	reading_inside(r, s, strlen(s), NUMKIND_INTERNAL);
}

/* A star or hash code: for the switch, unless a number stands behind it. */
static void
read_code(const struct reading *r, const char *s)
{
	size_t len = 0;

	if (is_hidden(s)) {
		read_hidden(r, s);
		return;
	}
	if (r->role == ROLE_DIALLED)
		len = privacy_len(r, s, privacy_codes, 2);
	if (r->role == ROLE_DIALLED && len == 0 && is_nanp(r->d))
		len = privacy_len(r, s, privacy_codes_nanp, 3);
	if (len == 0) {
		reading_say(r, "a star or hash code");
		reading_inside(r, s, strlen(s), NUMKIND_SERVICE);
		return;
	}
	reading_say(r, "privacy code %.*s before a number", (int)len, s);
	reading_dialled(r, s + len, strlen(s + len));
}

static void
read_plus(const struct reading *r, const char *s, size_t n)
{
	if (reading_e164(r, s, n))
		return;
	reading_say(r, "no number of E.164");
	reading_kept(r, s, n, NUMKIND_INVALID, PARTY_INVALID);
}

static void
read_number(const struct reading *r, const char *s)
{
	if (s[0] == '+')
		read_plus(r, s + 1, strlen(s + 1));
	else if (r->role == ROLE_DIALLED)
		reading_dialled(r, s, strlen(s));
	else
		reading_caller(r, s, strlen(s));
}

static void
say_result(const struct reading *r)
{
	const struct number *o = r->out;

	reading_say(r, "%s%s%s%s%s",
	    o->country[0] != '\0' ? o->country : "no country",
	    o->kind != NUMKIND_UNKNOWN ? ", " : "",
	    o->kind != NUMKIND_UNKNOWN ? numkind_name(o->kind) : "",
	    o->inside ? ", inside" : "",
	    o->international ? ", international" : "");
}

void
dialplan_explain(const struct dialplan *d, enum dialplan_role role,
    const char *raw, size_t len, struct number *out, struct buf *steps)
{
	const struct reading r = { d, role, out, steps };
	char text[BOUNDS_NUMBER];

	memset(out, 0, sizeof(*out));
	switch (digits_clean(raw, len, text)) {
	case DIGITS_NONE:
		reading_say(&r, "no number");
		return;
	case DIGITS_ANONYMOUS:
		out->party = PARTY_ANONYMOUS;
		reading_say(&r, "the caller's number is withheld");
		return;
	case DIGITS_WORD:
		read_word(&r, text);
		break;
	case DIGITS_CODE:
		read_code(&r, text);
		break;
	case DIGITS_NUMBER:
		reading_say(&r, "cleaned: %s", text);
		read_number(&r, text);
		break;
	}
	say_result(&r);
}

void
dialplan_read(const struct dialplan *d, enum dialplan_role role,
    const char *raw, size_t len, struct number *out)
{
	dialplan_explain(d, role, raw, len, out, NULL);
}
