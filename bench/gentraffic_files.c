/* What a site has beside its records: configuration, directory, rates, log. */
#include <stdlib.h>
#include <string.h>

#include "bench/gentraffic_write.h"

static int
finish(FILE *f)
{
	int rc = ferror(f) ? -1 : 0;

	return fclose(f) != 0 ? -1 : rc;
}

static void
toll_free_numbers(FILE *f, const struct world *w)
{
	const char *comma = "";
	unsigned i;

	for (i = 0; i < w->n; i++)
		if (w->accounts[i].toll_free != 0) {
			(void)fprintf(f, "%s\"+1800555%04u\"", comma,
			    w->accounts[i].toll_free);
			comma = ", ";
		}
}

static void
closed_days(FILE *f, const struct world *w)
{
	const char *comma = "";
	int64_t day;

	for (day = w->first - w->history; day <= w->first + w->days; day++) {
		int year, month, date;

		if (!holiday(day))
			continue;
		date_of_day(day, &year, &month, &date);
		(void)fprintf(f, "%s\"%04d-%02d-%02d\"", comma, year, month,
		    date);
		comma = ", ";
	}
}

static void
source(FILE *f, const char *name, const char *layout, const char *folder)
{
	(void)fprintf(f,
	    "    { \"name\": \"%s\", \"layout\": \"%s\", "
	    "\"files\": [\"%s/%s-*.csv\"] }",
	    name, layout, folder, name);
}

static void
sources(FILE *f, const struct writer_options *o)
{
	unsigned i;

	(void)fputs(",\n  \"sources\": [\n", f);
	for (i = 0; i <= SWITCHES; i++) {
		char name[SWITCH_NAME];

		switch_name(name, i);
		source(f, name, o->layout, o->split);
		(void)fputs(",\n", f);
	}
	source(f, "audit", "audit-log", o->split);
	(void)fputs("\n  ]", f);
}

int
write_config(const struct world *w, const char *path, const char *directory,
    const char *rates, const char *rules, const struct writer_options *o)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		return -1;
	(void)fputs("{\n"
		    "  \"cdrconfig\": 1,\n"
		    "  \"tz\": \"America/Chicago\",\n"
		    "  \"currency\": \"USD\",\n"
		    "  \"home_country\": \"US\",\n"
		    "  \"dialplan\": {\n"
		    "    \"extensions\": \"[2-8]\\\\d{4}\",\n"
		    "    \"own\": [\"+1312555\"],\n"
		    "    \"toll_free\": [",
	    f);
	toll_free_numbers(f, w);
	(void)fputs("]\n"
		    "  },\n"
		    "  \"trunks\": [\"carrier\"],\n"
		    "  \"services\": {\n"
		    "    \"voicemail\": [\"\\\\*97\"],\n"
		    "    \"conference\": [\"8\\\\d{4}\"]\n"
		    "  },\n"
		    "  \"calendars\": {\n"
		    "    \"business-hours\": {\n"
		    "      \"open\": { \"mon-fri\": [\"07:30-18:30\"] },\n"
		    "      \"closed\": [",
	    f);
	closed_days(f, w);
	(void)fputs("]\n"
		    "    },\n"
		    "    \"late-shift\": { \"open\": { \"mon-sun\": "
		    "[\"00:00-03:00\", \"15:00-24:00\"] } }\n"
		    "  },\n"
		    "  \"calendar\": \"business-hours\"",
	    f);
	if (directory != NULL)
		(void)fprintf(f, ",\n  \"directory\": \"%s\"", directory);
	if (rates != NULL)
		(void)fprintf(f, ",\n  \"rates\": \"%s\"", rates);
	if (rules != NULL)
		(void)fprintf(f, ",\n  \"rules\": [\"%s\"]", rules);
	if (o->split != NULL)
		sources(f, o);
	(void)fputs("\n}\n", f);
	return finish(f);
}

/* A line of the directory: some of a group use 10 trunk lines at most. */
int
write_directory(const struct world *w, const char *path, bool sites)
{
	FILE *f = fopen(path, "w");
	unsigned i, k;

	if (f == NULL)
		return -1;
	(void)fputs("number,name,account,class,group,calendar,capacity\n", f);
	for (i = 0; i < w->n; i++) {
		const struct account *a = &w->accounts[i];

		for (k = 0; k < a->exts; k++) {
			char site[SWITCH_NAME];

			switch_name(site, a->switch_id);
			(void)fprintf(f, "%u%s%s", a->first_ext + k,
			    sites ? "@" : "", sites ? site : "");
			(void)fprintf(f, ",%s,%s,%s,g%04u,%s,%u\n",
			    a->name != NULL ? a->name
					    : persona_name(a->persona),
			    a->code, persona_class(a->persona), a->group,
			    a->persona == LATE_SHIFT ? "late-shift"
						     : "business-hours",
			    a->persona == CALL_CENTRE ? 40u : 10u);
		}
	}
	return finish(f);
}

int
write_rates(const char *path)
{
	FILE *f = fopen(path, "w");
	unsigned i;

	if (f == NULL)
		return -1;
	(void)fputs("prefix,per_minute,currency\n+1,0.009,USD\n+1800,0,USD\n",
	    f);
	for (i = 0; i < places(); i++)
		(void)fprintf(f, "+%s,%.4f,USD\n", place_at(i)->prefix,
		    place_at(i)->rate * 60 / 1e6);
	return finish(f);
}

static void
bad_numbers(FILE *f, const struct world *w)
{
	unsigned i;

	(void)fputs("    \"known-bad\": {\n"
		    "      \"kind\": \"prefix\", \"of\": \"dst\",\n"
		    "      \"values\": [\n",
	    f);
	for (i = 0; i < w->n_bad; i++)
		(void)fprintf(f,
		    "        { \"value\": \"+%s\", \"source\": \"invented\", "
		    "\"added\": \"2025-01-01\", \"expires\": \"2031-01-01\" "
		    "}%s\n",
		    w->bad[i], i + 1 < w->n_bad ? "," : "");
	(void)fputs("      ]\n    },\n", f);
}

int
write_rules(const struct world *w, const char *folder)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/site.json", folder);
	if ((f = fopen(path, "w")) == NULL)
		return -1;
	(void)fputs("{\n"
		    "  \"cdrrules\": 1,\n"
		    "  \"lists\": {\n",
	    f);
	bad_numbers(f, w);
	(void)fputs("    \"do-not-originate\": {\n"
		    "      \"kind\": \"exact\", \"of\": \"src\",\n"
		    "      \"values\": [\"+" LISTED_CALLER "\", ",
	    f);
	toll_free_numbers(f, w);
	(void)fputs("]\n    }\n  }\n}\n", f);
	return finish(f);
}

static int
by_time(const void *pa, const void *pb)
{
	const struct event *a = pa, *b = pb;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return strcmp(a->text, b->text);
}

/* Events from `i` on, all or those of its morning; where it stopped, or -1. */
static int
write_events(const struct world *w, int i, const char *path, bool all)
{
	FILE *f = fopen(path, "w");
	int64_t morning = i < w->n_events ? morning_of(w->events[i].at) : 0;
	char at[24];

	if (f == NULL)
		return -1;
	(void)fputs("time,user,event,account,object,details\n", f);
	for (; i < w->n_events; i++) {
		if (!all && morning_of(w->events[i].at) != morning)
			break;
		stamp_local(at, w->events[i].at);
		(void)fprintf(f, "%s,%s\n", at, w->events[i].text);
	}
	return finish(f) != 0 ? -1 : i;
}

/* All in one file, and with `split` a file for each morning, too. */
int
write_audit(const struct world *w, const char *path, const char *split)
{
	char name[512];
	int i = 0;

	if (w->n_events > 0)
		qsort(w->events, (size_t)w->n_events, sizeof(*w->events),
		    by_time);
	if (path != NULL && write_events(w, 0, path, true) < 0)
		return -1;
	while (split != NULL && i >= 0 && i < w->n_events) {
		int year, month, date;

		date_of_day(morning_of(w->events[i].at), &year, &month, &date);
		(void)snprintf(name, sizeof(name),
		    "%s/audit-%04d-%02d-%02d.csv", split, year % 10000,
		    month % 100, date % 100);
		i = write_events(w, i, name, false);
	}
	return i < 0 ? -1 : 0;
}
