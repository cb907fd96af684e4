/* Which command takes which option. */
#include "tool/opts.h"

#include <string.h>

/* As many bytes as an option's setting has. */
static size_t
size_of(enum opt_kind kind)
{
	switch (kind) {
	case OPT_FLAG:
		return sizeof(bool);
	case OPT_COUNT:
	case OPT_LESS:
		return sizeof(int);
	case OPT_TEXT:
	case OPT_WORD:
		return sizeof(const char *);
	case OPT_LIST:
		return sizeof(struct opt_list);
	case OPT_INT:
		return sizeof(long);
	default:
		return 0;
	}
}

/* Whether it was set to something else. */
static bool
differs(const struct opt *opt, const char *a, const char *b)
{
	const char *x = NULL, *y = NULL;

	if (opt->kind != OPT_TEXT && opt->kind != OPT_WORD)
		return memcmp(a, b, size_of(opt->kind)) != 0;
	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return x == NULL || y == NULL ? x != y : strcmp(x, y) != 0;
}

static bool
is_given(const struct opts *o, const char *name, const void *settings,
    const void *defaults)
{
	const struct opt *opt;

	for (opt = o->table; opt < o->table + o->n; opt++)
		if (strcmp(opt->name, name) == 0)
			return differs(opt, (const char *)settings + opt->at,
			    (const char *)defaults + opt->at);
	return false;
}

bool
opt_use_has(const struct opt_use *use, const char *command)
{
	const char *c = use->commands;
	size_t len = strlen(command), n;

	for (;; c += n + 1) {
		n = strcspn(c, "|");
		if (n == len && memcmp(c, command, n) == 0)
			return true;
		if (c[n] == '\0')
			return false;
	}
}

static void
add_name(struct buf *b, const char *name, size_t len)
{
	buf_add(b, len > 0 ? name : "alone", len > 0 ? len : 5);
}

/* "cdrrules test has no use for --by; cdrrules try has" */
static int
wrong_use(const struct opts *o, const struct opt_use *use, const char *command,
    struct errmsg *err)
{
	const char *c = use->commands;
	struct buf b;
	size_t n;

	buf_init(&b);
	buf_addf(&b, "%s ", o->program);
	add_name(&b, command, strlen(command));
	buf_addf(&b, " has no use for --%s; %s ", use->name, o->program);
	for (;; c += n + 1) {
		n = strcspn(c, "|");
		add_name(&b, c, n);
		if (c[n] == '\0')
			break;
		buf_addstr(&b, " or ");
	}
	(void)errmsg_set(err, "%s has", b.data);
	buf_fini(&b);
	return -1;
}

int
opts_check_uses(const struct opts *o, const struct opt_use *uses, size_t n,
    const void *settings, const void *defaults, const char *command,
    struct errmsg *err)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!opt_use_has(&uses[i], command) &&
		    is_given(o, uses[i].name, settings, defaults))
			return wrong_use(o, &uses[i], command, err);
	return 0;
}
