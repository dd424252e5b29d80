/** What a client of the torture notes of a grid that answers, and of one that is closed. */
import { GridClient } from "@callgrid/client";
import { define } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { startWorker } from "@callgrid/worker";
import { expect, it, onTestFinished } from "vitest";
import { History } from "./history.ts";
import { TortureClient } from "./torture-client.ts";
import type { PlannedRequest } from "./workload.ts";

function startClient(pool = "pool"): {
  client: TortureClient;
  history: History;
  grid: GridClient;
  statekeeper: MemoryStatekeeper;
} {
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
  return { client: new TortureClient({ grid, pool, history, nextAsk }), history, grid, statekeeper };
}

function* doublings(): Generator<PlannedRequest, never> {
  for (let x = 0; ; x += 1) yield { request: ["double", x], expected: { value: 2 * x } };
}

it("values and failures of functions are recorded as answers", async () => {
  const { client, history, statekeeper } = startClient();
  const double = define("double", (x: number) => 2 * x);
  const fail = define("fail", () => {
    throw new Error("no");
  });
  const worker = await startWorker({ pool: "pool", functions: { double, fail }, statekeeper });
  onTestFinished(() => worker.stop());
  await client.askAll(
    [
      { request: ["double", 4], expected: { value: 8 } },
      { request: ["fail"], expected: { failure: "no" } },
      { request: ["double", 5], expected: { value: 11 } },
    ],
    2,
  );
  const { asked, answered, counts, violations } = history.report();
  expect([asked, answered, counts]).toEqual([3, 3, { lost: 0, unanswered: 0, contradicted: 0, wrong: 1 }]);
  expect(violations).toMatchObject([{ kind: "wrong", request: '["double",5]', answer: "10" }]);
});

it("what the grid refuses is noted as lost", async () => {
  const { client, history } = startClient("no name of a pool");
  await client.ask({ request: ["double", 1], expected: { value: 2 } });
  expect(history.report()).toMatchObject({ answered: 1, counts: { lost: 1 } });
});

it("an endless series ends with the grid, and what was open then is not a violation", async () => {
  const { client, history, grid } = startClient();
  const asking = client.askAll(doublings(), 4);
  await grid.close();
  await asking;
  expect(history.report()).toMatchObject({ asked: 4, withdrawn: 4, violations: [] });
});
