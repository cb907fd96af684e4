/* --profile: what each stage of the run took, to standard error. */
#include "scan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/beside.h"

static double
seconds(int64_t ns)
{
	return (double)ns / 1e9;
}

/* "200000 records", "1 finding": units are written as many. */
static void
add_count(struct buf *out, const struct stages_line *l)
{
	size_t len;

	if (l->unit == NULL)
		return;
	len = strlen(l->unit);
	buf_addf(out, ", %" PRId64 " %.*s", l->n,
	    (int)(len - (l->n == 1 && len > 0)), l->unit);
}

/* Parts, which may run side by side, have processor time alone. */
static void
add_line(struct buf *out, const struct stages_line *l, int64_t all)
{
	if (l->part)
		buf_fill(out, ' ', 10);
	else
		buf_addf(out, "%10.3f", seconds(l->wall_ns));
	buf_addf(out, "%8.3f%8.1f  %s%s", seconds(l->cpu_ns),
	    all > 0 ? 100.0 * (double)l->cpu_ns / (double)all : 0.0,
	    l->part ? "  " : "", l->name);
	add_count(out, l);
	buf_addch(out, '\n');
}

void
scan_profile(struct scan *s)
{
	struct stages_line total, rest, *lines;
	struct buf out;
	size_t i, n;

	if (!s->o->profile || s->stages == NULL)
		return;
	beside_end(&s->closing);
	stages_total(s->stages, &total);
	rest = total;
	rest.name = "(the rest)";
	n = stages_lines(s->stages, &lines);
	buf_init(&out);
	buf_addf(&out, "%10s%8s%8s  %s\n", "seconds", "core-s", "share",
	    "stage");
	for (i = 0; i < n; i++) {
		add_line(&out, &lines[i], total.cpu_ns);
		if (!lines[i].part) {
			rest.wall_ns -= lines[i].wall_ns;
			rest.cpu_ns -= lines[i].cpu_ns;
		}
	}
	add_line(&out, &rest, total.cpu_ns);
	add_line(&out, &total, total.cpu_ns);
	(void)fwrite(out.data, 1, out.len, stderr);
	buf_fini(&out);
	free(lines);
}
