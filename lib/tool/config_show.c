/* Settings with their origin, for --show-config. */
#include "tool/config_impl.h"

#include <stdio.h>

#include "rule/named.h"
#include "tel/calltime.h"

enum { ORIGIN_COLUMN = 48 };

/* One site while it is shown. */
struct showing {
	const struct config *config;
	const char *tz_option;
	const char *prefix; /* "" or "sources.pbx1." */
	struct buf *out;
};

void
config_show_line(struct buf *out, const char *prefix, const char *key,
    const char *value, const char *origin)
{
	size_t start = out->len;

	buf_addf(out, "%s%s = %s", prefix, key, value);
	buf_fill(out, ' ',
	    out->len - start < ORIGIN_COLUMN
		? ORIGIN_COLUMN - (out->len - start)
		: 1);
	buf_addf(out, "# %s\n", origin);
}

/* What is not stated is shown only if there is something to say instead. */
static void
show_text(const struct showing *s, const char *key, const char *value,
    const char *instead)
{
	if (value != NULL)
		config_show_line(s->out, s->prefix, key, value,
		    s->config->path);
	else if (instead != NULL)
		config_show_line(s->out, s->prefix, key, instead, "built in");
}

static void
show_span(const struct showing *s, const char *key, int64_t ms)
{
	struct buf text;

	buf_init(&text);
	span_print(&text, ms);
	show_text(s, key, text.data, NULL);
	buf_fini(&text);
}

static void
show_list(const struct showing *s, const char *key, const struct config_list *l)
{
	struct buf joined;
	size_t i;

	if (l->n == 0)
		return;
	buf_init(&joined);
	for (i = 0; i < l->n; i++)
		buf_addf(&joined, "%s%s", i > 0 ? ", " : "", l->items[i]);
	show_text(s, key, joined.data, NULL);
	buf_fini(&joined);
}

static void
show_services(const struct showing *s, const struct config_site *site)
{
	struct buf key;
	int f;

	buf_init(&key);
	for (f = FEATURE_NONE + 1; f < FEATURE_COUNT; f++) {
		buf_reset(&key);
		buf_addf(&key, "services.%s",
		    feature_name((enum call_feature)f));
		show_list(s, key.data, &site->services[f]);
	}
	buf_fini(&key);
}

static void
show_number(const struct showing *s, const char *key, long value,
    const char *origin)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%ld", value);
	config_show_line(s->out, s->prefix, key, text, origin);
}

static void
show_site(const struct showing *s, const struct config_site *site)
{
	if (s->tz_option != NULL)
		config_show_line(s->out, s->prefix, "tz", s->tz_option, "--tz");
	else
		show_text(s, "tz", site->tz,
		    "(as the records prove, else TZ, else UTC)");
	show_text(s, "home_country", site->home_country,
	    "(as the records tell)");
	show_text(s, "currency", site->currency, "(none)");
	show_text(s, "calendar", site->calendar, NAMED_HOURS);
	show_list(s, "dialplan.international", &site->international);
	show_text(s, "dialplan.national", site->national, NULL);
	show_list(s, "dialplan.outside", &site->outside);
	show_text(s, "dialplan.extensions", site->extensions, NULL);
	show_list(s, "dialplan.own", &site->own);
	show_list(s, "dialplan.toll_free", &site->toll_free);
	show_text(s, "dialplan.area", site->area, NULL);
	show_list(s, "dialplan.domestic", &site->domestic);
	show_list(s, "trunks", &site->trunks);
	show_services(s, site);
}

/* What only a source has. */
static void
show_source(const struct showing *s, const struct config_site *site)
{
	show_text(s, "site", site->site, site->name);
	show_text(s, "layout", site->layout, "(recognised)");
	show_list(s, "files", &site->files);
	if (site->year != 0)
		show_number(s, "year", site->year, s->config->path);
	show_site(s, site);
}

void
config_show(const struct config *c, const char *tz_option, struct buf *out)
{
	struct showing s = { .config = c,
		.tz_option = tz_option,
		.prefix = "",
		.out = out };
	struct buf prefix;
	size_t i;

	show_site(&s, &c->base);
	show_text(&s, "directory", c->directory, NULL);
	show_text(&s, "rates", c->rates, NULL);
	show_text(&s, "waivers", c->waivers, NULL);
	if (c->wildcard_waivers)
		show_text(&s, "allow_wildcard_waivers", "true", NULL);
	if (c->retention > 0)
		show_span(&s, "retention", c->retention);
	show_number(&s, "report.min_score", c->report_min_score,
	    json_get(json_get(c->base.at, "report"), "min_score") != NULL
		? c->path
		: "built in");
	show_text(&s, "report.to", c->report_to, NULL);
	if (c->report_redact > 0)
		show_number(&s, "report.redact", c->report_redact, c->path);
	buf_init(&prefix);
	for (i = 0; i < c->nsources; i++) {
		buf_reset(&prefix);
		buf_addf(&prefix, "sources.%s.", c->sources[i].name);
		s.prefix = prefix.data;
		show_source(&s, &c->sources[i]);
	}
	buf_fini(&prefix);
}
