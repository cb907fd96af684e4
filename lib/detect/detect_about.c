/*
 * detect_about: whom findings are about that a run does not read.  Whose a
 * number or a user is, says the first of all calls that tells; so a call of
 * today can give a finding of long ago another entity.  Kept is for each number
 * of inside and each user that findings are grouped by, whom they are about.
 */
#include <string.h>

#include "base/hash.h"
#include "base/intern.h"
#include "base/packed.h"
#include "detect/detect_facts_impl.h"
#include "detect/detect_finding_impl.h"
#include "detect/detect_parts_impl.h"

enum { ABOUT_FORMAT = 1, UNTOLD = 0 };
enum {
	ABOUT_HEAD_FORMAT,
	ABOUT_HEAD_NUMBERS, /* how many */
	ABOUT_HEAD_USERS,
	ABOUT_HEAD_SIZE
};

/* By hash of the text: that of the entity, or that no call tells. */
struct about {
	struct detect_marks numbers, users;
};

static void
about_fini(struct about *a)
{
	detect_marks_fini(&a->numbers);
	detect_marks_fini(&a->users);
}

static bool
read_about(struct about *a, const unsigned char *at, const unsigned char *end)
{
	struct packed_numbers head;

	return packed_take_numbers(&head, &at, end, ABOUT_HEAD_SIZE) == 0 &&
	       packed_number(&head, ABOUT_HEAD_FORMAT) == ABOUT_FORMAT &&
	       detect_marks_read(&a->numbers, &at, end,
		   packed_number(&head, ABOUT_HEAD_NUMBERS)) == 0 &&
	       detect_marks_read(&a->users, &at, end,
		   packed_number(&head, ABOUT_HEAD_USERS)) == 0 &&
	       at == end;
}

/* False: nothing that can be read. */
static bool
take_about(struct about *a, const struct detect_keep *keep)
{
	const struct buf *body =
	    keep != NULL ? detect_keep_get(keep, DETECT_KEEP_ABOUT) : NULL;
	const unsigned char *bytes;

	memset(a, 0, sizeof(*a));
	if (body == NULL)
		return false;
	bytes = (const unsigned char *)body->data;
	return read_about(a, bytes, bytes + body->len);
}

static uint64_t
key_of(const char *text)
{
	return hash64(text, strlen(text));
}

/* An instant that can be one (detect_sane()), and is told. */
static int64_t
told_as(const struct detect_batch *db, const char *account)
{
	const char *texts[] = { detect_account_type(db, account), account };

	return (int64_t)(detect_held_key(texts, 2) >> 5 | 1);
}

/* Whether those that are kept are about whom calls tell now. */
static bool
marks_stand(const struct detect_batch *db, const struct detect_marks *kept,
    const struct detect_marks *facts, const _Atomic uint32_t *of)
{
	const struct batch *b = db->calls;
	struct detect_marks told = { .list = NULL };
	const struct detect_mark *m, *now;
	const uint32_t names = intern_count(b->names);
	bool stand = true;
	uint32_t id;
	size_t i;

	for (id = 1; id < names && kept->n > 0; id++)
		if (of[id] != 0)
			detect_marks_add(&told, key_of(batch_text(b, id)),
			    told_as(db,
				batch_text(b, b->calls[of[id] - 1].account)));
	detect_marks_settle(&told);
	for (i = 0; i < kept->n && stand; i++) {
		m = &kept->list[i];
		if (detect_marks_find(facts, m->key) != NULL)
			continue;
		now = detect_marks_find(&told, m->key);
		stand = m->at == (now != NULL ? now->at : UNTOLD);
	}
	detect_marks_fini(&told);
	return stand;
}

bool
detect_about_stands(const struct detect_batch *db,
    const struct detect_settings *set)
{
	struct about a;
	bool stand;

	if (set->past == NULL || !set->past->left)
		return true;
	stand =
	    db->facts != NULL && take_about(&a, set->past->keep) &&
	    marks_stand(db, &a.numbers, &db->facts->numbers, db->of_party) &&
	    marks_stand(db, &a.users, &db->facts->users, db->of_user);
	about_fini(&a);
	return stand;
}

static void
add_one(struct detect_marks *to, const struct detect_batch *db,
    const char *text, const char *account)
{
	detect_marks_add(to, key_of(text),
	    account != NULL ? told_as(db, account) : UNTOLD);
}

static const struct rule *
rule_of(const struct detect_run_parts *ps, const char *id)
{
	size_t low = 0, high = ps->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(ps->list[middle].rule->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ps->n && strcmp(ps->list[low].rule->id, id) == 0
		   ? ps->list[low].rule
		   : NULL;
}

static void
add_finding(struct about *a, const struct detect_run_parts *ps,
    const struct finding *f)
{
	const struct detect_batch *db = &ps->db;
	const struct rule *r = rule_of(ps, f->rule);
	const char *text;

	if (r == NULL)
		return;
	switch (detect_entity_asks(r, f, &text)) {
	case ENTITY_NUMBER:
		add_one(&a->numbers, db, text, detect_number_account(db, text));
		break;
	case ENTITY_USER:
		add_one(&a->users, db, text, detect_user_account(db, text));
		break;
	case ENTITY_ITSELF:
		break;
	}
}

/* Those that no finding of this run is about. */
static void
add_others(struct detect_marks *to, const struct detect_marks *was)
{
	struct detect_marks more = { .list = NULL };
	size_t i;

	detect_marks_settle(to);
	for (i = 0; i < was->n; i++)
		if (detect_marks_find(to, was->list[i].key) == NULL)
			detect_marks_add(&more, was->list[i].key,
			    was->list[i].at);
	for (i = 0; i < more.n; i++)
		detect_marks_add(to, more.list[i].key, more.list[i].at);
	detect_marks_settle(to);
	detect_marks_fini(&more);
}

void
detect_about_keep(const struct detect_run_parts *ps, const struct results *out,
    struct buf *body)
{
	const struct detect_past *past = ps->set->past;
	struct about a = { .numbers = { .list = NULL } }, was;
	int64_t head[ABOUT_HEAD_SIZE];
	size_t i;

	for (i = 0; i < out->n; i++)
		add_finding(&a, ps, out->findings[i]);
	memset(&was, 0, sizeof(was));
	if (past != NULL && past->left)
		(void)take_about(&was, past->keep);
	add_others(&a.numbers, &was.numbers);
	add_others(&a.users, &was.users);
	head[ABOUT_HEAD_FORMAT] = ABOUT_FORMAT;
	head[ABOUT_HEAD_NUMBERS] = (int64_t)a.numbers.n;
	head[ABOUT_HEAD_USERS] = (int64_t)a.users.n;
	packed_add_numbers(body, head, ABOUT_HEAD_SIZE);
	detect_marks_print(&a.numbers, body);
	detect_marks_print(&a.users, body);
	about_fini(&a);
	about_fini(&was);
}
