/*
 * party: who called whom, and which way: calls as recorded become calls as
 * understood.
 *
 * Numbers are read once per source, role and text under the source's dial
 * plan; channels become trunks or devices; then each call gets direction,
 * trunks, user, account, feature and forwarded_by.  What nobody stated and
 * nothing shows stays missing; only trunks are guessed, and only on request.
 *
 * Sites.  Extension 201 at two sites is two parties.  An inside number that is
 * not +E.164 (an extension, a word, a star code) is called "201@ulm", after its
 * source's site, wherever it stands: src, dst, forwarded_by, user, account.
 * The source SOURCE_DEFAULT leaves "201" as it is.  What would be longer than a
 * number may be is cut, and a hash of the whole stands in place of the site.
 *
 * Channels.  A recorded trunk_in or trunk_out is a channel as Asterisk names
 * it, "PJSIP/carrier-0000001a": technology, peer, and what makes the channel
 * unique.  Its name here is "PJSIP/carrier".  It is a trunk when one of the
 * source's patterns matches "PJSIP/carrier", "carrier" or any such channel,
 * or, where the source states no pattern, by guess.  A peer that is not a
 * trunk and has the name of an extension, or of the party at its end, is that
 * party's telephone, and inside.  A text that the layout calls a trunk's name
 * (ORIGIN_TRUNK_*) is one.
 *
 * Direction: what the layout states; else a trunk on one side; else an inside
 * and an outside party; both inside is internal, trunks or outside parties on
 * both sides are transit; otherwise missing.
 *
 * Forwarded: what the record states; else a call that leaves from the inner
 * end of a Local channel was sent on by the extension which that channel was
 * dialled as.  What only several records show is for cdr/legs.
 *
 * Account: what the record states, an extension there being one of the site;
 * else the inside party (out and internal:
 * src, in: dst, forwarded: forwarded_by; where that is not inside, or only a
 * number of the house that telephones show, the extension in the channel);
 * else trunk_in; else the source.  Where the batch has a directory, numbers
 * that stand there are inside, and the inside party's account is the one that
 * it names.
 */
#ifndef LIB_CDR_PARTY_H
#define LIB_CDR_PARTY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/notes.h"
#include "cdr/batch.h"
#include "cdr/call.h"
#include "io/pattern.h"
#include "tel/dialplan.h"
#include "tel/zone.h"

/* The source of a file that no configured source claims. */
#define SOURCE_DEFAULT "default"

/* A site's habits; what is NULL or 0 is not stated and may be guessed. */
struct source {
	const char *name;        /* SOURCE_DEFAULT if nothing else */
	const char *site;        /* NULL: the source's name */
	const char *layout;      /* id, or NULL: recognise */
	const struct zone *zone; /* of naive stamps */
	const char *currency;
	const char *calendar;
	const struct dialplan *plan; /* NULL: guess the country */
	/* Without plan: what is stated of it but the country; or NULL. */
	const struct dialplan_settings *dialling;
	struct pattern *const *trunks; /* of trunk, channel or device names */
	size_t ntrunks;
	/* By feature: patterns of dst, application or context. */
	struct pattern *const *services[FEATURE_COUNT];
	size_t nservices[FEATURE_COUNT];
	int year; /* of stamps without: of a file's first; 0: assume */
};

/*
 * The texts of calls as recorded, each once for a source, and what it is there:
 * gathered by several threads before anything of them is known.
 */
struct party_texts;
enum party_text_role {
	PARTY_TEXT_CALLED = 1,  /* it called: src */
	PARTY_TEXT_DIALLED = 2, /* it was called: dst */
	PARTY_TEXT_DIGITS = 4,
	PARTY_TEXT_CALLER = 8, /* somebody else who may be a number */
	PARTY_TEXT_TYPED = 16, /* dialled, and not what was called */
	PARTY_TEXT_USER = 32,
	PARTY_TEXT_CHANNEL = 64,
	PARTY_TEXT_SAYS = 128 /* it may name a feature or a context */
};

/*
 * Of all sources whose plan is NULL, and of those that have calls enough for
 * several threads; `sources` are those of the batch, NULL: no call has it.
 */
struct party_texts *party_texts_new(const struct batch *b,
    const struct source *const *sources, size_t threads);
void party_texts_free(struct party_texts **tp);
/* Those of a source, least first; a role has the bits of `roles`. */
size_t party_texts_count(const struct party_texts *t, size_t source);
uint32_t party_texts_at(const struct party_texts *t, size_t source, size_t i,
    unsigned *roles);

struct party_settings {
	/* By index of batch source; each with its dial plan. */
	const struct source *const *sources;
	size_t nsources;
	const struct party_texts *texts; /* of these calls; NULL: not known */
	bool guess_trunks;               /* of sources without trunk patterns */
	size_t threads; /* 0: as many as there are processors */
	/*
	 * Trunks are guessed from all calls there ever were.  What was kept of
	 * all but those with CALL_ADDED stands in for the others, which need
	 * not be in the batch then; NULL: all calls are.  `keep` gets the same
	 * of all, if not NULL; nothing, where that would be too much.
	 */
	const struct buf *kept;
	struct buf *keep;
};

/*
 * With `kept`: it is of no use, or a channel is a trunk now and was none, or the
 * other way round, so that calls are others that are not in the batch.
 */
enum { PARTY_NEEDS_ALL = 2 };

/*
 * Understand all calls of `b`, once, and find what was dialled (batch_tails()).
 * Guesses are said in `notes`.  1 when a
 * pattern of a source hit its limits on some text: the text counts as no
 * match, and `notes` has one warning for each such pattern; else 0, or
 * PARTY_NEEDS_ALL, when the calls are of no use.  The
 * result does not depend on the order of the calls.
 */
int party_resolve(struct batch *b, const struct party_settings *set,
    struct notes *notes);

/* Settle the account of a call as understood anew, after it changed. */
void party_account(struct batch *b, struct call *c, uint32_t forwarded_by);

#endif
