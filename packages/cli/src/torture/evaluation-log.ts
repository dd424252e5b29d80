/** The file in which worker processes note what they evaluate: one id a line, readable whatever became of them. */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const functions = new URL(import.meta.url.endsWith(".ts") ? "./torture-functions.ts" : "./torture-functions.js", import.meta.url);

export class EvaluationLog {
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "evaluated");
  }

  static async make(): Promise<EvaluationLog> {
    const log = new EvaluationLog(await mkdtemp(join(tmpdir(), "callgrid-torture-")));
    await writeFile(log.#file, "");
    return log;
  }

  /** The module of the torture's functions, told to note what they evaluate here. */
  get functions(): string {
    const url = new URL(functions);
    url.searchParams.set("history", this.#file);
    return url.href;
  }

  /** The ids of the requests whose evaluation began, so far. */
  async *ids(): AsyncGenerator<string, undefined> {
    for await (const line of createInterface({ input: createReadStream(this.#file) })) if (line !== "") yield line;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
