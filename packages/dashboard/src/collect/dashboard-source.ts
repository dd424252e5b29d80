import type { ObservedPool, PoolState } from "@callgrid/statekeeper";
import type { RequestStory, RunFigures } from "../model/documents.ts";

/** What the dashboard reads, and what explains it in words. All operations on a pool are bounded, whatever its size. */
export interface DashboardSource {
  /** Where the statekeeper is, without a password. */
  readonly address: string;
  readonly grid: string;
  pools(): Promise<readonly string[]>;
  pool(pool: string): ObservedPool;
  /** Absent where there are none, as on an embedded grid. */
  readonly runs?: () => Promise<readonly RunFigures[]>;
  readonly words: DashboardWords;
}

/** The words of the command line, so that the page says what the commands say. */
export interface DashboardWords {
  /** Why nothing moves: as `callgrid status`. */
  reasons(state: PoolState): string[];
  /**
   * Where a request is: as `callgrid why`.
   *
   * @param request - as JSON, or its id.
   * @throws GridError `INVALID_REQUEST`.
   */
  explain(keeper: ObservedPool, request: string, options: { readonly showsArguments: boolean }): Promise<RequestStory>;
}
