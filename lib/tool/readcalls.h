/*
 * readcalls: what every program that reads calls settles alike, before it
 * reads files and after it loaded a store.
 *
 * Files are read with the layouts that --type or the configuration states,
 * "map:FILE" being a layout of the site's own.  Calls that a store gave back
 * are understood with the configuration as it is now, but with what the first
 * run guessed: the store remembers by name "home_country", "zone" (of sources
 * that nobody stated one for) and "zone:SOURCE", the one whose instants the
 * calls of a source were stored at.
 */
#ifndef LIB_TOOL_READCALLS_H
#define LIB_TOOL_READCALLS_H

#include "base/errmsg.h"
#include "base/notes.h"
#include "cdr/batch.h"
#include "cdr/ingest.h"
#include "cdr/layout.h"
#include "cdr/understand.h"
#include "store/store.h"
#include "tool/setup.h"

/*
 * The shipped layouts into `ls`.  Problems are said; EXIT_NOT_DONE if there is
 * an error.
 */
int readcalls_layouts(const struct setup *s, struct layouts *ls);

/*
 * The rules in force and the shipped layouts, side by side.  Problems are
 * said, first those of the rules; EXIT_NOT_DONE if there is an error.
 */
int readcalls_rules_and_layouts(struct setup *s, struct ruleset *rules,
    struct layouts *ls, size_t threads);

/*
 * The id of the layout that a configured source states, which may be one of the
 * site's own, added to `ls` then; NULL with a note where it is stated.
 */
const char *readcalls_layout_of(struct layouts *ls,
    const struct config_site *site, struct notes *notes);

/*
 * The layout of every source: `type`, the value of --type, for all of them
 * ("auto": each file is recognised); NULL: as configured.  What is stated
 * becomes an id that `ls` has, own layouts are added to it; what cannot be is
 * said, EXIT_NOT_DONE.
 */
int readcalls_settle_layouts(struct setup *s, struct layouts *ls,
    const char *type);

/*
 * How to read, as far as options of a program do not matter: guessing, as of
 * now, naive stamps by TZ, rejects without end.  `s` and `ls` must outlive it.
 */
struct ingest_settings readcalls_settings(const struct setup *s,
    const struct layouts *ls);

/*
 * The zone that a store remembers: of a source, or with NULL the one guessed
 * for all that state none.  1; 0 and NULL if there is none; -1 with words.
 */
int readcalls_kept_zone(struct store *st, const char *source,
    const struct zone **z, struct errmsg *err);

/*
 * Understand calls that a store gave back.  A source of the batch has site,
 * calendar and zone of the configured one of its name; one that is not
 * configured any more has those of the top level.  Where no zone is stated it
 * is the one kept for the source, else the one guessed, else TZ, else UTC.
 * Returns as understand() does, which says when to call understood_fini().
 */
int readcalls_understand(const struct setup *s, struct store *st,
    struct batch *b, struct understood *u, struct notes *notes,
    struct errmsg *err);

/*
 * The same of a stretch of them, unless `stretch` is NULL; `keep` gets what is
 * kept for the next one, or is NULL.
 */
int readcalls_understand_stretch(const struct setup *s, struct store *st,
    const struct understand_stretch *stretch, struct understand_kept *keep,
    struct batch *b, struct understood *u, struct notes *notes,
    struct errmsg *err);

/*
 * All calls of a store into `b`, which must be empty: understood and sorted.
 * `*zone`, of times shown, becomes the one guessed for all if it is NULL.  -1
 * with words.
 */
int readcalls_load(const struct setup *s, struct store *st, struct batch *b,
    const struct zone **zone, struct notes *notes, struct errmsg *err);

#endif
