/**
 * The text form of what arrives in an inbox: a word for the kind, then fields with a blank between, then the rest as it is.
 * The Lua scripts write the same form (scripts/lib).
 */
import { GridError } from "@callgrid/core";
import type { Claim, InboxMessage } from "../contract.ts";
import { type RecordedClaim, readClaim } from "./claim-record.ts";

/** A message as the inbox has it. */
export type RecordedMessage =
  | Exclude<InboxMessage, { readonly claim: Claim }>
  | { readonly kind: "run" | "copy"; readonly claim: RecordedClaim };

/** Reads one message; throws `STATEKEEPER_REFUSED` for one it does not know (a newer grid on the same pool). */
export function decodeInboxMessage(text: string): RecordedMessage {
  const kindEnd = text.indexOf(" ");
  const kind = kindEnd === -1 ? text : text.slice(0, kindEnd);
  if (kind === "outcome") {
    const idEnd = text.indexOf(" ", kindEnd + 1);
    return { kind, id: text.slice(kindEnd + 1, idEnd), outcome: text.slice(idEnd + 1) };
  }
  if (kind === "run" || kind === "copy") return { kind, claim: decodeRun(text, kindEnd + 1) };
  if (kind === "functions" || kind === "look") return { kind };
  if (kind === "reference" || kind === "cancel" || kind === "forget" || kind === "started")
    return { kind, id: text.slice(kindEnd + 1) };
  throw new GridError("STATEKEEPER_REFUSED", `an inbox holds a message of unknown kind "${kind.slice(0, 40)}"`);
}

function decodeRun(text: string, start: number): RecordedClaim {
  const idEnd = text.indexOf(" ", start);
  const timeEnd = text.indexOf(" ", idEnd + 1);
  return readClaim(text.slice(start, idEnd), text.slice(timeEnd + 1), Number(text.slice(idEnd + 1, timeEnd)));
}
