import { describe, expect, it, vi } from "vitest";
import { setClientStage } from "../../../test/harness/client-stage.ts";

/** Requests `["double", 0]` and on, and how many of them were asked for so far. */
function counted(count: number) {
  const source = { pulled: 0, isClosed: false, requests };
  function* requests(): Generator<readonly [string, number]> {
    try {
      for (let index = 0; index < count; index++) {
        source.pulled += 1;
        yield ["double", index];
      }
    } finally {
      source.isClosed = true;
    }
  }
  return source;
}

describe("enqueueAll", () => {
  it("resolves to the values in the order of the requests", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    expect(
      await grid.enqueueAll("pool", [
        ["double", 3],
        ["box", 1],
        ["double", 3],
        ["double", 1],
      ]),
    ).toEqual([6, { x: 1 }, 6, 2]);
  });

  it("resolves to nothing for nothing", async () => {
    const { grid } = setClientStage();
    expect(await grid.enqueueAll("pool", [])).toEqual([]);
    expect(await grid.enqueueAll("pool", new Set<["double", number]>())).toEqual([]);
  });

  it("pulls no more of a generator than the window holds", async () => {
    const { grid, startWorker, settle } = setClientStage({ window: 10 });
    const source = counted(25);
    const values = grid.enqueueAll("pool", source.requests());
    await settle();
    expect(source.pulled).toBe(10);
    await startWorker();
    expect(await values).toEqual(Array.from({ length: 25 }, (_, index) => 2 * index));
    expect(source.pulled).toBe(25);
  });

  it.each([false, true])(
    "pulls for some ms at a time, so that what it has leaves meanwhile (asynchronous: %s)",
    async (isAsync) => {
      const { grid, clock, startWorker, settle } = setClientStage();
      await startWorker();
      let workedMs = 0;
      const now = clock.now.bind(clock);
      vi.spyOn(clock, "now").mockImplementation(() => now() + workedMs);
      const source = counted(25);
      function* slowly(): Generator<readonly [string, number]> {
        for (const request of source.requests()) {
          workedMs += 1;
          yield request;
        }
      }
      async function* slowlyOver(): AsyncGenerator<readonly [string, number]> {
        yield* slowly();
      }
      const turn = clock.turn.bind(clock);
      const pulledUntil: number[] = [];
      vi.spyOn(clock, "turn").mockImplementation((action) => {
        pulledUntil.push(source.pulled);
        turn(action);
      });
      const values = grid.enqueueAll("pool", isAsync ? slowlyOver() : slowly());
      await settle();
      expect(pulledUntil).toEqual(expect.arrayContaining([10, 20]));
      expect(await values).toEqual(Array.from({ length: 25 }, (_, index) => 2 * index));
    },
  );

  it("takes the window of the call before that of the client", async () => {
    const { grid, settle } = setClientStage({ window: 10 });
    const source = counted(25);
    grid.enqueueAll("pool", source.requests(), { window: 3 }).catch(() => undefined);
    await settle();
    expect(source.pulled).toBe(3);
  });

  it("takes requests from an asynchronous generator", async () => {
    const { grid, startWorker } = setClientStage({ window: 2 });
    await startWorker();
    async function* requests(): AsyncGenerator<readonly [string, number]> {
      for (const x of [1, 2, 3, 4, 5]) yield ["double", await Promise.resolve(x)];
    }
    expect(await grid.enqueueAll("pool", requests())).toEqual([2, 4, 6, 8, 10]);
  });

  it("handles many times the window", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const values = await grid.enqueueAll("pool", counted(20_000).requests());
    expect(values).toHaveLength(20_000);
    expect(values[19_999]).toBe(39_998);
  });

  it("rejects with the failure that is first in order, whichever came first in time", async () => {
    const { grid, startWorker } = setClientStage();
    await startWorker();
    const requests = [
      ["double", 1],
      ["fail", "first"],
      ["double", 2],
      ["fail", "second"],
    ] as const;
    await expect(grid.enqueueAll("pool", requests)).rejects.toMatchObject({ msg: "first" });
    // The unknown function fails with the submit, long before anything is evaluated.
    const unknownLast = [
      ["double", 5],
      ["fail", "first"],
      ["no-such", 2],
    ] as const;
    await expect(grid.enqueueAll("pool", unknownLast)).rejects.toMatchObject({ msg: "first" });
  });

  it("withdraws what comes after a failure, and pulls nothing more", async () => {
    const { grid, statekeeper, startWorker } = setClientStage({ window: 4 });
    const source = counted(100);
    function* requests() {
      yield ["fail", "icky"] as const;
      yield* source.requests();
    }
    await startWorker({
      fail: () => {
        throw new Error("icky");
      },
      double: () => new Promise(() => undefined),
    });
    await expect(grid.enqueueAll("pool", requests())).rejects.toMatchObject({ msg: "icky" });
    await Promise.resolve();
    expect(source.pulled).toBe(3);
    expect(source.isClosed).toBe(true);
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("names the index of what is not a request, and sends nothing of the same tick", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    const submit = vi.spyOn(statekeeper.pool("pool"), "submit");
    await expect(
      grid.enqueueAll("pool", [
        ["double", 1],
        ["double", () => 1],
        ["double", 2],
      ]),
    ).rejects.toMatchObject({
      code: "INVALID_VALUE",
      message: expect.stringMatching(/^requests\[1\]: args\[0\] is a function/),
      details: { index: 1, path: "args[0]" },
    });
    await settle();
    expect(submit).not.toHaveBeenCalled();
  });

  it("refuses one request instead of a list, and what is not a list", async () => {
    const { grid } = setClientStage();
    await expect(grid.enqueueAll("pool", ["double", 1] as never)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(grid.enqueueAll("pool", 7 as never)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(grid.enqueueAll("pool", "double" as never)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("rejects with what the source throws, and withdraws", async () => {
    const { grid, statekeeper, settle } = setClientStage();
    function* requests(): Generator<readonly [string, number]> {
      yield ["double", 1];
      throw new Error("no more file");
    }
    await expect(grid.enqueueAll("pool", requests())).rejects.toThrow("no more file");
    await settle();
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("ends with its signal, and withdraws", async () => {
    const { grid, statekeeper, settle } = setClientStage({ window: 5 });
    const controller = new AbortController();
    const source = counted(25);
    const values = grid.enqueueAll("pool", source.requests(), { signal: controller.signal });
    await settle();
    controller.abort("enough");
    await expect(values).rejects.toMatchObject({ code: "CANCELLED", cause: "enough" });
    await settle();
    expect(source).toMatchObject({ pulled: 5, isClosed: true });
    expect(statekeeper.pool("pool").dump().requests).toEqual({});
  });

  it("counts timeoutMs for each request", async () => {
    const { grid, clock } = setClientStage();
    const values = grid
      .enqueueAll(
        "pool",
        [
          ["double", 1],
          ["double", 2],
        ],
        { timeoutMs: 500 },
      )
      .catch((error: unknown) => error);
    await clock.advance(500);
    expect(await values).toMatchObject({ code: "TIMEOUT", req: '["double",1]' });
  });
});
