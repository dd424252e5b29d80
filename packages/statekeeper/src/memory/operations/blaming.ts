/**
 * Which of the requests that a dead worker held take a loss: what it was running. What waited there takes one, too, in two cases:
 * where the code in its process ended it, by a call or by a timer, and where what ran takes its last loss, since its caller would ask for it
 * forever. Then a request is blamed if it waits for a blamed one, or for something unknown; and, where nothing ran, the only one that
 * waits for none of the others. If the code ended it, what has no loss takes its first one, unless that is fatal: from then on its worker reports what it waits for.
 * (scripts/lib/blame.lua)
 */
import { hasEndedItself } from "../../contract/process-ends.ts";
import type { RequestRecord } from "../records/pool-records.ts";

type HeldRequest = Pick<RequestRecord, "suspended" | "losses">;
type Held = ReadonlyMap<string, HeldRequest>;

/** @param isOpen - whether there is a request of that id. */
export function blamedFor(
  held: Held,
  { report, maxAttempts }: { readonly report: Readonly<Record<string, unknown>>; readonly maxAttempts: number },
  isOpen: (id: string) => boolean,
): Set<string> {
  const waiting = [...held].filter(([, request]) => !isRunning(request, isOpen));
  const running = [...held].filter(([, request]) => isRunning(request, isOpen));
  const blamed = new Set(running.map(([id]) => id));
  const isLast = running.some(([, { losses }]) => losses > 0 && losses + 1 >= maxAttempts);
  const isEnded = hasEndedItself(report);
  if (!isEnded && !isLast) return blamed;
  const last = waiting.filter(([, { suspended }]) => suspended?.some((id) => held.has(id)) !== true);
  if (running.length === 0 && last.length === 1) for (const [id] of last) blamed.add(id);
  blameCallers(new Map(waiting), blamed);
  for (const [id, { losses, suspended }] of waiting) {
    const isFirst = isEnded && losses === 0 && maxAttempts > 1;
    if (isFirst || (isLast && suspended?.length === 0)) blamed.add(id);
  }
  return blamed;
}

/** A request whose calls have all ended goes on, though its worker has not reported that yet. */
function isRunning({ suspended }: HeldRequest, isOpen: (id: string) => boolean): boolean {
  return suspended === undefined || (suspended.length > 0 && !suspended.some(isOpen));
}

function blameCallers(waiting: Held, blamed: Set<string>): void {
  for (let before = -1; before < blamed.size; ) {
    before = blamed.size;
    for (const [id, { suspended }] of waiting) if (suspended?.some((call) => blamed.has(call)) === true) blamed.add(id);
  }
}
