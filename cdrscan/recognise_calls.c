/* The first calls of a file side by side, for --recognise. */
#include "recognise.h"

#include "tel/calltime.h"
#include "tel/money.h"

/* The rows of the table of calls; what is not there is left empty. */
enum row {
	ROW_LINE,
	ROW_START,
	ROW_DIRECTION,
	ROW_SRC,
	ROW_DST,
	ROW_DIALLED,
	ROW_FORWARDED,
	ROW_DURATION,
	ROW_STATUS,
	ROW_TRUNK_IN,
	ROW_TRUNK_OUT,
	ROW_ACCOUNT,
	ROW_COST,
	ROWS
};

static const char *const row_names[ROWS] = { "line", "start", "direction",
	"src", "dst", "dialled", "forwarded_by", "duration", "status",
	"trunk_in", "trunk_out", "account", "cost" };

static void
put_account(struct buf *b, const struct batch *batch, const struct call *c)
{
	const char *name = batch_text(batch, c->account);

	if (name[0] == '\0')
		return;
	buf_addstr(b, name);
	if (c->account_type != ACCOUNT_ACCOUNT)
		buf_addf(b, " (%s)", account_type_name(c->account_type));
}

static void
put_cost(struct buf *b, const struct batch *batch, size_t i)
{
	const struct call *c = &batch->calls[i];
	const char *currency =
	    batch_text(batch, batch->currencies[c->currency]);

	if ((c->flags & CALL_HAS_COST) == 0)
		return;
	if (currency[0] != '\0')
		buf_addf(b, "%s ", currency);
	money_print(b, batch_cost(batch, i));
}

static void
put_text(struct buf *b, const struct batch *batch, size_t i, enum row row)
{
	const struct call *c = &batch->calls[i];

	if (row == ROW_SRC)
		buf_addstr(b, batch_party_text(batch, c->src));
	else if (row == ROW_DST)
		buf_addstr(b, batch_party_text(batch, c->dst));
	else if (row == ROW_DIALLED)
		buf_addstr(b, batch_text(batch, c->dialled));
	else if (row == ROW_FORWARDED)
		buf_addstr(b, batch_party_text(batch,
				  batch_extra(batch, EXTRA_FORWARDED_BY, i)));
	else if (row == ROW_TRUNK_IN)
		buf_addstr(b, batch_text(batch, c->trunk_in));
	else if (row == ROW_TRUNK_OUT)
		buf_addstr(b, batch_text(batch, c->trunk_out));
}

static void
put_cell(struct buf *b, const struct batch *batch, const struct looked_at *l,
    size_t i, enum row row)
{
	const struct call *c = &batch->calls[i];

	switch (row) {
	case ROW_LINE:
		buf_addf(b, "%u", (unsigned)batch->origins[i].line);
		break;
	case ROW_START:
		time_local(b, l->zone, c->start);
		break;
	case ROW_DIRECTION:
		buf_addstr(b, direction_name(c->direction));
		break;
	case ROW_DURATION:
		span_clock(b, c->duration);
		break;
	case ROW_STATUS:
		buf_addstr(b, status_name(c->status));
		break;
	case ROW_ACCOUNT:
		put_account(b, batch, c);
		break;
	case ROW_COST:
		put_cost(b, batch, i);
		break;
	default:
		put_text(b, batch, i, row);
		break;
	}
}

/* A row, unless no call has anything there. */
static void
add_row(struct page_table *t, const struct batch *batch,
    const struct looked_at *l, enum row row)
{
	struct buf cells[RECOGNISE_CALLS];
	bool any = false;
	size_t i;

	for (i = 0; i < l->n; i++) {
		buf_init(&cells[i]);
		put_cell(&cells[i], batch, l, l->calls[i], row);
		any |= cells[i].len > 0;
	}
	if (any)
		page_table_cell(t, row_names[row], PAGE_PLAIN);
	for (i = 0; i < l->n; i++) {
		if (any)
			page_table_cell(t, cells[i].data, PAGE_PLAIN);
		buf_fini(&cells[i]);
	}
}

void
recognise_calls(struct page *p, const struct batch *batch,
    const struct looked_at *l)
{
	static const struct page_column columns[1 + RECOGNISE_CALLS] = {
		{ "", false, PAGE_WHOLE, 0 },
		{ "", false, PAGE_FOLD, 10 },
		{ "", false, PAGE_FOLD, 10 },
		{ "", false, PAGE_FOLD, 10 },
	};
	struct page_table *t;
	enum row row;

	if (l->n == 0)
		return;
	t = page_table_new(columns, 1 + l->n);
	for (row = 0; row < ROWS; row++)
		add_row(t, batch, l, row);
	page_table_print(t, p, 2, false);
	page_table_free(&t);
}
