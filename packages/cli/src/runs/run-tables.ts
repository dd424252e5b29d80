/** Submitted runs and schedules as tables. */
import type { RunSummary, Schedule } from "@callgrid/batch/runs";
import { colorsOf } from "../terminal/colors.ts";
import { durationText } from "../terminal/durations.ts";
import type { CliIo } from "../terminal/io.ts";
import { type TableContent, tableText } from "../terminal/table.ts";

/** A row for each run, and one for each schedule. */
export function runTable(io: CliIo, runs: ReadonlyArray<RunSummary | Schedule>): string {
  const heads = ["id", "name", "state", "done", "submitted", "begins", "attempts", "reason"];
  return shown(io, { heads, rows: runs.map(runRow) });
}

/** A row for each schedule. */
export function scheduleTable(io: CliIo, schedules: readonly Schedule[]): string {
  const rows = schedules.map(({ id, state, cron, tz, nextMs, spec }) => {
    const next = nextMs === undefined ? "" : new Date(nextMs).toISOString();
    return [id, state === "paused" ? "paused" : "active", cron, tz, next, spec.process, spec.pool];
  });
  return shown(io, { heads: ["id", "state", "cron", "zone", "next run", "process", "pool"], rows });
}

function runRow(run: RunSummary | Schedule): string[] {
  const { id, name, state, submittedMs } = run;
  const submitted = `${durationText(Date.now() - submittedMs)} ago`;
  if (run.kind === "schedule") return [id, name, state, "", submitted, beginText(run.nextMs), "", ""];
  const { done, dueMs, attempts, reason = "" } = run;
  const part = done === undefined ? "" : `${Math.round(done * 100)} %`;
  const [headline = ""] = reason.split("\n");
  return [id, name, state, part, submitted, beginText(dueMs), String(attempts), headline];
}

function beginText(ms: number | undefined): string {
  if (ms === undefined) return "";
  const left = ms - Date.now();
  return left > 0 ? `in ${durationText(left)}` : "is due";
}

function shown({ stdout, env }: CliIo, content: TableContent): string {
  return tableText(content, { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) });
}
