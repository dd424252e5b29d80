/** What a row of results holds. */
import type { BatchItem } from "../run/batch-items.ts";
import { valuePart } from "./value-part.ts";

/**
 * Columns that say of an item what its value does not: when the evaluation began, how long it took in ms, when its outcome came, which
 * request it was.
 */
export const extraColumns = ["start", "interval", "done", "job"] as const;

type ExtraColumn = (typeof extraColumns)[number];

/** The column of the place of the slice, which every file has first. */
const index = "index";
/** The column of the whole value. */
const whole = "value";

/**
 * The names of the columns: besides the wanted ones, the place of the slice, and the whole value unless a key of values is among them. A
 * wanted column is `value`, an extra one, or a part of the value, see {@link valuePart}.
 */
function columnNames(wanted: readonly string[]): string[] {
  return [...new Set([index, ...(wanted.some(isPart) ? [] : [whole]), ...wanted])];
}

/** A finished item that has a value. */
export type ItemWithValue = BatchItem & { readonly outcome: { readonly value: unknown } };

/** What is in a column: a text as it is written, or a value; undefined where the value has no such part. */
export type ColumnContent = { readonly text: string | number } | { readonly value: unknown } | undefined;

/** The columns of a file, which notes those that no value has. */
export class ResultColumns {
  readonly names: readonly string[];
  readonly #missing: Set<string>;
  #rows = 0;

  constructor(wanted: readonly string[] = []) {
    this.names = columnNames(wanted);
    this.#missing = new Set(this.names.filter(isPart));
  }

  /** The contents for an item, in the order of the names. */
  of(item: ItemWithValue): ColumnContent[] {
    this.#rows += 1;
    return this.names.map((name) => {
      const content = inColumn(item, name);
      if (content !== undefined && this.#missing.size > 0) this.#missing.delete(name);
      return content;
    });
  }

  /** Undefined if every column has been found in some value, or there was none to look at. */
  get warning(): string | undefined {
    if (this.#missing.size === 0 || this.#rows === 0) return undefined;
    const names = [...this.#missing].map((name) => `"${name}"`).join(", ");
    return `no value has ${names}: columns are ${extraColumns.join(", ")}, value, or keys of values`;
  }
}

function inColumn(item: ItemWithValue, column: string): ColumnContent {
  if (column === index) return { text: item.index };
  if (isExtra(column)) return { text: extraCell(item, column) };
  const { value } = item.outcome;
  if (column === whole) return { value: value ?? null };
  const part = valuePart(value, column);
  return part === undefined ? undefined : { value: part };
}

function isPart(column: string): boolean {
  return column !== index && column !== whole && !isExtra(column);
}

function isExtra(column: string): column is ExtraColumn {
  return (extraColumns as readonly string[]).includes(column);
}

function extraCell(item: BatchItem, column: ExtraColumn): string | number {
  switch (column) {
    case "start":
      return new Date(item.startedMs).toISOString();
    case "interval":
      return Math.round(item.tookMs * 1_000) / 1_000;
    case "done":
      return new Date(item.finishedMs).toISOString();
    case "job":
      return item.requestId;
  }
}
