/**
 * The functions that workers of a simulation evaluate: each walks one node of the call graph, on the clock of the process that
 * it runs in. They are pure in what they return, and in nothing else.
 */
import { type Definition, sleep } from "@callgrid/core";
import { callReentrant, streamReentrant } from "@callgrid/worker";
import {
  type CallGraph,
  type CallNode,
  combine,
  type FunctionName,
  failureOf,
  functionNames,
  mix,
  numberIn,
  type Phase,
  type RightOutcome,
  valueInForm,
} from "./call-graph.ts";
import { type CodeVersion, markOf, marksIn, withMarks } from "./code-marks.ts";
import { isRefused } from "./right-outcome.ts";
import type { SimulatedProcess } from "./simulated-process.ts";

const aDayMs = 86_400_000;

export interface GraphFunctionsParts {
  readonly graph: CallGraph;
  /** How long results of `fleeting` are kept; 0: not at all. */
  readonly fleetingTtlMs: number;
  /** Functions that this worker does not have. */
  readonly lacking: ReadonlySet<FunctionName>;
  readonly versionOf: (name: FunctionName) => CodeVersion;
}

/** A function that every worker has, and none may evaluate: each lacks what it needs. */
export const forbiddenFunction = "rare";

/** In the form that a worker takes; `define` would keep them in a list of the process forever. */
export function graphFunctions(parts: GraphFunctionsParts, process: SimulatedProcess): object {
  const walker = new GraphWalker(parts, process);
  const names = [...functionNames.filter((name) => !parts.lacking.has(name)), forbiddenFunction] as const;
  return Object.fromEntries(
    names.map((name) => {
      const evaluate = (argument: number | { number: number }): unknown => walker.evaluate(argument);
      const cacheTtlMs = name === "fleeting" ? parts.fleetingTtlMs : aDayMs;
      const needs = name === forbiddenFunction ? { tag: "rare" } : {};
      const version = name === forbiddenFunction ? "1" : parts.versionOf(name);
      const definition: Definition = { name, version, cacheTtlMs, timeoutMs: 0, needs, evaluate };
      return [name, Object.assign((): unknown => undefined, { functionName: name, definition })];
    }),
  );
}

class GraphWalker {
  readonly #graph: CallGraph;
  readonly #versionOf: GraphFunctionsParts["versionOf"];
  readonly #process: SimulatedProcess;

  constructor({ graph, versionOf }: GraphFunctionsParts, process: SimulatedProcess) {
    this.#graph = graph;
    this.#versionOf = versionOf;
    this.#process = process;
  }

  evaluate(argument: number | { number: number }): unknown {
    const node = this.#graph.node(typeof argument === "number" ? argument : argument.number);
    const [only] = node.phases;
    if (node.phases.length > 1 || only === undefined || only.children.length > 0 || only.waitMs > 0)
      return this.#walk(node);
    this.#process.calculate(only.calculateMs);
    return finish(node, mix(node.number, 0), this.#markOf(node));
  }

  async #walk(node: CallNode): Promise<unknown> {
    let sum = node.number;
    let marks = this.#markOf(node);
    for (const phase of node.phases) {
      if (phase.waitMs > 0) await sleep(this.#process.clock, phase.waitMs);
      this.#process.calculate(phase.calculateMs);
      const called = await this.#call(node, phase);
      sum = mix(sum, called.number);
      marks |= called.marks;
    }
    return finish(node, sum, marks);
  }

  #markOf({ functionName }: CallNode): number {
    return markOf(functionName, this.#versionOf(functionName));
  }

  async #call(node: CallNode, phase: Phase): Promise<{ number: number; marks: number }> {
    const requests = phase.children.map((child) => this.#graph.requestOf(child, (child + node.number) % 2 === 1));
    try {
      const values = await callAll(requests, phase.manner);
      const combined = combine(node, values.map(ofValue));
      const marks = values.reduce<number>((joined, value) => joined | marksIn(value), 0);
      if ("number" in combined) return { number: combined.number, marks };
      throw new Error("unreachable: failures are thrown");
    } catch (error) {
      // a refusal is not the outcome of the child; any other answer to a function must be the same every time
      if (!node.forgives || isRefused(error)) throw error;
      return { number: forgivenNumber(node), marks: 0 };
    }
  }
}

async function callAll(requests: Array<[string, ...unknown[]]>, manner: Phase["manner"]): Promise<unknown[]> {
  if (manner === "all") return callReentrant(requests);
  if (manner === "stream") return callAsStream(requests);
  const pairs: Array<Promise<unknown[]>> = [];
  for (let i = 0; i < requests.length; i += 2) pairs.push(callReentrant(requests.slice(i, i + 2)));
  return (await Promise.all(pairs)).flat();
}

async function callAsStream(requests: Array<[string, ...unknown[]]>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const { index, outcome } of streamReentrant(requests)) {
    if ("error" in outcome) throw outcome.error;
    values[index] = outcome.value;
  }
  return values;
}

function ofValue(value: unknown): RightOutcome {
  return { number: numberIn(value) ?? Number.NaN };
}

/** A failure of any child makes the same number, so that it does not matter which one came first. */
function forgivenNumber(node: CallNode): number {
  const combined = combine(node, [{ failures: [failureOf(node.number)] }]);
  return "number" in combined ? combined.number : Number.NaN;
}

function finish(node: CallNode, number: number, marks: number): unknown {
  if (node.fails) throw new Error(failureOf(node.number));
  return valueInForm(node, withMarks(number, marks));
}
