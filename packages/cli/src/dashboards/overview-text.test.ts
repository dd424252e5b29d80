import type { Overview, PoolFigures } from "@callgrid/dashboard";
import { expect, it } from "vitest";
import { noColors } from "../terminal/colors.ts";
import { overviewText } from "./overview-text.ts";

const style = { isTerminal: false, colors: noColors };
const pool: PoolFigures = {
  ...{ pool: "prices", queued: 120, ownQueued: 3, running: 8, workers: 4, idleWorkers: 1, slots: 4, desiredWorkers: 6 },
  ...{ distributors: 1, clients: 2, hosts: 0, backlogMs: 1_500, totals: {}, reasons: [] },
  rates: { submitted: 250, evaluated: 200.4, failed: 0.5, hitRatio: 0.2 },
};

function textOf(overview: Partial<Overview>): string {
  return overviewText({ atMs: 0, pools: {}, events: {}, ...overview }, "default", style);
}

it("a pool has a line with its figures and their units", () => {
  const line = textOf({ pools: { prices: pool } }).split("\n")[2];
  expect(line?.split(/ {2,}/)).toEqual([
    "prices",
    "4 of 6",
    "75 %",
    "123",
    "1.5 s",
    "8",
    "250/s",
    "200/s",
    "20 %",
    "0.5/s",
  ]);
});

it("the reasons why nothing moves, and the latest events, are below", () => {
  const events = {
    1: { atMs: 0, pool: "prices", kind: "joined" as const, text: "worker a joined" },
    2: { atMs: 0, pool: "prices", kind: "died" as const, text: "worker \u001b[31m\nb died" },
  };
  const lines = textOf({ pools: { prices: { ...pool, problem: "no answer" } }, events }).split("\n");
  expect(lines[3]).toBe("! prices: cannot be read: no answer");
  expect(lines[4]).toMatch(/ prices: worker .*b died$/);
  expect(lines[4]).not.toContain("\u001b");
  expect(lines[5]).toMatch(/ prices: worker a joined$/);
});

it("a grid without pools is shown as such", () => {
  expect(textOf({})).toContain("no worker has joined a pool yet");
});
