/** Where the functions are that list the jobs of a sweep, and evaluate short ones in groups. */
import { entryFile } from "@callgrid/core";

/** The module of them, for threads: a user's module is never loaded in the thread of the command. */
export const sweepModule: URL = entryFile("./sweep-functions.js", import.meta.url);
