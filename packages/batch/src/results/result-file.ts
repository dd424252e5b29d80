/**
 * Files of results, written as the run goes: CSV with a header, or JSON, one document a line; gzipped where the name ends in
 * `.gz`. Writing waits while the disk is behind, and fails with what the disk fails with.
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { createGzip, type Gzip } from "node:zlib";
import { declareOptions, encodeValue, type Outcome, option } from "@callgrid/core";
import { stringify } from "csv-stringify/sync";
import { unwritable } from "../data/unwritable.ts";
import type { BatchItem } from "../run/batch-items.ts";
import { ResultColumns } from "./result-columns.ts";

/** Takes items, one after the other. */
export interface ResultWriter {
  write(item: BatchItem): Promise<void>;
  /** Resolves when all is on its way to the disk. */
  close(): Promise<void>;
  /** What readers of the file should know about its values. */
  readonly warning?: string | undefined;
}

/**
 * Writes all items with all writers, closes these, and returns their warnings. Throws what failed first: a full disk fails to close, too.
 */
export async function writeItems(
  items: AsyncIterable<BatchItem>,
  writers: readonly ResultWriter[],
): Promise<readonly string[]> {
  try {
    for await (const item of items) for (const writer of writers) await writer.write(item);
  } catch (error) {
    await Promise.allSettled(writers.map((writer) => writer.close()));
    throw error;
  }
  for (const writer of writers) await writer.close();
  return writers.flatMap(({ warning }) => (warning === undefined ? [] : [warning]));
}

/** How results are written, where they are written as CSV. */
export const resultOptions = declareOptions({
  formulas: option.choice({
    choices: ["escape", "keep"],
    default: "escape",
    description:
      "How to write texts in CSV that a spreadsheet would evaluate (= + - @, tab or a line end first): a ' before them, or nothing.",
  }),
});

/** Opens a file of results, to write it from its start. */
export type OpenResult = (path: string) => number;

/** How a file of CSV is written. */
export interface CsvOptions {
  /** `value`, extra ones, and parts of values, see {@link ResultColumns}. */
  readonly columns?: readonly string[];
  readonly formulas?: "escape" | "keep" | undefined;
  readonly open?: OpenResult | undefined;
}

/** What a spreadsheet may take for a formula, by OWASP's page on CSV injection; full-width signs count as the plain ones. */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * Values as CSV: `index,value` and the extra columns, or parts of values instead of `value`. Failed slices have no row. Values that are not text or number are JSON. Texts
 * that a spreadsheet would evaluate have a `'` before them, unless `formulas` says otherwise; numbers stay as they are.
 */
export async function csvFile(path: string, options: CsvOptions = {}): Promise<ResultWriter> {
  const { formulas = "escape", open } = options;
  const columns = new ResultColumns(options.columns);
  const file = new LineFile(path, open);
  let found = 0;
  const valueCell = (value: unknown): string | number => {
    const cell = plainCell(value);
    found += isFormula(cell) ? 1 : 0;
    return formulas === "escape" ? withoutFormula(cell) : cell;
  };
  await file.write(stringify([formulas === "escape" ? columns.names.map(withoutFormula) : [...columns.names]]));
  return {
    write: async ({ outcome, ...item }) => {
      if (!("value" in outcome)) return;
      const cells = columns.of({ ...item, outcome }).map((content) => {
        if (content === undefined) return "";
        return "text" in content ? content.text : valueCell(content.value);
      });
      await file.write(stringify([cells]));
    },
    close: () => file.close(),
    get warning() {
      const formulaText = found === 0 ? undefined : `${path} has ${formulaWarning(found, formulas)}`;
      const warnings = [formulaText, columns.warning].filter((warning) => warning !== undefined);
      return warnings.length === 0 ? undefined : warnings.join("; ");
    },
  };
}

function formulaWarning(count: number, formulas: "escape" | "keep"): string {
  const texts = count === 1 ? "1 text that begins as a formula does" : `${count} texts that begin as formulas do`;
  return formulas === "escape"
    ? `${texts}, with a ' before each so that no spreadsheet evaluates it; formulas "keep" leaves that out`
    : `${texts}, and a spreadsheet evaluates them; formulas "escape" writes a ' before each`;
}

/** Values as JSON documents `{"index":…,"value":…}`, one a line, with the same columns as CSV. Failed slices have no line. */
export async function ndjsonFile(
  path: string,
  wanted: readonly string[] = [],
  open?: OpenResult,
): Promise<ResultWriter> {
  const columns = new ResultColumns(wanted);
  const file = new LineFile(path, open);
  return {
    write: async ({ outcome, ...item }) => {
      if (!("value" in outcome)) return;
      const fields = columns.of({ ...item, outcome }).map((content, place) => {
        const value = content === undefined ? null : "text" in content ? content.text : plainValue(content.value);
        return [columns.names[place], value] as const;
      });
      await file.write(`${JSON.stringify(Object.fromEntries(fields))}\n`);
    },
    close: () => file.close(),
    get warning() {
      return columns.warning;
    },
  };
}

/** The slices that failed, as JSON documents `{"index":…,"slice":…,"error":…}`, one a line, each with its error tree. */
export async function failureFile(path: string, open?: OpenResult): Promise<ResultWriter> {
  const file = new LineFile(path, open);
  return {
    write: async ({ index, slice, outcome }) => {
      const error = errorOf(outcome);
      if (error !== undefined) await file.write(`${JSON.stringify({ index, slice: plainValue(slice), error })}\n`);
    },
    close: () => file.close(),
  };
}

function errorOf(outcome: Outcome): unknown {
  return "error" in outcome ? outcome.error.tree : undefined;
}

/** A value as a cell of CSV, where no spreadsheet evaluates it; nothing for undefined. */
export function resultCell(value: unknown): string | number {
  return withoutFormula(value === undefined ? "" : plainCell(value));
}

function isFormula(cell: string | number): cell is string {
  return typeof cell === "string" && formulaStart.test(cell);
}

function withoutFormula(cell: string | number): string | number {
  return isFormula(cell) ? `'${cell}` : cell;
}

function plainCell(value: unknown): string | number {
  // these are what JSON makes of them
  if (typeof value === "string" || (Number.isFinite(value) && !Object.is(value, -0))) return value as string | number;
  const plain = plainValue(value);
  return typeof plain === "number" ? plain : JSON.stringify(plain);
}

/** What JSON can hold of a value: rich values as the grid writes them down, with `json` and `meta`. */
function plainValue(value: unknown): unknown {
  if (value === undefined) return null;
  const text = encodeValue(value, "value", Number.POSITIVE_INFINITY);
  return JSON.parse(text.slice(1)) as unknown;
}

/** A text file that is written piece by piece. */
export class LineFile {
  readonly #path: string;
  readonly #file: ReturnType<typeof createWriteStream>;
  readonly #gzip: Gzip | undefined;
  readonly #failed: Promise<never>;
  #error: Error | undefined;

  /** A new file is its user's alone. */
  constructor(path: string, open?: OpenResult) {
    this.#path = path;
    this.#file = createWriteStream(path, open === undefined ? { mode: 0o600 } : { fd: open(path) });
    this.#gzip = path.endsWith(".gz") ? createGzip() : undefined;
    this.#gzip?.pipe(this.#file);
    this.#failed = new Promise((_, reject) => {
      this.#file.once("error", (error) => {
        this.#error = error;
        reject(this.#failure());
      });
    });
    this.#failed.catch(() => undefined);
  }

  async write(text: string): Promise<void> {
    if (this.#error !== undefined) throw this.#failure();
    const target = this.#gzip ?? this.#file;
    if (!target.write(text)) await Promise.race([once(target, "drain"), this.#failed]);
  }

  async close(): Promise<void> {
    (this.#gzip ?? this.#file).end();
    try {
      await finished(this.#file);
    } catch {
      throw this.#failure();
    }
    if (this.#error !== undefined) throw this.#failure();
  }

  #failure(): Error {
    return unwritable(this.#path, this.#error);
  }
}
