import { define } from "@callgrid/core";
import { type Member, MemoryStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { FunctionRegistry, FunctionStanding } from "../functions/function-registry.ts";
import { Membership } from "./membership.ts";

function member(id: string, functions: ReadonlyMap<string, string>): Member {
  return { id, kind: "worker", leaseMs: 1_000, description: {}, functions };
}

describe("a member of a pool that has lost its memory", () => {
  it("says so of functions of others, also of those that the pool's table has not had since", async () => {
    const registry = new FunctionRegistry([define("own", () => 1).definition]);
    const standing = new FunctionStanding(registry);
    const errors: unknown[] = [];
    let keeper = new MemoryStatekeeper().pool("pool");
    const pool = { join: (who: Member) => keeper.join(who), functions: () => keeper.functions() } as typeof keeper;
    const membership = new Membership({
      keeper: pool,
      member: member("here", registry.versions),
      standing,
      onChange: () => undefined,
      onError: (error) => errors.push(error),
      log: { warn: () => undefined },
    });
    await keeper.join(member("there", new Map([["others", "7"]])));
    await membership.join();

    keeper = new MemoryStatekeeper().pool("pool");
    await membership.readFunctions();
    await membership.rejoin();

    expect([...(await keeper.functions()).functions.keys()].sort()).toEqual(["others", "own"]);
    expect(errors).toEqual([]);
  });
});

it("what a worker has at another version than the current one is logged once", async () => {
  const registry = new FunctionRegistry([define("f", { version: "1" }, () => 1).definition]);
  const logged: unknown[] = [];
  const pool = new MemoryStatekeeper().pool("pool");
  const membership = new Membership({
    keeper: pool,
    member: member("here", registry.versions),
    standing: new FunctionStanding(registry),
    onChange: () => undefined,
    onError: () => undefined,
    log: { warn: (fields: unknown) => logged.push(fields) },
  });
  await membership.join();
  expect(logged).toEqual([]);
  await pool.join(member("newer", new Map([["f", "2"]])));
  await membership.readFunctions();
  await membership.readFunctions();
  expect(logged).toEqual([{ functions: ["f"] }]);
});
