/*
 * replay FILE|FOLDER...    run a fuzz target over inputs, without libFuzzer
 *
 * Each input is run as it is, then cut short at some places and with some bits
 * turned over, always the same ones.  A process for each input, so that one
 * crash does not hide the next.  Speaks TAP.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/errmsg.h"
#include "base/xalloc.h"
#include "fuzz/fuzz.h"
#include "io/input.h"

enum {
	CUTS = 32,
	TURNS = 64,
	VARIANTS = 1 + CUTS + TURNS,
	SECONDS = 60 /* for all variants of an input */
};

/* The bytes as they are, compressed or not. */
static char *
read_bytes(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *bytes = NULL;
	size_t cap = 0, n;

	*len = 0;
	if (f == NULL) {
		perror(path);
		exit(2);
	}
	do {
		bytes = xgrow(bytes, &cap, *len + 65536, 1);
		n = fread(bytes + *len, 1, 65536, f);
		*len += n;
	} while (n > 0);
	(void)fclose(f);
	return bytes;
}

/* A copy of its own size, so that reading behind it is seen. */
static void
run_variant(const char *bytes, size_t len, size_t variant)
{
	size_t n = variant, at;
	uint8_t *copy;

	if (n >= 1 && n <= CUTS)
		len = len * (n - 1) / CUTS;
	copy = xmemdup(bytes, len);
	if (n > CUTS && len > 0) {
		n -= CUTS + 1;
		at = len < TURNS ? n % len : len * n / TURNS;
		copy[at] ^= (uint8_t)(1 << n % 8);
	}
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

/* In a process of its own: tell `report` each variant before it is run. */
static void
run_variants(const char *path, int report)
{
	char *bytes;
	uint8_t variant;
	size_t len;

	(void)alarm(SECONDS);
	bytes = read_bytes(path, &len);
	for (variant = 0; variant < VARIANTS; variant++) {
		if (write(report, &variant, 1) != 1)
			exit(2);
		run_variant(bytes, len, variant);
	}
	free(bytes);
	exit(0);
}

static void
say_failure(const char *path, int n, unsigned variant, int status)
{
	printf("not ok %d - %s", n, path);
	if (variant > CUTS)
		printf(", bit %u turned", variant - CUTS - 1);
	else if (variant > 0)
		printf(", cut %u", variant - 1);
	if (WIFSIGNALED(status))
		printf(", signal %d\n", WTERMSIG(status));
	else
		printf(", exit %d\n", WEXITSTATUS(status));
}

/* True if all variants of the input are fine. */
static bool
run_file(const char *path, int n)
{
	uint8_t variant = 0, next;
	int report[2], status = -1;
	pid_t child;

	(void)fflush(stdout);
	if (pipe(report) != 0 || (child = fork()) < 0) {
		perror("replay");
		exit(2);
	}
	if (child == 0) {
		(void)close(report[0]);
		run_variants(path, report[1]);
	}
	(void)close(report[1]);
	while (read(report[0], &next, 1) == 1)
		variant = next;
	(void)close(report[0]);
	if (waitpid(child, &status, 0) != child || status != 0) {
		say_failure(path, n, variant, status);
		return false;
	}
	printf("ok %d - %s\n", n, path);
	return true;
}

static bool
run_path(const char *path, int *n)
{
	struct errmsg err;
	bool good = true;
	char **paths;
	size_t i, count;

	if (!input_is_directory(path))
		return run_file(path, ++*n);
	if (input_list(path, &paths, &count, &err) != 0) {
		fprintf(stderr, "replay: %s\n", err.text);
		exit(2);
	}
	for (i = 0; i < count; i++) {
		good &= run_file(paths[i], ++*n);
		free(paths[i]);
	}
	free(paths);
	return good;
}

int
main(int argc, char **argv)
{
	bool good = true;
	int i, n = 0;

	for (i = 1; i < argc; i++)
		good &= run_path(argv[i], &n);
	printf("1..%d\n", n);
	return good && n > 0 ? 0 : 1;
}
