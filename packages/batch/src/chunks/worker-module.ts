/** Where the functions are that workers evaluate for batches. */

/** The module that every worker is to load beside those of its user. The compiled file: Node loads it without help. */
export const workerModule: URL = new URL("../../dist/chunks/worker-functions.js", import.meta.url);
