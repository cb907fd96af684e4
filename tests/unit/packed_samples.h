/*
 * Compressed files for tests.  PACKED_GZIP to PACKED_BZIP2 hold the 580 bytes
 * of 20 records; PACKED_ZIP holds them as d/a.csv, behind an entry for the
 * folder d, and "second\n" as b.csv; PACKED_ZIP_SECRET is encrypted.
 */
#ifndef TESTS_UNIT_PACKED_SAMPLES_H
#define TESTS_UNIT_PACKED_SAMPLES_H

#include <stddef.h>

struct packed_sample {
	const unsigned char *bytes;
	size_t len;
};

enum {
	PACKED_GZIP,
	PACKED_XZ,
	PACKED_ZSTD,
	PACKED_BZIP2,
	PACKED_ZIP,
	PACKED_ZIP_SECRET,
	PACKED_EMPTY_GZIP,
	PACKED_EMPTY_XZ,
	PACKED_EMPTY_ZSTD,
	PACKED_EMPTY_BZIP2,
	PACKED_EMPTY_ZIP,
};

extern const struct packed_sample packed_samples[];

#endif
