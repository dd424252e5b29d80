/** Reads what `MONITOR` of Redis reports of a command into a tally. */
import { isKeyKind, type KeyKind, type Tally } from "./tally.ts";

const scriptCommands = new Set(["eval", "evalsha"]);
const keyless = new Set(["time"]);
/** Commands of which every word is a key, or every other one. */
const manyKeys = new Map([
  ["mget", 1],
  ["del", 1],
]);

/** @param source - `lua` for what a script makes; anything else came over a connection. */
export function readCommand(words: readonly string[], source: string, tally: Tally): void {
  const [name = "", ...rest] = words;
  const command = name.toLowerCase();
  if (source === "lua") readInScript(command, rest, tally);
  else if (scriptCommands.has(command)) tally.keyless();
}

function readInScript(command: string, words: readonly string[], tally: Tally): void {
  const [first = ""] = words;
  const step = manyKeys.get(command);
  if (keyless.has(command)) tally.keyless();
  else if (step === undefined) tally.touch(kindOf(first));
  else tally.touchMany(kindOf(first), Math.ceil(words.length / step));
}

/** Lists of one inbox. */
const inboxLists = new Set(["inbox", "outcomes"]);

/** `callgrid:{grid:pool}:value:<id>` is of the kind `value`. */
function kindOf(key: string): KeyKind {
  const rest = key.slice(key.indexOf("}:") + 2);
  const colon = rest.indexOf(":");
  const kind = colon === -1 ? rest : rest.slice(0, colon);
  if (inboxLists.has(kind)) return "inbox";
  const named = kind === "queue" ? "queue:" : kind;
  if (!isKeyKind(named)) throw new Error(`a key of no known kind: ${key}`);
  return named;
}
