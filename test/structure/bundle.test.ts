/** What users install is complete: what the bundle leaves out is installed with it. */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "rolldown/utils";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const bundle = join(repository, "packages/callgrid/bundle");

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(repository, "packages", name, "package.json"), "utf8"));
}

/** What a file of the bundle imports by name, at its start or later. */
function bareImports(file: string): string[] {
  const text = readFileSync(join(bundle, file), "utf8");
  const { staticImports, staticExports, dynamicImports } = parseSync(file, text).module;
  const specifiers = [
    ...staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...staticExports.flatMap(({ entries }) => entries.map(({ moduleRequest }) => moduleRequest?.value ?? ".")),
    ...dynamicImports.map(({ moduleRequest }) => text.slice(moduleRequest.start, moduleRequest.end)).flatMap(literal),
  ];
  return specifiers.filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier));
}

/** The text of a literal; none for an expression, whose value the user's modules and options decide. */
function literal(expression: string): string[] {
  return [...expression.matchAll(/^["'`]([^"'`$]+)["'`]$/g)].map(([, text = ""]) => text);
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

const { dependencies, peerDependencies } = manifestOf("callgrid");
const libraries = Object.entries({ ...dependencies, ...peerDependencies }).filter(
  ([name]) => !name.startsWith("@callgrid/"),
);

test("the bundle imports what its package declares, and the package declares no library besides", () => {
  const files = readdirSync(bundle).filter((file) => file.endsWith(".js"));
  const imported = new Set(files.flatMap(bareImports).map(packageOf));
  expect([...imported].sort()).toEqual(libraries.map(([name]) => name).sort());
});

test("the bundle's package declares libraries in the versions of the other packages", () => {
  const others = readdirSync(join(repository, "packages")).filter((name) => name !== "callgrid");
  const declared = others.map(manifestOf).map((each) => ({ ...each.peerDependencies, ...each.dependencies }));
  expect(Object.assign({}, ...declared)).toMatchObject(Object.fromEntries(libraries));
});
