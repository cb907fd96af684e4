#include <stdio.h>
#include <string.h>

#include "report/emit_text_impl.h"
#include "tel/money.h"

enum page_style
text_style(int score)
{
	switch (severity_of(score)) {
	case SEV_CRITICAL:
		return PAGE_ALARM;
	case SEV_HIGH:
		return PAGE_RED;
	case SEV_MEDIUM:
		return PAGE_YELLOW;
	default:
		return PAGE_PLAIN;
	}
}

void
text_money_see(struct text_money_column *m, const char *currency,
    bool estimated)
{
	const char *name = currency[0] != '\0' ? currency : "cost";

	m->mixed = m->mixed || (m->any && strcmp(m->name, name) != 0);
	m->name = m->mixed ? "money" : name;
	m->estimated = m->estimated || estimated;
	m->any = true;
	(void)snprintf(m->head, sizeof(m->head), "%.18s%s", m->name,
	    m->estimated ? " est." : "");
}

void
text_money_cell(struct page_table *t, const struct text_money_column *m,
    const char *currency, int64_t micro)
{
	struct buf b;

	buf_init(&b);
	if (m->mixed && currency[0] != '\0')
		buf_addf(&b, "%s ", currency);
	money_print(&b, micro);
	page_table_cell(t, b.data, PAGE_PLAIN);
	buf_fini(&b);
}
