/*
 * cause: why a call ended, as switches write it, to an ITU-T Q.850 value.
 *
 * Names are those of Q.850 as FreeSWITCH, Asterisk and others spell them in
 * one word ("NORMAL_CLEARING"); case does not matter, and blanks and hyphens
 * count as underscores.
 */
#ifndef LIB_CDR_CAUSE_H
#define LIB_CDR_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A number ("16", "016"; of base 16 with `hex`: "10", "0x10") or a name to 1
 * to 127; 0 for anything else, which tells nothing.
 */
uint8_t cause_parse(const char *s, size_t len, bool hex);

#endif
