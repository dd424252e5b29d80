/** Where lines end in bytes and in text, by the rule of core's text-lines.ts: at LF, with a CR right before it left out. */

const lineFeed = 10;

/** The places after the line ends in some bytes. */
export function* lineEnds(bytes: Uint8Array): Generator<number, undefined> {
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, end + 1)) yield end + 1;
}

/** The lines of a text, without their ends. What follows the last line end is a line only if there is something. */
export function splitLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return text.includes("\r") ? lines.map(withoutReturn) : lines;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
