/**
 * Options as users give them. A test makes this file from the tables that declare the options:
 * `npx vitest run test/docs/option-types.test.ts -u`.
 */

/** Generated from the table of these options. */
export interface ReentrantStreamOptions {
  /**
   * Yield outcomes as they come (outcomes), or in the order of the requests (requests).
   *
   * Default: `"outcomes"`.
   */
  readonly order?: "outcomes" | "requests" | undefined;
}
