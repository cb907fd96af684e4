#include <inttypes.h>
#include <string.h>

#include "detect/findjson_impl.h"

/* The first problem of a text that is no JSON; lines count from `line`. */
static int
not_json(const struct notes *notes, const char *file, uint32_t line,
    struct errmsg *err)
{
	const struct note *n = notes->n > 0 ? &notes->list[0] : NULL;

	if (n == NULL)
		return errmsg_set(err, "%s:%" PRIu32 ": not JSON", file, line);
	return errmsg_set(err, "%s:%" PRIu32 ":%" PRIu32 ": %s", file,
	    line + (n->line > 0 ? n->line - 1 : 0), n->column, n->text);
}

static int
read_all(struct results *rs, const struct json *list, const char *key,
    const char *file, struct errmsg *err)
{
	const struct json *e;

	if (list == NULL || list->type != JSON_ARRAY)
		return errmsg_set(err, "%s:1: key '%s' must be an array", file,
		    key);
	for (e = list->first; e != NULL; e = e->next)
		if (findjson_read(rs, e, err) < 0)
			return errmsg_prefix(err, "%s:%" PRIu32 ": ", file,
			    json_line(e));
	return 0;
}

static int
read_report(struct results *rs, const struct json *root, const char *file,
    struct errmsg *err)
{
	const struct json *run = json_get(root, "run");

	if (read_all(rs, json_get(root, "findings"), "findings", file, err) <
		0 ||
	    read_all(rs, json_get(root, "cases"), "cases", file, err) < 0)
		return -1;
	if (run == NULL)
		return 1;
	if (findjson_read(rs, run, err) < 0)
		return errmsg_prefix(err, "%s:%" PRIu32 ": ", file,
		    json_line(run));
	return 0;
}

static bool
blank(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r' && s[i] != '\n')
			return false;
	return true;
}

static bool
report_document(const struct json *root)
{
	const char *schema = json_get_string(root, "schema");

	return schema != NULL && strcmp(schema, FINDJSON_REPORT) == 0;
}

/*
 * One line of NDJSON; a whole report may stand on one, too.  What is no JSON
 * and has no line end (`cut`) is where a stream was cut off.
 */
static int
read_line(struct results *rs, const char *text, size_t len, bool cut,
    const char *file, uint32_t line, struct errmsg *err)
{
	struct notes notes;
	struct json_doc *doc;
	int status;

	notes_init(&notes);
	doc = json_parse(text, len, file, &notes);
	if (doc == NULL && cut)
		status = 0;
	else if (doc == NULL)
		status = not_json(&notes, file, line, err);
	else if (report_document(json_root(doc)))
		status = read_report(rs, json_root(doc), file, err);
	else if ((status = findjson_read(rs, json_root(doc), err)) < 0)
		(void)errmsg_prefix(err, "%s:%" PRIu32 ": ", file, line);
	json_free(&doc);
	notes_fini(&notes);
	return status;
}

static int
read_lines(struct results *rs, const char *text, size_t len, const char *file,
    struct errmsg *err)
{
	const char *end = text + len, *stop;
	uint32_t line = 1;
	size_t n;

	for (; text < end; text = stop + 1, line++) {
		stop = memchr(text, '\n', (size_t)(end - text));
		if (stop == NULL)
			stop = end;
		n = (size_t)(stop - text);
		if (!blank(text, n) &&
		    read_line(rs, text, n, stop == end, file, line, err) < 0)
			return -1;
		if (stop == end)
			break;
	}
	return 0;
}

/* A report written for people begins with a brace alone on its line. */
static bool
many_lines(const char *text, size_t len)
{
	const char *stop;

	while (len > 0 && blank(text, 1)) {
		text++;
		len--;
	}
	stop = memchr(text, '\n', len);
	return len > 0 && text[0] == '{' && stop != NULL &&
	       blank(text + 1, (size_t)(stop - text - 1));
}

int
findjson_read_stream(struct results *rs, const char *text, size_t len,
    const char *file, struct errmsg *err)
{
	int status;

	rs->run.complete = false;
	status = many_lines(text, len)
		     ? read_line(rs, text, len, false, file, 1, err)
		     : read_lines(rs, text, len, file, err);
	if (status < 0)
		return -1;
	return rs->run.complete ? 0 : 1;
}
