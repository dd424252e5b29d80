import { expect, it } from "vitest";
import { placeWorkers } from "./hosts.ts";

const small = { host: "small", cpus: 2, memoryGb: 4 };
const large = { host: "large", cpus: 8, memoryGb: 32 };

it("the better host has more workers, and each its share of the memory", () => {
  const [one, other] = placeWorkers([small, large]);
  expect(one).toMatchObject({ score: 8, workers: 1, workerBytes: 4 * 1_073_741_824 });
  expect(other).toMatchObject({ score: 256, workers: 10, workerBytes: Math.floor((32 * 1_073_741_824) / 10) });
});

it("workers share the score of their host, in terms of the average worker", () => {
  expect(placeWorkers([small, large]).map(({ workerScore }) => workerScore)).toEqual([0.333, 1.07]);
  expect(placeWorkers([small, small]).map(({ workerScore }) => workerScore)).toEqual([1, 1]);
  expect(placeWorkers([small, large], () => 0).map(({ workerScore }) => workerScore)).toEqual([1, 1]);
  const one = placeWorkers([small, large], ({ host }) => Number(host === "large"));
  expect(one.map(({ workerScore }) => workerScore)).toEqual([0.001, 1.1]);
});

it("no host has more than three workers for each processor, whatever its score", () => {
  const rich = { host: "rich", cpus: 1, memoryGb: 1_000 };
  expect(placeWorkers([rich, large]).map(({ workers }) => workers)).toEqual([3, 2]);
});

it("another score gives other shares", () => {
  expect(placeWorkers([small, large], ({ cpus }) => cpus).map(({ workers }) => workers)).toEqual([2, 8]);
  expect(placeWorkers([small, large], ({ host }) => Number(host === "large")).map(({ workers }) => workers)).toEqual([
    1, 10,
  ]);
  expect(placeWorkers([small, large], () => 0).map(({ workers }) => workers)).toEqual([2, 8]);
});
