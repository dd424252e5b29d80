/**
 * The history of a run, and what is wrong with it. Clients say what they asked for and what they were told, workers what
 * they began to evaluate. A history is right if every ask was answered, once, with the outcome that the function has, and if
 * all who asked for one id were told the same. More than one evaluation of an id is allowed, and counted.
 */
import { isDeepStrictEqual } from "node:util";
import type { ErrorTree, Outcome } from "@callgrid/core";

/** What a request comes to wherever it is evaluated: a value, or a failure of the function with this message. */
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
 * What can be wrong. `lost`: answered with an error of the grid's in the place of an outcome. `unanswered`: not at all.
 * `contradicted`: two outcomes for one id, or two answers to one ask. `wrong`: not what the function comes to.
 */
export const violationKinds = ["lost", "unanswered", "contradicted", "wrong"] as const;

/** One of {@link violationKinds}. */
export type ViolationKind = (typeof violationKinds)[number];

/** One thing that is wrong. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly id: string;
  readonly request: string;
  /** What was told, where something was. */
  readonly told: string;
}

/** What a history comes to. */
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
const longestTold = 500;

export class History {
  readonly #open = new Map<number, Ask>();
  readonly #closed = new Set<number>();
  readonly #toldById = new Map<string, string>();
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

  /** What the history comes to if it ends here. */
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
    const told = textOf(outcome);
    if (ask === undefined) {
      if (this.#closed.has(number)) this.#note("contradicted", { id: "", request: `ask ${number}` }, told);
      return;
    }
    this.#open.delete(number);
    this.#closed.add(number);
    // An error of the grid's is not kept: whoever asks later may be told the outcome itself.
    if ("error" in outcome && isOfTheGrid(outcome.error.tree)) this.#note("lost", ask, outcome.error.message);
    else this.#compare(ask, outcome, told);
  }

  #compare(ask: Ask, outcome: Outcome, told: string): void {
    if (!isAsExpected(outcome, ask.expected)) this.#note("wrong", ask, told);
    const before = this.#toldById.get(ask.id);
    if (before === undefined) this.#toldById.set(ask.id, told);
    else if (before !== told) this.#note("contradicted", ask, told);
  }

  #note(kind: ViolationKind, ask: Pick<Ask, "id" | "request">, told: string): void {
    this.#counts[kind] += 1;
    if (this.#violations.length < mostViolationsKept) this.#violations.push(violationOf(kind, ask, told));
  }
}

function violationOf(kind: ViolationKind, { id, request }: Pick<Ask, "id" | "request">, told: string): Violation {
  return { kind, id, request, told: told.slice(0, longestTold) };
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
