/** What is wrong with a Redis or a pool, and what to do about it: pure text, made of what an examination found out. */
import {
  type DeniedCommand,
  type Examination,
  isOwnWorker,
  type RedisFacts,
  type RefusalKind,
} from "@callgrid/statekeeper";
import { counted, durationText } from "../terminal/durations.ts";
import { driftReasons } from "./drift-reasons.ts";
import type { PoolSigns } from "./pool-look.ts";
import { serverFinding } from "./server-version.ts";
import { stallReasons } from "./stall-reasons.ts";

/** One thing that was looked at. `warning`: it works, and will not always. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "warning" | "wrong";
  readonly message: string;
  /** What to do; undefined where nothing has to be done. */
  readonly remedy?: string;
}

/** How far clocks may be apart before logs of several machines are hard to read together, in ms. */
const clockToleranceMs = 1_000;
/** Longer round trips are no longer those of one network, in ms. */
const longRoundTripMs = 5;
const tightMemory = 0.75;
const fullMemory = 0.95;
const shownDenials = 4;

const remedies: Readonly<Record<RefusalKind, string>> = {
  "connection-refused":
    "start Redis there, or correct --url (CALLGRID_URL); a container sees other hosts than its machine does",
  "unknown-host": "correct the host in --url, or make this machine's DNS know it",
  "no-answer":
    "see whether a firewall is between, and whether what listens there is a Redis that is not stuck (redis-cli ping)",
  "tls-expected": "this port speaks TLS: write rediss:// in place of redis:// in --url",
  "no-tls-there": "this port does not speak TLS: write redis:// in place of rediss://, or give the port of tls-port",
  certificate:
    "let Node know the authority that signed it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem; and use the host name that is in it",
  "password-missing": "put user and password into the URL: redis://user:password@host:port",
  "password-wrong":
    "correct user and password in the URL (special characters as %xx), or set them in Redis: ACL SETUSER",
  "cluster-down": "see which nodes are missing: redis-cli --cluster check host:port, and start them, or --cluster fix",
  busy: "a script has run for too long; it ends by redis-cli SCRIPT KILL, unless it has written already",
  loading: "Redis loads its data: try again when it has; callers and workers wait for it by themselves",
  closed:
    "see whether maxclients is reached (CONFIG GET maxclients, INFO clients), or whether a proxy between has no Redis behind it",
  "no-rights":
    "let the user of the URL use INFO and the commands of callgrid's keys: ACL SETUSER <user> +@all -@admin -@dangerous +info ~callgrid:*",
  other: "see the reason, and Redis's own log",
};

/** The finding on a Redis that does not talk to us. */
export function refusalFindings({ address, cause, reason }: Extract<Examination, { kind: "refused" }>): Finding[] {
  const message = `no talking to the Redis at ${address}: ${reason.replace(/\.$/, "")}`;
  return [{ check: "connection", status: "wrong", message, remedy: remedies[cause] }];
}

/** The findings on a Redis that does. */
export function redisFindings(facts: RedisFacts): Finding[] {
  return [
    { check: "connection", status: "ok", message: `connected to ${facts.address}` },
    serverFinding(facts),
    ...role(facts),
    eviction(facts),
    persistence(facts),
    memory(facts),
    clock(facts),
    roundTrip(facts),
    ...(facts.isTooOld ? [] : [rights(facts.denied)]),
  ];
}

/** The findings on a pool's members and functions. */
export function poolFindings(signs: PoolSigns): Finding[] {
  const { state } = signs;
  const names = [...state.functions.functions.keys()].sort();
  const workers = state.members.filter(isOwnWorker).length;
  const registry = `pool "${state.pool}": ${counted(workers, "worker")}, ${counted(names.length, "function")}`;
  const stalls = stallReasons(signs).map((reason): Finding => {
    const [message = reason, ...remedy] = reason.split("; ");
    const rest = remedy.join("; ");
    return { check: "functions", status: "warning", message, ...(rest === "" ? {} : { remedy: rest }) };
  });
  const drifts = driftReasons(state, signs.notes).map(
    (drift): Finding => ({ check: "versions", status: "warning", ...drift }),
  );
  if (stalls.length + drifts.length > 0) return [...stalls, ...drifts];
  const shown = names.length === 0 ? "" : ` (${names.slice(0, 5).join(", ")}${names.length > 5 ? ", …" : ""})`;
  return [{ check: "functions", status: "ok", message: registry + shown }];
}

function role({ isReplica, isCluster, isGivenAsCluster, isSlotMoving }: RedisFacts): Finding[] {
  const findings: Finding[] = [];
  if (isReplica) {
    const message = "this Redis is a replica, and refuses what is written";
    findings.push({ check: "role", status: "wrong", message, remedy: "give the address of its primary in --url" });
  }
  if (isCluster && !isGivenAsCluster) {
    const message = "this Redis is a node of a Cluster, and has the slots of some pools only";
    const remedy = "write redis+cluster://host:port in --url, with some nodes of it";
    findings.push({ check: "role", status: "wrong", message, remedy });
  }
  if (isSlotMoving) {
    const message = "the pool rests, because its slot moves to another node";
    const remedy = "if it lasts: redis-cli --cluster check host:port, and then --cluster fix";
    findings.push({ check: "role", status: "wrong", message, remedy });
  }
  return findings;
}

function eviction({ evictionPolicy: policy }: RedisFacts): Finding {
  const check = "eviction";
  if (policy === undefined) return unknown(check, "the eviction policy");
  if (!policy.startsWith("allkeys-")) return { check, status: "ok", message: `maxmemory-policy ${policy}` };
  const message = `maxmemory-policy ${policy} lets Redis throw away requests that wait`;
  const remedy = "CONFIG SET maxmemory-policy volatile-lru, and the same in redis.conf: then only results are evicted";
  return { check, status: "wrong", message, remedy };
}

function persistence({ isAppendOnly, savesSnapshots, canSave }: RedisFacts): Finding {
  const check = "persistence";
  if (!canSave) {
    const message = "Redis could not write to its disk lately, and may refuse commands for that (MISCONF)";
    return { check, status: "wrong", message, remedy: "see Redis's log, and whether its disk is full or read-only" };
  }
  if (isAppendOnly === undefined) return unknown(check, "how it keeps its data");
  if (isAppendOnly) return { check, status: "ok", message: "append-only file" };
  const message =
    savesSnapshots === true
      ? "snapshots only: a crash of Redis loses what came after the last one"
      : "none that is known of: a restart of Redis forgets everything";
  const remedy =
    "CONFIG SET appendonly yes, and the same in redis.conf; without it callers submit again by themselves, later";
  return { check, status: "warning", message, remedy };
}

function memory({ usedBytes, limitBytes, systemBytes, evictionPolicy }: RedisFacts): Finding {
  const check = "memory";
  if (usedBytes === undefined || limitBytes === undefined) return unknown(check, "how much memory it uses");
  const bound = limitBytes > 0 ? limitBytes : (systemBytes ?? 0);
  const share = bound > 0 ? usedBytes / bound : 0;
  const message = `${megabytes(usedBytes)} used of ${limitBytes > 0 ? "" : "an unlimited "}${megabytes(bound)}`;
  const isFull = share >= fullMemory;
  if (limitBytes === 0)
    return { check, status: isFull ? "wrong" : "warning", message, remedy: boundRemedy(evictionPolicy) };
  const evicts = evictionPolicy !== undefined && evictionPolicy !== "noeviction";
  if (share < tightMemory || evicts) return { check, status: "ok", message };
  if (isFull) {
    const remedy = "raise maxmemory, or let Redis evict results: CONFIG SET maxmemory-policy volatile-lru";
    return { check, status: "wrong", message: `${message}: it is full, and refuses work`, remedy };
  }
  return { check, status: "warning", message, remedy: "raise maxmemory, or give functions a shorter cache: { ttlMs }" };
}

/** How to bound a memory that has no bound; what happens at the bound is up to the policy. */
function boundRemedy(policy: string | undefined): string {
  const bound = "CONFIG SET maxmemory to about three quarters of the machine's";
  if (policy === "noeviction")
    return `${bound}, so that Redis refuses work before it is out of it; with maxmemory-policy volatile-lru it evicts results in place of that`;
  const evicted = `${bound}, so that results are evicted before it is out of it`;
  return policy?.startsWith("volatile-") === true
    ? evicted
    : `first CONFIG SET maxmemory-policy volatile-lru, then ${evicted}`;
}

function clock({ clockAheadMs }: RedisFacts): Finding {
  const check = "clock";
  if (clockAheadMs === undefined) return unknown(check, "its clock");
  const apart = durationText(Math.abs(clockAheadMs));
  const message = `Redis's clock is ${apart} ${clockAheadMs < 0 ? "behind" : "ahead of"} this machine's`;
  if (Math.abs(clockAheadMs) <= clockToleranceMs) return { check, status: "ok", message };
  const remedy =
    "synchronise both (NTP): leases go by Redis's clock alone, but logs of several machines are merged by time";
  return { check, status: "warning", message, remedy };
}

function roundTrip({ roundTripMs }: RedisFacts): Finding {
  const check = "round trip";
  if (roundTripMs === undefined) return unknown(check, "how far it is");
  const message = durationText(roundTripMs);
  if (roundTripMs <= longRoundTripMs) return { check, status: "ok", message };
  return {
    check,
    status: "warning",
    message,
    remedy: "bring workers and Redis into one network; small calls suffer first",
  };
}

function rights(denied: readonly DeniedCommand[]): Finding {
  const check = "rights";
  const [first] = denied;
  if (first === undefined) return { check, status: "ok", message: "the user may do all that is needed on this pool" };
  const names = denied.map(({ command }) => command);
  const shown = names.slice(0, shownDenials).join(", ") + (names.length > shownDenials ? ", …" : "");
  const message = `the user may not use ${counted(names.length, "command")} on this pool's keys: ${shown} (${first.reason})`;
  const remedy =
    "ACL SETUSER <user> +@all -@admin -@dangerous +info ~callgrid:*, or as docs/OPERATIONS.md has it for least rights";
  return { check, status: "wrong", message, remedy };
}

function unknown(check: string, what: string): Finding {
  const remedy = "run this as a Redis user with more rights";
  return { check, status: "warning", message: `Redis does not report ${what}`, remedy };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MiB`;
}
