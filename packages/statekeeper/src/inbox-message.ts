/**
 * The text form of what arrives in an inbox: a word for the kind, then fields with a blank between, then the rest as it is.
 * The Lua scripts write the same form (scripts/lib).
 */
import { GridError } from "@callgrid/core";
import type { CacheMode, Claim, InboxMessage } from "./contract.ts";

/** Reads one message; throws `STATEKEEPER_REFUSED` for one it does not know (a newer grid on the same pool). */
export function decodeInboxMessage(text: string): InboxMessage {
  const kindEnd = text.indexOf(" ");
  const kind = kindEnd === -1 ? text : text.slice(0, kindEnd);
  if (kind === "outcome") {
    const idEnd = text.indexOf(" ", kindEnd + 1);
    return { kind, id: text.slice(kindEnd + 1, idEnd), outcome: text.slice(idEnd + 1) };
  }
  if (kind === "run") return { kind, claim: decodeRun(text, kindEnd + 1) };
  if (kind === "functions") return { kind };
  if (kind === "reference" || kind === "cancel" || kind === "forget") return { kind, id: text.slice(kindEnd + 1) };
  throw new GridError("STATEKEEPER_REFUSED", `an inbox holds a message of unknown kind "${kind.slice(0, 40)}"`);
}

/** Writes a message; the inverse of {@link decodeInboxMessage}. */
export function encodeInboxMessage(message: InboxMessage): string {
  switch (message.kind) {
    case "outcome":
      return `outcome ${message.id} ${message.outcome}`;
    case "run": {
      const { id, mode, timeoutMs, losses, payload } = message.claim;
      return `run ${id} ${mode} ${timeoutMs} ${losses} ${payload}`;
    }
    case "functions":
      return "functions";
    default:
      return `${message.kind} ${message.id}`;
  }
}

function decodeRun(text: string, start: number): Claim {
  const fields: string[] = [];
  let from = start;
  while (fields.length < 4) {
    const end = text.indexOf(" ", from);
    fields.push(text.slice(from, end));
    from = end + 1;
  }
  const [id = "", mode = "use", timeoutMs = "0", losses = "0"] = fields;
  return { id, payload: text.slice(from), mode: mode as CacheMode, timeoutMs: Number(timeoutMs), losses: Number(losses) };
}
