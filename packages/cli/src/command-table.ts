/**
 * The commands, by name and in the order of the help. The module of a command, with all that it needs, is loaded when that command is
 * called: what the help of all commands shows is here.
 */
import type { OptionDeclarations } from "@callgrid/core";
import {
  cacheActionNames,
  runActionNames,
  scheduleActionNames,
  sweepActionNames,
} from "./command-line/action-names.ts";
import type { CommandSpec } from "./command-line/command.ts";

/** What the help says of a command, and how its module is loaded. */
export interface CommandEntry {
  /** One sentence for the help. */
  readonly summary: string;
  /** What it takes besides options: `<pool>`, or `<request...>` for one or more; with a sentence for the help. */
  readonly operands: ReadonlyArray<readonly [form: string, description: string]>;
  readonly load: () => Promise<CommandSpec<OptionDeclarations>>;
}

export const commands: ReadonlyMap<string, CommandEntry> = new Map<string, CommandEntry>(
  Object.entries({
    init: {
      summary: "Write a small project that runs as it is, without Redis at first. It overwrites no file.",
      operands: [["[folder]", "a new or empty folder, whose name is that of the project (default: this folder)"]],
      load: async () => (await import("./commands/init.ts")).initCommand,
    },
    run: {
      summary: "Evaluate requests in this process, without Redis.",
      operands: [["<request...>", "requests as JSON; - reads one a line from stdin"]],
      load: async () => (await import("./commands/requests/run.ts")).runCommand,
    },
    worker: {
      summary:
        "Evaluate a pool's requests in worker processes. Ctrl-C and SIGTERM drain them, a second one stops them at once.",
      operands: [],
      load: async () => (await import("./commands/nodes/worker.ts")).workerCommand,
    },
    host: {
      summary:
        "Run as many workers on this machine as the pool has work for. Ctrl-C and SIGTERM drain them, a second one stops them at once.",
      operands: [],
      load: async () => (await import("./commands/nodes/host.ts")).hostCommand,
    },
    distributor: {
      summary:
        "Maintain a pool: requeue what dead workers held, and give queued work to idle ones. Several may run; one at a time is active.",
      operands: [],
      load: async () => (await import("./commands/nodes/distributor.ts")).distributorCommand,
    },
    enqueue: {
      summary: "Send requests to a pool, and print their values in order.",
      operands: [
        ["<pool>", "the pool's id, or pool/worker to have one worker evaluate them"],
        ["<request...>", "requests as JSON; - reads one a line from stdin"],
      ],
      load: async () => (await import("./commands/requests/enqueue.ts")).enqueueCommand,
    },
    batch: {
      summary:
        "Run a large piece of work: cut the data, process each slice, reduce or write the values. Ctrl-C can be resumed.",
      operands: [],
      load: async () => (await import("./commands/batches/batch.ts")).batchCommand,
    },
    plan: {
      summary: "Say how a batch would be run, what was measured for it, and what more or fewer nodes would take.",
      operands: [],
      load: async () => (await import("./commands/batches/plan.ts")).planCommand,
    },
    mapreduce: {
      summary:
        "Map lines of files and reduce the values, by workers/mapper.ts and workers/reducer.ts, each exporting start.",
      operands: [],
      load: async () => (await import("./commands/batches/mapreduce.ts")).mapreduceCommand,
    },
    sweep: {
      summary: "Run one experiment on many machines that share nothing: each runs its share, and results are merged.",
      operands: [
        ["<action>", `what to do: ${sweepActionNames.join(", ")}`],
        ["[folder...]", "after merge and rebalance: the folders of results of all machines"],
      ],
      load: async () => (await import("./commands/batches/sweep.ts")).sweepCommand,
    },
    runner: {
      summary: "Carry out submitted runs. If it ends or dies, another runner takes over its unfinished runs.",
      operands: [],
      load: async () => (await import("./commands/nodes/runner.ts")).runnerCommand,
    },
    expect: {
      summary: "Announce requests that will come, so that hosts and autoscalers have the workers for them in time.",
      operands: [["<pool>", "the pool's id"]],
      load: async () => (await import("./commands/batches/expect.ts")).expectCommand,
    },
    runs: {
      summary:
        "List submitted runs and schedules, show one with its log, submit one, or cancel, retry, resume, pause or remove one.",
      operands: [
        ["<action>", `${runActionNames.join(", ")}; or schedules, followed by ${scheduleActionNames.join(", ")}`],
        ["[id]", "the id of a run or a schedule; for submit a file that holds the run as JSON, or - for stdin"],
        ["[schedule]", "after schedules and its action: the id of a schedule"],
      ],
      load: async () => (await import("./commands/batches/runs.ts")).runsCommand,
    },
    status: {
      summary: "Show a pool: what is queued and running, its members, functions and counters, and why nothing moves.",
      operands: [["<pool>", "the pool's id"]],
      load: async () => (await import("./commands/pools/status.ts")).statusCommand,
    },
    why: {
      summary: "Show where a request is, who waits for it, what it waits for, and what must happen next.",
      operands: [
        ["<pool>", "the pool's id"],
        ["<request>", "the request as JSON, or its id"],
      ],
      load: async () => (await import("./commands/requests/why.ts")).whyCommand,
    },
    replay: {
      summary:
        "Evaluate one request in this process, where a debugger can look at it. Kept results of the pool answer its calls; the pool is not changed.",
      operands: [
        ["<pool>", "the pool's id"],
        ["<request>", "the request as JSON"],
      ],
      load: async () => (await import("./commands/requests/replay.ts")).replayCommand,
    },
    dashboard: {
      summary:
        "Serve a page that shows the pools of a grid as they work: workers, queues, functions, runs, single requests.",
      operands: [],
      load: async () => (await import("./commands/pools/dashboard.ts")).dashboardCommand,
    },
    top: {
      summary: "Show the pools of a grid as they work, in the terminal, about once a second.",
      operands: [],
      load: async () => (await import("./commands/pools/top.ts")).topCommand,
    },
    doctor: {
      summary:
        "Examine Redis and a pool: connection, version, settings, rights, memory, clock, functions; each fault with its remedy.",
      operands: [["[pool]", 'the pool\'s id (default: "pool")']],
      load: async () => (await import("./commands/pools/doctor.ts")).doctorCommand,
    },
    logs: {
      summary: "Make one time-ordered stream of several log files, compressed ones (.gz) included.",
      operands: [
        ["<merge>", "what to do with them: merge"],
        ["<file...>", "files as --log-file writes them"],
      ],
      load: async () => (await import("./commands/logs.ts")).logsCommand,
    },
    pools: {
      summary: "List the pools of a grid, with their members and the time since their last use.",
      operands: [],
      load: async () => (await import("./commands/pools/pools.ts")).poolsCommand,
    },
    remove: {
      summary: "Remove a pool from Redis: its requests, kept results, functions and counters. Asks before.",
      operands: [["<pool>", "the pool's id"]],
      load: async () => (await import("./commands/pools/remove.ts")).removeCommand,
    },
    forget: {
      summary: "Forget the kept result of a request, or all kept results of a function.",
      operands: [
        ["<pool>", "the pool's id"],
        ["<request-or-function>", "a request as JSON, or the name of a function"],
      ],
      load: async () => (await import("./commands/requests/forget.ts")).forgetCommand,
    },
    cache: {
      summary:
        "Show whether a kept result is used, and if not which functions and files have changed since; how much is kept, and how it is used; which functions gave different values for one request; forget results.",
      operands: [
        ["<action>", `what to do: ${cacheActionNames.join(", ")}`],
        ["<pool>", "the pool's id"],
        ["[request]", "after explain and forget: the request as JSON; after forget also the name of a function"],
      ],
      load: async () => (await import("./commands/pools/cache.ts")).cacheCommand,
    },
    torture: {
      summary:
        "Break a grid on your own Redis: kill and stop its workers, cut its links, and check that nothing is lost or wrong. It uses a grid name of its own, and removes its keys.",
      operands: [],
      load: async () => (await import("./commands/torture.ts")).tortureCommand,
    },
    "remote-workers": {
      summary:
        "Worker processes for a launcher on another machine, which talks to them over stdin. Not to be called by hand.",
      operands: [],
      load: async () => (await import("./commands/nodes/remote-workers.ts")).remoteWorkersCommand,
    },
  } satisfies Record<string, CommandEntry>),
);
