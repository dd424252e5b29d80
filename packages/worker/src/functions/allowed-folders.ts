/**
 * A path counts by where it really leads: links are followed before the file is opened, and the opened descriptor is looked at again, so
 * that a link that changes in between opens nothing.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { basename, dirname, join, parse, relative, resolve, sep } from "node:path";
import { GridError } from "@callgrid/core";

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

const ownFileMode = 0o600;
/** In which Linux has a link for each file that this process has open. */
const openFiles = "/proc/self/fd";

interface Opening {
  readonly flags: number;
  /** See {@link AllowedFolders.openToRead}. */
  readonly isKnown?: ((file: number) => boolean) | undefined;
}

/** Folders that paths from requests may lead into. */
export class AllowedFolders {
  readonly #folders: readonly string[];
  readonly #flag: string;

  /**
   * @param folders - of this machine; relative ones are below the working folder.
   * @param flag - what to give for other folders, such as `--data-folder`.
   * @throws GridError `INVALID_OPTION` for one that is missing.
   */
  constructor(folders: readonly string[], flag: string) {
    this.#folders = folders.map((folder) => realFolder(folder, flag));
    this.#flag = flag;
  }

  /** Whether no path is outside. */
  get areAll(): boolean {
    return this.#folders.some((folder) => folder === parse(folder).root);
  }

  /** Equal for folders that allow the same, also where those are of another copy of this class. */
  get key(): string {
    return this.#folders.join("\0");
  }

  /** Throws `FILE_NOT_ALLOWED` for a path outside, whether or not there is a file. */
  refuseOutside(path: string): void {
    this.#placeOf(path);
  }

  /**
   * Opens a file to read it.
   *
   * @param isKnown - whether a file outside of the folders may be read as well.
   * @throws GridError `FILE_NOT_ALLOWED` outside of the folders, and for what is not a regular file.
   */
  openToRead(path: string, isKnown?: (file: number) => boolean): number {
    return this.#open(path, { flags: O_RDONLY, isKnown });
  }

  /** Opens a file to write it from its start; a new one is its user's alone. Throws as {@link openToRead} does. */
  openToWrite(path: string): number {
    const file = this.#open(path, { flags: O_WRONLY | O_CREAT });
    ftruncateSync(file);
    return file;
  }

  /** Neither waits for the other end of a pipe nor changes the file before it is known to be allowed. */
  #open(path: string, { flags, isKnown }: Opening): number {
    const place = this.#placeOf(path, isKnown !== undefined);
    // to open a device or the end of a pipe may do something by itself
    if (!this.#contain(place) && !isRegular(place)) throw this.#refusal(path);
    const file = this.#openPlace(path, place, flags | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile() || !this.#mayUse(file, place, isKnown)) throw this.#refusal(path);
      return file;
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  #mayUse(file: number, place: string, isKnown?: (file: number) => boolean): boolean {
    const opened = openedPlace(file, place);
    return (opened !== undefined && this.#contain(opened)) || isKnown?.(file) === true;
  }

  #openPlace(path: string, place: string, flags: number): number {
    try {
      return flags & O_CREAT ? this.#openInHeld(path, place, flags) : openSync(place, flags, ownFileMode);
    } catch (error) {
      // a link that was put there since, or the end of a pipe that nothing reads
      if (["ELOOP", "ENXIO"].includes(codeOf(error)) || !this.#contain(place)) throw this.#refusal(path);
      throw error;
    }
  }

  /** Makes no file elsewhere: where the system shows it, the folder is held open meanwhile, and a link in its place changes nothing. */
  #openInHeld(path: string, place: string, flags: number): number {
    if (!existsSync(openFiles)) return openSync(place, flags, ownFileMode);
    const folder = openSync(dirname(place), O_RDONLY | O_DIRECTORY);
    try {
      const held = join(openFiles, String(folder));
      if (!this.#contain(readlinkSync(held))) throw this.#refusal(path);
      return openSync(join(held, basename(place)), flags, ownFileMode);
    } finally {
      closeSync(folder);
    }
  }

  /** Where a path really leads. What is missing is looked for from the deepest part that is there. */
  #placeOf(path: string, mayBeOutside = false): string {
    const wanted = resolve(path);
    let found = wanted;
    while (!isThere(found)) found = dirname(found);
    const real = realPath(found);
    if (real === undefined || !(mayBeOutside || this.#contain(real))) throw this.#refusal(path);
    return join(real, relative(found, wanted));
  }

  #contain(place: string): boolean {
    return this.#folders.some(
      (folder) => place === folder || place.startsWith(folder.endsWith(sep) ? folder : folder + sep),
    );
  }

  #refusal(path: string): GridError {
    const allowed =
      this.#folders.length === 0 ? "none is allowed" : `allowed are files below ${this.#folders.join(", ")}`;
    return new GridError(
      "FILE_NOT_ALLOWED",
      `${path} is not a file that requests may use here: ${allowed}; ${this.#flag} of this process allows other folders`,
      { details: { file: path } },
    );
  }
}

function realFolder(folder: string, flag: string): string {
  const real = realPath(resolve(folder));
  if (real !== undefined && lstatSync(real).isDirectory()) return real;
  throw new GridError("INVALID_OPTION", `${flag}: ${folder} is not a folder of this machine`, {
    details: { path: flag, folder },
  });
}

/** By the descriptor where the system shows that, else by the path, if that still leads to the same file. */
function openedPlace(file: number, place: string): string | undefined {
  try {
    return readlinkSync(join(openFiles, String(file)));
  } catch {
    const real = realPath(place);
    const [opened, named] = [fstatSync(file), real === undefined ? undefined : lstatSync(real)];
    return opened.ino === named?.ino && opened.dev === named.dev ? real : undefined;
  }
}

function isRegular(place: string): boolean {
  return lstatSync(place, { throwIfNoEntry: false })?.isFile() === true;
}

/** Links at the end are not followed: one that leads nowhere is there. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return path === dirname(path);
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "";
}
