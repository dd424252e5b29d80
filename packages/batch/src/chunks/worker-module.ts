/** Where the functions are that workers evaluate for batches. */
import { entryFile } from "@callgrid/core";

/** The module that every worker is to load besides those of its user. */
export const workerModule: URL = entryFile("./worker-functions.js", import.meta.url);
