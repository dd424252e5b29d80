/** Which tsconfig.json is that of a module, and that tsx loads the module by it. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { assigningSettings, settingsFileOf } from "./compiler-settings.ts";
import { obstaclesIn } from "./node-obstacles.ts";

async function folderWith(files: Readonly<Record<string, object | string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "callgrid-settings-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

const derived = "export class B extends A { x?: number; }";

it.each<[compilerOptions: object, isAssigned: boolean]>([
  [{ useDefineForClassFields: false }, true],
  [{ useDefineForClassFields: false, target: "esnext" }, true],
  [{ target: "ES5" }, true],
  [{ target: "es2015" }, true],
  [{ target: "ES2021" }, true],
  [{ target: "ES2021", useDefineForClassFields: true }, false],
  [{ target: "es2022" }, false],
  [{ target: "esnext" }, false],
  [{}, false],
])("with %j, fields of classes are assigned: %s", async (compilerOptions, isAssigned) => {
  const folder = await folderWith({ "tsconfig.json": { compilerOptions }, "lib/f.ts": derived });
  const expected = isAssigned ? join(folder, "tsconfig.json") : undefined;
  expect(assigningSettings(join(folder, "lib/f.ts"))).toBe(expected);
});

it("the nearest tsconfig.json that includes the module counts, with those that it extends", async () => {
  const folder = await folderWith({
    "base.json": { compilerOptions: { target: "es2020" } },
    "tsconfig.json": { extends: "./base.json" },
    "app/tsconfig.json": { include: ["src"], compilerOptions: { target: "es2022" } },
    "app/src/f.ts": derived,
    "app/tools/f.ts": derived,
  });
  expect(assigningSettings(join(folder, "app/src/f.ts"))).toBeUndefined();
  expect(assigningSettings(join(folder, "app/tools/f.ts"))).toBe(join(folder, "tsconfig.json"));
});

it("a tsconfig.json that extends what is not installed is as none", async () => {
  const folder = await folderWith({ "tsconfig.json": { extends: "@tsconfig/missing/tsconfig.json" }, "f.ts": derived });
  expect(settingsFileOf(join(folder, "f.ts"))).toBeUndefined();
});

it.each<[text: string, isObstacle: boolean]>([
  [derived, true],
  ["export class B extends A { x = 1; }", true],
  ["export class B extends A { static x = 1; }", true],
  ["export const B = class { x; };", true],
  ["export function f() { class B { y = 1; x?: number; } return B; }", true],
  ["export class B { x = 1; static y = 2; }", false],
  ["export class B extends A { #x = 1; declare y: number; f() {} }", false],
  ["export abstract class B { abstract x: number; }", false],
])("where fields are assigned, %s is for tsx: %s", async (text, isObstacle) => {
  const folder = await folderWith({
    "package.json": { type: "module" },
    "tsconfig.json": { compilerOptions: { target: "es2020" } },
  });
  const path = join(folder, "f.ts");
  const source = { path, fileName: "f.ts", text, content: text, state: { changedAt: 0, identity: "" } };
  const obstacles = obstaclesIn({ source, foreignLinks: [], computedLines: [] });
  expect(obstacles.map(({ isSilent }) => isSilent)).toEqual(isObstacle ? [true] : []);
});

it("tsx loads a module by its own tsconfig.json, wherever the process was started", async () => {
  const folder = await folderWith({
    "package.json": { type: "module" },
    "tsconfig.json": { compilerOptions: { target: "es2020", paths: { "@lib/*": ["./lib/*"] } } },
    "lib/kind.ts": "export enum Kind { One = 1 }",
    "f.ts": `import { Kind } from "@lib/kind.ts";
      class A { constructor() { this.begin(); } begin(): void {} }
      class B extends A { x?: number; override begin(): void { this.x = Kind.One; } }
      export const found = new B().x;`,
  });
  const moduleImport = new URL("../../dist/functions/module-import.js", import.meta.url).href;
  const program = `const { importModule } = await import(${JSON.stringify(moduleImport)});
    const { found } = await importModule(${JSON.stringify(join(folder, "f.ts"))});
    console.log(found, process.env.TSX_TSCONFIG_PATH);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { cwd: "/" });
  expect(stdout).toBe("1 undefined\n");
});

it("a tsx that fails leaves no setting behind, and hinders no module of another project", async () => {
  // a module of its own: in a process whose tests have loaded TypeScript, tsx is registered already
  const fresh: string = new URL("./typescript-loading.ts?fresh", import.meta.url).href;
  const { prepareTypeScript }: typeof import("./typescript-loading.ts") = await import(fresh);
  const exports = { "./package.json": "./package.json", "./esm/api": { import: { default: "./api.mjs" } } };
  for (const attempt of [1, 2]) {
    const folder = await folderWith({
      "package.json": { type: "module" },
      "tsconfig.json": {},
      "node_modules/tsx/package.json": { exports },
      "node_modules/tsx/api.mjs": "export const register = () => { throw new Error(process.env.TSX_TSCONFIG_PATH); };",
      "f.ts": "export enum Kind { One = 1 }",
    });
    const loaded = prepareTypeScript(join(folder, "f.ts"));
    await expect(loaded, `attempt ${attempt}`).rejects.toThrow(join(folder, "tsconfig.json"));
    expect(process.env["TSX_TSCONFIG_PATH"]).toBeUndefined();
  }
});
