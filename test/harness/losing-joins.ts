/** A statekeeper on which members join, and learn of an error all the same: as with a link that breaks before the reply. */
import type { PoolKeeper, Statekeeper } from "@callgrid/statekeeper";
import { withMethod } from "./with-method.ts";

export function losingJoins(statekeeper: Statekeeper): Statekeeper {
  return withMethod(statekeeper, "pool", (name: string) => {
    const keeper = statekeeper.pool(name);
    const join: PoolKeeper["join"] = async (member) => {
      await keeper.join(member);
      throw new Error("the reply is lost");
    };
    return withMethod(keeper, "join", join);
  });
}
