/**
 * How well trees of pools share their work, on virtual time: nothing is evaluated twice, and workers hardly ever idle while something waits.
 * `scripts/simulate --loads` makes many more of these loads (docs/SCALING.md).
 */
import { describe, expect, it } from "vitest";
import type { TreeLoad } from "./tree-load.ts";
import { runTreeLoad } from "./tree-load-run.ts";

/** A busy machine may be slow. */
const patienceMs = 120_000;
const usual: TreeLoad = {
  shape: "flat",
  requestMs: 50,
  requests: 120,
  pools: 2,
  workersPerPool: 1,
  branches: 0,
  askedAt: "leaf",
};

describe("a load on a tree of pools", { timeout: patienceMs }, () => {
  it.each<[string, Partial<TreeLoad>]>([
    ["flat, asked for in one of two leaves", {}],
    ["flat and short, asked for in one of ten leaves", { pools: 10, requestMs: 30 }],
    ["flat, asked for at the root and in a leaf", { pools: 10, askedAt: "both" }],
    ["longer than what waits above at a time", { requests: 600, requestMs: 30 }],
    ["of long requests", { requests: 60, requestMs: 1_000, pools: 10 }],
    ["that one request calls", { shape: "fanOut", pools: 3 }],
    ["that calls nest", { shape: "nested", pools: 3, requests: 222 }],
    ["that comes in bursts", { shape: "bursty", pools: 3 }],
    ["under branches", { pools: 6, branches: 2, requestMs: 100 }],
    ["on leaves of four workers", { pools: 3, workersPerPool: 4 }],
    ["on one pool", { pools: 1, workersPerPool: 4 }],
    ["that calls nest on one pool", { shape: "nested", pools: 1, workersPerPool: 4, requests: 222 }],
  ])("%s keeps the workers busy, and evaluates nothing twice", async (_, given) => {
    const { idealMs, tookMs, evaluatedTwice } = await runTreeLoad({ ...usual, ...given });
    expect(evaluatedTwice).toBe(0);
    expect(idealMs / tookMs).toBeGreaterThan(0.95);
  });

  it("of uneven requests keeps the workers busy", async () => {
    const { idealMs, tookMs, evaluatedTwice } = await runTreeLoad({ ...usual, shape: "uneven", pools: 10 });
    expect(evaluatedTwice).toBe(0);
    expect(idealMs / tookMs).toBeGreaterThan(0.9);
  });
});
