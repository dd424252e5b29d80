/**
 * The text form of what arrives in an inbox: a word for the kind, then fields with a blank between, then the rest as it is.
 * The Lua scripts write the same form (scripts/lib). Any process that may write into the pool may have written anything here.
 */
import { isOutcomeText } from "@callgrid/core";
import type { Claim, InboxMessage } from "../../contract/contract.ts";
import type { UnreadableKind } from "../failures/unreadable-input.ts";
import { type RecordedClaim, readClaim } from "./claim-record.ts";

/** A message as the inbox has it. */
export type RecordedMessage =
  | Exclude<InboxMessage, { readonly claim: Claim }>
  | { readonly kind: "run" | "copy"; readonly claim: RecordedClaim };

/** A message that cannot be read. */
export interface UnreadableMessage {
  readonly kind: "unreadable";
  readonly as: UnreadableKind;
  /** Its first word; empty if that is not one. */
  readonly word: string;
}

const idCharacters = 22;
/** Reads one message. */
export function decodeInboxMessage(text: string): RecordedMessage | UnreadableMessage {
  const kindEnd = text.indexOf(" ");
  const kind = kindEnd === -1 ? text : text.slice(0, kindEnd);
  switch (kind) {
    case "outcome":
      return decodeOutcome(text, kindEnd + 1) ?? malformed(kind);
    case "run":
    case "copy": {
      const claim = decodeRun(text, kindEnd + 1);
      return claim === undefined ? malformed(kind) : { kind, claim };
    }
    case "functions":
    case "look":
      return { kind };
    case "reference":
    case "cancel":
    case "forget":
    case "started": {
      const id = idAt(text, kindEnd + 1);
      return id === undefined ? malformed(kind) : { kind, id };
    }
    default:
      return {
        kind: "unreadable",
        as: "inbox message of unknown kind",
        word: /^[a-z-]{1,20}$/i.test(kind) ? kind : "",
      };
  }
}

function malformed(word: string): UnreadableMessage {
  return { kind: "unreadable", as: "malformed inbox message", word };
}

function decodeOutcome(text: string, start: number): RecordedMessage | undefined {
  const id = idAt(text, start);
  const stampStart = start + idCharacters + 1;
  const stampEnd = text.indexOf(" ", stampStart);
  const outcome = text.slice(stampEnd + 1);
  if (id === undefined || stampEnd === -1 || !isOutcomeText(outcome)) return undefined;
  return { kind: "outcome", id, outcome, stamp: text.slice(stampStart, stampEnd) };
}

function decodeRun(text: string, start: number): RecordedClaim | undefined {
  const id = idAt(text, start);
  const timeStart = start + idCharacters + 1;
  const timeEnd = text.indexOf(" ", timeStart);
  if (id === undefined || timeEnd === -1) return undefined;
  return readClaim(id, text.slice(timeEnd + 1), Number(text.slice(timeStart, timeEnd)));
}

/** The word that begins at `start`, if it is as long as an id. */
function idAt(text: string, start: number): string | undefined {
  const end = start + idCharacters;
  const isWord = start > 0 && (text.length === end || text.charAt(end) === " ");
  return isWord ? text.slice(start, end) : undefined;
}
