/** Where lines end: at LF, at CRLF, and at a CR alone, also where a file has them mixed. */

const lineFeed = 10;
const carriageReturn = 13;

/** The places after the line ends in some bytes, which must not stop between CR and LF. */
export function* lineEnds(bytes: Uint8Array): Generator<number, undefined> {
  let feed = bytes.indexOf(lineFeed);
  let carriage = bytes.indexOf(carriageReturn);
  while (feed !== -1 || carriage !== -1) {
    const isCarriage = carriage !== -1 && (feed === -1 || carriage < feed);
    const isPair = isCarriage && feed === carriage + 1;
    yield isCarriage && !isPair ? carriage + 1 : feed + 1;
    if (isCarriage) carriage = bytes.indexOf(carriageReturn, carriage + 1);
    if (!isCarriage || isPair) feed = bytes.indexOf(lineFeed, feed + 1);
  }
}

/** The lines of a text, without their ends. What follows the last line end is a line only if there is something. */
export function splitLines(text: string): string[] {
  const lines = text.includes("\r") ? text.split(/\r\n|[\r\n]/) : text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
