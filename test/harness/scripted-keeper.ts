/**
 * A pool keeper whose answers a test writes, and that notes what it is asked: for facts about one side of the contract.
 * Operations that no answer was written for reject.
 */
import type {
  CheckAnswer,
  FunctionTable,
  InboxListener,
  PoolKeeper,
  SubmitAnswer,
  SubmitBatch,
  SubmitReply,
} from "@callgrid/statekeeper";

export class ScriptedKeeper implements PoolKeeper {
  readonly pool = "pool";
  readonly submits: SubmitBatch[] = [];
  readonly checks: Array<readonly string[]> = [];
  readonly withdrawals: Array<readonly string[]> = [];
  /** By default everything is queued. */
  answerSubmit: (batch: SubmitBatch) => readonly SubmitAnswer[] | Promise<readonly SubmitAnswer[]> = () => [];
  /** By default everything is pending. */
  answerCheck: (ids: readonly string[]) => readonly CheckAnswer[] | Promise<readonly CheckAnswer[]> = (ids) =>
    ids.map(() => ({ kind: "pending" }));
  functionNames: readonly string[] = [];
  /** What submit replies say of them. */
  volunteers = 0;

  /** The ids of each submit, in order. */
  get submittedIds(): string[][] {
    return this.submits.map((batch) => batch.submissions.map(({ id }) => id));
  }

  gather(ask: () => void): void {
    ask();
  }

  async submit(batch: SubmitBatch): Promise<SubmitReply> {
    this.submits.push(batch);
    return { answers: await this.answerSubmit(batch), volunteers: this.volunteers };
  }

  async check(_process: string, _leaseMs: number, ids: readonly string[]): Promise<readonly CheckAnswer[]> {
    this.checks.push(ids);
    return this.answerCheck(ids);
  }

  async withdraw(_process: string, ids: readonly string[]): Promise<void> {
    this.withdrawals.push(ids);
  }

  async functions(): Promise<FunctionTable> {
    const functions = new Map(this.functionNames.map((name) => [name, { version: "1", generation: 0 }]));
    return { epoch: 1, functions };
  }

  listen(): InboxListener {
    return { close: async () => undefined };
  }

  readonly join = unscripted;
  readonly renew = unscripted;
  readonly leave = unscripted;
  readonly claim = unscripted;
  readonly complete = unscripted;
  readonly release = unscripted;
  readonly mark = unscripted;
  readonly followWaits = unscripted;
  readonly reconcile = unscripted;
  readonly sweep = unscripted;
  readonly look = unscripted;
  readonly recall = unscripted;
  readonly locate = unscripted;
  readonly reportDeath = unscripted;
  readonly abdicate = unscripted;
  readonly survey = unscripted;
  readonly noteCapacity = unscripted;
  readonly announceWork = unscripted;
  readonly reportHost = unscripted;
  readonly capacity = unscripted;
  readonly forget = unscripted;
  readonly inspect = unscripted;
  readonly inspectRequest = unscripted;
  readonly inspectResult = unscripted;
  readonly measureResults = unscripted;
  readonly noteCode = unscripted;
  readonly readCode = unscripted;
  readonly noteMismatch = unscripted;
  readonly mismatches = unscripted;
}

async function unscripted(): Promise<never> {
  throw new Error("this test did not expect that operation");
}
