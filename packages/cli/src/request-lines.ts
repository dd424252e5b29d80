/** Requests out of a stream of text, one in a line of JSON; empty lines are passed over. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { type NamedRequest, parseRequest } from "./request-text.ts";

/** Throws `INVALID_REQUEST` with the number of the line for one that is no request. */
export async function* requestLines(input: Readable): AsyncGenerator<NamedRequest, undefined> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    if (line.trim() !== "") yield parseRequest(line, `line ${number}`);
  }
}
