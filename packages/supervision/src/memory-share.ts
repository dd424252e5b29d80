/** How much memory each of the workers of a machine may take: what the user has set for Node, else an equal share of what is there. */
import { totalmem } from "node:os";

const bytesPerMb = 1_048_576;
/** Node itself, and what a module loads, need as much; where many workers get less, the limit would only end them. */
const leastMb = 256;

/** What the user's Node flags leave to the heap of a process, in MB. */
const heapFlag = /(?:^|\s)--max[-_]old[-_]space[-_]size=(\d+)/g;

/**
 * @param workers - how many there are at most.
 * @param flags - the flags of Node that the workers are started with.
 */
export function memoryShareMb(workers: number, memoryBytes = memoryHere(), flags = flagsOfNode()): number {
  // the last one counts, as in Node
  const given = [...flags.matchAll(heapFlag)].at(-1)?.[1];
  if (given !== undefined) return Number(given);
  return Math.max(leastMb, Math.floor(memoryBytes / bytesPerMb / workers));
}

/** Those of the command line come after those of the environment. */
function flagsOfNode(): string {
  return [process.env["NODE_OPTIONS"] ?? "", ...process.execArgv].join(" ");
}

/** Without a limit of the container, Node says 0 or more than the machine has. */
function memoryHere(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
