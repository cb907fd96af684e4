#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "io/xmltext_impl.h"

void
xml_path_fini(struct xml_path *p)
{
	size_t i;

	for (i = 0; i < p->nsteps; i++) {
		free(p->steps[i].name);
		free(p->steps[i].attribute);
		free(p->steps[i].value);
	}
	free(p->steps);
	free(p->attribute);
	buf_fini(&p->text);
}

/* Take a name from `*s`; NULL if there is none. */
static char *
take_name(const char **s)
{
	const size_t len = strcspn(*s, "/@[]='\" \t\r\n<>&:");
	char *name;

	if (len == 0)
		return NULL;
	name = xstrndup(*s, len);
	*s += len;
	return name;
}

/* "[@type='q850']", or nothing. */
static bool
take_condition(const char **s, struct xml_step *step)
{
	size_t len;

	if (**s != '[')
		return true;
	if (strncmp(*s, "[@", 2) != 0)
		return false;
	*s += 2;
	step->attribute = take_name(s);
	if (step->attribute == NULL || strncmp(*s, "='", 2) != 0)
		return false;
	*s += 2;
	len = strcspn(*s, "'");
	step->value = xstrndup(*s, len);
	*s += len;
	if (strncmp(*s, "']", 2) != 0)
		return false;
	*s += 2;
	return true;
}

bool
xml_path_take(struct xml_path *p, const char *s)
{
	struct xml_step *step;

	for (;;) {
		if (*s == '@') {
			s++;
			p->attribute = take_name(&s);
			return p->attribute != NULL && *s == '\0';
		}
		p->steps =
		    xgrow(p->steps, &p->cap, p->nsteps + 1, sizeof(*p->steps));
		step = &p->steps[p->nsteps++];
		*step = (struct xml_step){ .name = take_name(&s) };
		if (step->name == NULL || !take_condition(&s, step))
			return false;
		if (*s != '/')
			return *s == '\0';
		s++;
	}
}
