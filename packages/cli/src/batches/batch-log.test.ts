import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { withBatchLog } from "./batch-log.ts";

const io = {
  ...{ stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough(), env: {} },
  onSignal: () => () => undefined,
};

it("a log folder has all lines in one file, and those of each slice in one of its own", async () => {
  const logFolder = mkdtempSync(join(tmpdir(), "callgrid-batch-log-"));
  onTestFinished(() => rmSync(logFolder, { recursive: true }));
  await withBatchLog(io, { logFolder, logLevel: undefined, pool: undefined }, async ({ log, sliceLogs }) => {
    log.info({ slice: 17 }, "first");
    log.info({ slice: 3 }, "other");
    sliceLogs?.flush([17]);
    log.info({ slice: 17 }, "late");
    log.info("of no slice");
  });
  const messagesIn = (text: string): unknown[] =>
    text
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
  expect(messagesIn(readFileSync(join(logFolder, "batch.log"), "utf8"))).toEqual([
    "first",
    "other",
    "late",
    "of no slice",
  ]);
  const slices = join(logFolder, "slices");
  const bySlice = readdirSync(slices).map((name) => [
    name,
    messagesIn(gunzipSync(readFileSync(join(slices, name))).toString()),
  ]);
  expect(bySlice).toEqual([
    ["000003.log.gz", ["other"]],
    ["000017.log.gz", ["first", "late"]],
  ]);
});
