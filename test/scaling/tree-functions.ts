/**
 * The work of a scaling run: trees of requests, 111 each. A trunk calls ten boughs, and a bough calls ten leaves; each of them calculates
 * for about 100 ms by itself without a yield, and none of them equals another.
 */
import type { Definition } from "@callgrid/core";
import { callReentrant } from "@callgrid/worker";
import type { SimulatedProcess } from "../simulation/simulated-process.ts";
import type { WorkMeter } from "./work-meter.ts";

const fanOut = 10;
/** How many requests a tree is. */
export const treeSize = 1 + fanOut + fanOut * fanOut;
const leastMs = 50;
const mostMs = 150;
const aDayMs = 86_400_000;

/** The top-level request of a tree. */
export function trunkOf(tree: number): ["trunk", number] {
  return ["trunk", tree * treeSize];
}

/** What request `number` takes on a usual node, in ms: drawn from its number, evenly around 100. */
function usualMs(number: number): number {
  const stirred = Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 0;
  return leastMs + ((mostMs - leastMs) * (stirred % 1_000)) / 999;
}

/** The functions of one worker, in the form that a worker takes. */
export function treeFunctions(worker: {
  readonly process: SimulatedProcess;
  /** How many times longer than usual everything takes. */
  readonly slowness: number;
  readonly meter: WorkMeter;
}): object {
  const { process, slowness, meter } = worker;
  const calculate = (number: number): void => {
    const forMs = slowness * usualMs(number);
    meter.noteStart(number, process.nowMs(), forMs);
    process.calculate(forMs);
  };
  const branch = (child: string, first: (number: number) => number) => async (number: number) => {
    calculate(number);
    const children = Array.from({ length: fanOut }, (_, index) => first(number) + index);
    for (const asked of children) meter.noteAsked(asked, process.nowMs());
    const sums = await callReentrant(children.map((asked): [string, number] => [child, asked]));
    return sums.reduce((sum: number, one) => sum + Number(one), 1);
  };
  const trunk = branch("bough", (number) => number + 1);
  const bough = branch("leaf", (number) => {
    const place = number % treeSize;
    return number - place + 1 + fanOut + (place - 1) * fanOut;
  });
  const leaf = (number: number): number => {
    calculate(number);
    return 1;
  };
  const named = { trunk, bough, leaf };
  return Object.fromEntries(Object.entries(named).map(([name, evaluate]) => [name, defined(name, evaluate)]));
}

/** `define` would keep ten thousand of them in a list of the process. */
function defined(name: string, evaluate: (number: number) => unknown): object {
  const definition: Definition = { name, version: "1", cacheTtlMs: aDayMs, timeoutMs: 0, needs: {}, evaluate };
  return Object.assign((): unknown => undefined, { functionName: name, definition });
}
