/**
 * What the text of a module imports: `import` and `export … from`, `import()`, `require()` (also one of `createRequire`), and `new URL("…", import.meta.url)`, by which
 * worker threads are started. Types alone are no imports. What is computed cannot be followed, and is returned apart.
 */
import { type CallExpression, type Expression, type NewExpression, type Program, parseSync, Visitor } from "oxc-parser";
import { RequireNames } from "./require-names.ts";

/** One import, as it is written. */
export interface ModuleLink {
  readonly specifier: string;
  /** How Node resolves it. */
  readonly kind: "import" | "require";
}

/** What a module imports. */
export interface ModuleLinks {
  readonly links: readonly ModuleLink[];
  /** Lines with an import whose module is computed. */
  readonly computedLines: readonly number[];
}

const noLinks: ModuleLinks = { links: [], computedLines: [] };
const anyImport = /\b(?:import|export|require|createRequire)\b/;
const callsWorthReading = /\brequire\b|\bcreateRequire\b|\bimport\.meta\.url\b/;

/** @param fileName - says by its ending which language the text is in. */
export function linksIn(fileName: string, text: string): ModuleLinks {
  if (!anyImport.test(text)) return noLinks;
  const parsed = parseSync(fileName, text);
  const { staticImports, staticExports, dynamicImports } = parsed.module;
  const found = new LinkList(text);
  for (const { moduleRequest, entries } of staticImports)
    if (entries.length === 0 || entries.some(({ isType }) => !isType)) found.add(moduleRequest.value, "import");
  for (const { entries } of staticExports)
    for (const { moduleRequest, isType } of entries)
      if (moduleRequest !== null && !isType) found.add(moduleRequest.value, "import");
  for (const { moduleRequest } of dynamicImports)
    found.addText(text.slice(moduleRequest.start, moduleRequest.end), "import", moduleRequest.start);
  if (parsed.errors.length > 0) found.addComputed(parsed.errors[0]?.labels[0]?.start ?? 0);
  if (callsWorthReading.test(text)) addCalls(parsed.program, found);
  return found;
}

function addCalls(program: Program, found: LinkList): void {
  const requires = new RequireNames(program);
  new Visitor({
    CallExpression: (call) => {
      if (requires.isRequire(call.callee)) found.addExpression(call.arguments[0], "require", call.start);
    },
    NewExpression: (made) => {
      const target = made.arguments[0];
      if (isUrlBesideModule(made) && isCode(target)) found.add(target.value, "import");
    },
    TSExternalModuleReference: ({ expression }) => found.add(expression.value, "require"),
  }).visit(program);
  for (const at of requires.unfollowed) found.addComputed(at);
}

function isUrlBesideModule({ callee, arguments: [, base] }: NewExpression): boolean {
  if (callee.type !== "Identifier" || callee.name !== "URL" || base?.type !== "MemberExpression") return false;
  return base.object.type === "MetaProperty" && !base.computed && base.property.name === "url";
}

/** Other files are data: they may be large, and are no code. */
function isCode(target: NewExpression["arguments"][number] | undefined): target is Expression & { value: string } {
  return (
    target?.type === "Literal" && typeof target.value === "string" && /\.([cm]?[jt]sx?|wasm|node)$/.test(target.value)
  );
}

class LinkList implements ModuleLinks {
  readonly links: ModuleLink[] = [];
  readonly computedLines: number[] = [];
  readonly #text: string;
  readonly #known = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  add(specifier: string, kind: ModuleLink["kind"]): void {
    if (this.#known.has(`${kind} ${specifier}`)) return;
    this.#known.add(`${kind} ${specifier}`);
    this.links.push({ specifier, kind });
  }

  /** `text` is an expression; one that is not plain text is computed. */
  addText(text: string, kind: ModuleLink["kind"], at: number): void {
    const plain = /^(["'`])((?:(?!\1)[^\\$])*)\1$/s.exec(text.trim())?.[2];
    if (plain === undefined) this.addComputed(at);
    else this.add(plain, kind);
  }

  addExpression(
    expression: CallExpression["arguments"][number] | undefined,
    kind: ModuleLink["kind"],
    at: number,
  ): void {
    if (expression === undefined) this.addComputed(at);
    else this.addText(this.#text.slice(expression.start, expression.end), kind, at);
  }

  addComputed(at: number): void {
    this.computedLines.push(this.#text.slice(0, at).split("\n").length);
  }
}
