/*
 * config: a configuration is taken or every problem of it has a place; from
 * what is taken sources can be made.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "tool/config.h"

static void
check_sources(const struct config *c, struct notes *notes)
{
	struct config_sources s;
	size_t i;

	if (config_sources_make(&s, c, NULL, fuzz_numplan(), notes) == 0) {
		assert(s.n == c->nsources + 1);
		for (i = 0; i < s.n; i++)
			assert(config_source_named(&s, s.list[i].name) ==
			       &s.list[i]);
		assert(config_source_for(&s, c, "/nowhere/Master.csv") != NULL);
	}
	config_sources_fini(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct fuzz_input in = { (const char *)data, size };
	struct fuzz_file f;
	struct config c;
	struct notes notes;
	struct buf shown;
	int rc;

	fuzz_file_begin(&f, data, size);
	notes_init(&notes);
	rc = config_load(&c, CONFIG_FILE, f.path, &notes);
	assert((rc == 0) == (notes.errors == 0));
	if (rc == 0) {
		check_sources(&c, &notes);
		buf_init(&shown);
		config_show(&c, NULL, &shown);
		assert(shown.len > 0);
		buf_fini(&shown);
	}
	fuzz_check_notes(&notes, &in);
	config_fini(&c);
	notes_fini(&notes);
	fuzz_file_end(&f);
	return 0;
}
