/*
 * One SQL statement by DuckDB, its rows as JSON.
 *
 *	node run_duckdb.cjs FOLDER DATABASE THREADS SQL
 *
 * FOLDER has node_modules; DATABASE is a file or :memory:.
 */
"use strict";

const [folder, database, threads, sql] = process.argv.slice(2);
const { DuckDBInstance } = require(`${folder}/node_modules/@duckdb/node-api`);

async function main() {
	const instance = await DuckDBInstance.create(database, { threads });
	const connection = await instance.connect();
	const result = await connection.runAndReadAll(sql);

	console.log(JSON.stringify(result.getRowsJson()));
	connection.closeSync();
	instance.closeSync();
}

main().catch((e) => {
	console.error(String(e));
	process.exitCode = 1;
});
