import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { openJobLogs } from "./job-logs.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-job-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("lines go to the files of their jobs, also those that come in pieces or late", () => {
  const logs = openJobLogs(join(folder, "jobs"));
  logs.take('{"job":1,"msg":"a"}\n{"job":2,"msg":"b"}\nplain text\n{"jo');
  logs.take('b":1,"msg":"c"}\n');
  logs.flush([1]);
  logs.take('{"job":1,"msg":"late"}\n');
  logs.close();
  expect(readdirSync(join(folder, "jobs"))).toEqual(["000001.log.gz", "000002.log.gz"]);
  expect(gunzipSync(readFileSync(join(folder, "jobs", "000001.log.gz"))).toString()).toBe(
    '{"job":1,"msg":"a"}\n{"job":1,"msg":"c"}\n{"job":1,"msg":"late"}\n',
  );
});
