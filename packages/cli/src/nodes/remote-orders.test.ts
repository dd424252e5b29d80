import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { VirtualClock } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { RemoteOrders } from "./remote-orders.ts";

const start = {
  kind: "start",
  count: 2,
  settings: { functions: ["f.ts"], options: { pool: "pool" }, logLevel: "info" },
};

function setUp() {
  const clock = new VirtualClock();
  const stdin = new PassThrough();
  const orders = new RemoteOrders(stdin, clock);
  const signals: string[] = [];
  orders.onSignal((signal) => signals.push(signal));
  const order = async (what: unknown): Promise<void> => {
    stdin.write(`${what === "" ? "" : JSON.stringify(what)}\n`);
    await turn();
  };
  return { clock, stdin, orders, signals, order };
}

describe("orders of a launcher", () => {
  it("say what to start", async () => {
    const { orders, order } = setUp();
    await order(start);
    expect(await orders.start).toEqual(start);
  });

  it.each([["nonsense"], [null], [{ kind: "drain" }]])("begin with what to start, not with %j", async (first) => {
    const { orders, order } = setUp();
    const refused = expect(orders.start).rejects.toMatchObject({ code: "INVALID_OPTION" });
    await order(first);
    await refused;
  });

  it("are refused when there are none", async () => {
    const { stdin, orders } = setUp();
    stdin.end();
    await expect(orders.start).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });

  it.each([
    ["drain", [{ kind: "drain" }, { kind: "drain" }], 1],
    ["stop", [{ kind: "stop" }], 2],
    ["stop in the middle of a drain", [{ kind: "drain" }, { kind: "stop" }], 2],
  ])("to %s are the signals that say the same, also to who listens later", async (_, ends, count) => {
    const { orders, signals, order } = setUp();
    for (const each of [start, ...ends]) await order(each);
    expect(signals).toHaveLength(count);
    const later: string[] = [];
    orders.onSignal((signal) => later.push(signal));
    expect(later).toEqual(signals);
  });

  it("end with a drain when the launcher closes them, and not with a second signal after a drain", async () => {
    const { stdin, signals, order } = setUp();
    await order(start);
    await order({ kind: "drain" });
    stdin.end();
    await turn();
    expect(signals).toEqual(["SIGTERM"]);
  });

  it("end with a drain after a minute of silence; an empty line is a sign of life", async () => {
    const { clock, signals, order } = setUp();
    await order(start);
    await clock.advance(59_000);
    await order("");
    await clock.advance(59_000);
    expect(signals).toEqual([]);
    await clock.advance(1_000);
    expect(signals).toEqual(["SIGTERM"]);
  });

  it("mean nothing after they are no longer read", async () => {
    const { clock, orders, signals, order } = setUp();
    await order(start);
    orders.stop();
    await clock.advance(600_000);
    expect(signals).toEqual([]);
  });
});
