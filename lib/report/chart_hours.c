#include "report/chart_impl.h"

/* Cells of 15 by 14 beside the names of the days. */
static const double cell_w = 15, cell_h = 14, left = 38, top = 16;

static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat",
	"Sun" };

enum { SHADES = 5 };

/* How dark: 1 to SHADES. */
static int
shade(uint32_t n, uint32_t most)
{
	return (int)((n * (uint64_t)SHADES + most - 1) / most);
}

static void
put_cell(struct buf *b, const struct casedata *d, int day, int hour,
    uint32_t most)
{
	const double x = left + hour * cell_w, y = top + day * cell_h;
	uint32_t n = d->hours[day][hour];
	struct buf tip, class;

	chart_box(b, x, y, cell_w - 1, cell_h - 1,
	    d->closed[day][hour] ? "closed" : "open", NULL);
	if (n == 0)
		return;
	buf_init(&tip);
	buf_init(&class);
	buf_addf(&tip, "%s %02d:00 to %02d:59: ", days[day], hour, hour);
	words_count(&tip, n, "call", "calls");
	buf_addf(&class, "heat%d", shade(n, most));
	chart_box(b, x, y, cell_w - 1, cell_h - 1, class.data, tip.data);
	buf_fini(&class);
	buf_fini(&tip);
}

static uint32_t
most_of(const struct casedata *d)
{
	uint32_t most = 0;
	int day, hour;

	for (day = 0; day < 7; day++)
		for (hour = 0; hour < 24; hour++)
			if (d->hours[day][hour] > most)
				most = d->hours[day][hour];
	return most;
}

static void
put_legend(struct buf *b, const struct casedata *d, uint32_t most, double y)
{
	double x = left;
	char class[] = "heat0";
	struct buf text;
	int i;

	buf_init(&text);
	for (i = 1; i <= SHADES && most > 0; i++, x += cell_w) {
		class[4] = (char)('0' + i);
		chart_box(b, x, y, cell_w - 1, cell_h - 1, class, NULL);
	}
	if (most > 0) {
		buf_addf(&text, "up to %lu in an hour", (unsigned long)most);
		chart_words(b, x + 4, y + 10, "start", text.data);
	}
	if (d->has_hours) {
		chart_box(b, 270, y, cell_w - 1, cell_h - 1, "closed", NULL);
		chart_words(b, 270 + cell_w + 4, y + 10, "start",
		    "the site is closed");
	}
	buf_fini(&text);
}

void
chart_hours(struct buf *b, const struct casedata *d)
{
	static const char *const hours[] = { "0", "3", "6", "9", "12", "15",
		"18", "21" };
	uint32_t most = most_of(d);
	int day, hour;

	chart_begin(b, 138, "Calls by weekday and hour");
	chart_words(b, left - 6, 11, "end", "hour");
	for (hour = 0; hour < 24; hour += 3)
		chart_words(b, left + hour * cell_w, 11, "start",
		    hours[hour / 3]);
	for (day = 0; day < 7; day++) {
		chart_words(b, left - 6, top + day * cell_h + 10, "end",
		    days[day]);
		for (hour = 0; hour < 24; hour++)
			put_cell(b, d, day, hour, most);
		buf_addch(b, '\n');
	}
	put_legend(b, d, most, top + 7 * cell_h + 6);
	chart_end(b);
}
