/*
 * store_files_impl: what the sources of store_files share.
 *
 *   store_files.c       which file is which
 *   store_files_seam.c  where reading it ended
 */
#ifndef LIB_STORE_STORE_FILES_IMPL_H
#define LIB_STORE_STORE_FILES_IMPL_H

#include "store/store_files.h"

/* In their order in an answer; see enum seam_column. */
#define STORE_SEAM_COLUMNS                                         \
	"stop, start, line, first_end, header_begin, header_end, " \
	"records, skipped, rejects, form"

enum store_files_question {
	STORE_FILES_KNOWN,
	STORE_FILES_PATHS,
	STORE_FILES_MOVE,
	STORE_FILES_NAMED,
	STORE_FILES_ALIKE,
	STORE_FILES_AGAIN,
	STORE_FILES_PUT,
	STORE_FILES_SEAM,
	STORE_FILES_NO_SEAM,
	STORE_FILES_PUT_SEAM,
	STORE_FILES_QUESTIONS
};

extern const char *const store_files_questions[STORE_FILES_QUESTIONS];

struct store_files {
	struct store *store;
	struct sqlstmt *asked[STORE_FILES_QUESTIONS]; /* NULL: not yet */
};

/*
 * The statement, made once and still ours; to be reset by whoever does not
 * step to its end.
 */
int store_files_ask(struct store_files *k, enum store_files_question what,
    struct sqlstmt **q, struct errmsg *err);

/* The number that the file has; 0: it was never seen. */
int store_files_find(struct store_files *k, const struct store_file *f,
    int64_t *id, struct errmsg *err);

/*
 * Note where reading the file with number `id` ended.  `mixed`: the store has
 * records of it that it may not have.
 */
int store_files_put_seam(struct store_files *k, const struct store_file *f,
    int64_t id, bool mixed, struct errmsg *err);

#endif
