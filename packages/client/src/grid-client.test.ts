import { define, RequestError } from "@callgrid/core";
import { describe, expect, it, vi } from "vitest";
import { setClientStage } from "../../../test/harness/client-stage.ts";

const double = define("double", (x: number) => 2 * x);

/** A function whose evaluations a test ends by hand, in order. */
function gated() {
  const ends: Array<(value: unknown) => void> = [];
  const evaluate = () => new Promise((resolve) => ends.push(resolve));
  return { evaluate, end: (value: unknown) => ends.shift()?.(value) };
}

describe("enqueue", () => {
  it("resolves to the value", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    expect(await grid.enqueue("pool", ["double", 21])).toBe(42);
    expect(await grid.enqueue("pool", ["box", new Date(0)])).toEqual({ x: new Date(0) });
  });

  it("asks for the same by reference and by name", async () => {
    const { grid, startWorker } = setClientStage();
    const worker = await startWorker();
    expect(await Promise.all([grid.enqueue("pool", [double, 4]), grid.enqueue("pool", ["double", 4])])).toEqual([8, 8]);
    expect(worker.evaluated).toEqual(['["double",4]']);
  });

  it("submits the calls of one tick together", async () => {
    const { grid, statekeeper, startWorker } = setClientStage();
    await startWorker();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit");
    const values = await Promise.all(Array.from({ length: 100 }, (_, index) => grid.enqueue("pool", [double, index])));
    expect(values[99]).toBe(198);
    expect(submit).toHaveBeenCalledTimes(1);
  });

  it("gives each who waits for one request a value of his own", async () => {
    const { grid, startWorker } = setClientStage();
    const worker = await startWorker();
    const [one, other] = await Promise.all([grid.enqueue("pool", ["box", 1]), grid.enqueue("pool", ["box", 1])]);
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
    expect(worker.evaluated).toHaveLength(1);
  });

  it("rejects with the tree of the failed request, an error of his own for each who waits", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const errors = await Promise.all(
      [1, 2].map(() => grid.enqueue("pool", ["fail", "icky"]).catch((error: unknown) => error)),
    );
    expect(errors[0]).toBeInstanceOf(RequestError);
    expect(errors[0]).toMatchObject({ code: "FUNCTION_FAILED", msg: "icky", req: '["fail","icky"]' });
    expect(errors[0]).not.toBe(errors[1]);
  });

  it("rejects an unknown function with the nearest name", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    await expect(grid.enqueue("pool", ["doubel", 1])).rejects.toMatchObject({
      code: "UNKNOWN_FUNCTION",
      msg: expect.stringContaining('did you mean "double"?'),
    });
  });

  it("waits for a worker to come", async () => {
    const { grid, startWorker, clock } = setClientStage();
    const value = grid.enqueue("pool", ["double", 1]);
    await clock.advance(60_000);
    await startWorker();
    expect(await value).toBe(2);
  });

  it("has the worker that the pool id names hold a request, and no other", async () => {
    const { grid, statekeeper, startWorker, settle } = setClientStage();
    await startWorker();
    const member = { id: "w2", kind: "worker", leaseMs: 60_000, description: {}, functions: new Map() } as const;
    await statekeeper.pool("pool").join(member);
    for (const cache of [undefined, "bypass"] as const)
      grid.enqueue("pool/w2", ["double", 1], { cache }).catch(() => undefined);
    expect(await grid.enqueue("pool", ["double", 1])).toBe(2);
    await settle();
    const ids = [expect.stringMatching(/^@/), expect.stringMatching(/^@/)];
    expect(statekeeper.pool("pool").dump()).toMatchObject({ queue: [], running: { w2: ids } });
  });

  it("names the workers that there are when the one that the pool id names is not", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    await expect(grid.enqueue("pool/nobody", ["double", 1])).rejects.toMatchObject({
      code: "WORKER_UNAVAILABLE",
      msg: 'pool "pool" has no worker "nobody". Its workers: worker',
      details: { worker: "nobody", workers: ["worker"] },
    });
    await expect(grid.enqueue("pool/wokrer", ["double", 1])).rejects.toThrow(/did you mean "worker"\?/);
  });

  it("waits for the worker that it named while a statekeeper that lost its memory does not know it", async () => {
    const { grid, statekeeper, startWorker, settle, clock } = setClientStage();
    const member = { id: "worker", kind: "worker", leaseMs: 60_000, description: {}, functions: new Map() } as const;
    await statekeeper.pool("pool").join(member);
    const value = grid.enqueue("pool/worker", ["double", 1]);
    await settle();
    statekeeper.empty();
    await clock.advance(3_000);
    await startWorker();
    await clock.advance(3_000);
    expect(await value).toBe(2);
  });

  it("submits again, by itself, what a statekeeper that lost its memory no longer knows", async () => {
    const { grid, statekeeper, startWorker, settle } = setClientStage();
    const value = grid.enqueue("pool", ["double", 1]);
    await settle();
    statekeeper.empty();
    await settle();
    await startWorker();
    expect(await value).toBe(2);
  });

  it("gets an outcome whose message was lost by checking", async () => {
    const { grid, statekeeper, startWorker, clock } = setClientStage();
    vi.spyOn(statekeeper.pool("pool"), "listen").mockReturnValueOnce({ close: async () => undefined });
    const value = grid.enqueue("pool", ["double", 1]);
    const worker = await startWorker();
    await clock.advance(2_000);
    expect(await value).toBe(2);
    expect(worker.evaluated).toHaveLength(1);
  });

  it("keeps its lease while it waits", async () => {
    const { grid, statekeeper, clock } = setClientStage({ leaseMs: 6_000 });
    grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    for (let second = 0; second < 60; second++) {
      await clock.advance(1_000);
      await statekeeper.pool("pool").sweep({ process: "d", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
      expect((await grid.status("pool")).clients).toBe(1);
    }
  });

  it("says once a reason why the statekeeper cannot be reached, and goes on", async () => {
    const { grid, statekeeper, startWorker, clock, logged } = setClientStage();
    await startWorker();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit").mockRejectedValue(new Error("no link"));
    const value = grid.enqueue("pool", ["double", 1]);
    await clock.advance(4_000);
    submit.mockRestore();
    await clock.advance(2_000);
    expect(await value).toBe(2);
    expect(logged.filter(({ level }) => level === "warn")).toEqual([
      {
        level: "warn",
        facts: { err: new Error("no link"), pool: "pool" },
        message: expect.stringContaining("retried"),
      },
    ]);
  });
});

describe("signal", () => {
  it("ends the wait with its reason as the cause, and withdraws the request", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const controller = new AbortController();
    const value = grid.enqueue("pool", ["double", 1], { signal: controller.signal });
    await settle();
    const reason = new Error("not needed any more");
    controller.abort(reason);
    await expect(value).rejects.toMatchObject({ code: "CANCELLED", cause: reason });
    await settle();
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("submits nothing when it is aborted already", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit");
    await expect(grid.enqueue("pool", ["double", 1], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "CANCELLED",
    });
    await settle();
    expect(submit).not.toHaveBeenCalled();
  });

  it("carries one listener for many calls, and none when they are done", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const { signal } = new AbortController();
    const add = vi.spyOn(signal, "addEventListener");
    const remove = vi.spyOn(signal, "removeEventListener");
    await Promise.all([1, 2, 3].map((x) => grid.enqueue("pool", ["double", x], { signal })));
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).toHaveBeenCalledTimes(1);
  });

  it("ends the calls that are left when some of those that share it are done", async () => {
    const { grid, clock } = setClientStage();
    const controller = new AbortController();
    const { signal } = controller;
    const patient = grid.enqueue("pool", ["double", 1], { signal });
    const impatient = grid.enqueue("pool", ["double", 2], { signal, timeoutMs: 1 }).catch((error: unknown) => error);
    await clock.advance(1);
    expect(await impatient).toMatchObject({ code: "TIMEOUT" });
    controller.abort();
    await expect(patient).rejects.toMatchObject({ code: "CANCELLED" });
  });

  it("leaves others who wait for the same request alone", async () => {
    const { grid, startWorker, settle } = setClientStage();
    const controller = new AbortController();
    const cancelled = grid.enqueue("pool", ["double", 1], { signal: controller.signal });
    const value = grid.enqueue("pool", ["double", 1]);
    await settle();
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
    await startWorker();
    expect(await value).toBe(2);
  });
});

describe("timeoutMs", () => {
  it("fails with the request, the pool and the time, and withdraws", async () => {
    const { grid, statekeeper, clock } = setClientStage();
    const value = grid.enqueue("pool", ["double", 1], { timeoutMs: 500 }).catch((error: unknown) => error);
    await clock.advance(499);
    expect(Object.keys(statekeeper.pool("pool").dump().requests)).toHaveLength(1);
    await clock.advance(1);
    expect(await value).toMatchObject({
      code: "TIMEOUT",
      message: 'Error from request ["double",1]: no outcome from pool "pool" within 500 ms',
      details: { pool: "pool", timeoutMs: 500 },
    });
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("leaves no timer behind when the outcome comes in time", async () => {
    const { grid, clock, startWorker } = setClientStage();
    await startWorker();
    await grid.enqueue("pool", ["double", 1]);
    const before = clock.pending;
    await grid.enqueue("pool", ["double", 2], { timeoutMs: 500 });
    expect(clock.pending).toBe(before);
  });

  it("of one call does not end another call for the same request", async () => {
    const { grid, clock, startWorker } = setClientStage();
    const impatient = grid.enqueue("pool", ["double", 1], { timeoutMs: 500 }).catch((error: unknown) => error);
    const patient = grid.enqueue("pool", ["double", 1]);
    await clock.advance(10_000);
    await startWorker();
    expect(await impatient).toMatchObject({ code: "TIMEOUT" });
    expect(await patient).toBe(2);
  });
});

describe("cache", () => {
  it("use takes a known result, refresh evaluates again and keeps that", async () => {
    const { grid, startWorker } = setClientStage();
    let count = 0;
    await startWorker({ next: () => ++count });
    expect(await grid.enqueue("pool", ["next"])).toBe(1);
    expect(await grid.enqueue("pool", ["next"], { cache: "use" })).toBe(1);
    expect(await grid.enqueue("pool", ["next"], { cache: "refresh" })).toBe(2);
    expect(await grid.enqueue("pool", ["next"])).toBe(2);
  });

  it("bypass evaluates for each call alone, and keeps nothing", async () => {
    const { grid, startWorker } = setClientStage();
    let count = 0;
    await startWorker({ next: () => ++count });
    const bypass = { cache: "bypass" } as const;
    expect(await Promise.all([grid.enqueue("pool", ["next"], bypass), grid.enqueue("pool", ["next"], bypass)])).toEqual(
      [1, 2],
    );
    expect(await grid.enqueue("pool", ["next"])).toBe(3);
  });

  it("a refresh while an equal call waits is evaluated", async () => {
    const { grid, startWorker, settle } = setClientStage();
    const { evaluate, end } = gated();
    await startWorker({ gate: evaluate });
    const first = grid.enqueue("pool", ["gate"]);
    await settle();
    end("old");
    expect(await first).toBe("old");
    const second = grid.enqueue("pool", ["gate"], { cache: "refresh" });
    const third = grid.enqueue("pool", ["gate"]);
    await settle();
    end("new");
    expect(await Promise.all([second, third])).toEqual(["new", "new"]);
  });
});

describe("what is handed in", () => {
  const badPoolIds: ReadonlyArray<readonly [string, unknown]> = [
    ["no text", 7],
    ["empty", ""],
    ["with a blank", "a pool"],
    ["with an empty worker", "pool/"],
    ["with two workers", "pool/a/b"],
    ["with braces, which are part of Redis keys", "{pool}"],
    ["too long", "p".repeat(129)],
  ];

  it.each(badPoolIds)("is refused where the pool id is %s", async (_, poolId) => {
    const { grid } = setClientStage();
    await expect(grid.enqueue(poolId as string, ["double", 1])).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(grid.enqueueAll(poolId as string, [["double", 1]])).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await expect(grid.status(poolId as string)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(() => grid.stream(poolId as string, [])).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });

  it("is refused where a value cannot travel, with its path, and nothing is sent", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit");
    await expect(grid.enqueue("pool", ["double", { rows: [1, Symbol("x")] }])).rejects.toMatchObject({
      code: "INVALID_VALUE",
      details: { path: "args[0].rows[1]" },
    });
    await expect(grid.enqueue("pool", [] as never)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await settle();
    expect(submit).not.toHaveBeenCalled();
  });

  it("is refused where it is larger than payloadLimitBytes", async () => {
    const { grid } = setClientStage({ payloadLimitBytes: 100 });
    await expect(grid.enqueue("pool", ["double", "x".repeat(100)])).rejects.toMatchObject({
      code: "PAYLOAD_TOO_LARGE",
    });
  });

  it("is refused where an option has a name that does not exist, with the nearest one", async () => {
    const { grid } = setClientStage();
    await expect(grid.enqueue("pool", ["double", 1], { timeoutms: 5 } as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/enqueue\.timeoutms .*did you mean timeoutMs\?/),
    });
    await expect(grid.enqueue("pool", ["double", 1], { window: 5 } as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
  });

  it("is refused where a slip was made in the name of an option without a text form", async () => {
    const { grid } = setClientStage();
    await expect(grid.enqueue("pool", ["double", 1], { sginal: undefined } as never)).rejects.toThrow(
      /enqueue\.sginal is not an option; did you mean signal\?/,
    );
    await expect(grid.enqueueAll("pool", [], { sginal: undefined } as never)).rejects.toThrow(/did you mean signal\?/);
  });

  it.each(["double", { double: 1 }])("%j that is not a list is refused before what follows it", async (request) => {
    const { grid } = setClientStage();
    await expect(grid.enqueue("pool", request as never, { x: 1 } as never)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringContaining("a request is a list [functionName, ...args]"),
    });
  });

  it.each([
    [{ timeoutMs: 0 }, "enqueue.timeoutMs"],
    [{ timeoutMs: "5s" }, "enqueue.timeoutMs"],
    [{ cache: "always" }, "enqueue.cache"],
    [{ signal: {} }, "enqueue.signal"],
    ["fast", "enqueue"],
  ])("is refused where options are %j", async (options, path) => {
    const { grid } = setClientStage();
    await expect(grid.enqueue("pool", ["double", 1], options as never)).rejects.toMatchObject({
      code: "INVALID_OPTION",
      details: { path },
    });
  });
});

describe("a full pool", () => {
  it("fails new requests with POOL_FULL", async () => {
    const { grid, settle } = setClientStage({ queueLimit: 1 });
    grid.enqueue("pool", ["double", 1]).catch(() => undefined);
    await settle();
    await expect(grid.enqueue("pool", ["double", 2])).rejects.toMatchObject({ code: "POOL_FULL" });
  });
});

describe("forget", () => {
  it("forgets the result of a request, or all of a function by name or reference", async () => {
    const { grid, startWorker } = setClientStage();
    const worker = await startWorker();
    const ask = () => grid.enqueue("pool", [double, 1]);
    await ask();
    await grid.forget("pool", ["double", 1]);
    await ask();
    await grid.forget("pool", "double");
    await ask();
    await grid.forget("pool", double);
    await ask();
    await ask();
    expect(worker.evaluated).toHaveLength(4);
  });
});

describe("status", () => {
  it("shows the pool", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const state = await grid.status("pool");
    expect(state.members.map(({ id }) => id)).toEqual(["worker"]);
    expect([...state.functions.functions.keys()]).toContain("double");
  });
});
