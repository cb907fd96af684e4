/* Who asks for a case that was merged into others is shown those. */
#include "report.h"
#include "report/words.h"

/* With heirs that are all there: a stream may have left some out. */
static const struct fraud_case *
find_merged(const struct results *rs, const char *name)
{
	const struct fraud_case *c = results_find_case(rs, name);
	size_t i;

	if (c == NULL || c->nheirs == 0)
		return NULL;
	for (i = 0; i < c->nheirs; i++)
		if (results_find_case(rs, c->heirs[i]) == NULL)
			return NULL;
	return c;
}

/* Whether they are shown is up to other options, too. */
static void
tell(const struct setup *s, const struct fraud_case *c)
{
	struct buf b;

	buf_init(&b);
	words_heirs(&b, c);
	diag_remark(&s->diag, "case %s is %s", c->id, b.data);
	buf_fini(&b);
}

struct select_any
report_follow(const struct setup *s, struct results *rs,
    const char *const *operands, size_t n)
{
	struct select_any names = { NULL, 0 };
	const struct fraud_case *c;
	size_t i, k, most = n;
	const char **list;

	for (i = 0; i < n; i++)
		if ((c = find_merged(rs, operands[i])) != NULL)
			most += c->nheirs;
	names.list = list = arena_array(&rs->arena, most + 1, sizeof(*list));
	for (i = 0; i < n; i++) {
		c = find_merged(rs, operands[i]);
		if (c == NULL) {
			list[names.n++] = operands[i];
			continue;
		}
		tell(s, c);
		for (k = 0; k < c->nheirs; k++)
			list[names.n++] = c->heirs[k];
	}
	return names;
}
