/* The parts of config: what the file says, and what a calendar says. */
#ifndef LIB_TOOL_CONFIG_IMPL_H
#define LIB_TOOL_CONFIG_IMPL_H

#include "tool/config.h"

/* One file while it is read. */
struct config_reading {
	struct config *config;
	const char *folder; /* of the file, absolute */
	struct notes *notes;
};

/* Every key of the file; problems become notes. */
void config_read(const struct config_reading *r, const struct json *root);
/* The keys of one calendar. */
void config_read_calendar(const struct config_reading *r, const struct json *j,
    struct calendar *cal);

/* Readers of values, each into what `at` points to; a wrong one is noted. */
typedef void config_read_value(const struct config_reading *r,
    const struct json *j, void *at);
config_read_value config_read_text;
config_read_value config_read_name;
config_read_value config_read_country;
config_read_value config_read_currency;
config_read_value config_read_path;
config_read_value config_read_layout;
config_read_value config_read_texts;
config_read_value config_read_paths;
config_read_value config_read_zone;
config_read_value config_read_truth;
config_read_value config_read_span;
config_read_value config_read_score;
config_read_value config_read_year;
config_read_value config_read_digits;
config_read_value config_read_addresses;

/* A value that is not what is `wanted` there, E204. */
void config_wrong(const struct config_reading *r, const struct json *j,
    const char *wanted);
/* A path as the file states it, relative to the folder of the file. */
const char *config_path(const struct config_reading *r, const char *path);
/* A time zone, NULL with a note if there is no such zone. */
const struct zone *config_zone(const struct config_reading *r,
    const struct json *j);

#endif
