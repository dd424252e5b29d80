/**
 * `callgrid sweep pack`, in full: the executable runs on a root file system of its own, which has neither Node nor callgrid and can be written in one
 * folder only. That takes Linux with namespaces.
 */
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { localGrid } from "callgrid";
import { afterAll, describe, expect, it } from "vitest";
import { shortOrFull } from "../harness/fault-length.ts";
import { runHere } from "../harness/own-command.ts";

const root = mkdtempSync(join(tmpdir(), "callgrid-packed-"));
afterAll(() => rmSync(root, { recursive: true }));

const library = new URL("../../packages/callgrid/bundle/", import.meta.url);
const command = (...args: string[]) => runHere(["sweep", ...args], {}, { localGrid, library });

/** A sweep in TypeScript, of two modules, whose jobs read a file, log, and fail once. */
function sweepFolder(): string {
  const folder = mkdtempSync(join(root, "sweep-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(dirname(fileURLToPath(library)), join(folder, "node_modules", "callgrid"));
  mkdirSync(join(folder, "model"));
  const files = {
    "package.json": '{ "type": "module" }',
    "sweep.ts": [
      'import { context, define, defineSweep } from "callgrid";',
      'import { rates } from "./model/rates.ts";',
      "const known: readonly number[] = await rates;",
      'export const job = define("job", (x: number) => {',
      "  if (x === 7) throw new Error('no seven');",
      "  const rate = context().config.section('model').number('rate');",
      "  return { y: (known[x % 2] ?? 0) * rate, drawn: context().randomFor('job').uniform() };",
      "});",
      'defineSweep({ job, names: ["x"], jobs: Array.from({ length: 40 }, (_, x) => [x]) });',
    ].join("\n"),
    "model/rates.ts": [
      'import { readAsset } from "callgrid";',
      'const text = readAsset(new URL("./rates.json", import.meta.url)).toString();',
      "export const rates = Promise.resolve(JSON.parse(text) as number[]);",
    ].join("\n"),
    "model/rates.json": "[3, 5]",
    "sweep.toml": "seed = 4\n[model]\nrate = 2.5\n",
    "machines.json": '{ "here": { "performance": 1, "cores": 2 } }',
    "columns.csv": "job,run start,job start,job seconds,x,y,drawn",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Rows without their times, in the order of jobs. */
function rowsOf(results: string): string[] {
  const [, ...rows] = gunzipSync(readFileSync(join(results, "results.csv.gz")))
    .toString()
    .trim()
    .split("\n");
  const cells = rows.map((row) => row.split(",").filter((_, place) => place === 0 || place > 3));
  return cells.map((row) => row.join(",")).sort();
}

/** A root file system with the executable, what it is linked with, and a folder for results. */
function rootFileSystem(executable: string): string {
  const system = mkdtempSync(join(root, "system-"));
  for (const folder of ["app", "out", "proc"]) mkdirSync(join(system, folder));
  const linked = execFileSync("ldd", [executable], { encoding: "utf8" });
  for (const [, library = ""] of linked.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(system, dirname(library)), { recursive: true });
    copyFileSync(library, join(system, library));
  }
  copyFileSync(executable, join(system, "app", "sweep"));
  return system;
}

/** Mounts it so that only results can be written, and changes to it; `$0` is its path. */
const mounts = [
  "set -e",
  'mount --bind "$0" "$0"',
  'mount --rbind /proc "$0/proc"',
  'mount --bind "$0/out" "$0/out"',
  'mount -o remount,bind,ro "$0"',
  'exec chroot "$0" /app/sweep "$@"',
].join("\n");

function runIn(system: string, ...args: string[]) {
  return promisify(execFile)("unshare", ["--map-root-user", "--mount", "sh", "-c", mounts, system, ...args], {
    env: { PATH: process.env["PATH"] },
  });
}

const hasNamespaces = spawnSync("unshare", ["--map-root-user", "--mount", "true"]).status === 0;

describe.runIf(shortOrFull(false, true))("a packed sweep", () => {
  it.skipIf(!hasNamespaces)(
    "runs where there is no Node, and gives the results of the sweep that was packed [needs namespaces]",
    async () => {
      const folder = sweepFolder();
      const executable = join(root, "packed");
      const asset = join(folder, "model", "rates.json");
      const packed = await command("pack", "--folder", folder, "-o", executable, "--asset", asset);
      expect([packed.exitCode, packed.stderr]).toEqual([0, expect.stringMatching(/^digest .*: 40 jobs\n/)]);
      const system = rootFileSystem(executable);
      const args = ["run", "--machine", "here", "--output", "/out/here"];
      const { code, stderr } = await runIn(system, ...args).then(
        ({ stderr }) => ({ code: 0, stderr }),
        (error: { readonly code: number; readonly stderr: string }) => error,
      );
      expect([code, stderr]).toEqual([1, expect.stringContaining("40 jobs finished, 1 failed")]);
      expect(stderr.split("\n")[0]).toBe(packed.stderr.split(":")[0]);
      const single = await command("run", "--folder", folder);
      expect(single.exitCode).toBe(1);
      const rows = rowsOf(join(folder, "results", "here"));
      expect(rows).toHaveLength(39);
      expect(rowsOf(join(system, "out", "here"))).toEqual(rows);
      const log = readFileSync(join(system, "out", "here", "machine.log"), "utf8");
      expect(log.match(/joined the pool/g)).toHaveLength(2);
      writeFileSync(join(system, "app", "sweep.toml"), "seed = 5\n[model]\nrate = 2.5\n");
      const other = runIn(system, ...args);
      await expect(other).rejects.toMatchObject({
        stderr: expect.stringContaining("the digest of the jobs and the configuration changed"),
      });
    },
  );
});
