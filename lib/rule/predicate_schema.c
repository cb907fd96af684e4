/* predicate_schema: predicates as a JSON Schema, from the tables. */
#include "rule/predicate_impl.h"

#include <stdio.h>

static const struct {
	enum type_bit type;
	const char *name;  /* definition "value_NAME" */
	const char *plain; /* schema of one plain value; NULL: none */
} types[] = {
	{ BIT_TEXT, "text", "{\"$ref\":\"#/$defs/text\"}" },
	{ BIT_BOOL, "bool", "{\"type\":\"boolean\"}" },
	{ BIT_SPAN, "span", "{\"$ref\":\"#/$defs/span\"}" },
	{ BIT_MONEY, "money", "{\"$ref\":\"#/$defs/number\"}" },
	{ BIT_NUMBER, "number", "{\"$ref\":\"#/$defs/number\"}" },
	{ BIT_TIME, "moment", "{\"$ref\":\"#/$defs/text\"}" },
	{ BIT_CLOCK, "time", NULL },
};
enum { NTYPES = sizeof(types) / sizeof(types[0]) };

/* {"type":"object", ...}: the operators that fit the type. */
static void
write_operators(struct jsonout *j, enum type_bit type, const char *plain)
{
	const struct opdef *op;
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "type", "object");
	jsonout_kint(j, "minProperties", 1);
	jsonout_kbool(j, "additionalProperties", false);
	jsonout_key(j, "properties");
	jsonout_object(j);
	for (i = 0; (op = predicate_operator(i)) != NULL; i++) {
		if ((op->types & type) == 0)
			continue;
		jsonout_key(j, op->name);
		jsonout_raw(j, op->value != NULL ? op->value : plain);
	}
	jsonout_end_object(j);
	jsonout_end_object(j);
}

void
predicate_schema_words(struct jsonout *j, const struct field *f, bool or_null)
{
	int i;

	jsonout_object(j);
	jsonout_key(j, "enum");
	jsonout_array(j);
	for (i = f->starts_at_zero ? 0 : 1; i < f->nwords; i++)
		jsonout_string(j, f->word(i));
	if (or_null)
		jsonout_null(j);
	jsonout_end_array(j);
	jsonout_end_object(j);
}

/* One plain value, or its operators. */
static void
write_element(struct jsonout *j, const struct field *f, enum type_bit type,
    const char *plain)
{
	jsonout_object(j);
	jsonout_key(j, "anyOf");
	jsonout_array(j);
	if (type == BIT_ENUM)
		predicate_schema_words(j, f, false);
	else if (plain != NULL)
		jsonout_raw(j, plain);
	write_operators(j, type, plain);
	jsonout_end_array(j);
	jsonout_end_object(j);
}

/* An element, or an array of elements. */
static void
write_value(struct jsonout *j, const struct field *f, enum type_bit type,
    const char *plain)
{
	jsonout_object(j);
	jsonout_key(j, "anyOf");
	jsonout_array(j);
	write_element(j, f, type, plain);
	jsonout_object(j);
	jsonout_kstring(j, "type", "array");
	jsonout_kint(j, "minItems", 1);
	jsonout_key(j, "items");
	write_element(j, f, type, plain);
	jsonout_end_object(j);
	jsonout_end_array(j);
	jsonout_end_object(j);
}

static void
write_field(struct jsonout *j, const struct field *f)
{
	char ref[64];
	size_t i;

	jsonout_key(j, f->name);
	if (f->type == FIELD_ENUM) {
		write_value(j, f, BIT_ENUM, NULL);
		return;
	}
	for (i = 0; types[i].type != predicate_type(f); i++)
		;
	(void)snprintf(ref, sizeof(ref), "#/$defs/value_%s", types[i].name);
	jsonout_object(j);
	jsonout_kstring(j, "$ref", ref);
	jsonout_end_object(j);
}

static void
write_predicate(struct jsonout *j)
{
	static const char many[] =
	    "{\"type\":\"array\",\"minItems\":1,"
	    "\"items\":{\"$ref\":\"#/$defs/predicate\"}}";
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "type", "object");
	jsonout_kbool(j, "additionalProperties", false);
	jsonout_key(j, "properties");
	jsonout_object(j);
	for (i = 0; i < field_count(); i++)
		write_field(j, field_at(i));
	jsonout_key(j, "time");
	jsonout_raw(j, "{\"$ref\":\"#/$defs/value_time\"}");
	jsonout_key(j, "any");
	jsonout_raw(j, many);
	jsonout_key(j, "all");
	jsonout_raw(j, many);
	jsonout_key(j, "not");
	jsonout_raw(j, "{\"$ref\":\"#/$defs/predicate\"}");
	jsonout_end_object(j);
	jsonout_end_object(j);
}

void
predicate_schema(struct jsonout *j)
{
	char name[32];
	size_t i;

	jsonout_key(j, "predicate");
	write_predicate(j);
	jsonout_key(j, "affix");
	jsonout_raw(j, "{\"anyOf\":[{\"$ref\":\"#/$defs/text\"},"
		       "{\"type\":\"array\",\"minItems\":1,"
		       "\"items\":{\"$ref\":\"#/$defs/text\"}}]}");
	for (i = 0; i < NTYPES; i++) {
		(void)snprintf(name, sizeof(name), "value_%s", types[i].name);
		jsonout_key(j, name);
		write_value(j, NULL, types[i].type, types[i].plain);
	}
}
