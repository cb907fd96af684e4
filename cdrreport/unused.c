/*
 * cdrreport unused: accounts that nobody uses.
 *
 * An account is used by a call that it makes, answered or not, and by one that
 * it answers itself.  That it rings, or that its voicemail answers, is the
 * doing of others: who dials every number of a house must not keep dead
 * accounts alive.
 */
#include "listing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "tel/calltime.h"
#include "tool/readcalls.h"

#define SCHEMA "cdr.unused/1"

enum { DEFAULT_DAYS = 90, NAME_WIDTH = 24, CLASS_WIDTH = 12 };
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
#define NO_CALL INT64_MIN

/* What is known of a name of the batch. */
struct user {
	int64_t last;   /* its last call, NO_CALL */
	uint8_t type;   /* enum account_type, of its calls */
	size_t entry;   /* the first of the directory, from 1; 0: none */
	bool elsewhere; /* "201": its calls are those of "201@ulm" */
};

struct row {
	const char *account;
	const struct user *user;
};

struct unused {
	struct listing *l;
	struct batch *batch;
	struct user *users; /* by names id */
	uint32_t nusers;
	size_t *next; /* by entry: the next of the same account, from 1 */
	struct row *rows;
	size_t nrows, naccounts;
	int64_t days, before; /* the moment since when there is none */
	int64_t first;        /* the first call of the store, NO_CALL */
};

/* Who uses what ----------------------------------------------------------- */

static const struct directory_entry *
entry_at(const struct unused *u, size_t entry)
{
	return directory_at(u->l->setup.directory, entry - 1);
}

/* An entry without an account stands for its number. */
static const char *
account_of(const struct directory_entry *e)
{
	return e->account[0] != '\0' ? e->account : e->number;
}

static void
read_directory(struct unused *u)
{
	const struct directory *d = u->l->setup.directory;
	size_t n = d != NULL ? directory_size(d) : 0, i;
	uint32_t *names = xcalloc(n + 1, sizeof(*names));
	struct user *user;

	for (i = 0; i < n; i++)
		names[i] = intern_addstr(u->batch->names,
		    account_of(directory_at(d, i)));
	u->nusers = intern_count(u->batch->names);
	u->users = xcalloc(u->nusers, sizeof(*u->users));
	u->next = xcalloc(n + 1, sizeof(*u->next));
	for (i = 0; i < u->nusers; i++)
		u->users[i].last = NO_CALL;
	for (i = n; i > 0; i--) {
		user = &u->users[names[i - 1]];
		u->next[i - 1] = user->entry;
		user->entry = i;
	}
	free(names);
}

static void
use(struct unused *u, uint32_t name, int64_t at)
{
	struct user *user = &u->users[name];

	if (at > user->last)
		user->last = at;
}

/* Whoever the number of a party belongs to, under whatever name. */
static void
use_party(struct unused *u, uint32_t party, int64_t at)
{
	const struct batch *b = u->batch;
	const struct directory_entry *e;
	uint32_t name;

	if (!b->parties[party].inside)
		return;
	use(u, b->parties[party].text, at);
	e = directory_find(u->l->setup.directory, batch_party_text(b, party));
	if (e == NULL)
		return;
	name = intern_find(b->names, account_of(e), strlen(account_of(e)));
	use(u, name, at);
	if (e->account[0] == '\0' && name != b->parties[party].text)
		u->users[name].elsewhere = true;
}

static void
count_call(struct unused *u, const struct call *c)
{
	bool took =
	    c->status == STATUS_ANSWERED && c->feature != FEATURE_VOICEMAIL;
	struct user *user = &u->users[c->account];

	if (c->account != 0) {
		user->type = c->account_type;
		if (c->direction != DIR_IN || took)
			use(u, c->account, c->start);
	}
	if (c->direction != DIR_IN)
		use_party(u, c->src, c->start);
	if (took)
		use_party(u, c->dst, c->start);
}

/* Rows -------------------------------------------------------------------- */

/* Trunks and sources are no accounts, whatever their calls are billed to. */
static bool
is_account(const struct unused *u, const struct user *user)
{
	switch (user->type) {
	case ACCOUNT_ACCOUNT:
	case ACCOUNT_EXTENSION:
	case ACCOUNT_NUMBER:
	case ACCOUNT_DIRECTORY:
		return true;
	case ACCOUNT_MISSING:
		return user->entry != 0 && !user->elsewhere &&
		       strcmp(entry_at(u, user->entry)->class, "trunk") != 0;
	default:
		return false;
	}
}

/* The longest unused first, then by name. */
static int
compare_rows(const void *va, const void *vb)
{
	const struct row *a = va, *b = vb;

	if (a->user->last != b->user->last)
		return a->user->last < b->user->last ? -1 : 1;
	return strcmp(a->account, b->account);
}

static void
find_rows(struct unused *u)
{
	uint32_t name;

	u->rows = xcalloc(u->nusers, sizeof(*u->rows));
	for (name = 1; name < u->nusers; name++) {
		/* "*97" is a service that has calls, and nobody's account. */
		if (batch_text(u->batch, name)[0] == '*' ||
		    batch_text(u->batch, name)[0] == '#' ||
		    !is_account(u, &u->users[name]))
			continue;
		u->naccounts++;
		if (u->users[name].last < u->before)
			u->rows[u->nrows++] =
			    (struct row){ batch_text(u->batch, name),
				    &u->users[name] };
	}
	if (u->nrows > 1)
		qsort(u->rows, u->nrows, sizeof(*u->rows), compare_rows);
}

static const char *
type_of(const struct user *user)
{
	return user->type != ACCOUNT_MISSING
		   ? account_type_name((enum account_type)user->type)
		   : "directory";
}

static void
put_text_row(const struct unused *u, const struct row *row)
{
	struct buf *out = &u->l->out;
	const struct user *user = row->user;
	const char *class =
	    user->entry != 0 ? entry_at(u, user->entry)->class : "";
	size_t entry;

	buf_addf(out, "%-*s %-9s  ", NAME_WIDTH, row->account, type_of(user));
	if (user->last == NO_CALL) {
		buf_addf(out, "%-19s  %5s", "never", "");
	} else {
		time_local(out, u->l->zone, user->last);
		buf_addf(out, "  %5" PRId64,
		    (u->l->as_of - user->last) / day_ms);
	}
	if (user->entry != 0)
		buf_addf(out, "  %-*s", CLASS_WIDTH, class);
	for (entry = user->entry; entry != 0; entry = u->next[entry - 1])
		buf_addf(out, " %s", entry_at(u, entry)->number);
	while (out->data[out->len - 1] == ' ')
		buf_cut(out, out->len - 1);
	buf_addch(out, '\n');
}

static void
put_text(const struct unused *u)
{
	struct buf *out = &u->l->out;
	size_t i;

	if (u->nrows > 0)
		buf_addf(out, "%-*s %-9s  %-19s  %5s  %-*s %s\n", NAME_WIDTH,
		    "account", "type", "last call", "days", CLASS_WIDTH,
		    "class", "numbers");
	for (i = 0; i < u->nrows; i++)
		put_text_row(u, &u->rows[i]);
	buf_addf(out,
	    "%zu of %zu account%s: no call in the %" PRId64 " day%s before ",
	    u->nrows, u->naccounts, diag_s((int64_t)u->naccounts), u->days,
	    diag_s(u->days));
	time_local(out, u->l->zone, u->l->as_of);
	buf_addch(out, '\n');
}

static void
put_json_row(const struct unused *u, struct jsonout *j, const struct row *row)
{
	const struct user *user = row->user;
	size_t entry;

	listing_begin_row(u->l, j, SCHEMA);
	jsonout_kstring(j, "account", row->account);
	jsonout_kstring(j, "type", type_of(user));
	if (user->last != NO_CALL) {
		time_json(j, "last_call", user->last);
		jsonout_kint(j, "days", (u->l->as_of - user->last) / day_ms);
	}
	if (user->entry != 0) {
		jsonout_kstring_opt(j, "class",
		    entry_at(u, user->entry)->class);
		jsonout_kstring_opt(j, "group",
		    entry_at(u, user->entry)->group);
		jsonout_key(j, "numbers");
		jsonout_array(j);
		for (entry = user->entry; entry != 0;
		     entry = u->next[entry - 1])
			jsonout_string(j, entry_at(u, entry)->number);
		jsonout_end_array(j);
	}
	listing_end_row(u->l, j);
}

static void
put_json(const struct unused *u)
{
	bool whole = listing_format(u->l) == LISTING_JSON;
	struct jsonout j;
	size_t i;

	jsonout_init(&j, &u->l->out, true);
	if (whole) {
		jsonout_object(&j);
		jsonout_kstring(&j, "schema", SCHEMA);
		time_json(&j, "as_of", u->l->as_of);
		jsonout_kint(&j, "days", u->days);
		if (u->first != NO_CALL)
			time_json(&j, "records_from", u->first);
		jsonout_kint(&j, "known", (int64_t)u->naccounts);
		jsonout_key(&j, "accounts");
		jsonout_array(&j);
	}
	for (i = 0; i < u->nrows; i++)
		put_json_row(u, &j, &u->rows[i]);
	if (whole) {
		jsonout_end_array(&j);
		jsonout_end_object(&j);
		buf_addch(&u->l->out, '\n');
	}
}

/* A store that does not reach back so far cannot say who is unused. */
static void
check_reach(struct unused *u)
{
	struct buf from;

	if (u->first != NO_CALL && u->first <= u->before)
		return;
	buf_init(&from);
	if (u->first != NO_CALL) {
		buf_addstr(&from, "calls only from ");
		time_local(&from, u->l->zone, u->first);
	} else {
		buf_addstr(&from, "no calls");
	}
	diag_error(&u->l->setup.diag,
	    "the store has %s: who has none there may have called before",
	    from.data);
	u->l->status = EXIT_INCOMPLETE;
	buf_fini(&from);
}

static void
find(struct unused *u)
{
	const struct batch *b = u->batch;
	size_t i;

	read_directory(u);
	u->first = NO_CALL;
	for (i = 0; i < b->n; i++) {
		/* An audit log may reach further back than the calls. */
		if ((b->calls[i].flags & CALL_EVENT) != 0)
			continue;
		if (u->first == NO_CALL)
			u->first = b->calls[i].start;
		/* What lies behind as_of has not happened yet. */
		if (b->calls[i].start > u->l->as_of)
			break;
		count_call(u, &b->calls[i]);
	}
	find_rows(u);
	if (listing_format(u->l) == LISTING_TEXT)
		put_text(u);
	else
		put_json(u);
	check_reach(u);
	free(u->users);
	free(u->next);
	free(u->rows);
}

/* Guesses were said by the first run, which they were made in. */
static void
say_notes(struct listing *l, struct notes *notes)
{
	size_t i;

	for (i = 0; i < notes->n; i++)
		if (notes->list[i].level == NOTE_INFO)
			notes->list[i].level = NOTE_DETAIL;
	diag_notes(&l->setup.diag, notes);
}

static void
list_unused(struct listing *l)
{
	struct unused u = { .l = l, .batch = batch_new() };
	const struct zone *zone = l->zone;
	struct notes notes;
	struct errmsg err;

	u.days = l->o->days > 0 ? l->o->days : DEFAULT_DAYS;
	u.before = l->as_of - u.days * day_ms;
	notes_init(&notes);
	if (readcalls_load(&l->setup, l->store, u.batch, &zone, &notes, &err) !=
	    0) {
		diag_error(&l->setup.diag, "%s", err.text);
		l->status = EXIT_NOT_DONE;
	} else {
		find(&u);
	}
	say_notes(l, &notes);
	notes_fini(&notes);
	batch_free(&u.batch);
}

int
report_unused(const struct report_options *o, const char *name, char **operands,
    int n)
{
	(void)operands;
	(void)n;
	return listing_run(name, o, list_unused);
}
