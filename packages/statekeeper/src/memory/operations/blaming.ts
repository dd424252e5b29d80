/**
 * Which of the requests that a dead worker held take a loss: what it was running. Where the code in its process ended it, it may be the
 * doing of what waited there too: by a call, or by a timer. So that takes a loss if it waits for what takes one, or if nothing ran, and it
 * alone waits for none of the others. And it takes its first loss, unless that is fatal: from then on its worker reports what it waits for.
 * What waited takes one also where a loss is the last one of what ran: its caller may be among it, and would ask for it for ever.
 * (scripts/lib/blame.lua)
 */
import { hasEndedItself } from "../../contract/process-ends.ts";
import type { RequestRecord } from "../records/pool-records.ts";

type Held = ReadonlyMap<string, Pick<RequestRecord, "suspended" | "losses">>;

export function blamedFor(
  held: Held,
  { report, maxAttempts }: { readonly report: Readonly<Record<string, unknown>>; readonly maxAttempts: number },
): Set<string> {
  const waiting = [...held].filter(([, { suspended }]) => suspended !== undefined);
  const blamed = new Set([...held.keys()].filter((id) => held.get(id)?.suspended === undefined));
  const isLast = [...blamed].some((id) => isLastLoss(held.get(id)?.losses ?? 0, maxAttempts));
  if (isLast) return new Set(held.keys());
  if (!hasEndedItself(report)) return blamed;
  const last = waiting.filter(([, { suspended }]) => suspended?.some((id) => held.has(id)) !== true);
  if (blamed.size === 0 && last.length === 1) for (const [id] of last) blamed.add(id);
  blameCallers(held, blamed);
  if (maxAttempts > 1) for (const [id, { losses }] of waiting) if (losses === 0) blamed.add(id);
  return blamed;
}

function isLastLoss(losses: number, maxAttempts: number): boolean {
  return losses > 0 && losses + 1 >= maxAttempts;
}

function blameCallers(held: Held, blamed: Set<string>): void {
  for (let before = -1; before < blamed.size; ) {
    before = blamed.size;
    for (const [id, { suspended }] of held) if (suspended?.some((call) => blamed.has(call)) === true) blamed.add(id);
  }
}
