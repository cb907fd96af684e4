/* How a reader gets at the record of a call that was shown with its line. */
#include <string.h>

#include "report/emit_text_impl.h"

/* By its name, as nothing else of the file is known to a report. */
static const struct {
	const char *ending, *tool;
} tools[] = {
	{ ".gz", "zcat" },
	{ ".xz", "xzcat" },
	{ ".zst", "zstdcat" },
	{ ".bz2", "bzcat" },
};

enum { TOOLS = sizeof(tools) / sizeof(tools[0]) };

/* Bits of `lines`: a file as it is, and one for each of tools[]. */
static const unsigned plain_bit = 1U;

static unsigned
tool_bit(unsigned tool)
{
	return plain_bit << (tool + 1);
}

static bool
ends_in(const char *text, size_t len, const char *ending)
{
	const size_t n = strlen(ending);

	return len >= n && memcmp(text + len - n, ending, n) == 0;
}

/* "night.zip:Master.csv" */
static bool
is_member(const char *file)
{
	static const char *const archives[] = { ".zip", ".tar", ".tgz", ".tbz2",
		".txz", ".tzst", ".gz", ".bz2", ".xz", ".zst" };
	const char *at;
	size_t i;

	for (at = strchr(file, ':'); at != NULL; at = strchr(at + 1, ':'))
		for (i = 0; i < sizeof(archives) / sizeof(archives[0]); i++)
			if (ends_in(file, (size_t)(at - file), archives[i]))
				return true;
	return false;
}

void
text_lines_see(struct text_report *r, const struct evidence *e)
{
	unsigned i;

	if (e->line == 0 || e->file == NULL || strcmp(e->file, "-") == 0 ||
	    is_member(e->file))
		return;
	for (i = 0; i < TOOLS; i++)
		if (ends_in(e->file, strlen(e->file), tools[i].ending))
			break;
	r->lines |= i < TOOLS ? tool_bit(i) : plain_bit;
}

/* "zcat or xzcat FILE | sed -n LINEp" */
static void
add_tools(struct buf *b, unsigned lines)
{
	const char *between = "";
	unsigned i;

	for (i = 0; i < TOOLS; i++) {
		if ((lines & tool_bit(i)) == 0)
			continue;
		buf_addf(b, "%s%s", between, tools[i].tool);
		between = " or ";
	}
	buf_addstr(b, " FILE | sed -n LINEp");
}

void
text_lines(struct text_report *r)
{
	const bool plain = (r->lines & plain_bit) != 0;
	const bool packed = (r->lines & ~plain_bit) != 0;
	struct buf b;

	if (r->lines == 0)
		return;
	buf_init(&b);
	if (plain)
		buf_addstr(&b, "sed -n LINEp FILE");
	if (plain && packed)
		buf_addstr(&b, ", of a compressed one ");
	if (packed)
		add_tools(&b, r->lines);
	buf_addstr(&b, plain && packed ? ", prints" : " prints");
	buf_addstr(&b,
	    " the record that a call was read from; once FILE was rotated it "
	    "has another name.");
	page_wrap(&r->page, "Lines:   ", b.data);
	buf_fini(&b);
}
