/**
 * Reads the text under which a request is stored (scripts/lib/record.lua) as its worker is told of it. Workers read it, and not
 * the script that claims: Redis has one core, workers have many.
 */
import type { CacheMode, Claim } from "../contract.ts";

/** @param now - the statekeeper's time at the claim, in ms. */
export function readClaim(id: string, record: string, now: number): Claim {
  const headerEnd = record.indexOf("\n");
  const [, mode = "use", deadlineText = "0", losses = "0", priority = "0"] = record.slice(0, headerEnd).split(" ");
  const deadline = Number(deadlineText);
  const timeoutMs = deadline === 0 ? 0 : Math.max(1, deadline - now);
  const payloadEnd = record.indexOf("\n", headerEnd + 1);
  const claim = { id, mode: mode as CacheMode, timeoutMs, losses: Number(losses), priority: Number(priority) };
  if (payloadEnd === -1) return { ...claim, payload: record.slice(headerEnd + 1) };
  return { ...claim, payload: record.slice(headerEnd + 1, payloadEnd), trace: record.slice(payloadEnd + 1) };
}
