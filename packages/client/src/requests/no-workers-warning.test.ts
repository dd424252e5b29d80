import { describe, expect, it, vi } from "vitest";
import { type ClientStage, setClientStage } from "../../../../test/harness/client-stage.ts";

const warnings = (stage: ClientStage) => stage.logged.filter(({ level }) => level === "warn");

describe("the warning that a pool has no workers", () => {
  it("comes once after noWorkersWarningMs, with what is likely wrong", async () => {
    const stage = setClientStage({ noWorkersWarningMs: 5_000 });
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(4_999);
    expect(warnings(stage)).toEqual([]);
    await stage.clock.advance(100_000);
    expect(warnings(stage)).toEqual([
      {
        level: "warn",
        facts: { pool: "pool", grid: "test", address: "memory:", waiting: 1, otherGrids: [] },
        message:
          'pool "pool" of grid "test" at memory: has no workers, so its requests wait; ' +
          "a localGrid() has workers in one pool alone, whose name is its `pool`",
      },
    ]);
  });

  it("comes once for each pool", async () => {
    const stage = setClientStage();
    for (const pool of ["one", "other", "one"]) stage.grid.enqueue(pool, ["double", 1]).catch(() => undefined);
    await stage.clock.advance(100_000);
    expect(warnings(stage).map(({ facts }) => facts["pool"])).toEqual(["one", "other"]);
  });

  it("says how to start one where that is a command", async () => {
    const stage = setClientStage();
    Object.assign(stage.statekeeper, { address: "redis://localhost:6379" });
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(5_000);
    expect(warnings(stage)[0]?.message).toMatch(/; start one: callgrid worker --pool pool --functions <file>$/);
  });

  it("names other grids that have this pool, or a few of them", async () => {
    const stage = setClientStage();
    const grids = ["staging", "production", "test", "blue", "green"];
    vi.spyOn(stage.statekeeper, "otherGridsWith").mockResolvedValue(grids);
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(5_000);
    expect(warnings(stage)[0]?.message).toMatch(
      /Other grids there have a pool "pool": "staging", "production", "test" and 2 more$/,
    );
    expect(warnings(stage)[0]?.facts["otherGrids"]).toEqual(grids.slice(0, 3));
  });

  it("asks whether a pool with a name like this one was meant", async () => {
    const stage = setClientStage();
    vi.spyOn(stage.statekeeper, "poolsLike").mockResolvedValue(["pools"]);
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(5_000);
    expect(warnings(stage)[0]?.message).toMatch(/ has no workers, so its requests wait; .*; did you mean "pools"\?$/);
  });

  it("does not come while a worker is busy, and comes when the last one is gone", async () => {
    const stage = setClientStage({ noWorkersWarningMs: 5_000 });
    let end = (): void => undefined;
    const worker = await stage.startWorker({
      slow: () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    });
    stage.grid.enqueue("pool", ["slow", 1]).catch(() => undefined);
    stage.grid.enqueue("pool", ["slow", 2]).catch(() => undefined);
    await stage.clock.advance(8_000);
    expect(warnings(stage)).toEqual([]);
    const stopping = worker.stop();
    end();
    await stage.settle();
    end();
    await stopping;
    stage.grid.enqueue("pool", ["slow", 3]).catch(() => undefined);
    await stage.clock.advance(60_000);
    expect(warnings(stage)).toHaveLength(1);
  });

  it("looks less and less often while workers are there", async () => {
    const stage = setClientStage({ noWorkersWarningMs: 5_000 });
    await stage.startWorker({ never: () => new Promise(() => undefined) });
    const inspect = vi.spyOn(stage.statekeeper.pool("pool"), "inspect");
    stage.grid.enqueue("pool", ["never"]).catch(() => undefined);
    await stage.clock.advance(5_000 + 10_000 + 20_000 + 40_000);
    expect(inspect).toHaveBeenCalledTimes(4);
  });

  it("does not come when nothing waits any more, and comes for what waits later", async () => {
    const stage = setClientStage({ noWorkersWarningMs: 5_000 });
    const controller = new AbortController();
    stage.grid.enqueue("pool", ["double", 1], { signal: controller.signal }).catch(() => undefined);
    await stage.clock.advance(1_000);
    controller.abort();
    await stage.clock.advance(60_000);
    expect(warnings(stage)).toEqual([]);
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(5_000);
    expect(warnings(stage)).toHaveLength(1);
  });

  it("does not come when the pool cannot be looked at", async () => {
    const stage = setClientStage();
    vi.spyOn(stage.statekeeper.pool("pool"), "inspect").mockRejectedValue(new Error("no link"));
    stage.grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await stage.clock.advance(5_000);
    expect(warnings(stage)).toEqual([]);
  });
});
