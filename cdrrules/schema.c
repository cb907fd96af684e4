#include "rules.h"

#include "rule/rulefile.h"

int
command_schema(struct rules_run *r)
{
	r->settings = true;
	rulefile_schema(&r->out);
	return EXIT_DONE;
}
