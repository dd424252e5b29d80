/** Reads off the edges of who waits for whom which requests one waits for in the end, and whether one waits for itself. */

/** The ids that requests wait for, by id; those that wait for nothing known are absent. */
export type Waits = ReadonlyMap<string, readonly string[]>;

/** The ids of a cycle that a request is part of, in order from there on; empty if there is none. Depth first. */
export function cycleThrough(start: string, waits: Waits): readonly string[] {
  const edges = (id: string) => (waits.get(id) ?? []).values();
  const path = [{ id: start, waitsFor: edges(start) }];
  const seen = new Set<string>();
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { value: child, done } = top.waitsFor.next();
    if (done === true) {
      path.pop();
    } else if (child === start) {
      return path.map(({ id }) => id);
    } else if (!seen.has(child)) {
      seen.add(child);
      path.push({ id: child, waitsFor: edges(child) });
    }
  }
  return [];
}

/** What a request waits for, straight or through others. */
export function awaitedBy(start: string, waits: Waits): readonly string[] {
  const awaited = new Set(waits.get(start));
  for (const id of awaited) for (const next of waits.get(id) ?? []) awaited.add(next);
  return [...awaited];
}
