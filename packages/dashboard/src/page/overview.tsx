/** All pools, and what happened in them. */
import type { PoolFigures } from "../model/documents.ts";
import { busyShare } from "../model/pool-shares.ts";
import { countText, rateText, shareText, timeText, visibleText } from "../model/units.ts";
import { Sparkline } from "./charts.tsx";
import { EventLine } from "./event-line.tsx";
import { overview } from "./live.ts";
import { Notice } from "./notice.tsx";
import { hrefOf } from "./route.ts";
import { type Column, Table } from "./table.tsx";

const columns: ReadonlyArray<Column<PoolFigures>> = [
  {
    head: "pool",
    value: ({ pool }) => pool,
    show: ({ pool }) => <a href={hrefOf(["pools", pool])}>{visibleText(pool)}</a>,
  },
  {
    head: "workers",
    title: "workers, and how many the pool should have",
    value: ({ workers }) => workers,
    show: ({ workers, desiredWorkers }) =>
      desiredWorkers === undefined ? countText(workers) : `${countText(workers)} of ${countText(desiredWorkers)}`,
  },
  {
    head: "busy",
    title: "the share of workers that do not wait for work",
    value: busyShare,
    show: (figures) => shareText(busyShare(figures)),
  },
  {
    head: "queued",
    title: "requests that wait, on shared queues and on those of workers",
    value: ({ queued, ownQueued }) => queued + ownQueued,
    show: ({ queued, ownQueued }) => countText(queued + ownQueued),
  },
  {
    head: "backlog",
    title: "how long all workers need for what is queued, by mean self times",
    value: ({ backlogMs }) => backlogMs,
    show: ({ backlogMs }) => timeText(backlogMs),
  },
  {
    head: "held",
    title: "requests that workers hold, suspended ones included",
    value: ({ running }) => running,
    show: ({ running }) => countText(running),
  },
  {
    head: "asked",
    title: "requests submitted a second",
    value: ({ rates }) => rates?.submitted,
    show: ({ rates }) => rateText(rates?.submitted),
  },
  {
    head: "evaluated",
    title: "evaluations a second",
    value: ({ rates }) => rates?.evaluated,
    show: ({ rates }) => rateText(rates?.evaluated),
  },
  {
    head: "last minute",
    title: "evaluations a second in the last minute",
    value: () => "",
    show: ({ pool }) => <Sparkline pool={pool} of={({ figures }) => figures.rates?.evaluated} />,
  },
  {
    head: "hits",
    title: "the share of requests that were answered from kept results",
    value: ({ rates }) => rates?.hitRatio,
    show: ({ rates }) => shareText(rates?.hitRatio),
  },
  {
    head: "errors",
    title: "evaluations a second that failed",
    value: ({ rates }) => rates?.failed,
    show: ({ rates }) => <span class={(rates?.failed ?? 0) > 0 ? "bad" : ""}>{rateText(rates?.failed)}</span>,
  },
];

export function OverviewView() {
  const shown = overview.value;
  if (shown === undefined) return <p class="empty">Reading the pools…</p>;
  const pools = Object.entries(shown.pools);
  return (
    <>
      <h1>Pools</h1>
      {shown.problem !== undefined && <Notice kind="bad" text={`The pools cannot be listed: ${shown.problem}`} />}
      {pools.flatMap(([pool, { problem, reasons }]) => [
        ...(problem === undefined ? [] : [<Notice kind="bad" text={`Pool ${pool} cannot be read: ${problem}`} />]),
        ...reasons.map((reason) => <Notice kind="warn" text={`Pool ${pool}: ${reason}`} />),
      ])}
      <Table label="pools" columns={columns} rows={pools} empty={emptyText} />
      <EventLine events={shown.events} />
    </>
  );
}

const emptyText = (
  <>
    No worker has joined a pool of this grid yet. Start one:{" "}
    <code>callgrid worker --pool pool --functions functions.ts</code>
  </>
);
