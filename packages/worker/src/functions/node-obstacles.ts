/**
 * What of a TypeScript module Node cannot load by itself: it removes types, and compiles nothing. Each obstacle is found in the text, before
 * anything runs, since a module that fails half-way has run in part. One too many costs only tsx.
 */
import {
  type Class,
  type ExportSpecifier,
  type ImportDeclaration,
  type ModuleExportName,
  type Node,
  type Program,
  parseSync,
  visitorKeys,
} from "oxc-parser";
import type { ReachedModule } from "../versions/module-graph.ts";
import { boundBy, valuesOf } from "./bound-names.ts";
import { assigningSettings } from "./compiler-settings.ts";
import { commonJsReason } from "./module-hint.ts";
import { isTypeScript } from "./module-patterns.ts";

/** Where it is, what it is, and how to write it so that Node loads it. */
export interface Obstacle {
  readonly line: number;
  readonly what: string;
  readonly instead: string;
  /** Whether Node loads it without an error, and it does something else. */
  readonly isSilent?: boolean;
}

/** TypeScript nodes that leave code when types are removed. */
const holdsValues = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
  "TSExportAssignment",
  "TSEnumDeclaration",
  "TSEnumBody",
  "TSEnumMember",
  "TSModuleDeclaration",
  "TSModuleBlock",
  "TSImportEqualsDeclaration",
  "TSNamespaceExportDeclaration",
  "TSParameterProperty",
  "TSAbstractMethodDefinition",
  "TSAbstractPropertyDefinition",
]);
const withUsing = 24;

type Finding = Omit<Obstacle, "line">;
type Found = Finding & { readonly at: number };

/** All of a module. In JavaScript they are imports alone, since tsx resolves for the modules of a program all alike. */
export function obstaclesIn({ source: { path, text = "" }, foreignLinks, computedLines }: ReachedModule): Obstacle[] {
  if (/x$/.test(path)) return [{ line: 1, what: "files with JSX", instead: "name it .ts" }];
  const { program, module } = parseSync(path, text);
  const isTyped = isTypeScript(path);
  const asCommonJs = isTyped && module.hasModuleSyntax ? commonJsReason(path) : undefined;
  const found: Found[] = foreignLinks.map(({ specifier }) => ({
    at: text.indexOf(specifier),
    what: `the import of ${JSON.stringify(specifier)}`,
    instead: "import the file by its path, with its ending",
  }));
  found.push(
    ...jsonObstacles(program),
    ...(isTyped ? [...syntaxObstacles(program), ...fieldObstacles(program, path)] : []),
  );
  return [
    ...found.map(({ at, ...each }) => ({ line: lineAt(text, at), ...each })),
    ...computedLines.map((line) => ({ line, what: "a computed import", instead: "name the module" })),
    ...(asCommonJs === undefined
      ? []
      : [{ line: 1, what: `ES module syntax here, since ${asCommonJs.reason}`, instead: asCommonJs.remedy }]),
  ];
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

function syntaxObstacles(program: Program): Found[] {
  const obstacles: Found[] = [];
  const used = new Set<string>();
  const bound = new Set<string>();
  const imports: ImportDeclaration[] = [];
  const exports: ExportSpecifier[] = [];
  walk(program, (node) => {
    const obstacle = obstacleOf(node);
    if (obstacle !== undefined) obstacles.push({ at: node.start, ...obstacle });
    if (node.type === "Identifier") used.add(node.name);
    for (const name of boundBy(node)) bound.add(name);
    if (node.type === "ImportDeclaration") imports.push(node);
    if (node.type === "ExportNamedDeclaration" && node.source === null) exports.push(...node.specifiers);
  });
  const values = valuesOf(program);
  const types = exports.filter(({ local }) => !values.has(nameOf(local)));
  const byDefault = program.body.flatMap((node) => (node.type === "ExportDefaultDeclaration" ? node.declaration : []));
  const typesByDefault = byDefault.flatMap((node) =>
    node.type === "Identifier" && !values.has(node.name) ? node : [],
  );
  // scopes are not looked at: a name that has a further meaning somewhere may stand for that one
  for (const name of bound) used.delete(name);
  for (const { local } of exports) used.add(nameOf(local));
  return [
    ...obstacles,
    ...imports.flatMap((each) => unusedImport(each, used)),
    ...types.map(({ start, local }) => ({ at: start, ...typeObstacle("export", nameOf(local)) })),
    ...typesByDefault.map(({ start, name }) => ({ at: start, ...typeObstacle("export", name) })),
  ];
}

function nameOf(name: ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name;
}

function typeObstacle(verb: "import" | "export", name: string): Finding {
  return { what: `the ${verb} of the type ${name}`, instead: `write \`${verb} type\`` };
}

function obstacleOf(node: Node): Finding | undefined {
  switch (node.type) {
    case "TSEnumDeclaration":
      return { what: "an enum", instead: "write an object with `as const`" };
    case "TSModuleDeclaration":
      return namespaceObstacle(node.kind, node.body?.body ?? []);
    case "TSParameterProperty":
      return { what: "parameter properties", instead: "write the property and its assignment" };
    case "TSImportEqualsDeclaration":
      return { what: "import =", instead: "write `import … from`, or createRequire" };
    case "TSExportAssignment":
    case "TSNamespaceExportDeclaration":
      return { what: "export = and export as", instead: "write `export` or `export default`" };
    case "TSTypeAssertion":
      return { what: "type assertions in angle brackets", instead: "write `as`" };
    case "Decorator":
      return { what: "decorators", instead: "call a function" };
    case "AccessorProperty":
      return { what: "accessor", instead: "write get and set" };
    case "VariableDeclaration":
      return /using$/.test(node.kind) && Number.parseInt(process.versions.node, 10) < withUsing
        ? { what: `using in Node ${process.versions.node}`, instead: "write try and finally" }
        : undefined;
    default:
      return undefined;
  }
}

function namespaceObstacle(kind: string, body: readonly Node[]): Finding | undefined {
  if (kind === "module") return { what: "the keyword module", instead: "write namespace" };
  return body.some((node) => isKept(node) && !(node.type === "ExportNamedDeclaration" && isErased(node.declaration)))
    ? { what: "a namespace with code", instead: "write a module" }
    : undefined;
}

/** The first that may be a type, imported without `type`, which Node takes for a value. */
function unusedImport({ specifiers }: ImportDeclaration, used: ReadonlySet<string>): Found[] {
  const named = specifiers.filter((each) => each.type !== "ImportSpecifier" || each.importKind !== "type");
  const unused = named.find(({ local }) => !used.has(local.name));
  return unused === undefined ? [] : [{ at: unused.start, ...typeObstacle("import", unused.local.name) }];
}

/** Fields of classes where tsconfig.json has them assigned: Node defines them, which overwrites what a base class has set. */
function fieldObstacles(program: Program, path: string): Found[] {
  const fields: Node[] = [];
  walk(program, (node) => {
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") fields.push(...differingFields(node));
  });
  const settings = fields.length === 0 ? undefined : assigningSettings(path);
  if (settings === undefined) return [];
  return fields.slice(0, 1).map(({ start }) => ({
    at: start,
    what: `fields of classes as ${settings} has them, assigned and not defined`,
    instead: 'set "useDefineForClassFields": true there',
    isSilent: true,
  }));
}

/** Without a base class, a field that has a value is the same either way. */
function differingFields({ body, superClass }: Class): Node[] {
  return body.body.filter(
    (member) =>
      member.type === "PropertyDefinition" &&
      member.key.type !== "PrivateIdentifier" &&
      isKept(member) &&
      (superClass !== null || member.value === null),
  );
}

/** JSON that is imported without its attribute. */
function jsonObstacles(program: Program): Found[] {
  const found: Found[] = [];
  walk(program, (node) => {
    if (!("source" in node) || node.source?.type !== "Literal" || !/\.json$/.test(String(node.source.value))) return;
    if ("attributes" in node ? node.attributes.length > 0 : node.options !== null) return;
    found.push({ at: node.start, what: "JSON as it is imported", instead: 'write `with { type: "json" }`' });
  });
  return found;
}

/** Each node that is left when types are removed, but names of members. */
function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  if (node.type === "ImportDeclaration" || node.type === "ExportSpecifier") return;
  const isNamed = "computed" in node && !node.computed;
  for (const key of visitorKeys[node.type] ?? []) {
    if (isNamed && (key === "property" || key === "key")) continue;
    const below: unknown = Reflect.get(node, key);
    for (const child of Array.isArray(below) ? (below as readonly unknown[]) : [below])
      if (isNode(child) && isKept(child)) walk(child, visit);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}

function isErased(node: Node | null): boolean {
  return node !== null && !isKept(node);
}

function isKept(node: Node): boolean {
  if ("declare" in node && node.declare === true) return false;
  if ("importKind" in node && node.importKind === "type") return false;
  if ("exportKind" in node && node.exportKind === "type") return false;
  return !node.type.startsWith("TS") || holdsValues.has(node.type);
}
