/*
 * country: which country codes there are (ISO 3166-1 alpha-2).
 *
 * With them count what the number plan has beside: "001" for shared calling
 * codes, AC for Ascension, TA for
 * Tristan da Cunha and XK for Kosovo.  Capitals matter, as everywhere a
 * rule compares.
 */
#ifndef LIB_TEL_COUNTRY_H
#define LIB_TEL_COUNTRY_H

#include <stdbool.h>

bool country_known(const char *code);
/*
 * The code that was most likely meant: "CU" for "cu", "GB" for "UK"; NULL if
 * none comes to mind, because two letters are near to many others.
 */
const char *country_suggest(const char *code);

#endif
