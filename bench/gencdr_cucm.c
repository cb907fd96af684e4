#include "bench/gencdr.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

/* Names in the order of release 15, of which a file has all. */
enum what {
	NUMBER, /* the text as it stands */
	TEXT,   /* the text in quotes */
	CALL_ID,
	LEG,
	FAR_LEG,
	ORIGINATED,
	CONNECTED,
	ENDED,
	TALK,
	CALLING,
	CALLED,
	NEAR_CAUSE,
	FAR_CAUSE,
	UNIQUE,
	NEAR_DEVICE,
	FAR_DEVICE
};

static const struct {
	const char *name;
	enum what what;
	const char *text;
} columns[] = {
	{ "cdrRecordType", NUMBER, "1" },
	{ "globalCallID_callManagerId", NUMBER, "1" },
	{ "globalCallID_callId", CALL_ID, NULL },
	{ "origLegCallIdentifier", LEG, NULL },
	{ "dateTimeOrigination", ORIGINATED, NULL },
	{ "origNodeId", NUMBER, "1" },
	{ "origSpan", NUMBER, "0" },
	{ "origIpAddr", NUMBER, "239138826" },
	{ "callingPartyNumber", CALLING, NULL },
	{ "callingPartyUnicodeLoginUserID", TEXT, "" },
	{ "origCause_location", NUMBER, "0" },
	{ "origCause_value", NEAR_CAUSE, NULL },
	{ "origPrecedenceLevel", NUMBER, "4" },
	{ "origMediaTransportAddress_IP", NUMBER, "239138826" },
	{ "origMediaTransportAddress_Port", NUMBER, "24576" },
	{ "origMediaCap_payloadCapability", NUMBER, "4" },
	{ "origMediaCap_maxFramesPerPacket", NUMBER, "20" },
	{ "origMediaCap_g723BitRate", NUMBER, "0" },
	{ "origVideoCap_Codec", NUMBER, "0" },
	{ "origVideoCap_Bandwidth", NUMBER, "0" },
	{ "origVideoCap_Resolution", NUMBER, "0" },
	{ "origVideoTransportAddress_IP", NUMBER, "0" },
	{ "origVideoTransportAddress_Port", NUMBER, "0" },
	{ "origRSVPAudioStat", TEXT, "0" },
	{ "origRSVPVideoStat", TEXT, "0" },
	{ "destLegIdentifier", FAR_LEG, NULL },
	{ "destNodeId", NUMBER, "1" },
	{ "destSpan", NUMBER, "0" },
	{ "destIpAddr", NUMBER, "256215050" },
	{ "originalCalledPartyNumber", CALLED, NULL },
	{ "finalCalledPartyNumber", CALLED, NULL },
	{ "finalCalledPartyUnicodeLoginUserID", TEXT, "" },
	{ "destCause_location", NUMBER, "0" },
	{ "destCause_value", FAR_CAUSE, NULL },
	{ "destPrecedenceLevel", NUMBER, "4" },
	{ "destMediaTransportAddress_IP", NUMBER, "256215050" },
	{ "destMediaTransportAddress_Port", NUMBER, "18642" },
	{ "destMediaCap_payloadCapability", NUMBER, "4" },
	{ "destMediaCap_maxFramesPerPacket", NUMBER, "20" },
	{ "destMediaCap_g723BitRate", NUMBER, "0" },
	{ "destVideoCap_Codec", NUMBER, "0" },
	{ "destVideoCap_Bandwidth", NUMBER, "0" },
	{ "destVideoCap_Resolution", NUMBER, "0" },
	{ "destVideoTransportAddress_IP", NUMBER, "0" },
	{ "destVideoTransportAddress_Port", NUMBER, "0" },
	{ "destRSVPAudioStat", TEXT, "0" },
	{ "destRSVPVideoStat", TEXT, "0" },
	{ "dateTimeConnect", CONNECTED, NULL },
	{ "dateTimeDisconnect", ENDED, NULL },
	{ "lastRedirectDn", TEXT, "" },
	{ "pkid", UNIQUE, NULL },
	{ "originalCalledPartyNumberPartition", TEXT, "Internal-PT" },
	{ "callingPartyNumberPartition", TEXT, "Phones-PT" },
	{ "finalCalledPartyNumberPartition", TEXT, "Internal-PT" },
	{ "lastRedirectDnPartition", TEXT, "" },
	{ "duration", TALK, NULL },
	{ "origDeviceName", NEAR_DEVICE, NULL },
	{ "destDeviceName", FAR_DEVICE, NULL },
	{ "origCallTerminationOnBehalfOf", NUMBER, "0" },
	{ "destCallTerminationOnBehalfOf", NUMBER, "12" },
	{ "origCalledPartyRedirectOnBehalfOf", NUMBER, "0" },
	{ "lastRedirectRedirectOnBehalfOf", NUMBER, "0" },
	{ "origCalledPartyRedirectReason", NUMBER, "0" },
	{ "lastRedirectRedirectReason", NUMBER, "0" },
	{ "destConversationId", NUMBER, "0" },
	{ "globalCallId_ClusterID", TEXT, "StandAloneCluster" },
	{ "joinOnBehalfOf", NUMBER, "0" },
	{ "comment", TEXT, "" },
	{ "authCodeDescription", TEXT, "" },
	{ "authorizationLevel", NUMBER, "0" },
	{ "clientMatterCode", TEXT, "" },
	{ "origDTMFMethod", NUMBER, "3" },
	{ "destDTMFMethod", NUMBER, "0" },
	{ "callSecuredStatus", NUMBER, "0" },
	{ "origConversationId", NUMBER, "0" },
	{ "origMediaCap_Bandwidth", NUMBER, "0" },
	{ "destMediaCap_Bandwidth", NUMBER, "0" },
	{ "authorizationCodeValue", TEXT, "" },
	{ "outpulsedCallingPartyNumber", TEXT, "" },
	{ "outpulsedCalledPartyNumber", TEXT, "" },
	{ "origIpv4v6Addr", TEXT, "192.0.2.14" },
	{ "destIpv4v6Addr", TEXT, "192.0.2.15" },
	{ "origVideoCap_Codec_Channel2", NUMBER, "0" },
	{ "origVideoCap_Bandwidth_Channel2", NUMBER, "0" },
	{ "origVideoCap_Resolution_Channel2", NUMBER, "0" },
	{ "origVideoTransportAddress_IP_Channel2", NUMBER, "0" },
	{ "origVideoTransportAddress_Port_Channel2", NUMBER, "0" },
	{ "origVideoChannel_Role_Channel2", NUMBER, "0" },
	{ "destVideoCap_Codec_Channel2", NUMBER, "0" },
	{ "destVideoCap_Bandwidth_Channel2", NUMBER, "0" },
	{ "destVideoCap_Resolution_Channel2", NUMBER, "0" },
	{ "destVideoTransportAddress_IP_Channel2", NUMBER, "0" },
	{ "destVideoTransportAddress_Port_Channel2", NUMBER, "0" },
	{ "destVideoChannel_Role_Channel2", NUMBER, "0" },
	{ "IncomingProtocolID", NUMBER, "0" },
	{ "IncomingProtocolCallRef", TEXT, "" },
	{ "OutgoingProtocolID", NUMBER, "0" },
	{ "OutgoingProtocolCallRef", TEXT, "" },
	{ "currentRoutingReason", NUMBER, "0" },
	{ "origRoutingReason", NUMBER, "0" },
	{ "lastRedirectingRoutingReason", NUMBER, "0" },
	{ "huntPilotPartition", TEXT, "" },
	{ "huntPilotDN", TEXT, "" },
	{ "calledPartyPatternUsage", NUMBER, "5" },
	{ "IncomingICID", TEXT, "" },
	{ "IncomingOrigIOI", TEXT, "" },
	{ "IncomingTermIOI", TEXT, "" },
	{ "OutgoingICID", TEXT, "" },
	{ "OutgoingOrigIOI", TEXT, "" },
	{ "OutgoingTermIOI", TEXT, "" },
	{ "outpulsedOriginalCalledPartyNumber", TEXT, "" },
	{ "outpulsedLastRedirectingNumber", TEXT, "" },
	{ "wasCallQueued", NUMBER, "0" },
	{ "totalWaitTimeInQueue", NUMBER, "0" },
	{ "callingPartyNumber_uri", TEXT, "" },
	{ "originalCalledPartyNumber_uri", TEXT, "" },
	{ "finalCalledPartyNumber_uri", TEXT, "" },
	{ "lastRedirectDn_uri", TEXT, "" },
	{ "mobileCallingPartyNumber", TEXT, "" },
	{ "finalMobileCalledPartyNumber", TEXT, "" },
	{ "origMobileDeviceName", TEXT, "" },
	{ "destMobileDeviceName", TEXT, "" },
	{ "origMobileCallDuration", NUMBER, "0" },
	{ "destMobileCallDuration", NUMBER, "0" },
	{ "mobileCallType", NUMBER, "0" },
	{ "originalCalledPartyPattern", CALLED, NULL },
	{ "finalCalledPartyPattern", CALLED, NULL },
	{ "lastRedirectingPartyPattern", TEXT, "" },
	{ "huntPilotPattern", TEXT, "" },
	{ "origDeviceType", TEXT, "" },
	{ "destDeviceType", TEXT, "" },
	{ "origDeviceSessionID", TEXT, "" },
	{ "destDeviceSessionID", TEXT, "" },
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static bool
is_number(enum what what)
{
	return what != TEXT && what != CALLING && what != CALLED &&
	       what != UNIQUE && what != NEAR_DEVICE && what != FAR_DEVICE;
}

static const char *
type_of(enum what what)
{
	if (what == UNIQUE)
		return "UNIQUEIDENTIFIER";
	return is_number(what) ? "INTEGER" : "VARCHAR(50)";
}

static void
begin(void)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		(void)printf("%s\"%s\"", i > 0 ? "," : "", columns[i].name);
	for (i = 0; i < COLUMNS; i++)
		(void)printf("%s%s", i > 0 ? "," : "\n",
		    type_of(columns[i].what));
	(void)putchar('\n');
}

/* A telephone or the trunk, whichever calls (or is called). */
static void
put_device(const struct made_call *c, bool inside)
{
	if (inside)
		(void)printf("\"SEP%012X\"", 0xa0000000U + c->extension);
	else
		(void)printf("\"SIP-Trunk-City\"");
}

/* The side that hung up has the cause: the one that called, here. */
static int64_t
number(const struct made_call *c, enum what what)
{
	switch (what) {
	case CALL_ID:
		return (int64_t)c->number + 1;
	case LEG:
		return (int64_t)c->number * 2 + 1;
	case FAR_LEG:
		return (int64_t)c->number * 2 + 2;
	case ORIGINATED:
		return c->start;
	case CONNECTED:
		return c->answered ? c->start + c->ring : 0;
	case ENDED:
		return c->start + c->ring + c->talk;
	case TALK:
		return c->talk;
	case NEAR_CAUSE:
		return 16;
	default:
		return 0;
	}
}

static void
put(const struct made_call *c, enum what what, const char *text)
{
	if (what == NUMBER)
		(void)fputs(text, stdout);
	else if (what == TEXT)
		(void)printf("\"%s\"", text);
	else if (what == UNIQUE)
		(void)printf("\"00000000-0000-4000-8000-%012" PRIx64 "\"",
		    c->number);
	else if (what == NEAR_DEVICE || what == FAR_DEVICE)
		put_device(c, c->out == (what == NEAR_DEVICE));
	else if (is_number(what))
		(void)printf("%" PRId64, number(c, what));
	else if (c->out == (what == CALLING))
		(void)printf("\"%u\"", c->extension);
	else
		(void)printf("\"%s\"", c->outside);
}

static void
record(const struct made_call *c)
{
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		if (i > 0)
			(void)putchar(',');
		put(c, columns[i].what, columns[i].text);
	}
	(void)putchar('\n');
}

const struct made_layout gencdr_cucm = { "cucm", begin, record };
