#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "report/emit_html_impl.h"

/*
 * Ranges, frames and the colours of badges.  No colour of text or ground: they
 * would outdo the dark ones of the style sheet where that is kept.
 */
static const struct {
	const char *tag, *class, *style; /* class NULL: whatever */
} styles[] = {
	{ "body", NULL, "font-family:Arial,sans-serif;line-height:1.4" },
	{ "section", NULL,
	    "margin-top:20px;padding:8px;border:1px solid #b8c0c7" },
	{ "h1", NULL, "margin:0;font-size:22px" },
	{ "h2", NULL, "margin:0 0 8px;font-size:18px" },
	{ "h3", NULL, "margin:18px 0 4px;font-size:15px" },
	{ "p", "alarm", "padding:8px;border-left:4px solid #a30d2d" },
	{ "p", NULL, "margin:4px 0" },
	{ "figure", NULL, "margin:16px 0 0" },
	{ "table", NULL, "border-collapse:collapse;width:100%;font-size:14px" },
	{ "th", "n", "padding:4px 6px 4px 0;text-align:right" },
	{ "th", "m", "padding:4px 6px 4px 0;text-align:right" },
	{ "th", NULL, "padding:4px 6px 4px 0;text-align:left" },
	{ "td", "n",
	    "padding:4px 6px 4px 0;text-align:right;vertical-align:top;"
	    "white-space:nowrap" },
	{ "td", "m",
	    "padding:4px 6px 4px 0;text-align:right;vertical-align:top" },
	{ "td", "part", "width:30%;padding:4px 6px 4px 0" },
	{ "tr", "sum", "font-weight:bold" },
	{ "td", NULL, "padding:4px 6px 4px 0;vertical-align:top" },
	{ "span", "badge critical",
	    "padding:0 6px;color:#fff;background:#a30d2d;font-weight:bold;"
	    "white-space:nowrap" },
	{ "span", "badge high",
	    "padding:0 6px;color:#fff;background:#b54708;font-weight:bold;"
	    "white-space:nowrap" },
	{ "span", "badge medium",
	    "padding:0 6px;color:#fff;background:#7a5c00;font-weight:bold;"
	    "white-space:nowrap" },
	{ "span", "badge",
	    "padding:0 6px;color:#fff;background:#5b636b;font-weight:bold;"
	    "white-space:nowrap" },
	{ NULL, NULL, NULL },
};

/* Whether `text` begins with all of `what`. */
static bool
begins(const char *text, const char *what)
{
	return strncmp(text, what, strlen(what)) == 0;
}

/* Whether that is its class, or the first of them. */
static bool
has_class(const char *attributes, const char *class)
{
	static const char key[] = " class=\"";
	const size_t end = sizeof(key) - 1 + strlen(class);

	return begins(attributes, key) &&
	       begins(attributes + sizeof(key) - 1, class) &&
	       (attributes[end] == '"' || attributes[end] == ' ');
}

/* The style of the element whose name stands at `tag`, or NULL. */
static const char *
style_of(const char *tag)
{
	const size_t len = strcspn(tag, " >");
	size_t i;

	for (i = 0; styles[i].tag != NULL; i++)
		if (strlen(styles[i].tag) == len &&
		    strncmp(tag, styles[i].tag, len) == 0 &&
		    (styles[i].class == NULL ||
			has_class(tag + len, styles[i].class)))
			return styles[i].style;
	return NULL;
}

/* Values are escaped, so every '<' behind the style sheet begins a tag. */
void
html_inline(struct buf *out, size_t begin)
{
	char *document = xstrdup(out->data + begin);
	const char *at = document, *open, *style, *head;
	size_t len;

	buf_cut(out, begin);
	head = strstr(at, "</head>");
	if (head != NULL) {
		buf_add(out, at, (size_t)(head - at));
		at = head;
	}
	while ((open = strchr(at, '<')) != NULL) {
		len = strcspn(open, " >");
		buf_add(out, at, (size_t)(open - at) + len);
		style = style_of(open + 1);
		if (style != NULL)
			buf_addf(out, " style=\"%s\"", style);
		at = open + len;
	}
	buf_addstr(out, at);
	free(document);
}
