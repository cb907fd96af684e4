#include "place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "io/input.h"

void
place_write(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

int
place_set_up(void **state)
{
	static const char *const ours[] = { "CDR_CONFIG", "CDR_DB", "CDR_RULES",
		"NO_COLOR", "SOURCE_DATE_EPOCH", "TZ", "XDG_CONFIG_HOME" };
	struct place *p = xcalloc(1, sizeof(*p));
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		(void)unsetenv(ours[i]);
	(void)strcpy(p->dir, "/tmp/test_place.XXXXXX");
	if (mkdtemp(p->dir) == NULL)
		return -1;
	(void)snprintf(p->config, sizeof(p->config), "%s/c.json", p->dir);
	(void)snprintf(p->rules, sizeof(p->rules), "%s/r.json", p->dir);
	(void)snprintf(p->out, sizeof(p->out), "%s/out", p->dir);
	(void)snprintf(p->said, sizeof(p->said), "%s/said", p->dir);
	p->saved = -1;
	*state = p;
	return 0;
}

int
place_tear_down(void **state)
{
	struct place *p = *state;
	int status;

	(void)unlink(p->config);
	(void)unlink(p->rules);
	(void)unlink(p->out);
	(void)unlink(p->said);
	status = rmdir(p->dir);
	free(p);
	return status;
}

void
place_listen(struct place *p)
{
	int fd = open(p->said, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	(void)fflush(stderr);
	p->saved = dup(STDERR_FILENO);
	assert_true(fd >= 0 && p->saved >= 0);
	assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	(void)close(fd);
}

void
place_check(const char *path, const char *want)
{
	struct errmsg err;
	char *text;
	size_t len;

	assert_int_equal(input_slurp(path, 1 << 20, &text, &len, &err), 0);
	if (strstr(text, want) == NULL || (want[0] == '\0' && len > 0))
		fail_msg("'%s' lacks '%s'", text, want);
	free(text);
}

void
place_heard(struct place *p, const char *words)
{
	(void)fflush(stderr);
	assert_int_equal(dup2(p->saved, STDERR_FILENO), STDERR_FILENO);
	(void)close(p->saved);
	place_check(p->said, words);
}
