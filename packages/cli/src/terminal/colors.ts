/**
 * Colours where a person looks at a terminal that has them, and plain text everywhere else. A coloured text carries a number that only
 * this process knows, and becomes a real colour when it is written: so nothing that others wrote can pass for a colour.
 */
import { randomInt } from "node:crypto";
import { inspect } from "node:util";
import type { CliIo, OutputStream } from "./io.ts";
import { visibleText } from "./visible-text.ts";

const names = ["bold", "dim", "green", "red", "yellow"] as const;

/** Makers of coloured text, which is for `writeLine`. */
export type Colors = Readonly<Record<(typeof names)[number], (text: string) => string>>;

const secret = randomInt(2 ** 47);
const begin = "\x1b[";
const ownMark = new RegExp(`\\x1b\\[(\\d+);${secret}m`);

/** Text that stays as it is. */
export const noColors = makeColors((text) => text);
const ownColors = makeColors((text, [on, off]) => mark(on) + text + mark(off));

/** Whether text on this stream may be coloured: NO_COLOR (https://no-color.org) turns it off, FORCE_COLOR on. */
export function hasColors(stream: OutputStream, env: CliIo["env"]): boolean {
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"])) return env["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** The colours of a stream. */
export function colorsOf(stream: OutputStream, env: CliIo["env"]): Colors {
  return hasColors(stream, env) ? ownColors : noColors;
}

/** A text as it is written: its colours are real, and everything else that could steer a terminal is shown. */
export function shownText(text: string): string {
  // every second part is the code of a mark
  const parts = text.split(ownMark);
  return parts.map((part, place) => (place % 2 === 0 ? visibleText(part) : `${begin}${part}m`)).join("");
}

/** The same parameters as a real colour has, and one more: tables do not count the characters of either. */
function mark(code: number): string {
  return `${begin}${code};${secret}m`;
}

function makeColors(color: (text: string, codes: readonly [on: number, off: number]) => string): Colors {
  return Object.fromEntries(
    names.map((name) => [name, (text: string) => color(text, inspect.colors[name] ?? [0, 0])]),
  ) as Colors;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
