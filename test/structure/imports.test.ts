/**
 * Imports between packages, between the rooms of a package and to libraries follow the table in `allowed-imports.ts`. The
 * table stays exact: an entry that no import uses fails as well.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { libraries, type PackageRule, packages, programs } from "./allowed-imports.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const packageNames = Object.keys(packages);
const frontDoor = ".";
/** Whole lines of comments: the examples in them import what users do. */
const comments = /^\s*(?:\/\/|\/?\*).*$/gm;

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Every import, export-from, dynamic import and resolved module of the TypeScript files below a folder. */
function importsBelow(folder: string, isWanted: (file: string) => boolean = () => true): Import[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter(
      (file) => file.endsWith(".ts") && !file.split(sep).includes("node_modules") && !file.split(sep).includes("dist"),
    )
    .filter(isWanted)
    .flatMap((file) => {
      const path = join(folder, file);
      const text = readFileSync(join(repository, path), "utf8").replace(comments, "");
      return [...text.matchAll(/(?:\bfrom|\bimport\(?|\bresolve\()\s*"([^"]+)"/g)].map((match) => ({
        file: path,
        specifier: match[1] ?? "",
      }));
    });
}

const isProduction = (file: string): boolean => !file.endsWith(".test.ts");

function roomOf(packageName: string, path: string): string {
  return relative(join("packages", packageName, "src"), dirname(path)).split(sep)[0] || frontDoor;
}

interface Crossing {
  readonly from: string;
  readonly to: string;
  readonly where: string;
}

/** Imports of one package that go from one of its rooms to another. */
function crossings(packageName: string): Crossing[] {
  return importsBelow(join("packages", packageName, "src"), isProduction)
    .filter(({ specifier }) => specifier.startsWith("."))
    .map(({ file, specifier }) => {
      const target = normalize(join(dirname(file), specifier));
      return {
        from: roomOf(packageName, file),
        to: roomOf(packageName, target),
        where: `${file} imports ${specifier}`,
      };
    })
    .filter(({ from, to }) => from !== to && from !== frontDoor);
}

function packageOf(specifier: string): string | undefined {
  if (specifier === "callgrid" || specifier.startsWith("callgrid/")) return "callgrid";
  return /^@callgrid\/([^/]+)/.exec(specifier)?.[1];
}

/** The name of the npm package or Node module behind a specifier; undefined for a relative one. */
function libraryOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || packageOf(specifier) !== undefined) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : specifier.startsWith("node:") ? specifier : parts[0];
}

describe.each(Object.entries(packages))("package %s", (name: string, rule: PackageRule) => {
  const imports = importsBelow(join("packages", name, "src"));

  test("imports only the packages that it is allowed to", () => {
    const wrong = imports.filter(({ specifier }) => {
      const target = packageOf(specifier);
      return target !== undefined && target !== name && !rule.packages.includes(target);
    });
    expect(wrong, `${rule.why} It may import: ${rule.packages.join(", ") || "no other package"}.`).toEqual([]);
  });

  test("imports other packages by their names", () => {
    const wrong = imports.filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return /\/(src|dist)\//.test(specifier);
      const path = normalize(join(dirname(file), specifier));
      return path.startsWith(join("packages", sep)) && !path.startsWith(join("packages", name, sep));
    });
    expect(wrong, "The files of another package may move: import the package.").toEqual([]);
  });

  test("imports between rooms follow the table, and the table has no entry too many", () => {
    const found = crossings(name);
    const wrong = found.filter(({ from, to }) => !(rule.rooms[from] ?? []).includes(to)).map(({ where }) => where);
    expect(wrong, `Allowed between the rooms of ${name}: ${JSON.stringify(rule.rooms)}`).toEqual([]);
    const used = new Set(found.map(({ from, to }) => `${from} → ${to}`));
    const allowed = Object.entries(rule.rooms).flatMap(([from, targets]) => targets.map((to) => `${from} → ${to}`));
    expect(allowed.filter((arrow) => !used.has(arrow))).toEqual([]);
  });

  test("lists its rooms from the bottom up, so that no import goes round in a circle", () => {
    const below = new Set<string>();
    for (const [room, targets] of Object.entries(rule.rooms)) {
      expect([...below], `${room} may import only rooms above it in the table`).toEqual(
        expect.arrayContaining([...targets]),
      );
      below.add(room);
    }
  });

  test("has a room for each folder", () => {
    const folders = readdirSync(join(repository, "packages", name, "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    expect(Object.keys(rule.rooms).sort()).toEqual(folders.sort());
  });
});

test("packages are in the table from the bottom up", () => {
  packageNames.forEach((name, place) => {
    expect(packageNames.slice(0, place)).toEqual(expect.arrayContaining([...(packages[name]?.packages ?? [])]));
  });
});

test.each(Object.entries(libraries))("%s is imported by its owner only", (library, { owners, why }) => {
  const importers = packageNames.filter((name) =>
    importsBelow(join("packages", name, "src"), isProduction).some(({ specifier }) => libraryOf(specifier) === library),
  );
  expect(importers.sort(), why).toEqual([...owners].sort());
});

test.each(programs)("programs in %s import callgrid as users do", (folder) => {
  const wrong = importsBelow(folder).filter(
    ({ file, specifier }) =>
      /^@callgrid\//.test(specifier) || normalize(join(dirname(file), specifier)).startsWith(join("packages", sep)),
  );
  expect(wrong, "Users have the package callgrid and nothing else.").toEqual([]);
});
