import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it, vi } from "vitest";
import { LogTape } from "../../../test/harness/log-tape.ts";
import { Host } from "./host.ts";
import type { LaunchedWorker, ProcessEnd } from "./launcher.ts";
import { Supervisor } from "./supervisor.ts";

interface Child {
  readonly orders: string[];
  readonly end: () => void;
}

const limits = { drainTimeoutMs: 30_000, maxAttempts: 3 };
const settings = { functions: ["functions.ts"], options: { pool: "pool" }, logLevel: "info" };

/** A host in a pool that `d1` heads, with processes that do what the test makes them do. */
async function setUp(bounds: { readonly minWorkers: number; readonly maxWorkers: number }) {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock });
  const keeper = statekeeper.pool("pool");
  const tape = new LogTape();
  const children: Child[] = [];
  const launcher = (): LaunchedWorker => {
    let end: (end: ProcessEnd) => void = () => undefined;
    const ended = new Promise<ProcessEnd>((resolve) => {
      end = resolve;
    });
    const orders: string[] = [];
    children.push({ orders, end: () => end({ exitCode: 0, signal: null, stderr: [] }) });
    return { processId: children.length, send: ({ kind }) => orders.push(kind), kill: () => undefined, ended };
  };
  const parts = { keeper, log: tape.log, clock };
  const supervisor = new Supervisor({ count: 0, ...limits, settings }, { ...parts, launcher });
  const host = new Host({ id: "h1", score: 2, leaseMs: 10_000, ...bounds }, { ...parts, supervisor });
  await keeper.sweep({ process: "d1", headLeaseMs: 3_600_000, maxAttempts: 3, limit: 10 });
  await host.start();
  /** Has the head give it so many, and waits until it knows. */
  const give = async (workers: number): Promise<void> => {
    await keeper.noteCapacity("d1", { desiredWorkers: workers, shares: { h1: workers } });
    await clock.advance(1_000);
  };
  return { clock, statekeeper, keeper, tape, children, supervisor, host, give };
}

it("a host reports itself to the pool, and keeps as many workers as its share is, within its bounds", async () => {
  const { keeper, supervisor, give } = await setUp({ minWorkers: 0, maxWorkers: 3 });
  const report = { id: "h1", score: 2, minWorkers: 0, maxWorkers: 3 };
  expect((await keeper.inspect()).hosts).toMatchObject([report]);
  expect(supervisor.count).toBe(0);
  await give(2);
  expect(supervisor.count).toBe(2);
  await give(9);
  expect(supervisor.count).toBe(3);
  await give(0);
  expect(supervisor.count).toBe(0);
});

it("a host reports three times a lease, and looks at its share five times a second", async () => {
  const { clock, keeper, host } = await setUp({ minWorkers: 0, maxWorkers: 3 });
  const reports = vi.spyOn(keeper, "reportHost");
  const looks = vi.spyOn(keeper, "capacity");
  await clock.advance(30_000);
  expect(reports.mock.calls.length).toBeGreaterThanOrEqual(8);
  expect(reports.mock.calls.length).toBeLessThanOrEqual(10);
  expect(looks.mock.calls.length).toBeGreaterThanOrEqual(135);
  await host.stop();
});

it("a host has no more processes than its most, those included that were dismissed and still run something", async () => {
  const { clock, children, supervisor, give } = await setUp({ minWorkers: 0, maxWorkers: 2 });
  await give(2);
  await give(0);
  expect(children.map(({ orders }) => orders)).toEqual(Array(2).fill(["start", "drain"]));
  await give(2);
  expect([supervisor.count, supervisor.leaving]).toEqual([0, 2]);
  children[0]?.end();
  await clock.advance(1_000);
  expect([supervisor.count, supervisor.leaving]).toEqual([1, 1]);
});

it("a host keeps the workers that it has while it has no share, and while the pool does not answer", async () => {
  const { clock, statekeeper, keeper, tape, supervisor, give } = await setUp({ minWorkers: 0, maxWorkers: 4 });
  await give(2);
  await keeper.noteCapacity("d1", { desiredWorkers: 5, shares: { other: 5 } });
  await clock.advance(5_000);
  expect(supervisor.count).toBe(2);
  await statekeeper.close();
  await clock.advance(60_000);
  expect(supervisor.count).toBe(2);
  expect(tape.having("the pool does not answer")).toHaveLength(1);
});

it("a host that drains counts no longer, and starts nothing more", async () => {
  const { clock, keeper, children, host, give } = await setUp({ minWorkers: 0, maxWorkers: 4 });
  await give(1);
  const drained = host.drain();
  await clock.advance(0);
  children[0]?.end();
  await drained;
  expect((await keeper.inspect()).hosts).toEqual([]);
  await give(3);
  expect(children).toHaveLength(1);
  expect(clock.pending).toBe(0);
});
