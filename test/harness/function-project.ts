/** A project of functions on disk, as a user deploys it: the same modules in each way that a worker can load them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "rolldown/utils";
import { onTestFinished } from "vitest";

/** Node alone loads TypeScript from 22.18 on; tsx loads it where Node is older, or where there is more than types to remove, such as an enum. */
export const loadForms = [
  "JavaScript",
  "TypeScript by tsx",
  "TypeScript by Node",
  "compiled modules with their source in the map",
  "compiled modules without a map",
  "functions that the program hands over",
] as const;
export type LoadForm = (typeof loadForms)[number];

/** The text of each module, by its name without an ending. */
export type Modules = Readonly<Record<string, string>>;

const callgrid = JSON.stringify(import.meta.resolve("callgrid"));

function totalModule(name: string, call: string, more = ""): string {
  return `import { callReentrant, define } from ${callgrid};
${more}
export const ${name} = define("${name}", async (n: number) => {
  ${call}
  return \`total of \${each}\`;
});
`;
}

const importPrice = 'import { price } from "./price.ts";';

/** `price` is called by three functions, each in its own way. It imports `rate`, and calls `tax` by name. `other` takes no part. */
export const projectModules: Modules = {
  byReference: totalModule("byReference", "const [each] = await callReentrant([[price, n]]);", importPrice),
  byName: totalModule("byName", 'const [each] = await callReentrant([["price", n]]);'),
  asFunction: totalModule("asFunction", "const each = await price(n);", importPrice),
  price: `import { callReentrant, define } from ${callgrid};
import { rate } from "./rate.ts";
export const price = define("price", async (n: number) => {
  const [due] = await callReentrant([["tax"]]);
  return \`price \${rate * n} and \${due}\`;
});
`,
  rate: "export const rate: number = 10;\n",
  tax: `import { define } from ${callgrid};\nexport const tax = define("tax", (): string => "tax");\n`,
  other: `import { define } from ${callgrid};\nexport const other = define("other", (): string => "other");\n`,
  functions: ["byReference", "byName", "asFunction", "price", "tax", "other"]
    .map((name) => `export { ${name} } from "./${name}.ts";\n`)
    .join(""),
};

/** The module with other text, that does the same. */
export function edited(modules: Modules, name: string): Modules {
  return { ...modules, [name]: `${modules[name]}export const edited = 1;\n` };
}

/** Writes the modules to a new folder; returns the path of the one that exports all functions. */
export function deploy(modules: Modules, load: LoadForm): string {
  const folder = mkdtempSync(join(tmpdir(), "callgrid-deployed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const [name, text] of Object.entries(modules))
    writeFileSync(join(folder, `${name}${endingOf(load)}`), textOf(name, text, load));
  return join(folder, `functions${endingOf(load)}`);
}

export function endingOf(load: LoadForm): ".ts" | ".js" {
  return load.startsWith("TypeScript") ? ".ts" : ".js";
}

function textOf(name: string, text: string, load: LoadForm): string {
  if (load === "TypeScript by Node") return text;
  if (load === "TypeScript by tsx") return name === "functions" ? `${text}export enum Kind { Only }\n` : text;
  const isMapped = load === "compiled modules with their source in the map";
  const { code, map } = transformSync(`${name}.ts`, text, { sourcemap: isMapped });
  const script = code.replaceAll(/"\.\/(\w+)\.ts"/g, '"./$1.js"');
  if (!isMapped) return script;
  return `${script}\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(map)).toString("base64")}\n`;
}
