#include "base/floordiv.h"

extern inline int64_t floor_div(int64_t a, int64_t b);
extern inline int64_t floor_to(int64_t a, int64_t b);
