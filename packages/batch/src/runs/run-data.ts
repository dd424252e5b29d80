/**
 * The data of a run, as it is given and as its job keeps it: plain JSON. Files are paths on the machines of the runner and of the
 * workers, so only a runner looks at them.
 */
import { isAbsolute } from "node:path";
import { type GridError, invalidOption, valueFields, valueOfFields } from "@callgrid/core";
import { bytes, checkSliceBytes, lines } from "../data/file-source.ts";
import { range } from "../data/number-range.ts";

/** The data of a run: what a batch takes, in plain words. Files are absolute paths on the runner's and the workers' machines. @beta */
export type RunData =
  | { readonly range: readonly [from: number, to: number] }
  | { readonly lines: string | readonly string[]; readonly sliceBytes?: number }
  | { readonly bytes: string | readonly string[]; readonly sliceBytes?: number }
  | { readonly items: readonly unknown[] };

/** The same in JSON; `meta` says what JSON loses of the items. */
export type KeptRunData = RunData & { readonly meta?: unknown };

const mostItemsBytes = 16_777_216;
const path = "submitRun.data";

/** Checks data, and makes JSON of it; throws `INVALID_OPTION`, and for items `INVALID_VALUE` or `PAYLOAD_TOO_LARGE`. */
export function keepRunData(data: unknown): KeptRunData {
  const { range: numbers, lines: lineFiles, bytes: byteFiles, items, sliceBytes, ...unknown } = fieldsOf(data);
  const given = [numbers, lineFiles, byteFiles, items].filter((one) => one !== undefined);
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined)
    throw invalidOption(`${path}.${surplus}`, "is unknown: expected range, lines, bytes, items or sliceBytes");
  if (given.length !== 1) throw malformed();
  const files = lineFiles ?? byteFiles;
  if (files === undefined && sliceBytes !== undefined)
    throw invalidOption(`${path}.sliceBytes`, "is for lines and bytes only");
  checkSliceBytes(`${path}.sliceBytes`, sliceBytes);
  const size = sliceBytes === undefined ? {} : { sliceBytes: sliceBytes as number };
  if (numbers !== undefined) return { range: keepRange(numbers) };
  if (lineFiles !== undefined) return { lines: keepFiles(lineFiles, `${path}.lines`), ...size };
  if (byteFiles !== undefined) return { bytes: keepFiles(byteFiles, `${path}.bytes`), ...size };
  return keepItems(items);
}

/** What a batch takes as data. Looks at the files. */
export function openRunData(data: KeptRunData): unknown {
  if ("range" in data) return range(...data.range);
  if ("lines" in data) return lines(data.lines, { sliceBytes: data.sliceBytes });
  if ("bytes" in data) return bytes(data.bytes, { sliceBytes: data.sliceBytes });
  return valueOfFields({ value: data.items, ...(data.meta !== undefined && { meta: data.meta }) });
}

/** The files that data names. */
export function filesOf(data: KeptRunData): readonly string[] {
  const files = "lines" in data ? data.lines : "bytes" in data ? data.bytes : [];
  return typeof files === "string" ? [files] : files;
}

/** Throws `INVALID_OPTION` for a path that means another file on each machine, and in each working folder. */
export function checkPath(file: unknown, where: string): string {
  if (typeof file === "string" && isAbsolute(file)) return file;
  throw invalidOption(
    where,
    `must be an absolute path on the machines of the runner and the workers, got ${JSON.stringify(file) ?? String(file)}`,
  );
}

function fieldsOf(data: unknown): Readonly<Record<string, unknown>> {
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw malformed();
  return data as Readonly<Record<string, unknown>>;
}

function keepRange(numbers: unknown): readonly [number, number] {
  const [from, to] = Array.isArray(numbers) && numbers.length === 2 ? (numbers as unknown[]) : [];
  if (typeof from !== "number" || typeof to !== "number") throw invalidOption(`${path}.range`, "must be [from, to]");
  range(from, to);
  return [from, to];
}

function keepFiles(files: unknown, where: string): string[] {
  const list: readonly unknown[] = Array.isArray(files) ? files : [files];
  if (list.length === 0) throw invalidOption(where, "must name a file");
  return list.map((file, place) => checkPath(file, Array.isArray(files) ? `${where}[${place}]` : where));
}

function keepItems(items: unknown): KeptRunData {
  if (!Array.isArray(items)) throw invalidOption(`${path}.items`, "must be a list");
  const { value, meta } = valueFields(items, `${path}.items`, mostItemsBytes);
  return { items: value as unknown[], ...(meta !== undefined && { meta }) };
}

function malformed(): GridError {
  return invalidOption(path, "must be { range: [from, to] }, { lines: files }, { bytes: files } or { items: [...] }");
}
