/**
 * Logs by job, or by slice of a batch. The lines of all jobs come as one stream. Those that name a job are kept until the job is finished, and added to its file as one
 * compressed member, so that a job which is evaluated again adds to what it logged before.
 */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { unwritable } from "@callgrid/batch";

const mostCharacters = 1_000_000;
const shownDigits = 6;

/** Makes the folder. @param field - of a line: the number of its job. */
export function openJobLogs(folder: string, field = "job"): JobLogs {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
  return new JobLogs(folder, field);
}

/** Writes what each job logs to a file of its own. */
export class JobLogs {
  readonly #folder: string;
  readonly #field: string;
  readonly #kept = new Map<number, string>();
  #unfinished = "";

  constructor(folder: string, field: string) {
    this.#folder = folder;
    this.#field = field;
  }

  /** Takes a piece of the stream. */
  take(text: string): void {
    const lines = (this.#unfinished + text).split("\n");
    this.#unfinished = lines.pop() ?? "";
    for (const line of lines) {
      const job = jobOf(line, this.#field);
      if (job === undefined) continue;
      const kept = `${this.#kept.get(job) ?? ""}${line}\n`;
      this.#kept.set(job, kept);
      if (kept.length > mostCharacters) this.flush([job]);
    }
  }

  /** Writes what these jobs have logged so far. */
  flush(jobs: Iterable<number>): void {
    for (const job of jobs) {
      const text = this.#kept.get(job);
      if (text === undefined) continue;
      this.#kept.delete(job);
      const path = join(this.#folder, `${String(job).padStart(shownDigits, "0")}.log.gz`);
      try {
        appendFileSync(path, gzipSync(text), { mode: 0o600 });
      } catch (cause) {
        throw unwritable(path, cause);
      }
    }
  }

  /** Writes what came after its job had finished. */
  close(): void {
    this.flush([...this.#kept.keys()]);
  }
}

function jobOf(line: string, field: string): number | undefined {
  if (!line.startsWith("{") || !line.includes(`"${field}":`)) return undefined;
  try {
    const { [field]: job } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    return typeof job === "number" ? job : undefined;
  } catch {
    return undefined;
  }
}
