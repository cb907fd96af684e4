/*
 * SQL statements by DuckDB, one after the other; the rows of all as JSON.
 *
 *	node run_duckdb.cjs FOLDER DATABASE THREADS SQL...
 *
 * FOLDER has node_modules; DATABASE is a file or :memory:.
 */
"use strict";

const [folder, database, threads, ...statements] = process.argv.slice(2);
const { DuckDBInstance } = require(`${folder}/node_modules/@duckdb/node-api`);

async function main() {
	const instance = await DuckDBInstance.create(database, { threads });
	const connection = await instance.connect();
	const rows = [];

	for (const sql of statements) {
		const result = await connection.runAndReadAll(sql);

		rows.push(...result.getRowsJson());
	}
	console.log(JSON.stringify(rows));
	connection.closeSync();
	instance.closeSync();
}

main().catch((e) => {
	console.error(String(e));
	process.exitCode = 1;
});
