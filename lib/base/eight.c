#include "base/eight.h"

extern inline uint64_t eight_load(const char *s);
extern inline bool eight_are_digits(uint64_t values);
extern inline uint64_t eight_pairs(uint64_t values);
extern inline uint64_t eight_number(uint64_t values);
