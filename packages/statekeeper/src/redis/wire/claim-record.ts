/**
 * Reads the text under which a request is stored (scripts/lib/record.lua) as its worker receives it. Workers read it, and not
 * the script that claims: Redis has one core, workers have many.
 */
import type { CacheMode, Claim } from "../../contract/contract.ts";

/** A claim as the request's record has it. */
export interface RecordedClaim extends Claim {
  /** The payload is the function's name alone: the rest is read by {@link storedPayload}. */
  readonly isLarge?: true;
}

/** As readHeader in scripts/lib/record.lua: waiters, mode, deadline, losses, priority, queues, and whether the payload is stored apart. */
const header = /^[^ \n]* (use|refresh|bypass) (\d{1,14}) (\d{1,14}) (-?\d{1,14}) \S+( large)?$/;

/**
 * Returns undefined for text that is not a record.
 *
 * @param now - the statekeeper's time at the claim, in ms.
 */
export function readClaim(id: string, record: string, now: number): RecordedClaim | undefined {
  const headerEnd = record.indexOf("\n");
  const fields = header.exec(record.slice(0, Math.max(0, headerEnd)));
  if (fields === null || Number.isNaN(now)) return undefined;
  const [, mode, deadlineText, losses, priority, large] = fields;
  const deadline = Number(deadlineText);
  const timeoutMs = deadline === 0 ? 0 : Math.max(1, deadline - now);
  const claim = { id, mode: mode as CacheMode, timeoutMs, losses: Number(losses), priority: Number(priority) };
  const stored = storedPayload(record, headerEnd + 1);
  return large === undefined ? { ...claim, ...stored } : { ...claim, ...stored, isLarge: true };
}

/** What is stored for a payload from `start` on: a trace may follow it, after a line end. */
export function storedPayload(text: string, start: number): Pick<Claim, "payload" | "trace"> {
  const end = text.indexOf("\n", start);
  if (end === -1) return { payload: text.slice(start) };
  return { payload: text.slice(start, end), trace: text.slice(end + 1) };
}
