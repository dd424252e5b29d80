/** One pool: its figures over time, and its parts. */
import type { ComponentChildren } from "preact";
import type { PoolDocument, PoolFigures } from "../model/documents.ts";
import { busyShare } from "../model/pool-shares.ts";
import { countText, rateText, shareText, timeText, visibleText } from "../model/units.ts";
import { Chart, type Line } from "./charts.tsx";
import { EventLine } from "./event-line.tsx";
import { FunctionTable } from "./functions.tsx";
import { overview, pool } from "./live.ts";
import { HostTable, MemberTable } from "./members.tsx";
import { Notice } from "./notice.tsx";
import { QueueView } from "./queues.tsx";
import { hrefOf, route } from "./route.ts";

interface Tab {
  readonly id: string;
  readonly title: string;
  readonly show: (document: PoolDocument) => ComponentChildren;
}

const rates: readonly Line[] = [
  { label: "asked", of: ({ figures }) => figures.rates?.submitted, color: "--line-2" },
  { label: "evaluated", of: ({ figures }) => figures.rates?.evaluated, color: "--line-1" },
  { label: "errors", of: ({ figures }) => figures.rates?.failed, color: "--line-3" },
];
const amounts: readonly Line[] = [
  { label: "queued", of: ({ figures }) => figures.queued + figures.ownQueued, color: "--line-2" },
  { label: "held", of: ({ figures }) => figures.running, color: "--line-1" },
];

const tabs: readonly Tab[] = [
  { id: "", title: "Overview", show: (document) => <PoolOverview document={document} /> },
  {
    id: "workers",
    title: "Workers and hosts",
    show: ({ members, hosts, figures }) => (
      <>
        <MemberTable members={members} pool={figures.pool} />
        <HostTable hosts={hosts} pool={figures.pool} />
      </>
    ),
  },
  { id: "queues", title: "Queues", show: (document) => <QueueView document={document} /> },
  { id: "functions", title: "Functions", show: ({ functions }) => <FunctionTable functions={functions} /> },
];

export function PoolView() {
  const [, name = "", tab = ""] = route.value.parts;
  const document = pool.value;
  const open = tabs.find(({ id }) => id === tab) ?? tabs[0];
  return (
    <>
      <h1>Pool {visibleText(name)}</h1>
      <nav class="tabs" aria-label="parts of the pool">
        {tabs.map(({ id, title }) => (
          <a
            href={hrefOf(id === "" ? ["pools", name] : ["pools", name, id])}
            aria-current={open?.id === id ? "page" : undefined}
          >
            {title}
          </a>
        ))}
        <a href={hrefOf(["request"], { pool: name })}>Find a request</a>
      </nav>
      {document === undefined ? (
        <p class="empty">Reading the pool…</p>
      ) : (
        <>
          <PoolNotices figures={document.figures} />
          {open?.show(document)}
        </>
      )}
    </>
  );
}

function PoolNotices({ figures: { problem, reasons } }: { readonly figures: PoolFigures }) {
  return (
    <>
      {problem !== undefined && <Notice kind="bad" text={`The pool cannot be read: ${problem}`} />}
      {reasons.map((reason) => (
        <Notice kind="warn" text={reason} />
      ))}
    </>
  );
}

function PoolOverview({ document: { figures, expected } }: { readonly document: PoolDocument }) {
  const { pool: name, totals } = figures;
  return (
    <>
      <dl class="tiles">
        <Tile name="workers" value={workersText(figures)} />
        <Tile name="busy" value={shareText(busyShare(figures))} />
        <Tile name="queued" value={countText(figures.queued + figures.ownQueued)} />
        <Tile name="backlog" value={timeText(figures.backlogMs)} />
        <Tile name="evaluated" value={rateText(figures.rates?.evaluated)} />
        <Tile name="cache hits" value={shareText(figures.rates?.hitRatio)} />
        <Tile name="errors" value={rateText(figures.rates?.failed)} />
        <Tile name="callers" value={countText(figures.clients)} />
        <Tile name="head" value={figures.head ?? "none"} />
      </dl>
      <div class="charts">
        <Chart title="requests a second" pool={name} lines={rates} />
        <Chart title="requests in the pool" pool={name} lines={amounts} />
      </div>
      {Object.keys(expected).length > 0 && (
        <p class="note">
          Announced work:{" "}
          {Object.entries(expected)
            .map(
              ([id, { workMs, withinMs }]) => `${visibleText(id)} (${timeText(workMs)} within ${timeText(withinMs)})`,
            )
            .join(", ")}
        </p>
      )}
      <h2>Since the pool began</h2>
      <dl class="totals">
        {Object.entries(totals).map(([counter, count]) => (
          <div key={counter}>
            <dt>{visibleText(counter)}</dt>
            <dd>{count.toLocaleString("en")}</dd>
          </div>
        ))}
      </dl>
      <EventLine events={overview.value?.events ?? {}} pool={name} />
    </>
  );
}

function Tile({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd>{visibleText(value)}</dd>
    </div>
  );
}

function workersText({ workers, desiredWorkers }: PoolFigures): string {
  return desiredWorkers === undefined ? countText(workers) : `${countText(workers)} of ${countText(desiredWorkers)}`;
}
