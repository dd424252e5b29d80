/**
 * What `scripts/bench` runs: makes all runs one after the other, and writes the results as Markdown, JSON and SVG. The
 * report goes to standard output too, and progress to standard error. A failed run is in the report, and ends the
 * bench with exit code 1.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, helpText, readOptions, UsageError } from "./command-options.ts";
import { readEnvironment } from "./environment.ts";
import type { RunOutcome } from "./measurement.ts";
import { metrics } from "./metrics.ts";
import { type PlannedRun, planRuns } from "./plan.ts";
import { chartOf } from "./report/chart.ts";
import { figureText } from "./report/figure-text.ts";
import { reportOf } from "./report/report.ts";
import { collectResults, type FinishedRun, type Results } from "./report/results.ts";
import { RunLauncher } from "./run/run-launcher.ts";
import { loopsPerMs } from "./tasks.ts";
import { workloads } from "./workloads/all.ts";

const timeoutMs = 180_000;
const workloadIds = workloads.map(({ id }) => id);
const exitCodes = { runFailed: 1, usage: 2, interrupted: 130 };

async function bench(options: CommandOptions): Promise<Results> {
  const chosen = workloads.filter(({ id }) => options.workloads.includes(id));
  const runs = planRuns(chosen, options);
  const launcher = new RunLauncher({ timeoutMs });
  const loops = loopsPerMs();
  const finished: FinishedRun[] = [];
  for (const run of runs) {
    const names = { workload: run.workload.id, group: run.group.key, case: run.case.name };
    const outcome = await launcher.launch({ ...names, scale: options.scale, loopsPerMs: loops });
    finished.push({ ...run, outcome });
    console.error(`${finished.length}/${runs.length} ${progressText(run, outcome)}`);
  }
  const { scale, rounds } = options;
  return { scale, rounds, environment: readEnvironment(), workloads: collectResults(finished) };
}

function progressText({ workload, group, case: one, round }: PlannedRun, outcome: RunOutcome): string {
  const what = `${workload.id} ${group.key} round ${round + 1}, ${one.name}:`;
  if (outcome.kind === "failed") return `${what} FAILED, ${outcome.reason}`;
  const [metric] = group.metrics;
  return `${what} ${figureText(outcome.measurement.figures[metric] ?? 0)} ${metrics[metric].heading}`;
}

function write(results: Results, folder: string): void {
  const { date, node } = results.environment;
  const name = `${date}-node${node}${results.scale === "quick" ? "-quick" : ""}`;
  mkdirSync(folder, { recursive: true });
  const files = { md: reportOf(results), json: `${JSON.stringify(results, undefined, 2)}\n`, svg: chartOf(results) };
  for (const [extension, text] of Object.entries(files)) {
    const path = join(folder, `${name}.${extension}`);
    writeFileSync(path, text);
    console.error(path);
  }
}

function hasFailures({ workloads: measured }: Results): boolean {
  const rows = measured.flatMap(({ groups }) => groups.flatMap((group) => group.rows));
  return rows.some(({ rounds }) => rounds.some((outcome) => outcome?.kind === "failed"));
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), workloadIds);
  if (options === undefined) {
    console.log(helpText(workloadIds));
    return;
  }
  const results = await bench(options);
  console.log(reportOf(results));
  write(results, options.out);
  if (hasFailures(results)) process.exitCode = exitCodes.runFailed;
}

// the launcher ends the run that is under way when this process exits
process.once("SIGINT", () => process.exit(exitCodes.interrupted));
process.once("SIGTERM", () => process.exit(exitCodes.interrupted));
main().catch((error) => {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${helpText(workloadIds)}`);
  process.exitCode = exitCodes.usage;
});
