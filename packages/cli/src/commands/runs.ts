/** `callgrid runs`: submitted runs: lists them, shows one, and has one cancelled or tried again. */
import { readFileSync } from "node:fs";
import type { RunSpec } from "@callgrid/batch";
import type { RunQueue, RunSummary } from "@callgrid/batch/runs";
import { connect } from "@callgrid/client";
import { declareOptions } from "@callgrid/core";
import { invalid } from "../batch-request.ts";
import { type CliIo, writeLine } from "../cli-io.ts";
import { colorsOf } from "../colors.ts";
import type { CommandSpec } from "../command.ts";
import { connectionOptions, outputOptions } from "../common-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { unlessAborted, withInterrupts } from "../interrupts.ts";
import { logStream, makeLog } from "../log.ts";
import { durationText } from "../measures.ts";
import { parseJson } from "../request-text.ts";
import { tableText } from "../table.ts";

const options = declareOptions({ ...connectionOptions, ...outputOptions });

/** What is told of an action's outcome, as data and as text. */
interface Told {
  readonly fields: unknown;
  readonly text: (io: CliIo) => string;
}

type Action = (queue: RunQueue, id: string) => Promise<Told>;

const actions: Readonly<Record<string, Action>> = {
  list: async (queue) => {
    const runs = await queue.list();
    return { fields: runs, text: (io) => listText(io, runs) };
  },
  show: async (queue, id) => {
    const run = await queue.show(id);
    return { fields: run, text: () => JSON.stringify(run, null, 2) };
  },
  logs: async (queue, id) => {
    const logs = await queue.logs(id);
    return { fields: { id, logs }, text: () => logs.join("\n") };
  },
  cancel: async (queue, id) => {
    await queue.cancel(id);
    return said(id, "is given up as soon as its runner hears of it; callgrid runs resume goes on with it");
  },
  retry: async (queue, id) => {
    const { state } = await queue.show(id);
    if (state !== "failed") throw invalid("runs retry", `takes a run that has failed; run ${id} is ${state}`);
    await queue.resume(id);
    return said(id, "is tried again, from its finished chunks on");
  },
  resume: async (queue, id) => {
    await queue.resume(id);
    return said(id, "goes on from its finished chunks");
  },
  submit: async (queue, path) => {
    const id = await queue.submit(parseJson(readFileSync(path, "utf8"), path) as RunSpec);
    return said(id, "is submitted");
  },
};

const names = Object.keys(actions).join(", ");

export const runsCommand: CommandSpec<typeof options> = {
  name: "runs",
  summary: "List submitted runs, show one with its log, submit one, or have one cancelled, tried again or resumed.",
  operands: [
    ["<action>", names],
    ["[id]", "the run's id; for submit a file that holds the run as JSON"],
  ],
  options,
  examples: [
    "callgrid runs list",
    "callgrid runs show 7 --json",
    "callgrid runs cancel 7",
    "callgrid runs submit run.json",
  ],
  async run({ operands: [name = "", id], options: { url, grid, connectTimeoutMs, json, logLevel }, io }) {
    const action = actions[name];
    if (action === undefined) throw invalid("runs", `has no action ${JSON.stringify(name)}; there are ${names}`);
    if (id === undefined && name !== "list") throw invalid(`runs ${name}`, "needs the id of a run");
    return withInterrupts(io, async ({ first }) => {
      // BullMQ would try for ever to reach a Redis that is not there
      const log = makeLog(logLevel ?? "warn", logStream(io));
      await (await unlessAborted(first, connect(url, { grid, connectTimeoutMs, log }))).close();
      const { RunQueue } = await import("@callgrid/batch/runs");
      const queue = new RunQueue({ url, grid });
      try {
        const told = await unlessAborted(first, action(queue, id ?? ""));
        await writeLine(io.stdout, json ? JSON.stringify(told.fields) : told.text(io));
        return exitCodes.fine;
      } finally {
        await queue.close();
      }
    });
  },
};

function said(id: string, what: string): Told {
  return { fields: { id }, text: () => `run ${id} ${what}` };
}

function listText({ stdout, env }: CliIo, runs: readonly RunSummary[]): string {
  const rows = runs.map(({ id, name, state, done, submittedMs, attempts, reason }) => [
    ...[id, name, state, done === undefined ? "" : `${Math.round(done * 100)} %`],
    ...[`${durationText(Date.now() - submittedMs)} ago`, String(attempts), reason ?? ""],
  ]);
  const heads = ["id", "name", "state", "done", "submitted", "attempts", "reason"];
  return tableText({ heads, rows }, { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) });
}
