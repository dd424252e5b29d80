import { optionsFor, parseRedisUrl } from "@callgrid/statekeeper";
import type { ConnectionOptions } from "bullmq";

/** Where the runs of a grid are: in a queue of BullMQ on the grid's Redis. */
export interface RunPlace {
  /** The URL of the Redis. */
  readonly url: string;
  /** The name of the grid. */
  readonly grid: string;
}

/** The name of the queue of a grid's runs. */
export function runQueueName(grid: string): string {
  return `callgrid-runs-${grid}`;
}

/** How long a link may be silent while an answer is due, in ms: a worker of BullMQ waits for work for up to 10 s. */
const silenceMs = { commands: 5_000, work: 15_000 } as const;

/**
 * How BullMQ connects there. On a Cluster its keys get a hash tag, so that they are of one slot, which the connection follows.
 *
 * @param use - `work` for a worker of BullMQ, which waits on its connection.
 */
export function runConnection(
  { url, grid }: RunPlace,
  use: keyof typeof silenceMs = "commands",
): { connection: ConnectionOptions; prefix: string } {
  const address = parseRedisUrl(url);
  const prefix = address.clusterNodes === undefined ? "bull" : `{${runQueueName(grid)}}`;
  const { reconnectOnError, ...options } = optionsFor(address, prefix);
  const connection = {
    ...options,
    socketTimeout: silenceMs[use],
    maxRetriesPerRequest: null,
    // BullMQ would give up on a slot that moves
    reconnectOnError: (error: Error) =>
      /^(ASK|TRYAGAIN)\b/.test(error.message) ? 2 : (reconnectOnError?.(error) ?? false),
  };
  // both mean the options of ioredis; BullMQ's type alone minds a property that is there and undefined
  return { connection: connection as ConnectionOptions, prefix };
}

/** ioredis notes on an error which command failed, with all arguments; the first command of a link holds the password. */
export function withoutCommand<Thrown>(error: Thrown): Thrown {
  if (error instanceof Error && "command" in error) delete error.command;
  return error;
}
