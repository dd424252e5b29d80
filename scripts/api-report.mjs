/**
 * Makes the API reports: the declarations that users import, without comments and sorted by name, so that a diff shows what a change
 * does to the public API. `npm run api` writes them; a test fails while they are out of date.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync } from "rolldown/utils";
import { typesOf } from "./bundle-types.mjs";

/** The reports, by what users import. */
export const apiReports = [
  { entry: "index", imported: "callgrid", path: reportPath("callgrid.api.md") },
  { entry: "client", imported: "callgrid/client", path: reportPath("callgrid-client.api.md") },
];

/** Resolves to the text of a report, from the built packages. */
export async function apiReport({ entry, imported }) {
  const declarations = publicDeclarations(await typesOf(entry));
  const heading = `# The API of \`${imported}\`\n\nMade by \`npm run api\`. Do not edit.`;
  return `${heading}\n\n\`\`\`ts\n${declarations.join("\n\n")}\n\`\`\`\n`;
}

/** Each declaration of a bundled file: exported ones say so, the others are those that they refer to. */
export function publicDeclarations(text) {
  const { program, comments, errors } = parseSync("types.d.ts", text);
  if (errors.length > 0) throw new Error(`the bundled types cannot be parsed: ${errors[0].message}`);
  const exported = new Map(program.body.flatMap(exportedNames));
  return program.body
    .filter(({ type }) => type !== "ExportNamedDeclaration")
    .map((node) => ({ name: nameOf(node), text: withoutComments(text, node, comments) }))
    .map((declaration) => ({ ...declaration, text: withExport(declaration, exported.get(declaration.name)) }))
    .sort(byName)
    .map((declaration) => declaration.text);
}

function exportedNames({ type, specifiers }) {
  return type === "ExportNamedDeclaration" ? specifiers.map((each) => [each.local.name, each]) : [];
}

/** The name that a declaration gives; of imports and of several at once, their text's place is after all names. */
function nameOf({ id, declarations }) {
  return id?.name ?? declarations?.[0].id.name ?? "";
}

function withoutComments(text, { start, end }, comments) {
  const within = comments.filter((comment) => comment.start >= start && comment.end <= end);
  const starts = [start, ...within.map((comment) => comment.end)];
  const ends = [...within.map((comment) => comment.start), end];
  const pieces = starts.map((from, index) => text.slice(from, ends[index]));
  return pieces.join("").replace(/^\s*\n/gm, "");
}

/** A class that is exported as a type, which no program can construct, says so in a line of its own. */
function withExport({ name, text }, specifier) {
  if (specifier === undefined) return text;
  const isType = specifier.exportKind === "type";
  const exportedAs = specifier.exported.name;
  if (exportedAs === name && !(isType && text.startsWith("declare "))) return `export ${text}`;
  return `${text}\n\nexport ${isType ? "type " : ""}{ ${name}${exportedAs === name ? "" : ` as ${exportedAs}`} };`;
}

/** By code unit, so that no locale changes the order; overloads of a name keep theirs. */
function byName(one, other) {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}

function reportPath(name) {
  return fileURLToPath(new URL(`../packages/callgrid/api/${name}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const report of apiReports) writeFileSync(report.path, await apiReport(report));
}
