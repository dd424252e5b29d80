/** One grid for the process. A hot reload evaluates modules again in the same process, so the grid is kept outside of them. */
import { connect, type Grid } from "callgrid/client";

const holder = globalThis as { grid?: Promise<Grid> | undefined };

/** Connects at the first request, so that a build needs no Redis; after a failure the next request tries again. */
export function grid(): Promise<Grid> {
  holder.grid ??= connect().catch((error: unknown) => {
    holder.grid = undefined;
    throw error;
  });
  return holder.grid;
}
