/*
 * place: a folder for the files of a test of what programs set up, without
 * the variables that they look at, and what was said on standard error.
 */
#ifndef TESTS_UNIT_PLACE_H
#define TESTS_UNIT_PLACE_H

struct place {
	char dir[32];
	char config[64], rules[64], out[64], said[64]; /* paths, no files yet */
	int saved;                                     /* standard error */
};

/* For cmocka: a place of its own for each test, gone after it. */
int place_set_up(void **state);
int place_tear_down(void **state);

void place_write(const char *path, const char *text);
/* The file has these words in it; "": it has nothing. */
void place_check(const char *path, const char *want);

/* What is said from now on is kept ... */
void place_listen(struct place *p);
/* ... until here, and has these words in it; "": nothing was said. */
void place_heard(struct place *p, const char *words);

#endif
