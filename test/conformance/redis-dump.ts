/**
 * Reads a pool's whole state off Redis, key by key and past the statekeeper, in the form that the memory statekeeper dumps.
 * The key names are written out once more here, so a renamed key shows in a test. A key that this file does not know fails it.
 */
import {
  decodeInboxMessage,
  dumpMessage,
  type MessageDump,
  optionsFor,
  type PoolDump,
  parseRedisUrl,
  type RequestDump,
} from "@callgrid/statekeeper";
import { Redis } from "ioredis";

type Fields = Readonly<Record<string, string>>;

/** A key's name after the pool's prefix, and what the key holds. */
type Content = readonly [name: string, content: unknown];

export class RedisDumper {
  readonly #redis: Redis;

  /** @param slotKey - on a Cluster, any key of the slot of what is to be dumped. */
  constructor(url: string, slotKey = "") {
    this.#redis = new Redis({ ...optionsFor(parseRedisUrl(url), slotKey), replyMapping: "legacy" });
  }

  async dump(grid: string, pool: string): Promise<PoolDump> {
    const prefix = prefixOf(grid, pool);
    const keys = await this.#redis.keys(`${prefix}*`);
    const names = keys.map((key) => key.slice(prefix.length));
    const commands = names.map((name, i) => readCommand(name, keys[i] ?? ""));
    const replies = (await this.#redis.multi([["time"], ...commands]).exec()) ?? [];
    const [time, ...contents] = replies.map(([error, reply]) => {
      if (error !== null) throw error;
      return reply;
    });
    const [seconds, micros] = time as [string, string];
    const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    return dumpOf(
      names.map((name, i) => [name, contents[i]]),
      now,
    );
  }

  /** Removes the pool's keys, so that a long run keeps its server small. */
  async remove(grid: string, pool: string): Promise<void> {
    const keys = await this.#redis.keys(`${prefixOf(grid, pool)}*`);
    if (keys.length > 0) await this.#redis.unlink(...keys);
  }

  async close(): Promise<void> {
    await this.#redis.quit();
  }
}

/** What all keys of a pool begin with. */
export function prefixOf(grid: string, pool: string): string {
  return `callgrid:{${grid}:${pool}}:`;
}

const readList = (key: string): string[] => ["lrange", key, "0", "-1"];
const readHash = (key: string): string[] => ["hgetall", key];
const readText = (key: string): string[] => ["get", key];
const readScores = (key: string): string[] => ["zrange", key, "0", "-1", "WITHSCORES"];

const readers: Readonly<Record<string, (key: string) => string[]>> = {
  "queue-of-pool": readScores,
  queue: readScores,
  priorities: readScores,
  callers: readScores,
  caller: readScores,
  passed: readHash,
  waiting: readText,
  requests: readHash,
  payloads: readHash,
  claims: readHash,
  notes: readHash,
  reports: readHash,
  running: (key) => ["smembers", key],
  value: readText,
  code: readText,
  volunteers: readHash,
  preferences: readText,
  lookers: (key) => ["smembers", key],
  members: readHash,
  leases: readScores,
  memory: readHash,
  functions: readHash,
  versions: readHash,
  holders: readHash,
  epoch: readText,
  costs: readHash,
  mismatches: readHash,
  inbox: readList,
  outcomes: readList,
  stats: readHash,
  head: readText,
  sweeper: readText,
  wire: readText,
  hosts: readHash,
  capacity: readText,
  expected: readHash,
  audit: readText,
  lost: readList,
};

function readCommand(name: string, key: string): string[] {
  const reader = readers[name.split(":", 1)[0] ?? ""];
  if (reader === undefined) throw new Error(`redis-dump.ts does not know the key "${name}"`);
  return reader(key);
}

function dumpOf(contents: readonly Content[], now: number): PoolDump {
  const single = new Map(contents);
  const fields = (name: string): Fields => (single.get(name) as Fields | undefined) ?? {};
  const scores = (name: string): Array<[string, number]> => inPairs((single.get(name) as string[] | undefined) ?? []);
  expectCounted(contents);
  expectPlaced(contents);
  return {
    requests: dumpRequests(fields("requests"), {
      payloads: fields("payloads"),
      claims: fields("claims"),
      notes: fields("notes"),
      reports: fields("reports"),
    }),
    queue: dumpQueue(single.get("queue-of-pool")),
    callerQueues: dumpCallerQueues(contents),
    turns: dumpTurns(contents),
    ownQueues: each(contents, "queue", dumpQueue),
    passed: dumpPassed(contents),
    running: each(contents, "running", (ids) => (ids as string[]).sort()),
    results: each(contents, "value", (text) => dumpResult(text as string)),
    volunteers: Object.entries(fields("volunteers"))
      .sort(([, one], [, other]) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
      .map(([worker, text]) => dumpVolunteer(worker, text)),
    lookers: ((single.get("lookers") as string[] | undefined) ?? []).toSorted(),
    preferences: ((single.get("preferences") as string | undefined)?.split(" ") as
      | PoolDump["preferences"]
      | undefined) ?? ["score", "recent", "idle"],
    members: mapped(fields("members"), (text) => JSON.parse(text) as PoolDump["members"][string]),
    memory: mapped(fields("memory"), Number),
    leases: Object.fromEntries(scores("leases").map(([process, lapsesAt]) => [process, lapsesAt > now])),
    functions: fields("functions"),
    versions: mapped(fields("versions"), (versions) => versions.split(" ")),
    holders: mapped(fields("holders"), Number),
    epoch: Number(single.get("epoch") ?? 0),
    costs: mapped(fields("costs"), (text) => {
      const [selfMicros = 0, expectedMicros = 0] = text.split(" ").map(Number);
      return { selfMicros, expectedMicros };
    }),
    mismatches: mapped(fields("mismatches"), (text) => {
      const [, version = "", json = ""] = /^(\S+) \d+ (.*)$/s.exec(text) ?? [];
      return { version, ...(JSON.parse(json) as object) } as PoolDump["mismatches"][string];
    }),
    counters: mapped(fields("stats"), Number),
    inboxes: dumpInboxes(contents),
    head: (single.get("head") as string | undefined) ?? null,
    sweeper: (single.get("sweeper") as string | undefined) ?? null,
    hosts: mapped(fields("hosts"), (text) => JSON.parse(text) as unknown),
    expected: mapped(fields("expected"), (text) => {
      const [, , withinMs, workMs] = text.split(" ").map(Number);
      return { workMs: workMs ?? 0, withinMs: withinMs ?? 0 };
    }),
    capacity: dumpCapacity(single.get("capacity") as string | undefined),
    lost: each(contents, "lost", (ids) => ids as string[]),
  };
}

function dumpCallerQueues(contents: readonly Content[]): Record<string, string[]> {
  return each(contents, "caller", dumpQueue);
}

function dumpQueue(content: unknown): string[] {
  return inPairs((content as string[] | undefined) ?? []).map(([id]) => id);
}

function dumpPassed(contents: readonly Content[]): PoolDump["passed"] {
  const single = new Map(contents);
  const passed = Object.entries(each(contents, "passed", (fields) => fields as Fields)).map(([place, marks]) => {
    const ids = inPairs((single.get(place) as string[] | undefined) ?? []);
    const counts = Object.entries(marks).map(([kind, mark]): [string, number] => [
      kind,
      place.startsWith("callers:") ? Number(mark) : ids.filter(([, score]) => score <= Number(mark)).length,
    ]);
    return [place, Object.fromEntries(counts.filter(([, count]) => count > 0))] as const;
  });
  return Object.fromEntries(passed.filter(([, counts]) => Object.keys(counts).length > 0));
}

function dumpTurns(contents: readonly Content[]): Record<string, number> {
  const callers = Object.entries(each(contents, "callers", (scores) => inPairs(scores as string[])));
  const inLine = callers.flatMap(([priority, turns]) =>
    turns.map(([process, turn]): [string, number] => [`${priority}:${process}`, turn]),
  );
  const priorities = inPairs((new Map(contents).get("priorities") as string[] | undefined) ?? []);
  return Object.fromEntries([...priorities, ...inLine]);
}

/** The number that is kept of what waits is that of what waits. */
function expectCounted(contents: readonly Content[]): void {
  const single = new Map(contents);
  const shared = [dumpQueue(single.get("queue-of-pool")), ...Object.values(dumpCallerQueues(contents))];
  const waiting = shared.reduce((sum, ids) => sum + ids.length, 0);
  const counted = Number(single.get("waiting") ?? 0);
  if (counted !== waiting) throw new Error(`${waiting} ids wait, and "waiting" says ${counted}`);
}

/** A request lies on the queues that its record names, or on none if it is claimed. */
function expectPlaced(contents: readonly Content[]): void {
  const single = new Map(contents);
  const claims = (single.get("claims") as Fields | undefined) ?? {};
  const named = Object.entries((single.get("requests") as Fields | undefined) ?? {}).flatMap(([id, text]) =>
    claims[id] === undefined ? placesIn(text).map((place) => `${id} on ${place}`) : [],
  );
  const queues = contents.filter(([name]) => /^(queue|queue-of-pool|caller)(:|$)/.test(name));
  const found = queues.flatMap(([name, ids]) => dumpQueue(ids).map((id) => `${id} on ${name}`));
  if (named.sort().join() !== found.sort().join())
    throw new Error(`by the records there is ${named.join()}, by the queues ${found.join()}`);
}

function placesIn(text: string): string[] {
  return text.slice(0, text.indexOf("\n")).split(" ")[5]?.split(",") ?? [];
}

/** What the keys `<kind>:<id>` hold, by id. */
function each<T>(contents: readonly Content[], kind: string, read: (content: unknown) => T): Record<string, T> {
  const prefix = `${kind}:`;
  const own = contents.filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, content]) => [name.slice(prefix.length), read(content)]));
}

function mapped<T>(fields: Fields, read: (text: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, read(text)]));
}

function inPairs(flat: readonly string[]): Array<[string, number]> {
  const pairs: Array<[string, number]> = [];
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? "", Number(flat[i + 1])]);
  return pairs;
}

/** Notes on records, by id; a note's field is its kind, a blank, and the id. */
interface BesideRecords {
  readonly payloads: Fields;
  readonly claims: Fields;
  readonly notes: Fields;
  readonly reports: Fields;
}

function dumpRequests(texts: Fields, beside: BesideRecords): Record<string, RequestDump> {
  const { payloads, claims, notes, reports } = beside;
  const noted = Object.keys(notes).map((field) => field.split(" ")[1] ?? "");
  for (const id of [...Object.keys(payloads), ...Object.keys(claims), ...noted, ...Object.keys(reports)]) {
    if (texts[id] === undefined) throw new Error(`there are notes on request ${id}, which is done`);
  }
  return Object.fromEntries(Object.entries(texts).map(([id, text]) => [id, dumpRequest(id, text, beside)]));
}

function dumpInboxes(contents: readonly Content[]): PoolDump["inboxes"] {
  const read = (texts: unknown): MessageDump[] => (texts as string[]).map(dumpInboxMessage);
  const others = each(contents, "inbox", read);
  const outcomes = each(contents, "outcomes", read);
  const processes = new Set([...Object.keys(others), ...Object.keys(outcomes)]);
  const dumpOne = (process: string): MessageDump[] => [...(others[process] ?? []), ...(outcomes[process] ?? [])];
  return Object.fromEntries([...processes].map((process) => [process, dumpOne(process)]));
}

/** A large payload is not in the message; the request's dump has it. */
function dumpInboxMessage(text: string): MessageDump {
  const message = decodeInboxMessage(text);
  if (message.kind === "unreadable") throw new Error(`an inbox holds "${text}"`);
  if (!("claim" in message)) return dumpMessage(message);
  const { isLarge, ...claim } = message.claim;
  return dumpMessage({ kind: message.kind, claim });
}

function dumpRequest(id: string, text: string, { payloads, claims, notes, reports }: BesideRecords): RequestDump {
  const header = /^(\S*) (\S+) (\d+) (\d+) (-?\d+) \S+( large)?\n/.exec(text);
  const [whole = "", waiters = "", mode = "use", deadline, losses, priority, large] = header ?? [];
  const stored = large === undefined ? text.slice(whole.length) : payloads[id];
  const [payload = "", trace] = (stored ?? "").split("\n");
  return {
    payload,
    ...(trace === undefined ? {} : { trace }),
    mode: mode as RequestDump["mode"],
    hasDeadline: deadline !== "0",
    owner: claims[id]?.split(" ")[0] ?? null,
    isClaimed: claims[id] !== undefined,
    isCopied: claims[id]?.includes(" copied") === true,
    suspended: notes[`suspended ${id}`] ?? null,
    progress: dumpProgress(notes[`progress ${id}`]),
    losses: Number(losses),
    priority: Number(priority),
    reports: JSON.parse(`[${reports[id] ?? ""}]`) as unknown[],
    waiters: waiters.split(",").filter(Boolean).sort(),
  };
}

function dumpProgress(text: string | undefined): RequestDump["progress"] {
  if (text === undefined) return null;
  const [done = 0, total = 0, index, forMs] = text.split(" ").map(Number);
  return { done, total, ...(index !== undefined && forMs !== undefined && { slice: { index, forMs } }) };
}

function dumpCapacity(text: string | undefined): PoolDump["capacity"] {
  return text === undefined ? null : (JSON.parse(text.slice(text.indexOf(" "))) as PoolDump["capacity"]);
}

function dumpResult(text: string): PoolDump["results"][string] {
  const stampEnd = text.indexOf(" ");
  return { stamp: text.slice(0, stampEnd), outcome: text.slice(stampEnd + 1) };
}

function dumpVolunteer(worker: string, text: string): PoolDump["volunteers"][number] {
  const [, want, epoch, reach, score, recent, ...skips] = text.split(" ");
  return {
    worker,
    want: Number(want),
    epoch: Number(epoch),
    skips: skips.filter((name) => name !== ""),
    carry: reach === "next" || reach === "ahead" || reach === "last" ? reach : null,
    score: Number(score),
    recent: recent === "-" ? null : (recent ?? null),
  };
}
