/* What of the configuration calls are judged by. */
#include <string.h>

#include "tool/config_impl.h"

static void
add_text(struct hash_state *h, const char *text)
{
	/* Not stated is another thing than stated as nothing. */
	hash_add(h, text != NULL ? "=" : "-", 1);
	if (text != NULL)
		hash_add(h, text, strlen(text) + 1);
}

static void
add_list(struct hash_state *h, const struct config_list *l)
{
	const uint64_t n = l->n;
	size_t i;

	hash_add(h, &n, sizeof(n));
	for (i = 0; i < l->n; i++)
		add_text(h, l->items[i]);
}

static void
add_site(struct hash_state *h, const struct config_site *s)
{
	const char *const texts[] = { s->name, s->site, s->tz, s->currency,
		s->home_country, s->calendar, s->national, s->area,
		s->extensions };
	const struct config_list *const lists[] = { &s->international,
		&s->outside, &s->own, &s->toll_free, &s->domestic, &s->trunks };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_text(h, texts[i]);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		add_list(h, lists[i]);
	for (i = 0; i < FEATURE_COUNT; i++)
		add_list(h, &s->services[i]);
}

void
config_judged(const struct config *c, struct hash_state *h)
{
	size_t i;

	add_site(h, &c->base);
	for (i = 0; i < c->nsources; i++)
		add_site(h, &c->sources[i]);
}
