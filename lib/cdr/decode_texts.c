#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/intern.h"
#include "cdr/cause.h"
#include "cdr/decode_impl.h"
#include "tel/money.h"

/* Where a text goes, and as what. */
enum home { IN_CALL, IN_ORIGIN };
enum kind {
	AS_IT_IS,
	CHANNEL,  /* without what makes it unique */
	RARE,     /* hardly two calls share it */
	TRUNK_IN, /* in place of the channel */
	TRUNK_OUT
};

static const struct {
	enum layout_target target;
	enum home home;
	size_t at;
	enum kind kind;
} texts[] = {
	{ TARGET_SRC, IN_CALL, offsetof(struct call, src), AS_IT_IS },
	{ TARGET_DST, IN_CALL, offsetof(struct call, dst), AS_IT_IS },
	{ TARGET_DIALLED, IN_CALL, offsetof(struct call, dialled), AS_IT_IS },
	{ TARGET_FORWARDED_BY, IN_CALL, offsetof(struct call, forwarded_by),
	    AS_IT_IS },
	{ TARGET_ACCOUNT, IN_CALL, offsetof(struct call, account), AS_IT_IS },
	{ TARGET_USER, IN_CALL, offsetof(struct call, user), AS_IT_IS },
	{ TARGET_CHANNEL_IN, IN_CALL, offsetof(struct call, trunk_in),
	    CHANNEL },
	{ TARGET_CHANNEL_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    CHANNEL },
	{ TARGET_TRUNK_IN, IN_CALL, offsetof(struct call, trunk_in), TRUNK_IN },
	{ TARGET_TRUNK_OUT, IN_CALL, offsetof(struct call, trunk_out),
	    TRUNK_OUT },
	{ TARGET_SRC_NAME, IN_ORIGIN, offsetof(struct origin, src_name),
	    AS_IT_IS },
	{ TARGET_SERVICE, IN_ORIGIN, offsetof(struct origin, service),
	    AS_IT_IS },
	{ TARGET_CONTEXT, IN_ORIGIN, offsetof(struct origin, clue_in),
	    AS_IT_IS },
	{ TARGET_CALL_ID, IN_ORIGIN, offsetof(struct origin, call_id), RARE },
	{ TARGET_JOIN, IN_ORIGIN, offsetof(struct origin, join), RARE },
};

enum {
	NTEXTS = sizeof(texts) / sizeof(texts[0]),
	SHOWN = 60,
	AMOUNT = 64 /* characters of a price */
};

int
decode_refuse(struct reading *r, const struct layout_value *v, const char *what)
{
	*r->column = v->column;
	return errmsg_set(r->reason, "%s: %s: '%.*s%s'", v->name, what,
	    (int)(v->len < SHOWN ? v->len : SHOWN), v->text,
	    v->len > SHOWN ? "..." : "");
}

static bool
equals(const struct layout_value *v, const char *word)
{
	return strlen(word) == v->len &&
	       strncasecmp(word, v->text, v->len) == 0;
}

/* What the rules say, 0 if none of them holds. */
static int
rule_of(const struct reading *r, const struct layout_field *f)
{
	uint32_t i;

	for (i = 0; i < f->nrules; i++)
		if (layout_tests(&f->rules[i].when, &r->rec))
			return f->rules[i].value;
	return 0;
}

int
decode_word(struct reading *r, enum layout_target t, uint8_t *code)
{
	const struct layout_field *f = decode_field(r, t);
	struct layout_value v;
	uint32_t i;

	*code = (uint8_t)rule_of(r, f);
	if (*code != 0 || f->nfrom == 0)
		return 0;
	v = layout_value(&r->rec, f);
	if (v.len == 0 && !f->required)
		return 0;
	for (i = 0; i < f->nwords; i++) {
		if (equals(&v, f->words[i].text)) {
			*code = (uint8_t)f->words[i].value;
			return 0;
		}
	}
	*code = (uint8_t)f->other;
	return f->other != 0 ? 0 : decode_refuse(r, &v, "unknown word");
}

static struct layout_value
text_of(struct reading *r, const struct layout_field *f)
{
	struct layout_value v = layout_value(&r->rec, f);

	if (v.len > 0 && f->regex != NULL)
		layout_extract(f->regex, &v);
	return v;
}

/* A price, whatever its sign: who is charged may see it as a loss. */
static int
read_cost(struct reading *r)
{
	struct layout_value v = text_of(r, decode_field(r, TARGET_COST));
	char amount[AMOUNT];
	int64_t micro;

	if (v.len == 0)
		return 0;
	if (v.len >= AMOUNT)
		return decode_refuse(r, &v, "not an amount");
	memcpy(amount, v.text, v.len);
	amount[v.len] = '\0';
	if (money_parse(amount, &micro) != 0 || micro == INT64_MIN)
		return decode_refuse(r, &v, "not an amount");
	r->c->cost = micro < 0 ? -micro : micro;
	r->c->flags |= CALL_HAS_COST;
	return 0;
}

/* Only what has a cost has a currency. */
static void
read_currency(struct reading *r)
{
	struct layout_value v = text_of(r, decode_field(r, TARGET_CURRENCY));
	char code[4] = "";

	if ((r->c->flags & CALL_HAS_COST) == 0 || v.len >= sizeof(code))
		return;
	memcpy(code, v.text, v.len);
	r->c->currency = batch_currency(r->d->batch, code);
}

/* The first that is one: the side that did not end the call has 0. */
static uint8_t
cause_of(const struct reading *r)
{
	const struct layout_field *f = decode_field(r, TARGET_CAUSE);
	struct layout_value v;
	uint8_t cause = 0;
	uint32_t i;

	for (i = 0; i < f->nfrom && cause == 0; i++) {
		v = layout_source(&r->rec, f, i);
		cause = cause_parse(v.text, v.len, f->hex);
	}
	return cause;
}

int
decode_facts(struct reading *r)
{
	if (decode_word(r, TARGET_DIRECTION, &r->c->direction) != 0 ||
	    read_cost(r) != 0)
		return -1;
	read_currency(r);
	r->o->cause = cause_of(r);
	return 0;
}

/* Texts end at a NUL, so two that differ behind one would be the same. */
static void
without_nul(struct layout_value *v, char *room)
{
	size_t i;

	if (memchr(v->text, '\0', v->len) == NULL)
		return;
	for (i = 0; i < v->len; i++)
		room[i] = v->text[i] != '\0' ? v->text[i] : '?';
	v->text = room;
}

static uint32_t
name_of(const struct decoder *d, enum kind kind, struct layout_value *v)
{
	char room[BOUNDS_FIELD];
	struct intern *names = d->batch->names;
	char plain[BOUNDS_FIELD];

	without_nul(v, room);
	if (kind == RARE)
		return intern_add_rare(names, v->text, v->len);
	if (kind == CHANNEL)
		return intern_add(names, plain,
		    channel_plain(v->text, v->len, plain));
	return intern_add(names, v->text, v->len);
}

/* A trunk's name takes the place of the channel's, if there is one. */
static bool
keeps(struct reading *r, enum kind kind, const struct layout_value *v)
{
	if (kind != TRUNK_IN && kind != TRUNK_OUT)
		return true;
	if (v->len == 0)
		return false;
	r->o->stated |= kind == TRUNK_IN ? ORIGIN_TRUNK_IN : ORIGIN_TRUNK_OUT;
	return true;
}

int
decode_texts(struct reading *r)
{
	const struct layout_field *f;
	struct layout_value v;
	uint32_t id;
	size_t i;
	char *base;

	for (i = 0; i < NTEXTS; i++) {
		f = decode_field(r, texts[i].target);
		if (f->nfrom == 0)
			continue;
		v = layout_value(&r->rec, f);
		if (v.len == 0 && f->required)
			return decode_refuse(r, &v, "empty");
		if (v.len > BOUNDS_FIELD)
			return decode_refuse(r, &v, "too long");
		if (v.len > 0 && f->regex != NULL)
			layout_extract(f->regex, &v);
		if (!keeps(r, texts[i].kind, &v))
			continue;
		id = name_of(r->d, texts[i].kind, &v);
		base = texts[i].home == IN_CALL ? (char *)r->c : (char *)r->o;
		memcpy(base + texts[i].at, &id, sizeof(id));
	}
	if (decode_field(r, TARGET_DIALLED)->nfrom == 0)
		r->c->dialled = r->c->dst;
	return 0;
}
