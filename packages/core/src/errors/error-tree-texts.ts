/** The texts of one part of an error tree: how long they are, and shorter ones that say as much as there is room for. */

import { requestId } from "../text/id.ts";
import { withoutSettingsText } from "../text/settings-text.ts";
import { shortText } from "../text/short-text.ts";
import type { ErrorTree } from "./errors.ts";

/** How many characters of a message, a stack or a request a tree has. */
export const longestTreeText = 10_000;
const mostCauses = 20;
/** Of a text inside of details. */
const longestDetail = 500;

/**
 * A request as an error tree has it: its JSON text. Of a long one the beginning, its length and the hash of the whole, by which two
 * that begin alike differ. Settings are left out.
 */
export function shownRequest(payload: string, longest = longestTreeText): string {
  const shown = withoutSettingsText(payload);
  if (shown.length <= longest) return shown;
  const end = `… (${shown.length} characters, ${requestId(shown)})`;
  return shown.slice(0, longest - end.length) + end;
}

/** How many characters a part has by itself. Its request is in its caller's `info` as well. */
export function ownCharacters({ req, msg, stack = "", causes = [], details }: ErrorTree): number {
  const causesLength = causes.reduce((sum, cause) => sum + cause.msg.length + (cause.stack?.length ?? 0), 0);
  return 2 * req.length + msg.length + stack.length + causesLength + detailsText(details).length;
}

/** Whether no text of a part is longer than that. */
export function hasShortTexts({ req, msg, stack = "", causes = [], details }: ErrorTree, longest: number): boolean {
  return (
    [req, msg, stack, detailsText(details)].every(({ length }) => length <= longest) &&
    causes.length <= mostCauses &&
    causes.every((cause) => cause.msg.length <= longest && (cause.stack?.length ?? 0) <= longest)
  );
}

/** A part with texts no longer than that; what it says of its own requests stays. */
export function withShortTexts(tree: ErrorTree, longest: number): ErrorTree {
  const { req, msg, stack, causes, details } = tree;
  return {
    ...tree,
    req: shownRequest(req, longest),
    ...shortWords({ msg, stack }, longest),
    ...(causes && { causes: causes.slice(0, mostCauses).map((cause) => shortWords(cause, longest)) }),
    ...(details && { details: shortDetails(details, longest) }),
  };
}

interface Words {
  readonly msg: string;
  readonly stack?: string | undefined;
}

function shortWords({ msg, stack }: Words, longest: number): { msg: string; stack?: string } {
  const short = shortText(msg, longest);
  return stack === undefined ? { msg: short } : { msg: short, stack: shortStack(stack, msg, longest) };
}

/** A stack begins with the message, and the place of the throw comes after that. */
export function shortStack(stack: string, msg: string, longest: number): string {
  if (stack.length <= longest) return stack;
  const start = msg === "" ? -1 : stack.indexOf(msg);
  if (start === -1) return shortText(stack, longest);
  const message = shortText(msg, longest / 2);
  return shortText(stack.slice(0, start) + message + stack.slice(start + msg.length), longest);
}

function shortDetails(details: Readonly<Record<string, unknown>>, longest: number): Readonly<Record<string, unknown>> {
  if (detailsText(details).length <= longest) return details;
  const text = JSON.stringify(details, (_key, value: unknown) =>
    typeof value === "string" ? shortText(value, longestDetail) : value,
  );
  return text.length <= longest ? (JSON.parse(text) as Record<string, unknown>) : { detailsLeftOut: text.length };
}

function detailsText(details: ErrorTree["details"]): string {
  return details === undefined ? "" : JSON.stringify(details);
}
