/* cdrscan --check-config: what the settings come to, and what is odd. */
#include "settings.h"

#include <glob.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tel/calltime.h"

enum { DAY_MS = 24 * 60 * 60 * 1000, WEEK = 7 };

void
checking_odd(struct checking *c, const char *fmt, ...)
{
	char words[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	diag_warn(&c->scan->setup.diag, "%s", words);
	c->odd++;
}

/* "CST -06:00" */
static void
put_offset(struct buf *out, const struct zone *z, int64_t utc_ms)
{
	const char *name;
	int seconds = (int)zone_offset(z, utc_ms, &name), size = abs(seconds);

	buf_addf(out, "%s %c%02d:%02d", name, seconds < 0 ? '-' : '+',
	    size / 3600, size / 60 % 60);
}

static void
show_zone(struct checking *c)
{
	const struct zone *z = c->source->zone;
	int64_t now = c->scan->setup.now, next;

	if (z == NULL) {
		buf_addstr(&c->out, "  zone      not stated; as the records "
				    "prove, else TZ, else UTC\n");
		return;
	}
	buf_addf(&c->out, "  zone      %s: ", zone_name(z));
	put_offset(&c->out, z, now);
	next = zone_next_change(z, now);
	if (next != ZONE_NEVER) {
		buf_addstr(&c->out, ", from ");
		time_local(&c->out, z, next);
		buf_addch(&c->out, ' ');
		put_offset(&c->out, z, next);
	}
	buf_addch(&c->out, '\n');
}

static void
show_country(struct checking *c)
{
	const char *home = c->source->dialling->home_country;

	buf_addf(&c->out, "  country   %s\n",
	    home != NULL ? home : "not stated; as the records tell");
}

static void
show_patterns(struct checking *c)
{
	const struct source *src = c->source;
	size_t services = 0, f;

	for (f = 0; f < FEATURE_COUNT; f++)
		services += src->nservices[f];
	buf_addf(&c->out,
	    "  patterns  extensions %s, trunks %zu, services %zu\n",
	    src->dialling->extensions != NULL ? src->dialling->extensions
					      : "(short numbers)",
	    src->ntrunks, services);
}

/* Hours that count as open, in the zone that calls of the source have. */
static void
show_hours(struct checking *c)
{
	const struct zone *zone =
	    c->source->zone != NULL ? c->source->zone : zone_utc();
	const char *name =
	    c->source->calendar != NULL ? c->source->calendar : NAMED_HOURS;
	const struct calendar *cal =
	    named_calendar(&c->scan->rules.named, name);
	int64_t now = c->scan->setup.now, open;
	size_t closed;

	if (cal == NULL)
		return;
	open = calendar_open_ms(cal, c->source->zone, now,
	    now + WEEK * (int64_t)DAY_MS);
	buf_addf(&c->out, "  calendar  %s: %s now, open ", name,
	    calendar_inside(cal, c->source->zone, now) ? "open" : "closed");
	span_clock(&c->out, open);
	buf_addf(&c->out, " in the coming %d days\n", WEEK);
	closed = calendar_closed_from(cal, INT64_MIN);
	if (closed > 0)
		buf_addf(&c->out,
		    "  closed    %zu date%s, %zu of them from today on\n",
		    closed, diag_s((int64_t)closed),
		    calendar_closed_from(cal, zone_local_day(zone, now)));
	if (open == 0)
		checking_odd(c,
		    "source '%s': calendar '%s' is closed for the "
		    "coming %d days",
		    c->source->name, name, WEEK);
}

static void
show_files(struct checking *c)
{
	const struct config_list *files = &c->site->files;
	size_t i, found;
	glob_t g;

	for (i = 0; i < files->n; i++) {
		found =
		    glob(files->items[i], 0, NULL, &g) == 0 ? g.gl_pathc : 0;
		globfree(&g);
		buf_addf(&c->out, "  files     %s: %zu\n", files->items[i],
		    found);
		if (found == 0)
			checking_odd(c, "source '%s': no such file: '%s'",
			    c->source->name, files->items[i]);
	}
}

static void
show_source(struct checking *c, size_t i)
{
	const struct config *config = &c->scan->setup.config;

	c->source = &c->scan->setup.sources.list[i];
	c->site = i == 0 ? &config->base : &config->sources[i - 1];
	buf_addf(&c->out, "source %s\n", c->source->name);
	show_zone(c);
	show_country(c);
	show_patterns(c);
	show_hours(c);
	if (i > 0)
		show_files(c);
	checking_examples(c);
}

/* What the entries of a list say of its age. */
struct list_dates {
	int64_t newest;  /* INT64_MIN: no entry tells when it was added */
	int64_t expires; /* of those in force the first; NUMLIST_NEVER */
	size_t expired;
};

static struct list_dates
dates_of(const struct numlist *l, int64_t today)
{
	struct list_dates d = { INT64_MIN, NUMLIST_NEVER, 0 };
	const struct numlist_entry *e;
	size_t i;

	for (i = 0; i < numlist_size(l); i++) {
		e = numlist_at(l, i);
		if (e->added > d.newest)
			d.newest = e->added;
		if (e->expires <= today)
			d.expired++;
		else if (e->expires < d.expires)
			d.expires = e->expires;
	}
	return d;
}

static void
show_list(struct checking *c, const struct named_list *l, int64_t today)
{
	size_t n = numlist_size(l->list);
	struct list_dates d = dates_of(l->list, today);

	buf_addf(&c->out, "list %s: %zu entr%s", l->name, n,
	    n == 1 ? "y" : "ies");
	if (d.newest != INT64_MIN) {
		buf_addstr(&c->out, ", the newest of ");
		date_print(&c->out, d.newest);
		buf_addf(&c->out, " (%" PRId64 " days ago)", today - d.newest);
	}
	if (d.expired > 0)
		buf_addf(&c->out, ", %zu expired", d.expired);
	if (d.expires != NUMLIST_NEVER) {
		buf_addstr(&c->out, ", the next expires ");
		date_print(&c->out, d.expires);
	}
	buf_addch(&c->out, '\n');
	if (d.expired == n)
		checking_odd(c, "list '%s': no entry is in force", l->name);
}

static void
show_all(struct checking *c)
{
	const struct setup *s = &c->scan->setup;
	const struct named *named = &c->scan->rules.named;
	int64_t today =
	    zone_local_day(s->zone != NULL ? s->zone : zone_utc(), s->now);
	size_t i;

	buf_addf(&c->out, "configuration %s\n",
	    s->config.path[0] != '\0' ? s->config.path : "(none)");
	for (i = 0; i < s->sources.n; i++)
		show_source(c, i);
	for (i = 0; i < named->nlists; i++)
		show_list(c, &named->lists[i], today);
	if (s->directory != NULL)
		buf_addf(&c->out, "directory %s: %zu number%s\n",
		    s->config.directory, directory_size(s->directory),
		    diag_s((int64_t)directory_size(s->directory)));
	if (s->rates != NULL)
		buf_addf(&c->out, "rates %s: %zu prefix%s\n", s->config.rates,
		    rates_size(s->rates),
		    rates_size(s->rates) == 1 ? "" : "es");
	buf_addf(&c->out, "number plan: %s\n", numplan_version(s->numplan));
}

int
scan_check_config(const struct scan_options *o)
{
	struct scan s;
	struct checking c = { .scan = &s };

	scan_open(&s, o);
	buf_init(&c.out);
	if (s.status != EXIT_NOT_DONE) {
		show_all(&c);
		s.status =
		    diag_worse(s.status, setup_put_lines(&s.setup, &c.out));
	}
	if (c.odd > 0)
		s.status = diag_worse(s.status, EXIT_HOLDS);
	buf_fini(&c.out);
	scan_close(&s);
	return s.status;
}
