/** The file in which worker processes note what they evaluate: one id a line, readable also after their death. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { textLines } from "@callgrid/core";

export class EvaluationLog {
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "evaluated");
  }

  static async make(): Promise<EvaluationLog> {
    const log = new EvaluationLog(await mkdtemp(join(tmpdir(), "callgrid-torture-")));
    await writeFile(log.#file, "", { mode: 0o600 });
    return log;
  }

  /** The module's URL, with the place where its functions note their evaluations. */
  tellModule(module: URL): string {
    const url = new URL(module);
    url.searchParams.set("history", this.#file);
    return url.href;
  }

  /** The ids of the requests whose evaluation began, so far. */
  async *ids(): AsyncGenerator<string, undefined> {
    for await (const { text } of textLines(createReadStream(this.#file), this.#file)) if (text !== "") yield text;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
