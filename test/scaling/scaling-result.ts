/** What came of a run, as it is kept in JSON. */
import type { CountedPool } from "./counted-pool.ts";
import type { HotKey } from "./pool-ledger.ts";
import type { ScalingOptions, ScalingRun } from "./scaling-run.ts";
import type { Scenario } from "./scenario.ts";
import type { Spread } from "./work-meter.ts";

export interface ScalingResult {
  readonly scenario: Scenario["name"];
  readonly workers: number;
  readonly pools: number;
  readonly requests: number;
  readonly seed: string;
  /** More than the requests where some were evaluated twice. */
  readonly evaluations: number;
  readonly virtualSeconds: number;
  /** What the simulation itself took. */
  readonly realSeconds: number;
  /** From 0 to 1: until 95 % of the requests had been started, and until the last answer. */
  readonly utilisation: number;
  readonly utilisationToTheEnd: number;
  /** By half seconds. */
  readonly utilisationCurve: readonly number[];
  /** From when a request is asked for until it starts, in ms; of all requests. */
  readonly waitMs: Spread;
  /** From when a tree is asked for until its answer, in ms. */
  readonly treeMs: Spread;
  readonly messagesPerRequest: number;
  /** Of Redis, inside of scripts and around them. */
  readonly commandsPerRequest: number;
  readonly operationsPerRequest: Readonly<Record<string, number>>;
  /** The key that was touched most in some second, of all pools. */
  readonly hottestKey: HotKey;
  /** Commands of the busiest second of the busiest pool, and of the busiest pool that has no workers of its own. */
  readonly mostCommandsPerSecond: number;
  readonly mostCommandsPerSecondAbove: number;
}

/** Of these 95 of a hundred started; what is left then are the last trees, of which there are fewer than workers. */
const mostStarted = 0.95;

export function resultOf(
  run: ScalingRun,
  { scenario, workers, seed }: ScalingOptions,
  measured: { readonly pools: readonly CountedPool[]; readonly realSeconds: number },
): ScalingResult {
  const { meter, requests, tookMs } = run;
  const ledgers = measured.pools.map(({ ledger }) => ledger);
  const perRequest = (count: number): number => rounded(count / requests);
  const above = measured.pools.filter(({ name }) => !run.hasWorkers(name)).map(({ ledger }) => ledger.mostCommands);
  return {
    scenario: scenario.name,
    workers,
    pools: ledgers.length,
    requests,
    seed,
    evaluations: meter.evaluations,
    virtualSeconds: rounded(tookMs / 1_000),
    realSeconds: Math.round(measured.realSeconds),
    utilisation: rounded(meter.utilisation(workers, meter.startedBy(mostStarted))),
    utilisationToTheEnd: rounded(meter.utilisation(workers, tookMs)),
    utilisationCurve: meter.utilisationCurve(workers).map(rounded),
    waitMs: { p50: rounded(meter.waits.p50), p99: rounded(meter.waits.p99) },
    treeMs: { p50: rounded(meter.treeTimes.p50), p99: rounded(meter.treeTimes.p99) },
    messagesPerRequest: perRequest(sum(ledgers.map(({ messages }) => messages))),
    commandsPerRequest: perRequest(sum(ledgers.map(({ tally }) => tally.commands))),
    operationsPerRequest: operations(ledgers, perRequest),
    hottestKey: ledgers
      .map(({ hottest }) => hottest)
      .reduce((one, other) => (other.perSecond > one.perSecond ? other : one)),
    mostCommandsPerSecond: Math.max(...ledgers.map(({ mostCommands }) => mostCommands)),
    mostCommandsPerSecondAbove: Math.max(0, ...above),
  };
}

function operations(
  ledgers: ReadonlyArray<{ readonly operations: ReadonlyMap<string, number> }>,
  perRequest: (count: number) => number,
): Record<string, number> {
  const names = [...new Set(ledgers.flatMap((ledger) => [...ledger.operations.keys()]))];
  const counts = names.map((name): [string, number] => [
    name,
    perRequest(sum(ledgers.map((ledger) => ledger.operations.get(name) ?? 0))),
  ]);
  return Object.fromEntries(counts.sort(([, one], [, other]) => other - one));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
