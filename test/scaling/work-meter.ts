/** Measures the work itself: how busy the workers are, how long requests wait to be started, and how long callers wait for trees. */

const bucketMs = 100;

/** How long something took, in ms. */
export interface Spread {
  readonly p50: number;
  readonly p99: number;
}

export class WorkMeter {
  readonly #askedAt: Float64Array;
  readonly #waits: Float64Array;
  readonly #treeMs: number[] = [];
  readonly #busyMs: number[] = [];
  readonly #startedAt: number[] = [];
  #evaluations = 0;
  #started = 0;
  #beginsMs = 0;

  constructor(requests: number) {
    this.#askedAt = new Float64Array(requests).fill(Number.NaN);
    this.#waits = new Float64Array(requests).fill(Number.NaN);
  }

  /** Requests that were started, and how often any was. */
  get started(): number {
    return this.#started;
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  begin(nowMs: number): void {
    this.#beginsMs = nowMs;
  }

  noteAsked(number: number, atMs: number): void {
    if (Number.isNaN(this.#askedAt[number])) this.#askedAt[number] = atMs;
  }

  noteStart(number: number, atMs: number, forMs: number): void {
    this.#evaluations += 1;
    this.#noteBusy(atMs - this.#beginsMs, forMs);
    if (!Number.isNaN(this.#waits[number])) return;
    this.#started += 1;
    this.#waits[number] = atMs - (this.#askedAt[number] ?? atMs);
    const bucket = Math.floor((atMs - this.#beginsMs) / bucketMs);
    this.#startedAt[bucket] = (this.#startedAt[bucket] ?? 0) + 1;
  }

  noteTree(tookMs: number): void {
    this.#treeMs.push(tookMs);
  }

  /** Of all requests, the callers' and those of functions. */
  get waits(): Spread {
    return spreadOf(this.#waits);
  }

  get treeTimes(): Spread {
    return spreadOf(Float64Array.from(this.#treeMs));
  }

  /** When so large a part of the requests had been started, in ms after the beginning. */
  startedBy(share: number): number {
    let left = share * this.#started;
    for (let bucket = 0; bucket < this.#startedAt.length; bucket += 1) {
      left -= this.#startedAt[bucket] ?? 0;
      if (left <= 0) return (bucket + 1) * bucketMs;
    }
    return this.#startedAt.length * bucketMs;
  }

  /** How busy so many workers were until then, from 0 to 1. */
  utilisation(workers: number, untilMs: number): number {
    let busyMs = 0;
    for (let bucket = 0; bucket * bucketMs < untilMs; bucket += 1) busyMs += this.#busyMs[bucket] ?? 0;
    return busyMs / (workers * untilMs);
  }

  /** The same by half seconds. */
  utilisationCurve(workers: number): readonly number[] {
    const perPoint = 5;
    return Array.from({ length: Math.ceil(this.#busyMs.length / perPoint) }, (_, point) => {
      const busyMs = this.#busyMs.slice(point * perPoint, (point + 1) * perPoint);
      return busyMs.reduce((sum, one = 0) => sum + one, 0) / (workers * perPoint * bucketMs);
    });
  }

  #noteBusy(fromMs: number, forMs: number): void {
    const untilMs = fromMs + forMs;
    for (let at = fromMs; at < untilMs; ) {
      const bucket = Math.floor(at / bucketMs);
      const next = Math.min(untilMs, (bucket + 1) * bucketMs);
      this.#busyMs[bucket] = (this.#busyMs[bucket] ?? 0) + next - at;
      at = next;
    }
  }
}

function spreadOf(values: Float64Array): Spread {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}
