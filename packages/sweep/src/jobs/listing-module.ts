/** Where the functions are by which workers list a sweep. */

/** The compiled file: Node loads it without help. */
export const listingModule: URL = new URL("../../dist/jobs/listing-functions.js", import.meta.url);
