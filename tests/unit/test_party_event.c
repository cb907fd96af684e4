/* Events among the calls: parties, accounts and legs leave them alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "cdr/legs.h"
#include "recorded.h"

static void
make_event(struct batch *b, enum call_event event, const char *action)
{
	b->calls[b->n - 1].flags |= CALL_EVENT;
	b->origins[b->n - 1].event = (unsigned)event & 3;
	b->origins[b->n - 1].service = intern_addstr(b->names, action);
}

static void
check(struct batch *b, const char *want)
{
	static const char *const parts[] = { "event", "action", "account",
		"user", "dst", "international", "direction", "feature",
		"auth_code" };
	struct buf out;
	size_t i;

	buf_init(&out);
	batch_sort(b);
	recorded_resolve(b, recorded_site.plan, NULL, 0, NULL);
	(void)legs_join(b, 1, NULL, NULL);
	batch_sort(b);
	for (i = 0; i < b->n; i++) {
		recorded_print(b, i, parts, sizeof(parts) / sizeof(parts[0]),
		    &out);
		buf_addch(&out, '\n');
	}
	assert_string_equal(out.data, want);
	buf_fini(&out);
	batch_free(&b);
}

/* Who did it is not whose account it is. */
static void
test_parties(void **state)
{
	struct batch *b = batch_new();

	(void)state;
	recorded_add(b,
	    &(struct recorded){ .at = 1, .account = "2041", .user = "admin" });
	make_event(b, EVENT_ADMIN, "voicemail PIN reset");
	recorded_add(b, &(struct recorded){ .at = 2, .user = "2042" });
	make_event(b, EVENT_ADMIN, "login");
	recorded_add(b, &(struct recorded){ .at = 3,
			    .account = "2041",
			    .user = "admin",
			    .dst = "9011442079460123" });
	make_event(b, EVENT_FORWARD_SET, "forward");
	recorded_add(b,
	    &(struct recorded){ .at = 4, .account = "2041", .dst = "2043" });
	make_event(b, EVENT_FORWARD_SET, "forward");
	check(b, "event=admin action=voicemail PIN reset account=2041 "
		 "user=admin dst=(missing) international=(missing) "
		 "direction=(missing) feature=none auth_code=(missing)\n"
		 "event=admin action=login account=default user=2042 "
		 "dst=(missing) international=(missing) direction=(missing) "
		 "feature=none auth_code=(missing)\n"
		 "event=forward-set action=forward account=2041 user=admin "
		 "dst=+442079460123 international=true direction=(missing) "
		 "feature=none auth_code=(missing)\n"
		 "event=forward-set action=forward account=2041 "
		 "user=(missing) dst=2043 international=false "
		 "direction=(missing) feature=none auth_code=(missing)\n");
}

/* An event is no leg; what code allowed the call another leg may tell. */
static void
test_legs(void **state)
{
	struct batch *b = batch_new();
	int i;

	(void)state;
	for (i = 0; i < 2; i++)
		recorded_add(b,
		    &(struct recorded){ .at = i,
			.talk = i == 0 ? 60 : 0,
			.status = i == 0 ? STATUS_ANSWERED : STATUS_NO_ANSWER,
			.src = "2041",
			.dst = "2042",
			.join = "j" });
	batch_set_extra(b, EXTRA_AUTH_CODE, 1, intern_addstr(b->names, "4711"));
	recorded_add(b,
	    &(struct recorded){ .at = 2, .account = "2041", .join = "j" });
	make_event(b, EVENT_ADMIN, "change");
	check(b, "event=call action=(missing) account=2041 user=2041 dst=2042 "
		 "international=false direction=internal feature=none "
		 "auth_code=4711\n"
		 "event=admin action=change account=2041 user=(missing) "
		 "dst=(missing) international=(missing) direction=(missing) "
		 "feature=none auth_code=(missing)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parties),
		cmocka_unit_test(test_legs),
	};

	return cmocka_run_group_tests(tests, site_set_up, site_tear_down);
}
