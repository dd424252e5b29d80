import { describe, expect, it, vi } from "vitest";
import { setClientStage } from "../../../test/harness/client-stage.ts";

type Doubling = readonly [string, number];

/** Requests forever, how many of them were asked for so far, and whether the source was closed. */
function endless() {
  const source = { pulled: 0, isClosed: false, requests };
  function* requests(): Generator<Doubling> {
    try {
      for (;;) yield ["double", source.pulled++];
    } finally {
      source.isClosed = true;
    }
  }
  return source;
}

/** The same source, each step of which takes so many more turns of the microtask queue. */
async function* delayed<Item>(source: AsyncIterable<Item>, turns: number): AsyncGenerator<Item> {
  for await (const item of source) {
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    yield item;
  }
}

describe("stream", () => {
  it("yields each outcome with the index of its request; a failure does not end it", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const items = [];
    for await (const item of grid.stream("pool", [
      ["double", 1],
      ["fail", "icky"],
      ["double", 3],
    ]))
      items.push(item);
    items.sort((one, other) => one.index - other.index);
    const rest = { requestId: expect.stringMatching(/^[\w-]{22}$/), isKept: false };
    expect(items).toEqual([
      { index: 0, outcome: { value: 2 }, ...rest },
      { index: 1, outcome: { error: expect.objectContaining({ msg: "icky" }) }, ...rest },
      { index: 2, outcome: { value: 6 }, ...rest },
    ]);
  });

  it.each(["use", "bypass"] as const)("says under which id each request went out, with cache %s", async (cache) => {
    const { grid, logged, startWorker } = setClientStage();
    await startWorker();
    const ids = [];
    const requests = [1, 2, 3].map((x) => ["double", x] as const);
    for await (const { requestId } of grid.stream("pool", requests, { cache, order: "requests" })) ids.push(requestId);
    const submitted = logged.filter(({ message }) => message === "request submitted");
    expect(ids).toEqual(submitted.map(({ facts }) => facts["requestId"]));
    expect(new Set(ids).size).toBe(3);
  });

  it("yields outcomes in the order of the requests where that is asked for, and asks for no more than one window", async () => {
    const { grid, startWorker, settle } = setClientStage();
    let end = (_value: number): void => undefined;
    const later = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    for (const id of ["one", "other"]) await startWorker({ double: (x: number) => 2 * x, later }, id);
    const source = endless();
    function* requests() {
      yield ["later", 0] as const;
      yield* source.requests();
    }
    const outcomes = grid.stream("pool", requests(), { order: "requests", window: 5 });
    const first = outcomes.next();
    await settle();
    expect(source.pulled).toBe(4);
    end(7);
    expect(await first).toMatchObject({ value: { index: 0, outcome: { value: 7 } } });
    const indices = [];
    for (let i = 0; i < 20; i += 1) indices.push((await outcomes.next()).value?.index);
    expect(indices).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await outcomes.return?.();
    expect(source.isClosed).toBe(true);
    expect(() => grid.stream("pool", [], { order: "request" } as never)).toThrow(/stream\.order .*requests/);
  });

  it("yields what is finished first, first", async () => {
    const { grid, startWorker, settle } = setClientStage();
    let end = (_value: number): void => undefined;
    const later = () =>
      new Promise((resolve) => {
        end = resolve;
      });
    await startWorker({ double: (x: number) => 2 * x, later });
    await startWorker({ double: (x: number) => 2 * x, later }, "other");
    const outcomes = grid.stream("pool", [
      ["later", 1],
      ["double", 2],
    ]);
    expect(await outcomes.next()).toMatchObject({ value: { index: 1, outcome: { value: 4 } } });
    end(7);
    expect(await outcomes.next()).toMatchObject({ value: { index: 0, outcome: { value: 7 } } });
    await settle();
  });

  it("does nothing before its first step", async () => {
    const { grid, settle } = setClientStage();
    const source = endless();
    grid.stream("pool", source.requests());
    await settle();
    expect(source.pulled).toBe(0);
  });

  it("pulls no more than the window holds while the loop is slow", async () => {
    const { grid, startWorker, settle } = setClientStage({ window: 5 });
    await startWorker();
    const source = endless();
    const outcomes = grid.stream("pool", source.requests());
    await outcomes.next();
    await settle();
    // One taken, five finished that the caller does not take.
    expect(source.pulled).toBe(6);
    await outcomes.next();
    await settle();
    expect(source.pulled).toBe(7);
    await outcomes.return?.();
  });

  it("submits together what a loop that takes one after the other makes room for", async () => {
    const { grid, statekeeper, startWorker } = setClientStage({ window: 10 });
    await startWorker();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit");
    const requests = Array.from({ length: 100 }, (_, index) => ["double", index] as const);
    let count = 0;
    for await (const _ of grid.stream("pool", requests)) count += 1;
    expect(count).toBe(100);
    expect(submit.mock.calls.length).toBeLessThan(30);
  });

  it("withdraws what is open and closes the source when the loop is left", async () => {
    const { grid, statekeeper, startWorker, settle } = setClientStage({ window: 5 });
    await startWorker({ double: (x: number) => (x === 0 ? 0 : new Promise(() => undefined)) });
    const source = endless();
    for await (const { index } of grid.stream("pool", source.requests())) {
      expect(index).toBe(0);
      break;
    }
    await settle();
    expect(source.isClosed).toBe(true);
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("is over once left, also with outcomes that the caller has not taken", async () => {
    const { grid, startWorker, settle } = setClientStage();
    await startWorker();
    const requests = [
      ["double", 1],
      ["double", 2],
      ["double", 3],
    ] as const;
    const outcomes = grid.stream("pool", requests);
    await outcomes.next();
    await settle();
    await outcomes.return?.();
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
  });

  it("withdraws what is open when the loop throws", async () => {
    const { grid, statekeeper, startWorker, settle } = setClientStage({ window: 5 });
    await startWorker({ double: (x: number) => (x === 0 ? 0 : new Promise(() => undefined)) });
    const loop = async () => {
      for await (const _ of grid.stream("pool", endless().requests())) throw new Error("the loop's own");
    };
    await expect(loop()).rejects.toThrow("the loop's own");
    await settle();
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("can be left while its source is stuck, and ends a step that waits", async () => {
    const { grid } = setClientStage();
    async function* stuck(): AsyncGenerator<Doubling> {
      await new Promise(() => undefined);
      yield ["double", 1];
    }
    const outcomes = grid.stream("pool", stuck());
    const step = outcomes.next();
    await outcomes.return?.();
    expect(await step).toEqual({ done: true, value: undefined });
  });

  it("takes an asynchronous source, no faster than it is taken from", async () => {
    const { grid, startWorker, settle } = setClientStage({ window: 2 });
    await startWorker();
    let pulled = 0;
    async function* requests(): AsyncGenerator<Doubling> {
      for (const x of [1, 2, 3, 4, 5, 6]) {
        pulled += 1;
        yield ["double", x];
      }
    }
    const outcomes = grid.stream("pool", requests());
    const first = await outcomes.next();
    await settle();
    expect(pulled).toBe(3);
    const taken = [first.value?.outcome];
    for await (const { outcome } of outcomes) taken.push(outcome);
    expect(taken).toEqual([2, 4, 6, 8, 10, 12].map((value) => ({ value })));
  });

  it("throws what its source throws, once, and withdraws", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    async function* requests(): AsyncGenerator<Doubling> {
      yield ["double", 1];
      throw new Error("no more file");
    }
    const outcomes = grid.stream("pool", requests());
    await expect(outcomes.next()).rejects.toThrow("no more file");
    expect(await outcomes.next()).toEqual({ done: true, value: undefined });
    await settle();
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("throws what its source throws where all results of what it brought are kept", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    async function* requests(): AsyncGenerator<Doubling> {
      for (let n = 0; n < 3; n += 1) yield ["double", n];
      throw new Error("the connection broke");
    }
    await grid.enqueueAll(
      "pool",
      [0, 1, 2].map((n): Doubling => ["double", n]),
    );
    for (let turn = 0; turn < 10; turn += 1) {
      const read = async () => {
        for await (const _ of grid.stream("pool", delayed(requests(), turn)));
      };
      await expect(read()).rejects.toThrow("the connection broke");
      await expect(grid.enqueueAll("pool", delayed(requests(), turn))).rejects.toThrow("the connection broke");
    }
  });

  it("closes a source that ends the call while it works on a step", async () => {
    const { grid, settle } = setClientStage();
    const controller = new AbortController();
    let isClosed = false;
    function* requests(): Generator<Doubling> {
      try {
        yield ["double", 1];
        controller.abort();
        for (;;) yield ["double", 2];
      } finally {
        isClosed = true;
      }
    }
    await expect(grid.stream("pool", requests(), { signal: controller.signal }).next()).rejects.toThrow("cancelled");
    await settle();
    expect(isClosed).toBe(true);
  });

  it("does not close a source that has thrown", async () => {
    const { grid, settle } = setClientStage();
    const closed: string[] = [];
    const failing = (kind: string) => ({
      next: () => {
        throw new Error(kind);
      },
      return: () => closed.push(kind),
    });
    const sources = [{ [Symbol.iterator]: () => failing("sync") }, { [Symbol.asyncIterator]: () => failing("async") }];
    for (const source of sources)
      await expect(grid.enqueueAll("pool", source as unknown as Iterable<Doubling>)).rejects.toThrow(/sync/);
    await settle();
    expect(closed).toEqual([]);
  });

  it("throws at a request that cannot travel, with its index", async () => {
    const { grid } = setClientStage();
    const outcomes = grid.stream("pool", [
      ["double", 1],
      ["double", Symbol("x")],
    ]);
    await expect(outcomes.next()).rejects.toMatchObject({ code: "INVALID_VALUE", details: { index: 1 } });
  });

  it("ends with its signal, also one that is aborted before the first step", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const controller = new AbortController();
    const options = { signal: controller.signal };
    const running = grid.stream("pool", [["double", 1]], options);
    const notBegun = grid.stream("pool", [["double", 2]], options);
    const step = running.next();
    await settle();
    controller.abort();
    await expect(step).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(notBegun.next()).rejects.toMatchObject({ code: "CANCELLED" });
    await settle();
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("makes a time that is over the outcome of its request", async () => {
    const { grid, clock } = setClientStage();
    const outcomes = grid.stream("pool", [["double", 1]], { timeoutMs: 500 });
    const step = outcomes.next();
    await clock.advance(500);
    expect(await step).toMatchObject({ value: { index: 0, outcome: { error: { code: "TIMEOUT" } } } });
    expect(await outcomes.next()).toMatchObject({ done: true });
  });

  it("ends every step that waits when the source runs dry", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const outcomes = grid.stream("pool", [["double", 1]]);
    const steps = await Promise.all([outcomes.next(), outcomes.next(), outcomes.next()]);
    expect(steps.map(({ done }) => done)).toEqual([false, true, true]);
  });
});
