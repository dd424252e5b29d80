/** The default grid: made from the environment when it is first used, and shared by the whole process. */
import type { Checked, Request, ValueOf } from "@callgrid/core";
import { connect } from "./connect.ts";
import type { Grid } from "./grid.ts";
import type { EnqueueOptions } from "./options/enqueue-options.ts";

let shared: Promise<Grid> | undefined;

/**
 * As {@link Grid.enqueue}, on a grid of the whole process at `CALLGRID_URL` (else `redis://localhost:6379`), which is
 * connected by the first call. It keeps the process alive: call {@link closeDefaultGrid} when done.
 *
 * @throws GridError also what {@link connect} throws; the next call then tries to connect again.
 * @example
 * ```ts
 * import { closeDefaultGrid, enqueue } from "callgrid";
 *
 * console.log(await enqueue("pool", ["ratio", 7]));
 * await closeDefaultGrid();
 * ```
 * @public
 */
export async function enqueue<const R extends Request>(
  poolId: string,
  request: R & Checked<R>,
  options?: EnqueueOptions,
): Promise<ValueOf<R>> {
  const grid = await defaultGrid();
  return grid.enqueue<R>(poolId, request, options);
}

/** Closes the grid that {@link enqueue} uses, if it is open; the next call reconnects. @public */
export async function closeDefaultGrid(): Promise<void> {
  const closing = shared;
  shared = undefined;
  const grid = await closing?.catch(() => undefined);
  await grid?.close();
}

function defaultGrid(): Promise<Grid> {
  if (shared !== undefined) return shared;
  const connecting = connect();
  shared = connecting;
  connecting.catch(() => {
    if (shared === connecting) shared = undefined;
  });
  return connecting;
}
