import { define } from "@callgrid/core";
import { beforeEach, expect, test } from "vitest";
import { makeJobPool } from "../split/job-pool.ts";
import { declaredSweeps, defineSweep } from "./define-sweep.ts";
import { checkListing, listJobs } from "./list-jobs.ts";
import { jobs, outline } from "./sweep-functions.ts";

const area = define("sweepTest.area", (width: number, height: number) => width * height);
const settings = { config: {}, seed: 1 };

beforeEach(() => {
  declaredSweeps().length = 0;
});

function listed(): Array<readonly unknown[]> {
  return declaredSweeps().flatMap((sweep) => [...sweep.list()]);
}

test("parameters are combined, and the last one varies fastest", () => {
  defineSweep({ job: area, parameters: { width: [1, 2], height: new Set([10, 20]) } });
  expect(listed()).toEqual([
    [1, 10],
    [1, 20],
    [2, 10],
    [2, 20],
  ]);
  expect(declaredSweeps()[0]?.names).toEqual(["width", "height"]);
});

test("jobs are a list, or what a generator yields whenever it is asked", () => {
  defineSweep({ job: area, jobs: [[1, 2]] });
  expect(declaredSweeps()[0]?.names).toEqual(["argument 1", "argument 2"]);
  const yields = function* (): Generator<[number, number]> {
    yield [3, 4];
  };
  defineSweep({ job: area, names: ["w", "h"], jobs: yields });
  expect(listed()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(listed()).toHaveLength(2);
});

test("a sweep needs a defined function, and either parameters or jobs", () => {
  expect(() => defineSweep({ job: (() => 1) as never, jobs: [] })).toThrow("must be a function that define returned");
  expect(() => defineSweep({ job: area })).toThrow("parameters or jobs must be given, and only one of them");
  expect(() => defineSweep({ job: area, jobs: [], parameters: {} })).toThrow("only one of them");
});

test.each(["job", "run start", "job start", "job seconds", "value"])("no argument can be named %j", (name) => {
  const problem = `must not have "${name}": this is another column of the results`;
  expect(() => defineSweep({ job: area, parameters: { [name]: [1], height: [1] } })).toThrow(problem);
  expect(() => defineSweep({ job: area, jobs: [], names: ["width", name] })).toThrow(problem);
});

test("no two arguments have one name", () => {
  expect(() => defineSweep({ job: area, jobs: [], names: ["x", "x"] })).toThrow('names must not have "x" twice');
});

test("workers list the sweep of their module, and refuse a module that declares none or several", () => {
  expect(() => outline(settings)).toThrow("the module declares no sweep: expected one call of defineSweep");
  defineSweep({ job: area, jobs: [[1, 2]] });
  defineSweep({ job: area, jobs: [[1, 2]] });
  expect(() => outline(settings)).toThrow("the module declares 2 sweeps");
  declaredSweeps().length = 1;
  const { digest } = makeJobPool({ functionName: "sweepTest.area", jobs: [[1, 2]], ...settings });
  expect(outline(settings)).toEqual({
    functionName: "sweepTest.area",
    names: ["argument 1", "argument 2"],
    places: 1,
    digest: digest.hex,
  });
  expect(jobs(0, 10)).toEqual([[1, 2]]);
});

test("jobs are asked for some at a time", async () => {
  const all = Array.from({ length: 25_000 }, (_, place) => [place]);
  const ask = async ([name, ...args]: readonly unknown[]): Promise<unknown> => {
    if (name === "callgrid.sweepOutline") return { functionName: "f", names: ["x"], places: all.length, digest: "" };
    const [from, count] = args as [number, number];
    return all.slice(from, from + count);
  };
  const { pool, names } = await listJobs(ask, settings);
  expect(pool.jobs).toHaveLength(25_000);
  expect(pool.digest).toEqual(makeJobPool({ functionName: "f", jobs: all, ...settings }).digest);
  expect(names).toEqual(["x"]);
});

test("a list that differs when it is listed again is refused, since the digest changed", async () => {
  const pool = makeJobPool({ functionName: "f", jobs: [[1]], ...settings });
  const other = makeJobPool({ functionName: "f", jobs: [[2]], ...settings });
  await expect(checkListing(async () => ({ digest: other.digest.hex }), pool)).rejects.toThrow(
    `the digest changed from ${pool.digest.hex} to ${other.digest.hex} when the jobs were listed again`,
  );
  await expect(checkListing(async () => ({ digest: pool.digest.hex }), pool)).resolves.toBeUndefined();
});

test("fewer jobs than announced are refused", async () => {
  const ask = async ([name]: readonly unknown[]): Promise<unknown> =>
    name === "callgrid.sweepJobs" ? [] : { functionName: "f", names: [], places: 2, digest: "" };
  await expect(listJobs(ask, settings)).rejects.toThrow("expected 2 jobs of the sweep, got 0");
});
