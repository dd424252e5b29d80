/** What a dashboard reads on Redis. It joins no pool, and reads nothing but what is asked for. */
import type { RunSummary, Schedule } from "@callgrid/batch/runs";
import { type OpenOptions, openStatekeeper, PoolCatalog } from "@callgrid/statekeeper";
import type { DashboardSource, DashboardWords } from "../collect/dashboard-source.ts";
import type { RunFigures } from "../model/documents.ts";

/** A source that has to be closed. */
export interface RedisSource extends DashboardSource {
  close(): Promise<void>;
}

/** How to open one. */
export interface RedisSourceOptions extends OpenOptions {
  readonly url: string;
  readonly words: DashboardWords;
}

/** Throws what {@link openStatekeeper} throws. */
export async function openRedisSource({ url, words, ...options }: RedisSourceOptions): Promise<RedisSource> {
  const statekeeper = await openStatekeeper(url, options);
  const catalog = await PoolCatalog.open(url, options);
  const runs = new RunReader(url, options.grid);
  return {
    ...{ address: statekeeper.address, grid: statekeeper.grid, words },
    pools: () => catalog.joinedPools(),
    pool: (pool) => statekeeper.pool(pool),
    runs: () => runs.list(),
    close: async () => {
      await runs.close();
      catalog.close();
      await statekeeper.close();
    },
  };
}

/** Loads the reader of runs at the first request for them: loading it takes as long as loading all the rest. */
class RunReader {
  readonly #url: string;
  readonly #grid: string;
  #queue: Promise<import("@callgrid/batch/runs").RunQueue> | undefined;

  constructor(url: string, grid: string) {
    this.#url = url;
    this.#grid = grid;
  }

  async list(): Promise<RunFigures[]> {
    this.#queue ??= this.#open();
    return (await (await this.#queue).list()).map(runFigures);
  }

  async close(): Promise<void> {
    await (await this.#queue)?.close();
  }

  async #open(): Promise<import("@callgrid/batch/runs").RunQueue> {
    const { RunQueue } = await import("@callgrid/batch/runs");
    return new RunQueue({ url: this.#url, grid: this.#grid });
  }
}

/** Without what the run works on: that may be secret, and large. */
function runFigures(run: RunSummary | Schedule): RunFigures {
  const { kind, id, name, state, submittedMs, spec } = run;
  const common = { kind, id, name, state, submittedMs, pool: spec.pool };
  if (run.kind === "schedule") return { ...common, cron: `${run.cron} ${run.tz}`, ...known({ dueMs: run.nextMs }) };
  return { ...common, ...known({ done: run.done, dueMs: run.dueMs, reason: run.reason }) };
}

/** Without fields that are undefined. */
function known<Field>(fields: Readonly<Record<string, Field | undefined>>): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, Field] => entry[1] !== undefined));
}
