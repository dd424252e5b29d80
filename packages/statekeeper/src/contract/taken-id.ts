/** Why a member is not taken in: another one that is alive has its id, and both would get each other's work. */
import { GridError } from "@callgrid/core";

const msPerSecond = 1_000;

/** The member that has the id. */
export interface Holder {
  readonly description: Readonly<Record<string, unknown>>;
  readonly leaseLeftMs: number;
}

/** An `INVALID_OPTION`: only a name that a user has chosen can be taken. */
export function takenId(pool: string, id: string, { description, leaseLeftMs }: Holder): GridError {
  const { host = "?", processId = "?" } = description;
  const rest = `if that has died, its lease lapses within ${Math.ceil(leaseLeftMs / msPerSecond)} s`;
  return new GridError(
    "INVALID_OPTION",
    `startWorker.name: pool "${pool}" has a member "${id}" already, process ${processId} on ${host}; ${rest}`,
    { details: { path: "startWorker.name", name: id } },
  );
}
