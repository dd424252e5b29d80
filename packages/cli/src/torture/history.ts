/**
 * The history of a run, and what is wrong with it. Clients record their asks and the answers, workers record the evaluations
 * that they began. A history is right if every ask has one answer, this is the outcome of the function, and all asks for one id
 * have the same answer. More than one evaluation of an id is allowed, and counted.
 */
import { isDeepStrictEqual } from "node:util";
import type { ErrorTree, Outcome } from "@callgrid/core";

/** The outcome of a request on any worker: a value, or a failure of the function with this message. */
export type ExpectedOutcome = { readonly value: unknown } | { readonly failure: string };

/** One entry of a history. An ask is one call of one client; several may ask for one id. */
export type HistoryEvent =
  | {
      readonly kind: "asked";
      readonly ask: number;
      readonly id: string;
      /** For people. */
      readonly request: string;
      readonly expected: ExpectedOutcome;
    }
  | { readonly kind: "answered"; readonly ask: number; readonly outcome: Outcome }
  /** The client left, or called the ask off: no answer is due. */
  | { readonly kind: "withdrawn"; readonly ask: number }
  | { readonly kind: "evaluated"; readonly id: string };

/**
 * What can be wrong. `lost`: answered with an error of the grid instead of an outcome. `unanswered`: not at all.
 * `contradicted`: two outcomes for one id, or two answers to one ask. `wrong`: not the outcome of the function.
 */
export const violationKinds = ["lost", "unanswered", "contradicted", "wrong"] as const;

/** One of {@link violationKinds}. */
export type ViolationKind = (typeof violationKinds)[number];

/** One thing that is wrong. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly id: string;
  readonly request: string;
  /** The answer; empty where there was none. */
  readonly answer: string;
}

/** The summary of a history. */
export interface HistoryReport {
  readonly asked: number;
  readonly answered: number;
  readonly withdrawn: number;
  /** Evaluations begun, of requests of clients and of re-entrant ones. */
  readonly evaluated: number;
  /** Evaluations of an id beyond its first. */
  readonly duplicates: number;
  readonly counts: Readonly<Record<ViolationKind, number>>;
  /** The first of them. */
  readonly violations: readonly Violation[];
}

interface Ask {
  readonly id: string;
  readonly request: string;
  readonly expected: ExpectedOutcome;
}

const mostViolationsKept = 50;
const longestAnswer = 500;

export class History {
  readonly #open = new Map<number, Ask>();
  readonly #closed = new Set<number>();
  readonly #answerById = new Map<string, string>();
  readonly #evaluationsById = new Map<string, number>();
  readonly #totals = { asked: 0, answered: 0, withdrawn: 0, evaluated: 0 };
  readonly #counts: Record<ViolationKind, number> = { lost: 0, unanswered: 0, contradicted: 0, wrong: 0 };
  readonly #violations: Violation[] = [];

  take(event: HistoryEvent): void {
    this.#totals[event.kind] += 1;
    switch (event.kind) {
      case "asked":
        this.#open.set(event.ask, event);
        break;
      case "answered":
        this.#takeAnswer(event.ask, event.outcome);
        break;
      case "withdrawn":
        this.#open.delete(event.ask);
        break;
      case "evaluated":
        this.#evaluationsById.set(event.id, (this.#evaluationsById.get(event.id) ?? 0) + 1);
        break;
    }
  }

  /** What is asked for and has no answer yet. */
  get openCount(): number {
    return this.#open.size;
  }

  /** The result of the history if it ends here. */
  report(): HistoryReport {
    const unanswered = [...this.#open.values()].map((ask) => violationOf("unanswered", ask, ""));
    return {
      ...this.#totals,
      duplicates: this.#totals.evaluated - this.#evaluationsById.size,
      counts: { ...this.#counts, unanswered: unanswered.length },
      violations: [...this.#violations, ...unanswered].slice(0, mostViolationsKept),
    };
  }

  #takeAnswer(number: number, outcome: Outcome): void {
    const ask = this.#open.get(number);
    const answer = textOf(outcome);
    if (ask === undefined) {
      if (this.#closed.has(number)) this.#note("contradicted", { id: "", request: `ask ${number}` }, answer);
      return;
    }
    this.#open.delete(number);
    this.#closed.add(number);
    // An error of the grid is not kept: a later ask may get the outcome itself.
    if ("error" in outcome && isOfTheGrid(outcome.error.tree)) this.#note("lost", ask, outcome.error.message);
    else this.#compare(ask, outcome, answer);
  }

  #compare(ask: Ask, outcome: Outcome, answer: string): void {
    if (!isAsExpected(outcome, ask.expected)) this.#note("wrong", ask, answer);
    const before = this.#answerById.get(ask.id);
    if (before === undefined) this.#answerById.set(ask.id, answer);
    else if (before !== answer) this.#note("contradicted", ask, answer);
  }

  #note(kind: ViolationKind, ask: Pick<Ask, "id" | "request">, answer: string): void {
    this.#counts[kind] += 1;
    if (this.#violations.length < mostViolationsKept) this.#violations.push(violationOf(kind, ask, answer));
  }
}

function violationOf(kind: ViolationKind, { id, request }: Pick<Ask, "id" | "request">, answer: string): Violation {
  return { kind, id, request, answer: answer.slice(0, longestAnswer) };
}

/** Whether any request of the tree failed for another reason than its function. */
function isOfTheGrid({ code, info }: ErrorTree): boolean {
  return code !== "FUNCTION_FAILED" || Object.values(info ?? {}).some(isOfTheGrid);
}

function isAsExpected(outcome: Outcome, expected: ExpectedOutcome): boolean {
  if ("failure" in expected) return "error" in outcome && outcome.error.msg === expected.failure;
  return "value" in outcome && isDeepStrictEqual(outcome.value, expected.value);
}

/** Equal for equal outcomes. */
function textOf(outcome: Outcome): string {
  if ("error" in outcome) return `${outcome.error.code}: ${outcome.error.msg}`;
  return JSON.stringify(outcome.value) ?? "undefined";
}
