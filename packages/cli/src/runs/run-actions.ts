/** What `callgrid runs` does with runs: each action's outcome as data and as text. */
import type { RunSpec } from "@callgrid/batch";
import type { RunQueue } from "@callgrid/batch/runs";
import type { runActionNames } from "../command-line/action-names.ts";
import type { CliIo } from "../terminal/io.ts";
import { visibleJson } from "../terminal/visible-text.ts";
import { runTable } from "./run-tables.ts";

/** What an action reports. */
export interface ActionReport {
  readonly fields: unknown;
  readonly text: string;
}

/** What an action works with. */
export interface ActionCall {
  readonly queue: RunQueue;
  /** Of a run or a schedule. */
  readonly id: string;
  /** For `submit`: what its file holds. */
  readonly spec: unknown;
  readonly io: CliIo;
}

/** One action of `callgrid runs`; resolves to its outcome as data and as text. */
export type Action = (call: ActionCall) => Promise<ActionReport>;

/** The actions on runs, and on schedules by their ids. All but `list` need an id. */
export const runActions: Readonly<Record<string, Action>> = {
  list: async ({ queue, io }) => {
    const runs = await queue.list();
    return { fields: runs, text: runTable(io, runs) };
  },
  show: async ({ queue, id }) => {
    const run = await queue.show(id);
    return { fields: run, text: visibleJson(JSON.stringify(run, null, 2)) };
  },
  logs: async ({ queue, id }) => {
    const logs = await queue.logs(id);
    return { fields: { id, logs }, text: logs.join("\n") };
  },
  cancel: async ({ queue, id }) => {
    const { kind, state } = await queue.cancel(id);
    const resumed = "; callgrid runs resume continues it";
    if (kind === "schedule") return said(id, `is paused, and what was under way is given up${resumed}`, "schedule");
    return said(id, `${state === "active" ? "is cancelled as soon as its runner notices" : "is cancelled"}${resumed}`);
  },
  retry: async ({ queue, id }) => said(await queue.retry(id), "is retried, from its finished chunks on"),
  resume: async ({ queue, id }) => {
    await queue.resume(id);
    const { kind } = await queue.show(id);
    return kind === "schedule" ? said(id, "begins runs again", kind) : said(id, "continues from its finished chunks");
  },
  submit: async ({ queue, spec }) => {
    const id = await queue.submit(spec as RunSpec);
    const run = await queue.show(id);
    if (run.kind === "run") return said(id, "is submitted");
    const next = run.nextMs === undefined ? "" : `; its next run begins at ${new Date(run.nextMs).toISOString()}`;
    return { fields: { id, nextMs: run.nextMs }, text: `run ${id} is submitted${next}` };
  },
} satisfies Record<(typeof runActionNames)[number], Action>;

/** The outcome of an action that changes something. */
export function said(id: string, what: string, noun: "run" | "schedule" = "run"): ActionReport {
  return { fields: { id }, text: `${noun} ${id} ${what}` };
}
