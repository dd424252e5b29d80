/** A statekeeper on which members join, and learn of an error all the same: as with a link that breaks before the reply. */
import type { PoolKeeper, Statekeeper } from "@callgrid/statekeeper";

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

/** The same object with one method replaced; all others keep their `this`. */
function withMethod<Target extends object>(target: Target, name: keyof Target, method: unknown): Target {
  return new Proxy(target, {
    get: (_, asked) => {
      const own: unknown = Reflect.get(target, asked);
      if (asked === name) return method;
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}
