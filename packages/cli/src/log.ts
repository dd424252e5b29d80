/** The log of the command line, on stderr: pino's JSON, or lines for people where a person looks at a terminal. */
import { Writable } from "node:stream";
import { type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import type { CliIo, OutputStream } from "./cli-io.ts";
import { hasColors } from "./colors.ts";

/** Where log lines of this process and of its children go. */
export function logStream({ stderr, env }: Pick<CliIo, "stderr" | "env">): Writable {
  return stderr.isTTY === true ? new PrettyLines(stderr, hasColors(stderr, env)) : stderr;
}

/** A log at this level. */
export function makeLog(level: string, stream: Writable): Logger {
  return pino({ level, name: "callgrid" }, stream);
}

/** Turns each line of pino's JSON into one for people, and leaves all other lines as they are. */
class PrettyLines extends Writable {
  readonly #target: OutputStream;
  readonly #prettify: (line: string) => string;
  #unfinished = "";

  constructor(target: OutputStream, colorize: boolean) {
    super({ decodeStrings: false });
    this.#target = target;
    this.#prettify = prettyFactory({
      colorize,
      ignore: "pid,hostname,name",
      translateTime: "SYS:HH:MM:ss.l",
      singleLine: true,
    });
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    const lines = (this.#unfinished + chunk.toString()).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) this.#target.write(this.#prettify(line));
    done();
  }
}
