/*
 * gentraffic: labelled telephone traffic, for `make quality` and for whoever
 * wants to try rules on calls whose story is known.
 *
 *	gentraffic --days 30 --accounts 2000 --seed 1 --fraud all \
 *	    --truth truth.csv --config config.json > calls.csv
 *
 * The same options write the same bytes.  What an account does on a day depends
 * on the seed, the account and the day alone, so the ordinary traffic is the
 * same with fraud and without, but for accounts whose silence is part of a
 * story and for what a switch lost.
 *
 * The truth has a line for each fraudulent call: the case, its row and form,
 * who is to be named (any of several, '|' between them; '*' ends a beginning of
 * numbers), the call's id, its cost, begin and end of the attack; and a line
 * for each thing that must not alarm, and for attacks without calls.
 *
 * The site is a provider in Chicago.  All numbers are made by rule: inside the
 * NANP the exchange is always 555, abroad the national number has 555 in it or
 * is of a range reserved for drama; what they cost is invented, too.
 *
 * Modules: random (chance), world (accounts, numbers, time), persona (ordinary
 * days), negative (what must not alarm), attack (the table of frauds),
 * attack_out, attack_in, attack_line (their stories), write (records), files
 * (configuration and the like).
 */
#ifndef BENCH_GENTRAFFIC_H
#define BENCH_GENTRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

/* random: splitmix64, seeded by up to three numbers. */

struct chance {
	uint64_t state;
};

struct chance chance_of(uint64_t seed, uint64_t a, uint64_t b);
unsigned chance_below(struct chance *c, unsigned n);
unsigned chance_between(struct chance *c, unsigned low, unsigned high);
bool chance_permille(struct chance *c, unsigned n);
unsigned chance_poisson(struct chance *c, double mean);
/* Log-normal: half of the values are below `median`. */
double chance_lognormal(struct chance *c, double median, double sigma);

/* world */

enum persona_id {
	OFFICE,
	SALES,
	CALL_CENTRE,
	RECEPTION,
	FAX,
	ALARM,
	CONFERENCE,
	LOBBY,
	LATE_SHIFT,
	PERSONAS
};

enum {
	OWN_EXCHANGE_FIRST = 200, /* +1 312 555 0200 is the first of our own */
	PARTNERS_MAX = 3,
	EXTENSION_FIRST = 20000,
	SWITCHES = 6 /* small ones, beside the large one */
};

struct account {
	char code[12];
	enum persona_id persona;
	unsigned index;
	unsigned first_ext, exts;
	unsigned did;       /* last four digits behind +1 312 555 */
	unsigned toll_free; /* last four digits behind +1 800 555, or 0 */
	unsigned group;     /* of the directory */
	unsigned partners, partner[PARTNERS_MAX]; /* foreign ones: places */
	unsigned switch_id;                       /* 0 the large one */
	double activity;  /* 1: as its persona usually is */
	int first_day;    /* of ordinary traffic */
	int last_day;     /* of ordinary traffic: after it the line is silent */
	bool busy;        /* has a story of its own: an attack or a negative */
	bool legs;        /* its switch writes one record for each telephone */
	const char *name; /* display name, NULL: of the persona */
};

enum place_kind {
	PLACE_PARTNER,
	PLACE_MID,       /* 10 to 40 cents: what a careful thief picks */
	PLACE_HIGH,      /* dear, and on lists of high risk */
	PLACE_CARIBBEAN, /* dialled like a domestic number */
	PLACE_SATELLITE, /* and international networks */
	PLACE_PREMIUM,   /* +1 900 */
	PLACE_KINDS
};

struct place {
	enum place_kind kind;
	const char *prefix; /* E.164 digits */
	unsigned more;      /* digits behind it */
	unsigned rate;      /* micro dollars a second */
};

const struct place *place_at(unsigned i);
unsigned places(void);
unsigned place_pick(struct chance *c, enum place_kind kind);

enum way { OUT, IN, INTERNAL, TRANSIT };
enum call_status { ANSWERED, NO_ANSWER, BUSY, FAILED, CANCELLED };

struct call {
	const struct account *account;
	int64_t start; /* UTC */
	unsigned ring, talk;
	enum call_status status;
	enum way way;
	unsigned user;  /* extension */
	unsigned join;  /* legs of one call have one number; 0: alone */
	uint64_t order; /* as they were made; settles equal times */
	int64_t cost;   /* micro dollars */
	int mark;       /* attack that the call is of, from 1; 0 none */
	char src[24];   /* as the switch shows it */
	char dst[28];
	char forwarder[12];
	char code[12];       /* authorisation code */
	const char *feature; /* "VoiceMailMain" and the like, or NULL */
};

struct calls {
	struct call *at;
	size_t n, cap;
};

/* One line of the truth: an attack, or something that must not alarm. */
struct story {
	const char *row;
	const char *form;  /* "easy"; NULL: must not alarm */
	char entity[1000]; /* any of these is right, '|' between them */
	int64_t begin, end;
	unsigned calls;
};

struct outage { /* no records of a switch */
	unsigned switch_id;
	int64_t from, to;
};

struct event { /* of the audit log */
	int64_t at;
	char text[120];
};

struct world {
	uint64_t seed;
	int days, history; /* before the first day */
	int64_t first;     /* UTC midnight's number of the first local day */
	unsigned n;
	struct account *accounts;
	unsigned next_ext, next_join;
	uint64_t next_order;
	struct calls planned; /* of stories, all days */
	struct story *stories;
	int n_stories;
	struct outage outages[16];
	int n_outages;
	struct event *events;
	int n_events;
	char bad[24][20]; /* prefixes of the known-bad list, E.164 digits */
	unsigned n_bad;
};

void world_make(struct world *w, unsigned accounts);
void world_free(struct world *w);
/* An account of this persona without a story yet; NULL if all have one. */
struct account *world_take(struct world *w, struct chance *c,
    enum persona_id persona);

/* Local time: days are counted from 1970-01-01. */
int64_t day_of_date(int year, int month, int day);
void date_of_day(int64_t day, int *year, int *month, int *date);
int64_t utc_of(int64_t day, int64_t second);
int64_t local_of(int64_t utc); /* seconds since 1970 on the clock's face */
/* 0 Monday to 6 Sunday; public holidays of the United States. */
unsigned weekday_of(int64_t day);
bool holiday(int64_t day);
bool clocks_change(int64_t day);

/* Numbers as a switch shows them; `out` holds 24 or more. */
void number_domestic(char out[24], struct chance *c);
void number_contact(char out[24], const struct world *w,
    const struct account *a, unsigned which);
void number_partner(char out[24], const struct world *w,
    const struct account *a, unsigned which);
void number_place(char out[24], struct chance *c, unsigned place);
/* The same number as the switch shows it when it calls us. */
void number_caller(char out[24], const char *dialled);
/* What it costs per second to call `dialled`, in micro dollars. */
unsigned rate_of(const char *dialled);

/* A call of that account with all that is usual; the caller changes it. */
struct call call_new(struct world *w, const struct account *a, enum way way,
    int64_t start, const char *other);
void calls_add(struct calls *list, const struct call *call);

/* persona, negative: ordinary days */

const char *persona_name(enum persona_id p);
const char *persona_class(enum persona_id p);
unsigned persona_extensions(enum persona_id p, struct chance *c);
unsigned persona_share(enum persona_id p); /* of 1000 accounts */
void persona_day(struct world *w, const struct account *a, int day,
    struct calls *out);
unsigned talk_like(struct chance *c, double median, double sigma);

void negative_plan(struct world *w);

/* attack */

struct attack {
	struct world *w;
	struct chance c;
	int form; /* 0 easy, 1 typical, 2 evasive */
	int mark;
	int day; /* of its begin, and how many there are to its end at most */
	int room;
	struct account *a; /* the victim */
};

/* Rows of the table, each in three forms; -1: unknown row or form. */
int attack_plan(struct world *w, const char *forms, const char *only,
    unsigned each, bool switches);
const char *attack_row(unsigned i); /* NULL behind the last */

/* Takes part in the attack: priced, marked, counted; returns the call. */
void attack_call(struct attack *k, struct call *call);
void attack_entity(struct attack *k, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* A toll-free number that only takes calls, as a carrier's list has it. */
#define LISTED_CALLER "18005551000"

struct account *attack_victim(struct attack *k, enum persona_id persona);
/* Between the values for easy, typical and evasive, +- 30 %. */
unsigned attack_size(struct attack *k, unsigned easy, unsigned typical,
    unsigned evasive);

/* Calls to places by one account. */
struct burst {
	enum place_kind kind;
	unsigned calls;
	int64_t from;
	unsigned span;      /* seconds over which they begin */
	double talk, sigma; /* seconds: median, spread */
	unsigned answered;  /* per mille */
	unsigned ranges;    /* number blocks that are called */
	bool same_number;
	bool strange; /* not where the account has a partner */
};

void burst(struct attack *k, const struct account *a, const struct burst *b);
/* A night of the attack: between 22:00 and 05:00. */
int64_t night_of(struct attack *k, int day);
int64_t workday_of(struct attack *k, int day);

typedef void attack_story(struct attack *k);

attack_story after_hours_international, after_hours_volume, volume_spike,
    call_rate, known_bad_number, known_bad_probe, high_risk_country,
    premium_and_satellite, first_country, toll_free_pumping_out, long_call,
    sequential_numbers, prefix_probing, range_accumulation,
    forward_international, dial_around;
attack_story toll_free_pumping_in, voicemail_pin_guessing, voicemail_breakout,
    do_not_originate, robocall, hang_ups, harassment, wangiri,
    wangiri_call_back;
attack_story concurrent_user, concurrent_group, dormant_account, test_account,
    restricted_class, simultaneous_code, same_number_both_ways, feed_silent,
    feed_gap, admin_change;

/* write */

struct writer_options {
	const char *layout;
	const char *split; /* folder for a file per switch and morning; NULL */
	const char *truth; /* or NULL */
};

int write_all(struct world *w, const struct writer_options *o);
const char *layout_name(unsigned i); /* NULL behind the last */

/* "main" for 0, else "sw1" and so on: its files and, apart, its source. */
enum { SWITCH_NAME = 8 };
void switch_name(char out[SWITCH_NAME], unsigned id);

/* files: 0, or -1 with errno */

int write_config(const struct world *w, const char *path, const char *directory,
    const char *rates, const char *rules, const struct writer_options *o);
int write_directory(const struct world *w, const char *path, bool sites);
int write_rates(const char *path);
int write_rules(const struct world *w, const char *folder);
int write_audit(const struct world *w, const char *path, const char *split);

#endif
