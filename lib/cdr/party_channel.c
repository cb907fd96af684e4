#include "cdr/party_impl.h"

#include <assert.h>
#include <string.h>

#include "base/xalloc.h"

/* AST_CHANNEL_NAME is 80; a longer text is no channel. */
enum { CHANNEL_MAX = 160 };

/* Technologies whose channels are ends inside the switch. */
static const char *const glue[] = { "Local", "AsyncGoto", "Bridge", "Surrogate",
	"Message", "Parked", "CBAnn", "CBRec", "OutgoingSpoolFailed" };

/* What a pattern is tried on as a channel: any unique part will do. */
static const char unique[] = "-00000000";

/* A channel's name cut into its parts. */
struct parts {
	char text[CHANNEL_MAX + sizeof(unique)];
	size_t len;  /* of "PJSIP/carrier" */
	size_t peer; /* where "carrier" begins; 0: no technology */
	size_t peer_len;
	char end; /* of ";1" and ";2"; 0 without */
};

static bool
is_glue(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(glue) / sizeof(glue[0]); i++)
		if (strlen(glue[i]) == len && memcmp(glue[i], text, len) == 0)
			return true;
	return false;
}

/*
 * "PJSIP/carrier-", "Local/201@ctx-;2", "DAHDI/i1/3125550142-": the peer of
 * an ISDN channel is its span, "i1"; what follows is the number.
 */
static void
cut(struct parts *p, const char *name, size_t len)
{
	const char *slash, *at;
	size_t n;

	*p = (struct parts){ .len = 0 };
	n = channel_plain(name, len, p->text);
	if (n > 2 && (p->text[n - 2] == ';' || p->text[n - 2] == ',')) {
		p->end = p->text[n - 1];
		n -= 2;
	}
	if (n > 0 && p->text[n - 1] == '-')
		n--;
	slash = memchr(p->text, '/', n);
	if (slash != NULL) {
		p->peer = (size_t)(slash - p->text) + 1;
		at = memchr(slash + 1, '/', n - p->peer);
		if (at != NULL && slash[1] == 'i' &&
		    digits_only(slash + 2, (size_t)(at - slash) - 2))
			n = (size_t)(at - p->text);
	}
	p->len = p->peer_len = n;
	p->text[n] = '\0';
	at = memchr(p->text, '@', n);
	if (at != NULL && p->peer > 0 && is_glue(p->text, p->peer - 1))
		p->peer_len = (size_t)(at - p->text);
	p->peer_len -= p->peer;
}

/* Whether the source names it a trunk, whichever part it names. */
static bool
stated_trunk(struct resolver *r, struct parts *p)
{
	const struct source *s = r->source;
	bool trunk;

	if (party_matches(r, s->trunks, s->ntrunks, p->text) ||
	    (p->peer > 0 &&
		party_matches(r, s->trunks, s->ntrunks, p->text + p->peer)))
		return true;
	memcpy(p->text + p->len, unique, sizeof(unique));
	trunk = party_matches(r, s->trunks, s->ntrunks, p->text);
	p->text[p->len] = '\0';
	return trunk;
}

/*
 * The peer as an inside number, 0 if it is none.  Any word would be inside,
 * and an address without its dots an extension.
 */
static uint32_t
inside_peer(struct resolver *r, const char *peer, size_t len)
{
	struct number n;

	if (!digits_only(peer, len))
		return 0;
	dialplan_read(r->source->plan, ROLE_CALLER, peer, len, &n);
	return n.inside ? party_add(r, &n) : 0;
}

void
party_settle_channel(struct channel *ch)
{
	ch->trunk_name = ch->trunk ? ch->name : 0;
	ch->device_of = DEVICE_OF_NONE;
	if (!ch->has_tech || ch->glue || ch->trunk)
		return;
	if (ch->inside != 0)
		ch->device_of = DEVICE_OF_ANY;
	else if (ch->peer != 0)
		ch->device_of = ch->peer;
}

static void
add_channel(struct resolver *r, struct parts *p)
{
	struct intern *names = r->b->names;
	const char *peer = p->text + p->peer;
	struct channel *ch;

	r->channels = xgrow(r->channels, &r->channels_cap, r->nchannels + 1,
	    sizeof(*r->channels));
	ch = &r->channels[r->nchannels];
	*ch = (struct channel){
		.name = intern_add(names, p->text, p->len),
		.peer = intern_add(names, peer, p->peer_len),
		.has_tech = p->peer > 0,
		.glue = p->peer > 0 && is_glue(p->text, p->peer - 1),
		.inside = inside_peer(r, peer, p->peer_len),
	};
	ch->user = ch->inside != 0 ? r->b->parties[ch->inside].text
				   : party_name(r, peer, p->peer_len);
	party_ask_account(r, ch->user);
	ch->local_exit = ch->glue && p->end == '2';
	ch->trunk = !ch->glue && stated_trunk(r, p);
	party_settle_channel(ch);
	r->nchannels++;
}

uint32_t
party_ask_channel(struct resolver *r, uint32_t text)
{
	const size_t len = intern_len(r->b->names, text);
	char key[CHANNEL_MAX + 1];
	struct parts p;
	uint32_t id;

	if (len > CHANNEL_MAX || !party_may_ask(r, text, ASKED_CHANNEL))
		return 0;
	cut(&p, batch_text(r->b, text), len);
	memcpy(key, p.text, p.len);
	key[p.len] = p.end; /* the ends of a Local are two */
	id = intern_add(r->channel_ids, key, p.len + 1);
	assert(id <= r->nchannels);
	if (id == r->nchannels)
		add_channel(r, &p);
	party_memo(r, text)->channel = id;
	return id;
}
