/**
 * The work of a simulation: an acyclic graph of calls, drawn from the seed, whose right values follow by plain recursion. A
 * call is a node; it calls nodes with smaller numbers, one phase after the other, and makes a number or a failure of them.
 */
import { encodeRequest, requestId } from "@callgrid/core";
import type { Random } from "./random.ts";

/** How a node calls the nodes of one phase. */
export type PhaseManner = "all" | "pairs" | "stream";

export interface Phase {
  readonly manner: PhaseManner;
  readonly children: readonly number[];
  /** What goes before it: a wait, and a calculation without a yield. */
  readonly waitMs: number;
  readonly calculateMs: number;
}

/** How the arguments of a node are written: plain, as an object in changing order, or with a value that JSON has not. */
export type ArgumentForm = "number" | "object" | "rich";

export const functionNames = ["nap", "grind", "small", "fleeting"] as const;

export type FunctionName = (typeof functionNames)[number];

export interface CallNode {
  readonly number: number;
  readonly functionName: FunctionName;
  readonly form: ArgumentForm;
  readonly phases: readonly Phase[];
  readonly fails: boolean;
  /** A failed phase counts as a number instead of failing this node too. */
  readonly forgives: boolean;
  /** The value is an object instead of a number; `large`: too large for an inbox. */
  readonly valueForm: "number" | "object" | "large";
}

/** What the outcome of a node must be: a number, or a failure by one or more of these (which ones is a matter of time). */
export type RightOutcome = { readonly number: number } | { readonly failures: readonly string[] };

/** Numbers are smaller than this; what stands above it are marks, see code-marks.ts. */
export const modulus = 1_000_003;
const forgiven = 7;
const largeCharacters = 70_000;

export class CallGraph {
  readonly nodes: readonly CallNode[];
  readonly #outcomes: RightOutcome[] = [];
  readonly #numberById = new Map<string, number>();
  readonly #numberByPayload = new Map<string, number>();

  constructor(nodes: readonly CallNode[]) {
    this.nodes = nodes;
    for (const node of nodes) {
      this.#outcomes.push(this.#evaluate(node));
      for (const isTurned of [false, true]) this.#learn(node.number, this.requestOf(node.number, isTurned));
    }
  }

  node(number: number): CallNode {
    const node = this.nodes[number];
    if (node === undefined) throw new Error(`there is no node ${number}`);
    return node;
  }

  outcomeOf(number: number): RightOutcome {
    const outcome = this.#outcomes[number];
    if (outcome === undefined) throw new Error(`there is no node ${number}`);
    return outcome;
  }

  /** Whose request has this id; undefined for an id that was drawn. */
  numberOf(id: string): number | undefined {
    return this.#numberById.get(id);
  }

  /** Whose request is written down like this. */
  numberOfPayload(payload: string): number | undefined {
    return this.#numberByPayload.get(payload);
  }

  /** The request of a node; an object argument in one of two orders, which make no difference. */
  requestOf(number: number, isTurned: boolean): [string, ...unknown[]] {
    const { functionName, form } = this.node(number);
    if (form === "number") return [functionName, number];
    if (form === "rich") return [functionName, number, new Date(number)];
    return [functionName, isTurned ? { number, for: "simulation" } : { for: "simulation", number }];
  }

  /** `name(number)` for the reports, instead of ids. */
  readable(text: string): string {
    return text.replace(/[A-Za-z0-9_-]{22}/g, (id) => {
      const number = this.#numberById.get(id);
      return number === undefined ? id : this.nameOf(number);
    });
  }

  nameOf(number: number): string {
    return `${this.node(number).functionName}(${number})`;
  }

  /** A node with what it calls. */
  described(number: number): string {
    const { phases, fails, forgives } = this.node(number);
    const calls = phases.map(({ manner, children }) =>
      children.length === 0 ? "-" : `${manner} ${children.join(" ")}`,
    );
    return `${this.nameOf(number)}${fails ? "!" : ""}${forgives ? "?" : ""}[${calls.join(" | ")}]`;
  }

  #learn(number: number, request: readonly unknown[]): void {
    const { canonical, payload } = encodeRequest(request, largeCharacters);
    this.#numberById.set(requestId(canonical), number);
    this.#numberByPayload.set(payload, number);
  }

  #evaluate(node: CallNode): RightOutcome {
    let sum = node.number;
    for (const { children } of node.phases) {
      const outcomes = children.map((child) => this.outcomeOf(child));
      const phase = combine(node, outcomes);
      if ("failures" in phase) return phase;
      sum = mix(sum, phase.number);
    }
    return node.fails ? { failures: [failureOf(node.number)] } : { number: sum };
  }
}

/** The sum of the outcomes of a phase. */
export function combine(node: CallNode, outcomes: readonly RightOutcome[]): RightOutcome {
  const failures = new Set(outcomes.flatMap((outcome) => ("failures" in outcome ? outcome.failures : [])));
  if (failures.size > 0 && !node.forgives) return { failures: [...failures] };
  let sum = 0;
  for (const outcome of outcomes) sum = mix(sum, "number" in outcome ? outcome.number : forgiven);
  return { number: failures.size > 0 ? forgiven : sum };
}

export function mix(sum: number, by: number): number {
  return (sum * 31 + by + 1) % modulus;
}

/** The message of a node that fails by itself. */
export function failureOf(number: number): string {
  return `node ${number} fails`;
}

/** A node's value in its form. */
export function valueInForm(node: CallNode, number: number): unknown {
  if (node.valueForm === "number") return number;
  if (node.valueForm === "object") return { number };
  return { number, filling: "x".repeat(largeCharacters) };
}

/** The number in a value of any form, without its marks. */
export function numberIn(value: unknown): number | undefined {
  const number = rawNumberIn(value);
  return number === undefined ? undefined : number % modulus;
}

export function rawNumberIn(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "object" || value === null) return undefined;
  const { number } = value as { number?: unknown };
  return typeof number === "number" ? number : undefined;
}

/** Draws a graph: some are deep, some broad, some mostly of small calls. */
export function drawGraph(random: Random): CallGraph {
  const shape = random.pick(["deep", "broad", "mixed", "mixed", "small"] as const);
  const most = random.chance(0.1) ? 100 : shape === "small" ? 40 : 20;
  const count = Math.round(random.logarithmic(3, most));
  const nodes: CallNode[] = [];
  for (let number = 0; number < count; number += 1) nodes.push(drawNode(random, shape, number));
  return new CallGraph(nodes);
}

type Shape = "deep" | "broad" | "mixed" | "small";

function drawNode(random: Random, shape: Shape, number: number): CallNode {
  const functionName = drawFunctionName(random, shape);
  const phaseCount = number === 0 || random.chance(0.15) ? 0 : random.chance(0.8) ? 1 : random.integer(2, 3);
  const phases = Array.from({ length: phaseCount }, () => drawPhase(random, { shape, number, functionName }));
  if (phases.length === 0) phases.push({ manner: "all", children: [], ...drawEffort(random, functionName) });
  return {
    number,
    functionName,
    form: random.chance(0.05) ? "rich" : random.pick(["number", "number", "number", "object"]),
    phases,
    fails: random.chance(0.04),
    forgives: random.chance(0.3),
    valueForm: random.chance(0.003) ? "large" : random.pick(["number", "number", "object"]),
  };
}

function drawFunctionName(random: Random, shape: Shape): FunctionName {
  if (shape === "small") return random.pick(["small", "small", "small", "small", "small", "small", "nap"]);
  return random.pick(["nap", "nap", "grind", "small", "small", "fleeting"]);
}

function drawPhase(random: Random, node: { shape: Shape; number: number; functionName: FunctionName }): Phase {
  const { shape, number, functionName } = node;
  const most = { deep: 2, broad: 12, mixed: 5, small: 4 }[shape];
  const reach = shape === "deep" ? 3 : shape === "small" ? 12 : number;
  const children = new Set<number>();
  for (let i = random.integer(1, most); i > 0; i -= 1)
    children.add(random.integer(Math.max(0, number - reach), number - 1));
  const manner = random.pick<PhaseManner>(["all", "all", "all", "pairs", "stream"]);
  return { manner, children: [...children], ...drawEffort(random, functionName) };
}

function drawEffort(random: Random, functionName: FunctionName): { waitMs: number; calculateMs: number } {
  if (functionName === "small") return { waitMs: 0, calculateMs: random.between(0, 0.08) };
  if (functionName === "grind") return { waitMs: 0, calculateMs: random.logarithmic(0.5, 60) };
  return { waitMs: random.chance(0.7) ? random.logarithmic(1, 400) : 0, calculateMs: random.between(0, 0.5) };
}
