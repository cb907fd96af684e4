#include "tool/datadir.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "io/builtin.h"
#include "io/input.h"

/* A folder is the shipped data if it has the rules. */
static bool
has_rules(const char *dir)
{
	struct buf path;
	bool has;

	buf_init(&path);
	buf_addf(&path, "%s/rules.d", dir);
	has = input_is_directory(path.data);
	buf_fini(&path);
	return has;
}

void
datadir_from(struct buf *path, const char *bin, const char *installed)
{
	static const char *const near[] = { "/../rules", "/../share/cdrguard" };
	size_t i;

	for (i = 0; bin != NULL && i < sizeof(near) / sizeof(near[0]); i++) {
		buf_reset(path);
		buf_addf(path, "%s%s", bin, near[i]);
		if (has_rules(path->data))
			return;
	}
	buf_reset(path);
	buf_addstr(path, installed);
	if (has_rules(path->data))
		return;
	buf_reset(path);
	buf_addstr(path, BUILTIN_ROOT);
}

void
datadir_find(struct buf *path)
{
	char self[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	datadir_from(path, slash != NULL ? self : NULL, CDRGUARD_DATADIR);
}
