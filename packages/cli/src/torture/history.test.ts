/** What the checker finds in histories that are right, and in those that are wrong in one way each. */
import { type ErrorCode, type ErrorTree, type Outcome, RequestError } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { type ExpectedOutcome, History, type HistoryEvent, type HistoryReport, violationKinds } from "./history.ts";

function asked(ask: number, id: string, expected: ExpectedOutcome = { value: 1 }): HistoryEvent {
  return { kind: "asked", ask, id, request: `["${id}"]`, expected };
}

function answered(ask: number, value: unknown): HistoryEvent {
  return { kind: "answered", ask, outcome: { value } };
}

function failed(ask: number, msg: string, code: ErrorCode = "FUNCTION_FAILED", below?: ErrorTree): HistoryEvent {
  const info = below === undefined ? {} : { info: { [below.req]: below } };
  const outcome: Outcome = { error: new RequestError({ msg, code, req: '["a"]', ...info }) };
  return { kind: "answered", ask, outcome };
}

function evaluated(id: string): HistoryEvent {
  return { kind: "evaluated", id };
}

function reportOf(...events: readonly HistoryEvent[]): HistoryReport {
  const history = new History();
  for (const event of events) history.take(event);
  return history.report();
}

/** The kinds of what is wrong, as often as each is. */
function wrongIn({ counts }: HistoryReport): string[] {
  return violationKinds.flatMap((kind) => Array.from({ length: counts[kind] }, () => kind));
}

const right: Array<[fact: string, events: HistoryEvent[]]> = [
  ["nothing happened", []],
  ["an ask got the outcome of its function", [asked(1, "a"), answered(1, 1)]],
  ["a value is compared as a whole", [asked(1, "a", { value: { x: [1, 2] } }), answered(1, { x: [1, 2] })]],
  ["a function failed as it should", [asked(1, "a", { failure: "no" }), failed(1, "no")]],
  ["two asked for one id and got the same answer", [asked(1, "a"), asked(2, "a"), answered(2, 1), answered(1, 1)]],
  ["a client that left gets no answer", [asked(1, "a"), { kind: "withdrawn", ask: 1 }]],
  ["a client that left gets an answer nevertheless", [asked(1, "a"), { kind: "withdrawn", ask: 1 }, answered(1, 1)]],
  ["a request was evaluated twice", [asked(1, "a"), evaluated("a"), evaluated("a"), answered(1, 1)]],
];

const below: ErrorTree = { msg: "its workers died", code: "WORKER_LOST", req: '["b"]' };

const wrong: Array<[fact: string, kinds: string[], events: HistoryEvent[]]> = [
  ["an ask was not answered", ["unanswered"], [asked(1, "a"), asked(2, "a"), answered(1, 1)]],
  ["the grid lost a request", ["lost"], [asked(1, "a"), failed(1, "its workers died", "WORKER_LOST")]],
  [
    "the grid lost what a request called, although that failure was due",
    ["lost"],
    [asked(1, "a", { failure: "Error from" }), failed(1, "Error from", "FUNCTION_FAILED", below)],
  ],
  ["a value is not the function's", ["wrong"], [asked(1, "a"), answered(1, 2)]],
  ["a value came where a failure was due", ["wrong"], [asked(1, "a", { failure: "no" }), answered(1, 1)]],
  ["a failure came where a value was due", ["wrong"], [asked(1, "a"), failed(1, "no")]],
  ["a function failed with other words", ["wrong"], [asked(1, "a", { failure: "no" }), failed(1, "nope")]],
  [
    "two asked for one id and got different answers",
    ["contradicted", "wrong"],
    [asked(1, "a"), asked(2, "a"), answered(1, 1), answered(2, 2)],
  ],
  ["one ask was answered twice", ["contradicted"], [asked(1, "a"), answered(1, 1), answered(1, 1)]],
];

describe("a history is right where", () => {
  it.each(right)("%s", (_, events) => expect(wrongIn(reportOf(...events))).toEqual([]));
});

describe("a history is wrong where", () => {
  it.each(wrong)("%s", (_, kinds, events) => expect(wrongIn(reportOf(...events))).toEqual(kinds));
});

it("a request that the grid lost once may have an outcome for the next ask", () => {
  const report = reportOf(asked(1, "a"), failed(1, "lost", "WORKER_LOST"), asked(2, "a"), answered(2, 1));
  expect(wrongIn(report)).toEqual(["lost"]);
});

it("evaluations are counted, and those of one id beyond the first once more", () => {
  const report = reportOf(evaluated("a"), evaluated("b"), evaluated("a"), evaluated("a"));
  expect(report).toMatchObject({ evaluated: 4, duplicates: 2 });
});

it("a violation names the request and the answer", () => {
  const [violation] = reportOf(asked(1, "a"), answered(1, 2)).violations;
  expect(violation).toEqual({ kind: "wrong", id: "a", request: '["a"]', answer: "2" });
});

it("the first fifty violations are kept, and all are counted", () => {
  const report = reportOf(...Array.from({ length: 60 }, (_, i) => asked(i, `r${i}`)));
  expect([report.counts.unanswered, report.violations.length]).toEqual([60, 50]);
});
