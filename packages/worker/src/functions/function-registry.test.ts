import { type AnyFunction, type Definition, define } from "@callgrid/core";
import type { FunctionTable } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { FunctionRegistry, FunctionStanding } from "./function-registry.ts";

function definition(name: string, version: string, evaluate: AnyFunction = () => 1): Definition {
  return define(name, { version }, evaluate).definition;
}

function table(functions: Readonly<Record<string, string>>, generation = 0): FunctionTable {
  const registered = Object.entries(functions).map(([name, version]) => [name, { version, generation }] as const);
  return { epoch: 1, functions: new Map(registered) };
}

describe("a registry", () => {
  it("reports names and versions", () => {
    const registry = new FunctionRegistry([definition("f", "1"), definition("g", "2")]);
    expect(registry.names).toEqual(["f", "g"]);
    expect(registry.versions).toEqual(new Map([["f", "1"], ["g", "2"]])); // biome-ignore format: one line
    expect(registry.get("g")?.version).toBe("2");
    expect(registry.get("h")).toBeUndefined();
  });

  it("refuses a function that is defined twice with another body, and names it", () => {
    const twice = [definition("f", "1", () => 1), definition("f", "1", () => 2)];
    expect(() => new FunctionRegistry(twice)).toThrow(
      expect.objectContaining({
        code: "FUNCTION_REDEFINED",
        message: expect.stringContaining('"f" is defined twice'),
        details: { functionName: "f" },
      }),
    );
  });

  it("takes the same function twice: two modules may load a third in two copies", () => {
    const body = () => 1;
    const registry = new FunctionRegistry([definition("f", "1", body), definition("f", "1", body)]);
    expect(registry.names).toEqual(["f"]);
  });
});

describe("compared with the pool's table", () => {
  const registry = new FunctionRegistry([definition("f", "1"), definition("g", "1")]);

  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ["skips nothing before it knows the table", {}, []],
    ["skips nothing where it has all at the current version", { f: "1", g: "1" }, []],
    ["skips what it lacks", { f: "1", h: "1" }, ["h"]],
    ["skips what it has at another version", { f: "2", g: "1" }, ["f"]],
  ])("a worker %s", (_, functions, skips) => {
    const standing = new FunctionStanding(registry);
    standing.update(table(functions));
    expect(standing.skips).toEqual(skips);
    expect(standing.epoch).toBe(1);
  });

  it("a worker evaluates what it has at the current version, or what the pool does not know yet", () => {
    const standing = new FunctionStanding(registry);
    expect(standing.current("f")?.name).toBe("f");
    standing.update(table({ f: "2" }));
    expect(standing.current("f")).toBeUndefined();
    expect(standing.current("g")?.name).toBe("g");
    expect(standing.current("h")).toBeUndefined();
  });

  it("a worker skips, and never evaluates, what needs more than it has", () => {
    const needy = define("f", { version: "1", needs: { tag: "gpu" } }, () => 1).definition;
    const mixed = new FunctionRegistry([needy, definition("g", "1")]);
    const unmet = mixed.unmet({ tags: ["eu"], memoryMb: 1_000, cpus: 1, score: 1 });
    expect(unmet).toEqual(new Map([["f", ["tag gpu"]]]));
    const standing = new FunctionStanding(mixed, unmet);
    expect(standing.current("f")).toBeUndefined();
    standing.update(table({ f: "1", g: "1" }));
    expect(standing.skips).toEqual(["f"]);
    expect([standing.current("f"), standing.current("g")?.name]).toEqual([undefined, "g"]);
  });

  it("a worker skips functions that no worker has, until one does", () => {
    const standing = new FunctionStanding(registry);
    standing.update(table({ f: "1", h: "1" }));
    standing.noteLacking("nowhere");
    standing.noteLacking("nowhere");
    standing.noteLacking("h");
    expect(standing.skips).toEqual(["h", "nowhere"]);
    standing.update(table({ f: "1", nowhere: "1" }));
    expect(standing.skips).toEqual(["nowhere"]);
  });

  it("results are stamped with the own version and the pool's generation", () => {
    const standing = new FunctionStanding(registry);
    const [f] = [registry.get("f") as Definition];
    expect(standing.stamp(f)).toBe("1#0");
    standing.update(table({ f: "1" }, 3));
    expect(standing.stamp(f)).toBe("1#3");
    standing.update(table({ f: "2" }, 4));
    expect(standing.stamp(f)).toBe("1#4");
  });
});
