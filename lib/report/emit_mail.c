#include "report/emit_mail.h"

#include <string.h>

#include "base/hash.h"
#include "report/emit_csv.h"
#include "report/emit_html.h"
#include "report/emit_text.h"
#include "report/mime.h"
#include "report/words.h"
#include "tel/calltime.h"

enum {
	NAMED = 2,         /* entities in the subject */
	MAIL_WIDTH = 72,   /* of the text; RFC 5322 (2.1.1) wants at most 78 */
	HOST_LONGEST = 253 /* of a name in the DNS */
};

/* "Thu, 15 Jan 2026 05:26:30 -0600" */
static void
put_date(struct buf *b, const struct words *w, int64_t ms)
{
	static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri",
		"Sat", "Sun" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int32_t east = zone_offset(w->zone, ms, NULL) / 60;
	int32_t away = east < 0 ? -east : east;
	struct civil c;

	zone_to_local(w->zone, ms, &c);
	buf_addf(b, "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d",
	    days[zone_weekday(zone_days(c.year, c.month, c.day))], c.day,
	    months[c.month - 1], (int)c.year, c.hour, c.minute, c.second,
	    east < 0 ? '-' : '+', (int)(away / 60), (int)(away % 60));
}

/* ": ACME-0042, LAW-113 +2": those to look at; where there is none, the rest. */
static void
put_names(struct buf *b, const struct view *v)
{
	const bool standing = v->over[OVER_NOT] > 0;
	const size_t most = standing ? v->over[OVER_NOT] : v->ncases;
	size_t i, n = 0;

	for (i = 0; i < v->ncases && n < NAMED; i++)
		if (!standing || view_over(v->cases[i].c) == OVER_NOT)
			buf_addf(b, "%s %s", n++ == 0 ? ":" : ",",
			    v->cases[i].c->entity);
	if (most > NAMED)
		buf_addf(b, " +%zu", most - NAMED);
}

/* "[cdr] 2 critical, 2 medium: ACME-0042, LAW-113 +2; 1 closed" */
static void
put_subject(struct buf *b, const struct view *v)
{
	buf_addstr(b, "[cdr] ");
	if (v->ncases == 0) {
		words_summary(b, v);
		if (b->len > 0 && b->data[b->len - 1] == '.')
			buf_cut(b, b->len - 1);
		return;
	}
	if (v->over[OVER_NOT] == 0) {
		words_over(b, v);
		put_names(b, v);
		return;
	}
	words_severities(b, v);
	put_names(b, v);
	if (v->over[OVER_NOT] < v->ncases)
		buf_addstr(b, "; ");
	words_over(b, v);
}

/* What the message is made of, and the id that follows from it. */
struct message {
	struct buf text, html, csv;
	char id[HASH_HEX];
};

static void
fill(struct message *m, const struct view *v, const struct emit_options *opt)
{
	struct emit_options plain = *opt;
	struct buf all;

	plain.colour = false;
	if (plain.width == 0)
		plain.width = MAIL_WIDTH;
	buf_init(&m->text);
	buf_init(&m->html);
	buf_init(&m->csv);
	emit_text_print(&m->text, v, &plain);
	emit_html_print(&m->html, v, &plain, true);
	if (opt->attach_csv)
		emit_csv_print(&m->csv, v, &plain);
	buf_init(&all);
	buf_addf(&all, "%s\n%s\n", opt->to != NULL ? opt->to : "",
	    opt->subject != NULL ? opt->subject : "");
	buf_add(&all, m->text.data, m->text.len);
	buf_add(&all, m->html.data, m->html.len);
	buf_add(&all, m->csv.data, m->csv.len);
	hash_hex(all.data, all.len, m->id);
	buf_fini(&all);
}

static void
empty(struct message *m)
{
	buf_fini(&m->text);
	buf_fini(&m->html);
	buf_fini(&m->csv);
}

/* A name that may stand behind the @ of a Message-ID. */
static void
put_host(struct buf *b, const char *host)
{
	static const char allowed[] =
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

	if (host == NULL || host[0] == '\0' || strlen(host) > HOST_LONGEST ||
	    host[strspn(host, allowed)] != '\0')
		host = "cdrguard.invalid";
	buf_addstr(b, host);
}

/* With a blank behind each comma, where a long line can be folded. */
static void
put_addresses(struct buf *b, const char *name, const char *list)
{
	struct buf spaced;

	buf_init(&spaced);
	for (; *list != '\0'; list++) {
		buf_addch(&spaced, *list);
		if (*list == ',' && list[1] != ' ')
			buf_addch(&spaced, ' ');
	}
	mime_header_plain(b, name, spaced.data);
	buf_fini(&spaced);
}

static void
put_addressing(struct buf *b, const struct view *v,
    const struct emit_options *opt)
{
	struct buf subject;

	if (opt->from != NULL)
		put_addresses(b, "From", opt->from);
	if (opt->to != NULL)
		put_addresses(b, "To", opt->to);
	buf_init(&subject);
	if (opt->subject != NULL)
		buf_addstr(&subject, opt->subject);
	else
		put_subject(&subject, v);
	mime_header(b, "Subject", subject.data);
	buf_fini(&subject);
}

static void
put_headers(struct buf *b, const struct view *v, const struct emit_options *opt,
    const struct message *m)
{
	const struct run *run = &v->rs->run;
	struct words w;
	struct buf text;

	buf_init(&text);
	words_init(&w, opt->zone, v->rs);
	put_addressing(b, v, opt);
	put_date(&text, &w, words_report_moment(v->rs));
	mime_header_plain(b, "Date", text.data);
	buf_reset(&text);
	buf_addf(&text, "<cdr.%s@", m->id);
	put_host(&text, run->host);
	buf_addch(&text, '>');
	mime_header_plain(b, "Message-ID", text.data);
	mime_header_plain(b, "Auto-Submitted", "auto-generated");
	mime_header_plain(b, "X-CDR-Severity",
	    severity_name(view_severity_open(v)));
	if (run->id != NULL)
		mime_header(b, "X-CDR-Run", run->id);
	mime_header_plain(b, "MIME-Version", "1.0");
	buf_fini(&text);
}

/* "=_" stands in no quoted-printable body. */
static void
begin_parts(struct buf *b, const char *kind, const char *id, char which)
{
	buf_addf(b, "Content-Type: multipart/%s;\n boundary=\"=_%s_%c\"\n\n",
	    kind, id, which);
}

static void
put_part(struct buf *b, const char *id, char which, const char *type)
{
	buf_addf(b,
	    "--=_%s_%c\nContent-Type: %s; charset=utf-8\n"
	    "Content-Transfer-Encoding: quoted-printable\n",
	    id, which, type);
}

static void
end_parts(struct buf *b, const char *id, char which)
{
	buf_addf(b, "--=_%s_%c--\n", id, which);
}

static void
put_alternatives(struct buf *b, const struct message *m)
{
	begin_parts(b, "alternative", m->id, 'a');
	put_part(b, m->id, 'a', "text/plain");
	buf_addch(b, '\n');
	mime_body(b, m->text.data, m->text.len);
	buf_addch(b, '\n'); /* the line end before a boundary is its own */
	put_part(b, m->id, 'a', "text/html");
	buf_addch(b, '\n');
	mime_body(b, m->html.data, m->html.len);
	buf_addch(b, '\n');
	end_parts(b, m->id, 'a');
}

static void
put_message(struct buf *b, const struct view *v, const struct emit_options *opt,
    const struct message *m)
{
	put_headers(b, v, opt, m);
	if (!opt->attach_csv) {
		put_alternatives(b, m);
		return;
	}
	begin_parts(b, "mixed", m->id, 'm');
	buf_addf(b, "--=_%s_m\n", m->id);
	put_alternatives(b, m);
	put_part(b, m->id, 'm', "text/csv; header=present");
	buf_addstr(b, "Content-Disposition: attachment;\n"
		      " filename=\"findings.csv\"\n\n");
	mime_body_exact(b, m->csv.data, m->csv.len);
	end_parts(b, m->id, 'm');
}

int
emit_mail(struct outfile *out, const struct view *v,
    const struct emit_options *opt, struct errmsg *err)
{
	struct message m;
	struct buf b;

	if (opt->to != NULL && !mime_addresses_valid(opt->to))
		return errmsg_set(err, "--to: no addresses: '%s'", opt->to);
	if (opt->from != NULL && !mime_addresses_valid(opt->from))
		return errmsg_set(err, "--from: no address: '%s'", opt->from);
	buf_init(&b);
	fill(&m, v, opt);
	put_message(&b, v, opt, &m);
	outfile_write(out, b.data, b.len);
	empty(&m);
	buf_fini(&b);
	return 0;
}
