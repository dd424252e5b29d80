/**
 * The version of the form in which processes of a pool write to each other: keys, records, messages, results. Raise it with every change
 * that an older process would misread, and give each key whose form changes a new name (keys.ts): what an older version has left there is
 * then left without an owner, and results among it expire.
 */
import { GridError, shortText } from "@callgrid/core";

export const wireVersion = 3;

const shownCharacters = 20;

/** The error of a script that found a pool of another wire version (scripts/lib/wire.lua); undefined for other refusals. */
export function incompatibleVersion(message: string): GridError | undefined {
  const found = /^WIREVERSION (.*)$/s.exec(message)?.[1];
  if (found === undefined) return undefined;
  const isNewer = Number(found) > wireVersion;
  const remedy = isNewer
    ? "upgrade callgrid here"
    : "upgrade callgrid in its other processes, or stop them: the pool is free 30 seconds after the last one has ended";
  return new GridError(
    "INCOMPATIBLE_VERSION",
    `the pool is used by processes of wire version ${shortText(found, shownCharacters)}, and this process has wire version ${wireVersion}: ${remedy}`,
    { details: { poolWireVersion: found, ownWireVersion: wireVersion } },
  );
}
