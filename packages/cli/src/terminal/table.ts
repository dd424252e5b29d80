/** Tables: with lines where a person looks at a terminal, and in plain columns where a program or a file gets them. */
import Table from "cli-table3";
import type { Colors } from "./colors.ts";
import { visibleLine } from "./visible-text.ts";

/** A table: the heads of its columns, and in each row as many texts. */
export interface TableContent {
  readonly heads: readonly string[];
  readonly rows: ReadonlyArray<readonly string[]>;
}

/** How to show a table. */
export interface TableStyle {
  readonly isTerminal: boolean;
  readonly colors: Colors;
}

const noLines = { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" };

export function tableText({ heads, rows: given }: TableContent, { isTerminal, colors }: TableStyle): string {
  const rows = given.map((row) => row.map(visibleLine));
  if (!isTerminal) return columnsText([heads, ...rows]);
  const table = new Table({
    head: heads.map((head) => colors.bold(head)),
    chars: noLines,
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

function columnsText(rows: ReadonlyArray<readonly string[]>): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    rows.reduce((most, row) => Math.max(most, (row[column] ?? "").length), 0),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
