/** Submitted runs and schedules. */
import type { RunFigures } from "../model/documents.ts";
import { shareText, visibleText } from "../model/units.ts";
import { me, runs } from "./live.ts";
import { Notice } from "./notice.tsx";
import { hrefOf } from "./route.ts";
import { type Column, Table } from "./table.tsx";

const columns: ReadonlyArray<Column<RunFigures>> = [
  { head: "id", value: ({ id }) => id, show: ({ id }) => <code>{visibleText(id)}</code> },
  { head: "name", value: ({ name }) => name },
  { head: "kind", value: ({ kind, cron }) => (cron === undefined ? kind : `${kind} ${cron}`) },
  {
    head: "pool",
    value: ({ pool }) => pool,
    show: ({ pool }) => <a href={hrefOf(["pools", pool])}>{visibleText(pool)}</a>,
  },
  {
    head: "state",
    value: ({ state }) => state,
    show: ({ state }) => <span class={state === "failed" ? "bad" : ""}>{visibleText(state)}</span>,
  },
  {
    head: "done",
    value: ({ done }) => done,
    show: ({ done }) =>
      done === undefined ? (
        "–"
      ) : (
        <>
          <progress max={1} value={done} aria-label="done" /> {shareText(done)}
        </>
      ),
  },
  { head: "submitted", value: ({ submittedMs }) => submittedMs, show: ({ submittedMs }) => dateText(submittedMs) },
  {
    head: "begins",
    value: ({ dueMs }) => dueMs,
    show: ({ dueMs }) => (dueMs === undefined ? "–" : dateText(dueMs)),
  },
  { head: "why", title: "why it failed, or what it waits for", value: ({ reason }) => reason ?? "" },
];

export function RunsView() {
  const shown = runs.value;
  if (me.value?.hasRuns === false) return <p class="empty">An embedded grid has no submitted runs.</p>;
  if (shown === undefined) return <p class="empty">Reading the runs…</p>;
  return (
    <>
      <h1>Runs and schedules</h1>
      {shown.problem !== undefined && <Notice kind="bad" text={`The runs cannot be read: ${shown.problem}`} />}
      <Table
        label="runs"
        columns={columns}
        rows={Object.entries(shown.runs)}
        empty={
          <>
            No run was submitted. Submit one: <code>callgrid runs submit run.json</code>, and have it carried out by{" "}
            <code>callgrid runner</code>.
          </>
        }
      />
    </>
  );
}

function dateText(ms: number): string {
  return new Date(ms).toLocaleString();
}
