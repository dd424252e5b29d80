import { type Outcome, RequestError } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import type { GroupReport } from "../jobs/job-group.ts";
import { makeJobPool } from "../split/job-pool.ts";
import { JobRequests } from "./job-requests.ts";

const poolOf = (count: number) =>
  makeJobPool({ functionName: "f", jobs: Array.from({ length: count }, (_, x) => [x]), config: {}, seed: 1 });
const error = new RequestError({ msg: "no", code: "WORKER_LOST", req: "[]" });

type Sent = readonly [string, ...unknown[]];

function start(count: number, lanes: number | undefined) {
  const pool = poolOf(count);
  const requests = new JobRequests(pool, pool.jobs, lanes);
  const generator = requests[Symbol.asyncIterator]();
  let index = -1;
  const next = async (): Promise<{ readonly index: number; readonly request: Sent } | undefined> => {
    const { value, done } = await generator.next();
    index += 1;
    return done === true ? undefined : { index, request: value };
  };
  return { requests, next };
}

const took = (tookMs: number): Outcome => ({ value: { value: 1, startedMs: 0, tookMs, worker: "w" } });
const jobsIn = ([name, , some]: Sent) => (name === "callgrid.sweepGroup" ? (some as unknown[]).length : 1);
const reports = (count: number): Outcome => ({
  value: {
    worker: "w",
    reports: Array.from({ length: count }, () => ({ startedMs: 0, tookMs: 1, text: "=1" })),
  } satisfies GroupReport,
});

/** Settles eight jobs alone, each of which took so long. */
async function measured(count: number, tookMs: number) {
  const started = start(count, 2);
  for (let i = 0; i < 8; i += 1) {
    const sent = await started.next();
    expect(jobsIn(sent?.request ?? [""])).toBe(1);
    started.requests.settle(sent?.index ?? -1, took(tookMs));
  }
  return started;
}

describe("the requests of a share", () => {
  it.each([
    [1, 80],
    [6, 13],
    [41, 1],
    [0.001, 256],
  ])("once eight jobs have taken %d ms, they have %i jobs each", async (tookMs, size) => {
    const { next } = await measured(5_000, tookMs);
    expect(jobsIn((await next())?.request ?? [""])).toBe(size);
  });

  it("have fewer jobs towards the end, so that all lanes end together", async () => {
    const { requests, next } = await measured(400, 1);
    const sizes: number[] = [];
    for (let sent = await next(); sent !== undefined; sent = await next()) {
      const size = jobsIn(sent.request);
      sizes.push(size);
      requests.settle(sent.index, size === 1 ? took(1) : reports(size));
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(392);
    expect(sizes.slice(0, 3)).toEqual([49, 43, 38]);
    expect(sizes).toEqual([...sizes].sort((one, other) => other - one));
    expect(sizes.slice(-4)).toEqual([1, 1, 1, 1]);
    expect(sizes.length).toBeLessThan(40);
  });

  it("are for one job each where the workers lack the function for groups", async () => {
    const { next, requests } = start(100, undefined);
    for (let i = 0; i < 20; i += 1) {
      const { index = -1, request = [""] } = (await next()) ?? {};
      expect(request).toEqual(["f", i, { "callgrid.settings": { config: {}, seed: 1, job: i } }]);
      requests.settle(index, took(1));
    }
  });

  it("have what a group did not begin come again with others, and each job ends once", async () => {
    const { requests, next } = await measured(200, 10);
    const ended: number[] = [];
    let groups = 0;
    for (let sent = await next(); sent !== undefined; sent = await next()) {
      const size = jobsIn(sent.request);
      const settled = requests.settle(sent.index, size === 1 ? took(10) : reports(size - 1));
      ended.push(...settled.map(({ job }) => job.index));
      groups += 1;
    }
    expect(ended.slice(0, 8)).toEqual([8, 9, 10, 11, 12, 13, 14, 16]);
    expect(ended.sort((one, other) => one - other)).toEqual(Array.from({ length: 192 }, (_, place) => 8 + place));
    expect(groups).toBeLessThan(60);
  });

  it("have the jobs of a group that failed as a whole come again by themselves", async () => {
    const { requests, next } = await measured(24, 1);
    const group = await next();
    expect(requests.settle(group?.index ?? -1, { error })).toEqual([]);
    for (const x of [9, 8]) {
      const alone = await next();
      expect(alone?.request.slice(0, 2)).toEqual(["f", x]);
      expect(requests.settle(alone?.index ?? -1, { error })).toMatchObject([{ job: { index: x }, outcome: { error } }]);
    }
  });

  it("are for one job each once a worker has refused a group", async () => {
    const { requests, next } = await measured(24, 10);
    const group = await next();
    expect(requests.settle(group?.index ?? -1, reports(0))).toEqual([]);
    for (const x of [10, 11, 12]) expect((await next())?.request.slice(0, 2)).toEqual(["f", x]);
  });

  it("wait for outcomes while many are open, and end only when nothing can come again", async () => {
    const { requests, next } = await measured(9, 1);
    const last = await next();
    const end = next();
    expect(await Promise.race([end, "waits"])).toBe("waits");
    requests.settle(last?.index ?? -1, took(1));
    expect(await end).toBeUndefined();
  });
});
