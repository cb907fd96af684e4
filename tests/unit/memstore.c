#include "memstore.h"

#include <stddef.h>

struct store *store;

int
memstore_open(void **state)
{
	(void)state;
	return store_open(&store, ":memory:", STORE_WRITE, NULL);
}

int
memstore_close(void **state)
{
	(void)state;
	store_close(&store);
	return 0;
}
