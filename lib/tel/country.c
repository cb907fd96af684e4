#include "tel/country.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { LETTERS = 2, LONGEST = 3 };

/* clang-format off */
static const char codes[][LETTERS + 1] = {
	"AC", "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ",
	"AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD",
	"BE", "BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO",
	"BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC",
	"CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO",
	"CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK",
	"DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET",
	"FI", "FJ", "FK", "FM", "FO", "FR", "GA", "GB", "GD", "GE",
	"GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR",
	"GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT",
	"HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS",
	"IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM",
	"KN", "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI",
	"LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD",
	"ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP",
	"MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ",
	"NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR",
	"NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL",
	"PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO",
	"RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH",
	"SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST",
	"SV", "SX", "SY", "SZ", "TA", "TC", "TD", "TF", "TG", "TH",
	"TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW",
	"TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE",
	"VG", "VI", "VN", "VU", "WF", "WS", "XK", "YE", "YT", "ZA",
	"ZM", "ZW",
};
/* clang-format on */

/* What people write for it instead. */
static const struct {
	const char *written, *meant;
} others[] = {
	{ "UK", "GB" },
	{ "EL", "GR" },
	{ "USA", "US" },
	{ "UAE", "AE" },
	{ "KSA", "SA" },
	{ "YU", "RS" },
	{ "TP", "TL" },
	{ "ZR", "CD" },
	{ "BU", "MM" },
};

static const char *
find(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i], code) == 0)
			return codes[i];
	return NULL;
}

bool
country_known(const char *code)
{
	return strcmp(code, "001") == 0 || find(code) != NULL;
}

/* The capitals of it; false if it is too long to be a code. */
static bool
capitals(const char *code, char out[LONGEST + 1])
{
	size_t i, len = strlen(code);

	for (i = 0; i < len && i < LONGEST; i++)
		out[i] = (char)toupper((unsigned char)code[i]);
	out[i] = '\0';
	return len <= LONGEST;
}

const char *
country_suggest(const char *code)
{
	char big[LONGEST + 1];
	size_t i;

	if (!capitals(code, big))
		return NULL;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].written, big) == 0)
			return others[i].meant;
	return strcmp(big, code) != 0 ? find(big) : NULL;
}
