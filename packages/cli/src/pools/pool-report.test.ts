import { PassThrough } from "node:stream";
import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { colorsOf, noColors, shownText } from "../terminal/colors.ts";
import { poolReport } from "./pool-report.ts";

const state: PoolState = {
  pool: "pool",
  queued: 1,
  clients: 2,
  hosts: [],
  capacity: undefined,
  expected: [],
  head: "distributor-x",
  functions: {
    epoch: 3,
    functions: new Map([
      ["ratio", { version: "a1b2", generation: 0, selfMicros: 1_250 }],
      ["divide", { version: "7", generation: 0 }],
    ]),
  },
  counters: { submitted: 12, hits: 3, evaluated: 9, "evaluated:ratio": 9 },
  members: [
    {
      id: "distributor-x",
      kind: "distributor",
      description: { host: "box", processId: 9 },
      functions: {},
      leaseLeftMs: 2_000,
      queued: 0,
      running: 0,
      isVolunteer: false,
    },
    {
      id: "wa",
      kind: "worker",
      description: { host: "box", processId: 10, memoryMb: 2_048 },
      functions: {},
      leaseLeftMs: 9_500,
      queued: 4,
      running: 1,
      isVolunteer: false,
      memoryMb: 181,
    },
    {
      id: "wb",
      kind: "worker",
      description: {},
      functions: {},
      leaseLeftMs: -3_000,
      queued: 0,
      running: 2,
      isVolunteer: true,
    },
  ],
};

describe("a pool in status", () => {
  const reported = {
    state,
    grid: "default",
    address: "redis://localhost:6379",
    otherGrids: [],
    poolsLike: [],
    notes: new Map(),
  };
  const plain = { isTerminal: false, colors: noColors };

  it("is shown in plain columns where no person looks", () => {
    expect(poolReport(reported, plain)).toMatchInlineSnapshot(`
      "pool "pool" of grid "default" at redis://localhost:6379
      1 request queued, 3 running, 2 clients, headed by distributor-x

      member         kind         lease           queue  running  volunteer  memory          host  process
      distributor-x  distributor  2 s             0      0        no                         box   9
      wa             worker       9.5 s           4      1        no         181 of 2048 MB  box   10
      wb             worker       lapsed 3 s ago  0      2        yes                        ?     ?

      function  version  self time     evaluations
      divide    7        not measured  0
      ratio     a1b2     1.3 ms        9

      submitted 12, hits 3, evaluated 9"
    `);
  });

  it("is shown with lines and colours on a terminal", () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const text = shownText(poolReport(reported, { isTerminal: true, colors: colorsOf(terminal, {}) }));
    expect(text).toContain("│");
    expect(text).toContain("\u001b[1mself time");
  });

  it("reports how many workers it should have, and what its hosts have of them", () => {
    const host = { id: "host-x", score: 2, minWorkers: 1, maxWorkers: 8, description: { host: "box", processId: 4 } };
    const hosts = [
      { ...host, leaseLeftMs: 9_000 },
      { ...host, id: "host-y", score: 0.5, leaseLeftMs: -2_000, description: {} },
    ];
    const capacity = { desiredWorkers: 5, shares: { "host-x": 5 }, ageMs: 800 };
    const lines = poolReport({ ...reported, state: { ...state, hosts, capacity } }, plain).split("\n");
    expect(lines[2]).toBe("2 workers, 5 desired 800 ms ago");
    const table = lines.slice(lines.findIndex((line) => line.startsWith("host "))).slice(0, 3);
    expect(table.join("\n")).toMatchInlineSnapshot(`
      "host    lease           score  workers  share     machine  process
      host-x  9 s             2      1 to 8   5         box      4
      host-y  lapsed 2 s ago  0.5    1 to 8   none yet  ?        ?"
    `);
  });

  it("counts bridges as no workers, and names them", () => {
    const [member] = state.members.filter(({ kind }) => kind === "worker");
    const bridge = { ...(member as MemberState), id: "left.d1", description: { bridgesTo: "left" } };
    const capacity = { desiredWorkers: 2, shares: {}, ageMs: 800 };
    const text = poolReport({ ...reported, state: { ...state, capacity, members: [...state.members, bridge] } }, plain);
    expect(text).toContain("2 workers, 2 desired");
    expect(text).toMatch(/left\.d1 +bridge /);
  });

  it("says why nothing moves", () => {
    const stalled = { ...reported, state: { ...state, members: [] } };
    expect(poolReport(stalled, plain)).toMatch(/\n! pool "pool" of grid "default" has no workers/);
  });
});
