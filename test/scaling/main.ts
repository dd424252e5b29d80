/**
 * What `scripts/simulate` runs: one run after the other, each of which replaces its place among the results; then the tables and curves
 * are written again. Progress goes to standard error, and the tables to standard output too.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { RedisServer } from "../harness/redis-server.ts";
import { curvesOf } from "./curves.ts";
import { excessOf, loadTableOf, summaryOf, tableLoads, titleOf } from "./load-table.ts";
import { RedisPlace } from "./redis-place.ts";
import { resultOf, type ScalingResult } from "./scaling-result.ts";
import { type ScalingOptions, ScalingRun } from "./scaling-run.ts";
import { type Scenario, scenarios } from "./scenario.ts";
import { tablesOf } from "./tables.ts";
import { runTreeLoad, type TreeLoadResult } from "./tree-load-run.ts";

const usage = `Simulates a forest of pools under load on virtual time, and counts what it would ask of Redis.

  scripts/simulate [--workers N,…] [--scenarios NAME,…] [--per-worker N] [--seed S] [--out FOLDER]
  scripts/simulate --on-redis [--workers N] [--scenarios NAME] [--per-worker N]
  scripts/simulate --loads

  --workers N,…       default 10,100,1000,10000
  --scenarios NAME,…  default ${scenarios.map(({ name }) => name).join(",")}
  --per-worker N      requests for each worker, default 100
  --seed S            default 1
  --out FOLDER        where results are kept, default docs/scaling
  --on-redis          makes the runs on a redis-server as well, and prints how many commands that has counted
  --loads             small loads on trees of 2 to 10 pools instead: how long they take compared with the ideal, and what is evaluated
                      twice; fails beyond the limits
`;

const exitCodes = { failed: 1, usage: 2 };
const progressEveryMs = 10_000;

interface Orders {
  readonly runs: readonly ScalingOptions[];
  readonly out: string;
  readonly isOnRedis: boolean;
  readonly isOfLoads: boolean;
}

process.exitCode = await main();

async function main(): Promise<number> {
  let orders: Orders | undefined;
  try {
    orders = readOrders();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return exitCodes.usage;
  }
  if (orders === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    if (orders.isOfLoads) return await runLoads();
    for (const options of orders.runs) {
      const result = await simulate(options);
      if (orders.isOnRedis) await compare(options, result);
      else keep(result, orders.out);
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return exitCodes.failed;
  }
  return 0;
}

function readOrders(): Orders | undefined {
  const { values } = parseArgs({
    options: {
      workers: { type: "string", default: "10,100,1000,10000" },
      scenarios: { type: "string", default: scenarios.map(({ name }) => name).join(",") },
      "per-worker": { type: "string", default: "100" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: "docs/scaling" },
      "on-redis": { type: "boolean", default: false },
      loads: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const perWorker = wholeNumber("--per-worker", values["per-worker"]);
  const sizes = values.workers.split(",").map((text) => wholeNumber("--workers", text));
  const chosen = values.scenarios.split(",").map(scenarioOf);
  const runs = chosen.flatMap((scenario) =>
    sizes.map((workers) => ({ scenario, workers, requests: workers * perWorker, seed: values.seed })),
  );
  return { runs, out: values.out, isOnRedis: values["on-redis"], isOfLoads: values.loads };
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${option}: a whole number is due, got "${text}"`);
}

function scenarioOf(name: string): Scenario {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`--scenarios: no scenario "${name}"`);
  return scenario;
}

async function simulate(options: ScalingOptions): Promise<ScalingResult> {
  const { scenario, workers } = options;
  const beganMs = performance.now();
  let toldMs = beganMs;
  const onProgress = (started: number, virtualMs: number): void => {
    if (performance.now() - toldMs < progressEveryMs) return;
    toldMs = performance.now();
    const seconds = Math.round((toldMs - beganMs) / 1_000);
    process.stderr.write(
      `  ${seconds} s: ${started} requests started in ${(virtualMs / 1_000).toFixed(1)} virtual s\n`,
    );
  };
  process.stderr.write(`${scenario.name}, ${workers} workers\n`);
  const run = new ScalingRun({ ...options, onProgress });
  const pools = await run.inMemory();
  return resultOf(run, options, { pools, realSeconds: (performance.now() - beganMs) / 1_000 });
}

async function runLoads(): Promise<number> {
  const results: TreeLoadResult[] = [];
  let isBeyond = false;
  for (const load of tableLoads()) {
    const result = await runTreeLoad(load);
    const excess = excessOf(result);
    isBeyond ||= excess !== undefined;
    process.stderr.write(`${titleOf(load)}${excess === undefined ? "" : `: ${excess}`}\n`);
    results.push(result);
  }
  process.stdout.write(`${summaryOf(results)}\n\n${loadTableOf(results)}\n`);
  return isBeyond ? exitCodes.failed : 0;
}

async function compare(options: ScalingOptions, { commandsPerRequest }: ScalingResult): Promise<void> {
  const server = await RedisServer.start();
  try {
    const run = new ScalingRun(options);
    const place = await RedisPlace.open(server.url, run.poolNames);
    await run.at(place);
    const { commands } = await place.counted();
    await place.close();
    const counted = (commands / run.requests).toFixed(2);
    process.stdout.write(
      `${options.scenario.name}, ${options.workers} workers: ${commandsPerRequest.toFixed(2)} commands per request by the model, ${counted} on Redis\n`,
    );
  } finally {
    await server.stop();
  }
}

function keep(result: ScalingResult, folder: string): void {
  const path = join(folder, "results.json");
  const known = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as ScalingResult[]) : [];
  const others = known.filter(({ scenario, workers }) => scenario !== result.scenario || workers !== result.workers);
  const place = (one: ScalingResult): number => scenarios.findIndex(({ name }) => name === one.scenario);
  const results = [...others, result].sort((one, other) => place(one) - place(other) || one.workers - other.workers);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(folder, "curves.svg"), curvesOf(results));
  writeFileSync(join(folder, "tables.md"), tablesOf(results));
  process.stdout.write(tablesOf([result]));
}
