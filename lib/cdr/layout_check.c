/* What keys of a layout mean for each other. */
#include "cdr/layout_impl.h"

/* Talk time alone does not say that somebody talked (formats differ). */
static void
check_answered(struct layout_reader *r, const struct json *root)
{
	const struct layout *l = r->layout;

	if (l->fields[TARGET_DURATION].nfrom > 0 && !l->has_answered &&
	    l->fields[TARGET_STATUS].nfrom + l->fields[TARGET_STATUS].nrules ==
		0)
		json_note(r->notes, NOTE_ERROR, "E603", root, NULL, NULL,
		    "key 'answered' or field 'status' is missing");
}

static void
not_with(struct layout_reader *r, const struct json *root, const char *key,
    const char *what)
{
	if (json_get(root, key) != NULL)
		json_note_key(r->notes, NOTE_ERROR, "E604", json_get(root, key),
		    NULL, NULL, "%s: %s", key, what);
}

static void
needed(struct layout_reader *r, const struct json *root, const char *key)
{
	if (json_get(root, key) == NULL)
		json_note(r->notes, NOTE_ERROR, "E603", root, NULL, NULL,
		    "key '%s' is missing", key);
}

/* What tells cells apart depends on what holds them. */
static void
check_container(struct layout_reader *r, const struct json *root)
{
	static const char *const others[] = { "delimiter", "quote", "escape",
		"header", "width", "variants" };
	static const unsigned types[] = {
		[CONTAINER_ROWS] = JSON_BIT(JSON_ARRAY) | JSON_BIT(JSON_OBJECT),
		[CONTAINER_FIXED] =
		    JSON_BIT(JSON_OBJECT) | JSON_BIT(JSON_STRING),
		[CONTAINER_XML] = JSON_BIT(JSON_OBJECT),
		[CONTAINER_JSON] = JSON_BIT(JSON_OBJECT),
	};
	const bool rows = r->layout->container == CONTAINER_ROWS;
	const bool document = layout_is_document(r->layout);
	const struct json *columns = json_get(root, "columns");
	size_t i;

	if (rows) {
		needed(r, root, "delimiter");
		needed(r, root, "quote");
	}
	for (i = 0; !rows && i < sizeof(others) / sizeof(others[0]); i++)
		not_with(r, root, others[i], "only with container 'rows'");
	if (document) {
		needed(r, root, "record");
		not_with(r, root, "comment", "only for lines");
	} else {
		not_with(r, root, "encoding",
		    "only with container 'xml' or 'json'");
	}
	if (r->layout->container != CONTAINER_FIXED)
		not_with(r, root, "separators", "only with container 'fixed'");
	if (columns != NULL &&
	    (types[r->layout->container] & JSON_BIT(columns->type)) == 0)
		layout_type_note(r, columns, types[r->layout->container]);
}

/* A header says which columns there are; nothing else may say it, too. */
static void
check_header(struct layout_reader *r, const struct json *root)
{
	if (!r->layout->header)
		not_with(r, root, "aliases", "only with a header");
	else
		not_with(r, root, "variants", "not with a header");
	if (r->places != NULL && r->layout->header)
		not_with(r, root, "columns", "not numbered with a header");
}

/* What stands above a record, or in the same call, depends on their order. */
static void
check_order(struct layout_reader *r, const struct json *root)
{
	const struct layout *l = r->layout;
	const char *key = l->carry.n > 0 ? "carry" : "gather";

	if (!l->file_order)
		not_with(r, root, key, "only with order 'file'");
	if (l->carry.n > 0)
		not_with(r, root, "gather", "not with 'carry'");
}

void
layout_check(struct layout_reader *r, const struct json *root)
{
	check_container(r, root);
	check_header(r, root);
	check_order(r, root);
	check_answered(r, root);
}
