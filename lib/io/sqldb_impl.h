/* sqldb, private: what its sources share. */
#ifndef LIB_IO_SQLDB_IMPL_H
#define LIB_IO_SQLDB_IMPL_H

#include <sqlite3.h>

#include "io/sqldb.h"

struct sqldb {
	char *path;
	sqlite3 *handle;
	char *refused; /* why all fails; NULL: nothing does */
};

/* What SQLite says of its last call, in our words; -1. */
int sqldb_fail(const struct sqldb *db, struct errmsg *err);

#endif
