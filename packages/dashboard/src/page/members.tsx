/** Who is in a pool: workers, bridges and distributors, and the hosts that start workers. */
import type { HostFigures, MemberFigures } from "../model/documents.ts";
import { countText, visibleText } from "../model/units.ts";
import { type Column, Table } from "./table.tsx";

type Named<Figures> = Figures & { readonly id: string };

const memberColumns: ReadonlyArray<Column<Named<MemberFigures>>> = [
  { head: "member", value: ({ id }) => id, show: ({ id }) => <code>{visibleText(id)}</code> },
  { head: "kind", value: ({ kind, isHead }) => (isHead ? `${kind}, head` : kind) },
  {
    head: "state",
    value: stateOf,
    show: (member) => <span class={member.isAlive ? "" : "bad"}>{stateOf(member)}</span>,
  },
  {
    head: "holds",
    title: "requests that it has claimed, suspended ones included",
    value: ({ running }) => running,
    show: ({ running }) => countText(running),
  },
  {
    head: "queue",
    title: "requests on its own queue",
    value: ({ queued }) => queued,
    show: ({ queued }) => countText(queued),
  },
  { head: "host", value: ({ host }) => host },
  { head: "process", value: ({ processId }) => processId },
  { head: "slots", title: "how many functions run at a time", value: ({ slots }) => slots },
  { head: "score", title: "how fast it is, beside others", value: ({ score }) => score },
  { head: "tags", value: ({ tags }) => tags.join(", ") },
];

const hostColumns: ReadonlyArray<Column<Named<HostFigures>>> = [
  { head: "host", value: ({ id }) => id, show: ({ id }) => <code>{visibleText(id)}</code> },
  {
    head: "state",
    value: ({ isAlive }) => (isAlive ? "alive" : "silent"),
    show: ({ isAlive }) => <span class={isAlive ? "" : "bad"}>{isAlive ? "alive" : "silent"}</span>,
  },
  { head: "share", title: "how many workers it should have", value: ({ share }) => share },
  { head: "least", title: "the fewest workers it has", value: ({ minWorkers }) => minWorkers },
  { head: "most", title: "the most workers it has", value: ({ maxWorkers }) => maxWorkers },
  { head: "score", title: "how good it is, beside others", value: ({ score }) => score },
  { head: "machine", value: ({ machine }) => machine },
];

export function MemberTable({
  members,
  pool,
}: {
  readonly members: Readonly<Record<string, MemberFigures>>;
  readonly pool: string;
}) {
  return (
    <Table
      label="members"
      columns={memberColumns}
      rows={withIds(members)}
      empty={
        <>
          No workers. Start one: <code>callgrid worker --pool {visibleText(pool)} --functions functions.ts</code>
        </>
      }
    />
  );
}

export function HostTable({
  hosts,
  pool,
}: {
  readonly hosts: Readonly<Record<string, HostFigures>>;
  readonly pool: string;
}) {
  return (
    <>
      <h2>Hosts</h2>
      <Table
        label="hosts"
        columns={hostColumns}
        rows={withIds(hosts)}
        empty={
          <>
            No machine starts workers by itself. Have one do it:{" "}
            <code>callgrid host --pool {visibleText(pool)} --functions functions.ts --max 8</code>
          </>
        }
      />
    </>
  );
}

function stateOf({ isAlive, isIdle, running, kind }: MemberFigures): string {
  if (!isAlive) return "silent";
  if (kind === "distributor") return "alive";
  if (isIdle) return "idle";
  return running > 0 ? "works" : "ready";
}

function withIds<Figures>(figures: Readonly<Record<string, Figures>>): Array<[string, Named<Figures>]> {
  return Object.entries(figures).map(([id, member]) => [id, { ...member, id }]);
}
