#include "base/errmsg.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Mark text that did not fit, so that nobody takes it for the whole. */
static void
mark_cut(char *text, int wanted)
{
	if (wanted >= BOUNDS_MESSAGE)
		memcpy(text + BOUNDS_MESSAGE - 4, "...", 4);
}

int
errmsg_set(struct errmsg *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	mark_cut(err->text, vsnprintf(err->text, BOUNDS_MESSAGE, fmt, ap));
	va_end(ap);
	return -1;
}

int
errmsg_sys(struct errmsg *err, int errnum, const char *fmt, ...)
{
	char words[BOUNDS_MESSAGE];
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	mark_cut(words, vsnprintf(words, sizeof(words), fmt, ap));
	va_end(ap);
	return errmsg_set(err, "%s: %s", words, strerror(errnum));
}

int
errmsg_prefix(struct errmsg *err, const char *fmt, ...)
{
	char old[BOUNDS_MESSAGE], words[BOUNDS_MESSAGE];
	va_list ap;

	if (err == NULL)
		return -1;
	memcpy(old, err->text, sizeof(old));
	va_start(ap, fmt);
	mark_cut(words, vsnprintf(words, sizeof(words), fmt, ap));
	va_end(ap);
	return errmsg_set(err, "%s%s", words, old);
}
