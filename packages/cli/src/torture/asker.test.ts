/** What an asker notes of a grid that answers, and of one that is closed. */
import { GridClient } from "@callgrid/client";
import { define } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { startWorker } from "@callgrid/worker";
import { expect, it, onTestFinished } from "vitest";
import { Asker } from "./asker.ts";
import { History } from "./history.ts";
import type { PlannedRequest } from "./workload.ts";

function setAsker(pool = "pool"): { asker: Asker; history: History; grid: GridClient; statekeeper: MemoryStatekeeper } {
  const statekeeper = new MemoryStatekeeper({ grid: "test" });
  const grid = new GridClient({ statekeeper });
  onTestFinished(async () => {
    await grid.close();
    await statekeeper.close();
  });
  const history = new History();
  let asks = 0;
  const nextAsk = (): number => {
    asks += 1;
    return asks;
  };
  return { asker: new Asker({ grid, pool, history, nextAsk }), history, grid, statekeeper };
}

function* doublings(): Generator<PlannedRequest, never> {
  for (let x = 0; ; x += 1) yield { request: ["double", x], expected: { value: 2 * x } };
}

it("values and failures of functions are noted as what was told", async () => {
  const { asker, history, statekeeper } = setAsker();
  const double = define("double", (x: number) => 2 * x);
  const fail = define("fail", () => {
    throw new Error("no");
  });
  const worker = await startWorker({ pool: "pool", functions: { double, fail }, statekeeper });
  onTestFinished(() => worker.stop());
  await asker.askAll(
    [
      { request: ["double", 4], expected: { value: 8 } },
      { request: ["fail"], expected: { failure: "no" } },
      { request: ["double", 5], expected: { value: 11 } },
    ],
    2,
  );
  const { asked, answered, counts, violations } = history.report();
  expect([asked, answered, counts]).toEqual([3, 3, { lost: 0, unanswered: 0, contradicted: 0, wrong: 1 }]);
  expect(violations).toMatchObject([{ kind: "wrong", request: '["double",5]', told: "10" }]);
});

it("what the grid refuses is noted as lost", async () => {
  const { asker, history } = setAsker("no name of a pool");
  await asker.ask({ request: ["double", 1], expected: { value: 2 } });
  expect(history.report()).toMatchObject({ answered: 1, counts: { lost: 1 } });
});

it("an endless series ends with the grid, and what was open then is no violation", async () => {
  const { asker, history, grid } = setAsker();
  const asking = asker.askAll(doublings(), 4);
  await grid.close();
  await asking;
  expect(history.report()).toMatchObject({ asked: 4, withdrawn: 4, violations: [] });
});
