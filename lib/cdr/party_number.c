#include "cdr/party_impl.h"

#include <assert.h>
#include <string.h>

#include "base/xalloc.h"

/*
 * Extensions of an Asterisk dial plan that stand for what happened and not
 * for somebody: the call began, nothing was dialled, nothing valid was.
 */
static const char *const events[] = { "s", "i", "t", "h", "T", "a", "o", "e",
	"fax", "talk", "failed", "hangup", "hang" };

struct memo *
party_memo(struct resolver *r, uint32_t text)
{
	struct memo *m;

	assert(text < r->nmemos && !r->shared);
	m = &r->memos[text];
	if (!m->touched) {
		r->touched = xgrow(r->touched, &r->touched_cap, r->ntouched + 1,
		    sizeof(*r->touched));
		r->touched[r->ntouched++] = text;
		m->touched = true;
	}
	return m;
}

/* That there is no text is known of it. */
void
party_forget(struct resolver *r)
{
	size_t i;

	for (i = 0; i < r->ntouched; i++) {
		r->memos[r->touched[i]] = (struct memo){ .channel = 0 };
		r->users[r->touched[i]] = 0;
	}
	r->ntouched = 0;
	r->memos[0] = (struct memo){ .number = { 1, 1 },
		.digits = DIGITS_NONE + 1,
		.says = SAYS_KNOWN };
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
party_ask_number(struct resolver *r, uint32_t text, enum dialplan_role role)
{
	const char *s = batch_text(r->b, text);
	const struct party *p;
	struct number n;
	struct memo *m;
	uint32_t id;

	if (text == 0 ||
	    !party_may_ask(r, text,
		role == ROLE_CALLER ? ASKED_CALLER : ASKED_DIALLED))
		return 0;
	id = 0; /* no party at all */
	if (!names_event(s)) {
		dialplan_read(r->source->plan, role, s,
		    intern_len(r->b->names, text), &n);
		id = party_add(r, &n);
	}
	p = &r->b->parties[id];
	m = party_memo(r, text);
	m->number[role] = id + 1;
	if (party_side(r, id) == SIDE_INSIDE)
		m->reads |= (uint8_t)(READS_INSIDE << role);
	if (party_side(r, id) == SIDE_OUTSIDE)
		m->reads |= (uint8_t)(READS_OUTSIDE << role);
	if (role == ROLE_CALLER && batch_text(r->b, p->text)[0] == '+')
		m->reads |= READS_PLUS;
	if (role == ROLE_DIALLED &&
	    (p->party == PARTY_INVALID || p->kind == NUMKIND_EMERGENCY))
		m->reads |= READS_ODD;
	if (p->inside)
		party_ask_account(r, p->text);
	return id;
}

enum digits_kind
party_ask_digits(struct resolver *r, uint32_t text)
{
	char out[BOUNDS_NUMBER];
	enum digits_kind kind;

	if (!party_may_ask(r, text, ASKED_DIGITS))
		return DIGITS_NONE;
	kind = digits_clean(batch_text(r->b, text),
	    intern_len(r->b->names, text), out);
	party_memo(r, text)->digits = (uint8_t)(kind + 1);
	return kind;
}

uint32_t
party_abroad(struct resolver *r, uint32_t dialled, uint32_t dst)
{
	enum { NATIONAL = 7 }; /* digits of the shortest that can be meant */
	const char *cut, *full;
	size_t all, len;
	uint32_t id;

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
