/* cdrrules waive: a waiver for a rule, checked and written. */
#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/jsonout.h"
#include "io/outfile.h"
#include "tel/calltime.h"

/* Whoever may write waivers into the folder may lock them. */
static int
open_lock(const char *folder, const char *path)
{
	struct stat dir, st;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd >= 0 && stat(folder, &dir) == 0 && fstat(fd, &st) == 0 &&
	    st.st_uid == geteuid()) {
		if (st.st_gid != dir.st_gid)
			(void)!fchown(fd, (uid_t)-1, dir.st_gid);
		(void)fchmod(fd, (dir.st_mode & 0666) | 0600);
	}
	return fd;
}

/*
 * Two that write at once would take the same id, and the later one would drop
 * the other's waiver: so each holds a lock from before it reads the waivers
 * until its own is written.  The file stays, for a lock on one that is gone
 * holds nobody up.
 */
static int
take_lock(const struct rules_run *r, int *fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	const char *folder = r->setup.config.waivers;
	struct buf path;
	int got;

	*fd = -1;
	if (mkdir(folder, 0777) != 0 && errno != EEXIST) {
		diag_error(&r->setup.diag, "%s: %s", folder, strerror(errno));
		return -1;
	}
	buf_init(&path);
	buf_addf(&path, "%s/.lock", folder);
	*fd = open_lock(folder, path.data);
	got = *fd >= 0 ? fcntl(*fd, F_SETLKW, &whole) : -1;
	if (got < 0)
		diag_error(&r->setup.diag, "%s: cannot lock: %s", path.data,
		    strerror(errno));
	buf_fini(&path);
	return got < 0 ? -1 : 0;
}

/* F=V as a pair; the value's form is told by its first or last character. */
struct pin {
	const char *field;
	size_t field_len;
	const char *value;
};

static int
split(const struct rules_run *r, const char *text, struct pin *p)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals == text || equals[1] == '\0') {
		diag_error(&r->setup.diag, "--match: not FIELD=VALUE: '%s'",
		    text);
		return -1;
	}
	*p = (struct pin){ text, (size_t)(equals - text), equals + 1 };
	return 0;
}

static bool
same_field(const struct pin *a, const struct pin *b)
{
	return a->field_len == b->field_len &&
	       strncmp(a->field, b->field, a->field_len) == 0;
}

/* "@NAME" is a list, "+53*" a prefix, true and false what they say. */
static void
put_value(struct jsonout *j, const struct pin *p, const struct field *f)
{
	size_t len = strlen(p->value);
	char *begin;

	if (p->value[0] == '@') {
		jsonout_object(j);
		jsonout_kstring(j, "list", p->value + 1);
		jsonout_end_object(j);
	} else if (len > 1 && p->value[len - 1] == '*') {
		begin = strdup(p->value);
		if (begin == NULL)
			abort();
		begin[len - 1] = '\0';
		jsonout_object(j);
		jsonout_kstring(j, "prefix", begin);
		jsonout_end_object(j);
		free(begin);
	} else if (f != NULL && f->type == FIELD_BOOL) {
		jsonout_bool(j, strcmp(p->value, "true") == 0);
	} else {
		jsonout_string(j, p->value);
	}
}

static void
put_pin(struct jsonout *j, const struct pin *pins, size_t n, size_t i)
{
	char name[64];
	size_t k, same = 0;

	(void)snprintf(name, sizeof(name), "%.*s", (int)pins[i].field_len,
	    pins[i].field);
	for (k = 0; k < n; k++)
		same += same_field(&pins[i], &pins[k]);
	jsonout_key(j, name);
	if (same > 1)
		jsonout_array(j);
	for (k = i; k < n; k++)
		if (same_field(&pins[i], &pins[k]))
			put_value(j, &pins[k], field_find(name));
	if (same > 1)
		jsonout_end_array(j);
}

static int
put_match(const struct rules_run *r, struct jsonout *j)
{
	const struct opt_list *l = &r->o->match;
	struct pin *pins = calloc(l->n + 1, sizeof(*pins));
	size_t i, k;
	int status = 0;

	if (pins == NULL)
		abort();
	for (i = 0; i < l->n && status == 0; i++)
		status = split(r, l->items[i], &pins[i]);
	jsonout_key(j, "match");
	jsonout_object(j);
	for (i = 0; i < l->n && status == 0; i++) {
		for (k = 0; k < i && !same_field(&pins[k], &pins[i]); k++)
			;
		if (k == i)
			put_pin(j, pins, l->n, i);
	}
	jsonout_end_object(j);
	free(pins);
	return status;
}

/* --limit calls=20, --limit cost=50 */
static int
put_limit(const struct rules_run *r, struct jsonout *j)
{
	const struct opt_list *l = &r->o->limit;
	const char *value;
	size_t i;
	bool calls;

	if (l->n == 0)
		return 0;
	jsonout_key(j, "limit");
	jsonout_object(j);
	for (i = 0; i < l->n; i++) {
		calls = strncmp(l->items[i], "calls=", 6) == 0;
		value = l->items[i] + (calls ? 6 : 5);
		if ((!calls && strncmp(l->items[i], "cost=", 5) != 0) ||
		    value[0] == '\0' || value[0] == '.' ||
		    strspn(value, "0123456789.") != strlen(value) ||
		    value[strlen(value) - 1] == '.' ||
		    strchr(value, '.') != strrchr(value, '.')) {
			diag_error(&r->setup.diag,
			    "--limit: not calls=N or cost=N: '%s'",
			    l->items[i]);
			return -1;
		}
		jsonout_key(j, calls ? "calls_per_day" : "cost_per_day");
		jsonout_raw(j, value);
	}
	jsonout_end_object(j);
	return 0;
}

/* "w-2026-003": the next one of the year. */
static void
make_id(const struct ruleset *rs, const char *today, struct buf *id)
{
	char begin[16];
	long most = 0, n;
	size_t i;

	(void)snprintf(begin, sizeof(begin), "w-%.4s-", today);
	for (i = 0; i < rs->nwaivers; i++) {
		if (strncmp(rs->waivers[i]->id, begin, strlen(begin)) != 0)
			continue;
		n = strtol(rs->waivers[i]->id + strlen(begin), NULL, 10);
		if (n > most && n < 1000000)
			most = n;
	}
	buf_addf(id, "%s%03ld", begin, most + 1);
}

static const char *
owner_of(const struct rules_run *r)
{
	const char *user = getenv("USER");

	if (r->o->owner != NULL)
		return r->o->owner;
	return user != NULL && user[0] != '\0' ? user : "unknown";
}

static int
make_waiver(const struct rules_run *r, const char *id, const char *today,
    struct buf *out)
{
	struct jsonout j;

	jsonout_init(&j, out, false);
	jsonout_object(&j);
	jsonout_kstring(&j, "id", id);
	jsonout_key(&j, "rules");
	jsonout_array(&j);
	jsonout_string(&j, r->args[0]);
	jsonout_end_array(&j);
	if (put_match(r, &j) != 0)
		return -1;
	jsonout_kstring(&j, "reason", r->o->reason);
	jsonout_kstring(&j, "owner", owner_of(r));
	jsonout_kstring_opt(&j, "ticket", r->o->ticket);
	jsonout_kstring(&j, "created", today);
	jsonout_kstring_opt(&j, "from", r->o->from);
	jsonout_kstring(&j, "expires", r->o->expires);
	if (put_limit(r, &j) != 0)
		return -1;
	jsonout_end_object(&j);
	return 0;
}

/* The text of the file with the waiver behind those it has. */
static int
splice(const struct rules_run *r, const char *path, const struct buf *waiver,
    struct buf *out)
{
	const struct json *list;
	struct json_doc *doc;
	struct notes notes;
	const char *text;
	int rc = -1;

	notes_init(&notes);
	doc = json_load(path, &notes);
	list = doc != NULL ? json_get(json_root(doc), "waivers") : NULL;
	if (list != NULL && list->type == JSON_ARRAY) {
		text = json_text(doc);
		buf_add(out, text, list->end - 1);
		while (out->len > 0 &&
		       strchr(" \t\n", out->data[out->len - 1]) != NULL)
			buf_cut(out, out->len - 1);
		buf_addf(out, "%s\n  %s\n", list->n > 0 ? "," : "",
		    waiver->data);
		buf_addstr(out, text + list->end - 1);
		rc = 0;
	} else if (doc != NULL) {
		diag_error(&r->setup.diag, "%s: no \"waivers\" there", path);
	}
	diag_notes(&r->setup.diag, &notes);
	json_free(&doc);
	notes_fini(&notes);
	return rc;
}

static int
store(const struct rules_run *r, const struct buf *waiver)
{
	const char *folder = r->setup.config.waivers;
	struct outfile *file = NULL;
	struct buf path, text;
	struct errmsg err;
	int rc = 0;

	buf_init(&path);
	buf_init(&text);
	buf_addf(&path, "%s/waivers.json", folder);
	if (access(path.data, F_OK) == 0) {
		rc = splice(r, path.data, waiver, &text);
	} else {
		buf_addf(&text,
		    "{ \"cdrrules\": 1, \"waivers\": [\n  %s\n] }\n",
		    waiver->data);
	}
	if (rc == 0) {
		rc = outfile_open_shared(&file, path.data, &err);
		if (rc == 0) {
			outfile_write(file, text.data, text.len);
			rc = outfile_commit(&file, &err);
		}
		if (rc != 0)
			diag_error(&r->setup.diag, "%s", err.text);
	}
	buf_fini(&path);
	buf_fini(&text);
	return rc;
}

/* All that must not change between the look at the waivers and the write. */
static int
waive(struct rules_run *r)
{
	const struct zone *z =
	    r->setup.zone != NULL ? r->setup.zone : zone_utc();
	struct buf id, today, waiver;
	int status = setup_rules(&r->setup, &r->rules);

	if (status != EXIT_DONE)
		return status;
	status = EXIT_NOT_DONE;
	buf_init(&id);
	buf_init(&today);
	buf_init(&waiver);
	date_print(&today, zone_local_day(z, r->setup.now));
	make_id(&r->rules, today.data, &id);
	if (make_waiver(r, id.data, today.data, &waiver) == 0 &&
	    rules_check_waiver(r, &waiver) == 0 && store(r, &waiver) == 0) {
		buf_addf(&r->out, "%s\n", id.data);
		status = EXIT_DONE;
	}
	buf_fini(&id);
	buf_fini(&today);
	buf_fini(&waiver);
	return status;
}

int
command_waive(struct rules_run *r)
{
	int fd, status = EXIT_NOT_DONE;

	if (r->setup.config.waivers == NULL) {
		diag_error(&r->setup.diag,
		    "no folder of waivers: \"waivers\" in the configuration");
		return EXIT_NOT_DONE;
	}
	if (r->o->match.n == 0 || r->o->reason == NULL ||
	    r->o->expires == NULL) {
		diag_error(&r->setup.diag,
		    "waive needs --match, --reason and --expires");
		return EXIT_NOT_DONE;
	}
	if (take_lock(r, &fd) == 0)
		status = waive(r);
	if (fd >= 0)
		(void)close(fd); /* and with it the lock */
	return status;
}
