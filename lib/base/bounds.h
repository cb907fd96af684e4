/*
 * bounds: every limit on what untrusted input may make us do, in one place,
 * each with its reason.  Reaching a limit is an ordinary error with words; it
 * is never silent truncation.
 */
#ifndef LIB_BASE_BOUNDS_H
#define LIB_BASE_BOUNDS_H

enum {
	/* One message to a person; longer text is cut with "...". */
	BOUNDS_MESSAGE = 1024,

	/*
	 * Bytes in one record.  Asterisk cuts at 1024; a BroadWorks line with
	 * all its columns stays below 16 KiB.  A lost quote must not swallow
	 * a file.
	 */
	BOUNDS_RECORD = 256 * 1024,

	/*
	 * Bytes of a record that is an XML element or a JSON object: FreeSWITCH
	 * writes some 100 KiB for a call with a long way through a dialplan.
	 */
	BOUNDS_DOCUMENT = 1024 * 1024,

	/* Elements in elements of XML; records of switches have about seven. */
	BOUNDS_XML_DEPTH = 64,

	/* Names by which an element or an object is known as a record. */
	BOUNDS_RECORD_NAMES = 8,

	/* Columns of one record: BroadWorks has 348, CUCM 133. */
	BOUNDS_COLUMNS = 1024,

	/* Bytes of one field that is kept: a stranger chose the name. */
	BOUNDS_FIELD = 4096,

	/* Digits of a number that is kept; E.164 allows 15. */
	BOUNDS_NUMBER = 64,

	/* A rule, layout or configuration file. */
	BOUNDS_JSON_FILE = 64 * 1024 * 1024,

	/* Nesting of JSON; our own files need about eight levels. */
	BOUNDS_JSON_DEPTH = 64,

	/* Problems reported before giving up on a set of rule files. */
	BOUNDS_NOTES = 50,

	/* PCRE2 match and depth limits: a pattern that needs more is broken. */
	BOUNDS_PATTERN_MATCH = 100000,
	BOUNDS_PATTERN_DEPTH = 1000,

	/* Bytes of a pattern. */
	BOUNDS_PATTERN = 4096,

	/* Rejected records kept with their text in one run. */
	BOUNDS_REJECTS = 10000,

	/*
	 * Calls of which only some rows were read, and the bytes of those
	 * rows: a switch has as many calls at once as it has channels.  The
	 * call whose last row is the oldest is given out as it is.
	 */
	BOUNDS_OPEN_CALLS = 65536,
	BOUNDS_OPEN_BYTES = 256 * 1024 * 1024,

	/*
	 * Length of a text that was packed for each byte of it that stands
	 * there, so that few bytes ask for no more memory than many texts
	 * cost beside their bytes.  Names and numbers have less characters
	 * than that, so they share all that they can.
	 */
	BOUNDS_PACKED_SHARE = 64,

	/* Entries of one list: published complaint lists have 3 million. */
	BOUNDS_LIST = 20000000,

	/* Groups of one rule in one run (max_groups). */
	BOUNDS_GROUPS = 5000000,
	/* Calls that one window of a group holds (max_window_calls). */
	BOUNDS_WINDOW = 20000000,

	/* Evidence lines of one finding: first 5, last 5, dearest 10. */
	BOUNDS_EVIDENCE = 20,

	/* Files named by one command, directories opened. */
	BOUNDS_FILES = 1000000,

	/* Fields of a `by`, and conditions of a predicate. */
	BOUNDS_BY = 6,
	BOUNDS_CLAUSES = 256,

	/* A time zone file; the largest of tzdata has 4 KiB. */
	BOUNDS_ZONE_FILE = 256 * 1024,

	/* Conversions and characters of a stamp pattern. */
	BOUNDS_STAMP = 64,

	/* Sources of one configuration; an index fits 16 bits. */
	BOUNDS_SOURCES = 4096,

	/* Different currencies in one run; an index fits 8 bits. */
	BOUNDS_CURRENCIES = 200
};

#endif
