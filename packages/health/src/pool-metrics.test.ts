import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { PoolMetrics } from "./pool-metrics.ts";

function member(id: string, facts: Partial<MemberState> = {}): MemberState {
  const idle = { functions: {}, leaseLeftMs: 1, queued: 0, running: 0, isVolunteer: true };
  return { id, kind: "worker", description: {}, ...idle, ...facts };
}

function state(...members: MemberState[]): PoolState {
  const functions = { epoch: 0, functions: new Map() };
  const nothing = {
    queued: 0,
    clients: 0,
    hosts: [],
    capacity: undefined,
    expected: [],
    head: undefined,
    counters: {},
  };
  return { pool: "pool", members, functions, ...nothing };
}

async function samples(shown: PoolState, name: string): Promise<string[]> {
  const registry = new Registry();
  new PoolMetrics("pool", registry).note(shown);
  return (await registry.metrics()).split("\n").filter((line) => line.startsWith(`${name}{`));
}

it("each worker's memory is shown beside its share, as far as it has reported them", async () => {
  const shown = state(
    member("w1", { memoryMb: 100, description: { memoryMb: 512 } }),
    member("w2", { memoryMb: 50 }),
    member("w3"),
    member("bridge", { memoryMb: 80, description: { bridgesTo: "child" } }),
    member("d1", { kind: "distributor", memoryMb: 80 }),
  );
  expect(await samples(shown, "callgrid_pool_worker_memory_bytes")).toEqual([
    'callgrid_pool_worker_memory_bytes{pool="pool",worker="w1"} 104857600',
    'callgrid_pool_worker_memory_bytes{pool="pool",worker="w2"} 52428800',
  ]);
  expect(await samples(shown, "callgrid_pool_worker_memory_share_bytes")).toEqual([
    'callgrid_pool_worker_memory_share_bytes{pool="pool",worker="w1"} 536870912',
  ]);
});

it("of many workers those are shown that take most memory", async () => {
  const workers = Array.from({ length: 300 }, (_, i) => member(`w${i}`, { memoryMb: i }));
  const shown = await samples(state(...workers), "callgrid_pool_worker_memory_bytes");
  expect([shown.length, shown[0]]).toEqual([200, expect.stringContaining('worker="w299"')]);
});
