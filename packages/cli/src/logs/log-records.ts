/**
 * Reads log files record by record: pino's lines, each with the lines after it that are not pino's; compressed files as well. Damage
 * costs as little as it can: a line that is not UTF-8 is shown as far as it is, and a file that breaks off is read up to there.
 */
import { byteLines, decodeText, messageOf, textBytes } from "@callgrid/core";
import type { TextInput } from "../files/text-input.ts";
import { unpacked } from "../files/unpacked.ts";

/** One record of a log. */
export interface LogRecord {
  /** When it was written, in ms since 1970. */
  readonly time: number;
  /** Pino's line, and what other text came until the next. */
  readonly text: string;
  /** What the line says; empty for text that came before any. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Called with what is wrong with a log. */
export type ReportDamage = (problem: string) => void;

/** Text without a line of pino's is passed on in records of about so many characters. */
const longestText = 1_048_576;

/** The records of a file, in its order. */
export async function* readLog(log: TextInput, report: ReportDamage): AsyncGenerator<LogRecord, undefined> {
  let record: LogRecord | undefined;
  for await (const line of readableLines(log, report)) {
    if (line === "") continue;
    const next = readLine(line);
    if (record === undefined) record = next ?? { time: 0, text: line, fields: {} };
    else if (next === undefined && record.text.length < longestText)
      record = { ...record, text: `${record.text}\n${line}` };
    else {
      yield record;
      record = next ?? { ...record, text: line };
    }
  }
  if (record !== undefined) yield record;
}

/** The lines of a log, up to where it ends or breaks off. */
async function* readableLines({ name, chunks }: TextInput, report: ReportDamage): AsyncGenerator<string, undefined> {
  let number = 0;
  let isDamaged = false;
  const decode = (bytes: Uint8Array): string => {
    try {
      return decodeText(bytes, { name, firstLine: number });
    } catch (error) {
      if (!isDamaged) report(messageOf(error));
      isDamaged = true;
      return Buffer.from(bytes).toString();
    }
  };
  try {
    for await (const bytes of byteLines(textBytes(unpacked(chunks), name), name)) {
      number += 1;
      const line = decode(bytes);
      yield line.endsWith("\r") ? line.slice(0, -1) : line;
    }
  } catch (error) {
    report(`${name} cannot be read after line ${number}: ${messageOf(error)}`);
  }
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
