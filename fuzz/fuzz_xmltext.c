/*
 * xmltext: any document under some paths; what is read is UTF-8 and bounded,
 * and the same the second time.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "fuzz/fuzz.h"
#include "io/xmltext.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { (const char *)data, size };
	struct xmltext *x = xmltext_new();
	char *path = fuzz_line(&in), *encoding = fuzz_line(&in), *first;
	struct errmsg err;
	size_t len, again;

	err.text[0] = '\0';
	if (xmltext_add(x, path, &err) != 0) {
		fuzz_check_words(err.text);
	} else if (xmltext_read(x, in.bytes, in.len, encoding, &err) != 0) {
		fuzz_check_words(err.text);
	} else {
		first = xstrdup(xmltext_get(x, 0, &len));
		assert(len <= BOUNDS_FIELD + 1 && strlen(first) == len);
		assert(len == BOUNDS_FIELD + 1 || utf8_valid(first, len));
		assert(xmltext_read(x, in.bytes, in.len, encoding, &err) == 0);
		assert(strcmp(xmltext_get(x, 0, &again), first) == 0);
		free(first);
	}
	xmltext_free(&x);
	free(path);
	free(encoding);
	return 0;
}
