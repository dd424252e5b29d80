/** Sweeps in folders of their own, and what their runs leave there. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { runHere } from "./own-command.ts";

const callgrid = new URL("../../packages/callgrid/bundle/index.js", import.meta.url).href;
export const oneMachine = '{ "here": { "performance": 1, "cores": 1 } }';

interface SweepText {
  /** What follows `define("job", `. */
  readonly job?: string;
  /** What `defineSweep` takes besides the job. */
  readonly jobs?: string;
  readonly machines?: string;
  readonly columns?: string;
  readonly config?: string;
}

/** An empty folder, which is removed with the test. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-sweep-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A sweep in a folder of its own, which is removed with the test. Its jobs note in the file `evaluated` that they ran. */
export function sweepFolder(text: SweepText = {}): string {
  const folder = freshFolder();
  const { job = "(x) => ({ double: 2 * x })", jobs = 'names: ["x"], jobs: [[1], [2], [3]]' } = text;
  const lines = [
    'import { appendFileSync } from "node:fs";',
    `import { context, define, defineSweep } from ${JSON.stringify(callgrid)};`,
    `const evaluate = ${job};`,
    `const note = (...args) => { appendFileSync(${JSON.stringify(join(folder, "evaluated"))}, args[0] + "\\n"); return evaluate(...args); };`,
    `defineSweep({ job: define("job", note), ${jobs} });`,
  ];
  writeFileSync(join(folder, "sweep.mjs"), lines.join("\n"));
  writeFileSync(join(folder, "machines.json"), text.machines ?? oneMachine);
  writeFileSync(join(folder, "columns.csv"), text.columns ?? "job,run start,job start,job seconds,x,double");
  writeFileSync(join(folder, "sweep.toml"), text.config ?? "seed = 1\n");
  return folder;
}

export const runSweep = (folder: string, ...args: string[]) => runHere(["sweep", "run", "--folder", folder, ...args]);

export function evaluated(folder: string): string[] {
  const path = join(folder, "evaluated");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").sort() : [];
}

/** The jobs that the snapshot has. */
export function notedJobs(folder: string, machine = "here"): number[] {
  const path = join(folder, "results", machine, "snapshot.ndjson");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(1, -1);
  return lines.map((line) => (JSON.parse(line) as { readonly job: number }).job);
}

/** The rows of a machine without their times, in the order of jobs. */
export function rowsOf(folder: string, machine = "here"): string[] {
  const text = gunzipSync(readFileSync(join(folder, "results", machine, "results.csv.gz"))).toString();
  const rows = text
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(","));
  return rows.map(([job, , , , ...rest]) => [job, ...rest].join(",")).sort();
}
