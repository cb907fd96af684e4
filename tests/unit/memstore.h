/*
 * memstore: a store in memory, which each test that is set up so finds empty.
 */
#ifndef TESTS_UNIT_MEMSTORE_H
#define TESTS_UNIT_MEMSTORE_H

#include "store/store.h"

extern struct store *store;

/* For cmocka_unit_test_setup_teardown(). */
int memstore_open(void **state);
int memstore_close(void **state);

#endif
