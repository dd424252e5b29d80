/** Reads log files record by record: pino's lines, each with the lines after it that are not pino's; compressed files as well. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** One record of a log. */
export interface LogRecord {
  /** When it was written, in ms since 1970. */
  readonly time: number;
  /** Pino's line, and what other text came until the next. */
  readonly text: string;
  /** What the line says; empty for text that came before any. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The records of a file, in its order. */
export async function* readLog(path: string): AsyncGenerator<LogRecord> {
  const file = createReadStream(path);
  const text = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  // a pipe does not pass errors on
  file.on("error", (error) => text.destroy(error));
  let record: LogRecord | undefined;
  for await (const line of createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line === "") continue;
    const next = readLine(line);
    if (next === undefined) {
      const { time = 0, text = "", fields = {} } = record ?? {};
      record = { time, text: text === "" ? line : `${text}\n${line}`, fields };
      continue;
    }
    if (record !== undefined) yield record;
    record = next;
  }
  if (record !== undefined) yield record;
}

function readLine(line: string): LogRecord | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const { time } = fields;
    return typeof time === "number" ? { time, text: line, fields } : undefined;
  } catch {
    return undefined;
  }
}
