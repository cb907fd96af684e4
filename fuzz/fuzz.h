/*
 * fuzz: what the fuzz targets share.
 *
 * A target is one file, fuzz_MODULE.c, with one function: it gets any bytes
 * and has the module read them.  It must not crash, and what it reads must
 * hold together: a target says what that means for its module, and ends the
 * program (assert) where it does not.  corpus/MODULE has inputs of ours to
 * begin with, MODULE.dict words that lead deeper.
 *
 * With libFuzzer (make fuzz) a target looks for new inputs; linked with
 * replay.c instead it runs the corpus, as make check does.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/errmsg.h"
#include "base/notes.h"
#include "cdr/layout.h"
#include "tel/numplan.h"

/* The target; the name is libFuzzer's.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is left of the input. */
struct fuzz_input {
	const char *bytes;
	size_t len;
};

/* Take the first byte as a choice: 0 to n - 1; '0' is 0. */
unsigned fuzz_choice(struct fuzz_input *in, unsigned n);
/* Take a line without its LF, or all there is; a text, to be freed. */
char *fuzz_line(struct fuzz_input *in);
/* Take the rest; a text, to be freed. */
char *fuzz_rest(struct fuzz_input *in);

/*
 * The bytes as a file without a name, for what reads paths; it ends with
 * fuzz_file_end().
 */
struct fuzz_file {
	char path[32];
	FILE *file;
};
void fuzz_file_begin(struct fuzz_file *f, const void *bytes, size_t len);
void fuzz_file_end(struct fuzz_file *f);

/* An error has words, without a full stop or a line end behind them. */
void fuzz_check_words(const char *text);
/*
 * Every note has words and a code; its place is in `in`, where its source
 * line stands.
 */
void fuzz_check_notes(const struct notes *notes, const struct fuzz_input *in);

/* The shipped data, read once: it is the same for every input. */
const struct layouts *fuzz_layouts(void);
const struct numplan *fuzz_numplan(void);

#endif
