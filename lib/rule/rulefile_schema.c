/*
 * rulefile_schema: the format as a JSON Schema, from the tables that read it.
 *
 * What stands between several keys of a rule is written here as conditions;
 * the readers' own checks say it better, but an editor only knows these.
 */
#include "rule/rulefile_impl.h"

/* Definitions that no table has. */
static const struct {
	const char *name, *schema;
} plain[] = {
	{ "text", "{\"type\":\"string\",\"minLength\":1}" },
	{ "texts", "{\"type\":\"array\",\"minItems\":1,"
		   "\"items\":{\"$ref\":\"#/$defs/text\"}}" },
	{ "name", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":60}" },
	{ "id", "{\"type\":\"string\",\"maxLength\":40,"
		"\"pattern\":\"^[a-z0-9]+(-[a-z0-9]+)*$\"}" },
	{ "date", "{\"type\":\"string\","
		  "\"pattern\":\"^\\\\d{4}-\\\\d{2}-\\\\d{2}$\"}" },
	{ "score", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":100}" },
	{ "parameter", "{\"type\":\"string\","
		       "\"pattern\":\"^\\\\$[a-z][a-z0-9_]*$\"}" },
	{ "number", "{\"anyOf\":[{\"type\":\"number\"},"
		    "{\"$ref\":\"#/$defs/parameter\"}]}" },
	{ "span", "{\"anyOf\":[{\"type\":\"string\",\"pattern\":"
		  "\"^\\\\d+(\\\\.\\\\d+)?(ms|[smhdw])$\"},"
		  "{\"$ref\":\"#/$defs/parameter\"}]}" },
	{ "quantity", "{\"anyOf\":[{\"$ref\":\"#/$defs/number\"},"
		      "{\"$ref\":\"#/$defs/span\"}]}" },
};

/* How a test makes several calls of one. */
static const struct {
	const char *name, *schema;
} making[] = {
	{ "repeat", "{\"type\":\"integer\",\"minimum\":1}" },
	{ "every", "{\"$ref\":\"#/$defs/span\"}" },
	{ "days", "{\"type\":\"integer\",\"minimum\":1}" },
	{ "on", "{\"$ref\":\"#/$defs/text\"}" },
	{ "step", "{\"type\":\"object\"}" },
	{ "note", "true" },
};

/* What a function of a measure must have and must not have. */
static const char no_of[] = "{\"not\":{\"required\":[\"of\"]}}";
static const char has_of[] = "{\"required\":[\"of\"]}";
static const char no_bin[] = ",{\"not\":{\"required\":[\"bin\"]}}";
static const char no_during[] = ",{\"not\":{\"required\":[\"during\"]}}";
static const char no_history[] = ",{\"not\":{\"required\":[\"history\"]}}";
static const char no_where[] = "{\"not\":{\"required\":[\"where\"]}}";
static const char has_where[] = "{\"required\":[\"where\"]}";
static const char no_window[] =
    "{\"not\":{\"anyOf\":[{\"required\":[\"over\"]},"
    "{\"required\":[\"window\"]}]}}";
static const char has_window[] = "{\"oneOf\":[{\"required\":[\"over\"]},"
				 "{\"required\":[\"window\"]}]}";

/* What the keys of a rule say together. */
static const char rule_conditions[] =
    "[{\"if\":{\"properties\":{\"status\":{\"const\":\"stable\"}}},"
    "\"then\":{\"required\":[\"false_positives\",\"triage\",\"tests\"]}},"
    "{\"if\":{\"required\":[\"measure\"]},"
    "\"then\":{\"required\":[\"when\"]},"
    "\"else\":{\"not\":{\"anyOf\":[{\"required\":[\"when\"]},"
    "{\"required\":[\"also\"]},{\"required\":[\"escalate\"]},"
    "{\"required\":[\"baseline\"]}]}}},"
    "{\"if\":{\"required\":[\"baseline\"]},"
    "\"then\":{\"properties\":{\"measure\":{\"required\":[\"window\"]}}}}]";

static const struct {
	const char *name;
	const struct table *table;
	const char *key, *schema; /* a further member, or NULL */
} objects[] = {
	{ "param", &rulefile_param, NULL, NULL },
	{ "measure", &rulefile_measure, NULL, NULL },
	{ "baseline", &rulefile_baseline, NULL, NULL },
	{ "follows", &rulefile_follows, NULL, NULL },
	{ "limit", &rulefile_limit, NULL, NULL },
	{ "when", &rulefile_when, "minProperties", "1" },
	{ "step", &rulefile_step, "minProperties", "2" },
	{ "also", &rulefile_also, "minProperties", "2" },
	{ "list", &rulefile_list, "anyOf",
	    "[{\"required\":[\"values\"]},{\"required\":[\"file\"]}]" },
	{ "entry", &rulefile_entry, NULL, NULL },
	{ "calendar", &rulefile_calendar, NULL, NULL },
	{ "test", &rulefile_test, NULL, NULL },
	{ "expect", &rulefile_expect, NULL, NULL },
	{ "waiver", &rulefile_waiver, NULL, NULL },
	{ "waiver_limit", &rulefile_waiver_limit, "minProperties", "1" },
	{ "tuning", &rulefile_tuning, NULL, NULL },
	{ "rule", &rulefile_rule, "allOf", rule_conditions },
};

static const char *
field_name(const void *ctx, size_t i)
{
	(void)ctx;
	return i < field_count() ? field_at(i)->name : NULL;
}

static const struct words field_names = { .name = "field", .at = field_name };

static const struct words *const words[] = {
	&rulefile_statuses,
	&rulefile_fraud_types,
	&rulefile_families,
	&rulefile_functions,
	&rulefile_windows,
	&rulefile_seasons,
	&rulefile_stats,
	&rulefile_list_kinds,
	&field_names,
};

/* Every object may carry what its author adds. */
static const char free_keys[] = "{\"^(note|x-.*)$\":true}";

static void
write_required(struct jsonout *j, const struct table *t)
{
	const struct key *k;

	jsonout_key(j, "required");
	jsonout_array(j);
	for (k = t->keys; k->name != NULL; k++)
		if (k->needed)
			jsonout_string(j, k->name);
	jsonout_end_array(j);
}

/* The members of an object schema, inside its braces. */
static void
write_members(struct jsonout *j, const struct table *t)
{
	const struct key *k;

	jsonout_kstring(j, "type", "object");
	write_required(j, t);
	jsonout_kbool(j, "additionalProperties", false);
	jsonout_key(j, "patternProperties");
	jsonout_raw(j, free_keys);
	jsonout_key(j, "properties");
	jsonout_object(j);
	for (k = t->keys; k->name != NULL; k++) {
		jsonout_key(j, k->name);
		jsonout_raw(j, k->schema);
	}
	jsonout_end_object(j);
}

/* {"enum": [...]}, open to "local-..." where sites may add words. */
static void
write_words(struct jsonout *j, const struct words *w)
{
	size_t i;

	jsonout_object(j);
	if (w->local) {
		jsonout_key(j, "anyOf");
		jsonout_array(j);
		jsonout_raw(j, "{\"type\":\"string\",\"pattern\":\"^local-\"}");
		jsonout_object(j);
	}
	jsonout_key(j, "enum");
	jsonout_array(j);
	for (i = 0; w->at(NULL, i) != NULL; i++)
		jsonout_string(j, w->at(NULL, i));
	jsonout_end_array(j);
	if (w->local) {
		jsonout_end_object(j);
		jsonout_end_array(j);
	}
	jsonout_end_object(j);
}

/* {"if": the function, "then": its parts} for each. */
static void
write_functions(struct jsonout *j)
{
	const struct function *f;
	struct buf text;
	size_t i;

	buf_init(&text);
	jsonout_key(j, "allOf");
	jsonout_array(j);
	for (i = 0; (f = rulefile_function(i)) != NULL; i++) {
		buf_reset(&text);
		buf_addf(&text,
		    "{\"if\":{\"properties\":{\"fn\":{\"const\":\"%s\"}}},"
		    "\"then\":{\"allOf\":[%s,%s%s%s%s%s%s]}}",
		    measure_fn_name(f->fn),
		    f->needs & FN_WHERE ? has_where : no_where,
		    f->needs & FN_WINDOW ? has_window : no_window,
		    f->needs & FN_OF_KEY && !(f->needs & FN_OF) ? "" : ",",
		    f->needs & FN_OF       ? has_of
		    : f->needs & FN_OF_KEY ? ""
					   : no_of,
		    f->needs & FN_BIN ? "" : no_bin,
		    f->needs & FN_DURING ? "" : no_during,
		    f->needs & FN_HISTORY ? "" : no_history);
		jsonout_raw(j, text.data);
	}
	jsonout_end_array(j);
	buf_fini(&text);
}

static void
write_object(struct jsonout *j, size_t i)
{
	jsonout_key(j, objects[i].name);
	jsonout_object(j);
	write_members(j, objects[i].table);
	if (objects[i].table == &rulefile_measure)
		write_functions(j);
	if (objects[i].key != NULL) {
		jsonout_key(j, objects[i].key);
		jsonout_raw(j, objects[i].schema);
	}
	jsonout_end_object(j);
}

/* The value of a field in a test's call; null makes it missing. */
static void
write_call_field(struct jsonout *j, const struct field *f)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "{\"type\":[\"string\",\"null\"]}",
		[FIELD_BOOL] = "{\"type\":[\"boolean\",\"null\"]}",
		[FIELD_SPAN] = "{\"anyOf\":[{\"type\":[\"number\",\"null\"]},"
			       "{\"$ref\":\"#/$defs/span\"}]}",
		[FIELD_MONEY] = "{\"type\":[\"number\",\"null\"]}",
		[FIELD_NUMBER] = "{\"type\":[\"number\",\"null\"]}",
		[FIELD_TIME] = "{\"type\":[\"string\",\"null\"]}",
	};

	jsonout_key(j, f->name);
	if (f->type == FIELD_ENUM)
		predicate_schema_words(j, f, true);
	else
		jsonout_raw(j, types[f->type]);
}

static void
write_call(struct jsonout *j)
{
	size_t i;

	jsonout_key(j, "call");
	jsonout_object(j);
	jsonout_kstring(j, "type", "object");
	jsonout_kbool(j, "additionalProperties", false);
	jsonout_key(j, "properties");
	jsonout_object(j);
	for (i = 0; i < field_count(); i++)
		if (!field_is_derived(field_at(i)))
			write_call_field(j, field_at(i));
	for (i = 0; i < sizeof(making) / sizeof(making[0]); i++) {
		jsonout_key(j, making[i].name);
		jsonout_raw(j, making[i].schema);
	}
	jsonout_end_object(j);
	jsonout_end_object(j);
}

static void
write_definitions(struct jsonout *j)
{
	size_t i;

	jsonout_key(j, "$defs");
	jsonout_object(j);
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		jsonout_key(j, plain[i].name);
		jsonout_raw(j, plain[i].schema);
	}
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		jsonout_key(j, words[i]->name);
		write_words(j, words[i]);
	}
	predicate_schema(j);
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		write_object(j, i);
	write_call(j);
	jsonout_end_object(j);
}

void
rulefile_schema(struct buf *out)
{
	struct jsonout j;

	jsonout_init(&j, out, true);
	jsonout_object(&j);
	jsonout_kstring(&j, "$schema",
	    "https://json-schema.org/draft/2020-12/schema");
	jsonout_kstring(&j, "$id", "urn:cdr:rules:1");
	jsonout_kstring(&j, "title", "cdrrules 1");
	write_members(&j, &rulefile_file);
	write_definitions(&j);
	jsonout_end_object(&j);
	buf_addch(out, '\n');
}
