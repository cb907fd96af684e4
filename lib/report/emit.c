#include "report/emit.h"

#include <string.h>

#include "report/emit_csv.h"
#include "report/emit_html.h"
#include "report/emit_json.h"
#include "report/emit_mail.h"
#include "report/emit_text.h"

static const struct writer writers[] = {
	{ "text", emit_text, "a report for people" },
	{ "mail", emit_mail, "a complete message with text and HTML" },
	{ "html", emit_html, "one document with pictures, for a browser" },
	{ "csv", emit_csv, "a finding a row, for spreadsheets" },
	{ "tsv", emit_tsv, "the same with tabs and without quotes" },
	{ "json", emit_json, "one document with run, cases and findings" },
	{ "ndjson", emit_ndjson, "one object a line; the last is the run" },
};

const struct writer *
emit_at(size_t i)
{
	return i < sizeof(writers) / sizeof(writers[0]) ? &writers[i] : NULL;
}

const struct writer *
emit_find(const char *name)
{
	const struct writer *w;
	size_t i;

	for (i = 0; (w = emit_at(i)) != NULL; i++)
		if (strcmp(w->name, name) == 0)
			return w;
	return NULL;
}
