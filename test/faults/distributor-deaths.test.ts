/** Distributors that are killed: what dead workers held is taken back by a standby, or by a worker. */
import { describe, expect, type TestContext, test } from "vitest";
import { Chance } from "../../packages/cli/src/torture/chance.ts";
import { plannedRequests } from "../../packages/cli/src/torture/workload.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { NoteFile } from "../harness/note-file.ts";

const lease = ["--lease-ms", "1s"];

interface Pool {
  readonly stage: FaultStage;
  readonly killWorker: () => Promise<void>;
  /** Ends the load, and shows that everything was answered. */
  readonly finish: () => Promise<void>;
}

/** A pool under load, with a worker whose death only the sweep can find out. */
async function setPool(context: TestContext): Promise<Pool> {
  const stage = await FaultStage.set(context);
  const notes = await NoteFile.make(context);
  const doomed = await stage.startWorkers(1, ...lease);
  const [victim] = (await stage.keeper.inspect()).members.map(({ id }) => id);
  const grid = await stage.connect();
  const held = grid.enqueue(`pool/${victim}`, ["rest", notes.path, "held", 700]);
  await notes.has("held");
  await stage.startWorkers(1, ...lease);
  const stop = new AbortController();
  const asking = stage.client(grid).askAll(plannedRequests(new Chance(2)), 16, stop.signal);
  return {
    stage,
    killWorker: () => doomed.killAll(),
    finish: async () => {
      expect(await held).toBe("held");
      stop.abort();
      await asking;
      await stage.rightHistory();
    },
  };
}

describe.concurrent("the distributor is killed, and then a worker together with its supervisor", () => {
  test("with a standby: that takes over, and takes back what the worker held", async (context) => {
    const { stage, killWorker, finish } = await setPool(context);
    const head = stage.startDistributor();
    await head.says("became head of the pool");
    const standby = stage.startDistributor();
    await standby.says("standing by");
    head.kill("SIGKILL");
    await standby.says("became head of the pool");
    // before that, a worker that sweeps may be first to take it back
    await killWorker();
    await standby.says("reclaimed the work of members");
    await finish();
  });

  test("without one: the workers go on, and one of them takes back what the dead one held", async (context) => {
    const { stage, killWorker, finish } = await setPool(context);
    const head = stage.startDistributor();
    await head.says("became head of the pool");
    head.kill("SIGKILL");
    await killWorker();
    await finish();
    const { counters } = await stage.keeper.inspect();
    expect(counters["reclaimed"]).toBeGreaterThan(0);
  });
});
