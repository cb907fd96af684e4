/* cdrreport label, ack, close, note: what people say of cases and findings. */
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "listing.h"
#include "report/page.h"
#include "store/store_heirs.h"
#include "store/store_labels.h"
#include "tel/calltime.h"

enum { WAIT_SECONDS = 10 }; /* for a scan that is about to end */

static const char *
user_name(void)
{
	const struct passwd *who = getpwuid(getuid());

	return who != NULL ? who->pw_name : "";
}

/* What the command says; -1 if "label" is given another word. */
static int
make_label(const struct setup *s, const struct report_options *o,
    const char *name, char **operands, int n, struct label *l)
{
	const char *word = strcmp(name, "label") == 0 ? operands[1] : name;
	const int parsed = label_parse(word);

	if (parsed < 0 ||
	    (strcmp(name, "label") == 0 && parsed > LABEL_UNSURE)) {
		diag_error(&s->diag,
		    "label: fraud, benign or unsure is needed: '%s'", word);
		return -1;
	}
	*l = (struct label){ .target = operands[0],
		.word = (enum label_word)parsed,
		.note = o->note != NULL ? o->note : "",
		.user = user_name(),
		.at = s->now };
	if (parsed == LABEL_NOTE && n == 2)
		l->note = operands[1];
	return 0;
}

/* Only a store that is there: a typing error must not make one. */
static int
write_label(const struct setup *s, const struct label *l)
{
	struct store *store = NULL;
	struct errmsg err;
	int got;

	got = store_open(&store, s->db, STORE_READ, &err);
	store_close(&store);
	if (got == 0)
		got = store_open_wait(&store, s->db, WAIT_SECONDS, &err);
	if (got > 0) {
		diag_error(&s->diag, "%s", err.text);
		return EXIT_BUSY;
	}
	if (got == 0)
		got = store_begin(store, &err);
	if (got == 0)
		got = store_labels_add(store, l, &err);
	if (got > 0)
		got = errmsg_set(&err, "no case or finding: '%s'", l->target);
	if (got == 0)
		got = store_commit(store, &err);
	store_close(&store);
	if (got == 0)
		return EXIT_DONE;
	diag_error(&s->diag, "%s", err.text);
	return EXIT_NOT_DONE;
}

int
report_say(const struct report_options *o, const char *name, char **operands,
    int n)
{
	struct setup s;
	struct label l;
	int status;

	status = setup_open(&s, "cdrreport", &o->common);
	if (status == EXIT_DONE && s.db == NULL)
		status = listing_no_store(&s);
	if (status == EXIT_DONE &&
	    make_label(&s, o, name, operands, n, &l) != 0)
		status = EXIT_NOT_DONE;
	if (status == EXIT_DONE)
		status = write_label(&s, &l);
	setup_close(&s);
	return status;
}

/* labels ------------------------------------------------------------------ */

static void
put_list(const struct setup *s, const struct label *list, size_t n,
    struct buf *out)
{
	const struct zone *z = s->zone != NULL ? s->zone : zone_utc();
	struct buf line;
	struct page p;
	size_t i;

	buf_init(&line);
	page_init(&p, out, 0, false);
	for (i = 0; i < n; i++) {
		buf_reset(&line);
		time_local(&line, z, list[i].at);
		buf_addf(&line, "  %s  %s", list[i].target,
		    label_name(list[i].word));
		if (list[i].user[0] != '\0')
			buf_addf(&line, " (%s)", list[i].user);
		if (list[i].note[0] != '\0')
			buf_addf(&line, ": %s", list[i].note);
		page_wrap(&p, "", line.data);
	}
	buf_fini(&line);
}

/* What was said of a case that was merged stays with it. */
static int
tell_heirs(const struct setup *s, struct store *store, const char *target,
    struct errmsg *err)
{
	struct buf heirs;
	int r;

	buf_init(&heirs);
	r = store_heirs_of(store, target, &heirs, err);
	if (r == 1)
		diag_remark(&s->diag, "case %s is merged into %s", target,
		    heirs.data);
	buf_fini(&heirs);
	return r < 0 ? -1 : 0;
}

static int
load_list(const struct setup *s, const char *target, struct arena *arena,
    struct label **list, size_t *n)
{
	struct store *store = NULL;
	struct errmsg err;
	int got;

	got = store_open(&store, s->db, STORE_READ, &err);
	if (got == 0)
		got = store_labels_load(store, target, arena, list, n, &err);
	if (got == 0 && target != NULL)
		got = tell_heirs(s, store, target, &err);
	store_close(&store);
	if (got == 0)
		return EXIT_DONE;
	diag_error(&s->diag, "%s", err.text);
	return EXIT_NOT_DONE;
}

int
report_labels(const struct report_options *o, const char *name, char **operands,
    int n)
{
	struct arena arena = { 0 };
	struct label *list = NULL;
	struct setup s;
	struct buf out;
	size_t many = 0;
	int status;

	(void)name;
	buf_init(&out);
	status = setup_open(&s, "cdrreport", &o->common);
	if (status == EXIT_DONE && s.db == NULL)
		status = listing_no_store(&s);
	if (status == EXIT_DONE)
		status = load_list(&s, n > 0 ? operands[0] : NULL, &arena,
		    &list, &many);
	if (status == EXIT_DONE) {
		put_list(&s, list, many, &out);
		status = setup_put(&s, out.data, out.len);
	}
	arena_fini(&arena);
	buf_fini(&out);
	setup_close(&s);
	return status;
}
