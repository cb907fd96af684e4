#include "scene.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "detect/ruletest_impl.h"
#include "rule/rulefile.h"

int
scene_rules(struct scene *s, const char *rules)
{
	char path[] = "/tmp/cdrguard-test-XXXXXX";
	const char *paths[] = { path };
	int fd = mkstemp(path), status;
	size_t len = strlen(rules);

	memset(s, 0, sizeof(*s));
	ruleset_init(&s->rules);
	notes_init(&s->notes);
	results_init(&s->found);
	s->set.zone = zone_utc();
	if (fd < 0 || write(fd, rules, len) != (ssize_t)len || close(fd) != 0)
		abort();
	status = rulefile_load(&s->rules, paths, 1, NULL, 0, &s->notes);
	(void)unlink(path);
	return status;
}

char *
scene_rule(const char *keys)
{
	struct buf b;

	buf_init(&b);
	buf_addf(&b,
	    "{\"cdrrules\": 1, \"rules\": [{\"id\": \"r\", \"version\": 1, "
	    "\"title\": \"T\", \"description\": \"D\", \"status\": \"test\", "
	    "\"fraud_type\": \"irsf\", \"family\": \"volume\", \"score\": 45, "
	    "\"waiver_needs\": [\"account\"], %s}]}",
	    keys);
	return buf_detach(&b);
}

void
scene_calls(struct scene *s, const char *calls)
{
	struct json_doc *doc;
	struct buf b;

	buf_init(&b);
	buf_addf(&b, "{%s}", calls);
	doc = json_parse(b.data, b.len, "calls", &s->notes);
	assert(doc != NULL);
	batch_free(&s->calls);
	if (ruletest_calls(&s->calls, json_root(doc), NULL, zone_utc(),
		&s->err) < 0) {
		(void)fprintf(stderr, "%s\n", s->err.text);
		abort();
	}
	s->set.as_of =
	    s->calls->n > 0 ? s->calls->calls[s->calls->n - 1].start : 0;
	json_free(&doc);
	buf_fini(&b);
}

int
scene_run(struct scene *s)
{
	results_fini(&s->found);
	notes_fini(&s->notes);
	return detect_run(s->calls, &s->rules, &s->set, &s->found, &s->notes,
	    &s->err);
}

void
scene_play(struct scene *s, const char *rules, const char *calls)
{
	struct buf b;
	size_t i;

	if (scene_rules(s, rules) < 0) {
		for (i = 0; i < s->notes.n; i++)
			(void)fprintf(stderr, "%s\n", s->notes.list[i].text);
		abort();
	}
	buf_init(&b);
	buf_addf(&b, "\"calls\": [%s]", calls);
	scene_calls(s, b.data);
	buf_fini(&b);
	if (scene_run(s) != 0)
		abort();
}

const struct finding *
scene_find(struct scene *s, const char *keys, const char *calls)
{
	char *rules = scene_rule(keys);
	size_t i;

	if (scene_rules(s, rules) < 0) {
		for (i = 0; i < s->notes.n; i++)
			(void)fprintf(stderr, "%u:%u: %s\n",
			    (unsigned)s->notes.list[i].line,
			    (unsigned)s->notes.list[i].column,
			    s->notes.list[i].text);
		abort();
	}
	free(rules);
	scene_calls(s, calls);
	if (scene_run(s) != 0 || s->found.n != 1) {
		(void)fprintf(stderr, "%zu findings\n", s->found.n);
		abort();
	}
	return s->found.findings[0];
}

void
scene_end(struct scene *s)
{
	results_fini(&s->found);
	batch_free(&s->calls);
	notes_fini(&s->notes);
	ruleset_fini(&s->rules);
}
