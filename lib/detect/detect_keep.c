/* detect_keep: what rules keep for the next run. */
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "detect/detect_impl.h"

void
detect_keep_init(struct detect_keep *k)
{
	memset(k, 0, sizeof(*k));
}

void
detect_keep_fini(struct detect_keep *k)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		free(k->list[i].rule);
		buf_fini(&k->list[i].body);
	}
	free(k->list);
	detect_carried_fini(&k->carried);
	detect_keep_init(k);
}

static struct detect_kept *
find(const struct detect_keep *k, const char *rule)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->list[i].rule, rule) == 0)
			return &k->list[i];
	return NULL;
}

struct buf *
detect_keep_put(struct detect_keep *k, const char *rule)
{
	struct detect_kept *kept = find(k, rule);

	if (kept == NULL) {
		k->list = xgrow(k->list, &k->cap, k->n + 1, sizeof(*k->list));
		kept = &k->list[k->n++];
		kept->rule = xstrdup(rule);
		buf_init(&kept->body);
	}
	buf_reset(&kept->body);
	kept->same = NULL;
	return &kept->body;
}

void
detect_keep_same(struct detect_keep *k, const char *rule, const struct buf *was)
{
	(void)detect_keep_put(k, rule);
	find(k, rule)->same = was;
}

const struct buf *
detect_kept_body(const struct detect_kept *kept)
{
	return kept->same != NULL ? kept->same : &kept->body;
}

const struct buf *
detect_keep_get(const struct detect_keep *k, const char *rule)
{
	const struct detect_kept *kept = find(k, rule);

	return kept != NULL ? detect_kept_body(kept) : NULL;
}
