/** A pool under load, while its Redis is broken: what is asked for nests, repeats and fails, and its outcome is known. */
import { Chance } from "../../packages/cli/src/torture/chance.ts";
import { plannedRequests, someRequests } from "../../packages/cli/src/torture/workload.ts";
import type { FaultStage } from "./fault-stage.ts";

/** A pool that works. */
export interface LoadedPool {
  /** Ends the load, and shows that everything was answered rightly and that work goes on. */
  settle(): Promise<void>;
}

/** Starts workers and a caller; resolves when the pool has got going. */
export async function loadPool(stage: FaultStage, url = stage.url): Promise<LoadedPool> {
  await stage.startWorkers(1, "--lease-ms", "2s", "--url", url);
  const client = stage.client(await stage.connect(url));
  const stop = new AbortController();
  const asking = client.askAll(plannedRequests(new Chance(7)), 32, stop.signal);
  await stage.until(({ counters }) => (counters["completed"] ?? 0) > 100);
  return {
    settle: async () => {
      // Some of these were not asked for before, so they take a worker.
      await client.askAll(someRequests(30, new Chance(8)), 8);
      stop.abort();
      await asking;
      await stage.rightHistory();
    },
  };
}
