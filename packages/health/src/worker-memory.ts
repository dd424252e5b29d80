/** How much memory each worker takes and may take, for the metrics of a pool. Pure. */
import { isOwnWorker, type PoolState } from "@callgrid/statekeeper";

/** So many workers have a label of their own, those that take most. */
const mostWorkers = 200;
const bytesPerMb = 1_048_576;

/** What one worker takes, and its share; undefined where it has not reported it. */
export interface WorkerMemory {
  readonly worker: string;
  readonly usedBytes: number | undefined;
  readonly shareBytes: number | undefined;
}

/** Largest first. */
export function memoryOfWorkers({ members }: Pick<PoolState, "members">): WorkerMemory[] {
  return members
    .filter(isOwnWorker)
    .map(({ id, memoryMb, description: { memoryMb: shareMb } }) => ({
      worker: id,
      usedBytes: bytesOf(memoryMb),
      shareBytes: bytesOf(shareMb),
    }))
    .sort((one, other) => (other.usedBytes ?? 0) - (one.usedBytes ?? 0))
    .slice(0, mostWorkers);
}

function bytesOf(mb: unknown): number | undefined {
  return typeof mb === "number" ? mb * bytesPerMb : undefined;
}
