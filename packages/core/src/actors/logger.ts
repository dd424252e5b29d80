/** The log that components write to. Types alone, so that the published types need no logging library. */

/** Writes a line of one level: facts and a message, or a message alone. */
export interface LogLine {
  (facts: object, message?: string): void;
  (message: string): void;
}

/** A logger in the manner of pino, whose loggers fit. @public */
export interface Logger {
  /** The lowest level that is written. */
  readonly level: string;
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
  isLevelEnabled(level: string): boolean;
  /** A logger that adds these facts to each line. */
  child(facts: Record<string, unknown>): Logger;
}
