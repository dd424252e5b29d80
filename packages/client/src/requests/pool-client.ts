/**
 * One pool as one client sees it: a requester, the inbox that feeds it, and the warning when there are no workers to do the
 * work. Made when the pool is first used, and kept until the client is closed.
 */
import { type Clock, decodeErrorTree, functionNameIn, isErrorText, messageOf } from "@callgrid/core";
import {
  type InboxListener,
  type OutcomeListener,
  type PendingCall,
  type PrioritizedSubmission,
  Requester,
  type Statekeeper,
} from "@callgrid/statekeeper";
import type { Tracing } from "@callgrid/tracing";
import type { ClientSettings } from "../options/client-options.ts";
import type { GridLog } from "../options/log.ts";
import { NoWorkersWarning } from "./no-workers-warning.ts";
import type { OpenRequest } from "./timed-request.ts";

/** What a {@link PoolClient} works with. */
export interface PoolClientParts {
  readonly name: string;
  readonly statekeeper: Statekeeper;
  /** The client's process id: whose inbox gets the outcomes. */
  readonly process: string;
  readonly settings: ClientSettings;
  readonly clock: Clock;
  readonly log: GridLog;
  /** Absent: without tracing. */
  readonly tracing?: Tracing | undefined;
}

interface RequestToSend {
  readonly submission: PrioritizedSubmission;
  readonly worker: string | undefined;
  readonly listener: OutcomeListener;
}

export class PoolClient {
  readonly name: string;
  readonly clock: Clock;
  readonly #parts: PoolClientParts;
  readonly #requester: Requester;
  readonly #inbox: InboxListener;
  readonly #warning: NoWorkersWarning;
  #lastReason = "";

  constructor(parts: PoolClientParts) {
    const { name, statekeeper, process, settings, clock, log } = parts;
    const keeper = statekeeper.pool(name);
    this.name = name;
    this.clock = clock;
    this.#parts = parts;
    this.#requester = new Requester({
      ...settings,
      keeper,
      process,
      clock,
      onError: (error) => this.#logFailure(error),
    });
    // Read the inbox before anything is submitted, so that its connection is being made meanwhile.
    this.#inbox = keeper.listen(process, {
      onMessages: (messages) => {
        // The other kinds of message are for workers.
        for (const message of messages) this.#requester.receive(message);
      },
      onReconnect: () => this.#requester.recheckAll(),
    });
    this.#warning = new NoWorkersWarning({
      statekeeper,
      keeper,
      requester: this.#requester,
      afterMs: settings.noWorkersWarningMs,
      clock,
      log,
    });
    void this.#requester.start();
  }

  /** See {@link Requester.ask}. */
  ask(submission: PrioritizedSubmission, worker: string | undefined, listener: OutcomeListener): OpenRequest {
    const { tracing } = this.#parts;
    const asked = { submission, worker, listener };
    return tracing === undefined ? this.#ask(asked) : this.#askTraced(tracing, asked);
  }

  /** The span lasts until the outcome has arrived or has no waiter any more. */
  #askTraced(tracing: Tracing, { submission, worker, listener }: RequestToSend): OpenRequest {
    const functionName = functionNameIn(submission.payload);
    const span = tracing.begin("submit", { functionName, requestId: submission.id, pool: this.name });
    const endSpan: OutcomeListener = (outcome, origin) => {
      span.end(isErrorText(outcome) ? decodeErrorTree(outcome).code : undefined);
      listener(outcome, origin);
    };
    const traced = { submission: { ...submission, trace: span.carried }, worker, listener: endSpan };
    const ask = this.#ask(traced, { traceId: span.traceId });
    return {
      withdraw: () => {
        span.end("CANCELLED");
        ask.withdraw();
      },
    };
  }

  #ask(asked: RequestToSend, trace: { readonly traceId?: string } = {}): PendingCall {
    const { submission, worker } = asked;
    const ask = this.#requester.ask(submission, worker, this.#logged(asked, trace));
    this.#warning.watch();
    return ask;
  }

  /** Objects for log lines below the level would cost every request time. */
  #logged({ submission, worker, listener }: RequestToSend, trace: { readonly traceId?: string }): OutcomeListener {
    const { log } = this.#parts;
    if (log.isLevelEnabled?.("debug") === false) return listener;
    const facts = { requestId: submission.id, pool: this.name, ...trace };
    log.debug({ ...facts, worker }, "request submitted");
    return (outcome, origin) => {
      const { isKept = false } = origin;
      log.debug({ ...facts, isError: isErrorText(outcome), isKept }, "request answered");
      listener(outcome, origin);
    };
  }

  /** Leaves the pool. All that was waited for has been withdrawn before. */
  async close(): Promise<void> {
    const { statekeeper, name, process } = this.#parts;
    this.#warning.stop();
    try {
      await this.#requester.stop();
      await statekeeper.pool(name).leave(process);
    } finally {
      await this.#inbox.close();
    }
  }

  /**
   * What goes wrong goes wrong for many calls at once, and again until it is mended: one line is enough for the same
   * reason.
   */
  #logFailure(error: unknown): void {
    const { log, name } = this.#parts;
    const reason = messageOf(error);
    const level = reason === this.#lastReason ? "debug" : "warn";
    this.#lastReason = reason;
    log[level]({ err: error, pool: name }, "a call of the statekeeper failed; what it was for is retried");
  }
}
