/**
 * What the tests of faults use: a Redis of their own that may be broken, worker processes as users start them, and a
 * history of everything that was asked, answered and evaluated.
 */
import { randomUUID } from "node:crypto";
import { connect, type Grid } from "@callgrid/client";
import { openStatekeeper, type PoolKeeper, type PoolState } from "@callgrid/statekeeper";
import { expect, type TestContext } from "vitest";
import { EvaluationLog } from "../../packages/cli/src/torture/evaluation-log.ts";
import { History, type HistoryReport } from "../../packages/cli/src/torture/history.ts";
import { linkToRedis, type RedisLink } from "../../packages/cli/src/torture/redis-link.ts";
import { TortureClient } from "../../packages/cli/src/torture/torture-client.ts";
import { StartedCommand } from "./command.ts";
import { fixture } from "./fixture.ts";
import { RedisServer } from "./redis-server.ts";
import { until } from "./until.ts";

const tortureFunctions = new URL("../../packages/callgrid/bundle/torture-functions.js", import.meta.url);
const misbehavingFunctions = fixture("faults/functions");

/** How to set a stage. */
export interface FaultStageOptions {
  /** Arguments of the stage's own Redis. */
  readonly redis?: string[];
  /** Where the grid is to be instead of on a Redis of the stage's own. */
  readonly url?: string;
  /** Environment of the commands. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a client of these tests is distinguished by: it is found out soon when it is gone. */
const clientOptions = { leaseMs: 3_000, checkEveryMs: 500 } as const;

export class FaultStage {
  readonly url: string;
  readonly grid: string;
  /** Looks at the pool, whatever the clients' own links suffer. */
  readonly keeper: PoolKeeper;
  readonly #server: RedisServer | undefined;
  readonly #context: TestContext;
  readonly #env: Readonly<Record<string, string>>;
  readonly #log: EvaluationLog;
  readonly #history = new History();
  #asks = 0;

  private constructor(parts: {
    server: RedisServer | undefined;
    url: string;
    grid: string;
    keeper: PoolKeeper;
    log: EvaluationLog;
    env: Readonly<Record<string, string>>;
    context: TestContext;
  }) {
    this.#server = parts.server;
    this.url = parts.url;
    this.grid = parts.grid;
    this.keeper = parts.keeper;
    this.#log = parts.log;
    this.#env = parts.env;
    this.#context = parts.context;
  }

  /** Everything ends with the test, of which several may run at a time. */
  static async set(context: TestContext, options: FaultStageOptions = {}): Promise<FaultStage> {
    const { redis: args = [], env = {} } = options;
    const { onTestFinished } = context;
    const server =
      options.url === undefined ? await RedisServer.start({ port: await RedisServer.freePort(), args }) : undefined;
    onTestFinished(() => server?.stop());
    const url = options.url ?? server?.url ?? "";
    const grid = randomUUID();
    const statekeeper = await openStatekeeper(url, { grid });
    onTestFinished(() => statekeeper.close());
    const log = await EvaluationLog.make();
    onTestFinished(() => log.remove());
    return new FaultStage({ server, url, grid, keeper: statekeeper.pool("pool"), log, env, context });
  }

  /** The stage's own Redis. */
  get server(): RedisServer {
    if (this.#server === undefined) throw new Error(`this stage is set on ${this.url}`);
    return this.#server;
  }

  /** A supervisor with worker processes that have joined and renewed their leases once: the first ones are longer. */
  async startWorkers(count: number, ...flags: string[]): Promise<StartedCommand> {
    const functions = [this.#log.tellModule(tortureFunctions), misbehavingFunctions];
    const what = functions.flatMap((module) => ["--functions", module]);
    const workers = this.start("worker", "--pool", "pool", ...what, "--count", String(count), ...flags);
    await workers.says("joined the pool", count);
    // a renewal reports the memory that the process takes
    await this.until(({ members }) =>
      members.every(({ kind, memoryMb }) => kind !== "worker" || memoryMb !== undefined),
    );
    return workers;
  }

  /** A distributor that takes over soon where another has died. */
  startDistributor(): StartedCommand {
    return this.start("distributor", "--pool", "pool", "--lease-ms", "1s");
  }

  /** A `callgrid` command on this grid. */
  start(...args: string[]): StartedCommand {
    const own = { CALLGRID_URL: this.url, CALLGRID_GRID: this.grid };
    const command = new StartedCommand(args, { ...this.#env, ...own });
    this.#context.onTestFinished(() => command.killAll());
    return command;
  }

  /** A client; by way of the link, if one is given. */
  async connect(url = this.url): Promise<Grid> {
    const grid = await connect(url, { grid: this.grid, ...clientOptions });
    this.#context.onTestFinished(() => grid.close());
    return grid;
  }

  /** A way to the Redis that can be broken. */
  async link(): Promise<RedisLink> {
    const link = await linkToRedis(this.server.url);
    this.#context.onTestFinished(() => link.proxy.stop());
    return link;
  }

  client(grid: Grid): TortureClient {
    const nextAsk = (): number => {
      this.#asks += 1;
      return this.#asks;
    };
    return new TortureClient({ grid, pool: "pool", history: this.#history, nextAsk });
  }

  /** Resolves once the pool is so; it notifies no one when it changes, so it is asked now and then. */
  async until(isSo: (state: PoolState) => boolean): Promise<PoolState> {
    let state: PoolState | undefined;
    await until(async () => {
      state = await this.keeper.inspect();
      return isSo(state);
    });
    return state as PoolState;
  }

  /** The ids of the worker processes that are members now. */
  async workerProcesses(): Promise<number[]> {
    const { members } = await this.keeper.inspect();
    return members.filter(({ kind }) => kind === "worker").map(({ description }) => Number(description["processId"]));
  }

  /** How many evaluations have begun. */
  async evaluated(): Promise<number> {
    let count = 0;
    for await (const _ of this.#log.ids()) count += 1;
    return count;
  }

  /** The history, with everything the workers noted. It is right, or the test fails and shows what is wrong. */
  async rightHistory(): Promise<HistoryReport> {
    for await (const id of this.#log.ids()) this.#history.take({ kind: "evaluated", id });
    const report = this.#history.report();
    const { asked, answered, evaluated, duplicates } = report;
    await this.#context.annotate(
      `${asked} asked, ${answered} answered, ${evaluated} evaluations, ${duplicates} of them again`,
    );
    expect(report.violations).toEqual([]);
    return report;
  }
}
