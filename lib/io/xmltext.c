#include "io/xmltext.h"

#include <assert.h>
#include <expat.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/xmltext_impl.h"

struct xmltext {
	XML_Parser parser;
	struct xml_path *paths;
	size_t npaths, cap;
	size_t depth; /* of the open element; the root has 0 */
	size_t nopen; /* paths whose text is being read */
	const char *refused;
	bool repaired;
	struct buf mended;
};

struct xmltext *
xmltext_new(void)
{
	struct xmltext *x = xcalloc(1, sizeof(*x));

	buf_init(&x->mended);
	return x;
}

void
xmltext_free(struct xmltext **xp)
{
	struct xmltext *x = *xp;
	size_t i;

	if (x == NULL)
		return;
	for (i = 0; i < x->npaths; i++)
		xml_path_fini(&x->paths[i]);
	free(x->paths);
	buf_fini(&x->mended);
	if (x->parser != NULL)
		XML_ParserFree(x->parser);
	free(x);
	*xp = NULL;
}

int
xmltext_add(struct xmltext *x, const char *path, struct errmsg *err)
{
	struct xml_path *p;

	x->paths = xgrow(x->paths, &x->cap, x->npaths + 1, sizeof(*x->paths));
	p = &x->paths[x->npaths];
	*p = (struct xml_path){ 0 };
	buf_init(&p->text);
	if (!xml_path_take(p, path)) {
		xml_path_fini(p);
		return errmsg_set(err, "no path to a text of XML: '%s'", path);
	}
	x->npaths++;
	return 0;
}

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static const char *
attribute_of(const char **attributes, const char *name)
{
	for (; *attributes != NULL; attributes += 2)
		if (strcmp(local_name(*attributes), name) == 0)
			return attributes[1];
	return NULL;
}

static const char blanks[] = " \t\r\n";

static size_t
count_blanks(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && memchr(blanks, text[n], sizeof(blanks) - 1) != NULL)
		n++;
	return n;
}

static void
keep(struct xml_path *p, const char *text, size_t len)
{
	const size_t room = BOUNDS_FIELD + 1 - p->text.len;
	const size_t n = len < room ? len : room;

	buf_add(&p->text, text, n);
	p->cut |= count_blanks(text + n, len - n) < len - n;
}

/* The element that `p` leads to begins. */
static void
arrive(struct xmltext *x, struct xml_path *p, const char **attributes)
{
	const char *value;

	if (p->attribute == NULL) {
		p->open = true;
		x->nopen++;
		return;
	}
	value = attribute_of(attributes, p->attribute);
	if (value == NULL)
		return;
	keep(p, value, strlen(value));
	p->done = true;
}

static bool
is_step(const struct xml_step *step, const char *name, const char **attributes)
{
	const char *value;

	if (strcmp(step->name, name) != 0)
		return false;
	if (step->attribute == NULL)
		return true;
	value = attribute_of(attributes, step->attribute);
	return value != NULL && strcmp(value, step->value) == 0;
}

static void
refuse(struct xmltext *x, const char *why)
{
	x->refused = why;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void XMLCALL
begin_element(void *data, const char *name, const char **attributes)
{
	struct xmltext *x = data;
	struct xml_path *p;
	size_t i;

	if (x->depth > BOUNDS_XML_DEPTH) {
		refuse(x, "nested too deeply");
		return;
	}
	name = local_name(name);
	for (i = 0, p = x->paths; i < x->npaths; i++, p++) {
		if (p->done || p->open)
			continue;
		if (x->depth > 0 &&
		    (p->matched != x->depth - 1 || p->matched == p->nsteps ||
			!is_step(&p->steps[p->matched], name, attributes)))
			continue;
		p->matched = x->depth;
		if (p->matched == p->nsteps)
			arrive(x, p, attributes);
	}
	x->depth++;
}

static void XMLCALL
end_element(void *data, const char *name)
{
	struct xmltext *x = data;
	struct xml_path *p;
	size_t i;

	(void)name;
	x->depth--;
	for (i = 0, p = x->paths; i < x->npaths; i++, p++) {
		if (p->done || x->depth == 0 || p->matched != x->depth)
			continue;
		if (p->open) {
			p->open = false;
			p->done = true;
			x->nopen--;
		}
		p->matched--;
	}
}

static void XMLCALL
add_text(void *data, const char *text, int len)
{
	struct xmltext *x = data;
	struct xml_path *p;
	size_t i, skip;

	for (i = 0, p = x->paths; x->nopen > 0 && i < x->npaths; i++, p++) {
		if (!p->open || p->nsteps + 1 != x->depth)
			continue;
		skip = p->text.len == 0 ? count_blanks(text, (size_t)len) : 0;
		keep(p, text + skip, (size_t)len - skip);
	}
}

/* Nobody's call record needs one, and they can grow without end. */
static void XMLCALL
entity(void *data, const char *name, int parameter, const char *value, int len,
    const char *base, const char *system_id, const char *public_id,
    const char *notation)
{
	(void)name;
	(void)parameter;
	(void)value;
	(void)len;
	(void)base;
	(void)system_id;
	(void)public_id;
	(void)notation;
	refuse(data, "it declares an entity");
}

static void
trim_end(struct buf *b)
{
	while (b->len > 0 && strchr(blanks, b->data[b->len - 1]) != NULL)
		buf_cut(b, b->len - 1);
}

/* Sets of one byte a character: their ASCII part is what counts. */
static bool
one_byte_each(const char *encoding)
{
	static const char *const sets[] = { "ISO-8859-", "ISO_8859-",
		"windows-125", "cp125", "latin" };
	size_t i;

	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (strncasecmp(encoding, sets[i], strlen(sets[i])) == 0)
			return true;
	return false;
}

static bool
is_control(unsigned char c)
{
	return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* What expat can take: the bytes themselves, or mended ones. */
static void
mend(struct xmltext *x, const char **bytes, size_t *len, bool utf8)
{
	size_t i;

	for (i = 0; i < *len && !is_control((unsigned char)(*bytes)[i]); i++)
		continue;
	x->repaired = i < *len || (utf8 && !utf8_valid(*bytes, *len));
	if (!x->repaired)
		return;
	buf_reset(&x->mended);
	if (utf8)
		utf8_repair(&x->mended, *bytes, *len);
	else
		buf_add(&x->mended, *bytes, *len);
	for (i = 0; i < x->mended.len; i++)
		if (is_control((unsigned char)x->mended.data[i]))
			x->mended.data[i] = '?';
	*bytes = x->mended.data;
	*len = x->mended.len;
}

static void
start(struct xmltext *x, const char *encoding)
{
	struct xml_path *p;
	size_t i;

	if (x->parser == NULL)
		x->parser = XML_ParserCreate(encoding);
	else
		(void)XML_ParserReset(x->parser, encoding);
	assert(x->parser != NULL);
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, begin_element, end_element);
	XML_SetCharacterDataHandler(x->parser, add_text);
	XML_SetEntityDeclHandler(x->parser, entity);
	x->depth = x->nopen = 0;
	x->refused = NULL;
	for (i = 0, p = x->paths; i < x->npaths; i++, p++) {
		p->matched = 0;
		p->open = p->done = p->cut = false;
		buf_reset(&p->text);
	}
}

int
xmltext_read(struct xmltext *x, const char *bytes, size_t len,
    const char *encoding, struct errmsg *err)
{
	const bool utf8 = !one_byte_each(encoding);
	size_t i;

	assert(len <= BOUNDS_JSON_FILE);
	start(x, utf8 ? "UTF-8" : "ISO-8859-1");
	mend(x, &bytes, &len, utf8);
	if (XML_Parse(x->parser, bytes, (int)len, XML_TRUE) != XML_STATUS_OK) {
		if (x->refused != NULL)
			return errmsg_set(err, "%s", x->refused);
		return errmsg_set(err, "not well-formed XML: %s",
		    XML_ErrorString(XML_GetErrorCode(x->parser)));
	}
	for (i = 0; i < x->npaths; i++)
		if (x->paths[i].attribute == NULL && !x->paths[i].cut)
			trim_end(&x->paths[i].text);
	return 0;
}

const char *
xmltext_get(const struct xmltext *x, uint32_t i, size_t *len)
{
	*len = x->paths[i].text.len;
	return x->paths[i].text.data;
}

bool
xmltext_repaired(const struct xmltext *x)
{
	return x->repaired;
}
