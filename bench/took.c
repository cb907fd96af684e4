/*
 * took: run a command and write down what it took.
 *
 *	took FILE COMMAND [ARGUMENT...]
 *
 * FILE becomes one line: wall seconds, processor seconds of all its processes,
 * KiB of the largest of them.  The exit status is that of the command.  Why not
 * the script that asks: a child's peak is at least that of its parent, and
 * Python has more than wc.
 */
#define _DEFAULT_SOURCE /* ru_maxrss is in no standard */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double
clock_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
write_down(const char *path, double wall)
{
	struct rusage use;
	FILE *f = fopen(path, "w");

	if (f == NULL || getrusage(RUSAGE_CHILDREN, &use) != 0)
		return -1;
	(void)fprintf(f, "%.4f %.4f %ld\n", wall,
	    seconds(&use.ru_utime) + seconds(&use.ru_stime), use.ru_maxrss);
	return fclose(f);
}

int
main(int argc, char **argv)
{
	const double began = clock_seconds();
	int status = 0;
	pid_t child;

	if (argc < 3) {
		(void)fprintf(stderr, "usage: took FILE COMMAND...\n");
		return 2;
	}
	child = fork();
	if (child == 0) {
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child ||
	    write_down(argv[1], clock_seconds() - began) != 0) {
		perror("took");
		return 126;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
