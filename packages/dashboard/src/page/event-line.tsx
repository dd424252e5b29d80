/** What happened while the dashboard was watching, the latest first. */
import type { GridEvent } from "../model/documents.ts";
import { visibleText } from "../model/units.ts";
import { hrefOf } from "./route.ts";

const mostShown = 30;

export function EventLine({
  events,
  pool,
}: {
  readonly events: Readonly<Record<string, GridEvent>>;
  /** Of this pool alone. */
  readonly pool?: string;
}) {
  const shown = Object.entries(events)
    .filter(([, event]) => pool === undefined || event.pool === pool)
    .sort(([one], [other]) => Number(other) - Number(one))
    .slice(0, mostShown);
  return (
    <section>
      <h2>Events</h2>
      {shown.length === 0 && <p class="empty">Nothing has changed since the dashboard began to watch.</p>}
      <ol class="events">
        {shown.map(([number, { atMs, kind, text, pool: where }]) => (
          <li key={number} class={kind === "died" ? "bad" : ""}>
            <time>{new Date(atMs).toLocaleTimeString()}</time>
            {pool === undefined && <a href={hrefOf(["pools", where])}>{visibleText(where)}</a>}
            <span>{visibleText(text)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
