/** Suspects, requests whose worker has died while running them: what runs at the same time, and what does not. */

import { define, encodeRequest, requestId } from "@callgrid/core";
import { expect, it } from "vitest";
import { Gate } from "../../../test/harness/gate.ts";
import { setWorkerStage, type WorkerStage } from "../../../test/harness/worker-stage.ts";
import { callReentrant } from "./evaluation/request-context.ts";

/** Notes which requests run at the same time. */
class Company {
  readonly #running = new Set<string>();
  readonly met = new Map<string, Set<string>>();

  join(name: string): void {
    this.#running.add(name);
    for (const one of this.#running) {
      const met = this.met.get(one) ?? new Set();
      for (const other of this.#running) if (other !== one) met.add(other);
      this.met.set(one, met);
    }
  }

  leave(name: string): void {
    this.#running.delete(name);
  }
}

/** Has a worker die while it runs these. */
async function loseAll(stage: WorkerStage, names: readonly string[]): Promise<Array<Promise<unknown>>> {
  const functions = new Map([["visit", visitVersion]]);
  const table = await stage.pool.join({ id: "doomed", kind: "worker", leaseMs: 60_000, description: {}, functions });
  const values = names.map((name) => stage.grid.enqueue("pool", ["visit", name]));
  await stage.clock.advance(0);
  for (const _ of names) {
    const from = { worker: "doomed", epoch: table.epoch, skips: [], reach: "roots" as const };
    await stage.pool.claim({ ...from, max: 1, budgetMicros: 1, volunteerFor: 0 });
  }
  await stage.pool.reportDeath("doomed", {}, 3);
  const states = await Promise.all(
    names.map((name) => stage.pool.inspectRequest(requestId(encodeRequest(["visit", name]).canonical))),
  );
  expect(states.map((state) => state?.losses)).toEqual(names.map(() => 1));
  return values;
}

const visitVersion = "1";

it("runs each of them alone, and others together as before", async () => {
  const stage = setWorkerStage();
  const company = new Company();
  const visit = define("visit", { version: visitVersion }, async (name: string) => {
    company.join(name);
    await new Promise((resolve) => stage.clock.after(50, () => resolve(undefined)));
    company.leave(name);
    return name;
  });
  const lost = await loseAll(stage, ["s1", "s2"]);
  const innocent = ["i1", "i2", "i3", "i4"];
  const others = innocent.map((name) => stage.grid.enqueue("pool", ["visit", name]));
  await stage.startWorker([visit], { slots: 4 });
  await stage.clock.advance(1_000);
  expect(await Promise.all([...lost, ...others])).toEqual(["s1", "s2", ...innocent]);
  expect([company.met.get("s1")?.size, company.met.get("s2")?.size]).toEqual([0, 0]);
  expect(company.met.get("i1")?.size).toBeGreaterThan(0);
});

it("waits with one while others run, and claims nothing more until it has run", async () => {
  const stage = setWorkerStage();
  const [first, second] = [new Gate(), new Gate()];
  const running: string[] = [];
  const visit = define("visit", { version: visitVersion }, async (name: string) => {
    running.push(name);
    if (name === "first") await first.pass();
    if (name === "second") await second.pass();
    return name;
  });
  await stage.startWorker([visit], { slots: 2 });
  const busy = ["first", "second"].map((name) => stage.grid.enqueue("pool", ["visit", name]));
  await Promise.all([first.reached, second.reached]);
  const [lost] = await loseAll(stage, ["suspect"]);
  first.open();
  await stage.clock.advance(100);
  const later = stage.grid.enqueue("pool", ["visit", "later"]);
  await stage.clock.advance(100);
  expect(running).toEqual(["first", "second"]);
  second.open();
  expect(await Promise.all([...busy, lost, later])).toEqual(["first", "second", "suspect", "later"]);
});

it("lets its own calls run while it waits for them", async () => {
  const stage = setWorkerStage();
  const child = define("child", (name: string) => `child of ${name}`);
  const visit = define("visit", { version: visitVersion }, async (name: string) => {
    const [value] = await callReentrant([[child, name]]);
    return value;
  });
  const [lost] = await loseAll(stage, ["suspect"]);
  await stage.startWorker([visit, child], { slots: 2 });
  expect(await lost).toBe("child of suspect");
});

it.each([2, 4])(
  "goes on as soon as its call is answered, however much else there is to run: %i slots",
  async (slots) => {
    const stage = setWorkerStage();
    const nap = (): Promise<void> => new Promise((resolve) => stage.clock.after(5, () => resolve()));
    let others = 0;
    let othersBefore = 0;
    const short = define("short", { cache: false }, async (_id: number) => {
      await nap();
      others += 1;
    });
    const child = define("child", nap);
    const visit = define("visit", { version: visitVersion }, async (name: string) => {
      await callReentrant([[child]]);
      othersBefore = others;
      return name;
    });
    const [lost] = await loseAll(stage, ["suspect"]);
    await stage.startWorker([visit, child, short], { slots });
    const stream = Array.from({ length: 2_000 }, (_, id) => stage.grid.enqueue("pool", [short, id]));
    let isAnswered = false;
    void lost?.then(() => {
      isAnswered = true;
    });
    await stage.clock.advance(1_000);
    expect(isAnswered).toBe(true);
    expect(othersBefore).toBeLessThan(50);
    await stage.clock.advance(20_000);
    await Promise.all(stream);
  },
);
