import { define, VirtualClock } from "@callgrid/core";
import { type Member, MemoryStatekeeper } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { until } from "../../../../test/harness/until.ts";
import { withMethod } from "../../../../test/harness/with-method.ts";
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
      clock: new VirtualClock(),
      keeper: pool,
      member: member("here", registry.versions),
      notes: registry.notes,
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

  it("reads the function table after a join whose reply got lost, although the pool counts its changes from one again", async () => {
    const registry = new FunctionRegistry([define("f", { version: "2" }, () => 1).definition]);
    const standing = new FunctionStanding(registry);
    let keeper = new MemoryStatekeeper().pool("pool");
    let losesReplies = false;
    const join = async (who: Member) => {
      const table = await keeper.join(who);
      if (losesReplies) throw new Error("the reply is lost");
      return table;
    };
    const membership = new Membership({
      clock: new VirtualClock(),
      keeper: {
        ...{ join, functions: () => keeper.functions(), readCode: async () => new Map() },
      } as Partial<typeof keeper> as typeof keeper,
      member: member("here", registry.versions),
      notes: registry.notes,
      standing,
      onChange: () => undefined,
      onError: () => undefined,
      log: { warn: () => undefined },
    });
    const other = member("there", new Map([["f", "1"]]));
    await membership.join();
    await keeper.join(other);
    await membership.readFunctions();
    expect(standing.skips).toEqual(["f"]);

    keeper = new MemoryStatekeeper().pool("pool");
    await keeper.join(other);
    losesReplies = true;
    await membership.rejoin();
    const from = { worker: "here", max: 1, budgetMicros: 1, reach: "roots" as const, volunteerFor: 1 };
    const claim = await keeper.claim({ ...from, epoch: standing.epoch, skips: standing.skips });

    expect(claim.kind).toBe("stale");
    await membership.readFunctions();
    expect(standing.skips).toEqual([]);
  });
});

it("what a worker has at another version than the current one is logged once, with the files that differ", async () => {
  const note = (hash: string) => ({ files: { "f.ts": "same", "k.ts": hash }, packages: [] });
  const registry = new FunctionRegistry(
    [define("f", { version: "1" }, () => 1).definition],
    new Map([["1", note("old")]]),
  );
  const logged: unknown[] = [];
  const pool = new MemoryStatekeeper().pool("pool");
  const membership = new Membership({
    clock: new VirtualClock(),
    keeper: pool,
    member: member("here", registry.versions),
    notes: registry.notes,
    standing: new FunctionStanding(registry),
    onChange: () => undefined,
    onError: () => undefined,
    log: { warn: (fields: unknown) => logged.push(fields) },
  });
  await membership.join();
  expect(logged).toEqual([]);
  await pool.noteCode(new Map([["2", note("new")]]));
  await pool.join(member("newer", new Map([["f", "2"]])));
  await membership.readFunctions();
  await membership.readFunctions();
  await until(() => logged.length > 0);
  expect(logged).toEqual([{ functions: ["f"], files: ["k.ts"] }]);
});

it("a worker joins although what its versions are made of cannot be noted, which is logged", async () => {
  const pool = new MemoryStatekeeper().pool("pool");
  const failing = Object.create(pool, {
    noteCode: { value: async () => Promise.reject(new Error("no right")) },
    join: { value: (who: Member) => pool.join(who) },
  }) as typeof pool;
  const registry = new FunctionRegistry([], new Map([["1", { files: {}, packages: [] }]]));
  const logged: unknown[] = [];
  const membership = new Membership({
    clock: new VirtualClock(),
    keeper: failing,
    member: member("here", registry.versions),
    notes: registry.notes,
    standing: new FunctionStanding(registry),
    onChange: () => undefined,
    onError: () => undefined,
    log: { warn: (fields: unknown) => logged.push(fields) },
  });
  await membership.join();
  expect((await pool.inspect()).members.map(({ id }) => id)).toEqual(["here"]);
  expect(logged).toEqual([{ err: new Error("no right") }]);
});

it("a worker that lives on notes its code again each day, and not once it has left", async () => {
  const registry = new FunctionRegistry([], new Map([["v1", { files: {}, packages: ["lib@1.0.0"] }]]));
  const clock = new VirtualClock();
  const pool = new MemoryStatekeeper({ clock }).pool("pool");
  let noted = 0;
  const keeper = withMethod(pool, "noteCode", async () => {
    noted += 1;
  });
  const membership = new Membership({
    ...{ clock, keeper, member: member("here", registry.versions), notes: registry.notes },
    standing: new FunctionStanding(registry),
    onChange: () => undefined,
    onError: () => undefined,
    log: { warn: () => undefined },
  });
  await membership.join();
  await membership.rejoin();
  expect(noted).toBe(2);
  await clock.advance(2 * 86_400_000);
  expect(noted).toBe(4);
  membership.stop();
  await clock.advance(2 * 86_400_000);
  expect(noted).toBe(4);
});
