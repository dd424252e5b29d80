/** The files that are made of finished jobs: results as CSV, and failed jobs with their error trees. */
import { LineFile } from "@callgrid/batch";
import { stringify } from "csv-stringify/sync";
import { type RowForm, rowsOf } from "./result-rows.ts";
import type { FinishedJob } from "./snapshot.ts";

/** Writes both, each from its start. */
export class ResultFiles {
  readonly #form: RowForm;
  readonly #results: LineFile;
  readonly #failures: LineFile;

  private constructor(form: RowForm, results: LineFile, failures: LineFile) {
    this.#form = form;
    this.#results = results;
    this.#failures = failures;
  }

  /** @param results - a path that ends in `.gz` is compressed. */
  static async begin(
    form: RowForm,
    { results, failures }: { results: string; failures: string },
  ): Promise<ResultFiles> {
    const files = new ResultFiles(form, new LineFile(results), new LineFile(failures));
    await files.#results.write(stringify([[...form.columns]]));
    return files;
  }

  async write(jobs: readonly FinishedJob[]): Promise<void> {
    const done = jobs.filter(({ error }) => error === undefined);
    const failed = jobs.filter(({ error }) => error !== undefined);
    if (done.length > 0) await this.#results.write(stringify(done.flatMap((job) => rowsOf(job, this.#form))));
    for (const { job, args, repeats, error } of failed)
      await this.#failures.write(`${JSON.stringify({ job, repeats, args, error })}\n`);
  }

  async close(): Promise<void> {
    await this.#results.close();
    await this.#failures.close();
  }
}
