/** The text that a stream holds. From Node 26 on, `read()` returns one written piece at a time; before that, all of them. */
import type { Readable } from "node:stream";

export function textIn(stream: Readable): string {
  let text = "";
  for (let piece = stream.read(); piece !== null; piece = stream.read()) text += String(piece);
  return text;
}
