/** Times as people read them. */

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
  { name: "ms", ms: 1 },
] as const;

/** A time in the largest unit that it fills, to two or three digits: `9.8 s`, `850 µs`. */
export function durationText(ms: number): string {
  const unit = units.find((candidate) => Math.abs(ms) >= candidate.ms);
  if (unit === undefined) return ms === 0 ? "0 ms" : `${Math.round(ms * 1_000)} µs`;
  const count = ms / unit.ms;
  return `${Math.abs(count) < 10 ? Math.round(count * 10) / 10 : Math.round(count)} ${unit.name}`;
}

/** `1 worker`, `2 workers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
