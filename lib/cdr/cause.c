#include "cdr/cause.h"

#include <ctype.h>
#include <string.h>

/* Q.850 (2018), table 1; the second name of a value is an older spelling. */
static const struct {
	const char *name;
	uint8_t value;
} names[] = {
	{ "UNALLOCATED_NUMBER", 1 },
	{ "UNASSIGNED_NUMBER", 1 },
	{ "NO_ROUTE_TRANSIT_NET", 2 },
	{ "NO_ROUTE_DESTINATION", 3 },
	{ "CHANNEL_UNACCEPTABLE", 6 },
	{ "CALL_AWARDED_DELIVERED", 7 },
	{ "NORMAL_CLEARING", 16 },
	{ "NORMAL_CALL_CLEARING", 16 },
	{ "USER_BUSY", 17 },
	{ "NO_USER_RESPONSE", 18 },
	{ "NO_ANSWER", 19 },
	{ "SUBSCRIBER_ABSENT", 20 },
	{ "CALL_REJECTED", 21 },
	{ "NUMBER_CHANGED", 22 },
	{ "REDIRECTION_TO_NEW_DESTINATION", 23 },
	{ "EXCHANGE_ROUTING_ERROR", 25 },
	{ "DESTINATION_OUT_OF_ORDER", 27 },
	{ "INVALID_NUMBER_FORMAT", 28 },
	{ "FACILITY_REJECTED", 29 },
	{ "RESPONSE_TO_STATUS_ENQUIRY", 30 },
	{ "NORMAL_UNSPECIFIED", 31 },
	{ "NORMAL_CIRCUIT_CONGESTION", 34 },
	{ "NETWORK_OUT_OF_ORDER", 38 },
	{ "NORMAL_TEMPORARY_FAILURE", 41 },
	{ "SWITCH_CONGESTION", 42 },
	{ "ACCESS_INFO_DISCARDED", 43 },
	{ "REQUESTED_CHAN_UNAVAIL", 44 },
	{ "PRE_EMPTED", 45 },
	{ "RESOURCE_UNAVAILABLE", 47 },
	{ "FACILITY_NOT_SUBSCRIBED", 50 },
	{ "OUTGOING_CALL_BARRED", 52 },
	{ "INCOMING_CALL_BARRED", 54 },
	{ "BEARERCAPABILITY_NOTAUTH", 57 },
	{ "BEARERCAPABILITY_NOTAVAIL", 58 },
	{ "SERVICE_UNAVAILABLE", 63 },
	{ "BEARERCAPABILITY_NOTIMPL", 65 },
	{ "CHAN_NOT_IMPLEMENTED", 66 },
	{ "FACILITY_NOT_IMPLEMENTED", 69 },
	{ "SERVICE_NOT_IMPLEMENTED", 79 },
	{ "INVALID_CALL_REFERENCE", 81 },
	{ "INCOMPATIBLE_DESTINATION", 88 },
	{ "INVALID_MSG_UNSPECIFIED", 95 },
	{ "MANDATORY_IE_MISSING", 96 },
	{ "MESSAGE_TYPE_NONEXIST", 97 },
	{ "WRONG_MESSAGE", 98 },
	{ "IE_NONEXIST", 99 },
	{ "INVALID_IE_CONTENTS", 100 },
	{ "WRONG_CALL_STATE", 101 },
	{ "RECOVERY_ON_TIMER_EXPIRE", 102 },
	{ "MANDATORY_IE_LENGTH_ERROR", 103 },
	{ "PROTOCOL_ERROR", 111 },
	{ "INTERWORKING", 127 },
	/* FreeSWITCH's own, each with the value that it sends for it. */
	{ "ORIGINATOR_CANCEL", 16 },
	{ "LOSE_RACE", 16 },
	{ "ATTENDED_TRANSFER", 16 },
	{ "BLIND_TRANSFER", 16 },
	{ "MANAGER_REQUEST", 16 },
	{ "ALLOTTED_TIMEOUT", 16 },
	{ "USER_NOT_REGISTERED", 20 },
	{ "GATEWAY_DOWN", 38 },
	{ "PROGRESS_TIMEOUT", 19 },
	{ "MEDIA_TIMEOUT", 16 },
};

static int
digit_of(char c, int base)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return base == 16 && c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* -1 if it is no number; what is beyond Q.850 is 0. */
static int
number(const char *s, size_t len, int base)
{
	int value = 0, digit;
	size_t i;

	if (base == 16 && len > 2 && s[0] == '0' && (s[1] | 0x20) == 'x') {
		s += 2;
		len -= 2;
	}
	for (i = 0; i < len; i++) {
		if ((digit = digit_of(s[i], base)) < 0)
			return -1;
		value = value <= 127 ? value * base + digit : 128;
	}
	if (len == 0)
		return -1;
	return value <= 127 ? value : 0;
}

static bool
same(const char *name, const char *s, size_t len)
{
	size_t i;
	char c;

	for (i = 0; i < len && name[i] != '\0'; i++) {
		c = s[i] == ' ' || s[i] == '-' ? '_' : s[i];
		if (toupper((unsigned char)c) != name[i])
			return false;
	}
	return i == len && name[i] == '\0';
}

uint8_t
cause_parse(const char *s, size_t len, bool hex)
{
	int value = number(s, len, hex ? 16 : 10);
	size_t i;

	if (value >= 0)
		return (uint8_t)value;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (same(names[i].name, s, len))
			return names[i].value;
	return 0;
}
