/**
 * `columns.csv`: the header of the results, one line of CSV. Lines that begin with # are comments. Besides the columns that every sweep has
 * and those of the parameters, a column is a key of the values: `mean`, `range.low` for an object in an object, `0` for the first
 * place of a list, or `value` for the whole value.
 */
import { CsvError, parse } from "csv-parse/sync";
import { mistake, readText } from "./file-place.ts";
import { fixedColumns } from "./fixed-columns.ts";

/** Reads the file. */
export function readColumns(file: string): string[] {
  return parseColumns(readText(file, "callgrid sweep init writes one"), file);
}

/** Throws `INVALID_OPTION` with file, line and key. */
export function parseColumns(text: string, file: string): string[] {
  const rows = parseCsv(text, file);
  const [header, surplus] = rows;
  if (header === undefined) throw mistake({ file }, "expected a line with the names of the columns");
  if (surplus !== undefined) throw mistake({ file, line: surplus.line }, "expected one line only, the header");
  const names = header.names.map((name) => name.trim());
  for (const [place, name] of names.entries()) {
    if (name === "") throw mistake({ file, line: header.line }, `column ${place + 1} has no name`);
    if (names.indexOf(name) !== place) throw mistake({ file, line: header.line, key: name }, "is there twice");
  }
  return names;
}

/** Throws `INVALID_OPTION` for a header that lacks a column which every sweep has, or one of a parameter. */
export function checkColumns(columns: readonly string[], parameters: readonly string[], file: string): void {
  const missing = [...fixedColumns, ...parameters].filter((name) => !columns.includes(name));
  if (missing.length === 0) return;
  throw mistake({ file, key: missing[0] }, `the header lacks ${missing.map((name) => `"${name}"`).join(", ")}`);
}

interface Row {
  readonly names: readonly string[];
  readonly line: number;
}

function parseCsv(text: string, file: string): Row[] {
  try {
    const rows = parse(text, {
      comment: "#",
      comment_no_infix: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    return (rows as unknown as Array<{ record: string[]; info: { lines: number } }>).map(({ record, info }) => ({
      names: record,
      line: info.lines,
    }));
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines } = cause as unknown as { readonly lines?: number };
    throw mistake({ file, line: lines }, `not CSV: ${cause.message}`, cause);
  }
}
