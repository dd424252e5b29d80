/**
 * Functions that call others, taken apart into what they ask for and what they make of it: the form that a queue without
 * re-entrant calls needs. `systems/callgrid-functions.ts` has the same functions as users of callgrid write them.
 */
import type { Task } from "./system.ts";
import { burn, countEvaluation } from "./tasks.ts";

/** Children of each inner node of the tree. */
export const fanOut = 5;

interface NestedFunction {
  childrenOf(args: readonly never[]): readonly Task[];
  combine(args: readonly never[], values: readonly number[]): number;
}

const tree = {
  childrenOf([level, path, leafLoops]: [number, string, number]): Task[] {
    if (level === 0) return [];
    return Array.from({ length: fanOut }, (_, child) => ["tree", level - 1, `${path}.${child}`, leafLoops]);
  },
  combine([level, , leafLoops]: [number, string, number], values: readonly number[]): number {
    if (level === 0) burn(leafLoops);
    return 1 + sum(values);
  },
};

const fib = {
  childrenOf([n, path]: [number, string]): Task[] {
    if (n < 2) return [];
    return [
      ["fib", n - 1, `${path}1`],
      ["fib", n - 2, `${path}2`],
    ];
  },
  combine: ([n]: [number, string], values: readonly number[]): number => (n < 2 ? n : sum(values)),
};

const cachedFib = {
  childrenOf([n, salt]: [number, string]): Task[] {
    if (n < 2) return [];
    return [
      ["cachedFib", n - 1, salt],
      ["cachedFib", n - 2, salt],
    ];
  },
  combine: fib.combine,
};

const nestedFunctions = new Map<string, NestedFunction>(Object.entries({ tree, fib, cachedFib } as object));

/** Whether a task may ask for others. */
export function isNested([name]: Task): boolean {
  return nestedFunctions.has(name);
}

/** What a task asks for; nothing if it is a leaf. */
export function childrenOf([name, ...args]: Task): readonly Task[] {
  return nestedFunction(name).childrenOf(args as never[]);
}

/** What a task makes of the values of its children, in any order. Counts as its evaluation. */
export function combine([name, ...args]: Task, values: readonly unknown[]): number {
  countEvaluation();
  return nestedFunction(name).combine(args as never[], values as readonly number[]);
}

/** How many calls the tree of this depth makes. */
export function treeSize(depth: number): number {
  return (fanOut ** (depth + 1) - 1) / (fanOut - 1);
}

/** The n-th Fibonacci number. */
export function fibonacci(n: number): number {
  let [value, next] = [0, 1];
  for (let step = 0; step < n; step++) [value, next] = [next, value + next];
  return value;
}

/** How many calls plain recursion makes for the n-th Fibonacci number. */
export function fibCalls(n: number): number {
  return 2 * fibonacci(n + 1) - 1;
}

function nestedFunction(name: string): NestedFunction {
  const found = nestedFunctions.get(name);
  if (found === undefined) throw new Error(`there is no nested function ${name}`);
  return found;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
