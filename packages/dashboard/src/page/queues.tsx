/** Where requests wait, and how work moved between queues. */
import type { PoolDocument } from "../model/documents.ts";
import { countText, timeText, visibleText } from "../model/units.ts";
import { type Column, Table } from "./table.tsx";

interface Queue {
  readonly name: string;
  readonly waiting: number;
}

const columns: ReadonlyArray<Column<Queue>> = [
  { head: "queue", value: ({ name }) => name, show: ({ name }) => <code>{visibleText(name)}</code> },
  { head: "waiting", value: ({ waiting }) => waiting, show: ({ waiting }) => countText(waiting) },
];

/** Counters of the pool that say how work moved. */
const flows: ReadonlyArray<readonly [counter: string, what: string]> = [
  ["claimed", "taken by workers"],
  ["moved", "given to idle workers"],
  ["hoisted", "taken from another worker's own queue"],
  ["volunteered", "times a worker waited to be given work"],
  ["recalled", "called back from workers' queues"],
  ["released", "given back unstarted"],
  ["reclaimed", "taken back from dead workers"],
  ["copied", "copies of late requests"],
  ["withdrawn", "dropped, since no caller waited any more"],
];

export function QueueView({ document: { figures, members } }: { readonly document: PoolDocument }) {
  const own = Object.entries(members)
    .filter(([, { queued }]) => queued > 0)
    .map(([id, { queued }]): [string, Queue] => [`of ${id}`, { name: id, waiting: queued }]);
  const rows: Array<[string, Queue]> = [
    ["shared", { name: "the pool's and its callers'", waiting: figures.queued }],
    ...own,
  ];
  return (
    <>
      <Table label="queues" columns={columns} rows={rows} empty="" />
      <p class="note">All workers together need {timeText(figures.backlogMs)} for what waits, by mean self times.</p>
      <h2>How work moved, since the pool began</h2>
      <dl class="totals">
        {flows.map(([counter, what]) => (
          <div key={counter}>
            <dt>{what}</dt>
            <dd>{(figures.totals[counter] ?? 0).toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
