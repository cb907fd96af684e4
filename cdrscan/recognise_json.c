/* What --recognise found, as cdr.recognition/1. */
#include "recognise.h"

#include "io/jsonout.h"
#include "tel/calltime.h"

static void
write_layout(struct jsonout *j, const struct looked_at *l)
{
	const struct recognition *found = &l->file->found;
	const struct layout *layout = l->layout;

	jsonout_key(j, "layout");
	jsonout_object(j);
	jsonout_kstring(j, "id", layout->id);
	jsonout_kstring(j, "title", layout->title);
	jsonout_kstring(j, "evidence",
	    layout->evidence == EVIDENCE_REAL ? "real" : "documented");
	jsonout_kbool(j, "stated", l->file->stated);
	jsonout_end_object(j);
	if (found->second == NULL)
		return;
	jsonout_key(j, "next_best");
	jsonout_object(j);
	jsonout_kstring(j, "id", found->second->id);
	jsonout_key(j, "confidence");
	jsonout_number(j, found->second_confidence);
	jsonout_end_object(j);
}

/* What the file settled of what its layout leaves open. */
static void
write_settled(struct jsonout *j, const struct looked_at *l)
{
	const struct recognition *found = &l->file->found;
	const char delimiter[2] = { found->form.dialect.delimiter, '\0' };

	jsonout_kstring_opt(j, "delimiter", delimiter);
	jsonout_kstring_opt(j, "times", recognise_stamp(l));
	jsonout_kbool(j, "either_day", found->either_day);
	if (l->n > 0)
		jsonout_kstring(j, "zone", zone_name(l->zone));
}

static void
write_counts(struct jsonout *j, const struct looked_at *l)
{
	const struct ingest_file *f = l->file;

	jsonout_key(j, "counts");
	jsonout_object(j);
	jsonout_kint(j, "records", f->records);
	jsonout_kint(j, "calls", f->calls);
	jsonout_kint(j, "legs", f->legs);
	jsonout_kint(j, "skipped", f->skipped);
	jsonout_kint(j, "duplicates", f->duplicates);
	jsonout_kint(j, "rejects", f->rejects);
	jsonout_end_object(j);
	if (l->reject == NULL)
		return;
	jsonout_key(j, "first_reject");
	jsonout_object(j);
	jsonout_kint(j, "line", l->reject->line);
	jsonout_kstring(j, "reason", l->reject->reason);
	jsonout_end_object(j);
}

static void
write_cost(struct jsonout *j, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];

	if ((c->flags & CALL_HAS_COST) == 0)
		return;
	jsonout_key(j, "cost");
	jsonout_decimal(j, batch_cost(b, i), 6);
	jsonout_kstring_opt(j, "currency",
	    batch_text(b, b->currencies[c->currency]));
}

static void
write_call(struct jsonout *j, const struct batch *b, size_t i)
{
	const struct call *c = &b->calls[i];
	struct buf start;

	buf_init(&start);
	time_rfc3339(&start, c->start);
	jsonout_object(j);
	jsonout_kint(j, "line", b->origins[i].line);
	jsonout_kstring(j, "start", start.data);
	jsonout_kstring_opt(j, "direction", direction_name(c->direction));
	jsonout_kstring_opt(j, "src", batch_party_text(b, c->src));
	jsonout_kstring_opt(j, "dst", batch_party_text(b, c->dst));
	jsonout_kstring_opt(j, "dialled", batch_text(b, c->dialled));
	jsonout_kstring_opt(j, "forwarded_by",
	    batch_party_text(b, batch_extra(b, EXTRA_FORWARDED_BY, i)));
	jsonout_key(j, "duration_s");
	jsonout_decimal(j, c->duration, 3);
	jsonout_kstring_opt(j, "status", status_name(c->status));
	jsonout_kstring_opt(j, "trunk_in", batch_text(b, c->trunk_in));
	jsonout_kstring_opt(j, "trunk_out", batch_text(b, c->trunk_out));
	jsonout_kstring_opt(j, "account", batch_text(b, c->account));
	jsonout_kstring_opt(j, "account_type",
	    account_type_name(c->account_type));
	write_cost(j, b, i);
	jsonout_end_object(j);
	buf_fini(&start);
}

static void
write_file(struct jsonout *j, const struct batch *b, const struct looked_at *l)
{
	size_t i;

	jsonout_object(j);
	jsonout_kstring(j, "schema", "cdr.recognition/1");
	jsonout_kstring(j, "file", l->file->path);
	if (l->layout != NULL)
		write_layout(j, l);
	jsonout_key(j, "confidence");
	jsonout_number(j, l->file->found.confidence);
	jsonout_kstring_opt(j, "reason", l->file->found.reason);
	if (l->file->found.nearest != NULL)
		jsonout_kstring(j, "nearest", l->file->found.nearest->id);
	jsonout_kstring_opt(j, "trouble", recognise_trouble(l));
	if (l->layout != NULL) {
		write_settled(j, l);
		write_counts(j, l);
	}
	jsonout_key(j, "calls");
	jsonout_array(j);
	for (i = 0; i < l->n; i++)
		write_call(j, b, l->calls[i]);
	jsonout_end_array(j);
	jsonout_end_object(j);
}

void
recognise_json(const struct scan *s, const struct looked_at *l, struct buf *out)
{
	struct jsonout j;

	jsonout_init(&j, out, false);
	write_file(&j, s->batch, l);
	buf_addch(out, '\n');
}

void
recognise_json_all(const struct scan *s, const struct looked_at *list, size_t n,
    struct buf *out)
{
	struct jsonout j;
	size_t i;

	jsonout_begin_list(&j, out);
	for (i = 0; i < n; i++)
		write_file(&j, s->batch, &list[i]);
	jsonout_end_list(&j);
}
