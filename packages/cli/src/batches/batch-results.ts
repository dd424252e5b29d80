/** Writes the results of a batch to stdout or to files. */
import {
  type BatchRun,
  type CsvOptions,
  csvFile,
  failureFile,
  ndjsonFile,
  type ResultWriter,
  writeItems,
} from "@callgrid/batch";
import { invalidOption, valueFields } from "@callgrid/core";
import { counted } from "../terminal/durations.ts";
import { type CliIo, writeJson, writeLine } from "../terminal/io.ts";
import { valueText } from "../terminal/value-text.ts";

/** What is wanted of the results. */
export interface WantedResults {
  readonly reduce: string | undefined;
  readonly csv: string | undefined;
  readonly ndjson: string | undefined;
  readonly failed: string | undefined;
  readonly columns: readonly string[];
  readonly formulas: CsvOptions["formulas"];
  readonly order: "slices" | "finished";
  readonly json: boolean;
}

/** Takes them all; rejects with the first cause, also where closing the files fails after it. */
export async function takeResults(io: CliIo, run: BatchRun<unknown, unknown>, wanted: WantedResults): Promise<void> {
  const { reduce, csv, ndjson, failed, json, order } = wanted;
  if (reduce !== undefined) {
    if ((csv ?? ndjson ?? failed) !== undefined)
      throw invalidOption("--csv, --ndjson and --failed", "are for values of slices; with --reduce there is one value");
    const value = await run.result();
    await (json ? writeJson(io.stdout, valueFields(value)) : writeLine(io.stdout, valueText(value)));
    return;
  }
  const writers = await openWriters(io, wanted);
  const warnings = await writeItems(order === "slices" ? run.inOrder() : run, writers);
  for (const warning of warnings) await writeLine(io.stderr, `warning: ${warning}`);
}

async function openWriters(io: CliIo, wanted: WantedResults): Promise<ResultWriter[]> {
  const { csv, ndjson, failed, json, formulas, columns } = wanted;
  const writers: ResultWriter[] = [];
  if (csv !== undefined) writers.push(await csvFile(csv, { columns, formulas }));
  if (ndjson !== undefined) writers.push(await ndjsonFile(ndjson, columns));
  if (writers.length === 0) writers.push(standardOutput(io, json));
  if (failed !== undefined) writers.push(await failureFile(failed));
  return writers;
}

function standardOutput({ stdout }: CliIo, json: boolean): ResultWriter {
  return {
    write: async ({ index, outcome }) => {
      if (!("value" in outcome)) return;
      const { value } = outcome;
      await (json ? writeJson(stdout, { index, ...valueFields(value) }) : writeLine(stdout, valueText(value)));
    },
    close: async () => undefined,
  };
}

/** What to say of data without slices, or of slices that are missing from the results; undefined if all are there. */
export function batchSummary(
  { doneSlices, failedSlices }: { readonly doneSlices: number; readonly failedSlices: number },
  { reduce, failed }: Pick<WantedResults, "reduce" | "failed">,
): string | undefined {
  if (doneSlices === 0 && reduce === undefined) return "the data has no slices";
  if (failedSlices === 0) return undefined;
  const where = failed === undefined ? "" : `, see ${failed}`;
  return `${doneSlices - failedSlices} of ${counted(doneSlices, "slice")} done, ${failedSlices} skipped${where}`;
}
