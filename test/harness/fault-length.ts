/** How long faults last: in every test run as short as shows the same, in `scripts/torture --faults` as long as is promised. */
import { setTimeout as elapse } from "node:timers/promises";

const isFull = process.env["CALLGRID_FAULTS"] === "full";

/** The one or the other, by the run. */
export function shortOrFull<Value>(short: Value, full: Value): Value {
  return isFull ? full : short;
}

/** Lets a fault last: the one thing in these tests that takes time because it is about time. */
export async function lasting(ms: number): Promise<void> {
  await elapse(ms);
}
