/** A plan in words, for people. */
import type { Plan, PlanScores } from "./plan.ts";
import type { Prediction } from "./planner.ts";

const barWidth = 40;
const defaultNodes = [1, 2, 4, 8, 16];

/** See {@link Plan.explain}. */
export function explainPlan(plan: Plan, nodes?: readonly number[], withinMs?: number): string {
  const { workers, workload } = plan.parts;
  const required = withinMs === undefined ? undefined : plan.nodesWithin(withinMs);
  const usual = [...defaultNodes, ...[workers, required ?? 0].filter((count) => count > 0)];
  const chosen = [...new Set(nodes ?? usual)].sort((a, b) => a - b);
  const predictions = chosen.map((count) => plan.predictFor(count));
  const table =
    workload.totalUnits === undefined ? rates(predictions, plan.parts.unit, withinMs) : outlook(predictions);
  const need = withinMs === undefined ? [] : [requirement(plan, withinMs, required)];
  return [decision(plan), ...measured(plan), ...need, ...table].join("\n");
}

function requirement({ parts }: Plan, withinMs: number, required: number | undefined): string {
  const within = `within ${timeText(withinMs)}`;
  if (required !== undefined)
    return `To be done ${within}, it needs ${counted(required, "node")} of the average score.`;
  if (parts.workload.totalUnits !== undefined)
    return `No number of nodes is done ${within}: a chunk alone takes longer.`;
  return `How many nodes are done ${within} depends on how much data comes: the table has what each number does in that time.`;
}

function decision({ parts, mode, lanes, chunkUnits, window, predictedMs }: Plan): string {
  const where = {
    serial: "serial: in this process",
    local: `local: on ${counted(lanes, "thread")} of this machine`,
    distributed: `distributed: on ${counted(lanes, "lane")} of ${counted(parts.workers, "worker")}`,
  }[mode];
  const why = parts.isGiven ? "as asked for" : `for the objective "${parts.objective}"`;
  const size = mode === "serial" ? "" : `, chunks of ${amount(chunkUnits, parts.unit)}, ${window} open at once`;
  const time = predictedMs === undefined ? "" : `; about ${timeText(predictedMs)}`;
  return `${parts.name} runs ${where}, ${why}${size}${time}.`;
}

function measured({ parts }: Plan): string[] {
  const { workload, unit, pilotUnits, bytesPerUnit, notSerial, scores } = parts;
  const { totalUnits, busyRatio, overheadMs } = workload;
  const msPerUnit = workload.msPerUnit * (scores.mean / scores.pilot);
  const perUnit = unit === "byte" ? `${timeText(msPerUnit * 1_048_576)} a MiB` : `${timeText(msPerUnit)} a slice`;
  const values = unit === "byte" ? "" : `, ${amount(Math.ceil(bytesPerUnit), "byte")} of value`;
  const total = totalUnits === undefined ? "data of unknown length" : amount(totalUnits, unit);
  const whole = totalUnits === undefined ? "" : `, ${timeText(totalUnits * msPerUnit)} one after the other`;
  const who = areUneven(scores) ? ` by a worker of score ${digits(scores.pilot)}` : "";
  return [
    `Measured on ${amount(pilotUnits, unit)}${who}: ${perUnit}${values}, the processor busy for ${Math.round(busyRatio * 100)} %, ` +
      `${timeText(overheadMs)} for a chunk's way to a worker and back.`,
    `In all ${total}${whole}.`,
    ...(areUneven(scores) && scores.lanes > 0 ? [scoreText(scores)] : []),
    ...(notSerial === undefined ? [] : [`Not in this process: ${notSerial}.`]),
  ];
}

function areUneven({ pilot, mean, least }: PlanScores): boolean {
  return [mean, least].some((score) => Math.abs(score / pilot - 1) > 0.005);
}

function scoreText({ pilot, mean, least, lanes }: PlanScores): string {
  const worth = (score: number): string => digits(score / pilot);
  return (
    `By their scores, an average lane of the pool is worth ${worth(mean)} of the measured one, the slowest ${worth(least)}, ` +
    `and all ${lanes} together ${worth(lanes * mean)}. The nodes below are average ones.`
  );
}

function outlook(predictions: readonly Prediction[]): string[] {
  const longest = Math.max(...predictions.map(({ elapsedMs }) => elapsedMs ?? 0));
  if (longest === 0) return [];
  const rows = predictions.map(({ lanes, elapsedMs = 0, cpuMs = 0, chunkMs }) => [
    String(lanes),
    timeText(elapsedMs),
    timeText(cpuMs),
    timeText(lanes * elapsedMs),
    timeText(chunkMs),
    "█".repeat(Math.max(1, Math.round((barWidth * elapsedMs) / longest))),
  ]);
  return ["", ...columns([["nodes", "time", "CPU time", "nodes × time", "a chunk", "time as a curve"], ...rows])];
}

/** For data of unknown length: how much is done in a second, and how long a thousand slices or a MiB take. */
function rates(predictions: readonly Prediction[], unit: "slice" | "byte", withinMs: number | undefined): string[] {
  const [name, size, some] = unit === "byte" ? ["MiB", 1_048_576, 1] : ["slices", 1, 1_000];
  const most = Math.max(...predictions.map(({ unitsPerSecond }) => unitsPerSecond));
  const rows = predictions.map(({ lanes, unitsPerSecond }) => [
    String(lanes),
    rounded(unitsPerSecond / size),
    timeText((1_000 * some * size) / unitsPerSecond),
    ...(withinMs === undefined ? [] : [rounded((unitsPerSecond * withinMs) / (1_000 * size))]),
    "█".repeat(Math.max(1, Math.round((barWidth * unitsPerSecond) / most))),
  ]);
  const inTime = withinMs === undefined ? [] : [`${name} in ${timeText(withinMs)}`];
  const perSome = unit === "byte" ? "time per MiB" : "time per 1,000 slices";
  return ["", ...columns([["nodes", `${name} per second`, perSome, ...inTime, "rate as a curve"], ...rows])];
}

function columns(rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const last = widths.length - 1;
  return rows.map((row) =>
    row.map((cell, column) => (column === last ? cell : cell.padStart(widths[column] ?? 0))).join("  "),
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function amount(units: number, unit: "slice" | "byte"): string {
  if (unit === "slice") return counted(units, "slice");
  if (units < 1_024) return counted(units, "byte");
  const [size, name] = units < 1_048_576 ? [units / 1_024, "KiB"] : [units / 1_048_576, "MiB"];
  return `${size < 10 ? Math.round(size * 10) / 10 : Math.round(size)} ${name}`;
}

const scales = [
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
  [1, "ms"],
] as const;

/** To two or three digits, in the largest unit that the time fills. */
function timeText(ms: number): string {
  const scale = scales.find(([size]) => ms >= size);
  if (scale === undefined) return `${Number((ms * 1_000).toPrecision(2))} µs`;
  const count = ms / scale[0];
  return `${count < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${scale[1]}`;
}

function rounded(count: number): string {
  return count < 10 ? digits(count) : Math.round(count).toLocaleString("en");
}

function digits(ratio: number): string {
  return String(Number(ratio.toPrecision(2)));
}
