/** Requests out of a text, one in a line of JSON; empty lines are passed over. */
import { type TextChunks, textLines } from "@callgrid/core";
import { type NamedRequest, parseRequest } from "./request-text.ts";

/** Throws `INVALID_REQUEST` with the number of the line for one that is not a request. */
export async function* requestLines(chunks: TextChunks, name: string): AsyncGenerator<NamedRequest, undefined> {
  for await (const { number, text } of textLines(chunks, name)) {
    if (text.trim() !== "") yield parseRequest(text, `${name} line ${number}`);
  }
}
