import { define, isGridError, type RequestError, withSettings } from "@callgrid/core";
import { callReentrant, context } from "@callgrid/worker";
import { expect, test } from "vitest";
import { localGrid } from "./local-grid.ts";

const rate = define("settings.rate", (factor: number) => factor * context().config.section("model").number("rate"));
const draws = define("settings.draws", (place: number) => [
  place,
  context().random.uniform(),
  context().random.uniform(),
]);
const ownDraws = define("settings.ownDraws", (_place: number) => [
  context().randomFor("job").uniform(),
  context().randomFor("job").uniform(),
  context().randomFor("other").uniform(),
]);
const outer = define("settings.outer", async (factor: number) => {
  const [inner] = await callReentrant([[rate, factor]]);
  return inner;
});
const listArguments = define("settings.arguments", (...args: unknown[]) => args);
const steps = define("settings.steps", () => {
  context().progress(50);
});

const settings = { config: { model: { rate: 0.5 } }, seed: 1 };

async function evaluate<R extends readonly [unknown, ...unknown[]]>(request: R, given = settings): Promise<unknown> {
  await using grid = await localGrid({ functions: [rate, draws, ownDraws, outer, listArguments, steps] });
  return await grid.enqueue(grid.pool, withSettings(request, given) as never);
}

test("a function reads the configuration of its request, and does not see it among its arguments", async () => {
  expect(await evaluate([rate, 3])).toBe(1.5);
  expect(await evaluate([listArguments, 1, { a: 2 }])).toEqual([1, { a: 2 }]);
});

test("what a function calls reads the same configuration", async () => {
  expect(await evaluate([outer, 3])).toBe(1.5);
});

test("requests with another configuration or seed have results of their own", async () => {
  await using grid = await localGrid({ functions: [rate, draws] });
  const ask = (request: readonly [unknown, ...unknown[]], given = settings) =>
    grid.enqueue(grid.pool, withSettings(request, given) as never);
  expect(await ask([rate, 3])).toBe(1.5);
  expect(await ask([rate, 3], { ...settings, config: { model: { rate: 2 } } })).toBe(6);
  expect(await ask([draws, 0], { ...settings, seed: 2 })).not.toEqual(await ask([draws, 0]));
});

test("all requests of a seed draw the same numbers, and other ones of their own from randomFor", async () => {
  const [, ...first] = (await evaluate([draws, 1])) as number[];
  const [, ...second] = (await evaluate([draws, 2])) as number[];
  expect(first).toEqual(second);
  expect(first[0]).not.toBe(first[1]);
  const own = (await evaluate([ownDraws, 1])) as number[];
  expect(new Set([...own, ...((await evaluate([ownDraws, 2])) as number[])]).size).toBe(6);
  expect(await evaluate([ownDraws, 1])).toEqual(own);
});

test("a section that is missing fails the request with its name, and the error shows no settings", async () => {
  const failure = await evaluate([rate, 3], { config: {}, seed: 1 } as never).catch((error: unknown) => error);
  expect(isGridError(failure)).toBe(true);
  const { msg, req } = failure as RequestError;
  expect(msg).toBe("the configuration has no section [model]");
  expect(req).toBe('["settings.rate",3]');
});

test("progress counts per cent where no total is given", async () => {
  expect(await evaluate([steps])).toBeUndefined();
});
