/**
 * Text that a command reads: a file by its path, or stdin. A file that cannot be read is wrong usage, so it is opened, and refused,
 * before the command does anything else.
 */
import { once } from "node:events";
import { constants, createReadStream, existsSync, openSync } from "node:fs";
import { stat } from "node:fs/promises";
import { Socket } from "node:net";
import type { Readable } from "node:stream";
import { decodeWholeText, GridError, messageOf, patternHint, type TextChunks } from "@callgrid/core";
import type { CliIo } from "../terminal/io.ts";

/** An open source of text. */
export interface TextInput {
  /** What messages call it. */
  readonly name: string;
  readonly chunks: TextChunks;
  /** Whether it can be read again: a file can, and a pipe cannot. */
  readonly isFile: boolean;
}

/** The second is stdin only, because it cannot be opened where it is a socket. */
const stdinNames: readonly string[] = ["-", "/dev/stdin"];

/** What messages call an input. */
export function inputName(path: string): string {
  return stdinNames.includes(path) ? "stdin" : path;
}

/** Opens a file, or stdin for `-`; throws `INVALID_OPTION` for one that cannot be read. */
export async function openTextInput({ stdin }: Pick<CliIo, "stdin">, path: string): Promise<TextInput> {
  const name = inputName(path);
  if (name !== path) return { name, chunks: readable(stdin, name), isFile: false };
  try {
    const state = await stat(path);
    if (state.isDirectory()) throw new Error("it is a folder");
    const stream = state.isFIFO() ? pipeStream(path) : createReadStream(path);
    if (!state.isFIFO()) await once(stream, "open");
    return { name: path, chunks: readable(stream, path), isFile: state.isFile() };
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/** All of a text. Throws `INVALID_VALUE` for bytes that are not UTF-8, and as {@link openTextInput} does. */
export async function wholeText(io: Pick<CliIo, "stdin">, path: string): Promise<string> {
  const { name, chunks } = await openTextInput(io, path);
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return decodeWholeText(Buffer.concat(pieces), name);
}

/** Without waiting in `open` or `read`: a thread that waits there for a writer keeps the process from ending. */
function pipeStream(path: string): Readable {
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}

/** Reading itself may fail, too: of stdin that is a folder, or of a disk that is damaged. */
async function* readable(stream: Readable, name: string): TextChunks {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array | string;
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

function unreadable(name: string, cause: unknown): GridError {
  return new GridError(
    "INVALID_OPTION",
    `${name} cannot be read: ${messageOf(cause)}${existsSync(name) ? "" : patternHint(name)}`,
    {
      details: { path: name },
      cause,
    },
  );
}
