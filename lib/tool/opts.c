#include "tool/opts.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

enum { HELP_COLUMN = 30 };

/* The short form of an option for getopt: "d:" or "v". */
static void
short_options(const struct opts *o, struct buf *b)
{
	size_t i;

	buf_addstr(b, ":");
	for (i = 0; i < o->n; i++) {
		if (o->table[i].letter == 0)
			continue;
		buf_addch(b, o->table[i].letter);
		if (o->table[i].arg != NULL)
			buf_addch(b, ':');
	}
}

/* The long forms; `val` is 256 + index, so that both forms find the entry. */
static struct option *
long_options(const struct opts *o)
{
	struct option *list = xcalloc(o->n + 1, sizeof(*list));
	size_t i;

	for (i = 0; i < o->n; i++) {
		list[i].name = o->table[i].name;
		list[i].has_arg = o->table[i].arg != NULL;
		list[i].val = 256 + (int)i;
	}
	return list;
}

static const struct opt *
option_for(const struct opts *o, int val)
{
	size_t i;

	if (val >= 256)
		return &o->table[val - 256];
	for (i = 0; i < o->n; i++)
		if (o->table[i].letter == val)
			return &o->table[i];
	return NULL;
}

static bool
one_of(const char *word, const char *words)
{
	size_t len = strlen(word), n;

	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, word, n) == 0)
			return true;
	}
	return false;
}

static int
set_number(const struct opt *opt, const char *text, long *v, struct errmsg *err)
{
	char *end;

	errno = 0;
	*v = strtol(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || *v < opt->least)
		return errmsg_set(err,
		    "--%s: a whole number from %ld is needed: '%s'", opt->name,
		    opt->least, text);
	return 0;
}

/* A file that a variable of a script was to name, and did not. */
static bool
is_nameless(const struct opt *opt, const char *value)
{
	return value != NULL && value[0] == '\0' &&
	       (strcmp(opt->arg, "FILE") == 0 || strcmp(opt->arg, "DIR") == 0);
}

static void
add_item(struct opt_list *l, const char *text)
{
	l->items = xrealloc(l->items, l->n + 1, sizeof(*l->items));
	l->items[l->n++] = text;
}

static int
set_option(const struct opt *opt, void *settings, const char *arg,
    struct errmsg *err)
{
	void *at = (char *)settings + opt->at;

	if (opt->words != NULL && !one_of(arg, opt->words))
		return errmsg_set(err, "--%s: one of %s is needed: '%s'",
		    opt->name, opt->words, arg);
	if (opt->arg != NULL && is_nameless(opt, arg))
		return errmsg_set(err, "--%s: the name is empty", opt->name);
	switch (opt->kind) {
	case OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case OPT_COUNT:
		++*(int *)at;
		return 0;
	case OPT_LESS:
		--*(int *)at;
		return 0;
	case OPT_WORD:
	case OPT_TEXT:
		*(const char **)at = arg;
		return 0;
	case OPT_LIST:
		add_item(at, arg);
		return 0;
	case OPT_INT:
		return set_number(opt, arg, at, err);
	case OPT_HELP:
	case OPT_VERSION:
	case OPT_COMPLETION:
		break; /* they end the parsing */
	}
	return 0;
}

/* Fill up to the column of the help texts, on a line of its own if need be. */
static void
help_text(struct buf *b, size_t start, const char *text)
{
	if (b->len - start + 2 > HELP_COLUMN) {
		buf_addch(b, '\n');
		start = b->len;
	}
	buf_fill(b, ' ', HELP_COLUMN - (b->len - start));
	buf_addf(b, "%s\n", text);
}

void
opts_help_line(struct buf *b, const char *name, const char *args,
    const char *text)
{
	size_t start = b->len;

	buf_addf(b, "  %s %s", name, args);
	help_text(b, start, text);
}

static void
show_help(const struct opts *o)
{
	const struct opt *opt;
	struct buf b;
	size_t i, start;

	buf_init(&b);
	buf_addf(&b, "usage: %s [OPTION]... %s\n%s\n\n", o->program,
	    o->operands, o->purpose);
	if (o->more != NULL)
		o->more(&b);
	for (i = 0; i < o->n; i++) {
		opt = &o->table[i];
		start = b.len;
		if (opt->letter != 0)
			buf_addf(&b, "  -%c, --%s", opt->letter, opt->name);
		else
			buf_addf(&b, "      --%s", opt->name);
		if (opt->arg != NULL)
			buf_addf(&b, " %s", opt->arg);
		help_text(&b, start, opt->help);
	}
	buf_addf(&b, "\nman %s tells the whole story.\n", o->program);
	(void)fwrite(b.data, 1, b.len, stdout);
	buf_fini(&b);
}

/* A long option that none is, or that is shorter than tells one of several. */
static int
wrong_long(const struct opts *o, const char *given, struct errmsg *err)
{
	const char *name = given + 2; /* behind "--" */
	const size_t len = strcspn(name, "=");
	struct buf b;
	size_t i, n = 0;

	buf_init(&b);
	for (i = 0; len > 0 && i < o->n; i++)
		if (strncmp(o->table[i].name, name, len) == 0)
			buf_addf(&b, "%s--%s", n++ > 0 ? ", " : "",
			    o->table[i].name);
	if (n > 1)
		(void)errmsg_set(err, "ambiguous option: '%s' may be %s", given,
		    b.data);
	else
		(void)errmsg_set(err, "unknown option: '%s'", given);
	buf_fini(&b);
	return -1;
}

static int
wrong_option(const struct opts *o, int c, char **argv, struct errmsg *err)
{
	const struct opt *opt = option_for(o, optopt);

	if (c == ':')
		return opt != NULL && opt->letter != optopt
			   ? errmsg_set(err, "--%s needs a value", opt->name)
			   : errmsg_set(err, "-%c needs a value", optopt);
	if (optopt == 0)
		return wrong_long(o, argv[optind - 1], err);
	if (optopt >= 256)
		return errmsg_set(err, "--%s takes no value", opt->name);
	return errmsg_set(err, "unknown option: '-%c'", optopt);
}

static void
show_completion(const struct opts *o)
{
	struct buf b;

	buf_init(&b);
	opts_completion(o, &b);
	(void)fwrite(b.data, 1, b.len, stdout);
	buf_fini(&b);
}

/* What an option shows that ends the program's work; false for a setting. */
static bool
shown(const struct opts *o, const struct opt *opt)
{
	switch (opt->kind) {
	case OPT_HELP:
		show_help(o);
		return true;
	case OPT_VERSION:
		(void)printf("%s %s\n", o->program, CDRGUARD_VERSION);
		return true;
	case OPT_COMPLETION:
		show_completion(o);
		return true;
	default:
		return false;
	}
}

static enum opts_result
parse_all(const struct opts *o, int argc, char **argv, const char *letters,
    const struct option *names, void *settings, struct errmsg *err)
{
	const struct opt *opt;
	int c;

	optind = 0; /* begin anew, also when called twice (glibc, musl) */
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, names, NULL)) != -1) {
		if (c == '?' || c == ':') {
			(void)wrong_option(o, c, argv, err);
			return OPTS_WRONG;
		}
		opt = option_for(o, c);
		assert(opt != NULL);
		if (shown(o, opt))
			return OPTS_SHOWN;
		if (set_option(opt, settings, optarg, err) != 0)
			return OPTS_WRONG;
	}
	return OPTS_GO;
}

enum opts_result
opts_parse(const struct opts *o, int argc, char **argv, void *settings,
    char ***operands, int *noperands, struct errmsg *err)
{
	struct option *names = long_options(o);
	enum opts_result result;
	struct buf letters;

	buf_init(&letters);
	short_options(o, &letters);
	result = parse_all(o, argc, argv, letters.data, names, settings, err);
	*operands = argv + optind;
	*noperands = argc - optind;
	buf_fini(&letters);
	free(names);
	return result;
}

void
opt_list_fini(struct opt_list *l)
{
	free(l->items);
	l->items = NULL;
	l->n = 0;
}
