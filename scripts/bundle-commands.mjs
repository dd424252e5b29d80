/**
 * The table of Redis's commands that ioredis comes with, without those that no code sends. At every start ioredis makes methods of all
 * of them on one object, which takes a time that grows with the square of their number.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));
const { resolve } = createRequire(join(packages, "batch/package.json"));

/** The libraries that send commands over ioredis, itself among them. */
const senders = ["ioredis", "bullmq"];

/** The commands of a table whose names are words of the code in `folders`. */
export function usedCommands(table, folders) {
  const words = new Set(folders.flatMap(sources).flatMap(wordsOf));
  return Object.fromEntries(Object.entries(table).filter(([name]) => words.has(name)));
}

/** The folders of all code in the bundle that may send a command. */
export function commandSenders() {
  const own = readdirSync(packages)
    .map((name) => join(packages, name, "dist"))
    .filter(existsSync);
  return [...own, ...senders.map((name) => dirname(resolve(name)))];
}

function sources(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => /\.[cm]?js$/.test(path) && !path.includes(".test."))
    .map((path) => join(folder, path));
}

/** In lower case, and each method for binary replies by the name of its command. Names have digits, `_` and `-` too: `sort_ro`, `restore-asking`. */
function wordsOf(file) {
  const names = readFileSync(file, "utf8").match(/[a-z][\w-]*/gi) ?? [];
  const words = names.flatMap((name) => [name, ...name.split("-")]);
  return words.map((word) => word.replace(/Buffer$/, "").toLowerCase());
}
