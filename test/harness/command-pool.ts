import { randomUUID } from "node:crypto";
import { openStatekeeper, type PoolKeeper, type PoolState } from "@callgrid/statekeeper";
import { startWorker } from "callgrid";
import { pino } from "pino";
import { inject, onTestFinished } from "vitest";
import { type CommandResult, runCommand, type StartedCommand, startCommand } from "./command.ts";
import { fixture } from "./fixture.ts";
import { runHere } from "./own-command.ts";
import { until } from "./until.ts";

/** The module of functions that the commands evaluate. */
export const commandFunctions = fixture("cli/functions");

/** A pool of a test's own on a real Redis, and the `callgrid` command on it: nodes as real processes, callers within this one. */
export class CommandPool {
  readonly env: Readonly<Record<string, string>>;

  constructor(url = inject("redisUrl"), grid: string = randomUUID()) {
    this.env = { CALLGRID_URL: url, CALLGRID_GRID: grid };
  }

  /** Runs a command to its end, within this process: for what it says and does. */
  run(args: readonly string[], stdin = ""): Promise<CommandResult> {
    return runHere(args, { env: this.env, stdin });
  }

  /** As {@link run}, as a process of its own: for how it starts and ends. */
  runProcess(args: readonly string[], stdin = ""): Promise<CommandResult> {
    return runCommand(args, { env: this.env, stdin });
  }

  start(...args: string[]): StartedCommand {
    return startCommand(args, { env: this.env });
  }

  /** Workers that have joined. */
  async workers(...args: string[]): Promise<StartedCommand> {
    const workers = this.start("worker", "--pool", "pool", "--functions", commandFunctions, "--json", ...args);
    await workers.firstLine();
    return workers;
  }

  /** Workers that have joined, within this process: for what callers and operators see of a pool. */
  async workersHere(count = 1): Promise<void> {
    const place = { pool: "pool", url: this.env["CALLGRID_URL"] ?? "", grid: this.env["CALLGRID_GRID"] ?? "" };
    for (let started = 0; started < count; started += 1) {
      const worker = await startWorker({ ...place, functions: commandFunctions, log: pino({ level: "silent" }) });
      onTestFinished(() => worker.stop());
    }
  }

  async status(): Promise<PoolState> {
    return JSON.parse((await this.run(["status", "pool", "--json"])).stdout) as PoolState;
  }

  /** As {@link status}, without a command. */
  async state(): Promise<PoolState> {
    return (await this.keeper()).inspect();
  }

  /** Resolves once the pool is so; it notifies no one when it changes, so it is asked now and then. */
  async until(isSo: (state: PoolState) => boolean): Promise<void> {
    const keeper = await this.keeper();
    await until(async () => isSo(await keeper.inspect()));
  }

  async keeper(): Promise<PoolKeeper> {
    const statekeeper = await openStatekeeper(this.env["CALLGRID_URL"] ?? "", {
      grid: this.env["CALLGRID_GRID"] ?? "",
    });
    onTestFinished(() => statekeeper.close());
    return statekeeper.pool("pool");
  }
}
