/** Puts the folders of several machines together, and finds what is missing, there twice, or contradicts itself. */
import { GridError } from "@callgrid/core";
import { digestFromHex, digestText } from "../split/digest.ts";
import { filesIn } from "./machine-folder.ts";
import { type FinishedJob, readSnapshot, type SnapshotContent, type SnapshotHeader } from "./snapshot.ts";

/** What the folders have together. */
export interface MergedFolders {
  /** That of the first folder. */
  readonly header: SnapshotHeader;
  /** One entry for each place of the list that is finished, in its order. */
  readonly finished: readonly FinishedJob[];
  /** First places of the jobs that have a value. */
  readonly succeeded: ReadonlySet<number>;
  /** Places of the list that no folder has. */
  readonly missing: readonly number[];
  /** Jobs that several folders have, with equal values. */
  readonly duplicates: readonly number[];
  /** Jobs that several folders have, with other values. */
  readonly contradicting: readonly Contradiction[];
  /** Folders whose results have other columns than those of the first one. */
  readonly otherColumns: readonly string[];
}

/** A job, and two folders that do not agree on it. */
export interface Contradiction {
  readonly job: number;
  readonly folders: readonly [string, string];
}

/** Throws `INVALID_OPTION` for a folder without a snapshot, and for one of another experiment or with other names of arguments. */
export async function mergeFolders(folders: readonly string[]): Promise<MergedFolders> {
  const jobs = new Map<number, { readonly folder: string; readonly finished: FinishedJob }>();
  const duplicates = new Set<number>();
  const contradicting: Contradiction[] = [];
  const otherColumns: string[] = [];
  let header: SnapshotHeader | undefined;
  for (const folder of folders) {
    const content = await contentOf(folder);
    header ??= content.header;
    refuseForeign(folder, content.header, header);
    if (!areEqual(content.header.columns, header.columns)) otherColumns.push(folder);
    for (const finished of content.finished.values()) {
      const { job } = finished;
      const known = jobs.get(job);
      // a value counts more than a failure: the job was evaluated again
      if (known === undefined || (known.finished.error !== undefined && finished.error === undefined))
        jobs.set(job, { folder, finished });
      if (known === undefined || known.finished.error !== undefined || finished.error !== undefined) continue;
      if (known.finished.value === finished.value) duplicates.add(job);
      else contradicting.push({ job, folders: [known.folder, folder] });
    }
  }
  if (header === undefined) throw invalid("expected the folders of at least one machine");
  const merged = [...jobs.values()].map((each) => each.finished);
  const finished = inOrder(merged);
  return {
    header,
    finished,
    succeeded: new Set(merged.filter(({ error }) => error === undefined).map(({ job }) => job)),
    missing: missingFrom(finished, header.places),
    duplicates: [...duplicates],
    contradicting,
    otherColumns,
  };
}

async function contentOf(folder: string): Promise<SnapshotContent> {
  const content = await readSnapshot(filesIn(folder).snapshot);
  if (content === undefined) throw invalid(`${folder} has no snapshot of a sweep`);
  return content;
}

function refuseForeign(folder: string, { experiment, names }: SnapshotHeader, first: SnapshotHeader): void {
  if (experiment !== first.experiment) {
    const [own, expected] = [experiment, first.experiment].map((hex) => digestText(digestFromHex(hex)));
    throw invalid(`${folder} is of another experiment: its digest is ${own}, that of the first folder is ${expected}`);
  }
  if (areEqual(names, first.names)) return;
  const [own, expected] = [names, first.names].map((some) => some.join(", "));
  throw invalid(`${folder} has other names of arguments: ${own}; those of the first folder are ${expected}`);
}

function areEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, place) => name === other[place]);
}

/** Jobs of several places are at each of them. */
function inOrder(jobs: readonly FinishedJob[]): FinishedJob[] {
  const placed = jobs.flatMap((finished) =>
    [finished.job, ...finished.repeats].map((job) => ({ ...finished, job, repeats: [] })),
  );
  return placed.sort((one, other) => one.job - other.job);
}

function missingFrom(finished: readonly FinishedJob[], places: number): number[] {
  const present = new Set(finished.map(({ job }) => job));
  return Array.from({ length: places }, (_, place) => place).filter((place) => !present.has(place));
}

function invalid(message: string): GridError {
  return new GridError("INVALID_OPTION", message);
}
