/**
 * Reads what members, hosts and heads have written of themselves. Any of it may be of another version, or damaged: records that cannot
 * be read are left out and noted, and unknown fields are ignored.
 */
import type {
  Capacity,
  CodeNote,
  ExpectedWork,
  FunctionTable,
  HostState,
  MemberState,
  Mismatch,
  NotedMismatch,
  RegisteredFunction,
} from "../../contract/contract.ts";
import type { Holder } from "../../contract/taken-id.ts";
import type { UnreadableKind } from "../failures/unreadable-input.ts";
import { byId, list, pairs, type Reply } from "./reply-parts.ts";

/** Called with the kind of each thing that cannot be read. */
export type NoteUnreadable = (kind: UnreadableKind) => void;

type Fields = Readonly<Record<string, unknown>>;

export function readFunctionTable(reply: Reply, note: NoteUnreadable): FunctionTable {
  const costs = pairs(list(reply[2]));
  const holders = pairs(list(reply[3]));
  const mismatched = pairs(list(reply[4] ?? []));
  const functions = new Map<string, RegisteredFunction>();
  for (const [name, stamp] of pairs(list(reply[1]))) {
    const [, version, generation] = /^(.*)#(\d+)$/s.exec(stamp) ?? [];
    if (version === undefined) {
      note("malformed function");
      continue;
    }
    functions.set(name, {
      ...{ version, generation: Number(generation) },
      ...readCost(costs.get(name)),
      ...(holders.has(`${name} ${version}`) ? {} : { isUnheld: true }),
      ...(mismatched.get(name) === version ? { isNondeterministic: true } : {}),
    });
  }
  return { epoch: Number(reply[0]), functions };
}

/** What join.lua replies where another live member has the id: its JSON, and ms until its lease lapses. */
export function readTaken(reply: Reply): Holder {
  const { description } = fieldsOf(String(reply[1])) ?? {};
  return { description: isFields(description) ? description : {}, leaseLeftMs: Number(reply[2]) };
}

/** As complete.lua notes it. */
export function readCost(text = ""): Pick<RegisteredFunction, "selfMicros" | "expectedMicros"> {
  const [selfMicros = Number.NaN, expectedMicros = Number.NaN] = text.split(" ").map(Number);
  return Number.isFinite(selfMicros + expectedMicros) ? { selfMicros, expectedMicros } : {};
}

/** Of each: id, JSON, ms until its lease lapses, queued, running, whether it is a volunteer, how much memory it takes. */
export function readMembers(parts: Reply, note: NoteUnreadable): MemberState[] {
  const members: MemberState[] = [];
  for (let i = 0; i < parts.length; i += 7) {
    const [leaseLeftMs = 0, queued = 0, running = 0, isVolunteer = 0] = parts.slice(i + 2, i + 6).map(Number);
    const { kind, description = {}, functions } = fieldsOf(String(parts[i + 1])) ?? {};
    if ((kind === "worker" || kind === "distributor") && isFields(description))
      members.push({
        id: String(parts[i]),
        kind,
        description,
        functions: readVersions(functions),
        leaseLeftMs,
        queued,
        running,
        isVolunteer: isVolunteer === 1,
        memoryMb: readMemory(String(parts[i + 6])),
      });
    else note("malformed member");
  }
  return members.sort(byId);
}

/** In MB; undefined if it was not reported. */
function readMemory(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** Of each: id, JSON, ms until its lease lapses. */
export function readHosts(parts: Reply, note: NoteUnreadable): HostState[] {
  const hosts: HostState[] = [];
  for (let i = 0; i < parts.length; i += 3) {
    const host = fieldsOf(String(parts[i + 1])) ?? {};
    const { score, minWorkers, maxWorkers, description = {} } = host;
    if (isNumber(score) && isNumber(minWorkers) && isNumber(maxWorkers) && isFields(description))
      hosts.push({
        ...host,
        score,
        minWorkers,
        maxWorkers,
        description,
        id: String(parts[i]),
        leaseLeftMs: Number(parts[i + 2]),
      });
    else note("malformed host");
  }
  return hosts.sort(byId);
}

export function readExpectedWork(parts: Reply, note: NoteUnreadable): ExpectedWork[] {
  const works: ExpectedWork[] = [];
  for (let i = 0; i < parts.length; i += 5) {
    const [startsInMs = 0, endsInMs = 0, withinMs = 0, workMs = 0] = parts.slice(i + 1, i + 5).map(Number);
    if (Number.isFinite(startsInMs + endsInMs + withinMs + workMs))
      works.push({ id: String(parts[i]), workMs, withinMs, startsInMs, endsInMs });
    else note("malformed announcement");
  }
  return works.sort(byId);
}

/** `ms` at which it was noted, a blank, and the numbers; empty if there are none. */
export function readCapacity(text: string, now: number, note: NoteUnreadable): Capacity | undefined {
  if (text === "") return undefined;
  const end = text.indexOf(" ");
  const { desiredWorkers, shares } = fieldsOf(text.slice(end + 1)) ?? {};
  const ageMs = now - Number(text.slice(0, end));
  if (isNumber(desiredWorkers) && isShares(shares) && isNumber(ageMs)) return { desiredWorkers, shares, ageMs };
  note("malformed capacity");
  return undefined;
}

/** Reads the note of each version from JSON; a version whose text is empty has no note. */
export function readCodeNotes(
  versions: readonly string[],
  texts: Reply,
  note: NoteUnreadable,
): ReadonlyMap<string, CodeNote> {
  const notes = new Map<string, CodeNote>();
  for (const [index, version] of versions.entries()) {
    const text = String(texts[index] ?? "");
    if (text === "") continue;
    const { files, packages } = fieldsOf(text) ?? {};
    if (isFields(files) && Array.isArray(packages))
      notes.set(version, { files: readVersions(files), packages: packages.map(String) });
    else note("malformed code note");
  }
  return notes;
}

/** As mismatches.lua replies. */
export function readMismatches(reply: Reply, note: NoteUnreadable): NotedMismatch[] {
  const [now, ...noted] = reply;
  const mismatches: NotedMismatch[] = [];
  for (const [functionName, text] of pairs(noted)) {
    const [, version = "", notedAt, json = ""] = /^(\S+) (\d+) (.*)$/s.exec(text) ?? [];
    const { requestId, request, evaluations } = fieldsOf(json) ?? {};
    if (typeof requestId === "string" && typeof request === "string" && areCompared(evaluations))
      mismatches.push({ functionName, version, ageMs: Number(now) - Number(notedAt), requestId, request, evaluations });
    else note("malformed mismatch");
  }
  return mismatches.sort((one, other) => (one.functionName < other.functionName ? -1 : 1));
}

function areCompared(evaluations: unknown): evaluations is Mismatch["evaluations"] {
  return (
    Array.isArray(evaluations) &&
    evaluations.length === 2 &&
    evaluations.every(
      (each) =>
        isFields(each) && [each["worker"], each["node"], each["value"]].every((part) => typeof part === "string"),
    )
  );
}

/** Name to version; what is not a version is left out. */
function readVersions(functions: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(isFields(functions) ? functions : {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}

/** The fields of JSON that is an object. */
function fieldsOf(text: string): Fields | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isShares(value: unknown): value is Readonly<Record<string, number>> {
  return isFields(value) && Object.values(value).every(isNumber);
}
