/** How many jobs each machine gets: in proportion to its performance and cores, and to within one job of that. */

/** A machine of a sweep. */
export interface Machine {
  readonly name: string;
  /** Of one core, relative to the others; above 0. */
  readonly performance: number;
  /** How many worker threads it runs. */
  readonly cores: number;
}

/** How fast a machine is as a whole. */
export function powerOf({ performance, cores }: Machine): number {
  return performance * cores;
}

/**
 * The numbers of jobs by the method of the largest remainder: each machine gets its exact share rounded down, and what is left goes, one
 * job each, to the machines whose shares were cut most. Of equal remainders the first machine is served first.
 */
export function shareSizes(total: number, machines: readonly Machine[]): number[] {
  const all = machines.reduce((sum, machine) => sum + powerOf(machine), 0);
  const exact = machines.map((machine) => (total * powerOf(machine)) / all);
  const sizes = exact.map(Math.floor);
  const byRemainder = exact
    .map((share, place) => ({ place, remainder: share - Math.floor(share) }))
    .sort((one, other) => other.remainder - one.remainder || one.place - other.place);
  const left = total - sizes.reduce((sum, size) => sum + size, 0);
  for (const { place } of byRemainder.slice(0, left)) sizes[place] = (sizes[place] ?? 0) + 1;
  return sizes;
}
