/** What a command loads before it does anything: a start should take no longer than what is needed takes to load. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { runCommand } from "../harness/command.ts";
import { NoteFile } from "../harness/note-file.ts";

const hook = `
  import { appendFileSync } from "node:fs";
  export const load = (url, context, next) => {
    if (url.startsWith("file:")) appendFileSync(process.env.LOADED, url + "\\n");
    return next(url, context);
  };`;
const registration = `
  import { register } from "node:module";
  register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hook)}`)});`;
const flag = `--import=data:text/javascript,${encodeURIComponent(registration)}`;

/** A word of the Redis client that nothing else has. */
const clientMark = "maxLoadingRetryTime";

test.for([
  { args: ["--version"], files: 10, hasClient: false },
  { args: ["--help"], files: 10, hasClient: false },
  { args: ["logs", "--help"], files: 20, hasClient: false },
  { args: ["status", "--help"], files: 26, hasClient: true },
  { args: ["worker", "--help"], files: 32, hasClient: true },
])("callgrid $args loads at most $files files, the Redis client: $hasClient", async (start, context) => {
  const note = await NoteFile.make(context);
  const { exitCode, stderr } = await runCommand(start.args, { env: { NODE_OPTIONS: flag, LOADED: note.path } });
  expect([exitCode, stderr]).toEqual([0, ""]);
  const loaded = (await readFile(note.path, "utf8")).trim().split("\n");
  expect(loaded.length).toBeLessThanOrEqual(start.files);
  const texts = await Promise.all(loaded.map((url) => readFile(fileURLToPath(url), "utf8")));
  expect(texts.some((text) => text.includes(clientMark))).toBe(start.hasClient);
});
