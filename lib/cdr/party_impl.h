/*
 * party_impl: what the sources of party share.
 *
 *   party.c           what one call is
 *   party_all.c       the calls of one source after another
 *   party_ahead.c     what many calls ask of their texts, asked once
 *   party_number.c    texts read as numbers, each once
 *   party_site.c      what a number that only its site knows is called
 *   party_channel.c   channels: trunk, device, or neither
 *   party_guess.c     which channels are trunks when nobody says
 *   party_kept.c      what the guess is made from, kept for the next time
 *   party_text.c      what contexts, applications and extensions say
 *   party_match.c     patterns of a source, and those that gave up
 */
#ifndef LIB_CDR_PARTY_IMPL_H
#define LIB_CDR_PARTY_IMPL_H

#include <stdint.h>

#include "base/buf.h"
#include "base/intern.h"
#include "cdr/party.h"
#include "tel/digits.h"

/* Where a party of a call is, as far as its number or device tells. */
enum side { SIDE_UNKNOWN, SIDE_INSIDE, SIDE_OUTSIDE };

/* Counts of what speaks for a trunk or against it. */
struct channel_evidence {
	uint32_t in, in_outside;   /* calls that came in on it */
	uint32_t in_trunk_context; /* whose context names a trunk */
	uint32_t in_inside_context;
	uint32_t out, out_outside; /* calls that left on it */
	uint32_t self;             /* the number is the peer's name */
	uint32_t caller, callee;   /* an outside party of its calls */
	bool callers, callees;     /* there are others */
};

/* What stands in front of the unique part of a channel's name. */
struct channel {
	uint32_t name;   /* names: "PJSIP/carrier" */
	uint32_t peer;   /* names: "carrier"; of Local/201@ctx: "201" */
	uint32_t user;   /* names: the peer as a telephone of the site */
	uint32_t inside; /* parties: the peer, if it is an inside number */
	bool has_tech;   /* "PJSIP/"; else it is some other text */
	bool glue;       /* Local and other ends inside the switch */
	bool
	    local_exit; /* the end of a Local channel that runs its dial plan */
	bool trunk;
	uint32_t trunk_name; /* names: of a trunk; else 0 */
	/* The text of the party whose telephone it is; DEVICE_OF_ANY, _NONE. */
	uint32_t device_of;
	struct channel_evidence evidence;
};

#define DEVICE_OF_ANY  UINT32_C(0) /* whatever the party shows */
#define DEVICE_OF_NONE UINT32_MAX

/* All that is known of one recorded text under the source. */
struct memo {
	uint32_t number[2]; /* by role: parties id + 1 */
	uint32_t channel;   /* index of channels; 0 not known yet */
	uint8_t digits;     /* enum digits_kind + 1 */
	uint8_t says;       /* enum says; 1 << feature */
	uint8_t reads;      /* enum reads, of the numbers that are known */
	bool touched;       /* it stands in the list of those */
};

/* What a call has to look at twice: bits. */
enum reads {
	READS_PLUS = 1,    /* the caller is +E.164 */
	READS_ODD = 2,     /* what was dialled is invalid, or for emergencies */
	READS_INSIDE = 4,  /* where that party is, if it is anybody; the same */
	READS_OUTSIDE = 16 /* for the other role is the next bit */
};

/* The account of an inside party, or of a telephone. */
struct inside_account {
	uint32_t account; /* names */
	uint8_t type;     /* enum account_type; 0 not known yet */
};

/* What a text tells besides features: bits that no feature has. */
enum says {
	SAYS_KNOWN = 1 << FEATURE_NONE, /* it was looked at */
	SAYS_FEATURES = (1 << FEATURE_COUNT) - 1 - SAYS_KNOWN,
	SAYS_TRUNK = 1 << 6, /* a context of calls from outside */
	SAYS_INSIDE = 1 << 7 /* a context of our telephones */
};

_Static_assert(FEATURE_COUNT <= 6, "features and says fit a byte");
_Static_assert(sizeof(struct memo) == 16, "a memo a text stays small");

/* What is asked of a text: bits. */
enum asked {
	ASKED_CALLER = 1, /* its number, in the role of a caller ... */
	ASKED_DIALLED = 2,
	ASKED_CHANNEL = 4,
	ASKED_SAYS = 8,
	ASKED_DIGITS = 16,
	ASKED_USER = 32,
	ASKED_ACCOUNT = 64 /* its account, as an inside party's */
};

/* The same of calls that need not be there. */
struct kept_channel {
	char *key;  /* the channel's name, and one byte for its end */
	size_t len; /* of all that */
	struct channel_evidence evidence; /* but for who the parties are */
	uint64_t caller, callee;          /* hashes of them; 0: none */
	bool trunk;
};

/* A source whose trunks are guessed. */
struct kept_source {
	char *name;
	uint64_t calls; /* that the guess was made from */
	struct kept_channel *list;
	size_t n, cap;
	bool more; /* channels than are kept; of these the trunks */
};

/* Channels of a source: a cache of more costs more than it saves. */
enum { PARTY_KEPT_MOST = 1 << 17 };

struct party_kept {
	struct kept_source *list;
	size_t n, cap;
};

struct resolver {
	struct batch *b;
	const struct source *source; /* whose calls are understood now */
	uint16_t source_id;
	const char *site; /* names its inside numbers; NULL: not needed */
	/* By names id of recorded texts; those of the source, ... */
	struct memo *memos;
	uint32_t *users; /* ... and names: the text as a user of the site */
	uint32_t nmemos;
	uint32_t *touched; /* memos to be forgotten with the source */
	size_t ntouched, touched_cap;
	uint32_t *dialled; /* recorded texts that may be what was dialled */
	size_t ndialled, dialled_cap;
	struct inside_account *accounts; /* by names id of an inside party */
	size_t naccounts;
	struct channel *channels; /* of this source; [0] is none */
	size_t nchannels, channels_cap;
	struct intern *channel_ids; /* finds equal channels, same ids */
	struct party_failure {
		const struct pattern *pattern;
		bool told;
	} * failures; /* patterns that hit their limits, each once */
	size_t nfailures, failures_cap;
	size_t threads;
	/* What is known of all calls but those that came; or NULL. */
	struct party_kept *kept;
	bool only_added; /* what is known tells of all others ... */
	bool other;      /* ... and what it told is not so any more */
	/*
	 * What stands above is shared by several threads at present, so nothing
	 * may be added: `lacking` is what the call needs and nobody asked yet,
	 * of the text `lacks`; 0: nothing.
	 */
	bool shared;
	unsigned lacking;
	uint32_t lacks;
};

/* The calls of a source: indexes, or all calls where `list` is NULL. */
struct calls_of {
	const uint32_t *list;
	size_t n;
};

static inline size_t
call_at(const struct calls_of *of, size_t k)
{
	return of->list != NULL ? of->list[k] : k;
}

/* The memo of a text, for something that was found out. */
struct memo *party_memo(struct resolver *r, uint32_t text);
/* Begin with a source of which nothing is known. */
void party_forget(struct resolver *r);
/*
 * Whether an answer that is not there may be looked for now; if not, it is
 * noted what is asked of which text.
 */
static inline bool
party_may_ask(struct resolver *r, uint32_t text, unsigned asked)
{
	if (r->shared && r->lacking == 0) {
		r->lacking = asked;
		r->lacks = text;
	}
	return !r->shared;
}

/* The parties id of a text; 0 for none. */
uint32_t party_ask_number(struct resolver *r, uint32_t text,
    enum dialplan_role role);
static inline uint32_t
party_number(struct resolver *r, uint32_t text, enum dialplan_role role)
{
	const uint32_t id = r->memos[text].number[role];

	return id != 0 ? id - 1 : party_ask_number(r, text, role);
}
/*
 * Switches strip the prefix of what was dialled: 0115375550142 is to Cuba,
 * whoever 5375550142 alone would be here.  The party that the digits dialled
 * are, if they are abroad and end with those of `dst`; else 0.
 */
uint32_t party_abroad(struct resolver *r, uint32_t dialled, uint32_t dst);
/* What kind of text it is. */
enum digits_kind party_ask_digits(struct resolver *r, uint32_t text);
static inline enum digits_kind
party_digits(struct resolver *r, uint32_t text)
{
	const uint8_t kind = r->memos[text].digits;

	return kind != 0 ? (enum digits_kind)(kind - 1)
			 : party_ask_digits(r, text);
}

/* Where a party is: unknown without a number. */
static inline enum side
party_side(const struct resolver *r, uint32_t id)
{
	const struct party *p = &r->b->parties[id];

	if (p->inside)
		return SIDE_INSIDE;
	return p->text != 0 ? SIDE_OUTSIDE : SIDE_UNKNOWN;
}

/* The site whose name the inside numbers of a source carry, or NULL. */
const char *party_site(const struct source *s);
/* The id of a reading; an inside number becomes one of the site. */
uint32_t party_add(struct resolver *r, struct number *n);
/* The names id of an inside number, a word or a user of the site. */
uint32_t party_name(struct resolver *r, const char *text, size_t len);

/*
 * The channel that a recorded text names: an index into r->channels, 0 for
 * none.
 */
uint32_t party_ask_channel(struct resolver *r, uint32_t text);
static inline uint32_t
party_channel(struct resolver *r, uint32_t text)
{
	const uint32_t channel = r->memos[text].channel;

	return channel != 0 || text == 0 ? channel : party_ask_channel(r, text);
}

/* What follows from whether it is a trunk, which may be known late. */
void party_settle_channel(struct channel *ch);

/*
 * Whether the channel is the device of the party recorded as `text`: its
 * name is that text, or an inside number.
 */
static inline bool
channel_is_device(const struct channel *ch, uint32_t text)
{
	return (ch->device_of == DEVICE_OF_ANY) | (ch->device_of == text);
}

/* The account of an inside party; it is not known after that if not asked. */
void party_ask_account(struct resolver *r, uint32_t text);

/* What a call as recorded is as understood. */
void party_understand(struct resolver *r, struct call *c, struct origin *o,
    uint32_t *forwarded_by);

/*
 * Ask beforehand what all calls of the source ask of their texts, as far as
 * that is known before they are understood.
 */
void party_ask_ahead(struct resolver *r, const struct party_texts *t);
/* Ask this of a text. */
void party_ask(struct resolver *r, uint32_t text, unsigned asked);
/* All calls of the source. */
void party_all(struct resolver *r, const struct calls_of *of);
/* Into how many parts the calls are worth to be cut. */
size_t party_parts(size_t threads, const struct calls_of *of);
/*
 * Indexes of all calls, those of each source together, in order; `ends` gets
 * where each source's part ends.  NULL for one source: all calls are its.
 */
uint32_t *party_by_source(const struct batch *b, size_t *ends);

/*
 * Decide which channels are trunks from all calls of the source; or from what
 * is kept, and the calls that came.
 */
void party_guess(struct resolver *r, const struct calls_of *of,
    struct notes *notes);

/* A source of what is kept, added if it is new. */
struct kept_source *party_kept_source(struct party_kept *k, const char *name);
bool party_kept_has(const struct party_kept *k, const char *name);
/* One channel more; it moves with the next one. */
struct kept_channel *party_kept_channel(struct kept_source *s, const char *key,
    size_t len);
/* The channel's name alone, to be freed. */
char *party_kept_name(const struct kept_channel *c);
/* What further calls prove. */
void party_kept_merge(struct kept_channel *c, const struct batch *b,
    const struct channel_evidence *more);
void party_kept_fini(struct party_kept *k);
/* As bytes, none if there is too much; and back, -1 if they cannot be. */
void party_kept_print(const struct party_kept *k, struct buf *out);
int party_kept_read(struct party_kept *k, const struct buf *bytes);

/*
 * What a text says, under the source's patterns and by itself: bits of enum
 * says and 1 << feature.
 */
unsigned party_ask_text(struct resolver *r, uint32_t text);
static inline unsigned
party_text(struct resolver *r, uint32_t text)
{
	const unsigned says = r->memos[text].says;

	return says != 0 || text == 0 ? says : party_ask_text(r, text);
}

/* Whether any matches; one that hits its limits does not, and is noted. */
bool party_matches(struct resolver *r, struct pattern *const *patterns,
    size_t n, const char *text);
/* Tell of the source's patterns that hit their limits, each once for all. */
void party_tell_failures(struct resolver *r, struct notes *notes);

#endif
