import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { csvFile, failureFile, ndjsonFile } from "./result-file.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-result-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["csv", csvFile],
  ["csv.gz", csvFile],
  ["ndjson", ndjsonFile],
  ["failed", failureFile],
])("a new file of results is its user's alone: %s", async (ending, open) => {
  const path = join(folder, `values.${ending}`);
  await (await open(path)).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
