/** Package statekeeper: the contract by which clients, workers and distributors meet, in memory and on Redis. */

export { neededWorkers, utilisation } from "./contract/capacity.ts";
export { type CodeDifference, codeDifference } from "./contract/code/code-note.ts";
export { type FileContent, fileCode, filesIn, isFileCode } from "./contract/code/file-code.ts";
export {
  type Code,
  codeOf,
  codesIn,
  noStamp,
  otherPoolsCode,
  othersIn,
  othersPart,
  ownPart,
  ownStamp,
  readCode,
  versionIn,
} from "./contract/code/stamp.ts";
export { type VersionDrift, versionDrifts } from "./contract/code/version-drift.ts";
export {
  type AnnouncedWork,
  type CacheMode,
  type Capacity,
  type CarryFrom,
  type CheckAnswer,
  type Claim,
  type ClaimReach,
  type ClaimReply,
  type ClaimRequest,
  type CodeNote,
  type ComparedEvaluation,
  type Comparison,
  type Completion,
  type EvaluationReport,
  type ExpectedWork,
  type FunctionTable,
  type HostReport,
  type HostState,
  type InboxHandlers,
  type InboxListener,
  type InboxMessage,
  type KeptAmount,
  type KeptResultState,
  type Member,
  type MemberState,
  type Mismatch,
  mostPriority,
  type NotedMismatch,
  type PoolSight,
  type PoolState,
  type Progress,
  type RecallRequest,
  type RegisteredFunction,
  type Renewal,
  type RequestState,
  type RunningProgress,
  type Submission,
  type SubmitAnswer,
  type SubmitBatch,
  type SubmitReply,
  type Survey,
  type SurveyRequest,
  type SweepReply,
  type SweepRequest,
  type WaitingRequest,
  type Whereabouts,
} from "./contract/contract.ts";
export { doubtful } from "./contract/function-table.ts";
export { type Limits, usualLimits } from "./contract/limits.ts";
export { isBridge, isOwnWorker } from "./contract/own-workers.ts";
export type {
  CallerPool,
  HeadPool,
  InboxPool,
  MemberPool,
  ObservedPool,
  PoolKeeper,
  Statekeeper,
  WorkerPool,
} from "./contract/pool-keeper.ts";
export { sweepEveryMs, sweeperLease } from "./contract/sweeper-lease.ts";
export { type Preference, usualPreferences } from "./contract/volunteer-order.ts";
export { awaitedBy, cycleThrough, type Waits } from "./contract/waits.ts";
export { type InputFile, type InputFileState, isUnchanged, lookAtFiles, readInputFile } from "./files/input-files.ts";
export {
  dumpMessage,
  MemoryPool,
  MemoryStatekeeper,
  type MessageDump,
  type PoolDump,
  type PoolRecords,
  type RequestDump,
  type RequestRecord,
} from "./memory/memory-statekeeper.ts";
export { PortStatekeeper, type PortStatekeeperOptions } from "./port/port-statekeeper.ts";
export { type ServedPort, servePort } from "./port/serve-port.ts";
export { eraseGrid } from "./redis/erase-grid.ts";
export {
  type DeniedCommand,
  type Examination,
  type ExamineOptions,
  examineRedis,
  type RedisFacts,
} from "./redis/examine-redis.ts";
export { optionsFor } from "./redis/links/connection.ts";
export { type NodeAddress, parseRedisUrl, type RedisAddress } from "./redis/links/redis-address.ts";
export { type OpenOptions, openStatekeeper } from "./redis/open.ts";
export { type KeyCounts, PoolCatalog } from "./redis/pool-catalog.ts";
export type { RefusalKind } from "./redis/redis-refusal.ts";
export { decodeInboxMessage } from "./redis/wire/inbox-message.ts";
export { wireVersion } from "./redis/wire/wire-version.ts";
export { forgedOutcome } from "./requester/refusal-outcomes.ts";
export {
  type OutcomeListener,
  type OutcomeOrigin,
  PendingCall,
  type PendingCallOwner,
  type PrioritizedSubmission,
  Requester,
  type RequesterCounters,
  type RequesterOptions,
} from "./requester/requester.ts";
