/** What Node 24 does with each of these modules, when it loads them by itself, was the model. */
import { expect, it } from "vitest";
import { obstaclesIn } from "./node-obstacles.ts";

const moduleWith = (text: string, path = "/project/f.mts", foreignLinks: readonly string[] = []) => ({
  source: { path, fileName: path, text, content: text, state: { changedAt: 0, identity: "" } },
  foreignLinks: foreignLinks.map((specifier) => ({ specifier, kind: "import" as const })),
  computedLines: [],
});
const obstacles = (text: string, path?: string) => obstaclesIn(moduleWith(text, path));

it.each([
  ["an enum", "export enum E { A }"],
  ["an enum", "const enum E { A }\nexport const x = E.A;"],
  ["an enum", "export function f() { enum E { A } return E.A; }"],
  ["a namespace with code", "namespace N { export const x = 1; }"],
  ["the keyword module", "module N { export type X = 1; }"],
  ["parameter properties", "export class A { constructor(readonly x: number) {} }"],
  ["import =", 'import fs = require("node:fs"); export const x = fs;'],
  ["import =", "namespace N { export type X = 1 }\nimport X = N.X;"],
  ["decorators", "export @d class A {}"],
  ["decorators", "export class A { @d f() {} }"],
  ["accessor", "export class A { accessor x = 1 }"],
  ["type assertions in angle brackets", "export const x = <number>y;"],
  ["export = and export as", "const x = 1; export = x;"],
  ["export = and export as", "export as namespace N; export const x = 1;"],
  ["JSON as it is imported", 'import data from "./data.json"; export const x = data;'],
  ["the import of the type T", 'import { T } from "./t.ts"; export const x: T = 1;'],
  ["the import of the type T", 'import { f, T } from "./t.ts"; export const x = f<T>() as T;'],
  ["the import of the type T", 'import T from "./t.ts"; export class A implements T { T = 1; f() { return this.T; } }'],
  ["the import of the type T", 'import { T } from "./t.ts"; export const f = (T: number) => T as T;'],
  ["the import of the type T", 'import { T } from "./t.ts"; export const f = ({ a: [T] }: any): T => T;'],
  ["the import of the type T", 'import { T } from "./t.ts"; export function f(): T { try {} catch (T) { throw T; } }'],
  ["the import of the type T", 'import { T } from "./t.ts"; export function f(): T { T: for (;;) break T; }'],
  ["the import of the type T", 'import * as T from "./t.ts"; export type U = T.U;'],
  ["JSON as it is imported", 'export { default as data } from "./data.json";'],
  ["JSON as it is imported", 'export const data = import("./data.json");'],
  ["the export of the type T", "interface T {}\nexport { T };"],
  ["the export of the type T", "interface T {}\nexport { T }; export const f = (T: number) => T;"],
  ["the export of the type T", "interface T {}\nexport default T;"],
  ["the export of the type T", "declare class T {}\nexport { T };"],
])("Node cannot load %s: %s", (what, text) => {
  expect(obstacles(text).map((each) => each.what)).toContain(what);
});

it.each([
  "declare enum E { A }\ndeclare namespace N { enum E { A } }\ndeclare global { namespace M { const x: 1 } }",
  "namespace N { export type X = 1; interface Y {} }\nnamespace Empty {}",
  'import type fs = require("node:fs"); export type F = typeof fs;',
  "export abstract class A<T> { abstract x: T; declare y: string; z!: number; private f(): void; private f(_x?: T) {} }",
  'import type { T } from "./t.ts"; import { type U, f } from "./t.ts"; export const x: T | U = f as T satisfies U;',
  'import { f } from "./t.ts"; export { f };\nexport { g } from "./t.ts"; export type { T } from "./t.ts";',
  'import { T } from "./t.ts"; export const f = (x = T, { y = T } = {}, ...z: T[]): T => x ?? y ?? z;',
  'import * as all from "./t.ts"; export type T = all.T; export const f = all.f;',
  'export const data = import("./data.json", { with: { type: "json" } }); export * from "./t.ts";',
  "const { a: [b], ...c } = d;\nfunction f() {}\nclass E {}\nexport { b, c, f, E };",
  'import "./t.ts"; import data from "./data.json" with { type: "json" }; export const x = { data };',
  "interface T {}\nconst T = 1;\nexport { T };\nexport type { T as U };",
  "function over(x: string): void; function over(x: number): void; function over(_x: unknown) {}\nexport { over };",
])("Node loads %s", (text) => {
  expect(obstacles(text)).toEqual([]);
});

it("files with JSX are for tsx", () => {
  expect(obstacles("export const x = <div/>;", "/project/f.tsx")).toMatchObject([{ line: 1, what: "files with JSX" }]);
});

it("ES module syntax is for tsx where Node takes the file for CommonJS, since tsx gives it __dirname", () => {
  expect(obstacles("export const x = __dirname;", "/project/f.cts")).toHaveLength(1);
  expect(obstacles("module.exports = __dirname;", "/project/f.cts")).toEqual([]);
});

it("imports of JavaScript are for tsx as well, since it resolves them alike, and its syntax is not", () => {
  const text = 'import { f, g } from "./a"; export const x = f;';
  expect(obstaclesIn(moduleWith(text, "/project/f.js", ["./a"])).map(({ what }) => what)).toEqual([
    'the import of "./a"',
  ]);
  expect(obstacles('export { default } from "./data.json";', "/project/f.js")).toHaveLength(1);
});

it("an obstacle has its line", () => {
  const text = 'import { a } from "./a.js";\n\nexport const x = a;\nenum E { A }';
  expect(obstaclesIn(moduleWith(text, undefined, ["./a.js"])).map(({ line, what }) => [line, what])).toEqual([
    [1, 'the import of "./a.js"'],
    [4, "an enum"],
  ]);
});
