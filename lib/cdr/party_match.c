/*
 * Callers choose names and switches write them: a text on which a pattern
 * gives up must not end the run, nor may that stay unsaid.
 */
#include "cdr/party_impl.h"

#include <string.h>

#include "base/xalloc.h"

static struct party_failure *
find_failure(const struct resolver *r, const struct pattern *p)
{
	size_t i;

	for (i = 0; i < r->nfailures; i++)
		if (r->failures[i].pattern == p)
			return &r->failures[i];
	return NULL;
}

static void
note_failure(struct resolver *r, const struct pattern *p)
{
	if (find_failure(r, p) != NULL)
		return;
	r->failures = xgrow(r->failures, &r->failures_cap, r->nfailures + 1,
	    sizeof(*r->failures));
	r->failures[r->nfailures++] = (struct party_failure){ .pattern = p };
}

bool
party_matches(struct resolver *r, struct pattern *const *patterns, size_t n,
    const char *text)
{
	size_t i, len = strlen(text);
	int rc;

	for (i = 0; i < n; i++) {
		rc = pattern_match(patterns[i], text, len, NULL, 0, NULL);
		if (rc > 0)
			return true;
		if (rc < 0)
			note_failure(r, patterns[i]);
	}
	return false;
}

/* Without a text: which was the first depends on the order of the calls. */
static void
tell(struct resolver *r, const char *what, struct pattern *const *patterns,
    size_t n, struct notes *notes)
{
	struct party_failure *failure;
	size_t i;

	for (i = 0; i < n; i++) {
		failure = find_failure(r, patterns[i]);
		if (failure == NULL || failure->told)
			continue;
		failure->told = true;
		notes_addf(notes, NOTE_WARNING, NULL, 0,
		    "source '%s': %s: pattern '%s' gave up on some texts, "
		    "which count as no match",
		    r->source->name, what, pattern_text(patterns[i]));
	}
}

void
party_tell_failures(struct resolver *r, struct notes *notes)
{
	const struct source *s = r->source;
	int f;

	if (r->nfailures == 0)
		return;
	tell(r, "trunks", s->trunks, s->ntrunks, notes);
	for (f = FEATURE_NONE + 1; f < FEATURE_COUNT; f++)
		tell(r, feature_name((enum call_feature)f), s->services[f],
		    s->nservices[f], notes);
}
