#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/input.h"
#include "io/outfile.h"

struct place {
	char dir[32];
	char path[64];
};

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return -1;
	(void)strcpy(p->dir, "/tmp/test_outfile.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	(void)snprintf(p->path, sizeof(p->path), "%s/report", p->dir);
	*state = p;
	return 0;
}

/* How many files are in the folder, temporary ones too. */
static int
count_files(const struct place *p)
{
	DIR *d = opendir(p->dir);
	const struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n +=
		    strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	assert_int_equal(closedir(d), 0);
	return n;
}

static int
tear_down(void **state)
{
	struct place *p = *state;
	int status;

	(void)unlink(p->path);
	status = rmdir(p->dir);
	free(p);
	return status;
}

static void
check_file(const struct place *p, const char *wanted)
{
	struct errmsg err;
	char *bytes;
	size_t len;

	assert_int_equal(input_slurp(p->path, 1 << 20, &bytes, &len, &err), 0);
	assert_string_equal(bytes, wanted);
	free(bytes);
}

static void
test_commit(void **state)
{
	const struct place *p = *state;
	struct outfile *o;
	struct errmsg err;
	struct stat st;

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	outfile_puts(o, "one ");
	outfile_write(o, "two!", 3);
	outfile_flush(o);
	/* Nothing to be seen before it is complete. */
	assert_int_not_equal(access(p->path, F_OK), 0);
	outfile_puts(o, "\n");
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_null(o);
	check_file(p, "one two\n");
	assert_int_equal(count_files(p), 1);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	assert_int_equal(outfile_commit(&o, &err), 0);
	check_file(p, "");
}

static void
test_abandon(void **state)
{
	const struct place *p = *state;
	struct outfile *o;
	struct errmsg err;

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	outfile_puts(o, "old");
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	outfile_puts(o, "new");
	outfile_abandon(&o);
	assert_null(o);
	outfile_abandon(&o);
	check_file(p, "old");
	assert_int_equal(count_files(p), 1);
}

static void
test_large(void **state)
{
	const struct place *p = *state;
	struct outfile *o;
	struct errmsg err;
	struct stat st;
	int i;

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	for (i = 0; i < 100000; i++)
		outfile_puts(o, "0123456789");
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_size, 1000000);
}

static void
test_refused(void **state)
{
	struct place *p = *state;
	struct outfile *o = NULL;
	struct errmsg err;
	char wanted[128];

	assert_int_equal(outfile_open(&o, "/nonexistent/report", &err), -1);
	assert_null(o);
	assert_string_equal(err.text,
	    "cannot write /nonexistent/report: No such file or directory");
	assert_int_equal(outfile_open(&o, p->dir, &err), -1);
	(void)snprintf(wanted, sizeof(wanted),
	    "cannot write %s: Is a directory", p->dir);
	assert_string_equal(err.text, wanted);
}

/* The target becomes a directory while we write: nothing is left behind. */
static void
test_rename_fails(void **state)
{
	const struct place *p = *state;
	struct outfile *o;
	struct errmsg err;

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	outfile_puts(o, "x");
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(outfile_commit(&o, &err), -1);
	assert_null(o);
	assert_non_null(strstr(err.text, "Is a directory"));
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(count_files(p), 0);
}

static void
test_full(void **state)
{
	struct outfile *o;
	struct errmsg err;
	int i;

	(void)state;
	/* A device is written, not replaced. */
	assert_int_equal(outfile_open(&o, "/dev/full", &err), 0);
	for (i = 0; i < 100000; i++)
		outfile_puts(o, "0123456789");
	assert_int_equal(outfile_commit(&o, &err), -1);
	assert_string_equal(err.text,
	    "cannot write /dev/full: No space left on device");
	assert_int_equal(access("/dev/full", W_OK), 0);
}

/* Run with standard output on `path`; it is put back. */
static int
write_stdout(const char *path, struct errmsg *err)
{
	struct outfile *o;
	int fd, saved, status;

	(void)fflush(stdout);
	saved = dup(STDOUT_FILENO);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(saved >= 0 && fd >= 0);
	assert_int_equal(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	status = outfile_open(&o, NULL, err);
	outfile_puts(o, "result\n");
	status += outfile_commit(&o, err);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	assert_int_equal(close(saved), 0);
	assert_int_equal(close(fd), 0);
	return status;
}

static void
test_stdout(void **state)
{
	const struct place *p = *state;
	struct errmsg err;

	assert_int_equal(write_stdout(p->path, &err), 0);
	check_file(p, "result\n");
	assert_int_equal(write_stdout("/dev/full", &err), -1);
	assert_string_equal(err.text,
	    "cannot write standard output: No space left on device");
}

static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

/* A signal comes while a temporary file is open: it must wait. */
static void
test_signals_wait(void **state)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	const struct place *p = *state;
	struct sigaction act = { .sa_handler = catch }, before;
	struct outfile *o;
	struct errmsg err;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		assert_int_equal(sigaction(signals[i], &act, &before), 0);
		caught = 0;
		assert_int_equal(outfile_open(&o, p->path, &err), 0);
		(void)raise(signals[i]);
		outfile_puts(o, "whole\n");
		assert_int_equal(caught, 0);
		if (i % 2 == 0)
			assert_int_equal(outfile_commit(&o, &err), 0);
		else
			outfile_abandon(&o);
		assert_int_equal(caught, signals[i]);
		assert_int_equal(sigaction(signals[i], &before, NULL), 0);
	}
	check_file(p, "whole\n");
	/* Where nothing has to be removed it does not wait. */
	assert_int_equal(sigaction(SIGTERM, &act, &before), 0);
	caught = 0;
	assert_int_equal(outfile_open(&o, "/dev/null", &err), 0);
	(void)raise(SIGTERM);
	assert_int_equal(caught, SIGTERM);
	outfile_abandon(&o);
	assert_int_equal(sigaction(SIGTERM, &before, NULL), 0);
}

static mode_t
mode_of(const struct place *p)
{
	struct stat st;

	assert_int_equal(stat(p->path, &st), 0);
	return st.st_mode & 07777;
}

static void
write_shared(const struct place *p, const char *text)
{
	struct outfile *o;
	struct errmsg err;

	assert_int_equal(outfile_open_shared(&o, p->path, &err), 0);
	outfile_puts(o, text);
	assert_int_equal(outfile_commit(&o, &err), 0);
	check_file(p, text);
}

/* Settings are for other users, too; call data are not. */
static void
test_shared(void **state)
{
	static const mode_t kept[] = { 0664, 0600, 0444 };
	const struct place *p = *state;
	mode_t before = umask(022);
	struct outfile *o;
	struct errmsg err;
	size_t i;

	write_shared(p, "new\n");
	assert_int_equal(mode_of(p), 0644);
	assert_int_equal(umask(027), 022); /* it is as it was */
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		assert_int_equal(chmod(p->path, kept[i]), 0);
		write_shared(p, "again\n");
		assert_int_equal(mode_of(p), kept[i]);
	}
	assert_int_equal(unlink(p->path), 0);
	write_shared(p, "of a group\n");
	assert_int_equal(mode_of(p), 0640);
	assert_int_equal(umask(before), 027);
	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_int_equal(mode_of(p), 0600);
	/* Standard output is nobody's file. */
	assert_int_equal(outfile_open_shared(&o, NULL, &err), 0);
	outfile_abandon(&o);
	assert_int_equal(outfile_open_shared(&o, "/nonexistent/a", &err), -1);
}

/* Ours alone, unless it is said that everybody may read it. */
static void
test_mode(void **state)
{
	struct place *p = *state;
	struct outfile *o;
	struct errmsg err;

	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_int_equal(mode_of(p), 0600);
	assert_int_equal(outfile_open(&o, p->path, &err), 0);
	outfile_share(o);
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_int_equal(mode_of(p), 0644);
	(void)unlink(p->path);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void
into_a_buf(void **state)
{
	struct outfile *o;
	struct errmsg err;
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_addstr(&b, "before ");
	outfile_open_buf(&o, &b);
	outfile_puts(o, "one ");
	outfile_flush(o);
	assert_string_equal(b.data, "before one ");
	outfile_puts(o, "two");
	assert_int_equal(outfile_commit(&o, &err), 0);
	assert_null(o);
	assert_string_equal(b.data, "before one two");
	outfile_open_buf(&o, &b);
	outfile_puts(o, "lost");
	outfile_abandon(&o);
	assert_string_equal(b.data, "before one two");
	buf_fini(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(into_a_buf),
		TEST(test_commit),
		TEST(test_abandon),
		TEST(test_large),
		TEST(test_refused),
		TEST(test_rename_fails),
		TEST(test_full),
		TEST(test_stdout),
		TEST(test_signals_wait),
		TEST(test_mode),
		TEST(test_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
