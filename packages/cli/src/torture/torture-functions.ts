/**
 * The functions that a torture's workers evaluate; workload.ts has their outcomes. Loaded by worker processes as
 * `torture-functions.js?history=<file>`: each evaluation then appends its request's id to that file before it does anything.
 */
import { appendFileSync } from "node:fs";
import { setTimeout as rest } from "node:timers/promises";
import { define, RequestError } from "@callgrid/core";
import { callReentrant, context } from "@callgrid/worker";
import { combine, commonTag, digest, type TreeShape } from "./workload.ts";

/** A request by name. */
type NamedRequest = readonly [functionName: string, ...args: unknown[]];

const historyFile = new URL(import.meta.url).searchParams.get("history");

// What is written in one piece survives a kill, and does not mix with what other processes write.
function note(): void {
  if (historyFile !== null) appendFileSync(historyFile, `${context().requestId}\n`);
}

export const leaf = define("leaf", async (tag: string, restMs: number): Promise<number> => {
  note();
  if (restMs > 0) await rest(restMs);
  return digest(tag);
});

export const spin = define("spin", (tag: string, busyMs: number): number => {
  note();
  const endsAt = performance.now() + busyMs;
  while (performance.now() < endsAt);
  return digest(tag);
});

export const tree = define("tree", async (tag: string, shape: TreeShape): Promise<number> => {
  note();
  if (shape.depth === 0) return (await callReentrant([[leaf, tag, shape.restMs]]))[0];
  const below = { ...shape, depth: shape.depth - 1 };
  const calls: NamedRequest[] = Array.from({ length: shape.breadth }, (_, i) => ["tree", `${tag}.${i}`, below]);
  calls.push(["leaf", commonTag(tag), 0]);
  return combine(tag, (await callReentrant(calls)) as number[]);
});

export const refuse = define("refuse", (tag: string): never => {
  note();
  throw new Error(`refused ${tag}`);
});

export const doom = define("doom", async (tag: string): Promise<never> => {
  note();
  return (await callReentrant([[refuse, tag]]))[0];
});

export const rescue = define("rescue", async (tag: string): Promise<string> => {
  note();
  try {
    await callReentrant([
      [refuse, tag],
      [leaf, tag, 0],
    ]);
  } catch (error) {
    // That the function refused is expected; that the grid lost it is not.
    if (!(error instanceof RequestError) || Object.values(error.info).some(({ code }) => code !== "FUNCTION_FAILED"))
      throw error;
  }
  return `rescued ${tag}`;
});
