/* What ran, as `cdrreport runs` will tell it, be anything of it kept or not. */
#include "stored.h"

#include <pwd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t
stored_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *
what_of(const struct scan *s)
{
	return s->o->forget != NULL ? "forget"
	       : s->o->rescore      ? "rescore"
				    : "scan";
}

int
stored_note_run(struct stored_run *r, struct errmsg *err)
{
	const struct scan *s = r->s;
	const struct passwd *who = getpwuid(getuid());
	const int64_t fixed = s->setup.now_given ? s->setup.now : 0;
	struct store_run run = {
		.number = r->number,
		.what = what_of(s),
		.began = fixed != 0 ? fixed : r->began,
		.ended = fixed != 0 ? fixed : stored_clock(),
		.user = who != NULL ? who->pw_name : "",
		.config = r->config,
		.findings = (int64_t)(s->results.n + r->left.n),
		.added = r->changes.added,
		.updated = r->changes.updated,
		.closed = r->changes.closed,
		.status = s->status,
	};

	return store_runs_end(r->store, &run, err);
}

void
scan_note_failure(struct scan *s)
{
	const struct passwd *who = getpwuid(getuid());
	const int64_t now = s->setup.now_given ? s->setup.now : stored_clock();
	const struct store_run run = { .what = what_of(s),
		.began = now,
		.ended = now,
		.user = who != NULL ? who->pw_name : "",
		.status = s->status,
		.error = s->failed[0] != '\0'
			     ? s->failed
			     : "settings, rules or files; it said which",
		.run = { .tool = "cdrscan",
		    .version = CDRGUARD_VERSION,
		    .as_of = s->setup.now,
		    .stored = true } };
	struct store *store;
	struct stat st;

	/* It must not make a store, nor complain twice. */
	if (s->setup.db == NULL || stat(s->setup.db, &st) != 0 ||
	    st.st_size == 0)
		return;
	if (store_open(&store, s->setup.db, STORE_WRITE, NULL) == 0)
		(void)store_runs_fail(store, &run, NULL);
	store_close(&store);
}
