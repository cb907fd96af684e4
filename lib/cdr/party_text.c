#include "cdr/party_impl.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum how { WHOLE, BEGIN, BEGIN_DIGIT };

/*
 * Applications of Asterisk, and contexts and extensions of FreePBX, which mean
 * the same at every site.  Star codes do not: those are the site's to state.
 */
static const struct service {
	const char *text;
	enum how how;
	enum call_feature feature;
} services[] = {
	{ "VoiceMail", WHOLE, FEATURE_VOICEMAIL },
	{ "VoiceMailMain", WHOLE, FEATURE_VOICEMAIL },
	{ "MinivmRecord", WHOLE, FEATURE_VOICEMAIL },
	{ "app-vmmain", WHOLE, FEATURE_VOICEMAIL },
	{ "app-dialvm", WHOLE, FEATURE_VOICEMAIL },
	{ "macro-vm", WHOLE, FEATURE_VOICEMAIL },
	{ "vmb", BEGIN_DIGIT, FEATURE_VOICEMAIL }, /* busy */
	{ "vmi", BEGIN_DIGIT, FEATURE_VOICEMAIL }, /* instructions */
	{ "vms", BEGIN_DIGIT, FEATURE_VOICEMAIL }, /* silent */
	{ "vmu", BEGIN_DIGIT, FEATURE_VOICEMAIL }, /* unavailable */
	{ "DISA", WHOLE, FEATURE_DISA },
	{ "disa-", BEGIN_DIGIT, FEATURE_DISA },
	{ "BackGround", WHOLE, FEATURE_IVR },
	{ "WaitExten", WHOLE, FEATURE_IVR },
	{ "ivr-", BEGIN_DIGIT, FEATURE_IVR },
	{ "ConfBridge", WHOLE, FEATURE_CONFERENCE },
	{ "MeetMe", WHOLE, FEATURE_CONFERENCE },
	{ "Konference", WHOLE, FEATURE_CONFERENCE },
	{ "ext-meetme", WHOLE, FEATURE_CONFERENCE },
	{ "Queue", WHOLE, FEATURE_QUEUE },
	{ "ext-queues", WHOLE, FEATURE_QUEUE },
};

/*
 * Words in the names of contexts: "from-trunk", "stadium-pstn",
 * "from-did-direct"; "from-internal".  FreePBX's "ext-local" says nothing:
 * calls from both sides end there.
 */
static const struct word {
	const char *text;
	enum says says;
} words[] = {
	{ "trunk", SAYS_TRUNK },
	{ "trunks", SAYS_TRUNK },
	{ "pstn", SAYS_TRUNK },
	{ "isdn", SAYS_TRUNK },
	{ "gsm", SAYS_TRUNK },
	{ "did", SAYS_TRUNK },
	{ "incoming", SAYS_TRUNK },
	{ "inbound", SAYS_TRUNK },
	{ "outside", SAYS_TRUNK },
	{ "external", SAYS_TRUNK },
	{ "carrier", SAYS_TRUNK },
	{ "provider", SAYS_TRUNK },
	{ "internal", SAYS_INSIDE },
	{ "users", SAYS_INSIDE },
	{ "phones", SAYS_INSIDE },
	{ "extensions", SAYS_INSIDE },
	{ "outgoing", SAYS_INSIDE },
	{ "outbound", SAYS_INSIDE },
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Most texts differ from each of many in their first character. */
static bool
begins_alike(const char *a, const char *b)
{
	return tolower((unsigned char)*a) == tolower((unsigned char)*b);
}

static bool
is_service(const struct service *s, const char *text)
{
	size_t len;

	if (!begins_alike(s->text, text))
		return false;
	len = strlen(s->text);
	if (s->how == WHOLE)
		return strcasecmp(text, s->text) == 0;
	return strncasecmp(text, s->text, len) == 0 &&
	       (s->how == BEGIN || isdigit((unsigned char)text[len]));
}

static unsigned
service_of(const char *text)
{
	unsigned says = 0;
	size_t i;

	for (i = 0; i < COUNT(services); i++)
		if (is_service(&services[i], text))
			says |= 1U << services[i].feature;
	return says;
}

static unsigned
word_of(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (begins_alike(words[i].text, s) &&
		    strlen(words[i].text) == len &&
		    strncasecmp(words[i].text, s, len) == 0)
			return words[i].says;
	return 0;
}

static unsigned
words_of(const char *text)
{
	unsigned says = 0;
	size_t len;

	for (;;) {
		for (len = 0; isalnum((unsigned char)text[len]); len++)
			;
		says |= word_of(text, len);
		if (text[len] == '\0')
			return says;
		text += len + 1;
	}
}

unsigned
party_ask_text(struct resolver *r, uint32_t text)
{
	const struct source *s = r->source;
	const char *t = batch_text(r->b, text);
	unsigned says;
	int f;

	if (!party_may_ask(r, text, ASKED_SAYS))
		return 0;
	says = SAYS_KNOWN | service_of(t) | words_of(t);
	for (f = FEATURE_NONE + 1; f < FEATURE_COUNT; f++)
		if (party_matches(r, s->services[f], s->nservices[f], t))
			says |= 1U << f;
	party_memo(r, text)->says = (uint8_t)says;
	return says;
}
