/*
 * order: rows in the order of one of their fields, for --sort.
 *
 * "cost" is the smallest first, "-cost" the greatest; text goes by its bytes.
 * A row that has nothing there stands last both ways, and rows that are alike
 * stay as they were: whatever is sorted has a total order before, so it has
 * one after.
 *
 *	order_read(&by, "-cost");
 *	for each row: keys[i] = (struct order_key){ .row = i, ... };
 *	order_sort(keys, n, by.falling);
 */
#ifndef LIB_REPORT_ORDER_H
#define LIB_REPORT_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct order {
	const char *field; /* as it was given, without the sign */
	bool falling;
};

void order_read(struct order *o, const char *text);

struct order_key {
	const char *text; /* NULL: the number counts; "" is nothing */
	int64_t number;
	bool none; /* the row has nothing there */
	size_t row;
};

void order_sort(struct order_key *keys, size_t n, bool falling);

#endif
