/** The file by which a test holds the function `hold` of the fixtures, and lets it go on. */
import { once } from "node:events";
import { watch } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export class HoldFile {
  readonly path: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, "held");
  }

  static async make(): Promise<HoldFile> {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-hold-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return new HoldFile(folder);
  }

  /** The request that is held. */
  get request(): string {
    return JSON.stringify(["hold", this.path]);
  }

  /** Resolves with the id of the process that evaluates the function, once it does. */
  async started(): Promise<number> {
    const changes = watch(this.#folder);
    try {
      for (;;) {
        // Listened to before the file is read: what changes while it is being read is not missed.
        const change = once(changes, "change");
        const content = await readFile(this.path, "utf8").catch(() => "");
        if (content !== "") return Number(content);
        await change;
      }
    } finally {
      changes.close();
    }
  }

  /** Lets the function go on. */
  async release(): Promise<void> {
    await rm(this.path, { force: true });
  }
}
