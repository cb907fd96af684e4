#include "io/pattern.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "io/pattern_impl.h"

enum {
	/* Memory for the backtracking of one match, in KiB. */
	HEAP_LIMIT = 20 * 1024,

	/* Memory on the stack for one match: with 32 groups under 1 KiB. */
	SCRATCH = 2048,
};

/*
 * To machine code is compiled what is matched at all: most patterns of a site
 * are not, and it takes longer than to find their faults.
 */
struct machine {
	pthread_mutex_t lock;
	atomic_bool tried; /* then `code` changes no more */
	bool made;
};

struct pattern {
	char *text;
	int flags;
	size_t groups; /* the whole match is one */
	struct pattern_plain plain;
	pcre2_code *code;
	struct machine *machine;
	pcre2_match_context *limits;
};

/*
 * PCRE2 asks for the memory of its match data here.  It is taken from the
 * stack of the call as long as that lasts: no allocation, nothing shared.
 */
struct scratch {
	size_t used;
	_Alignas(max_align_t) char bytes[SCRATCH];
};

static void *
scratch_alloc(size_t size, void *data)
{
	const size_t align = _Alignof(max_align_t);
	struct scratch *s = data;
	void *p;

	size = (size + align - 1) / align * align;
	if (size > SCRATCH - s->used)
		return xmalloc(size);
	p = s->bytes + s->used;
	s->used += size;
	return p;
}

static void
scratch_free(void *p, void *data)
{
	struct scratch *s = data;
	const uintptr_t at = (uintptr_t)p, begin = (uintptr_t)s->bytes;

	if (at < begin || at >= begin + SCRATCH)
		free(p);
}

static pcre2_code *
compile(const char *text, int flags, uint32_t options, int *fault,
    size_t *offset)
{
	options |= PCRE2_NEVER_BACKSLASH_C;
	options |= (flags & PATTERN_BYTES) != 0
		       ? PCRE2_NEVER_UTF
		       : PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options,
	    fault, offset, NULL);
}

static int
compile_fault(int code, struct errmsg *err)
{
	PCRE2_UCHAR words[256];

	(void)pcre2_get_error_message(code, words, sizeof(words));
	return errmsg_set(err, "%s", (const char *)words);
}

static struct pattern *
new_pattern(const char *text, int flags, pcre2_code *code)
{
	struct pattern *p = xcalloc(1, sizeof(*p));
	uint32_t captures = 0;

	p->text = xstrdup(text);
	p->flags = flags;
	pattern_plain(&p->plain, p->text, flags);
	p->code = code;
	p->machine = xcalloc(1, sizeof(*p->machine));
	(void)pthread_mutex_init(&p->machine->lock, NULL);
	atomic_init(&p->machine->tried, false);
	(void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &captures);
	p->groups = (size_t)captures + 1;
	p->limits = pcre2_match_context_create(NULL);
	if (p->limits == NULL)
		abort(); /* out of memory */
	(void)pcre2_set_match_limit(p->limits, BOUNDS_PATTERN_MATCH);
	(void)pcre2_set_depth_limit(p->limits, BOUNDS_PATTERN_DEPTH);
	(void)pcre2_set_heap_limit(p->limits, HEAP_LIMIT);
	return p;
}

/*
 * Whether a pattern may call a part of itself: (?R), (?1), (?+1), (?-1),
 * (?&name), (?P>name), \g.  Compiled to machine code such a pattern can go on
 * for ever, because it does not count its steps there.
 */
static bool
may_recurse(const char *text)
{
	const char *p = text;

	if (strstr(text, "\\g") != NULL)
		return true;
	while ((p = strstr(p, "(?")) != NULL) {
		p += 2;
		if (*p != '\0' && strchr("R&+-0123456789", *p) != NULL)
			return true;
		if (p[0] == 'P' && p[1] == '>')
			return true;
	}
	return false;
}

int
pattern_compile(struct pattern **pp, const char *text, int flags,
    size_t *offset, struct errmsg *err)
{
	const uint32_t whole = PCRE2_ANCHORED | PCRE2_ENDANCHORED;
	pcre2_code *code;
	int fault;

	if (strlen(text) > BOUNDS_PATTERN) {
		*offset = BOUNDS_PATTERN;
		return errmsg_set(err, "longer than %d bytes", BOUNDS_PATTERN);
	}
	code = compile(text, flags, (flags & PATTERN_WHOLE) != 0 ? whole : 0,
	    &fault, offset);
	if (code == NULL)
		return compile_fault(fault, err);
	*pp = new_pattern(text, flags, code);
	return 0;
}

void
pattern_free(struct pattern **pp)
{
	struct pattern *p = *pp;

	if (p == NULL)
		return;
	(void)pthread_mutex_destroy(&p->machine->lock);
	free(p->machine);
	pcre2_match_context_free(p->limits);
	pcre2_code_free(p->code);
	free(p->text);
	free(p);
	*pp = NULL;
}

const char *
pattern_text(const struct pattern *p)
{
	return p->text;
}

/* Whether there is machine code; not every machine has it. */
static bool
has_machine_code(const struct pattern *p)
{
	struct machine *m = p->machine;
	size_t size = 0;

	if (atomic_load_explicit(&m->tried, memory_order_acquire))
		return m->made;
	(void)pthread_mutex_lock(&m->lock);
	if (!atomic_load_explicit(&m->tried, memory_order_relaxed)) {
		if (!may_recurse(p->text))
			(void)pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE);
		(void)pcre2_pattern_info(p->code, PCRE2_INFO_JITSIZE, &size);
		m->made = size > 0;
		atomic_store_explicit(&m->tried, true, memory_order_release);
	}
	(void)pthread_mutex_unlock(&m->lock);
	return m->made;
}

/* What PCRE2 says: more than 0, PCRE2_ERROR_NOMATCH or another error. */
static int
run(const struct pattern *p, const char *s, size_t len, pcre2_match_data *data)
{
	PCRE2_SPTR text = (PCRE2_SPTR)s;
	int status;

	/* What pcre2_match() asks first is known: the pattern takes all bytes.
	 */
	if (has_machine_code(p))
		status =
		    pcre2_jit_match(p->code, text, len, 0, 0, data, p->limits);
	else
		status = pcre2_match(p->code, text, len, 0, 0, data, p->limits);
	/* The compiled form has a small stack; the interpreter has not. */
	if (status == PCRE2_ERROR_JIT_STACKLIMIT)
		status = pcre2_match(p->code, text, len, 0, PCRE2_NO_JIT, data,
		    p->limits);
	/* 0: there were more groups than the data have room for. */
	return status == 0 ? 1 : status;
}

static pcre2_match_data *
new_data(struct scratch *scratch, size_t ngroups)
{
	pcre2_general_context *context;
	pcre2_match_data *data;

	scratch->used = 0;
	context =
	    pcre2_general_context_create(scratch_alloc, scratch_free, scratch);
	data = pcre2_match_data_create(ngroups > 0 ? (uint32_t)ngroups : 1,
	    context);
	/* The data have a copy of it. */
	pcre2_general_context_free(context);
	return data;
}

/*
 * The interpreter of PCRE2 goes on behind malformed bytes even if the pattern
 * is anchored, and so a whole match is found that is none.
 */
static bool
skipped_bytes(const struct pattern *p, const char *s, size_t len,
    const size_t *pair)
{
	return (p->flags & PATTERN_WHOLE) != 0 &&
	       (p->flags & PATTERN_BYTES) == 0 &&
	       (pair[0] > 0 || pair[1] < len) && !utf8_valid(s, len);
}

static int
match_fault(const struct pattern *p, int status, struct errmsg *err)
{
	PCRE2_UCHAR words[256];

	(void)pcre2_get_error_message(status, words, sizeof(words));
	return errmsg_set(err, "pattern '%s' gave up: %s", p->text,
	    (const char *)words);
}

static int
match(const struct pattern *p, const char *s, size_t len,
    struct pattern_group *groups, size_t ngroups, struct errmsg *err)
{
	struct scratch scratch;
	pcre2_match_data *data = new_data(&scratch, ngroups);
	const size_t *pairs = pcre2_get_ovector_pointer(data);
	int status = run(p, s, len, data);
	size_t i;

	if (status > 0 && skipped_bytes(p, s, len, pairs))
		status = PCRE2_ERROR_NOMATCH;

	for (i = 0; i < ngroups && status > 0; i++) {
		groups[i] = (struct pattern_group){ 1, 0 };
		if (i < p->groups && pairs[2 * i] != PCRE2_UNSET)
			groups[i] = (struct pattern_group){ pairs[2 * i],
				pairs[2 * i + 1] };
	}
	pcre2_match_data_free(data);
	if (status > 0)
		return 1;
	return status == PCRE2_ERROR_NOMATCH ? 0 : match_fault(p, status, err);
}

int
pattern_match(const struct pattern *p, const char *s, size_t len,
    struct pattern_group *groups, size_t ngroups, struct errmsg *err)
{
	const struct pattern_plain *plain = &p->plain;
	struct pattern_group found[PATTERN_PLAIN_GROUPS];
	int matches = -1;

	if (plain->match != NULL && ngroups == PATTERN_PLAIN_GROUPS)
		matches = plain->match(plain, s, len, groups);
	else if (plain->match != NULL && ngroups < PATTERN_PLAIN_GROUPS)
		matches = plain->match(plain, s, len, found);
	if (matches < 0)
		return match(p, s, len, groups, ngroups, err);
	if (matches > 0 && ngroups == 1)
		groups[0] = found[0];
	return matches;
}

/*
 * PCRE2 has no partial matches of a pattern that is anchored at its end, so
 * ask for the end in the pattern.  NULL if it does not bear to be wrapped.
 */
static pcre2_code *
compile_for_reach(const struct pattern *p)
{
	pcre2_code *code;
	struct buf wrapped;
	size_t offset;
	int fault;

	buf_init(&wrapped);
	buf_addf(&wrapped, "(?:%s)\\z", p->text);
	code = compile(wrapped.data, p->flags, PCRE2_ANCHORED, &fault, &offset);
	buf_fini(&wrapped);
	return code;
}

size_t
pattern_reach(const struct pattern *p, const char *s, size_t len)
{
	pcre2_code *code = compile_for_reach(p);
	struct scratch scratch;
	pcre2_match_data *data = new_data(&scratch, 1);
	size_t reach = 0, step;
	int status;

	assert((p->flags & PATTERN_WHOLE) != 0);
	for (; code != NULL && reach < len; reach += step) {
		step = 1;
		if ((p->flags & PATTERN_BYTES) == 0)
			step = utf8_char(s + reach, len - reach);
		if (step == 0)
			break;
		status = pcre2_match(code, (PCRE2_SPTR)s, reach + step, 0,
		    PCRE2_PARTIAL_HARD, data, p->limits);
		if (status < 0 && status != PCRE2_ERROR_PARTIAL)
			break;
	}
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	return reach;
}
