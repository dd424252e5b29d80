/** What an editor shows over the options and the exports of callgrid. */
import type { OptionDeclarations } from "@callgrid/core";
import { beforeAll, expect, it } from "vitest";
import { LanguageService } from "./language-service.ts";
import { optionTypeFiles, valuesText } from "./option-types.ts";

/** The public types of options, each with the generated type that it takes its declared options from. */
const optionTypes: ReadonlyArray<readonly [type: string, source: string | undefined]> = [
  ["ConnectOptions", "ClientOptionsGiven"],
  ["EnqueueOptions", "EnqueueOptionsGiven"],
  ["WindowOptions", "WindowOptionsGiven"],
  ["StreamOptions", "StreamOptionsGiven"],
  ["FunctionOptions", "FunctionOptionsGiven"],
  ['Exclude<FunctionOptions["cache"], false | undefined>', "CacheOptionsGiven"],
  ["LocalGridOptions", "LocalGridOptionsGiven"],
  ["BatchSpec", "BatchOptionsGiven"],
  ["RunSpec", "RunOptionsGiven"],
  ["StartWorkerOptions", "WorkerOptionsGiven"],
  ["DistributorOptions", "DistributorOptionsGiven"],
  ["NonNullable<Parameters<typeof streamReentrant>[1]>", "ReentrantStreamOptions"],
  ["FileOptions", undefined],
  ["Needs", undefined],
  ["BridgePolicy", undefined],
  ["SweepSpec<AnyFunction>", undefined],
];

const generated = new Map(optionTypeFiles.flatMap(([, types]) => types.map(({ name, options }) => [name, options])));

/** By type, what an editor shows over each of its options. */
const shown = new Map<string, Map<string, string>>();
let exports: string[];

// few and large questions: for each file the service checks the program again
beforeAll(async () => {
  const service = await LanguageService.start();
  const types = optionTypes.map(([type]) => inModule(type));
  const constants = types.map((type, at) => `declare const options${at}: ${type};\n`).join("");
  const preamble = `import type * as callgrid from "callgrid";\n${constants}`;
  const [exported = [], ...names] = await service.completions(
    `${preamble}declare const exported: callgrid.‸;\n${types.map((_, at) => `options${at}.‸;\n`).join("")}`,
  );
  const places = names.flatMap((ofType, at) => ofType.map((name) => ({ at, name })));
  const hovers = await service.hovers(preamble + places.map(({ at, name }) => `options${at}.‸${name};\n`).join(""));
  places.forEach(({ at, name }, place) => {
    const [type = ""] = optionTypes[at] ?? [];
    shown.set(type, (shown.get(type) ?? new Map()).set(name, hovers[place]?.replaceAll(/\s+/g, " ") ?? ""));
  });
  exports = exported;
  await service.stop();
});

it.each(optionTypes)("hovering over an option of %s shows what it does", (type, source) => {
  const texts = shown.get(type) ?? new Map<string, string>();
  const declared: OptionDeclarations = source === undefined ? {} : (generated.get(source) ?? {});
  expect(texts.size).toBeGreaterThan(0);
  expect([...texts.keys()]).toEqual(expect.arrayContaining(Object.keys(declared)));
  expect([...texts].filter(([, text]) => text === "")).toEqual([]);
  for (const [name, option] of Object.entries(declared)) {
    expect(texts.get(name)).toContain(option.description.replace(/\.$/, ""));
    expect(texts.get(name)).toContain(valuesText(option));
  }
});

it("every public type of options has a line in this test", () => {
  const options = exports.filter((name) => /(Options|Spec)$/.test(name));
  expect(options.length).toBeGreaterThan(5);
  expect(options.filter((name) => !optionTypes.some(([type]) => type.includes(name)))).toEqual([]);
});

/** Names of types, as they are called in `import * as callgrid`. */
function inModule(type: string): string {
  return type.replaceAll(/\b(?!Exclude|NonNullable|Parameters)[A-Z]\w+\b|\bstreamReentrant\b/g, "callgrid.$&");
}
