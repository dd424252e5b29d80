/**
 * The constants of scheduling in a worker, by mechanism, since they act on each other: what is claimed at a time goes into what is
 * handed in at a time, and what is small enough for memory into what is shared. The rules that use them are elsewhere. A constant
 * without a measurement was chosen for the reason given. Times are in ms unless the name says otherwise.
 */

/** How long the event loop belongs to functions, see `TimeSlice`. */
export const slice = {
  /** Promises alone never release the event loop. An answer waits for this long at most while short calls run. */
  lengthMs: 2,
  /** Reading the clock takes 0.08 µs, a call in memory 4 to 5: calls that are answered at once read it once in so many. */
  answersPerReading: 16,
} as const;

/** How long functions take by themselves, see `SelfTimes`. */
export const selfTimes = {
  /** The first evaluations run before V8 has compiled the function: among so many, a faster one replaces the mean. */
  warmUpSamples: 8,
  /** A pause of the process counts for so many times the mean at most, and {@link leastMs}. */
  mostPerSample: 4,
  /** Shorter times are noise of the clock. */
  leastMs: 0.01,
  /** The mean that people and the scaler see counts so many evaluations alike before older ones fade. */
  samplesInMean: 32,
  /** Changes below this part are not reported: each report is a write in Redis. */
  smallChange: 1 / 16,
  /** So many evaluations later they are reported all the same. */
  reportedEvery: 32,
  /** A function that has begun so often before any call has finished is a deep recursion: its first parts are its cost. */
  begunBeforeTrusted: 128,
} as const;

/** Which calls stay in memory, see `call-placement.ts`. */
export const placement = {
  /** A request alone takes a few hundred µs through Redis (docs/PERFORMANCE.md). What is shorter is done before another worker has it. */
  smallCallMs: 0.2,
} as const;

/** Which calls in memory are offered to others, see `Sharer`. */
export const sharing = {
  /** What waits behind a function that keeps its slot is offered after this time. */
  afterMs: 2,
  /** So many for each idle worker: enough to keep it busy until the next reply. */
  mostPerShare: 8,
  /** While no worker is idle, one call that has waited for so long is offered so often: the reply reports the number of idle workers. */
  probeEveryMs: 8,
} as const;

/** How much is claimed at a time, see `claim-size.ts`. */
export const claiming = {
  /** Enough to hide a round trip of 1 ms, and little enough to leave work for others. */
  budgetMicros: 4_000,
  /**
   * So much more while much is queued, since a claim costs Redis as much as several requests. Together with {@link handingIn.afterMs}:
   * Redis takes 75 instead of 125 µs a call, two workers evaluate 1,850 instead of 1,640 leaves of 1 ms a second.
   */
  spareMicros: 12_000,
  /** Bounds the time of one script with requests of a few µs. */
  mostPerClaim: 256,
  /** A worker claims ahead while it has less work than this: twice what it claims at a time. */
  lowWaterMs: 8,
  /**
   * A function that takes longer than this would keep what is claimed ahead of its end from others. A worker that claims after the end of each is without
   * work for 2 to 3 ms on a busy machine: 6 to 9 % of its time with functions of 30 ms, 2 % with 100 ms.
   */
  longestWaitMs: 60,
  /**
   * While a function of at least this long runs, a worker that found the queues empty looks once more, half-way. Without this, workers of leaf pools, whose
   * queues a bridge fills one by one, are without work for 2 ms between functions: 4 % with functions of 50 ms.
   */
  leastLookMs: 20,
  /** Assumed of a function that was never measured: such requests are claimed one at a time. */
  unknownMs: 1_000,
  /** After a claim that failed. */
  pauseAfterErrorMs: 200,
  /** When nothing that was claimed starts for this long, it goes back. A stream of short requests, of 16 ms at a time, never waits so long. */
  giveBackAfterMs: 50,
  /** What waits behind a function that takes so many times as long as usual goes back, too. */
  giveBackRatio: 2,
} as const;

/** When outcomes are sent, see `Completer`. */
export const handingIn = {
  /** Outcomes wait for others so long while no idle worker is known; for the gain see {@link claiming.spareMicros}. */
  afterMs: 8,
  /** They wait only while the next functions are expected to take less than this all together, so that the wait ends soon. */
  soonMs: 50,
  /** Bounds the time of one script. */
  mostPerCall: 500,
  /** One message to Redis is at most 4 MiB and one outcome. */
  mostCharactersPerCall: 4_194_304,
  /** Results of calls in memory that took longer go to the pool's cache: a round trip is cheaper than evaluating them again. */
  dearMs: 1,
} as const;

/** Which results stay in memory, see `RepeatRate` and docs/decisions/0017-what-calls-leave-behind.md, where they were measured. */
export const remembering = {
  /** Results that took this long are kept in any case: they are rare among small calls. With 0.1 ms, calls took 1.13 times as long. */
  longMs: 0.5,
  /** Of shorter results, one in so many is kept while calls are hardly repeated. With one in 16, calls took 1.13 times as long. */
  sampleEvery: 64,
  /** Calls are repeated where this share of look-ups finds a result, or would if all were kept. */
  repeatedShare: 0.1,
  /** A sample is judged after so many look-ups: about six of them find something where a tenth is repeated. */
  lookUpsInSample: 4_000,
  /** And so many where all results are kept: long enough for what is repeated to have been kept once. */
  lookUpsInAll: 10_000,
} as const;
