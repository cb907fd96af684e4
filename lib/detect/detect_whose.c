/* detect_whose: what the first of all calls that tells it says. */
#include <string.h>

#include "base/intern.h"
#include "detect/detect_facts_impl.h"

/* The first call that there is, of what is noted by name; or NULL. */
static const struct call *
first_of(const struct detect_batch *db, _Atomic uint32_t *of, const char *name)
{
	const struct batch *b = db->calls;
	const uint32_t id = intern_find(b->names, name, strlen(name));
	const uint32_t first = id != INTERN_NONE ? of[id] : 0;

	return first != 0 ? &b->calls[first - 1] : NULL;
}

const char *
detect_account_type(const struct detect_batch *db, const char *account)
{
	const struct detect_account *kept = NULL;
	const struct call *first;
	const char *type = "";

	if (db->facts != NULL)
		kept = detect_facts_account(db->facts, account);
	if (kept != NULL)
		type = account_type_name((enum account_type)kept->type);
	else if ((first = first_of(db, db->of_account, account)) != NULL)
		type =
		    account_type_name((enum account_type)first->account_type);
	return type[0] != '\0' ? type : "account";
}

bool
detect_account_since(const struct detect_batch *db, uint32_t account,
    int64_t *since)
{
	const struct batch *b = db->calls;
	const struct detect_account *kept = NULL;
	const uint32_t first = db->account_since[account];

	if (db->facts != NULL)
		kept = detect_facts_account(db->facts, batch_text(b, account));
	if (kept != NULL && kept->since != INT64_MAX) {
		*since = kept->since;
		return true;
	}
	if (first != 0)
		*since = b->calls[first - 1].start;
	return first != 0;
}

static const char *
account_of(const struct detect_batch *db, const struct detect_marks *kept,
    _Atomic uint32_t *of, const char *text)
{
	const struct detect_account *a = NULL;
	const struct call *first;

	if (kept != NULL)
		a = detect_facts_of(db->facts, kept, text);
	if (a != NULL)
		return a->name;
	first = first_of(db, of, text);
	return first != NULL ? batch_text(db->calls, first->account) : NULL;
}

const char *
detect_number_account(const struct detect_batch *db, const char *number)
{
	return account_of(db, db->facts != NULL ? &db->facts->numbers : NULL,
	    db->of_party, number);
}

const char *
detect_user_account(const struct detect_batch *db, const char *user)
{
	return account_of(db, db->facts != NULL ? &db->facts->users : NULL,
	    db->of_user, user);
}
