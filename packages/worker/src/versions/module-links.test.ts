import { expect, it } from "vitest";
import { linksIn } from "./module-links.ts";

it.each<[what: string, text: string, links: string[]]>([
  ["import", 'import { a } from "./a.ts"; import b from "b"; import * as c from "c";', ["./a.ts", "b", "c"]],
  ["import for its effects", 'import "./effects.js";', ["./effects.js"]],
  ["export from", 'export { a } from "./a"; export * from "./b"; export * as c from "./c";', ["./a", "./b", "./c"]],
  ["import()", "const f = () => import('./late.ts'); await import(`./other.ts`);", ["./late.ts", "./other.ts"]],
  ["require", 'const a = require("./a.cjs"); require.resolve("./b.cjs");', ["./a.cjs", "./b.cjs"]],
  ["require of the module", 'module.require("./k.cjs");', ["./k.cjs"]],
  ["createRequire", 'createRequire(import.meta.url)("./k.cjs");', ["./k.cjs"]],
  ["resolve of createRequire", 'm.createRequire(__filename).resolve("./k.cjs");', ["./k.cjs"]],
  [
    "a require in a variable",
    'const f = () => load("./k.cjs"); const load = createRequire(import.meta.url);',
    ["./k.cjs"],
  ],
  [
    "createRequire by another name",
    'import { createRequire as make } from "node:module"; const load = make(import.meta.filename); load("./k.cjs");',
    ["node:module", "./k.cjs"],
  ],
  ["require of TypeScript", 'import a = require("./a.cts");', ["./a.cts"]],
  ["the main file of a thread", 'new Worker(new URL("./thread.ts", import.meta.url));', ["./thread.ts"]],
  ["JSON", 'import data from "./data.json" with { type: "json" };', ["./data.json"]],
  ["one of types and values", 'import { type A, b } from "./both.ts";', ["./both.ts"]],
])("a module imports by %s", (_, text, links) => {
  expect(linksIn("f.mts", text)).toMatchObject({ computedLines: [] });
  expect(linksIn("f.mts", text).links.map(({ specifier }) => specifier)).toEqual(links);
});

it.each<[what: string, text: string]>([
  ["types", 'import type { A } from "./a.ts"; import { type B } from "./b.ts"; export type { C } from "./c.ts";'],
  ["a comment or a text", '// import "./a.ts"\nconst text = `import "./b.ts"`;'],
  ["data next to the module", 'new URL("./table.csv", import.meta.url);'],
])("%s: no import", (_, text) => {
  expect(linksIn("f.mts", text)).toMatchObject({ links: [], computedLines: [] });
});

it("what is computed is returned by its line", () => {
  const text = `import "./a.ts";\nawait import("./" + name);\n\nrequire(name);\nrequire("./b" + ".ts");`;
  expect(linksIn("f.mts", text)).toMatchObject({ links: [{ specifier: "./a.ts" }], computedLines: [2, 4, 5] });
});

it.each<[what: string, text: string]>([
  ["of another module", "const load = createRequire(root);\nload('./k.cjs');"],
  ["that goes to a function", "run(createRequire(import.meta.url));"],
  ["that is set later", "let load; load = createRequire(import.meta.url);"],
])("a require %s is returned by its line", (_, text) => {
  expect(linksIn("f.mts", text)).toMatchObject({ links: [], computedLines: [1] });
});

it.each(["f.tsx", "f.jsx", "f.cts", "f.mjs"])("the ending says the language: %s", (name) => {
  const markup = name.endsWith("x") ? "export const view = <b>text</b>;" : "";
  expect(linksIn(name, `import a from "./a";\n${markup}`).links).toHaveLength(1);
});
