/** The functions of a pool. */
import type { FunctionFigures } from "../model/documents.ts";
import { countText, rateText, shareText, timeText, visibleText } from "../model/units.ts";
import { type Column, Table } from "./table.tsx";

interface FunctionRow extends FunctionFigures {
  readonly name: string;
  /** Of the time that all functions of the pool took so far, from 0 to 1. */
  readonly share: number | undefined;
}

const columns: ReadonlyArray<Column<FunctionRow>> = [
  { head: "function", value: ({ name }) => name, show: ({ name }) => <code>{visibleText(name)}</code> },
  {
    head: "rate",
    title: "evaluations a second",
    value: ({ rate }) => rate,
    show: ({ rate }) => rateText(rate),
  },
  {
    head: "evaluations",
    value: ({ evaluated }) => evaluated,
    show: ({ evaluated }) => countText(evaluated),
  },
  {
    head: "self time",
    title: "the mean time of an evaluation, without that of its calls",
    value: ({ selfMs }) => selfMs,
    show: ({ selfMs }) => timeText(selfMs),
  },
  {
    head: "share",
    title: "of the time that all functions took, by evaluations and mean self times",
    value: ({ share }) => share,
    show: ({ share }) => shareText(share),
  },
  { head: "version", value: ({ version }) => version },
  {
    head: "workers",
    value: ({ isUnheld }) => (isUnheld ? "none has it" : "there are"),
    show: ({ isUnheld }) => <span class={isUnheld ? "bad" : ""}>{isUnheld ? "none has it" : "there are"}</span>,
  },
];

export function FunctionTable({ functions }: { readonly functions: Readonly<Record<string, FunctionFigures>> }) {
  const totalMs = Object.values(functions).reduce((sum, figures) => sum + spentMs(figures), 0);
  const rows = Object.entries(functions).map(([name, figures]): [string, FunctionRow] => [
    name,
    { ...figures, name, share: totalMs === 0 ? undefined : spentMs(figures) / totalMs },
  ]);
  return (
    <Table
      label="functions"
      columns={columns}
      rows={rows}
      empty={
        <>
          No worker has announced a function. Name them in a module: <code>define("ratio", …)</code>, and start a worker
          with it.
        </>
      }
    />
  );
}

function spentMs({ evaluated, selfMs }: FunctionFigures): number {
  return evaluated * (selfMs ?? 0);
}
