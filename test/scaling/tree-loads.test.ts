/**
 * How well trees of pools share their work, on virtual time: nothing is evaluated twice, and workers hardly ever idle while something waits.
 * `scripts/simulate --loads` makes many more of these loads (docs/SCALING.md).
 */
import { describe, expect, it } from "vitest";
import { excessOf } from "./load-table.ts";
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
    ["that one request calls on one pool", { shape: "fanOut", pools: 1, workersPerPool: 4 }],
    ["that comes in bursts on one pool", { shape: "bursty", pools: 1, workersPerPool: 4 }],
  ])("%s keeps the workers busy, and evaluates nothing twice", async (_, given) => {
    const { idealMs, tookMs, evaluatedTwice } = await runTreeLoad({ ...usual, ...given });
    expect(evaluatedTwice).toBe(0);
    expect(idealMs / tookMs).toBeGreaterThan(0.95);
  });

  it.each<[string, Partial<TreeLoad>]>([
    ["ten leaves", { pools: 10 }],
    ["one pool", { pools: 1, workersPerPool: 4 }],
  ])("of uneven requests on %s keeps the workers busy", async (_, given) => {
    const { idealMs, tookMs, evaluatedTwice } = await runTreeLoad({ ...usual, shape: "uneven", ...given });
    expect(evaluatedTwice).toBe(0);
    expect(idealMs / tookMs).toBeGreaterThan(0.9);
  });
});

describe("the limits of a load", () => {
  const least = { load: usual, requests: 100, idealMs: 950, tookMs: 1_000, evaluatedTwice: 2 };
  const result = { ...least, commandsPerRequest: 30, idleCommandsPerSecond: 10 };
  it.each([
    ["what reaches them", {}, undefined],
    ["more evaluated twice", { evaluatedTwice: 3 }, /^3 of 100 requests evaluated twice/],
    ["workers less busy", { tookMs: 1_010 }, /^utilisation of 94\.1 %, at least 95\.0 % expected/],
    ["bursts with workers as busy", { tookMs: 1_010, load: { ...usual, shape: "bursty" as const } }, undefined],
    [
      "bursts with workers less busy",
      { tookMs: 1_100, load: { ...usual, shape: "bursty" as const } },
      /at least 90\.0 %/,
    ],
    ["short requests with workers less busy", { tookMs: 2_000, load: { ...usual, requestMs: 20 } }, undefined],
  ])("for %s", (_, given, excess) => {
    const found = excessOf({ ...result, ...given });
    if (excess === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(excess);
  });
});
