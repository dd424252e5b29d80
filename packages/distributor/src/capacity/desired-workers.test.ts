import { describe, expect, it } from "vitest";
import { type LoadSight, nextScale, type Scale, type ScaleOptions, wantedWorkers } from "./desired-workers.ts";

const options: ScaleOptions = {
  minWorkers: 0,
  maxWorkers: 100,
  targetWaitMs: 10_000,
  scaleDownAfterMs: 60_000,
  leadTimeMs: 60_000,
};
const quiet: LoadSight = {
  atMs: 0,
  queued: 0,
  oldestWaitMs: 0,
  selfMs: 100,
  workers: 4,
  idleWorkers: 4,
  slotsPerWorker: 1,
  expected: [],
};
const spike = { id: "spike", workMs: 900_000, withinMs: 100_000, startsInMs: 0, endsInMs: 100_000 };
const rest = { id: "batch", workMs: 100_000, withinMs: 0, startsInMs: 0, endsInMs: 5_000 };
const busy = { idleWorkers: 0 };
const none = { idleWorkers: 0, workers: 0 };

describe("the number of workers that is wanted now", () => {
  it.each<[string, Partial<LoadSight>, number]>([
    ["with nothing to do", {}, 0],
    ["with workers that are all busy, and nothing that waits", { ...busy, workers: 9 }, 9],
    ["with something that waits, a tenth more", { ...busy, workers: 9, queued: 1, selfMs: 0 }, 10],
    ["with one worker that is busy for once", { idleWorkers: 3 }, 2],
    ["with 100 s of work that waits, to be started within 10 s", { ...busy, workers: 0, queued: 1_000 }, 10],
    ["with the same in workers of four slots", { ...busy, workers: 0, queued: 1_000, slotsPerWorker: 4 }, 3],
    [
      "with the same of a function that was never measured",
      { ...busy, workers: 0, queued: 1_000, selfMs: undefined },
      10,
    ],
    ["with a request and no workers", { workers: 0, idleWorkers: 0, queued: 1, selfMs: 0.1 }, 1],
    ["with requests that idle workers pass over", { idleWorkers: 1, queued: 1_000_000 }, 4],
    ["with one that waits for too long, by the wait", { ...busy, queued: 1, oldestWaitMs: 15_000 }, 6],
    ["with one that waits for an age, no more than twice the workers", { ...busy, queued: 1, oldestWaitMs: 9e9 }, 8],
    ["with one that has waited for the target and a little", { ...busy, queued: 1, oldestWaitMs: 10_900 }, 5],
    ["with 100 s of a batch that are not queued yet, and no workers", { ...none, expected: [rest] }, 10],
    ["with the rest of a batch and of the queue together", { ...none, queued: 100, expected: [rest] }, 11],
    ["with the rest of a batch in workers of four slots", { ...none, slotsPerWorker: 4, expected: [rest] }, 3],
    ["with the rest of a batch that idle workers pass over", { idleWorkers: 1, expected: [rest] }, 4],
    ["with an announced spike, as many as get it done in time", { expected: [spike] }, 10],
    ["with a spike that begins within the lead time", { expected: [{ ...spike, startsInMs: 60_000 }] }, 10],
    ["with a spike that begins later", { expected: [{ ...spike, startsInMs: 60_001 }] }, 0],
    ["with two spikes at a time, as many as both need", { ...none, expected: [spike, { ...spike, id: "b" }] }, 20],
    ["with a spike that is smaller than what is queued", { ...none, queued: 2_000, expected: [spike] }, 20],
  ])("%s", (_, seen, wanted) => {
    expect(wantedWorkers([{ ...quiet, ...seen }], options)).toBe(wanted);
  });

  it("takes workers that work a queue off for no longer needed than that", () => {
    const then = { ...quiet, ...busy, queued: 100 };
    // 100 fewer in 5 s of 100 ms each are two workers' worth
    expect(wantedWorkers([then, { ...then, atMs: 5_000, queued: 200 }], options)).toBe(Math.ceil(4 / 0.9 + 2));
    // but what runs when nothing waits any more is still running
    expect(wantedWorkers([then, { ...then, atMs: 5_000, queued: 0 }], options)).toBe(4);
  });

  it("is none before anything was seen", () => {
    expect(wantedWorkers([], options)).toBe(0);
  });
});

/** What is desired after each of these seconds, by what was seen then. */
function desiredAfter(seen: ReadonlyArray<Partial<LoadSight>>, given: Partial<ScaleOptions> = {}): number[] {
  let scale: Scale | undefined;
  return seen.map((each, second) => {
    scale = nextScale(scale, { ...quiet, atMs: second * 1_000, ...each }, { ...options, ...given });
    return scale.desiredWorkers;
  });
}

describe("the number of workers that is desired", () => {
  const work = { workers: 10, idleWorkers: 0 };

  it("is at first what there is, so that a new head dismisses no worker", () => {
    expect(desiredAfter([{}])).toEqual([4]);
  });

  it("goes up at once, and down only after the window", () => {
    const spike = { ...busy, workers: 1, queued: 1_000 };
    const idle = { workers: 10, idleWorkers: 10 };
    const desired = desiredAfter([{ workers: 1, idleWorkers: 1 }, spike, ...Array(80).fill(idle)]);
    const most = Math.max(...desired);
    expect(desired.slice(0, 2)).toEqual([1, most]);
    expect(desired.slice(1, 61)).toEqual(Array(60).fill(most));
    expect(desired.at(-1)).toBe(0);
  });

  it("goes down to the most that was wanted within the window, not to the last", () => {
    const fewer = { workers: 10, idleWorkers: 5 };
    const none = { workers: 10, idleWorkers: 10 };
    const seen = [...Array(40).fill(work), ...Array(40).fill(fewer), ...Array(30).fill(none)];
    expect(desiredAfter(seen).at(-1)).toBe(6);
  });

  it("leaves differences of a tenth alone", () => {
    const trickle = { idleWorkers: 0, queued: 1, selfMs: 0 };
    expect(desiredAfter([{ workers: 9 }, { ...trickle, workers: 9 }])).toEqual([9, 9]);
    expect(
      desiredAfter([
        { workers: 20, idleWorkers: 0 },
        { ...trickle, workers: 19 },
      ]),
    ).toEqual([20, 20]);
    expect(
      desiredAfter([
        { workers: 20, idleWorkers: 0 },
        { ...trickle, workers: 21 },
      ]),
    ).toEqual([20, 23]);
  });

  it("stays within its bounds, whatever is wanted", () => {
    expect(desiredAfter([{ ...work, queued: 1e9 }], { maxWorkers: 12 })).toEqual([12]);
    expect(desiredAfter(Array(90).fill({ workers: 0, idleWorkers: 0 }), { minWorkers: 2 }).at(-1)).toBe(2);
  });

  it("remembers no more than its windows", () => {
    let scale: Scale | undefined;
    for (let second = 0; second < 1_000; second += 1)
      scale = nextScale(scale, { ...quiet, atMs: second * 1_000 }, options);
    expect([scale?.sights.length, scale?.wanted.length]).toEqual([10, 60]);
  });

  it("looks back over windows of any length", () => {
    const wanted = Array.from({ length: 200_000 }, (_, second) => ({ atMs: second * 1_000, workers: 3 }));
    const before = { desiredWorkers: 3, sights: [], wanted };
    const sight = { ...quiet, atMs: 200_000_000, workers: 3 };
    expect(nextScale(before, sight, { ...options, scaleDownAfterMs: 1e9 }).desiredWorkers).toBe(3);
  });
});
