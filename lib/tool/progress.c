#include "tool/progress.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/xalloc.h"

#define ERASE "\r\033[K"

enum { COLUMNS = 79, SECOND = 1000000000, BETWEEN = SECOND / 2 };

struct progress {
	const char *program;
	struct stages *stages;
	size_t columns; /* as stated; 0: those of the terminal */
	pthread_t id;
	pthread_mutex_t lock; /* of all below, and of the line */
	pthread_cond_t ended;
	bool shown, stop;
};

bool
progress_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL && term[0] != '\0' &&
	       strcmp(term, "dumb") != 0;
}

/* The line ------------------------------------------------------------------ */

/* Decimals while they tell something: 0.4 MB, 12 MB. */
static void
add_megabytes(struct buf *out, double bytes)
{
	const double mb = bytes / 1e6;

	buf_addf(out, mb < 10 ? "%.1f MB" : "%.0f MB", mb);
}

static void
add_time(struct buf *out, int64_t seconds)
{
	if (seconds < 100)
		buf_addf(out, "%" PRId64 " s", seconds);
	else
		buf_addf(out, "%" PRId64 " min", (seconds + 30) / 60);
}

/* What the line may tell, in its order; each begins with what joins it. */
enum part { RECORDS, STAGE, DONE, SIZE, RATE, TIME, OF_FILES, PARTS };

/* How much was read, how fast, and how long the rest of it takes. */
static void
add_reading(struct buf *parts, const struct stages_now *now)
{
	const double rate = (double)now->bytes * SECOND / (double)now->ns;
	/* A file may have grown since it was looked at. */
	const uint64_t all =
	    now->expected > now->bytes ? now->expected : now->bytes;

	if (now->expected > 0)
		buf_addf(&parts[DONE], ", %.0f%%",
		    100.0 * (double)now->bytes / (double)all);
	buf_addstr(&parts[SIZE], now->expected > 0 ? " of " : ", ");
	add_megabytes(&parts[SIZE],
	    (double)(now->expected > 0 ? all : now->bytes));
	buf_addstr(&parts[RATE], ", ");
	add_megabytes(&parts[RATE], rate);
	buf_addstr(&parts[RATE], "/s");
	if (now->expected > 0 && now->bytes > 0) {
		buf_addstr(&parts[TIME], ", ");
		add_time(&parts[TIME],
		    (int64_t)((double)(all - now->bytes) / rate) + 1);
		/* What comes behind it may take as long again. */
		buf_addstr(&parts[TIME], " left to read");
	}
	/* One may have come since they were counted. */
	if (now->files > 1 && now->file > 0)
		buf_addf(&parts[OF_FILES], ", file %" PRIu64 " of %" PRIu64,
		    now->file, now->files > now->file ? now->files : now->file);
}

static void
add_stage(struct buf *parts, const struct stages_now *now)
{
	buf_addf(&parts[STAGE], ", %s", now->stage);
	if (now->in_stage < SECOND)
		return;
	buf_addstr(&parts[TIME], ", ");
	add_time(&parts[TIME], now->in_stage / SECOND);
	buf_addstr(&parts[TIME], " so far");
}

/*
 * Whether files are read.  Of small ones each is another's turn all the time;
 * what stays is how far all of them are.
 */
static bool
is_reading(const struct stages_now *now)
{
	static const char *const of_files[] = { "look up files", "recognise" };
	size_t i;

	if (now->ns <= 0)
		return false;
	if (strcmp(now->stage, "read") == 0)
		return true;
	for (i = 0; i < sizeof(of_files) / sizeof(of_files[0]); i++)
		if (strcmp(now->stage, of_files[i]) == 0)
			return now->bytes > 0;
	return false;
}

/*
 * Leave out whole parts until the others fit, the time last, as of a number
 * that is cut another is left.
 */
static void
fit(struct buf *parts, size_t columns)
{
	static const enum part least[] = { RATE, OF_FILES, SIZE, RECORDS, DONE,
		TIME };
	size_t i, n = 0, len = 0;

	for (i = 0; i < PARTS; i++) {
		n += parts[i].len > 0;
		len += parts[i].len;
	}
	for (i = 0; i < sizeof(least) / sizeof(least[0]); i++) {
		if (len <= columns || n == 1)
			return;
		n -= parts[least[i]].len > 0;
		len -= parts[least[i]].len;
		buf_reset(&parts[least[i]]);
	}
}

void
progress_line(struct buf *out, const char *program, size_t columns,
    const struct stages_now *now)
{
	const size_t begin = out->len;
	struct buf parts[PARTS];
	size_t i, head;

	for (i = 0; i < PARTS; i++)
		buf_init(&parts[i]);
	buf_addf(&parts[RECORDS], ", %" PRIu64 " record%s", now->records,
	    now->records == 1 ? "" : "s");
	if (is_reading(now))
		add_reading(parts, now);
	else if (now->stage[0] != '\0')
		add_stage(parts, now);
	buf_addf(out, "%s:", program);
	head = out->len;
	/* The first of them has no comma. */
	fit(parts,
	    columns + 1 > head - begin ? columns + 1 - (head - begin) : 0);
	for (i = 0; i < PARTS; i++) {
		if (parts[i].len > 0)
			buf_addstr(out, parts[i].data + (out->len == head));
		buf_fini(&parts[i]);
	}
	if (out->len - begin > columns)
		buf_cut(out, begin + columns);
}

/* In its last column a terminal may begin the next row. */
static size_t
columns_of(const struct progress *p)
{
	size_t columns = 0;
#ifdef TIOCGWINSZ
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0)
		columns = size.ws_col;
#endif
	if (columns == 0 || (p->columns > 0 && p->columns < columns))
		columns = p->columns;
	return columns > 0 && columns <= COLUMNS ? columns - 1 : COLUMNS;
}

/* Showing it -------------------------------------------------------------- */

static void
put(const char *text, size_t len)
{
	(void)fwrite(text, 1, len, stderr);
	(void)fflush(stderr);
}

static void
show(struct progress *p)
{
	struct stages_now now;
	struct buf line;

	stages_now(p->stages, &now);
	if (now.ns < PROGRESS_AFTER)
		return;
	buf_init(&line);
	buf_addstr(&line, ERASE);
	progress_line(&line, p->program, columns_of(p), &now);
	put(line.data, line.len);
	buf_fini(&line);
	p->shown = true;
}

static void
erase(struct progress *p)
{
	if (p->shown)
		put(ERASE, sizeof(ERASE) - 1);
	p->shown = false;
}

static void
add_ns(struct timespec *t, long ns)
{
	t->tv_nsec += ns;
	if (t->tv_nsec >= SECOND) {
		t->tv_nsec -= SECOND;
		t->tv_sec++;
	}
}

static void *
tick(void *arg)
{
	struct progress *p = arg;
	struct timespec next;

	(void)pthread_mutex_lock(&p->lock);
	(void)clock_gettime(CLOCK_MONOTONIC, &next);
	while (!p->stop) {
		add_ns(&next, BETWEEN);
		while (!p->stop && pthread_cond_timedwait(&p->ended, &p->lock,
				       &next) != ETIMEDOUT)
			continue;
		if (!p->stop)
			show(p);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void
free_progress(struct progress *p)
{
	(void)pthread_cond_destroy(&p->ended);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

/* COLUMNS, for a terminal that does not know its own, or for fewer. */
static size_t
stated_columns(void)
{
	const char *text = getenv("COLUMNS");
	const long n = text != NULL ? strtol(text, NULL, 10) : 0;

	return n > 0 ? (size_t)n : 0;
}

struct progress *
progress_start(const char *program, struct stages *st)
{
	struct progress *p = xcalloc(1, sizeof(*p));
	pthread_condattr_t monotonic;

	p->program = program;
	p->stages = st;
	p->columns = stated_columns();
	(void)pthread_mutex_init(&p->lock, NULL);
	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&p->ended, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	if (pthread_create(&p->id, NULL, tick, p) == 0)
		return p;
	free_progress(p);
	return NULL;
}

void
progress_stop(struct progress **pp)
{
	struct progress *p = *pp;

	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	p->stop = true;
	(void)pthread_cond_signal(&p->ended);
	(void)pthread_mutex_unlock(&p->lock);
	(void)pthread_join(p->id, NULL);
	erase(p);
	free_progress(p);
	*pp = NULL;
}

void
progress_pause(struct progress *p)
{
	if (p == NULL)
		return;
	(void)pthread_mutex_lock(&p->lock);
	erase(p);
}

void
progress_resume(struct progress *p)
{
	if (p != NULL)
		(void)pthread_mutex_unlock(&p->lock);
}
