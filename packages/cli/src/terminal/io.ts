import type { Readable, Writable } from "node:stream";
import { shownText } from "./colors.ts";
import { visibleJson } from "./visible-text.ts";

/** A place to write to; `isTTY` where a person reads it. */
export type OutputStream = Writable & { readonly isTTY?: boolean };

/** What asks a command to end. SIGPIPE: the reader of stdout has gone, as with `| head`, or stdout takes nothing any more. */
export type EndSignal = "SIGINT" | "SIGTERM" | "SIGPIPE";

/** What the command line sees of the world: streams, environment and signals. Tests hand in another one. */
export interface CliIo {
  readonly stdin: Readable;
  /** Results, and nothing else. */
  readonly stdout: OutputStream;
  /** Logs, progress, warnings, errors. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back for each signal that asks to end; returns what stops that. */
  onSignal(listener: (signal: EndSignal) => void): () => void;
}

/** What {@link processIo} returns. */
export interface ProcessIo extends CliIo {
  /** Why stdout has failed; undefined while it has not. */
  readonly outputFailure: NodeJS.ErrnoException | undefined;
}

/** This process's own streams, environment and signals. */
export function processIo(): ProcessIo {
  const { stdin, stdout, stderr, env } = process;
  const listeners = new Set<(signal: EndSignal) => void>();
  let outputFailure: NodeJS.ErrnoException | undefined;
  stdout.on("error", (error) => {
    if (outputFailure !== undefined) return;
    outputFailure = error;
    for (const listener of listeners) listener("SIGPIPE");
  });
  // logs and messages are worth no work: when their reader has gone, the command goes on
  stderr.on("error", () => undefined);
  return {
    ...{ stdin, stdout, stderr, env },
    get outputFailure() {
      return outputFailure;
    },
    onSignal: (listener) => {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      listeners.add(listener);
      if (outputFailure !== undefined) listener("SIGPIPE");
      return () => {
        process.off("SIGINT", listener).off("SIGTERM", listener);
        listeners.delete(listener);
      };
    },
  };
}

/** Writes text for people as a line, see `shownText`, and waits while the reader is behind: results come faster than a pipe may take them. */
export function writeLine(stream: OutputStream, text: string): Promise<void> {
  return writeShown(stream, `${shownText(text)}\n`);
}

/** Writes a value as a line of JSON, and waits as {@link writeLine} does. */
export function writeJson(stream: OutputStream, value: unknown): Promise<void> {
  return writeShown(stream, `${visibleJson(JSON.stringify(value))}\n`);
}

/** Writes what cannot steer a terminal any more; resolves when the stream has taken it, or never will. */
export async function writeShown(stream: OutputStream, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const isTaken = stream.write(text, () => resolve());
    if (isTaken) resolve();
  });
}
