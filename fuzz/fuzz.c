#include "fuzz/fuzz.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/builtin.h"

unsigned
fuzz_choice(struct fuzz_input *in, unsigned n)
{
	unsigned choice;

	if (in->len == 0)
		return 0;
	choice = (unsigned)((unsigned char)in->bytes[0] + n * 256 - '0') % n;
	in->bytes++;
	in->len--;
	return choice;
}

char *
fuzz_line(struct fuzz_input *in)
{
	const char *lf = in->len > 0 ? memchr(in->bytes, '\n', in->len) : NULL;
	size_t len = lf != NULL ? (size_t)(lf - in->bytes) : in->len;
	char *text = xstrndup(in->bytes, len);

	len += lf != NULL;
	in->bytes += len;
	in->len -= len;
	return text;
}

char *
fuzz_rest(struct fuzz_input *in)
{
	char *text = xstrndup(in->bytes, in->len);

	in->bytes += in->len;
	in->len = 0;
	return text;
}

void
fuzz_file_begin(struct fuzz_file *f, const void *bytes, size_t len)
{
	size_t written;
	int flushed;
	off_t at;

	f->file = tmpfile();
	assert(f->file != NULL);
	written = fwrite(bytes, 1, len, f->file);
	flushed = fflush(f->file);
	/* Where opening this is no new opening, the place is shared. */
	at = lseek(fileno(f->file), 0, SEEK_SET);
	assert(written == len && flushed == 0 && at == 0);
	(void)snprintf(f->path, sizeof(f->path), "/dev/fd/%d", fileno(f->file));
}

void
fuzz_file_end(struct fuzz_file *f)
{
	(void)fclose(f->file);
}

void
fuzz_check_words(const char *text)
{
	size_t len = strlen(text);

	assert(len > 0);
	assert(text[len - 1] != '\n' && text[len - 1] != ' ');
	assert(text[len - 1] != '.' || strcmp(text + len - 3, "...") == 0);
}

/* Line `n`, from 1, without its end. */
static struct fuzz_input
line_of(struct fuzz_input text, uint32_t n)
{
	const char *lf;

	if (text.len >= 3 && memcmp(text.bytes, "\xef\xbb\xbf", 3) == 0) {
		text.bytes += 3;
		text.len -= 3;
	}
	for (; (lf = memchr(text.bytes, '\n', text.len)) != NULL && n > 1;
	     n--) {
		text.len -= (size_t)(lf + 1 - text.bytes);
		text.bytes = lf + 1;
	}
	assert(n == 1);
	if (lf != NULL)
		text.len = (size_t)(lf - text.bytes);
	if (text.len > 0 && text.bytes[text.len - 1] == '\r')
		text.len--;
	return text;
}

void
fuzz_check_notes(const struct notes *notes, const struct fuzz_input *in)
{
	const struct note *note;
	struct fuzz_input line;
	size_t i;

	for (i = 0; i < notes->n; i++) {
		note = &notes->list[i];
		fuzz_check_words(note->text);
		assert(note->code != NULL);
		if (note->line == 0)
			continue;
		line = line_of(*in, note->line);
		assert(note->column >= 1 && note->end > note->column);
		assert(note->column <= utf8_length(line.bytes, line.len) + 1);
		/* A text ends where it has a NUL. */
		if (note->source != NULL &&
		    memchr(line.bytes, 0, line.len) == NULL)
			assert(strlen(note->source) == line.len &&
			       memcmp(note->source, line.bytes, line.len) == 0);
	}
}

const struct layouts *
fuzz_layouts(void)
{
	static struct layouts *shipped;
	struct notes notes;
	int rc;

	if (shipped != NULL)
		return shipped;
	notes_init(&notes);
	shipped = layouts_new();
	rc = layouts_load(shipped, BUILTIN_ROOT "/layouts", &notes);
	assert(rc == 0);
	notes_fini(&notes);
	return shipped;
}

const struct numplan *
fuzz_numplan(void)
{
	static struct numplan *shipped;
	struct errmsg err;
	int rc;

	if (shipped != NULL)
		return shipped;
	rc = numplan_load(&shipped, BUILTIN_ROOT "/numplan", &err);
	assert(rc == 0);
	return shipped;
}
