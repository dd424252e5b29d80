/** What happened in a pool between two sights of it, for the event line. Pure. */
import type { MemberState } from "@callgrid/statekeeper";
import type { GridEvent } from "./documents.ts";
import type { PoolSight } from "./pool-figures.ts";

/** In the order: members that left or died, that joined, functions of another version, the head. */
export function eventsBetween(before: PoolSight, now: PoolSight): GridEvent[] {
  const { pool } = now.state;
  const event = (kind: GridEvent["kind"], text: string): GridEvent => ({ atMs: now.atMs, pool, kind, text });
  return [
    ...departures(before, now).map(([kind, text]) => event(kind, text)),
    ...arrivals(before, now).map((text) => event("joined", text)),
    ...deployments(before, now).map((text) => event("deployed", text)),
    ...headChange(before, now).map((text) => event("head", text)),
  ];
}

function departures(before: PoolSight, now: PoolSight): Array<[kind: "left" | "died", text: string]> {
  const present = new Map(now.state.members.map((member) => [member.id, member]));
  return before.state.members.flatMap((old): Array<[kind: "left" | "died", text: string]> => {
    if (old.leaseLeftMs <= 0) return [];
    const member = present.get(old.id);
    if (member === undefined) {
      // a member that lives renews its lease long before that, and one that leaves has done so
      const hadLapsed = old.leaseLeftMs < now.atMs - before.atMs;
      return [[hadLapsed ? "died" : "left", `${named(old)} ${hadLapsed ? "died" : "left"}`]];
    }
    return member.leaseLeftMs <= 0 ? [["died", `${named(old)} is silent: its lease has lapsed`]] : [];
  });
}

function arrivals(before: PoolSight, now: PoolSight): string[] {
  const known = new Map(before.state.members.map((member) => [member.id, member]));
  return now.state.members.flatMap((member) => {
    const old = known.get(member.id);
    if (old === undefined) return [`${named(member)} joined`];
    return old.leaseLeftMs <= 0 && member.leaseLeftMs > 0 ? [`${named(member)} is back`] : [];
  });
}

function deployments(before: PoolSight, now: PoolSight): string[] {
  return [...now.state.functions.functions].flatMap(([name, { version }]) => {
    const old = before.state.functions.functions.get(name)?.version;
    if (old === version) return [];
    return [old === undefined ? `function ${name} is new` : `function ${name} went from version ${old} to ${version}`];
  });
}

function headChange(before: PoolSight, now: PoolSight): string[] {
  const { head } = now.state;
  if (head === before.state.head) return [];
  return [head === undefined ? "the pool has no head any more" : `${head} heads the pool`];
}

function named({ kind, id, description }: MemberState): string {
  const { host } = description;
  return typeof host === "string" ? `${kind} ${id} on ${host}` : `${kind} ${id}`;
}
