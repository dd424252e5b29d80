import { define } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { Gate } from "../../../../test/harness/gate.ts";
import { setWorkerStage } from "../../../../test/harness/worker-stage.ts";
import { callReentrant, context } from "./request-context.ts";

const double = define("double", (x: number) => 2 * x);

describe.each(["auto", "eager"] as const)("slots (sharing %s)", (sharing) => {
  it.each([1, 3])("no more functions run at a time than there are slots: %i", async (slots) => {
    const stage = setWorkerStage();
    let running = 0;
    let most = 0;
    const gate = new Gate();
    const hold = define("hold", async (i: number) => {
      running += 1;
      most = Math.max(most, running);
      await gate.pass();
      running -= 1;
      return i;
    });
    await stage.startWorker([hold], { sharing, slots });
    const values = stage.grid.enqueueAll(
      "pool",
      [0, 1, 2, 3, 4, 5, 6].map((i) => [hold, i] as const),
    );
    await stage.clock.advance(10);
    expect(gate.arrivals).toBe(slots);
    gate.open();
    expect(await values).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(slots);
  });

  it("a function that waits for its calls gives its slot up, to any depth", async () => {
    const stage = setWorkerStage();
    const chain = define("chain", async (depth: number): Promise<number> => {
      if (depth === 0) return 0;
      const [below] = await callReentrant([["chain", depth - 1]]);
      return (below as number) + 1;
    });
    await stage.startWorker([chain], { sharing });
    expect(await stage.grid.enqueue("pool", [chain, 1_000])).toBe(1_000);
  });

  it("a function that waits for something else keeps its slot", async () => {
    const stage = setWorkerStage();
    const gate = new Gate();
    const hold = define("hold", () => gate.pass());
    await stage.startWorker([hold, double], { sharing });
    const held = stage.grid.enqueue("pool", [hold]);
    await gate.reached;
    let isDoubled = false;
    const doubled = stage.grid.enqueue("pool", [double, 1]).then(() => {
      isDoubled = true;
    });
    await stage.clock.advance(100);
    expect(isDoubled).toBe(false);
    gate.open();
    await Promise.all([held, doubled]);
  });

  it("what can go on does so before anything new starts", async () => {
    const stage = setWorkerStage();
    const order: string[] = [];
    const parent = define("parent", async (i: number) => {
      order.push(`${i} starts`);
      await callReentrant([["child", i]]);
      order.push(`${i} goes on`);
    });
    const child = define("child", (i: number) => {
      order.push(`${i} has what it waits for`);
    });
    await stage.startWorker([parent, child], { sharing });
    await stage.grid.enqueueAll("pool", [
      [parent, 1],
      [parent, 2],
      [parent, 3],
    ]);
    expect(order).toHaveLength(9);
    for (const i of [1, 2, 3]) {
      expect(order[order.indexOf(`${i} has what it waits for`) + 1]).toBe(`${i} goes on`);
    }
  });

  it("the context of a request is its own before and after each wait", async () => {
    const stage = setWorkerStage();
    const leaks: string[] = [];
    const wander = define("wander", async (name: string, steps: number): Promise<string> => {
      const own = context().requestId;
      for (let step = 0; step < steps; step += 1) {
        await callReentrant([["wander", `${name}${step % 3}`, steps - step - 1]]);
        if (context().requestId !== own) leaks.push(`${name} after a call`);
        await Promise.resolve();
        if (context().requestId !== own) leaks.push(`${name} after a promise`);
        await new Promise((resolve) => setImmediate(resolve));
        if (context().requestId !== own) leaks.push(`${name} after a turn`);
      }
      return own;
    });
    await stage.startWorker([wander], { sharing, slots: 2 });
    const ids = await stage.grid.enqueueAll("pool", [
      [wander, "a", 5],
      [wander, "b", 5],
    ]);
    expect(leaks).toEqual([]);
    expect(new Set(ids).size).toBe(2);
  });

  it("a listener of the signal runs in the context of the request", async () => {
    const stage = setWorkerStage();
    const gate = new Gate();
    let heardIn = "";
    let own = "";
    const listen = define("listen", () => {
      own = context().requestId;
      context().signal.addEventListener("abort", () => {
        heardIn = context().requestId;
      });
      return gate.pass();
    });
    await stage.startWorker([listen], { sharing });
    const abort = new AbortController();
    const listened = stage.grid.enqueue("pool", [listen], { signal: abort.signal });
    const failed = expect(listened).rejects.toMatchObject({ code: "CANCELLED" });
    await gate.reached;
    abort.abort();
    await failed;
    await stage.clock.advance(0);
    expect(heardIn).toBe(own);
    expect(own).not.toBe("");
  });
});

describe("what a function returns", () => {
  it.each<[string, () => unknown, unknown]>([
    ["a value", () => 5, 5],
    ["nothing", () => undefined, undefined],
    ["a promise", async () => 5, 5],
    [
      "something else that can be awaited",
      // biome-ignore lint/suspicious/noThenProperty: what can be awaited without being a promise is under test
      () => ({ then: (resolve: (value: unknown) => void) => void resolve(context().functionName) }),
      "f",
    ],
  ])("may be %s", async (_what, evaluate, value) => {
    const stage = setWorkerStage();
    const f = define("f", evaluate);
    await stage.startWorker([f]);
    expect(await stage.grid.enqueue("pool", ["f"])).toEqual(value);
  });

  it.each<[string, () => unknown]>([
    [
      "throws when it is awaited",
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        then: () => {
          throw new Error("not to be awaited");
        },
      }),
    ],
    [
      "throws when it is looked at",
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: that is what is tried
        get then() {
          throw new Error("not to be awaited");
        },
      }),
    ],
  ])("fails the request alone if it %s", async (_what, evaluate) => {
    const stage = setWorkerStage();
    const f = define("f", evaluate);
    await stage.startWorker([f, double]);
    await expect(stage.grid.enqueue("pool", ["f"])).rejects.toMatchObject({ msg: "not to be awaited" });
    expect(await stage.grid.enqueue("pool", [double, 1])).toBe(2);
  });
});
