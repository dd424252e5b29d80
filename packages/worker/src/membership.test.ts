/** What a worker tells a pool that has lost its memory. */
import { define, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { expect, it, onTestFinished } from "vitest";
import { FunctionStanding } from "./function-registry.ts";
import { Membership } from "./membership.ts";
import { loadFunctions } from "./module-loader.ts";

it("a function of others is not unknown where a worker read the table of an emptied pool before it joined again", async () => {
  const statekeeper = new MemoryStatekeeper({ clock: new VirtualClock(), grid: "test" });
  onTestFinished(() => statekeeper.close());
  const keeper = statekeeper.pool("pool");
  const member = (id: string, name: string) => ({
    id,
    kind: "worker" as const,
    leaseMs: 60_000,
    description: {},
    functions: new Map([[name, "1"]]),
  });
  const membership = new Membership({
    keeper,
    member: member("here", "own"),
    standing: new FunctionStanding(await loadFunctions(define("own", { version: "1" }, () => 1))),
    onChange: () => undefined,
    onError: (error) => {
      throw error;
    },
  });
  await keeper.join(member("elsewhere", "others"));
  await membership.join();
  statekeeper.empty();
  await membership.readFunctions();
  await membership.join();
  expect([...(await keeper.functions()).functions.keys()].sort()).toEqual(["others", "own"]);
});
