/** The clock of a time zone: what it shows at an instant, and when it shows something, where it is set forward and back. */

const dayMs = 86_400_000;

/** A zone's clock. What it shows is given as if it were UTC, in ms since 1970. */
export class ZoneClock {
  readonly #format: Intl.DateTimeFormat;

  /** Throws a `RangeError` for an unknown zone. */
  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  }

  /** What the clock shows at an instant. */
  shownAt(instantMs: number): number {
    return instantMs + this.#offsetAt(instantMs);
  }

  /** When the clock next shows this, for the first time if it is set back then; undefined if it is set forward past it. */
  instantOf(shownMs: number, afterMs: number): number | undefined {
    return this.#instantsOf(shownMs).find((instantMs) => instantMs > afterMs && this.shownAt(instantMs) === shownMs);
  }

  /** When the clock would show this, had it not been set forward. */
  instantAsBefore(shownMs: number): number {
    return this.#instantsOf(shownMs)[0];
  }

  /** By what the clock was set to the day before, and will be the day after. */
  #instantsOf(shownMs: number): readonly [number, number] {
    return [shownMs - this.#offsetAt(shownMs - dayMs), shownMs - this.#offsetAt(shownMs + dayMs)];
  }

  #offsetAt(instantMs: number): number {
    const name = this.#format.formatToParts(instantMs).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0", seconds = "0"] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
    const offsetMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
    return sign === "-" ? -offsetMs : offsetMs;
  }
}
