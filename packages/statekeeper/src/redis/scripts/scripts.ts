/**
 * Reads the Lua scripts: each names in its header (`-- needs:`) the files of scripts/lib that go before it, in order; before all of them
 * goes lib/wire.lua.
 */
import { type Limits, usualLimits } from "../../contract/limits.ts";
import { withNames } from "../wire/keys.ts";
import { wireVersion } from "../wire/wire-version.ts";
import { scriptFile } from "./script-files.ts";

/** Every script, by the name of its file. */
export const scriptNames = [
  "abdicate",
  "announceWork",
  "check",
  "claim",
  "complete",
  "examine",
  "followWaits",
  "forget",
  "functions",
  "inspect",
  "inspectRequest",
  "inspectResult",
  "join",
  "leave",
  "locate",
  "look",
  "mark",
  "mismatches",
  "noteAway",
  "noteCapacity",
  "noteCode",
  "noteMismatch",
  "noteUnreadable",
  "readCode",
  "recall",
  "reconcile",
  "release",
  "renew",
  "reportHost",
  "submit",
  "survey",
  "sweep",
  "withdraw",
] as const;

/** One of {@link scriptNames}. */
export type ScriptName = (typeof scriptNames)[number];

/** The whole text of a script as Redis gets it. */
export function readScript(name: ScriptName, limits: Limits = usualLimits): string {
  const own = scriptFile(`${name}.lua`);
  const needs = /^-- needs: ?(.*)$/m.exec(own)?.[1]?.split(" ").filter(Boolean) ?? [];
  const parts = ["wire", ...needs].map((part) => scriptFile(`lib/${part}.lua`));
  // a function of its own, since one has room for 200 locals
  const main = `return (function()\n${own}\nend)()`;
  return withNames([`local wireVersion = '${wireVersion}'`, ...parts, main].join("\n"), limits);
}
