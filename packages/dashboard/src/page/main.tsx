/** The page: a head with the way to each view, and the view that the address names. */
import { render } from "preact";
import { visibleText } from "../model/units.ts";
import { isHelpOpen, keyHelp, listenToKeys } from "./keyboard.ts";
import { connection, me, refusal, startLive } from "./live.ts";
import { Notice } from "./notice.tsx";
import { OverviewView } from "./overview.tsx";
import { PoolView } from "./pool.tsx";
import { RequestView } from "./request.tsx";
import { hrefOf, route } from "./route.ts";
import { RunsView } from "./runs.tsx";

const views = [
  { id: "pools", title: "Pools" },
  { id: "runs", title: "Runs" },
  { id: "request", title: "Request" },
] as const;

const connectionText = { connecting: "connecting", live: "live", lost: "no connection" } as const;

function Page() {
  return (
    <>
      <header>
        <span class="brand">callgrid</span>
        <nav aria-label="views">
          {views.map(({ id, title }) => (
            <a href={hrefOf([id])} aria-current={route.value.parts[0] === id ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        {me.value !== undefined && (
          <span class="place">
            grid {visibleText(me.value.grid)} at {visibleText(me.value.address)}, {me.value.role}
          </span>
        )}
        <span class={`live ${connection.value}`} role="status">
          {connectionText[connection.value]}
        </span>
      </header>
      <main>
        {isHelpOpen.value && <KeyHelp />}
        {refusal.value === undefined ? <View /> : <Notice kind="bad" text={refusal.value} />}
      </main>
    </>
  );
}

function View() {
  const [view, pool] = route.value.parts;
  if (connection.value === "lost" && view !== "request")
    return (
      <>
        <Notice
          kind="bad"
          text="The dashboard's server does not answer; the page goes on by itself when it is back. Is callgrid dashboard still running?"
        />
        <OpenView view={view} pool={pool} />
      </>
    );
  return <OpenView view={view} pool={pool} />;
}

function OpenView({ view, pool }: { readonly view: string | undefined; readonly pool: string | undefined }) {
  switch (view) {
    case "runs":
      return <RunsView />;
    case "request":
      return <RequestView />;
    default:
      return pool === undefined ? <OverviewView /> : <PoolView />;
  }
}

function KeyHelp() {
  return (
    <section class="help" aria-label="keys">
      <dl class="totals">
        {keyHelp.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const place = document.getElementById("page");
if (place !== null) render(<Page />, place);
listenToKeys();
void startLive();
