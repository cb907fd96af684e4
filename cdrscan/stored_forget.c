/* --forget: an import undone, before everything is scored anew. */
#include "stored.h"

#include "store/store_forget.h"

int
stored_forget(struct stored_run *r, struct errmsg *err)
{
	struct scan *s = r->s;
	const char *name = s->o->forget;
	struct store_forgotten f;
	enum store_import what;
	struct buf as;
	int64_t id;
	int got;

	buf_init(&as);
	got = store_forget_find(r->store, name, &what, &id, &as, err);
	if (got == 0)
		got = store_forget(r->store, what, as.data, id, &f, err);
	buf_fini(&as);
	if (got != 0)
		return -1;
	r->changes.why = "its calls were forgotten";
	s->forgotten = arena_printf(&s->results.arena,
	    "%s: %lld call%s forgotten, %lld kept because another file has "
	    "%s, %lld file%s unread now",
	    name, (long long)f.calls, diag_s(f.calls), (long long)f.kept,
	    f.kept == 1 ? "it" : "them", (long long)f.files, diag_s(f.files));
	diag_remark(&s->setup.diag, "%s%s", s->forgotten,
	    f.files > 0 && s->from_config
		? "; what is still where sources look is read again by the "
		  "next run"
		: "");
	return 0;
}
