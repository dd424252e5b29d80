import { expect, it } from "vitest";
import { allDefinitions, define } from "./define.ts";

const body = (x: number) => x;

function defineWith(options: unknown): void {
  define("x", options as object, body);
}

it.each<[options: unknown, path: string, problem: RegExp]>([
  [{ timeoutMS: 5 }, ".timeoutMS", /is not an option; did you mean timeoutMs\?$/],
  [{ cach: false }, ".cach", /did you mean cache\?$/],
  [{ ttlMs: 5 }, ".ttlMs", /did you mean cache\.ttlMs\?$/],
  [{ memoryMB: 5 }, ".memoryMB", /did you mean needs\.memoryMb\?$/],
  [{ "cache.ttlMs": 5 }, ".cache.ttlMs", /is not an option/],
  [{ retries: 5 }, ".retries", /is not an option; the options are version, timeoutMs, cache, /],
  [{ timeoutMs: "5" }, ".timeoutMs", /must be a number of ms from 1 to \d+, got "5"$/],
  [{ timeoutMs: Number.NaN }, ".timeoutMs", /got NaN$/],
  [{ timeoutMs: null }, ".timeoutMs", /got null$/],
  [{ version: 2 }, ".version", /must be text, got 2$/],
  [{ version: "a b" }, ".version", /must be 1 to 64 letters, digits and \. \+ _ -, got "a b"$/],
  [{ cache: true }, ".cache", /must be false or \{ ttlMs \}, got true$/],
  [{ cache: null }, ".cache", /must be false or \{ ttlMs \}, got null$/],
  [{ cache: {} }, ".cache.ttlMs", /must be given/],
  [{ cache: { ttlMs: 0 } }, ".cache.ttlMs", /from 1 to \d+, got 0$/],
  [{ cache: { ttl: 5 } }, ".cache.ttl", /did you mean ttlMs\?$/],
  [{ needs: null }, ".needs", /takes its options as an object, got null$/],
  [{ needs: { cpu: 2 } }, ".needs.cpu", /did you mean cpus\?$/],
  [{ input: {} }, ".input", /must be a schema of a library that implements Standard Schema v1, got an object$/],
  [{ output: { "~standard": { version: 2, validate: body } } }, ".output", /Standard Schema v1, got an object$/],
  [{ output: null }, ".output", /got null$/],
  [{ inputs: {} }, ".inputs", /did you mean input\?$/],
  [5, "", /takes its options as an object, got 5$/],
  [null, "", /takes its options as an object, got null$/],
  [body, "", /takes its options as an object, got a function$/],
  [["2"], "", /takes its options as an object, got a list$/],
])("a function with the options %o is refused under its path, and not defined", (options, path, problem) => {
  const known = allDefinitions().length;
  const where = `define("x")${path}`;
  const message = expect.stringMatching(problem) as string;
  expect(() => defineWith(options)).toThrow(
    expect.objectContaining({ code: "INVALID_OPTION", details: { path: where }, message }) as Error,
  );
  expect(() => defineWith(options)).toThrow(`${where} `);
  expect(allDefinitions()).toHaveLength(known);
});

it("options that are left out, or undefined, have their defaults", () => {
  const usual = { cacheTtlMs: 86_400_000, timeoutMs: 0, needs: {} };
  const undefinedOnes = { version: undefined, timeoutMs: undefined, cache: undefined, needs: undefined };
  expect(define("x", body).definition).toMatchObject(usual);
  expect(define("x", undefinedOnes, body).definition).toEqual({
    ...usual,
    name: "x",
    version: define("x", body).definition.version,
    origin: { isVersionGiven: false, sites: expect.any(Array) as string[], definedAt: expect.any(Number) as number },
    evaluate: body,
  });
});

it("options that are given are those of the definition, a fraction of a ms rounded up", () => {
  const options = { version: "2", cache: { ttlMs: 1.5 }, timeoutMs: 2.5, needs: { tag: ["gpu"], cpus: 0.5 } };
  expect(define("x", options, body).definition).toMatchObject({
    version: "2",
    cacheTtlMs: 2,
    timeoutMs: 3,
    needs: { tag: ["gpu"], cpus: 0.5 },
  });
  expect(define("x", { cache: false }, body).definition.cacheTtlMs).toBe(0);
});

it("a definition notes its place, and the place of the call of the function that defines it", () => {
  const make = () => define("x", body);
  const { sites = [] } = make().definition.origin ?? {};
  expect(sites.slice(0, 2)).toEqual([
    expect.stringMatching(/define\.test\.ts:\d+:\d+$/),
    expect.stringMatching(/define\.test\.ts:\d+:\d+$/),
  ]);
  expect(sites[0]).not.toBe(sites[1]);
});
