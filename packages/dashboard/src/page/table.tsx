/** A table whose order and filter stand in the address. It draws a bounded number of rows, and says how many it leaves out. */
import type { ComponentChildren } from "preact";
import { visibleText } from "../model/units.ts";
import { amend, hrefWith, route } from "./route.ts";

/** A column. */
export interface Column<Row> {
  readonly head: string;
  /** What the head says when it is pointed at. */
  readonly title?: string;
  /** What rows are ordered by; a number stands to the right. */
  readonly value: (row: Row) => string | number | undefined;
  /** Default: the value as text. */
  readonly show?: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  /** For screen readers. */
  readonly label: string;
  readonly columns: ReadonlyArray<Column<Row>>;
  readonly rows: ReadonlyArray<readonly [key: string, row: Row]>;
  /** What is said in place of a table without rows. */
  readonly empty: ComponentChildren;
}

const mostRows = 200;
const filterFrom = 8;

export function Table<Row>({ label, columns, rows, empty }: TableProps<Row>) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  const filter = route.value.query.get("filter") ?? "";
  const found = filter === "" ? rows : rows.filter(([, row]) => matches(columns, row, filter.toLowerCase()));
  const shown = ordered(columns, found).slice(0, mostRows);
  return (
    <div>
      {(rows.length >= filterFrom || filter !== "") && <Filter text={filter} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section class="scroll" aria-label={label} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <Head column={column} isNumber={isNumeric(column, shown)} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(([key, row]) => (
              <tr key={key}>
                {columns.map((column) => (
                  <td class={typeof column.value(row) === "number" ? "number" : ""}>{cell(column, row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {found.length > shown.length && (
        <p class="note">
          {shown.length} of {found.length} rows are shown; filter or order them to see others.
        </p>
      )}
      {found.length === 0 && <p class="empty">No row has “{visibleText(filter)}” in it.</p>}
    </div>
  );
}

function Filter({ text }: { readonly text: string }) {
  return (
    <input
      class="filter"
      type="search"
      placeholder="filter ( / )"
      aria-label="filter rows"
      value={text}
      onInput={({ currentTarget }) => amend({ filter: currentTarget.value })}
    />
  );
}

function Head<Row>({ column, isNumber }: { readonly column: Column<Row>; readonly isNumber: boolean }) {
  const order = route.value.query.get("order") ?? "";
  const isOrdered = order === column.head || order === `-${column.head}`;
  const isDown = order === `-${column.head}`;
  // numbers are wanted from the largest on
  const next = isOrdered ? (isDown ? column.head : `-${column.head}`) : isNumber ? `-${column.head}` : column.head;
  return (
    <th
      class={isNumber ? "number" : ""}
      scope="col"
      title={column.title}
      aria-sort={isOrdered ? (isDown ? "descending" : "ascending") : "none"}
    >
      <a href={hrefWith({ order: next })}>
        {column.head}
        {isOrdered && <span aria-hidden="true">{isDown ? " ↓" : " ↑"}</span>}
      </a>
    </th>
  );
}

function isNumeric<Row>({ value }: Column<Row>, rows: ReadonlyArray<readonly [string, Row]>): boolean {
  return rows.some(([, row]) => typeof value(row) === "number");
}

function cell<Row>(column: Column<Row>, row: Row): ComponentChildren {
  if (column.show !== undefined) return column.show(row);
  const value = column.value(row);
  return value === undefined ? "–" : visibleText(String(value));
}

function matches<Row>(columns: ReadonlyArray<Column<Row>>, row: Row, words: string): boolean {
  return columns.some(({ value }) =>
    String(value(row) ?? "")
      .toLowerCase()
      .includes(words),
  );
}

function ordered<Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<readonly [string, Row]>,
): ReadonlyArray<readonly [string, Row]> {
  const order = route.value.query.get("order") ?? "";
  const column = columns.find(({ head }) => head === order.replace(/^-/, ""));
  if (column === undefined) return rows;
  const sign = order.startsWith("-") ? -1 : 1;
  return [...rows].sort(([, one], [, other]) => sign * compare(column.value(one), column.value(other)));
}

/** What is not known comes before all else. */
function compare(one: string | number | undefined, other: string | number | undefined): number {
  if (typeof one === "string" || typeof other === "string") return String(one ?? "").localeCompare(String(other ?? ""));
  return (one ?? Number.NEGATIVE_INFINITY) - (other ?? Number.NEGATIVE_INFINITY) || 0;
}
