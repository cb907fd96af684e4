/*
 * call: one call in memory, and the words for what it can be.
 *
 * A call is 56 hot bytes without pointers; what is only read for evidence
 * stands beside it in a struct origin, and what few calls have in columns of
 * the batch that are there if any call has it (struct call_extras).  Strings
 * are ids in the batch's names, numbers are ids in the batch's parties, so
 * rules compare integers.
 *
 * A call lives in two states.  As RECORDED (from a file or the store) src,
 * dst, forwarded_by, trunk_in, trunk_out, account and user are names ids of
 * the raw text in the record, and direction is what the layout states, if
 * anything; an account is the layout's, else that of the peer.  As UNDERSTOOD,
 * after party_resolve(), src, dst and forwarded_by are parties ids, trunks,
 * account and user are settled, direction is decided.  The store keeps calls
 * as recorded.
 *
 * A record may be an event that is no call: a change that an administrator
 * made, a forwarding that was set, or what reading the records showed of
 * their quality.  It stands among the calls with the flag CALL_EVENT, without
 * talk and often without parties, and only rules that ask for events see it.
 */
#ifndef LIB_CDR_CALL_H
#define LIB_CDR_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum call_direction { DIR_MISSING, DIR_OUT, DIR_IN, DIR_INTERNAL, DIR_TRANSIT };

enum call_status {
	STATUS_MISSING,
	STATUS_ANSWERED,
	STATUS_NO_ANSWER,
	STATUS_BUSY,
	STATUS_FAILED,
	STATUS_CANCELLED
};

/* What took the call inside the switch. */
enum call_feature {
	FEATURE_NONE,
	FEATURE_VOICEMAIL,
	FEATURE_DISA,
	FEATURE_IVR,
	FEATURE_CONFERENCE,
	FEATURE_QUEUE,
	FEATURE_COUNT
};

enum call_event {
	EVENT_CALL,
	EVENT_ADMIN,       /* somebody changed the switch; service says what */
	EVENT_FORWARD_SET, /* the account's calls go to dst from now on */
	EVENT_QUALITY,     /* of the records themselves (cdr/quality) */
	EVENT_COUNT
};

/* What a quality event is about. */
enum call_quality {
	QUALITY_NONE,
	QUALITY_GAP,       /* hours in which there always are calls have none */
	QUALITY_DUPLICATE, /* the switch wrote many records twice */
	QUALITY_CLOCK_JUMP, /* the clock of the switch was put back */
	QUALITY_LIMIT,      /* records were not read: a limit was hit */
	QUALITY_COUNT
};

/* Where the account came from; entity.type of a finding. */
enum account_type {
	ACCOUNT_MISSING,
	ACCOUNT_ACCOUNT,
	ACCOUNT_EXTENSION, /* an inside number that only its site knows */
	ACCOUNT_NUMBER,    /* an own number, +E.164 */
	ACCOUNT_TRUNK,
	ACCOUNT_SOURCE,
	ACCOUNT_DIRECTORY /* an account that the site's directory names */
};

enum call_flag {
	CALL_FORWARDED = 1,  /* sent on by forwarded_by */
	CALL_AMBIGUOUS = 2,  /* the stamp happened twice; first reading used */
	CALL_JOINED = 4,     /* made of several legs */
	CALL_FURTHER = 8,    /* a leg that another call absorbed */
	CALL_DUPLICATE = 16, /* the record was read before */
	CALL_HAS_COST = 32,
	CALL_ADDED = 64, /* to the store by this very run */
	CALL_EVENT = 128 /* no call: `event` of its origin */
};

struct call {
	int64_t start;      /* UTC, ms since 1970 */
	uint32_t ring;      /* ms before talk began */
	uint32_t duration;  /* ms of talk; 0 if unanswered */
	uint32_t src, dst;  /* names ids as recorded, then parties ids */
	uint32_t dialled;   /* names: the digits as dialled */
	uint32_t account;   /* names */
	uint32_t user;      /* names: who inside made or took it */
	uint32_t trunk_in;  /* names: channel, then trunk it came in on */
	uint32_t trunk_out; /* names: channel, then trunk it left on */
	union {
		/* As recorded: what else tells the incoming side (context). */
		uint32_t clue_in; /* names */
		/* As understood: what the directory says of who is inside. */
		uint32_t listed; /* batch listed */
	};
	uint16_t source;      /* batch sources */
	uint8_t currency;     /* batch currencies, 0 none */
	uint8_t direction;    /* enum call_direction */
	uint8_t status;       /* enum call_status */
	uint8_t feature;      /* enum call_feature */
	uint8_t account_type; /* enum account_type */
	uint8_t flags;        /* enum call_flag */
};

_Static_assert(sizeof(struct call) == 56, "calls are many");

/* Ids that few calls have, each in a column of its own (batch_extra()). */
enum call_extra {
	EXTRA_FORWARDED_BY, /* a names id as recorded, then a parties id */
	EXTRA_SRC_NAME,     /* names: caller name */
	EXTRA_AUTH_CODE,    /* names: the code that allowed the call */
	EXTRA_JOIN,         /* names; batch_join() */
	EXTRA_FILE,         /* batch_file_of() */
	EXTRA_COUNT,
	EXTRA_NAMES = EXTRA_FILE, /* those before are, as recorded */
	EXTRA_TEXTS = EXTRA_JOIN  /* a leg that has none takes another's */
};

/* What few calls have, of one call on its way into a batch or out of it. */
struct call_extras {
	int64_t cost; /* micro-units; only with CALL_HAS_COST */
	uint32_t ids[EXTRA_COUNT];
};

enum origin_stated {
	ORIGIN_TRUNK_IN = 1,  /* trunk_in is a trunk's name, not a channel's */
	ORIGIN_TRUNK_OUT = 2, /* the same for trunk_out */
	/* It tells only how the call came in, or only how it left. */
	ORIGIN_SIDE_IN = 4,
	ORIGIN_SIDE_OUT = 8,
	ORIGIN_STATED = 15 /* all of them */
};

/* Where a call came from: for evidence, joining legs and the record key. */
struct origin {
	uint64_t key;     /* record key (definitions: source, start, key) */
	uint32_t line;    /* physical line where the record starts */
	uint32_t call_id; /* names: the switch's own id */
	/* names: application or feature text; of an event: what was done */
	uint32_t service;
	uint8_t cause; /* Q.850, 0 unknown */
	/*
	 * How far ahead of UTC the clock was that a stamp without zone was
	 * read by: quarters of an hour, plus ORIGIN_CLOCK; 0 not known, or
	 * the stamp has a zone.
	 */
	uint8_t clock;
	unsigned zone_kind : 2; /* enum stamp_kind of the start stamp */
	unsigned stated : 4;    /* enum origin_stated */
	unsigned event : 2;     /* enum call_event */
	unsigned quality : 3;   /* enum call_quality */
	bool user_called : 1;   /* user is only the number that was called */
	bool rated : 1;         /* the cost is worked out from rates */
	bool joins_by_id : 1;   /* batch_join() is call_id */
};

enum { ORIGIN_CLOCK = 100, ORIGIN_CLOCK_MS = 15 * 60 * 1000 };

_Static_assert(sizeof(struct origin) == 24, "origins stay small");
_Static_assert(EVENT_COUNT <= 4 && QUALITY_COUNT <= 8 && ORIGIN_STATED < 16,
    "the bits suffice");

const char *direction_name(enum call_direction d); /* "" for missing */
const char *status_name(enum call_status s);
const char *feature_name(enum call_feature f);
const char *account_type_name(enum account_type t);
const char *event_name(enum call_event e);
const char *quality_name(enum call_quality q);
/* The value with this name, -1 if there is none. */
int direction_parse(const char *name);
int status_parse(const char *name);
int feature_parse(const char *name);
int event_parse(const char *name);

/*
 * Equal records of one file are told apart by their keys: that of the n-th of
 * them, from 2 on, when that of the first is `key`.
 */
uint64_t call_key_again(uint64_t key, uint64_t nth);

/*
 * Asterisk makes a channel's name unique behind its last '-':
 * "PJSIP/carrier-0000001a", "DAHDI/1-1", "Local/201@ctx-0000000e;2".  Write
 * the name without that, "PJSIP/carrier-", "Local/201@ctx-;2", to `out`,
 * which has room for `len` bytes; returns its length.  A batch keeps this
 * form, or each call would bring two new texts.  Any other text, and one that
 * has this form already, is copied.
 */
size_t channel_plain(const char *name, size_t len, char *out);
/*
 * The same where that form is the beginning of the name: how much of it, 0 if
 * it is not.
 */
size_t channel_stem(const char *name, size_t len);

#endif
