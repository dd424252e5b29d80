/** What the command line sees of the world, so that tests can hand in another one. */
import type { Readable, Writable } from "node:stream";

/** A place to write to; `isTTY` where a person reads it. */
export type OutputStream = Writable & { readonly isTTY?: boolean };

/** The signals that ask a command to end. */
export type EndSignal = "SIGINT" | "SIGTERM";

/** See the head of this file. */
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

/** This process's own streams, environment and signals. */
export function processIo(): CliIo {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    onSignal: (listener) => {
      process.on("SIGINT", listener).on("SIGTERM", listener);
      return () => {
        process.off("SIGINT", listener).off("SIGTERM", listener);
      };
    },
  };
}

/** Writes a line, and waits while the reader is behind: results come faster than a pipe may take them. */
export async function writeLine(stream: OutputStream, line: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const isTaken = stream.write(`${line}\n`, () => resolve());
    if (isTaken) resolve();
  });
}
