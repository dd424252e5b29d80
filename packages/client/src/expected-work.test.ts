import { GridError } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { setClientStage } from "../../../test/harness/client-stage.ts";
import type { WorkForecast } from "./expected-work.ts";

async function stageWithWorker() {
  const stage = setClientStage();
  const { grid, statekeeper } = stage;
  const keeper = statekeeper.pool("pool");
  const functions = new Map([
    ["price", "1"],
    ["risk", "1"],
  ]);
  await keeper.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: { slots: 2 }, functions });
  await keeper.complete(
    "w1",
    [],
    [{ functionName: "price", evaluations: 10, failures: 0, selfMicros: 30_000, expectedMicros: 60_000 }],
  );
  return { grid, keeper };
}

describe("announced requests", () => {
  it("are as much work as the pool has measured, and need the workers that get it done in time", async () => {
    const { grid, keeper } = await stageWithWorker();
    const expected = await grid.expectWork("pool", { id: "closing", requests: { price: 1_000 }, withinMs: 10_000 });
    // 1,000 × 30 ms in 10 s on two slots that are busy nine tenths of it
    expect(expected).toEqual({ id: "closing", workMs: 30_000, workers: 2, unmeasured: [] });
    const shown = { id: "closing", workMs: 30_000, withinMs: 10_000, startsInMs: 0, endsInMs: 10_000 };
    expect((await keeper.inspect()).expected).toEqual([shown]);
  });

  it("count as 100 ms each where nothing is measured, and the functions are named", async () => {
    const { grid } = await stageWithWorker();
    const forecast = { requests: { price: 1, risk: 20 }, workMs: 70, withinMs: 1_000 };
    expect(await grid.expectWork("pool", forecast)).toMatchObject({ workMs: 2_100, unmeasured: ["risk"] });
  });

  it("begin at a time of this process's clock and are remembered until they should be done", async () => {
    const { grid, keeper } = await stageWithWorker();
    const at = new Date(Date.now() + 3_600_000);
    await grid.expectWork("pool", { requests: { price: 1 }, at, withinMs: 60_000 });
    const [work] = (await keeper.inspect()).expected;
    expect(work?.startsInMs).toBeGreaterThan(3_590_000);
    expect(work?.endsInMs).toBe((work?.startsInMs ?? 0) + 60_000);
  });

  it("are withdrawn by an announcement of no work", async () => {
    const { grid, keeper } = await stageWithWorker();
    await grid.expectWork("pool", { id: "closing", workMs: 5, withinMs: 10_000 });
    await grid.expectWork("pool", { id: "closing", workMs: 0 });
    expect((await keeper.inspect()).expected).toEqual([]);
  });

  it("of a function that the pool never had are refused with the nearest names", async () => {
    const { grid } = await stageWithWorker();
    const refused = grid.expectWork("pool", { requests: { prise: 1 }, withinMs: 1_000 });
    await expect(refused).rejects.toThrowError('pool "pool" never had a function "prise"; did you mean "price"');
  });

  it.each<[string, WorkForecast, string]>([
    ["nothing", {}, "expectWork.requests or"],
    ["half a request", { requests: { price: 0.5 } }, "expectWork.requests.price must be a whole number, got 0.5"],
    ["less than none", { requests: { price: -1 } }, "expectWork.requests.price must be"],
    ["an endless time", { workMs: Number.POSITIVE_INFINITY }, "expectWork.workMs must be"],
    ["no time", { workMs: 1, withinMs: 0 }, "expectWork.withinMs must be"],
    ["an invalid date", { workMs: 1, at: new Date(Number.NaN) }, "expectWork.at must be"],
    ["a blank in the id", { workMs: 1, id: "a b" }, "expectWork.id must be"],
  ])("with %s are refused", async (_, forecast, message) => {
    const { grid } = await stageWithWorker();
    const error: unknown = await grid.expectWork("pool", forecast).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GridError);
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringContaining(message) as unknown });
  });
});
