/**
 * The alert rules and the Grafana dashboard ask only for metrics that a worker really serves, with labels that these have.
 * `scripts/test-deploy` has promtool check and try the rules.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { CommandPool } from "../harness/command-pool.ts";
import { RedisServer } from "../harness/redis-server.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<"summary" | "description" | "runbook_url", string>>;
}
const { groups } = parse(read("deploy/prometheus/callgrid.rules.yml")) as { groups: Array<{ rules: Rule[] }> };
const rules = groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly gridPos: Readonly<Record<"x" | "y" | "w" | "h", number>>;
  readonly targets: ReadonlyArray<{ readonly expr: string }>;
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly definition?: string }> };
}
const dashboard = JSON.parse(read("deploy/grafana/callgrid.json")) as Dashboard;

/** The metrics that a worker serves, by the names that queries use. */
async function servedMetrics(): Promise<ReadonlySet<string>> {
  const port = await RedisServer.freePort();
  await new CommandPool().workers("--health-port", String(port));
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const typed = [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)];
  return new Set(typed.flatMap(([, name = "", type]) => (type === "histogram" ? [`${name}_bucket`] : [name])));
}

/** The metrics that an expression asks for. */
function metricsIn(expression: string): string[] {
  return [...expression.matchAll(/\b(?:callgrid|nodejs|process)_\w+/g)].map(([name]) => name);
}

it("a worker serves all metrics that the alert rules and the dashboard ask for", async () => {
  const variables = dashboard.templating.list.map(({ definition = "" }) => definition);
  const inPanels = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const inRules = rules.map(({ expr }) => expr);
  const served = await servedMetrics();
  expect([...inRules, ...inPanels].filter((expression) => metricsIn(expression).length === 0)).toEqual([]);
  expect([...inRules, ...inPanels, ...variables].flatMap(metricsIn).filter((name) => !served.has(name))).toEqual([]);
});

describe("the alert rules", () => {
  it.each(rules)("$alert leads to a section of the documentation", ({ annotations }) => {
    const [, path = "", anchor] = /\/blob\/main\/([^#]+)#?(.*)$/.exec(annotations.runbook_url) ?? [];
    const headings = [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));
    if (anchor !== "") expect(headings).toContain(anchor);
    expect(annotations.summary).toContain("{{ $labels.pool }}");
  });
});

/** How forges name the anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

describe("the Grafana dashboard", () => {
  it("uses only variables that it declares", () => {
    const declared = ["__rate_interval", "__all", ...dashboard.templating.list.map(({ name }) => name)];
    const used = [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name);
    expect(used.filter((name) => !declared.includes(name ?? ""))).toEqual([]);
  });

  it("has panels that do not overlap", () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
