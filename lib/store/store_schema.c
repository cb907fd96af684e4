/* store_schema: the tables of a store, version by version. */
#include "store/store_impl.h"

/*
 * Texts stand once, numbered from 1 without a gap; calls refer to them by
 * number, 0 for missing.  Calls are clustered by (start, source, key), so that
 * appending and reading a stretch of time need no second index; they are kept
 * as recorded, see cdr/call.h.  A body is one JSON object of detect/findjson;
 * the columns beside it are what is asked for without reading it.
 *
 * A long stretch of calls that came at once, and were all new, is no rows but
 * `blocks` of some thousands each, which take a tenth of the time and a quarter
 * of the room; `start` and `last` are of the first and the last call, `data`
 * has the columns of a row one by one (base/packed).  No two blocks overlap.
 * What their calls have in `source`, `seen` and `run` is in `block_parts`.
 *
 * A call names in `seen` the file that brought it, a row of `files`; the
 * further files that hold the same record are its `sightings`, so that one
 * import can be undone without the others.
 *
 * `members` are the calls of findings, sources by the hash of their name, and
 * `money` tells which of the finding's amounts a cost is in, from 1, 0: none;
 * `extent` of a finding changes when they do.  Findings saved since schema 7
 * have them column by column in `packed_members` instead.  `covers` says what
 * a case had when something was said of it (`labels`).  An alias has the label
 * that it had when the finding took over from it, and the last label of that
 * time.
 *
 * `seams` tell of a file where reading ended (cdr/ingest.h), with the hash of
 * all bytes before; an empty one, that the store may have records of the file
 * that are not in it any more.  `fit` is 0 where what was read was forgotten.
 *
 * `run` of a finding or a case is the run that wrote it; one that is found
 * again as it was is not written.
 *
 * Findings, their calls and cases are rows by number, in the order in which
 * they came, with an index of their ids, since schema 9: to look for a key
 * among rows without a number, SQLite reads whole rows on its way, however long
 * they are.
 *
 * `cache` has what saves the next run work (store/store_cache.h).
 *
 * `failures` are runs that changed nothing else, after run `run`.
 */
const char *const store_migrations[] = {
	"CREATE TABLE meta ("
	"  name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"CREATE TABLE texts ("
	"  id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;"
	"CREATE TABLE runs ("
	"  id INTEGER PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE calls ("
	"  start INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  key INTEGER NOT NULL, ring INTEGER NOT NULL,"
	"  duration INTEGER NOT NULL, cost INTEGER, currency INTEGER NOT NULL,"
	"  src INTEGER NOT NULL, dst INTEGER NOT NULL,"
	"  forwarded_by INTEGER NOT NULL, dialled INTEGER NOT NULL,"
	"  account INTEGER NOT NULL, user INTEGER NOT NULL,"
	"  trunk_in INTEGER NOT NULL, trunk_out INTEGER NOT NULL,"
	"  direction INTEGER NOT NULL, status INTEGER NOT NULL,"
	"  feature INTEGER NOT NULL, flags INTEGER NOT NULL,"
	"  cause INTEGER NOT NULL, zone_kind INTEGER NOT NULL,"
	"  stated INTEGER NOT NULL,"
	"  call_id INTEGER NOT NULL, join_key INTEGER NOT NULL,"
	"  src_name INTEGER NOT NULL, service INTEGER NOT NULL,"
	"  clue_in INTEGER NOT NULL, file INTEGER NOT NULL,"
	"  line INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  PRIMARY KEY (start, source, key)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE findings ("
	"  id TEXT PRIMARY KEY, case_id TEXT, state TEXT NOT NULL,"
	"  rule TEXT NOT NULL, score INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  hash TEXT NOT NULL, run INTEGER NOT NULL, body TEXT NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE cases ("
	"  id TEXT PRIMARY KEY, state TEXT NOT NULL, score INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  run INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;",

	"ALTER TABLE calls ADD COLUMN auth_code INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calls ADD COLUMN event INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calls ADD COLUMN quality INTEGER NOT NULL DEFAULT 0;",

	"ALTER TABLE findings ADD COLUMN members BLOB;",

	"CREATE TABLE files ("
	"  id INTEGER PRIMARY KEY, path TEXT NOT NULL, member TEXT NOT NULL,"
	"  source TEXT NOT NULL,"
	"  reading TEXT NOT NULL, size INTEGER NOT NULL,"
	"  mtime INTEGER NOT NULL, nhead INTEGER NOT NULL,"
	"  head TEXT NOT NULL, tail TEXT NOT NULL, whole INTEGER NOT NULL,"
	"  run INTEGER NOT NULL) STRICT;"
	"CREATE TABLE sightings ("
	"  start INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  key INTEGER NOT NULL, file INTEGER NOT NULL,"
	"  line INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  PRIMARY KEY (start, source, key, file)) STRICT, WITHOUT ROWID;"
	"ALTER TABLE calls ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE calls ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;"
	"INSERT INTO files (path, member, source, reading, size, mtime, nhead, head,"
	"  tail, whole, run)"
	"  SELECT f.text, '', s.text, '', 0, 0, 0, '', '', 0, min(c.run)"
	"  FROM calls c JOIN texts f ON f.id = c.file"
	"  JOIN texts s ON s.id = c.source GROUP BY f.text, s.text"
	"  ORDER BY min(c.run), f.text, s.text;"
	"UPDATE calls SET seen = coalesce((SELECT files.id FROM files"
	"  JOIN texts f ON f.text = files.path"
	"  JOIN texts s ON s.text = files.source"
	"  WHERE f.id = calls.file AND s.id = calls.source), 0);"
	"ALTER TABLE runs ADD COLUMN what TEXT NOT NULL DEFAULT 'scan';"
	"ALTER TABLE runs ADD COLUMN began INTEGER;"
	"ALTER TABLE runs ADD COLUMN ended INTEGER;"
	"ALTER TABLE runs ADD COLUMN user TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE runs ADD COLUMN config TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE runs ADD COLUMN findings INTEGER;"
	"ALTER TABLE runs ADD COLUMN added INTEGER;"
	"ALTER TABLE runs ADD COLUMN updated INTEGER;"
	"ALTER TABLE runs ADD COLUMN closed INTEGER;"
	"ALTER TABLE runs ADD COLUMN status INTEGER;"
	"ALTER TABLE findings ADD COLUMN subject TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE findings ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
	"CREATE TABLE aliases ("
	"  alias TEXT PRIMARY KEY, id TEXT NOT NULL, run INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE labels ("
	"  id INTEGER PRIMARY KEY, target TEXT NOT NULL, word TEXT NOT NULL,"
	"  note TEXT NOT NULL, user TEXT NOT NULL, at INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX labels_of ON labels (target);"
	"CREATE TABLE free_texts (id INTEGER PRIMARY KEY) STRICT;",

	"ALTER TABLE findings DROP COLUMN members;"
	"CREATE TABLE members ("
	"  finding TEXT NOT NULL, start INTEGER NOT NULL,"
	"  source INTEGER NOT NULL, key INTEGER NOT NULL,"
	"  duration INTEGER NOT NULL, cost INTEGER NOT NULL,"
	"  money INTEGER NOT NULL, estimated INTEGER NOT NULL,"
	"  PRIMARY KEY (finding, start, source, key)) STRICT, WITHOUT ROWID;"
	"ALTER TABLE findings ADD COLUMN extent TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE findings ADD COLUMN calls INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE findings ADD COLUMN backlog INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE inherited ("
	"  alias TEXT NOT NULL, id TEXT NOT NULL, run INTEGER NOT NULL,"
	"  word TEXT NOT NULL DEFAULT '', upto INTEGER NOT NULL DEFAULT 0,"
	"  PRIMARY KEY (alias, id)) STRICT, WITHOUT ROWID;"
	"INSERT INTO inherited SELECT a.alias, a.id, a.run, coalesce((SELECT word"
	"  FROM labels WHERE target = a.alias AND word IN ('fraud', 'benign',"
	"  'unsure') ORDER BY labels.id DESC LIMIT 1), ''), 0 FROM aliases a;"
	"DROP TABLE aliases;"
	"ALTER TABLE inherited RENAME TO aliases;"
	"CREATE INDEX aliases_of ON aliases (id);"
	"CREATE TABLE covers ("
	"  label INTEGER NOT NULL, finding TEXT NOT NULL,"
	"  extent TEXT NOT NULL, calls INTEGER NOT NULL,"
	"  score INTEGER NOT NULL,"
	"  PRIMARY KEY (label, finding)) STRICT, WITHOUT ROWID;"
	"INSERT INTO covers SELECT max(l.id), f.id, '', 0, f.score FROM labels l"
	"  JOIN cases c ON c.id = l.target"
	"  JOIN findings f ON f.case_id = c.id AND f.state <> 'closed'"
	"  WHERE l.word <> 'note' AND c.state = CASE l.word"
	"  WHEN 'ack' THEN 'acknowledged' WHEN 'close' THEN 'closed'"
	"  WHEN 'unsure' THEN 'open' ELSE l.word END GROUP BY f.id;"
	"CREATE TABLE failures ("
	"  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, body TEXT NOT NULL,"
	"  what TEXT NOT NULL, began INTEGER NOT NULL, ended INTEGER NOT NULL,"
	"  user TEXT NOT NULL, status INTEGER NOT NULL, error TEXT NOT NULL"
	") STRICT;",

	"CREATE TABLE seams ("
	"  file INTEGER PRIMARY KEY, fit INTEGER NOT NULL,"
	"  prefix TEXT NOT NULL, stop INTEGER NOT NULL,"
	"  start INTEGER NOT NULL, line INTEGER NOT NULL,"
	"  first_end INTEGER NOT NULL, header_begin INTEGER NOT NULL,"
	"  header_end INTEGER NOT NULL, records INTEGER NOT NULL,"
	"  skipped INTEGER NOT NULL, rejects INTEGER NOT NULL,"
	"  form TEXT NOT NULL) STRICT;",

	"CREATE TABLE blocks ("
	"  start INTEGER PRIMARY KEY, last INTEGER NOT NULL,"
	"  calls INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  data BLOB NOT NULL) STRICT;"
	"CREATE TABLE block_parts ("
	"  block INTEGER NOT NULL, source INTEGER NOT NULL,"
	"  seen INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  PRIMARY KEY (block, source, seen, run)) STRICT, WITHOUT ROWID;"
	"CREATE TABLE packed_members ("
	"  finding TEXT PRIMARY KEY, calls INTEGER NOT NULL,"
	"  data BLOB NOT NULL) STRICT, WITHOUT ROWID;",

	"CREATE TABLE cache ("
	"  name TEXT PRIMARY KEY,"
	" body BLOB NOT NULL) STRICT, WITHOUT ROWID;",

	"CREATE TABLE rows_of_findings ("
	"  id TEXT PRIMARY KEY NOT NULL, case_id TEXT, state TEXT NOT NULL,"
	"  rule TEXT NOT NULL, score INTEGER NOT NULL,"
	"  first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
	"  hash TEXT NOT NULL, run INTEGER NOT NULL,"
	"  subject TEXT NOT NULL DEFAULT '', reason TEXT NOT NULL DEFAULT '',"
	"  extent TEXT NOT NULL DEFAULT '', calls INTEGER NOT NULL DEFAULT 0,"
	"  backlog INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL) STRICT;"
	"INSERT INTO rows_of_findings SELECT id, case_id, state, rule, score,"
	"  first_seen, last_seen, hash, run, subject, reason, extent, calls,"
	"  backlog, body FROM findings ORDER BY last_seen, id;"
	"DROP TABLE findings;"
	"ALTER TABLE rows_of_findings RENAME TO findings;"
	"CREATE INDEX findings_by_end ON findings"
	"  (last_seen, id, case_id, state, rule);"
	"CREATE TABLE rows_of_members ("
	"  finding TEXT PRIMARY KEY NOT NULL, calls INTEGER NOT NULL,"
	"  data BLOB NOT NULL) STRICT;"
	"INSERT INTO rows_of_members SELECT p.finding, p.calls, p.data"
	"  FROM findings f CROSS JOIN packed_members p ON p.finding = f.id"
	"  ORDER BY f.rowid;"
	"DROP TABLE packed_members;"
	"ALTER TABLE rows_of_members RENAME TO packed_members;"
	"CREATE TABLE rows_of_cases ("
	"  id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL,"
	"  score INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
	"  last_seen INTEGER NOT NULL, run INTEGER NOT NULL,"
	"  body TEXT NOT NULL) STRICT;"
	"INSERT INTO rows_of_cases SELECT * FROM cases ORDER BY last_seen, id;"
	"DROP TABLE cases;"
	"ALTER TABLE rows_of_cases RENAME TO cases;"
	"CREATE INDEX cases_by_end ON cases (last_seen, first_seen, state, id);"
	"DROP TABLE cache;"
	"CREATE TABLE cache ("
	"  name TEXT NOT NULL, part INTEGER NOT NULL, terms INTEGER NOT NULL,"
	"  body BLOB NOT NULL, PRIMARY KEY (name, part)) STRICT;",

	"CREATE INDEX files_by_path ON files (path, member);"
	"CREATE INDEX files_by_head ON files (head, member);"
	"CREATE INDEX files_by_time ON files (mtime, head);",
};

const size_t store_nmigrations =
    sizeof(store_migrations) / sizeof(store_migrations[0]);
