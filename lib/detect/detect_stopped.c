#include "detect/detect_finding_impl.h"

/* Nobody's fault and no fraud, but somebody should look: the least of "low". */
enum { STOPPED_SCORE = 20 };

void
detect_stopped(const struct detect_work *w, const struct errmsg *why)
{
	static const char *const group_fields[] = { "rule" };
	static const char *const triage[] = {
		"Until the rule is changed it sees nothing: make its match "
		"narrower or its pattern simpler.",
		"Texts of callers can be made to stop a pattern: look at the "
		"calls that have this one.",
	};
	struct arena *arena = &w->out->arena;
	const struct batch *b = w->batch->calls;
	struct finding *f = results_finding(w->out);
	const char **group = arena_array(arena, 1, sizeof(*group));

	f->kind = KIND_FINDING;
	f->rule = DETECT_STOPPED;
	f->title = "Rule stopped";
	f->family = f->fraud_type = "data-quality";
	f->rule_hash = arena_printf(arena, "xxh128:%s", w->rule->hash);
	f->rule_version = 1;
	f->triage = triage;
	f->ntriage = sizeof(triage) / sizeof(triage[0]);
	f->score = STOPPED_SCORE;
	f->entity_type = "rule";
	f->entity = group[0] = arena_strdup(arena, w->rule->id);
	f->group_fields = group_fields;
	f->group_values = group;
	f->ngroup = 1;
	f->first_seen = b->calls[0].start;
	f->last_seen = f->crossed_at = b->calls[b->n - 1].start;
	f->id = detect_finding_id(w, f, f->first_seen);
	f->reason = arena_printf(arena, "stopped, %s", why->text);
}
