/** Figures as people read them, with their units. Pure. */

const byDigits = new Map(
  [0, 1, 2].map((digits) => [digits, new Intl.NumberFormat("en", { maximumFractionDigits: digits })] as const),
);
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const fullBelow = 100_000;

/** `12,345`, and `1.2M` where that would be long. */
export function countText(count: number): string {
  return Math.abs(count) < fullBelow ? withDigits(count, 0) : short.format(count);
}

/** `0.25/s`, `12.5/s`, `1,204/s`. */
export function rateText(perSecond: number | undefined): string {
  if (perSecond === undefined) return "…";
  const digits = perSecond >= 100 || perSecond === 0 ? 0 : perSecond >= 1 ? 1 : 2;
  return `${perSecond < fullBelow ? withDigits(perSecond, digits) : short.format(perSecond)}/s`;
}

/** `42 %`. */
export function shareText(share: number | undefined): string {
  return share === undefined ? "–" : `${Math.round(share * 100)} %`;
}

const units = [
  { name: "d", ms: 86_400_000 },
  { name: "h", ms: 3_600_000 },
  { name: "min", ms: 60_000 },
  { name: "s", ms: 1_000 },
  { name: "ms", ms: 1 },
] as const;

/** `850 µs`, `9.8 s`, `12 min`. */
export function timeText(ms: number | undefined): string {
  if (ms === undefined) return "–";
  const unit = units.find((candidate) => ms >= candidate.ms);
  if (unit === undefined) return ms === 0 ? "0 s" : `${Math.round(ms * 1_000)} µs`;
  const count = ms / unit.ms;
  return `${withDigits(count, count < 10 ? 1 : 0)} ${unit.name}`;
}

/** Control characters and those that turn the direction of text would show something else than is there: they are written as escapes. */
export function visibleText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

function withDigits(count: number, digits: 0 | 1 | 2): string {
  return (byDigits.get(digits) ?? short).format(count);
}
