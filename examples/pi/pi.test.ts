import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { runHere } from "../../test/harness/own-command.ts";
import { plotOf } from "./plot.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-pi-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sweep = (...args: string[]) => runHere(["sweep", ...args, "--folder", folder]);

it("two machines finish what the third one has lost, and the error falls with the number of darts", async () => {
  cpSync(fileURLToPath(new URL(".", import.meta.url)), folder, { recursive: true });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(
    fileURLToPath(new URL("../../packages/callgrid", import.meta.url)),
    join(folder, "node_modules/callgrid"),
  );
  const results = ["desk", "server"].map((name) => join(folder, "results", name));
  await sweep("run", "--machine", "desk");
  await sweep("run", "--machine", "server");
  expect((await sweep("merge", ...results)).stderr).toContain("100 jobs missing");
  await sweep("rebalance", ...results, "--machines", join(folder, "fewer.json"));
  await sweep("run", "--machine", "desk");
  await sweep("run", "--machine", "server");
  expect((await sweep("merge", ...results)).exitCode).toBe(0);
  const csv = gunzipSync(readFileSync(join(folder, "merged", "results.csv.gz"))).toString();
  expect(csv.trim().split("\n")).toHaveLength(401);
  const heights = [...plotOf(csv).matchAll(/cy="(\d+)"/g)].map(([, y]) => Number(y));
  expect(heights).toEqual(heights.toSorted((one, other) => one - other));
  expect(heights).toHaveLength(4);
});
