/* The way out: results, and the settings they came about with. */
#include "tool/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "io/outfile.h"

static int
not_done(const struct setup *s, const struct errmsg *err)
{
	diag_error(&s->diag, "%s", err->text);
	return EXIT_NOT_DONE;
}

bool
setup_colour(const struct setup_options *o, int fd)
{
	const char *none = getenv("NO_COLOR");

	if (o->colour != NULL && strcmp(o->colour, "auto") != 0)
		return strcmp(o->colour, "always") == 0;
	return (none == NULL || none[0] == '\0') && isatty(fd) == 1;
}

static int
put(const struct setup *s, const char *text, size_t len,
    int (*open)(struct outfile **op, const char *path, struct errmsg *err))
{
	struct outfile *out;
	struct errmsg err;

	if (open(&out, s->options->output, &err) != 0)
		return not_done(s, &err);
	outfile_write(out, text, len);
	if (outfile_commit(&out, &err) != 0)
		return not_done(s, &err);
	return EXIT_DONE;
}

int
setup_put(const struct setup *s, const char *text, size_t len)
{
	return put(s, text, len, outfile_open);
}

int
setup_put_shared(const struct setup *s, const char *text, size_t len)
{
	return put(s, text, len, outfile_open_shared);
}

int
setup_put_lines(const struct setup *s, const struct buf *lines)
{
	const char *line = lines->data, *end = lines->data + lines->len, *next;
	struct buf shown;
	int status;

	buf_init(&shown);
	for (; line < end; line = next + 1) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (next == NULL)
			next = end;
		utf8_printable(&shown, line, (size_t)(next - line));
		buf_addch(&shown, '\n');
	}
	status = setup_put(s, shown.data, shown.len);
	buf_fini(&shown);
	return status;
}

/* In --format, to an open file, which is committed. */
static int
emit(const struct setup *s, const struct view *v, struct emit_options *opt,
    struct outfile *out)
{
	const char *format = s->options->format;
	const struct writer *w = emit_find(format != NULL ? format : "text");
	struct errmsg err;

	opt->zone = s->zone;
	if (w->write(out, v, opt, &err) != 0) {
		outfile_abandon(&out);
		return not_done(s, &err);
	}
	if (outfile_commit(&out, &err) != 0)
		return not_done(s, &err);
	return EXIT_DONE;
}

int
setup_emit(const struct setup *s, const struct view *v,
    struct emit_options *opt)
{
	const struct setup_options *o = s->options;
	struct outfile *out;
	struct errmsg err;

	opt->colour = o->output == NULL && setup_colour(o, STDOUT_FILENO);
	if (outfile_open(&out, o->output, &err) != 0)
		return not_done(s, &err);
	return emit(s, v, opt, out);
}

int
setup_emit_buf(const struct setup *s, const struct view *v,
    struct emit_options *opt, struct buf *report)
{
	struct outfile *out;

	opt->colour = false;
	outfile_open_buf(&out, report);
	return emit(s, v, opt, out);
}

/* What came from an option, else from the environment, else from the file. */
static const char *
origin(const struct setup *s, bool option, const char *option_name,
    const char *variable, bool file)
{
	const char *env = getenv(variable);

	if (option)
		return option_name;
	if (env != NULL && env[0] != '\0')
		return variable;
	return file ? s->config.path : "built in";
}

static void
show_config_path(const struct setup *s, struct buf *out)
{
	const struct setup_options *o = s->options;
	const char *env = getenv("CDR_CONFIG");
	const char *from = "searched";

	if (o->no_config)
		from = "--no-config";
	else if (o->config != NULL)
		from = "--config";
	else if (env != NULL && env[0] != '\0')
		from = "CDR_CONFIG";
	config_show_line(out, "", "configuration",
	    s->config.path[0] != '\0' ? s->config.path : "(none)", from);
}

static void
show_rules(const struct setup *s, struct buf *out)
{
	const struct opt_list *option = &s->options->rules;
	const struct config_list *file = &s->config.rules;
	const char *env = getenv("CDR_RULES");
	struct buf list;
	size_t i;

	buf_init(&list);
	if (option->n > 0) {
		for (i = 0; i < option->n; i++)
			buf_addf(&list, "%s%s", i > 0 ? ", " : "",
			    option->items[i]);
	} else if (env != NULL && env[0] != '\0') {
		buf_addstr(&list, env);
	} else {
		buf_addf(&list, "%s/rules.d", s->data.data);
		for (i = 0; i < file->n; i++)
			buf_addf(&list, ", %s", file->items[i]);
	}
	config_show_line(out, "", "rules", list.data,
	    origin(s, option->n > 0, "--rules", "CDR_RULES", file->n > 0));
	buf_fini(&list);
}

int
setup_show(const char *program, const struct setup_options *o)
{
	struct setup s;
	struct buf out;
	int status = setup_open(&s, program, o);

	buf_init(&out);
	if (status == EXIT_DONE) {
		show_config_path(&s, &out);
		config_show_line(&out, "", "data", s.data.data, "built in");
		show_rules(&s, &out);
		config_show_line(&out, "", "db", s.db != NULL ? s.db : "(none)",
		    origin(&s, o->db != NULL, "--db", "CDR_DB",
			s.config.db != NULL));
		config_show(&s.config, o->tz, &out);
		status = setup_put(&s, out.data, out.len);
	}
	buf_fini(&out);
	setup_close(&s);
	return status;
}

/* Opened for the other direction, so that each use fails as if closed. */
void
setup_streams(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)open("/dev/null",
			    fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int
setup_shown(const struct diag *diag)
{
	struct errmsg err;

	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return EXIT_DONE;
	(void)errmsg_sys(&err, errno, "cannot write standard output");
	diag_error(diag, "%s", err.text);
	return EXIT_NOT_DONE;
}
