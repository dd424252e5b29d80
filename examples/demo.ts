/**
 * What `scripts/demo` runs: digits and risk on the embedded grid, with one worker, two, four and so on up to the number
 * of CPUs, each compared with a plain loop in one thread. Ends with exit code 1 if any result differs from the plain loop's.
 */
import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { type LocalGrid, localGrid, type Outcomes } from "callgrid";
import { digitFile, plainDigitSum } from "./digits/digit-file.ts";
import { piecesOf } from "./digits/functions.ts";
import { ProgressLine } from "./progress-line.ts";
import { sampleBook, sampleMarket, sampleScenarios } from "./risk/book.ts";
import { bookValue } from "./risk/functions.ts";
import { marketUnder } from "./risk/market.ts";
import { PlainValuation } from "./risk/plain-valuation.ts";

const digits = 30_000_000;
const pieceBytes = 30_000;

/** 1, 2, 4 and so on, and the number of CPUs last. */
function workerCounts(): number[] {
  const most = availableParallelism();
  const counts = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

interface Timed<Value> {
  readonly value: Value;
  readonly ms: number;
}

async function timed<Value>(run: () => Value | Promise<Value>): Promise<Timed<Value>> {
  const startMs = performance.now();
  const value = await run();
  return { value, ms: performance.now() - startMs };
}

/** The values of all requests in order, with the progress shown. */
async function collect<Value>(outcomes: Outcomes<Value>, line: ProgressLine): Promise<Value[]> {
  const values: Value[] = [];
  let done = 0;
  for await (const { index, outcome } of outcomes) {
    if ("error" in outcome) throw outcome.error;
    values[index] = outcome.value;
    line.show(++done);
  }
  line.end();
  return values;
}

function progress(what: string, grid: LocalGrid, requests: readonly unknown[]): ProgressLine {
  return new ProgressLine(`${what} on ${named(grid.workers)}`, requests.length);
}

function row(name: string, ms: number, remarks: string): void {
  console.log(`  ${name.padEnd(12)} ${(ms / 1000).toFixed(2).padStart(7)} s   ${remarks}`);
}

function named(workers: number): string {
  return workers === 1 ? "1 worker" : `${workers} workers`;
}

function verdict(isEqual: boolean): string {
  if (!isEqual) process.exitCode = 1;
  return isEqual ? "equal to the plain loop" : "NOT EQUAL to the plain loop";
}

async function showDigits(): Promise<void> {
  const path = digitFile({ digits, seed: 20_231 });
  const pieces = piecesOf(path, digits, pieceBytes);
  console.log(`digits: the sum of ${digits} digits of ${path}, in ${pieces.length} pieces`);
  const plain = await timed(() => plainDigitSum(path));
  row("plain loop", plain.ms, `sum ${plain.value}`);
  for (const workers of workerCounts()) {
    await using grid = await localGrid({ functions: new URL("./digits/functions.ts", import.meta.url), workers });
    const { value: sums, ms } = await timed(() =>
      collect(grid.stream(grid.pool, pieces), progress("digits", grid, pieces)),
    );
    const sum = sums.reduce((total, part) => total + part, 0);
    row(named(workers), ms, `sum ${sum}, ${verdict(sum === plain.value)}`);
  }
}

async function showRisk(): Promise<void> {
  const markets = sampleScenarios.map((scenario) => marketUnder(scenario, sampleMarket));
  const requests = markets.map((market) => [bookValue, sampleBook, market] as const);
  const positions = sampleBook.desks.reduce((sum, desk) => sum + desk.positions.length, 0);
  console.log(`\nrisk: a book of ${positions} positions under ${markets.length} scenarios`);
  const valuation = new PlainValuation();
  const plain = await timed(() => markets.map((market) => valuation.bookValue(sampleBook, market)));
  row("plain loop", plain.ms, `${valuation.calls} calls, nothing shared`);
  for (const workers of workerCounts()) {
    await using grid = await localGrid({ functions: new URL("./risk/functions.ts", import.meta.url), workers });
    const { value: values, ms } = await timed(() =>
      collect(grid.stream(grid.pool, requests), progress("risk", grid, requests)),
    );
    const evaluations = await settledCounter(grid, "evaluated");
    row(named(workers), ms, `${evaluations} evaluations, ${verdict(isDeepStrictEqual(values, plain.value))}`);
    const hitsBefore = await settledCounter(grid, "hits");
    const again = await timed(() =>
      collect(grid.stream(grid.pool, requests), progress("risk once more", grid, requests)),
    );
    row(
      "once more",
      again.ms,
      `${(await settledCounter(grid, "hits")) - hitsBefore} cache hits for ${requests.length} requests`,
    );
  }
}

/** Workers report evaluations about twice a second, so the counter is read until it stands still for longer. */
async function settledCounter(grid: LocalGrid, counter: string): Promise<number> {
  for (let last = -1; ; ) {
    const count = (await grid.status(grid.pool)).counters[counter] ?? 0;
    if (count === last) return count;
    last = count;
    await sleep(700);
  }
}

await showDigits();
await showRisk();
