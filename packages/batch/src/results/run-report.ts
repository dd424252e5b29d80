import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { sliceCount } from "../data/chunk.ts";
import type { BatchProgress } from "../run/progress.ts";

interface Bar {
  readonly worker: string;
  readonly index: number;
  readonly firstSlice: number;
  readonly slices: number;
  readonly units: number;
  readonly failures: number;
  readonly isCached: boolean;
  /** By the clock of this machine. */
  readonly startedMs: number;
  readonly tookMs: number;
}

/** What a report says besides the chunks. */
export interface ReportFacts {
  readonly name: string;
  /** The plan in words. */
  readonly plan: string;
  /** The progress of the run at its end. */
  readonly progress: Pick<BatchProgress, "doneSlices" | "failedSlices" | "cachedSlices" | "elapsedMs" | "unit">;
}

const mostBars = 10_000;
const shownStragglers = 10;
const width = 1_000;
const rowHeight = 18;
const plotHeight = 120;
const buckets = 100;

/**
 * The report of a run: one HTML file that loads nothing else, with what each worker did when, how much was done over time, and which chunks
 * took longest. It notes chunks as they finish; of very many it draws every second, fourth and so on.
 */
export class RunReport {
  #bars: Bar[] = [];
  #stragglers: Bar[] = [];
  #stride = 1;
  #seen = 0;

  /** It ended when its outcome came: each worker has a clock of its own. */
  note({ chunk, result, isCached, finishedMs }: FinishedChunk): void {
    const { index, firstSlice, units, slices } = chunk;
    const { worker, tookMs, failures } = result;
    const startedMs = finishedMs - tookMs;
    const count = sliceCount(slices);
    const bar = {
      worker,
      index,
      firstSlice,
      slices: count,
      units,
      failures: failures.length,
      isCached,
      startedMs,
      tookMs,
    };
    this.#stragglers = [...this.#stragglers, bar].sort((a, b) => b.tookMs - a.tookMs).slice(0, shownStragglers);
    if (this.#seen++ % this.#stride !== 0) return;
    this.#bars.push(bar);
    if (this.#bars.length < mostBars) return;
    this.#bars = this.#bars.filter((_, place) => place % 2 === 0);
    this.#stride *= 2;
  }

  html({ name, plan, progress }: ReportFacts): string {
    const { doneSlices, failedSlices, cachedSlices, elapsedMs, unit } = progress;
    const note = this.#stride === 1 ? "" : `<p>Every ${this.#stride}th chunk is drawn.</p>`;
    return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escapeHtml(name)}</title>
<style>
body { font: 14px system-ui, sans-serif; max-width: 1100px; margin: 2em auto; color: #222 }
svg { width: 100%; background: #f6f6f6 } pre { background: #f6f6f6; padding: 1em; overflow-x: auto }
td, th { padding: 2px 12px; text-align: right } text { font-size: 11px }
.fine { fill: #4a8 } .failed { fill: #c44 } .cached { fill: #aaa }
</style>
<h1>${escapeHtml(name)}</h1>
<p>${doneSlices} slices in ${seconds(elapsedMs)}, ${failedSlices} failed, ${cachedSlices} known before.</p>
<h2>Plan</h2><pre>${escapeHtml(plan)}</pre>
<h2>What each worker did when</h2>${this.#stream()}${note}
<h2>Throughput, in ${unit}s a second</h2>${this.#throughput()}
<h2>The chunks that took longest</h2>${this.#table()}
</html>
`;
  }

  /** From the first start to the last end, among what this run evaluated itself. */
  get #span(): readonly [startMs: number, lengthMs: number] {
    const own = this.#bars.filter(({ isCached }) => !isCached);
    const start = own.reduce((least, { startedMs }) => Math.min(least, startedMs), Number.POSITIVE_INFINITY);
    const end = own.reduce((most, { startedMs, tookMs }) => Math.max(most, startedMs + tookMs), start);
    return own.length === 0 ? [0, 1] : [start, Math.max(1, end - start)];
  }

  #stream(): string {
    const [start, length] = this.#span;
    const own = this.#bars.filter(({ isCached }) => !isCached);
    const workers = [...new Set(own.map(({ worker }) => worker))].sort();
    const rows = new Map(workers.map((worker, row) => [worker, row]));
    const bars = own.map((bar) => {
      const x = ((bar.startedMs - start) / length) * width;
      const y = (rows.get(bar.worker) ?? 0) * rowHeight + 1;
      const kind = bar.failures > 0 ? "failed" : "fine";
      const title = `chunk ${bar.index}, ${bar.slices} slices from ${bar.firstSlice}, ${seconds(bar.tookMs)}`;
      const size = `width="${Math.max(0.5, (bar.tookMs / length) * width).toFixed(2)}" height="${rowHeight - 2}"`;
      return `<rect class="${kind}" x="${x.toFixed(2)}" y="${y}" ${size}><title>${title}</title></rect>`;
    });
    const names = workers.map((worker, row) => `<text x="2" y="${row * rowHeight + 13}">${escapeHtml(worker)}</text>`);
    return `<svg viewBox="0 0 ${width} ${Math.max(1, workers.length) * rowHeight}">${bars.join("")}${names.join("")}</svg>`;
  }

  /** Each chunk counts where it ended. */
  #throughput(): string {
    const [start, length] = this.#span;
    const sums = new Array<number>(buckets).fill(0);
    for (const { isCached, startedMs, tookMs, units } of this.#bars) {
      const bucket = Math.min(buckets - 1, Math.floor(((startedMs + tookMs - start) / length) * buckets));
      if (!isCached && bucket >= 0) sums[bucket] = (sums[bucket] ?? 0) + units * this.#stride;
    }
    const rates = sums.map((units) => units / (length / buckets / 1_000));
    const most = Math.max(...rates, 1);
    const points = rates.map(
      (rate, bucket) =>
        `${((bucket + 0.5) / buckets) * width},${(plotHeight - (rate / most) * (plotHeight - 10)).toFixed(1)}`,
    );
    const line = `<polyline fill="none" stroke="#27c" points="${points.join(" ")}"/>`;
    return `<svg viewBox="0 0 ${width} ${plotHeight}">${line}<text x="2" y="10">${Math.round(most)}</text></svg>`;
  }

  #table(): string {
    const rows = this.#stragglers.map(
      ({ index, firstSlice, slices, worker, tookMs }) =>
        `<tr><td>${index}<td>${firstSlice}<td>${slices}<td>${escapeHtml(worker)}<td>${seconds(tookMs)}`,
    );
    return `<table><tr><th>chunk<th>first slice<th>slices<th>worker<th>time${rows.join("")}</table>`;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toPrecision(3)} s`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
