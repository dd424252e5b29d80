/** Which loads `scripts/simulate --loads` makes, what is expected of each, and the table of what came of them. */
import type { LoadShape, TreeLoad } from "./tree-load.ts";
import type { TreeLoadResult } from "./tree-load-run.ts";

/** At most so many requests are evaluated more than once, of all. */
const mostTwice = 0.02;
/** How long the shortest requests are that workers have to be kept busy with. */
const busyFromMs = 30;
const leastUtilisation = 0.95;
/** Of loads that leave workers without work at times: where it comes in bursts, or one request takes ten times as long as another. */
const leastUtilisationOfUneven = 0.9;

const poolCounts = [1, 2, 3, 5, 10];
/** So that a pool without a tree around it has something to share out. */
const workersOfOnePool = 4;
const usual: TreeLoad = {
  ...{ shape: "flat", requestMs: 30, requests: 240, pools: 2 },
  ...{ workersPerPool: 1, branches: 0, askedAt: "leaf" },
};

/** All loads, row by row. */
export function tableLoads(): TreeLoad[] {
  return [...flatRows(), ...otherRows()].flatMap((row) =>
    poolCounts.map((pools) => ({ ...usual, ...row, pools, workersPerPool: pools === 1 ? workersOfOnePool : 1 })),
  );
}

function flatRows(): Array<Partial<TreeLoad>> {
  const rows = (requestMs: number, requests: number): Array<Partial<TreeLoad>> =>
    (["leaf", "root", "both"] as const).map((askedAt) => ({ requestMs, requests, askedAt }));
  return [
    ...[10, 20, 30, 50, 100, 200, 500, 1_000].flatMap((requestMs) => rows(requestMs, 240)),
    ...[10, 30, 100].flatMap((requestMs) => rows(requestMs, 1_000)),
  ];
}

function otherRows(): Array<Partial<TreeLoad>> {
  const lengths = [10, 30, 100, 1_000];
  const of = (shape: LoadShape, requests: number): Array<Partial<TreeLoad>> =>
    lengths.map((requestMs) => ({ shape, requestMs, requests }));
  return [...of("nested", 444), ...of("fanOut", 400), ...of("uneven", 400), ...of("bursty", 240)];
}

function utilisationOf({ idealMs, tookMs }: TreeLoadResult): number {
  return idealMs / tookMs;
}

/** The limit that a load exceeded; undefined: it is within the limits. */
export function excessOf(result: TreeLoadResult): string | undefined {
  const { load, requests, evaluatedTwice } = result;
  const utilisation = utilisationOf(result);
  if (evaluatedTwice > mostTwice * requests) return `${evaluatedTwice} of ${requests} requests evaluated twice`;
  const isUneven = load.shape === "uneven" || load.shape === "bursty";
  const least = isUneven ? leastUtilisationOfUneven : leastUtilisation;
  if (load.requestMs < busyFromMs || utilisation >= least) return undefined;
  return `utilisation of ${percent(utilisation)}, at least ${percent(least)} expected`;
}

export function titleOf({ shape, requestMs, requests, askedAt, pools }: TreeLoad): string {
  return `${requests} × ${requestMs} ms, ${shape}, asked at the ${askedAt}, ${poolsText(pools)}`;
}

function poolsText(pools: number): string {
  return pools === 1 ? "1 pool" : `${pools} pools`;
}

/** In Markdown: a row for each load, with a column for each number of pools. */
export function loadTableOf(results: readonly TreeLoadResult[]): string {
  const heads = ["work", "ms", "requests", "asked at", ...poolCounts.map(poolsText)];
  const rows = new Map<string, string[]>();
  for (const { load, requests, ...result } of results) {
    const { shape, requestMs, askedAt } = load;
    const names = [words[shape], String(requestMs), String(requests), askedAt === "both" ? "leaf and root" : askedAt];
    const cells = rows.get(names.join()) ?? names;
    rows.set(names.join(), cells);
    cells.push(`${(result.tookMs / result.idealMs).toFixed(3)}, ${result.evaluatedTwice}`);
  }
  return [heads, ["---", ...heads.slice(1).map(() => "---:")], ...rows.values()].map(lineOf).join("\n");
}

/** The results of all loads of a shape. */
export function summaryOf(results: readonly TreeLoadResult[]): string {
  const heads = [
    "work",
    "evaluations per request",
    "evaluated twice",
    "least utilisation from 30 ms",
    "mean utilisation",
  ];
  const rows = (Object.keys(words) as LoadShape[]).map((shape) => {
    const mine = results.filter(({ load }) => load.shape === shape);
    const busy = mine.filter(({ load }) => load.requestMs >= busyFromMs).map(utilisationOf);
    const [requests, twice] = [sumOf(mine.map((one) => one.requests)), sumOf(mine.map((one) => one.evaluatedTwice))];
    const mean = sumOf(mine.map(utilisationOf)) / Math.max(1, mine.length);
    return [
      ...[words[shape], (1 + twice / Math.max(1, requests)).toFixed(3), String(twice)],
      ...[percent(Math.min(...busy)), percent(mean)],
    ];
  });
  return [heads, ["---", ...heads.slice(1).map(() => "---:")], ...rows].map(lineOf).join("\n");
}

const words: Readonly<Record<LoadShape, string>> = {
  flat: "flat",
  nested: "nested",
  fanOut: "fan-out",
  uneven: "uneven",
  bursty: "bursty",
};

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
