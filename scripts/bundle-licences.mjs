/** The licences of the libraries in the bundle, as their authors ask for: `bundle.mjs` puts them next to the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const library = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;
const licenceFile = /^(?:licen[cs]e|copying|notice)/i;
const line = "-".repeat(80);

/** One text of all licences, by the ids of the modules in the bundle. */
export function licencesOf(moduleIds) {
  const folders = new Set(moduleIds.flatMap((id) => library.exec(id)?.[0] ?? []));
  const texts = [...folders].map(licenceOf).sort();
  return ["callgrid's bundle has parts of the libraries below, under their licences.\n", ...texts].join(`${line}\n`);
}

function licenceOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => licenceFile.test(file));
  if (license === undefined || files.length === 0) throw new Error(`no licence to put into the bundle: ${folder}`);
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts, ""].join("\n\n").replaceAll("\r\n", "\n");
}
