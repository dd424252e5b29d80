/** Colours where a person looks at a terminal that has them, and plain text everywhere else. */
import picocolors from "picocolors";
import type { CliIo, OutputStream } from "./cli-io.ts";

/** Makers of coloured text. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Whether text on this stream may be coloured: NO_COLOR (https://no-color.org) turns it off, FORCE_COLOR on. */
export function hasColors(stream: OutputStream, env: CliIo["env"]): boolean {
  if (isSet(env["NO_COLOR"])) return false;
  if (isSet(env["FORCE_COLOR"])) return env["FORCE_COLOR"] !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** The colours of a stream. */
export function colorsOf(stream: OutputStream, env: CliIo["env"]): Colors {
  return picocolors.createColors(hasColors(stream, env));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
