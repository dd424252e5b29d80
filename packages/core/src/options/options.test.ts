import { describe, expect, expectTypeOf, it } from "vitest";
import {
  declareOptions,
  environmentOptions,
  type OptionsGiven,
  type OptionsResolved,
  option,
  parseOptionText,
  resolveOptions,
} from "./options.ts";

const declarations = declareOptions({
  leaseMs: option.number({
    unit: "ms",
    default: 10_000,
    min: 100,
    max: 3_600_000,
    description: "How long a claim holds.",
  }),
  keepBytes: option.number({ unit: "bytes", optional: true, min: 0, max: 2 ** 30, description: "How much to keep." }),
  share: option.number({ unit: "ratio", default: 0.5, min: 0, max: 1, description: "The share to move." }),
  pool: option.string({ pattern: /^\w+$/, expects: "a word", description: "The pool.", flag: "--to", env: "POOL" }),
  isVerbose: option.boolean({ default: false, description: "Whether to say more." }),
  cache: option.choice({ choices: ["use", "refresh", "bypass"], default: "use", description: "What a cache is for." }),
  sharing: option.choice({ choices: ["lazy", "eager"], optional: true, description: "When to share." }),
  functions: option.list({ default: [], description: "Files of functions." }),
});

function refusal(code: string, path: string, message: RegExp): unknown {
  return expect.objectContaining({ code, details: { path }, message: expect.stringMatching(message) });
}

describe("a declaration", () => {
  it("derives the variable and the flag from the name, unless it states them", () => {
    const { leaseMs, pool } = declarations;
    expect([leaseMs.name, leaseMs.env, leaseMs.flag]).toEqual(["leaseMs", "CALLGRID_LEASE_MS", "--lease-ms"]);
    expect([pool.name, pool.env, pool.flag]).toEqual(["pool", "POOL", "--to"]);
  });

  it("can be iterated over for flags and help", () => {
    const lines = Object.values(declarations).map(({ flag, kind, presence }) => `${flag} ${kind} ${presence}`);
    expect(lines.slice(0, 4)).toEqual([
      "--lease-ms number default",
      "--keep-bytes number optional",
      "--share number default",
      "--to string required",
    ]);
  });

  it("is refused with a default that it does not allow itself", () => {
    const slots = option.number({ unit: "count", default: 0, min: 1, max: 9, description: "Slots." });
    expect(() => declareOptions({ slots })).toThrow(/the default of slots must be a whole number from 1 to 9, got 0/);
  });

  it("is refused with the flag or the variable of another", () => {
    const flag = option.boolean({ default: false, flag: "--x", description: "" });
    expect(() => declareOptions({ a: flag, b: flag })).toThrow(/two options are called --x/);
    const env = option.boolean({ default: false, env: "X", description: "" });
    expect(() => declareOptions({ a: env, b: env })).toThrow(/two options are called X/);
  });

  it("gives its types to what is given and to what is resolved", () => {
    type Given = OptionsGiven<typeof declarations>;
    type Resolved = OptionsResolved<typeof declarations>;
    expectTypeOf<Given>().toEqualTypeOf<{
      readonly leaseMs?: number | undefined;
      readonly keepBytes?: number | undefined;
      readonly share?: number | undefined;
      readonly pool?: string | undefined;
      readonly isVerbose?: boolean | undefined;
      readonly cache?: "use" | "refresh" | "bypass" | undefined;
      readonly sharing?: "lazy" | "eager" | undefined;
      readonly functions?: readonly string[] | undefined;
    }>();
    expectTypeOf<Resolved>().toEqualTypeOf<{
      readonly leaseMs: number;
      readonly keepBytes: number | undefined;
      readonly share: number;
      readonly pool: string;
      readonly isVerbose: boolean;
      readonly cache: "use" | "refresh" | "bypass";
      readonly sharing: "lazy" | "eager" | undefined;
      readonly functions: readonly string[];
    }>();
    // @ts-expect-error a default has to be one of the choices
    expect(() => declareOptions({ c: option.choice({ choices: ["a"], default: "b", description: "" }) })).toThrow();
    // @ts-expect-error an option has a default or is optional, not both
    option.boolean({ default: true, optional: true, description: "" });
    // @ts-expect-error a range is part of every number
    option.number({ unit: "ms", default: 1, description: "" });
  });
});

describe("resolved options", () => {
  it("are complete, with undefined for what is optional", () => {
    expect(
      resolveOptions(declarations, { pool: "p", leaseMs: undefined, cache: "bypass" }, "startWorker"),
    ).toStrictEqual({
      leaseMs: 10_000,
      keepBytes: undefined,
      share: 0.5,
      pool: "p",
      isVerbose: false,
      cache: "bypass",
      sharing: undefined,
      functions: [],
    });
  });

  it("are frozen, and know nothing of later changes to a given list", () => {
    const functions = ["a.ts"];
    const resolved = resolveOptions(declarations, { pool: "p", functions }, "startWorker");
    functions.push("b.ts");
    expect(resolved.functions).toEqual(["a.ts"]);
    expect(Object.isFrozen(resolved)).toBe(true);
    expect(Object.isFrozen(resolved.functions)).toBe(true);
  });

  it.each<[name: string, value: unknown, message: RegExp]>([
    ["leaseMs", 99, /^startWorker\.leaseMs must be a whole number of ms from 100 to 3600000, got 99$/],
    ["leaseMs", 3_600_001, /got 3600001/],
    ["leaseMs", 100.5, /got 100\.5/],
    ["leaseMs", Number.NaN, /got NaN/],
    ["leaseMs", "500", /got "500"/],
    ["leaseMs", null, /got null/],
    ["share", 1.1, /must be a number from 0 to 1, got 1\.1/],
    ["pool", "a b", /must be a word, got "a b"/],
    ["pool", 1, /must be text, got 1/],
    ["isVerbose", "yes", /must be true or false, got "yes"/],
    ["cache", "refesh", /must be one of use, refresh, bypass, got "refesh"; did you mean refresh\?/],
    ["functions", "a.ts", /must be a list of texts, got "a\.ts"/],
    ["functions", ["a", 1], /\[1\] must be text, got 1/],
    ["functions", new Array(1), /\[0\] must be text, got undefined/],
    ["leesMs", 500, /is not an option; did you mean leaseMs\?/],
    ["constructor", 500, /is not an option; the options are leaseMs, keepBytes/],
  ])("refuse %s: %o", (name, value, message) => {
    expect(() => resolveOptions(declarations, { pool: "p", [name]: value }, "startWorker")).toThrow(
      refusal("INVALID_OPTION", `startWorker.${name}`, message) as Error,
    );
  });

  it("refuse what is missing and required, and what is not an object", () => {
    expect(() => resolveOptions(declarations, undefined, "connect")).toThrow(
      refusal("INVALID_OPTION", "connect.pool", /must be given: The pool\./) as Error,
    );
    const given = [] as unknown as Record<string, unknown>;
    expect(() => resolveOptions(declarations, given, "connect")).toThrow(
      refusal("INVALID_OPTION", "connect", /takes its options as an object/) as Error,
    );
  });

  it("leave further options to the caller, and suggest them", () => {
    const given = { pool: "p", signal: 5, leaseMs: 500 };
    expect(resolveOptions(declarations, given, "enqueue", ["signal"])).not.toHaveProperty("signal");
    expect(() => resolveOptions(declarations, { pool: "p", sginal: 5 }, "enqueue", ["signal"])).toThrow(
      refusal("INVALID_OPTION", "enqueue.sginal", /did you mean signal\?/) as Error,
    );
  });

  it("take nothing from a prototype", () => {
    const given = Object.create({ leaseMs: 500 }) as Record<string, unknown>;
    expect(resolveOptions(declarations, Object.assign(given, { pool: "p" }), "connect").leaseMs).toBe(10_000);
  });
});

describe("an option as text", () => {
  const { leaseMs, keepBytes, share, isVerbose, cache, functions, pool } = declarations;

  it.each([
    ["500", 500],
    ["500ms", 500],
    ["5s", 5_000],
    ["1.1s", 1_100],
    ["2 m", 120_000],
    ["1H", 3_600_000],
    ["1e3", 1_000],
  ])("takes %s for a duration", (text, value) => {
    expect(parseOptionText(leaseMs, text, "--lease-ms")).toBe(value);
  });

  it.each([
    ["0", 0],
    ["64kb", 65_536],
    ["16MB", 16_777_216],
    ["1gb", 1_073_741_824],
  ])("takes %s for a size", (text, value) => {
    expect(parseOptionText(keepBytes, text, "--keep-bytes")).toBe(value);
  });

  it("has the type of its option", () => {
    expectTypeOf(parseOptionText(cache, "use", "--cache")).toEqualTypeOf<"use" | "refresh" | "bypass">();
    expect(parseOptionText(share, "0.25", "--share")).toBe(0.25);
    expect(parseOptionText(isVerbose, "ON", "--is-verbose")).toBe(true);
    expect(parseOptionText(isVerbose, "0", "--is-verbose")).toBe(false);
    expect(parseOptionText(functions, "a.ts, b.ts", "--functions")).toEqual(["a.ts", "b.ts"]);
    expect(parseOptionText(functions, "", "--functions")).toEqual([]);
    expect(parseOptionText(pool, "p", "--to")).toBe("p");
  });

  it.each<[keyof typeof declarations, string, RegExp]>([
    ["leaseMs", "soon", /^WHERE must be a number, perhaps followed by ms, s, m, h, d, got "soon"$/],
    ["leaseMs", "5kb", /perhaps followed by ms/],
    ["leaseMs", "", /must be a number/],
    ["leaseMs", "2h", /from 100 to 3600000, got 7200000/],
    ["keepBytes", "5s", /perhaps followed by b, kb, mb, gb, kib/],
    ["share", "50%", /must be a number, got "50%"/],
    ["isVerbose", "maybe", /must be true or false, got "maybe"/],
    ["isVerbose", "constructor", /must be true or false/],
    ["cache", "usee", /did you mean use\?/],
    ["pool", "a b", /must be a word/],
  ])("is refused for %s: %s", (name, text, message) => {
    expect(() => parseOptionText(declarations[name], text, "WHERE")).toThrow(
      refusal("INVALID_OPTION", "WHERE", message) as Error,
    );
  });
});

describe("the environment", () => {
  it("gives what is set, and nothing for an empty variable", () => {
    const env = { CALLGRID_LEASE_MS: "5s", CALLGRID_SHARE: "", POOL: "p", CALLGRID_POOL: "q", PATH: "/" };
    expect(environmentOptions(declarations, env)).toStrictEqual({ leaseMs: 5_000, pool: "p" });
  });

  it("is refused under the variable's name", () => {
    expect(() => environmentOptions(declarations, { CALLGRID_LEASE_MS: "5" })).toThrow(
      refusal("INVALID_OPTION", "CALLGRID_LEASE_MS", /^CALLGRID_LEASE_MS must be/) as Error,
    );
  });
});
