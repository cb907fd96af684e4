#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/intern.h"

static void
test_ids(void **state)
{
	struct intern *in = intern_new();

	(void)state;
	assert_int_equal(intern_count(in), 1);
	assert_int_equal(intern_addstr(in, ""), 0);
	assert_string_equal(intern_text(in, 0), "");
	assert_int_equal(intern_addstr(in, "a"), 1);
	assert_int_equal(intern_addstr(in, "b"), 2);
	assert_int_equal(intern_addstr(in, "a"), 1);
	assert_int_equal(intern_add(in, "abc", 1), 1);
	assert_int_equal(intern_count(in), 3);
	assert_string_equal(intern_text(in, 2), "b");
	assert_int_equal(intern_len(in, 2), 1);
	intern_free(&in);
	assert_null(in);
	intern_free(&in);
}

/* Bytes, not text. */
static void
test_bytes(void **state)
{
	struct intern *in = intern_new();
	uint32_t id;

	(void)state;
	id = intern_add(in, "a\0b", 3);
	assert_int_equal(intern_add(in, "a\0c", 3), id + 1);
	assert_int_equal(intern_add(in, "a", 1), id + 2);
	assert_int_equal(intern_add(in, "\0", 1), id + 3);
	assert_int_equal(intern_len(in, id), 3);
	assert_memory_equal(intern_text(in, id), "a\0b", 4);
	intern_free(&in);
}

static void
test_find(void **state)
{
	struct intern *in = intern_new();

	(void)state;
	assert_int_equal(intern_find(in, "", 0), 0);
	assert_int_equal(intern_find(in, "a", 1), INTERN_NONE);
	assert_int_equal(intern_count(in), 1);
	assert_int_equal(intern_addstr(in, "a"), 1);
	assert_int_equal(intern_find(in, "a", 1), 1);
	assert_int_equal(intern_find(in, "ab", 2), INTERN_NONE);
	intern_free(&in);
}

/* Ids and texts stay what and where they are while the table grows. */
static void
test_many(void **state)
{
	enum { N = 50000 };
	struct intern *in = intern_new();
	const char *first;
	char text[16];
	uint32_t i;

	(void)state;
	assert_int_equal(intern_addstr(in, "0"), 1);
	first = intern_text(in, 1);
	for (i = 0; i < N; i++) {
		(void)snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(intern_addstr(in, text), i + 1);
	}
	assert_ptr_equal(intern_text(in, 1), first);
	for (i = 0; i < N; i++) {
		(void)snprintf(text, sizeof(text), "%u", i);
		assert_int_equal(intern_find(in, text, strlen(text)), i + 1);
		assert_string_equal(intern_text(in, i + 1), text);
	}
	assert_int_equal(intern_count(in), N + 1);
	intern_free(&in);
}

/* Of every length, strings that differ in one byte are others. */
static void
test_lengths(void **state)
{
	enum { LONGEST = 40 };
	struct intern *in = intern_new();
	char text[LONGEST] = "";
	uint32_t id = 1;
	size_t len, at;

	(void)state;
	for (len = 1; len <= LONGEST; len++) {
		assert_int_equal(intern_add(in, text, len), id++);
		for (at = 0; at < len; at++) {
			text[at] = '\x80';
			assert_int_equal(intern_find(in, text, len),
			    INTERN_NONE);
			assert_int_equal(intern_add(in, text, len), id++);
			text[at] = '\0';
		}
		assert_int_equal(intern_find(in, text, len), id - len - 1);
	}
	intern_free(&in);
}

/* Several at once are what they are one by one; new ones may come twice. */
static void
test_at_once(void **state)
{
	enum { N = 100, PER = 3 };
	struct intern *in = intern_new(), *single = intern_new();
	static char texts[N * PER][24];
	struct intern_item items[N * PER];
	uint32_t ids[N * PER], first, i;

	(void)state;
	for (i = 0; i < N * PER; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "%.*s%u",
		    (int)(i % N % 19), "long enough for all", i % N);
		items[i] =
		    (struct intern_item){ texts[i], strlen(texts[i]), &ids[i] };
	}
	for (i = 0; i < N; i += 7) {
		first = intern_add_rare(single, texts[i], items[i].len);
		assert_int_equal(intern_add_rare(in, texts[i], items[i].len),
		    first);
	}
	intern_add_all(in, items, 0);
	assert_int_equal(intern_count(in), intern_count(single));
	intern_add_all(in, items, N * PER);
	for (i = 0; i < N * PER; i++)
		assert_int_equal(ids[i], intern_addstr(single, texts[i]));
	assert_int_equal(intern_count(in), intern_count(single));
	intern_free(&in);
	intern_free(&single);
}

/* The last one of all, however many there are: nothing is behind it. */
static void
test_last(void **state)
{
	enum { N = 300 };
	struct intern *in = intern_new();
	struct intern_item item;
	uint32_t id, i;
	char text[16];

	(void)state;
	for (i = 1; i < N; i++) {
		(void)snprintf(text, sizeof(text), "%u", i);
		item = (struct intern_item){ text, strlen(text), &id };
		intern_add_all(in, &item, 1);
		assert_int_equal(id, i);
		id = 0;
		intern_add_all(in, &item, 1);
		assert_int_equal(id, i);
	}
	assert_int_equal(intern_count(in), N);
	intern_free(&in);
}

/* All of another are added, whatever of both is rare. */
static void
test_all(void **state)
{
	enum { N = 3000 };
	struct intern *in = intern_new(), *from = intern_new();
	struct intern_map map;
	uint32_t before, i;
	char text[16];

	(void)state;
	for (i = 0; i < N; i++) {
		(void)snprintf(text, sizeof(text), "%u", i);
		if (i % 3 == 0)
			(void)intern_add_rare(from, text, strlen(text));
		else
			(void)intern_addstr(from, text);
		if (i % 5 == 0)
			(void)intern_addstr(in, text);
		if (i % 7 == 0)
			(void)intern_add_rare(in, text, strlen(text));
	}
	before = intern_count(in);
	intern_map_init(&map, in, from);
	assert_int_equal(intern_mapped(&map, 0), 0);
	assert_true(intern_count(in) > before);
	assert_int_equal(intern_count(in), N + 1);
	for (i = 0; i < intern_count(from); i++)
		assert_string_equal(intern_text(in, intern_mapped(&map, i)),
		    intern_text(from, i));
	intern_map_fini(&map);
	intern_map_init(&map, in, from);
	intern_map_fini(&map);
	assert_int_equal(intern_count(in), N + 1);
	intern_free(&in);
	intern_free(&from);
}

/*
 * Strings that are only kept: no index, nothing is looked up, and all of
 * another come over, however many segments they fill.
 */
static void
test_kept(void **state)
{
	enum { N = 200000 };
	struct intern *in = intern_new(), *from = intern_new();
	uint32_t *ids = test_malloc((size_t)N * sizeof(*ids)), i, id;
	char text[16], room[INTERN_ROOM], other[INTERN_ROOM];
	struct intern_map map;

	(void)state;
	assert_int_equal(intern_keep(in, "", 0), 0);
	id = intern_keep(in, "id", 2);
	assert_true(id & INTERN_KEPT);
	assert_int_not_equal(intern_keep(in, "id", 2), id);
	assert_int_equal(intern_find(in, "id", 2), INTERN_NONE);
	assert_int_equal(intern_count(in), 1);
	for (i = 0; i < N; i++) {
		(void)snprintf(text, sizeof(text), i % 2 ? "call-%u" : "-%07u.",
		    i);
		ids[i] = intern_keep(from, text, strlen(text));
		assert_int_not_equal(ids[i], INTERN_NONE);
	}
	intern_map_init(&map, in, from);
	for (i = 0; i < N; i++) {
		id = intern_mapped(&map, ids[i]);
		assert_string_equal(intern_read(in, id, room),
		    intern_read(from, ids[i], other));
		assert_int_equal(intern_len(in, id), intern_len(from, ids[i]));
	}
	assert_int_equal(intern_count(in), 1);
	intern_map_fini(&map);
	test_free(ids);
	intern_free(&in);
	intern_free(&from);
}

/* What comes later is mapped later, and what is known stays as it is. */
static void
test_more(void **state)
{
	struct intern *in = intern_new(), *from = intern_new();
	const uint32_t a = intern_addstr(from, "a");
	uint32_t id, kept, b, c;
	char room[INTERN_ROOM];
	struct intern_map map;

	(void)state;
	kept = intern_keep(from, "first", 5);
	intern_map_init(&map, in, from);
	id = intern_mapped(&map, a);
	assert_string_equal(intern_read(in, intern_mapped(&map, kept), room),
	    "first");
	intern_forget_kept(from);
	assert_int_equal(intern_addstr(from, "a"), a);
	(void)intern_addstr(in, "b");
	b = intern_addstr(from, "b");
	c = intern_add_rare(from, "c", 1);
	kept = intern_keep(from, "second", 6);
	intern_map_more(&map);
	assert_int_equal(intern_mapped(&map, a), id);
	assert_string_equal(intern_text(in, intern_mapped(&map, b)), "b");
	assert_string_equal(intern_text(in, intern_mapped(&map, c)), "c");
	assert_string_equal(intern_read(in, intern_mapped(&map, kept), room),
	    "second");
	assert_int_equal(intern_count(in), 4);
	intern_map_fini(&map);
	intern_free(&in);
	intern_free(&from);
}

/* As a new one. */
static void
test_reset(void **state)
{
	struct intern *in = intern_new();
	char text[16], room[INTERN_ROOM];
	uint32_t i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		(void)snprintf(text, sizeof(text), "%u", i);
		(void)intern_addstr(in, text);
		(void)intern_add_rare(in, text, strlen(text));
	}
	(void)intern_keep(in, "id", 2);
	intern_reset(in);
	assert_int_equal(intern_count(in), 1);
	assert_string_equal(intern_text(in, 0), "");
	assert_int_equal(intern_find(in, "1", 1), INTERN_NONE);
	assert_int_equal(intern_addstr(in, "7"), 1);
	assert_int_equal(intern_addstr(in, "8"), 2);
	i = intern_keep(in, "other", 5);
	assert_string_equal(intern_read(in, i, room), "other");
	assert_string_equal(intern_text(in, 1), "7");
	intern_free(&in);
}

/* Longer than a place for kept strings can be. */
static void
test_kept_long(void **state)
{
	enum { LONG = 3 << 20 };
	struct intern *in = intern_new();
	char *text = test_malloc(LONG);
	uint32_t id;

	(void)state;
	memset(text, 'x', LONG - 1);
	text[LONG - 1] = '\0';
	id = intern_keep(in, text, LONG - 1);
	assert_false(id & INTERN_KEPT);
	assert_string_equal(intern_text(in, id), text);
	id = intern_keep(in, text, LONG / 6);
	assert_true(id & INTERN_KEPT);
	assert_int_equal(intern_len(in, id), LONG / 6);
	test_free(text);
	intern_free(&in);
}

/*
 * Digits take half the bytes, which nobody sees: of all lengths, and with any
 * other character at any place.
 */
static void
test_kept_digits(void **state)
{
	static const char digits[] = "1768590000.2000000/-,:;0123456789.123456";
	static const char others[] = { '+', '<', 'a', '~', ' ', '\n', '\x1f',
		'\x80', '\xff' };
	struct intern *in = intern_new();
	char text[sizeof(digits)], room[INTERN_ROOM];
	size_t len, at, k;
	uint32_t id;

	(void)state;
	for (len = 1; len < sizeof(digits); len++) {
		id = intern_keep(in, digits, len);
		assert_true(id & INTERN_KEPT);
		assert_int_equal(intern_len(in, id), len);
		memcpy(text, digits, len);
		text[len] = '\0';
		assert_string_equal(intern_read(in, id, room), text);
		for (at = 0; at < len; at++)
			for (k = 0; k < sizeof(others); k++) {
				text[at] = others[k];
				id = intern_keep(in, text, len);
				assert_int_equal(intern_len(in, id), len);
				assert_string_equal(intern_read(in, id, room),
				    text);
				text[at] = digits[at];
			}
	}
	intern_free(&in);
}

static uint32_t
hash_of(const struct intern *in, uint32_t id)
{
	intern_hash_all(in, &id, 1);
	return id;
}

/* Of all lengths, kept, rare and neither; `begin` has digits or has not. */
static void
check_hashes(const char *begin)
{
	struct intern *in = intern_new();
	uint32_t usual, rare, kept, other;
	char text[80];
	size_t len;

	for (len = 1; len < strlen(begin); len++) {
		usual = intern_add(in, begin, len);
		kept = intern_keep(in, begin, len);
		assert_int_equal(hash_of(in, usual), hash_of(in, kept));
		memcpy(text, begin, len);
		text[len / 2]++;
		rare = intern_add_rare(in, text, len);
		other = intern_keep(in, text, len);
		assert_int_equal(hash_of(in, rare), hash_of(in, other));
		assert_int_not_equal(hash_of(in, rare), hash_of(in, kept));
		text[len / 2]--;
		text[len - 1]++;
		other = intern_keep(in, text, len);
		assert_int_not_equal(hash_of(in, other), hash_of(in, kept));
	}
	intern_free(&in);
}

static void
test_hash(void **state)
{
	struct intern *in = intern_new(), *other = intern_new();
	char text[80];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	check_hashes(text);
	memset(text, '7', sizeof(text) - 1);
	check_hashes(text);
	assert_int_equal(hash_of(in, intern_add(in, text, 20)),
	    hash_of(other, intern_add_rare(other, text, 20)));
	intern_free(&in);
	intern_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_last),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_kept_long),
		cmocka_unit_test(test_kept_digits),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
