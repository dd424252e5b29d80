/** The columns of results that are not parameters. */

/** What every results file has. */
export const fixedColumns = ["job", "run start", "job start", "job seconds"] as const;

/** Names that mean something else than an argument in the header of results. */
export const reservedNames: ReadonlySet<string> = new Set([...fixedColumns, "value"]);
