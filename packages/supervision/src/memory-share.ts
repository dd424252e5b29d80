/** How much memory each of the workers of a machine may take: an equal share of what the container has, or the machine. */
import { totalmem } from "node:os";

const bytesPerMb = 1_048_576;
/** Node itself, and what a module loads, need as much; where many workers get less, the limit would only end them. */
const leastMb = 256;

/** @param workers - how many there are at most. */
export function memoryShareMb(workers: number, memoryBytes = memoryHere()): number {
  return Math.max(leastMb, Math.floor(memoryBytes / bytesPerMb / workers));
}

/** Without a limit of the container, Node says 0 or more than the machine has. */
function memoryHere(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
