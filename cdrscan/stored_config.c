/*
 * Whether the configuration is the one of the last run.  Calls are understood
 * anew by each run, so nothing has to be done; but who wonders why findings
 * changed should be told.
 */
#include "stored.h"

#include <string.h>

static void
add_text(struct hash_state *h, const char *text)
{
	if (text == NULL)
		text = "";
	hash_add(h, text, strlen(text) + 1);
}

/*
 * The site's directory and rates are not part of it: they are expected to
 * change, and are data.
 */
static void
fingerprint(const struct scan *s, char hex[HASH_HEX])
{
	const struct config *c = &s->setup.config;
	struct hash_state *h = hash_new();

	add_text(h, c->doc != NULL ? json_text(c->doc) : "");
	add_text(h, s->setup.options->tz);
	hash_end_hex(h, hex);
	hash_free(&h);
}

int
stored_config(struct stored_run *r, struct errmsg *err)
{
	struct buf last;
	int got;

	fingerprint(r->s, r->config);
	buf_init(&last);
	got = store_get(r->store, "config", &last, err);
	if (got == 1 && strcmp(last.data, r->config) != 0) {
		diag_remark(&r->s->setup.diag,
		    "the configuration is another one (%.8s) than in the last "
		    "run (%.8s): all calls are understood by it",
		    r->config, last.data);
		r->changes.why = "the configuration changed";
	}
	buf_fini(&last);
	if (got < 0)
		return -1;
	return store_set(r->store, "config", r->config, err);
}
