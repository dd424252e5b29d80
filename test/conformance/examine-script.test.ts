/** examine.lua tries what the other scripts use: a command that a new script needs has to be tried there, too. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const folder = new URL("../../packages/statekeeper/scripts/", import.meta.url);

function commandsOf(file: string): string[] {
  const lua = readFileSync(new URL(file, folder), "utf8");
  return [...lua.matchAll(/'([A-Z]{3,})'/g)].map(([, command = ""]) => command);
}

it("every command that a script names is tried", () => {
  const files = readdirSync(folder, { recursive: true }).map(String);
  const used = files.filter((file) => file.endsWith(".lua") && file !== "examine.lua").flatMap(commandsOf);
  expect(used.length).toBeGreaterThan(0);
  const flags = ["BYSCORE", "COUNT", "LIMIT", "NX", "PXAT", "REV", "WITHSCORES", "WITHVALUES"];
  const tried = new Set([...commandsOf("examine.lua"), ...flags]);
  expect([...new Set(used)].filter((command) => !tried.has(command))).toEqual([]);
});
