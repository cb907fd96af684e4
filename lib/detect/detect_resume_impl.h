/* detect_resume, private: what is left of a group's episodes. */
#ifndef LIB_DETECT_DETECT_RESUME_IMPL_H
#define LIB_DETECT_DETECT_RESUME_IMPL_H

#include "detect/detect_impl.h"

/* The latest two episodes of a group that began before anything is another. */
struct detect_left {
	int64_t first, last; /* firings of the latest; INT64_MIN: none */
	int64_t earlier;     /* last firing of the one before */
};

/* Whether the latest may go on behind what stands. */
bool detect_left_goes_on(const struct detect_resume *p, const struct rule *r,
    const struct detect_left *g);
/* From when on the group is judged therefore. */
int64_t detect_left_begin(const struct detect_resume *p, const struct rule *r,
    const struct detect_left *g);

#endif
