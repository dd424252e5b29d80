/** The same object with one method replaced; all others keep their `this`. */
export function withMethod<Target extends object>(target: Target, name: keyof Target, method: unknown): Target {
  return new Proxy(target, {
    get: (_, asked) => {
      const own: unknown = Reflect.get(target, asked);
      if (asked === name) return method;
      return typeof own === "function" ? own.bind(target) : own;
    },
  });
}
