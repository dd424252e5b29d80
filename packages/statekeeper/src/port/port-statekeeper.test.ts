import { MessageChannel } from "node:worker_threads";
import { GridError, isGridError } from "@callgrid/core";
import { afterEach, describe, expect, it } from "vitest";
import type { InboxHandlers, InboxMessage } from "../contract/contract.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
import { PortStatekeeper } from "./port-statekeeper.ts";
import { type ServedPort, servePort } from "./serve-port.ts";

const openPorts: Array<{ near: PortStatekeeper; served: ServedPort }> = [];

afterEach(async () => {
  await Promise.all(openPorts.map(({ served }) => served.close()));
  openPorts.length = 0;
});

/** A statekeeper whose pools do what the test says, and nothing else. */
function keeperOf(pool: Partial<PoolKeeper>): Statekeeper {
  return {
    address: "memory:",
    grid: "grid",
    pool: (name) => ({ ...pool, pool: name }) as PoolKeeper,
    otherGridsWith: async (name) => [`other-with-${name}`],
    poolsLike: async (name) => [`${name}s`],
    ping: async () => 0,
    close: async () => undefined,
  };
}

function open(pool: Partial<PoolKeeper>) {
  const { port1, port2 } = new MessageChannel();
  const posted: unknown[][] = [];
  port1.on("message", (calls: unknown[]) => posted.push(calls));
  const ports = {
    near: new PortStatekeeper(port2, { grid: "grid" }),
    served: servePort(keeperOf(pool), port1),
    posted,
  };
  openPorts.push(ports);
  return ports;
}

/** An inbox that the test fills, and what of it has arrived at the far end. */
function inboxOf(near: PortStatekeeper) {
  const arrived: InboxMessage[] = [];
  let wake: (() => void) | undefined;
  const listener = near.pool("pool").listen("process", {
    onMessages: (messages) => {
      arrived.push(...messages);
      wake?.();
    },
    onReconnect: () => arrived.push({ kind: "functions" }),
  });
  const until = async (count: number): Promise<void> => {
    while (arrived.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { arrived, listener, until };
}

describe("a statekeeper through a port", () => {
  it("passes pool, arguments and reply on as they are, Maps included", async () => {
    const seen: unknown[] = [];
    const table = { epoch: 3, functions: new Map([["divide", { version: "1", generation: 0 }]]) };
    const { near } = open({
      join: async (member) => {
        seen.push(member);
        return table;
      },
    });
    const member = {
      id: "w",
      kind: "worker",
      leaseMs: 5,
      description: {},
      functions: new Map([["divide", "1"]]),
    } as const;
    expect(await near.pool("pool").join(member)).toEqual(table);
    expect(seen).toEqual([member]);
  });

  it("gives each call its own answer, in whatever order the answers come", async () => {
    const pending: Array<() => void> = [];
    const { near } = open({
      locate: (ids) =>
        new Promise((resolve) => {
          pending.push(() => resolve(ids.includes("a") ? ["queued"] : ["claimed"]));
          if (pending.length === 2) for (const answer of pending.reverse()) answer();
        }),
    });
    const pool = near.pool("pool");
    expect(await Promise.all([pool.locate(["a"]), pool.locate(["b"])])).toEqual([["queued"], ["claimed"]]);
  });

  it("sends the calls of one tick as one message", async () => {
    const { near, posted } = open({ renew: async () => true });
    await Promise.all([near.pool("one").renew("a", 1), near.pool("two").renew("b", 1)]);
    expect(posted).toEqual([
      [
        [1, "one", "renew", ["a", 1, undefined]],
        [2, "two", "renew", ["b", 1, undefined]],
      ],
    ]);
  });

  it("asks the statekeeper itself what concerns no pool", async () => {
    const { near } = open({});
    expect(await near.otherGridsWith("pool")).toEqual(["other-with-pool"]);
    expect(await near.poolsLike("pool")).toEqual(["pools"]);
    expect(await near.ping()).toBeGreaterThanOrEqual(0);
  });

  it("keeps code, message and details of a GridError", async () => {
    const { near } = open({
      functions: async () => {
        throw new GridError("POOL_FULL", "too long", { details: { queueLimit: 7 } });
      },
    });
    const error = await near
      .pool("pool")
      .functions()
      .catch((thrown: unknown) => thrown);
    expect(isGridError(error, "POOL_FULL")).toBe(true);
    expect(error).toMatchObject({ message: "too long", details: { queueLimit: 7 } });
  });

  it("keeps the code of an error whose details no clone can carry", async () => {
    const { near } = open({
      functions: async () => {
        throw new GridError("POOL_FULL", "too long", { details: { callback: () => undefined } });
      },
    });
    await expect(near.pool("pool").functions()).rejects.toMatchObject({ code: "POOL_FULL", details: {} });
  });

  it("passes an error that is not a GridError on as a plain one", async () => {
    const { near } = open({
      functions: async () => {
        throw new TypeError("a fault of the statekeeper");
      },
    });
    const error = await near
      .pool("pool")
      .functions()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty("code");
    expect(error).toHaveProperty("message", "a fault of the statekeeper");
  });

  it("refuses a call whose arguments are not plain data, and sends the others of the same tick", async () => {
    const { near } = open({ reportDeath: async () => undefined, renew: async () => true });
    const pool = near.pool("pool");
    const bad = pool.reportDeath("w", { report: () => undefined }, 3);
    const good = pool.renew("w", 1);
    await expect(bad).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await good).toBe(true);
  });

  it("answers with an error when a reply is not plain data", async () => {
    const { near } = open({ inspectRequest: async () => ({ id: () => undefined }) as never });
    await expect(near.pool("pool").inspectRequest("id")).rejects.toThrow(/could not be cloned/);
  });

  it("skips what is not a call, and answers the calls around it", async () => {
    const { port1, port2 } = new MessageChannel();
    const served = servePort(keeperOf({ renew: async () => true }), port1);
    const answered = new Promise((resolve) => port2.once("message", resolve));
    for (const message of [null, 1, "hello", {}, [null, 1, "hello", {}]]) port2.postMessage(message);
    port2.postMessage([1, [2, "pool", "renew", ["a", 1]], null]);
    expect(await answered).toEqual([[2, "value", true]]);
    await served.close();
  });

  it("skips what is no answer", async () => {
    const { port1, port2 } = new MessageChannel();
    const near = new PortStatekeeper(port2, { grid: "grid" });
    for (const message of [null, 1, "hello", {}, [null, 1, "hello", {}, []]]) port1.postMessage(message);
    port1.on("message", (calls: ReadonlyArray<readonly [number]>) =>
      port1.postMessage([[calls[0]?.[0], "value", true]]),
    );
    expect(await near.pool("pool").renew("a", 1)).toBe(true);
    await near.close();
  });

  it("refuses an operation that is not in the contract", async () => {
    const { port1, port2 } = new MessageChannel();
    const served = servePort(keeperOf({}), port1);
    const answered = new Promise((resolve) => port2.once("message", resolve));
    port2.postMessage([[1, "pool", "constructor", []]]);
    expect(await answered).toMatchObject([[1, "error", { code: "STATEKEEPER_REFUSED" }]]);
    await served.close();
  });
});

describe("an inbox through a port", () => {
  it("gets messages pushed in their order, without being asked again", async () => {
    let inbox: InboxHandlers | undefined;
    const { near } = open({
      listen: (_process, handlers) => {
        inbox = handlers;
        return { close: async () => undefined };
      },
    });
    const { arrived, until } = inboxOf(near);
    await near.ping();
    inbox?.onMessages([
      { kind: "cancel", id: "a" },
      { kind: "cancel", id: "b" },
    ]);
    inbox?.onReconnect();
    inbox?.onMessages([{ kind: "forget", id: "c" }]);
    await until(4);
    expect(arrived.map(({ kind }) => kind)).toEqual(["cancel", "cancel", "functions", "forget"]);
  });

  it("delivers what was read before the listener closed, and nothing afterwards", async () => {
    let inbox: InboxHandlers | undefined;
    let closes = 0;
    const { near } = open({
      listen: (_process, handlers) => {
        inbox = handlers;
        return {
          close: async () => {
            closes++;
          },
        };
      },
    });
    const { arrived, listener } = inboxOf(near);
    await near.ping();
    inbox?.onMessages([{ kind: "cancel", id: "a" }]);
    await listener.close();
    inbox?.onMessages([{ kind: "cancel", id: "b" }]);
    await near.ping();
    expect(arrived).toEqual([{ kind: "cancel", id: "a" }]);
    expect(closes).toBe(1);
    await listener.close();
  });
});

describe("a port that closes", () => {
  it("fails open and later calls with GRID_CLOSED when the owner lets go", async () => {
    let begun: (() => void) | undefined;
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const { near, served } = open({
      functions: () => {
        begun?.();
        return new Promise(() => undefined);
      },
    });
    const call = near.pool("pool").functions();
    call.catch(() => undefined);
    await isBegun;
    await served.close();
    await expect(call).rejects.toMatchObject({ code: "GRID_CLOSED" });
    await expect(near.ping()).rejects.toMatchObject({ code: "GRID_CLOSED" });
  });

  it("still carries out what was sent before the thread closed it", async () => {
    const left: string[] = [];
    const { near, served } = open({
      leave: async (process) => {
        left.push(process);
      },
    });
    const call = near.pool("pool").leave("worker");
    call.catch(() => undefined);
    await near.close();
    await expect(call).rejects.toMatchObject({ code: "GRID_CLOSED" });
    await served.closed;
    expect(left).toEqual(["worker"]);
  });

  it("ends the listening on the owner's side", async () => {
    let closes = 0;
    const { near, served } = open({
      listen: () => ({
        close: async () => {
          closes++;
        },
      }),
    });
    near.pool("pool").listen("process", { onMessages: () => undefined, onReconnect: () => undefined });
    await near.ping();
    await near.close();
    await served.closed;
    expect(closes).toBe(1);
  });

  it("may be closed twice from either side", async () => {
    const { near, served } = open({});
    await near.close();
    await near.close();
    await served.close();
    await served.close();
  });
});
