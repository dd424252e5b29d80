import type { MemberState, PoolState, RequestState } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { explainRequest, type RequestSituation } from "./request-explanation.ts";

const worker: MemberState = {
  id: "wa",
  kind: "worker",
  description: {},
  functions: {},
  leaseLeftMs: 9_000,
  queued: 2,
  running: 1,
  isVolunteer: false,
};
const pool: PoolState = {
  pool: "pool",
  queued: 3,
  members: [worker],
  clients: 1,
  hosts: [],
  capacity: undefined,
  expected: [],
  head: "distributor-x",
  functions: {
    epoch: 1,
    functions: new Map([
      ["f", { version: "1", generation: 0, selfMicros: 5_000 }],
      ["below", { version: "3", generation: 0 }],
    ]),
  },
  counters: {},
};
const queued: RequestState = {
  id: "a",
  payload: '["f",1]',
  state: "queued",
  owner: undefined,
  ownerLeaseLeftMs: undefined,
  claimedForMs: undefined,
  waiters: ["cX"],
  waitsFor: [],
  losses: 0,
  priority: 0,
  timeoutMs: 0,
  progress: undefined,
  resultStamp: undefined,
  resultLeftMs: undefined,
};
const done: RequestState = { ...queued, payload: "", state: "done", resultStamp: "1#0" };
const running: RequestState = {
  ...queued,
  state: "running",
  owner: "wa",
  ownerLeaseLeftMs: 9_000,
  claimedForMs: 20_000,
};
const suspended: RequestState = { ...running, state: "suspended", waitsFor: ["b", "c"] };

function story(changes: Partial<RequestSituation>) {
  return explainRequest({ id: "a", functionName: "f", pool, request: queued, waitsFor: [], cycle: [], ...changes });
}

describe("where a request is", () => {
  it.each<[string, RequestState | undefined, string]>([
    ["unknown", undefined, 'Pool "pool" does not know it.'],
    ["done", done, "It is done, and its result is kept."],
    [
      "done, and forgotten since",
      { ...done, resultStamp: "1#3" },
      'It was done, but its result is stale: all results of "f" were forgotten since.',
    ],
    [
      "done by another version",
      { ...done, resultStamp: "0#0" },
      'It was done, but its result is stale: "f" has another version since: 1, and not 0.',
    ],
    [
      "done with a function that has changed",
      { ...done, resultStamp: "1#0,other@1,below@2" },
      'It was done, but its result is stale: "below", which took part in it, has another version since.',
    ],
    ["queued", queued, "It is queued."],
    ["running", running, "It is running on worker wa, for 20 s (its function usually takes 5 ms)."],
    ["suspended", suspended, "It was started by worker wa, and waits for requests of its own."],
  ])("%s", (_, request, where) => {
    expect(story({ request }).where).toBe(where);
  });
});

describe("what must happen next", () => {
  const idle = { ...worker, isVolunteer: true };
  it.each<[string, Partial<RequestSituation>, string]>([
    ["the pool does not know it", { request: undefined }, "Submit it to get its outcome"],
    ["it is done", { request: done }, "Nothing. Requests for it return the kept result"],
    ["it is done, and forgotten since", { request: { ...done, resultStamp: "1#3" } }, "Submit it to evaluate it again"],
    [
      "it is done, and only its id is known",
      { request: done, functionName: undefined },
      "unless its function was forgotten or has another version since",
    ],
    [
      "no caller waits for it",
      { request: { ...queued, waiters: [] } },
      "No caller waits for it, so the worker that claims it drops it",
    ],
    ["there are no workers", { pool: { ...pool, members: [] } }, "A worker must join: callgrid worker --pool pool"],
    ["all workers are silent", { pool: { ...pool, members: [{ ...worker, leaseLeftMs: -1 }] } }, "A worker must join"],
    [
      "no worker has its function",
      { request: { ...queued, payload: '["g"]' } },
      'A worker that has the function "g" must join',
    ],
    [
      "only others are idle",
      { pool: { ...pool, members: [idle] } },
      'A worker that has "f" at the pool\'s current version and what it needs must become free',
    ],
    [
      "all workers lack what its function needs",
      { pool: { ...pool, members: [{ ...worker, description: { lacks: { f: ["tag gpu"] } } }] } },
      'A worker must join that has what "f" needs: 1 worker lacks "tag gpu". Tags are given by: callgrid worker --tags',
    ],
    [
      "its function is called as what every object inherits",
      { functionName: "constructor", pool: { ...pool, members: [{ ...worker, description: { lacks: {} } }] } },
      "One of 1 worker must become free",
    ],
    [
      "one of two workers has what its function needs",
      {
        pool: {
          ...pool,
          members: [worker, { ...worker, id: "wb", isVolunteer: true, description: { lacks: { f: ["tag gpu"] } } }],
        },
      },
      'A worker that has "f" at the pool\'s current version and what it needs must become free',
    ],
    ["all are busy", {}, "One of 1 worker must become free; 5 requests wait in the queues, this one among them."],
    ["it runs", { request: running }, "Worker wa must finish it; its lease holds for another 9 s."],
    [
      "its worker died",
      { request: { ...running, ownerLeaseLeftMs: -2_000 } },
      "The lease of worker wa lapsed 2 s ago: it goes back to the queue when it is reclaimed by distributor distributor-x.",
    ],
    [
      "its worker is gone, and so is the distributor",
      { request: { ...suspended, ownerLeaseLeftMs: undefined }, pool: { ...pool, head: undefined } },
      "The lease of worker wa lapsed: it goes back to the queue when it is reclaimed by a worker that has the time",
    ],
    ["it waits for others", { request: suspended }, "2 requests must finish first; then worker wa continues it"],
    [
      "it waits, and has not reported for what",
      { request: { ...suspended, waitsFor: [] } },
      "The requests it waits for must finish first",
    ],
    [
      "it waits for itself",
      { request: suspended, cycle: ["a", "b"] },
      "It waits for itself: a → b → a; it fails with CYCLIC_REQUEST",
    ],
  ])("when %s", (_, changes, next) => {
    expect(story(changes).next).toContain(next);
  });
});

describe("the facts about a request", () => {
  it.each<[string, RequestState, string[]]>([
    ["its waiters", { ...queued, waiters: ["cX", "wa"] }, ["client cX, worker wa wait for it."]],
    ["that there are none", { ...queued, waiters: [] }, ["No caller waits for it."]],
    [
      "how often its workers died",
      { ...queued, losses: 2 },
      ["client cX waits for it.", "Its worker died 2 times while running it."],
    ],
    ["until when it is wanted", { ...queued, timeoutMs: 1_500 }, ["client cX waits for it.", "It times out in 1.5 s."]],
    [
      "how far it is",
      { ...running, progress: { done: 3, total: 10 } },
      ["client cX waits for it.", "Its function said last: 3 of 10 done."],
    ],
  ])("explains %s", (_, request, facts) => {
    expect(story({ request }).facts).toEqual(facts);
  });

  it("shows what it waits for, and the states of those", () => {
    const waitsFor = [
      { id: "b", request: { ...running, id: "b", payload: `["f","${"x".repeat(100)}"]` } },
      { id: "c", request: undefined },
    ];
    const request = { ...suspended, waitsFor: ["b", "c", "d"] };
    expect(story({ request, waitsFor }).facts).toEqual([
      "client cX waits for it.",
      "It waits for 3 requests:",
      `  b running by wa ["f","${"x".repeat(73)}…`,
      "  c unknown to the pool",
      "  and 1 more",
    ]);
  });
});
