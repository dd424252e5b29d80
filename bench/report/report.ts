/** The results as Markdown: ratios first, since they say more than the figures of one machine. */

import { type MetricName, metrics } from "../metrics.ts";
import { figureText, summaryText } from "./figure-text.ts";
import { type GoalState, goalStates, isReached } from "./goals.ts";
import {
  cpuMicrosOf,
  failuresOf,
  measurementsOf,
  type ResultGroup,
  type ResultRow,
  type Results,
  ratioOf,
  summaryOf,
} from "./results.ts";
import { settingsText } from "./settings-text.ts";

export function reportOf(results: Results): string {
  const { environment } = results;
  const sections = [
    `# Benchmark of ${environment.date}, Node ${environment.node}`,
    warningOf(results),
    environmentText(results),
    howToRead,
    goalsText(goalStates(results)),
    ...results.workloads.flatMap(({ id, title, groups }) => [`## ${id}: ${title}`, ...groups.flatMap(groupText)]),
  ];
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

const howToRead = `Every figure is the median of its rounds, with the smallest and the largest in brackets. A round is one run of every system,
one after the other: a fresh Redis, fresh worker processes, a warm-up, one measurement. All values are awaited in the
client and checked. A ratio compares runs of the same round. CPU is user and system time of all threads, per function call that was
asked for; Piscina's threads are part of its client. Client, workers and Redis share the machine.`;

function warningOf({ scale }: Results): string {
  return scale === "quick"
    ? "**Quick run: everything is small and was done once, with few of the others, so the figures say little.**"
    : "";
}

function environmentText({ environment, rounds }: Results): string {
  const { redis, system, processor, processors, memoryGiB, commit, packages } = environment;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `${rounds} ${rounds === 1 ? "round" : "rounds"} on ${processors} × ${processor}, ${memoryGiB} GiB, ${system}.`,
    `redis-server ${redis} over TCP on the same machine, without persistence; ${versions.join(", ")}; commit ${commit}.`,
  ].join("\n");
}

function goalsText(states: readonly GoalState[]): string {
  if (states.length === 0) return "";
  const rows = states.map((state) => [
    state.workload,
    state.text,
    limitText(state),
    reachedText(state),
    verdictOf(state),
  ]);
  return `## Goals\n\n${table(["", "goal", "limit", "reached", ""], rows)}`;
}

function limitText({ limit, isAtLeast }: GoalState): string {
  return `${isAtLeast ? "at least" : "at most"} ${figureText(limit)}`;
}

function reachedText({ reached }: GoalState): string {
  return reached === undefined ? "not measured" : figureText(reached);
}

function verdictOf(state: GoalState): string {
  const { limit, reached } = state;
  const verdict = isReached(state);
  if (verdict === undefined || reached === undefined) return "";
  return verdict ? "yes" : `missed by ${figureText((100 * Math.abs(reached - limit)) / limit)} %`;
}

/** The ratios to each row that others are compared with come first. */
function groupText(group: ResultGroup): string[] {
  const [primary] = group.metrics;
  if (primary === undefined) return [];
  const references = group.rows.filter(({ isReference }) => isReference);
  const head = [
    ...references.map(({ name }) => `${name} ÷`),
    "",
    ...group.metrics.map((metric) => metrics[metric].heading),
    "CPU µs per call: client / workers / Redis",
    "setting",
  ];
  const rows = group.rows.map((row) => [
    ...references.map((one) => ratioText(primary, one, row)),
    row.system === "callgrid" ? `**${row.name}**` : row.name,
    ...group.metrics.map((metric) => metricText(row, metric)),
    cpuText(row),
    settingsText(row),
  ]);
  const direction = metrics[primary].isMoreBetter ? "More" : "Less";
  const compared = `Ratios are of ${metrics[primary].heading}. ${direction} is better.`;
  return [`### ${group.title}`, compared, table(head, rows), ...failuresText(group)];
}

function ratioText(metric: MetricName, numerator: ResultRow, row: ResultRow): string {
  if (numerator === row) return "1";
  const ratio = ratioOf(metric, numerator, row);
  return ratio === undefined ? "–" : summaryText(ratio);
}

function metricText(row: ResultRow, metric: MetricName): string {
  const summary = summaryOf(row, metric);
  return summary === undefined ? "–" : summaryText(summary);
}

function cpuText(row: ResultRow): string {
  const cpu = cpuMicrosOf(row);
  if (cpu === undefined) return "–";
  return [cpu.client, cpu.workers, cpu.redis].map((micros) => figureText(micros)).join(" / ");
}

function failuresText({ rows }: ResultGroup): string[] {
  const lines = rows.flatMap((row) => {
    const measured = measurementsOf(row).filter((measurement) => measurement !== undefined).length;
    const tried = row.rounds.filter((outcome) => outcome !== undefined).length;
    return measured === tried
      ? []
      : [`- ${row.name}: ${measured} of ${tried} rounds gave values; ${failuresOf(row).join("; ")}`];
  });
  return lines.length === 0 ? [] : [lines.join("\n")];
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
