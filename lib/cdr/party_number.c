#include "cdr/party_impl.h"

#include <assert.h>
#include <string.h>

/*
 * Extensions of an Asterisk dial plan that stand for what happened and not
 * for somebody: the call began, nothing was dialled, nothing valid was.
 */
static const char *const events[] = { "s", "i", "t", "h", "T", "a", "o", "e",
	"fax", "talk", "failed", "hangup", "hang" };

struct memo *
party_memo(struct resolver *r, uint32_t text)
{
	uint16_t source = (uint16_t)(r->source_id + 1);
	struct memo *m;

	assert(text < r->nmemos);
	m = &r->memos[text];
	if (m->source == source)
		return m;
	if (r->shared)
		return &r->none;
	*m = (struct memo){ .source = source };
	return m;
}

static bool
names_event(const char *text)
{
	size_t i;

	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++)
		if (strcmp(text, events[i]) == 0)
			return true;
	return false;
}

uint32_t
party_number(struct resolver *r, uint32_t text, enum dialplan_role role)
{
	struct memo *m = party_memo(r, text);
	struct number n;
	const char *s;

	if (text == 0)
		return 0;
	if (m->number[role] != 0)
		return m->number[role] - 1;
	if (!party_may_ask(r, text,
		role == ROLE_CALLER ? ASKED_CALLER : ASKED_DIALLED))
		return 0;
	s = batch_text(r->b, text);
	if (names_event(s)) {
		m->number[role] = 1; /* no party at all */
	} else {
		dialplan_read(r->source->plan, role, s,
		    intern_len(r->b->names, text), &n);
		m->number[role] = party_add(r, &n) + 1;
	}
	return m->number[role] - 1;
}

enum digits_kind
party_digits(struct resolver *r, uint32_t text)
{
	struct memo *m = party_memo(r, text);
	char out[BOUNDS_NUMBER];

	if (m->digits == 0 && !party_may_ask(r, text, ASKED_DIGITS))
		return DIGITS_NONE;
	if (m->digits == 0)
		m->digits = (uint8_t)(digits_clean(batch_text(r->b, text),
					  intern_len(r->b->names, text), out) +
				      1);
	return (enum digits_kind)(m->digits - 1);
}

enum side
party_side(const struct resolver *r, uint32_t id)
{
	const struct party *p = &r->b->parties[id];

	if (p->inside)
		return SIDE_INSIDE;
	return p->text != 0 ? SIDE_OUTSIDE : SIDE_UNKNOWN;
}

uint32_t
party_abroad(struct resolver *r, uint32_t dialled, uint32_t dst)
{
	enum { NATIONAL = 7 }; /* digits of the shortest that can be meant */
	const char *cut, *full;
	size_t all, len;
	uint32_t id;

	if (dialled == dst || dialled == 0)
		return 0;
	cut = batch_text(r->b, dst);
	len = strlen(cut);
	if (len < NATIONAL || cut[0] == '+' ||
	    party_digits(r, dst) != DIGITS_NUMBER)
		return 0;
	id = party_number(r, dialled, ROLE_DIALLED);
	full = batch_party_text(r->b, id);
	all = strlen(full);
	if (!r->b->parties[id].international || len >= all)
		return 0;
	return strcmp(full + all - len, cut) == 0 ? id : 0;
}
