/*
 * money: exact amounts in millionths of a currency unit.
 *
 * No floating point anywhere: amounts are read digit by digit and add up to
 * the last decimal.  Amounts of different currencies are never added.
 */
#ifndef LIB_TEL_MONEY_H
#define LIB_TEL_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define MONEY_UNIT INT64_C(1000000)

/*
 * "12.5", "-0.0075", "   0.0618", "$1,234.50", "1.234,50 EUR", "(1.50)",
 * "5.0E-5" to micro-units, half to even beyond six decimals; -1 if it is
 * none or too large.
 *
 * Where both comma and dot occur, the last of them is the decimal mark.  A
 * mark that occurs twice separates thousands.  One that occurs once is the
 * decimal mark, so "1,234" is one and a bit, as in "1,5": whoever groups
 * thousands writes "1,234.00".  Blanks and ' separate thousands, too, and
 * Indian groups of two ("12,34,567") are read.  A minus sign stands in front
 * or behind, or is a pair of parentheses.  A currency sign or ISO 4217 code
 * on either side is passed over, not interpreted.
 */
int money_parse(const char *s, int64_t *micro);
/* Whether it is an ISO 4217 code, in small letters or capitals. */
bool money_is_code(const char *s, size_t len);
/* Two decimals for people, half to even: "902.00". */
void money_print(struct buf *b, int64_t micro);
/* a + b, kept at the ends of the range instead of overflowing. */
int64_t money_add(int64_t a, int64_t b);

#endif
