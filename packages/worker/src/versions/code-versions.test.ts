import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Definition, define } from "@callgrid/core";
import { expect, it, onTestFinished } from "vitest";
import { CodeVersions } from "./code-versions.ts";

const log = { warn: () => undefined };

/** The version of a function that is defined at these files, innermost first. */
async function versionOf(evaluate: (...args: never[]) => unknown, ...files: string[]): Promise<string> {
  const { definition } = define("f", evaluate);
  const sites = files.map((file) => `${file}:1:1`);
  const origin = { isVersionGiven: false, definedAt: Date.now(), sites };
  const placed: Definition = { ...definition, origin };
  return (await new CodeVersions({ codeVersion: undefined, log }).versioned(placed, Date.now() + 1_000)).version;
}

function fileOf(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-versions-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "f.ts"), text);
  return join(folder, "f.ts");
}

const one = (): number => 1;
const two = (): number => 2;
const built = (text: string): (() => unknown) => new Function(text) as () => unknown;

it("functions in one file have one version, whatever their text", async () => {
  const file = fileOf("1");
  expect(await versionOf(one, file)).toBe(await versionOf(two, file));
});

it.each([
  ["a name of vm", "evalmachine.<anonymous>"],
  ["a module by a data: URL", `data:text/javascript,${"x".repeat(300)}`],
  ["a module of a bundler", "webpack-internal:///./f.js"],
  ["a path that is too long", `/${"x".repeat(300)}`],
])("the text counts where a place is not a file: %s", async (_, place) => {
  const file = fileOf("1");
  expect(await versionOf(one, place, file)).not.toBe(await versionOf(two, place, file));
  expect(await versionOf(one, place, file)).toBe(await versionOf(one, place, file));
  expect(await versionOf(one, place)).toBe(define("f", one).definition.version);
});

it("the text of a function that is built from a string counts besides its module", async () => {
  const file = fileOf("1");
  expect(await versionOf(built("return 1"), file)).not.toBe(await versionOf(built("return 2"), file));
  expect(await versionOf(built("return 1"), file)).not.toBe(await versionOf(built("return 1"), fileOf("2")));
});
