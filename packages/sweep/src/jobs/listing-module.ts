/** Where the function is that lists the jobs of a sweep. */
import { entryFile } from "@callgrid/core";

/** The module of it, for threads: a user's module is never loaded in the thread of the command. */
export const listingModule: URL = entryFile("./listing-functions.js", import.meta.url);
