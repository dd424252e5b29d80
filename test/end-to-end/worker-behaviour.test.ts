/** What a worker promises the functions it runs, on the embedded statekeeper and seen from outside only. */

import { type Grid, GridClient } from "@callgrid/client";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import {
  callReentrant,
  context,
  define,
  isGridError,
  RequestError,
  type RunningWorker,
  startWorker,
  streamReentrant,
} from "callgrid";
import { describe, expect, onTestFinished, test } from "vitest";

type Options = Partial<Parameters<typeof startWorker>[0]>;

/** A promise that is resolved from outside. */
class Gate {
  readonly #promise: Promise<void>;
  open: () => void = () => undefined;

  constructor() {
    this.#promise = new Promise((resolve) => {
      this.open = resolve;
    });
  }

  passed(): Promise<void> {
    return this.#promise;
  }
}

describe.each(["auto", "eager"] as const)('a worker with sharing "%s"', (sharing) => {
  const stage = (): { grid: Grid; work: (functions: object, options?: Options) => Promise<RunningWorker> } => {
    const statekeeper = new MemoryStatekeeper({ grid: "test" });
    const grid = new GridClient({ statekeeper });
    onTestFinished(() => grid.close());
    const work = async (functions: object, options: Options = {}): Promise<RunningWorker> => {
      const worker = await startWorker({ pool: "pool", functions, statekeeper, sharing, checkEveryMs: 50, ...options });
      onTestFinished(() => worker.stop());
      return worker;
    };
    return { grid, work };
  };

  test("gives its one slot up while a function waits, to any depth", async () => {
    const { grid, work } = stage();
    const deep = define("deep", async (n: number): Promise<number> => {
      if (n === 0) return 0;
      const [below] = await callReentrant([["deep", n - 1]]);
      return Number(below) + 1;
    });
    await work({ deep });
    expect(await grid.enqueue("pool", ["deep", 1_000])).toBe(1_000);
  });

  test("evaluates little twice in a recursion that lives on its results, whatever the function did before", async () => {
    const { grid, work } = stage();
    let evaluations = 0;
    // with a path no two calls are equal, without one there are as many as numbers
    const fib = define("fib", async (n: number, path: string): Promise<number> => {
      evaluations += 1;
      if (n < 2) return n;
      const [way1, way2] = path === "" ? ["", ""] : [`${path}1`, `${path}2`];
      const [one, two] = await callReentrant([
        ["fib", n - 1, way1],
        ["fib", n - 2, way2],
      ]);
      return Number(one) + Number(two);
    });
    await work({ fib });
    expect(await grid.enqueue("pool", ["fib", 19, "way"])).toBe(4_181);
    expect(evaluations).toBe(13_529);
    evaluations = 0;
    expect(await grid.enqueue("pool", ["fib", 70, ""])).toBe(190_392_490_709_135);
    expect(evaluations).toBeLessThan(1_000);
  });

  test("runs no more functions at a time than it has slots", async () => {
    const { grid, work } = stage();
    let running = 0;
    let most = 0;
    const busy = define("busy", async (n: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return n;
    });
    await work({ busy }, { slots: 3 });
    await grid.enqueueAll(
      "pool",
      Array.from({ length: 50 }, (_, i) => [busy, i] as const),
    );
    expect(most).toBe(3);
  });

  test("keeps each request's context through its awaits, whatever runs in between", async () => {
    const { grid, work } = stage();
    const leaf = define("leaf", async (n: number) => {
      const before = context().requestId;
      await Promise.resolve();
      return before === context().requestId ? n : -1;
    });
    const trunk = define("trunk", async (n: number) => {
      const before = context().requestId;
      const leaves = await callReentrant([
        [leaf, n],
        [leaf, n + 1_000],
      ]);
      return before === context().requestId ? leaves : [-1, -1];
    });
    await work({ leaf, trunk });
    const values = await grid.enqueueAll(
      "pool",
      Array.from({ length: 30 }, (_, i) => [trunk, i] as const),
    );
    expect(values).toEqual(Array.from({ length: 30 }, (_, i) => [i, i + 1_000]));
  });

  test("lets one function wait for two lists of calls at once with one slot", async () => {
    const { grid, work } = stage();
    const one = define("one", (n: number) => n + 1);
    const both = define("both", async () => {
      const [a, b] = await Promise.all([callReentrant([[one, 1]]), callReentrant([[one, 2]])]);
      return [...a, ...b];
    });
    await work({ one, both });
    expect(await grid.enqueue("pool", [both])).toEqual([2, 3]);
  });

  test("streams outcomes as they come, failed ones too, and gives the rest up when the loop is left", async () => {
    const { grid, work } = stage();
    const odd = define("odd", (n: number) => {
      if (n % 2 === 0) throw new Error(`${n} is even`);
      return n;
    });
    const all = define("all", async () => {
      const seen: string[] = [];
      for await (const { index, outcome } of streamReentrant([
        [odd, 1],
        [odd, 2],
        [odd, 3],
      ])) {
        seen.push("error" in outcome ? `${index}: ${outcome.error.msg}` : `${index}: ${outcome.value}`);
      }
      return seen.sort();
    });
    const first = define("first", async () => {
      for await (const { outcome } of streamReentrant([
        [odd, 5],
        [odd, 7],
      ]))
        return "value" in outcome;
      return false;
    });
    await work({ odd, all, first });
    expect(await grid.enqueue("pool", [all])).toEqual(["0: 1", "1: 2 is even", "2: 3"]);
    expect(await grid.enqueue("pool", [first])).toBe(true);
  });

  test("yields the outcomes of calls in the order of the requests where that is asked for", async () => {
    const { grid, work } = stage();
    const finished: number[] = [];
    const gate = new Gate();
    const count = define("count", { cache: false }, async (n: number) => {
      if (n === 0) await gate.passed();
      finished.push(n);
      if (n === 4) gate.open();
      return n;
    });
    const all = define("all", async () => {
      const seen: number[] = [];
      const requests = [0, 1, 2, 3, 4].map((n) => [count, n] as const);
      for await (const { index } of streamReentrant(requests, { order: "requests" })) seen.push(index);
      return seen;
    });
    await work({ count, all }, { slots: 8 });
    expect(await grid.enqueue("pool", [all])).toEqual([0, 1, 2, 3, 4]);
    expect(finished.at(-1)).toBe(0);
  });

  test("rejects a list of calls with every one that failed, and a function may go on from there", async () => {
    const { grid, work } = stage();
    const fails = define("fails", (n: number): number => {
      throw new Error(`no ${n}`);
    });
    const asks = define(
      "asks",
      async () =>
        (
          await callReentrant([
            [fails, 1],
            [fails, 2],
          ])
        ).length,
    );
    const copes = define("copes", async () => {
      const error: unknown = await callReentrant([[fails, 3]]).catch((thrown: unknown) => thrown);
      return error instanceof RequestError ? Object.keys(error.info) : [];
    });
    await work({ fails, asks, copes });
    const error = await grid.enqueue("pool", [asks]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ info: { '["fails",1]': { msg: "no 1" }, '["fails",2]': { msg: "no 2" } } });
    expect(await grid.enqueue("pool", [copes])).toEqual(['["fails",3]']);
  });

  test("hands each function arguments and results of its own", async () => {
    const { grid, work } = stage();
    const spoil = define("spoil", (list: number[]) => {
      list.push(99);
      return list;
    });
    const twice = define("twice", async () => {
      const mine = [1];
      const [a] = await callReentrant([[spoil, mine]]);
      a.push(7);
      const [b] = await callReentrant([[spoil, mine]]);
      return [mine, a, b];
    });
    await work({ spoil, twice });
    expect(await grid.enqueue("pool", [twice])).toEqual([[1], [1, 99, 7], [1, 99]]);
  });

  test("evaluates each distinct call once", async () => {
    const { grid, work } = stage();
    const fib = define("fib", async (n: number): Promise<number> => {
      if (n < 2) return n;
      const [a, b] = await callReentrant([
        ["fib", n - 1],
        ["fib", n - 2],
      ]);
      return Number(a) + Number(b);
    });
    await work({ fib });
    await grid.enqueue("pool", ["fib", 80]);
    expect((await grid.status("pool")).counters["evaluated:fib"]).toBe(81);
  });

  test.each([1, 20_000])("evaluates a call with an argument of %d characters once for all callers", async (size) => {
    const { grid, work } = stage();
    const text = "x".repeat(size);
    const [gate, hasBegun] = [new Gate(), new Gate()];
    let evaluations = 0;
    const measure = define("measure", async (given: string) => {
      evaluations += 1;
      hasBegun.open();
      await gate.passed();
      return given.length;
    });
    const twice = define("twice", async () => {
      const sizes = callReentrant([
        [measure, text],
        [measure, text],
      ]);
      gate.open();
      return sizes;
    });
    await work({ measure, twice }, { slots: 2 });
    const asked = grid.enqueue("pool", [measure, text]);
    await hasBegun.passed();
    expect(await grid.enqueue("pool", [twice])).toEqual([size, size]);
    expect(await asked).toBe(size);
    expect(evaluations).toBe(1);
    const { joined = 0 } = (await grid.status("pool")).counters;
    expect(joined).toBe(0);
  });

  test("fails a request that waits for itself, straight or through others, and names the cycle", async () => {
    const { grid, work } = stage();
    const ping = define("ping", async (n: number): Promise<unknown> => (await callReentrant([["pong", n]]))[0]);
    const pong = define("pong", async (n: number): Promise<unknown> => (await callReentrant([["ping", n]]))[0]);
    await work({ ping, pong });
    const error = await grid.enqueue("pool", ["ping", 1]).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain("waits for itself");
    expect(JSON.stringify((error as RequestError).tree)).toContain("CYCLIC_REQUEST");
  });

  test("fails a cycle that goes crosswise through two workers", async () => {
    const { grid, work } = stage();
    const bothStarted = [new Gate(), new Gate()];
    const cross = define("cross", async (n: number): Promise<unknown> => {
      bothStarted[n]?.open();
      await Promise.all(bothStarted.map((gate) => gate.passed()));
      return (await callReentrant([["cross", 1 - n]]))[0];
    });
    await work({ cross });
    await work({ cross });
    const outcomes = await Promise.allSettled([grid.enqueue("pool", ["cross", 0]), grid.enqueue("pool", ["cross", 1])]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: "rejected" });
      expect(String((outcome as PromiseRejectedResult).reason)).toContain("waits for itself");
    }
  });

  test("aborts the signal of requests without waiting callers, and of their calls", async () => {
    const { grid, work } = stage();
    const started = new Gate();
    const aborted: string[] = [];
    const below = define("below", async () => {
      const { signal } = context();
      started.open();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      aborted.push("below");
    });
    const above = define("above", async () => (await callReentrant([[below]]))[0]);
    const free = define("free", () => "free");
    await work({ below, above, free });
    const leaving = new AbortController();
    const call = grid.enqueue("pool", [above], { signal: leaving.signal });
    await started.passed();
    leaving.abort(new Error("changed my mind"));
    await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await grid.enqueue("pool", [free])).toBe("free");
    await expect.poll(() => aborted).toEqual(["below"]);
  });

  test("ends a function that runs longer than it may, and one whose callers have no more time", async () => {
    const { grid, work } = stage();
    const never = define("never", { timeoutMs: 30 }, () => new Promise<void>(() => undefined));
    const slow = define("slow", async () => (await callReentrant([["endless"]]))[0]);
    const endless = define("endless", () => new Promise<void>(() => undefined));
    await work({ never, slow, endless });
    await expect(grid.enqueue("pool", [never])).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect(grid.enqueue("pool", [slow], { timeoutMs: 30 })).rejects.toMatchObject({ code: "TIMEOUT" });
    await expect.poll(async () => (await grid.status("pool")).members[0]?.running).toBe(0);
  });

  test("holds back new roots at its bound, and never its children", async () => {
    const { grid, work } = stage();
    const deep = define("deep", async (n: number): Promise<number> => {
      if (n === 0) return 0;
      const [below] = await callReentrant([["deep", n - 1]]);
      return Number(below) + 1;
    });
    await work({ deep }, { suspendedLimit: 2 });
    const roots = Array.from({ length: 20 }, (_, i) => ["deep", 30 - i] as const);
    expect(await grid.enqueueAll("pool", roots)).toEqual(roots.map(([, n]) => n));
  });

  test("drains: what waits goes back to the pool, what runs is finished, another worker does the rest", async () => {
    const { grid, work } = stage();
    const started = new Gate();
    const go = new Gate();
    const evaluatedBy: string[] = [];
    const held = define("held", { cache: false }, async () => {
      started.open();
      await go.passed();
      evaluatedBy.push(context().worker);
      return "held";
    });
    const after = define("after", (n: number) => {
      evaluatedBy.push(context().worker);
      return n;
    });
    const first = await work({ held, after });
    const values = [grid.enqueue("pool", [held]), grid.enqueue("pool", [after, 1]), grid.enqueue("pool", [after, 2])];
    await started.passed();
    const drained = first.drain(10_000);
    const second = await work({ held, after });
    expect(await Promise.all(values.slice(1))).toEqual([1, 2]);
    go.open();
    await drained;
    expect(await values[0]).toBe("held");
    expect(evaluatedBy).toEqual([second.id, second.id, first.id]);
  });

  test("passes a request over for a version of its function that is not the pool's current one", async () => {
    const { grid, work } = stage();
    const oldOne = define("versioned", { version: "1" }, () => "old");
    const newOne = define("versioned", { version: "2" }, () => "new");
    await work({ versioned: oldOne });
    expect(await grid.enqueue("pool", ["versioned"])).toBe("old");
    const newer = await work({ versioned: newOne });
    expect(await grid.enqueue("pool", ["versioned"])).toBe("new");
    expect(await grid.enqueue("pool", ["versioned"], { cache: "refresh" })).toBe("new");
    await newer.drain();
    expect(await grid.enqueue("pool", ["versioned"], { cache: "refresh" })).toBe("old");
  });

  test("reports what cannot travel by its path", async () => {
    const { grid, work } = stage();
    const closure = define("closure", () => ({ rows: [{ fn: () => 1 }] }));
    await work({ closure });
    await expect(grid.enqueue("pool", [closure])).rejects.toMatchObject({ code: "INVALID_VALUE" });
    await expect(grid.enqueue("pool", [closure])).rejects.toThrow("result.rows[0].fn");
  });

  test("forgets a result, and all results of a function, on request", async () => {
    const { grid, work } = stage();
    let count = 0;
    const counts = define("counts", (_tag: string) => {
      count += 1;
      return count;
    });
    await work({ counts });
    expect(await grid.enqueue("pool", [counts, "a"])).toBe(1);
    await grid.forget("pool", [counts, "a"]);
    expect(await grid.enqueue("pool", [counts, "a"])).toBe(2);
    expect(await grid.enqueue("pool", [counts, "a"])).toBe(2);
    await grid.forget("pool", "counts");
    expect(await grid.enqueue("pool", [counts, "a"])).toBe(3);
    expect(await grid.enqueue("pool", [counts, "a"], { cache: "bypass" })).toBe(4);
    expect(await grid.enqueue("pool", [counts, "a"])).toBe(3);
  });

  test("holds none of ten thousand requests once they are answered", async () => {
    const { grid, work } = stage();
    const same = define("same", (n: number) => n);
    const worker = await work({ same }, { recentResultsLimit: 100 });
    for (let round = 0; round < 20; round += 1) {
      await grid.enqueueAll(
        "pool",
        Array.from({ length: 500 }, (_, i) => [same, round * 500 + i] as const),
      );
    }
    const { queued, members, counters } = await grid.status("pool");
    expect({ queued, evaluated: counters["evaluated:same"] }).toEqual({ queued: 0, evaluated: 10_000 });
    expect(members).toMatchObject([{ id: worker.id.slice("pool/".length), queued: 0, running: 0 }]);
  });
});

test("callReentrant outside of a request says what to do instead", async () => {
  const error: unknown = await callReentrant([["f", 1]]).catch((thrown: unknown) => thrown);
  expect(isGridError(error, "NOT_IN_A_REQUEST")).toBe(true);
  expect(() => context()).toThrow("localGrid()");
});
