/** The results as Markdown tables, one a scenario, with how each figure grows. */

import type { ScalingResult } from "./scaling-result.ts";
import { scenarios } from "./scenario.ts";

const titles = {
  full: "All the work is there at the beginning",
  usual: "Trees arrive at random, at 80 % of what the workers can do",
  rough: "Arrivals at 70 %; slow workers, dying workers, and a spike",
};

const head = [
  "workers",
  "pools",
  "requests",
  "utilisation, %",
  "to the last answer, %",
  "wait p50 / p99, ms",
  "tree p50 / p99, ms",
  "evaluated twice, %",
  "messages per request",
  "commands per request",
  "growth",
  "hottest key, per s",
  "busiest pool, commands per s",
  "busiest above leaves",
  "took, s",
];

export function tablesOf(results: readonly ScalingResult[]): string {
  const tables = scenarios.flatMap(({ name }) => {
    const rows = results.filter(({ scenario }) => scenario === name);
    const [first] = rows;
    if (first === undefined) return [];
    return [
      `## ${name}: ${titles[name]}\n\n${[head, head.map(() => "---:"), ...rows.map((row) => cellsOf(row, first))].map(lineOf).join("\n")}\n`,
    ];
  });
  return `# Results\n\nWritten by \`scripts/simulate\`; [SCALING.md](../SCALING.md) says what they mean.\n\n${tables.join("\n")}`;
}

function cellsOf(result: ScalingResult, first: ScalingResult): string[] {
  const { hottestKey, waitMs, treeMs } = result;
  return [
    whole(result.workers),
    whole(result.pools),
    whole(result.requests),
    (100 * result.utilisation).toFixed(1),
    (100 * result.utilisationToTheEnd).toFixed(1),
    `${whole(waitMs.p50)} / ${whole(waitMs.p99)}`,
    `${whole(treeMs.p50)} / ${whole(treeMs.p99)}`,
    (100 * (result.evaluations / result.requests - 1)).toFixed(1),
    result.messagesPerRequest.toFixed(1),
    result.commandsPerRequest.toFixed(1),
    `${(result.commandsPerRequest / first.commandsPerRequest).toFixed(2)} ×`,
    `\`${hottestKey.key}\` ${whole(hottestKey.perSecond)}`,
    whole(result.mostCommandsPerSecond),
    whole(result.mostCommandsPerSecondAbove),
    whole(result.realSeconds),
  ];
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}
