#include "cdr/party.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cdr/party_impl.h"

/* One call while it is understood. */
struct view {
	struct call *c;
	struct origin *o;
	uint32_t *forwarded_by;
	const struct channel *in, *out;
	uint32_t src_text, dst_text; /* as recorded */
	uint32_t made, took;         /* names: telephones at the ends */
	enum side src_side, dst_side;
};

/* A text that the layout calls a trunk is one; a channel must prove it. */
static void
find_trunks(struct resolver *r, struct view *v)
{
	struct call *c = v->c;
	const unsigned stated = v->o->stated;
	const uint32_t in = party_channel(r, c->trunk_in);
	const uint32_t out = party_channel(r, c->trunk_out);

	v->in = &r->channels[in];
	v->out = &r->channels[out];
	if ((stated & ORIGIN_TRUNK_IN) == 0)
		c->trunk_in = v->in->trunk_name;
	if ((stated & ORIGIN_TRUNK_OUT) == 0)
		c->trunk_out = v->out->trunk_name;
}

/*
 * The number of a call from outside was sent by the carrier, perhaps in a form
 * that nobody here may dial; or the caller dialled it here, through DISA.  And
 * a switch that says that a call to 112 stayed inside has an extension 112.
 */
static uint32_t
read_dst(struct resolver *r, const struct view *v)
{
	const struct call *c = v->c;
	uint32_t id, received;

	if (c->dialled != v->dst_text && c->dialled != 0 &&
	    (id = party_abroad(r, c->dialled, v->dst_text)) != 0)
		return id;
	id = party_number(r, v->dst_text, ROLE_DIALLED);
	if ((r->memos[v->dst_text].reads & READS_ODD) == 0)
		return id;
	if (r->b->parties[id].party == PARTY_INVALID &&
	    (c->direction == DIR_IN || c->trunk_in != 0))
		return party_number(r, v->dst_text, ROLE_CALLER);
	if (r->b->parties[id].kind != NUMKIND_EMERGENCY ||
	    c->direction != DIR_INTERNAL)
		return id;
	received = party_number(r, v->dst_text, ROLE_CALLER);
	return r->b->parties[received].inside ? received : id;
}

/* No extension calls in over a trunk: 112 is who shows that number there. */
static uint32_t
read_src(struct resolver *r, const struct view *v)
{
	uint32_t id = party_number(r, v->src_text, ROLE_CALLER), dialled;

	if ((v->c->direction != DIR_IN && v->c->trunk_in == 0) ||
	    (r->memos[v->src_text].reads & READS_PLUS) != 0)
		return id;
	dialled = party_number(r, v->src_text, ROLE_DIALLED);
	return r->b->parties[dialled].kind == NUMKIND_EMERGENCY ? dialled : id;
}

/*
 * A telephone is inside whatever number it shows.  "s" and the like, where
 * nothing was dialled, are inside if somebody outside got there; what somebody
 * inside reached by it remains unknown.  A word that the inner end of a Local
 * channel is for names a place in the dial plan and nobody.
 */
static void
find_parties(struct resolver *r, struct view *v)
{
	struct call *c = v->c;
	enum digits_kind dst, dialled;

	v->src_text = c->src;
	v->dst_text = c->dst;
	c->src = read_src(r, v);
	c->dst = read_dst(r, v);
	v->src_side = party_side(r, c->src);
	v->made = v->took = 0;
	if (channel_is_device(v->in, v->src_text)) {
		v->made = v->in->user;
		v->src_side = SIDE_INSIDE;
	}
	dst = party_digits(r, v->dst_text);
	if (dst == DIGITS_WORD && v->in->glue)
		c->dst = 0;
	v->dst_side = party_side(r, c->dst);
	if (channel_is_device(v->out, v->dst_text)) {
		v->took = v->out->user;
		v->dst_side = SIDE_INSIDE;
	}
	if (dst == DIGITS_WORD && v->src_side == SIDE_OUTSIDE &&
	    (c->dst == 0 || r->b->parties[c->dst].inside))
		v->dst_side = SIDE_INSIDE;
	dialled = party_digits(r, c->dialled);
	if (dialled != DIGITS_NUMBER && dialled != DIGITS_CODE)
		c->dialled = 0;
}

/*
 * The end of a Local channel inside the switch says nothing about where the
 * call came from: without an outside number it may be a call from outside that
 * rings at another office.
 */
static enum call_direction
direction_of(const struct view *v)
{
	static const uint8_t by_sides[3][3] = {
		[SIDE_INSIDE][SIDE_INSIDE] = DIR_INTERNAL,
		[SIDE_INSIDE][SIDE_OUTSIDE] = DIR_OUT,
		[SIDE_OUTSIDE][SIDE_INSIDE] = DIR_IN,
		[SIDE_OUTSIDE][SIDE_OUTSIDE] = DIR_TRANSIT,
	};
	const struct call *c = v->c;

	if (c->direction != DIR_MISSING)
		return (enum call_direction)c->direction;
	if (c->trunk_in != 0)
		return c->trunk_out != 0 ? DIR_TRANSIT : DIR_IN;
	if (c->trunk_out != 0 && (!v->in->glue || v->dst_side == SIDE_OUTSIDE))
		return DIR_OUT;
	return (enum call_direction)by_sides[v->src_side][v->dst_side];
}

/* The text of an inside number, 0 for any other. */
static uint32_t
inside_text(const struct batch *b, uint32_t party)
{
	const struct party *p = &b->parties[party];

	return p->inside ? p->text : 0;
}

static uint32_t
first_of(uint32_t a, uint32_t b)
{
	return a != 0 ? a : b;
}

/*
 * Who inside made or took the call: a telephone, the caller's number, or only
 * the number that was called, which may be a whole department's.  Behind the
 * inner end of a Local channel the caller is whoever called somebody else.
 */
static void
find_user(const struct batch *b, struct view *v)
{
	struct call *c = v->c;
	uint32_t made, took = v->took;

	if (c->user != 0 || c->direction == DIR_TRANSIT)
		return;
	made = first_of(v->made, inside_text(b, c->src));
	if (c->direction == DIR_OUT)
		c->user = made;
	else if (c->direction == DIR_IN || v->in->glue)
		c->user = took;
	else
		c->user = first_of(made, took);
	if (c->user == 0 && c->direction != DIR_OUT) {
		c->user = inside_text(b, c->dst);
		v->o->user_called = c->user != 0;
	}
}

/*
 * Sent on: the record says by whom, or a Local channel that was dialled as an
 * extension leaves.
 */
static inline void
find_forwarding(struct resolver *r, struct view *v)
{
	struct call *c = v->c;

	if (*v->forwarded_by != 0) {
		*v->forwarded_by =
		    party_number(r, *v->forwarded_by, ROLE_CALLER);
		c->flags |= CALL_FORWARDED;
	} else if (v->in->local_exit && v->in->inside != 0 &&
		   (c->direction == DIR_OUT || c->direction == DIR_TRANSIT)) {
		*v->forwarded_by = v->in->inside;
		c->flags |= CALL_FORWARDED;
	}
}

/*
 * The first in the order of enum call_feature that any of the texts names.  A
 * service also calls out: a mailbox that was broken into does.
 */
static void
find_feature(struct resolver *r, struct view *v)
{
	unsigned says, feature;

	if (v->c->feature != FEATURE_NONE)
		return;
	says = party_text(r, v->dst_text) | party_text(r, v->o->service) |
	       party_text(r, v->c->clue_in);
	if (v->c->direction == DIR_OUT || v->c->direction == DIR_TRANSIT)
		says |= party_text(r, v->src_text);
	if ((says & SAYS_FEATURES) == 0)
		return;
	for (feature = FEATURE_NONE + 1; (says & 1U << feature) == 0; feature++)
		;
	v->c->feature = (uint8_t)feature;
}

/*
 * Telephones may all show one number of the house: that is not who called,
 * if the telephone is known.
 */
static uint32_t
inside_caller(const struct batch *b, const struct call *c)
{
	uint32_t src = inside_text(b, c->src);

	if (b->parties[c->src].kind == NUMKIND_INTERNAL)
		return first_of(src, c->user);
	return first_of(c->user, src);
}

static uint32_t
inside_party(const struct batch *b, const struct call *c, uint32_t forwarded_by)
{
	uint32_t dst = inside_text(b, c->dst);

	if (forwarded_by != 0)
		return b->parties[forwarded_by].text;
	if ((c->flags & CALL_EVENT) != 0)
		return 0; /* its user did it to somebody else */
	switch (c->direction) {
	case DIR_OUT:
	case DIR_INTERNAL:
		return inside_caller(b, c);
	case DIR_IN:
		return first_of(dst, c->user);
	case DIR_TRANSIT:
		return 0;
	default:
		return first_of(inside_caller(b, c), dst);
	}
}

/* What is nobody's inside is the trunk's, or the source's. */
static void
settle_account(const struct batch *b, struct call *c,
    const struct inside_account *a)
{
	if (a->account != 0) {
		c->account = a->account;
		c->account_type = a->type;
	} else if (c->trunk_in != 0) {
		c->account = c->trunk_in;
		c->account_type = ACCOUNT_TRUNK;
	} else {
		c->account = b->sources[c->source].name;
		c->account_type = ACCOUNT_SOURCE;
	}
}

/* What the directory names, or the inside party itself. */
static struct inside_account
look_up(struct batch *b, uint32_t text)
{
	struct inside_account a = { .account = text };
	const char *t = batch_text(b, text);
	const struct directory_entry *e = directory_find(b->directory, t);
	const uint32_t listed =
	    e != NULL ? intern_addstr(b->names, e->account) : 0;

	if (listed != 0)
		return (struct inside_account){ listed, ACCOUNT_DIRECTORY };
	a.type = t[0] == '+' ? ACCOUNT_NUMBER : ACCOUNT_EXTENSION;
	return a;
}

void
party_ask_account(struct resolver *r, uint32_t text)
{
	size_t had = r->naccounts;

	if (text == 0 || (text < had && r->accounts[text].type != 0) ||
	    !party_may_ask(r, text, ASKED_ACCOUNT))
		return;
	r->accounts = xgrow(r->accounts, &r->naccounts, (size_t)text + 1,
	    sizeof(*r->accounts));
	memset(r->accounts + had, 0,
	    (r->naccounts - had) * sizeof(*r->accounts));
	r->accounts[text] = look_up(r->b, text);
}

static struct inside_account
account_of(struct resolver *r, uint32_t text)
{
	static const struct inside_account none = { .account = 0 };

	if (text == 0)
		return none;
	if (text < r->naccounts && r->accounts[text].type != 0)
		return r->accounts[text];
	party_ask_account(r, text);
	return text < r->naccounts ? r->accounts[text] : none;
}

void
party_account(struct batch *b, struct call *c, uint32_t forwarded_by)
{
	struct inside_account a = { .account = 0 };
	uint32_t inside;

	if (c->account_type == ACCOUNT_ACCOUNT)
		return;
	inside = inside_party(b, c, forwarded_by);
	if (inside != 0)
		a = look_up(b, inside);
	settle_account(b, c, &a);
}

static uint32_t
ask_user(struct resolver *r, uint32_t text)
{
	uint32_t user;

	if (!party_may_ask(r, text, ASKED_USER))
		return 0;
	user = party_name(r, batch_text(r->b, text),
	    intern_len(r->b->names, text));
	(void)party_memo(r, text);
	r->users[text] = user;
	party_ask_account(r, user);
	return user;
}

/* Who the record says made or took the call. */
static inline uint32_t
stated_user(struct resolver *r, uint32_t text)
{
	if (text == 0)
		return 0;
	return r->users[text] != 0 ? r->users[text] : ask_user(r, text);
}

/*
 * Whatever a record names as account is one, and the same everywhere; but
 * where switches write the extension there, it is the extension of the site.
 */
static uint32_t
stated_account(struct resolver *r, uint32_t text)
{
	uint32_t extension;

	if (text == 0 || r->site == NULL ||
	    party_digits(r, text) != DIGITS_NUMBER)
		return text;
	extension = inside_text(r->b, party_number(r, text, ROLE_CALLER));
	if (extension == 0 || batch_text(r->b, extension)[0] == '+')
		return text;
	return extension;
}

/* Nobody called: who did it is known or not, and it went no way. */
static void
understand_event(struct resolver *r, struct view *v)
{
	find_forwarding(r, v);
	v->c->user = stated_user(r, v->c->user);
}

static void
understand_call(struct resolver *r, struct view *v)
{
	struct call *c = v->c;

	c->user = stated_user(r, c->user);
	c->direction = (uint8_t)direction_of(v);
	find_user(r->b, v);
	find_forwarding(r, v);
	c->user = first_of(c->user, r->b->parties[*v->forwarded_by].text);
	find_feature(r, v);
}

void
party_understand(struct resolver *r, struct call *c, struct origin *o,
    uint32_t *forwarded_by)
{
	struct view v = { .c = c, .o = o, .forwarded_by = forwarded_by };
	struct inside_account inside;

	find_trunks(r, &v);
	find_parties(r, &v);
	if ((c->flags & CALL_EVENT) != 0)
		understand_event(r, &v);
	else
		understand_call(r, &v);
	c->account = stated_account(r, c->account);
	c->account_type = ACCOUNT_ACCOUNT;
	if (c->account == 0) {
		inside = account_of(r, inside_party(r->b, c, *forwarded_by));
		settle_account(r->b, c, &inside);
	}
	c->listed = 0; /* the clue has told what it could */
}

void
party_ask(struct resolver *r, uint32_t text, unsigned asked)
{
	uint32_t id;

	if (asked & ASKED_CALLER) {
		id = party_number(r, text, ROLE_CALLER);
		/* Who called in may be an emergency number: read_src(). */
		if (batch_party_text(r->b, id)[0] != '+')
			asked |= ASKED_DIALLED;
	}
	if (asked & ASKED_DIALLED) {
		id = party_number(r, text, ROLE_DIALLED);
		/* Or not what was dialled: read_dst(). */
		if (r->b->parties[id].party == PARTY_INVALID ||
		    r->b->parties[id].kind == NUMKIND_EMERGENCY)
			(void)party_number(r, text, ROLE_CALLER);
	}
	if (asked & ASKED_CHANNEL)
		(void)party_channel(r, text);
	if (asked & ASKED_SAYS)
		(void)party_text(r, text);
	if (asked & ASKED_DIGITS)
		(void)party_digits(r, text);
	if (asked & ASKED_USER)
		(void)stated_user(r, text);
	if (asked & ASKED_ACCOUNT)
		party_ask_account(r, text);
}
