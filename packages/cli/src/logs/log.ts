/**
 * The log of the command line: pino's JSON on stderr, or lines for people where a person looks at a terminal; and in a file, if one
 * is given, which is rotated and compressed.
 */
import { closeSync, mkdirSync, openSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Writable } from "node:stream";
import { logRedaction, withoutSecrets } from "@callgrid/core";
import { type Logger, pino } from "pino";
import { createStream, type RotatingFileStream } from "rotating-file-stream";
import { hasColors } from "../terminal/colors.ts";
import type { CliIo, OutputStream } from "../terminal/io.ts";
import { refuseOtherFile } from "./log-file-check.ts";
import { type ShowLine, visibleLogLine } from "./shown-line.ts";

/** Where a node's log goes besides stderr. */
export interface LogPlace {
  readonly logLevel: string;
  /** Undefined: nowhere. */
  readonly logFile: string | undefined;
  /** A file of this size is closed, compressed, and another begun; it may grow to twice as much, and a line that is longer still is not cut. */
  readonly logFileBytes: number;
  /** So many compressed ones are kept. */
  readonly logFileCount: number;
}

/** A node's log, and the stream that its child processes' lines go to. */
export interface NodeLog {
  readonly log: Logger;
  readonly stream: Writable;
}

/** Where log lines of this process and of its children go. */
export async function logStream({ stderr, env }: Pick<CliIo, "stderr" | "env">): Promise<Writable> {
  if (stderr.isTTY !== true) return new ShownLines(stderr, visibleLogLine);
  const { prettyLine } = await import("./pretty-line.ts");
  return new ShownLines(stderr, prettyLine(hasColors(stderr, env)));
}

/** Runs `action` with a log on stderr, and in a file where one is given; all of it is written when this resolves. */
export async function withLog<Result>(
  io: Pick<CliIo, "stderr" | "env">,
  { logLevel, logFile, ...sizes }: LogPlace,
  action: (log: NodeLog) => Promise<Result>,
): Promise<Result> {
  const shown = await logStream(io);
  if (logFile === undefined) return action({ log: makeLog(logLevel, shown), stream: shown });
  const file = rotatingFile(logFile, sizes);
  // the node goes on without its file: a full disk is no reason to stop calculating
  file.on("error", (error) => shown.write(`${JSON.stringify({ level: 50, time: Date.now(), msg: error.message })}\n`));
  const stream = new Both(shown, file, sizes.logFileBytes);
  try {
    return await action({ log: makeLog(logLevel, stream), stream });
  } finally {
    await new Promise<void>((resolve) => file.end(() => resolve()));
  }
}

/** A log at this level. */
export function makeLog(level: string, stream: Writable): Logger {
  return pino({ level, name: "callgrid", ...logRedaction }, stream);
}

const ownFileMode = 0o600;

/** A log holds requests, so its files are their user's alone. Compressed ones are named after the time of their end: `worker.log.2026-03-01T12-00-00.000Z.gz`. */
function rotatingFile(
  path: string,
  { logFileBytes, logFileCount }: Pick<LogPlace, "logFileBytes" | "logFileCount">,
): RotatingFileStream {
  const [folder, name] = [dirname(path), basename(path)];
  const history = `.${name}.history`;
  refuseOtherFile(path, join(folder, history));
  makeForUser(folder, history);
  const generator = (time: number | Date | null, index?: number): string => {
    if (time === null) return name;
    const stamp = new Date(time).toISOString().replaceAll(":", "-");
    return `${name}.${stamp}${index === undefined || index < 2 ? "" : `.${index}`}.gz`;
  };
  return createStream(generator, {
    path: folder,
    size: `${logFileBytes}B`,
    compress: "gzip",
    mode: ownFileMode,
    history,
    maxFiles: logFileCount,
  });
}

/** What the file stream itself would make for everyone. */
function makeForUser(folder: string, history: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(join(folder, history), "a", ownFileMode));
  } catch {
    // the log file cannot be opened either, which is reported
  }
}

/** Writes to a stream as it is, and to a file what may be kept, in parts: the file looks at its size after each. */
class Both extends Writable {
  readonly #shown: Writable;
  readonly #file: Writable;
  readonly #most: number;

  constructor(shown: Writable, file: Writable, most: number) {
    super({ decodeStrings: false });
    this.#shown = shown;
    this.#file = file;
    this.#most = most;
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.#shown.write(chunk);
    for (const part of lineParts(Buffer.from(withoutSecrets(chunk.toString())), this.#most)) this.#file.write(part);
    done();
  }
}

const lineEnd = 10;

/** The text in parts of whole lines, each as long as it can be within `most` bytes, or a longer line alone. */
function* lineParts(text: Buffer, most: number): Generator<Buffer> {
  let start = 0;
  while (text.length - start > most) {
    const lastEnd = text.lastIndexOf(lineEnd, start + most - 1);
    const end = lastEnd < start ? text.indexOf(lineEnd, start + most) : lastEnd;
    if (end === -1) break;
    yield text.subarray(start, end + 1);
    start = end + 1;
  }
  if (start < text.length) yield text.subarray(start);
}

/** Passes lines on as they are to be shown. */
class ShownLines extends Writable {
  readonly #target: OutputStream;
  readonly #show: ShowLine;
  #unfinished = "";

  constructor(target: OutputStream, show: ShowLine) {
    super({ decodeStrings: false });
    this.#target = target;
    this.#show = show;
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    const lines = (this.#unfinished + chunk.toString()).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#target.write(this.#show(line));
    done();
  }
}
