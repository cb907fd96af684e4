/*
 * mallocs: count the allocations of a program, for `make bench`.
 *
 *	LD_PRELOAD=build/bench/mallocs.so cdrscan ... 2>&1 | tail -n 1
 *
 * Works with the GNU C library, whose allocator has these second names.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);

static _Atomic uint64_t calls;

void *
malloc(size_t size)
{
	calls++;
	return __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	calls++;
	return __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	calls++;
	return __libc_realloc(p, size);
}

__attribute__((destructor)) static void
tell(void)
{
	(void)fprintf(stderr, "allocations: %" PRIu64 "\n", calls);
}
