/** The files that are made of finished jobs: results as CSV, and failed jobs with their error trees. */
import { LineFile, resultCell } from "@callgrid/batch";
import { stringify } from "csv-stringify/sync";
import { type RowForm, rowReader } from "./result-rows.ts";
import type { FinishedJob } from "./snapshot.ts";

const jobsAtOnce = 1_000;

/** Writes both, each from its start. */
export class ResultFiles {
  readonly #rowsOf: ReturnType<typeof rowReader>;
  readonly #results: LineFile;
  readonly #failures: LineFile;

  private constructor(form: RowForm, results: LineFile, failures: LineFile) {
    this.#rowsOf = rowReader(form);
    this.#results = results;
    this.#failures = failures;
  }

  /** @param results - a path that ends in `.gz` is compressed. */
  static async begin(
    form: RowForm,
    { results, failures }: { results: string; failures: string },
  ): Promise<ResultFiles> {
    const files = new ResultFiles(form, new LineFile(results), new LineFile(failures));
    await files.#results.write(stringify([form.columns.map(resultCell)]));
    return files;
  }

  /** Any number of jobs: the text of all of them can be longer than a string may be. */
  async write(jobs: readonly FinishedJob[]): Promise<void> {
    for (let from = 0; from < jobs.length; from += jobsAtOnce) await this.#write(jobs.slice(from, from + jobsAtOnce));
  }

  async close(): Promise<void> {
    await this.#results.close();
    await this.#failures.close();
  }

  async #write(jobs: readonly FinishedJob[]): Promise<void> {
    const done = jobs.filter(({ error }) => error === undefined);
    const failed = jobs.filter(({ error }) => error !== undefined);
    if (done.length > 0) await this.#results.write(stringify(done.flatMap(this.#rowsOf)));
    for (const { job, args, repeats, error } of failed)
      await this.#failures.write(`${JSON.stringify({ job, repeats, args, error })}\n`);
  }
}
