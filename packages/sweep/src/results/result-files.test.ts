import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LineFile } from "@callgrid/batch";
import { afterAll, expect, test, vi } from "vitest";
import { ResultFiles } from "./result-files.ts";
import type { FinishedJob } from "./snapshot.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-result-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the rows of many jobs are made a thousand jobs at a time, in their order", async () => {
  const write = vi.spyOn(LineFile.prototype, "write");
  const results = join(folder, "results.csv");
  const files = await ResultFiles.begin(
    { columns: ["job"], names: [] },
    { results, failures: join(folder, "failed.ndjson") },
  );
  const base = { args: [], repeats: [], runMs: 0, startedMs: 0, tookMs: 0, value: "=1" };
  await files.write(Array.from({ length: 2_500 }, (_, job): FinishedJob => ({ ...base, job })));
  await files.close();
  const sizes = write.mock.calls.map(([text]) => text.trim().split("\n").length);
  write.mockRestore();
  expect(sizes).toEqual([1, 1_000, 1_000, 500]);
  const rows = readFileSync(results, "utf8").trim().split("\n");
  expect(rows).toEqual(["job", ...Array.from({ length: 2_500 }, (_, job) => String(job))]);
});

test("a column whose name a spreadsheet would evaluate has a ' before it in the header too", async () => {
  const results = join(folder, "formulas.csv");
  const columns = ["job", "=1+1", "-x", "a=b"];
  const files = await ResultFiles.begin({ columns, names: [] }, { results, failures: join(folder, "none.ndjson") });
  await files.close();
  expect(readFileSync(results, "utf8")).toBe("job,'=1+1,'-x,a=b\n");
});
