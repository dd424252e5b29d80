/** A file in which functions note what they do, a line each, so that a test can wait for it across processes. */
import { watch } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";

export class NoteFile {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async make({ onTestFinished }: TestContext): Promise<NoteFile> {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-notes-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, "notes");
    await writeFile(path, "");
    return new NoteFile(path);
  }

  async lines(): Promise<string[]> {
    return (await readFile(this.path, "utf8")).split("\n").filter((line) => line !== "");
  }

  /** Resolves with the lines that begin with these words, once there are `count` of them. */
  async has(words: string, count = 1): Promise<string[]> {
    const changes = watch(this.path);
    try {
      for (;;) {
        const changed = new Promise((resolve) => changes.once("change", resolve));
        const found = (await this.lines()).filter((line) => line.startsWith(words));
        if (found.length >= count) return found;
        await changed;
      }
    } finally {
      changes.close();
    }
  }
}
