/** Makes a plan of what the pilot measured and who is there. */
import { invalidOption } from "@callgrid/core";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import { serialWorker } from "../workplaces/here-workplace.ts";
import type { BatchContext } from "./batch-context.ts";
import type { PilotReport } from "./pilot.ts";
import { Plan, type PlanScores } from "./plan.ts";
import { choose, type Place, type Prediction, type Workload } from "./planner.ts";
import type { PoolSurvey } from "./pool-survey.ts";

/** What {@link makePlan} decides by. */
export interface PlanBasis {
  readonly spec: CheckedSpec;
  readonly setting: BatchContext;
  readonly pilot: PilotReport;
  readonly totalUnits: number | undefined;
  readonly unit: "slice" | "byte";
  /** Whether the grid's workers are threads of this process. */
  readonly isLocal: boolean;
  /** How many threads could be started in this process besides the grid. */
  readonly localLanes: number;
}

// Starting threads, and loading the functions in them.
const localStartMs = 400;
// A message to a thread and back.
const localOverheadMs = 1;
// As many chunks again as are running wait at the workers' door, so that none has to wait for the next.
const chunksOpenPerLane = 2;
// Of chunks that the caller has made small, so many more may be on their way.
const mostOnTheWayPerLane = 14;

/** The plan; throws `INVALID_OPTION` for a mode that is asked for and cannot be. */
export function makePlan(basis: PlanBasis): Plan {
  const { spec, setting, pilot, totalUnits, unit } = basis;
  const { scores, places: all } = outlookOf(basis);
  const msPerUnit = pilot.workload.msPerUnit * (scores.pilot / scores.mean);
  const workload = { ...pilot.workload, msPerUnit, totalUnits, chunkUnits: spec.chunkUnits };
  const places = all.filter(({ mode }) => spec.mode === undefined || mode === spec.mode);
  const chosen = choose({ workload, places, objective: spec.objective });
  if (chosen === undefined) {
    const reason =
      spec.mode === "serial" ? setting.notSerial : "that needs an embedded grid, or the functions' modules";
    throw invalidOption("batch.mode", `cannot be ${spec.mode}: ${reason}`);
  }
  const units = Math.round(chosen.chunkMs / Math.max(chosen.msPerUnit, 1e-9));
  return new Plan({
    ...{ name: spec.name, objective: spec.objective, unit, workload, chosen, isGiven: spec.mode !== undefined },
    workers: setting.survey.workers,
    pilotUnits: pilot.largestUnits,
    bytesPerUnit: pilot.bytesPerUnit,
    chunkUnits: spec.chunkUnits ?? Math.max(1, Math.min(units, totalUnits ?? units)),
    window: windowFor(chosen, workload, basis),
    scores,
    notSerial: all.some(({ mode }) => mode === "serial") ? undefined : setting.notSerial,
  });
}

/** With fewer lanes than there are, no more chunks are open than that: what is open would be taken by the others too. */
function windowFor({ mode, lanes }: Prediction, workload: Workload, { spec, setting, pilot }: PlanBasis): number {
  const { count } = setting.survey.lanes(pilot.workload.busyRatio);
  // in this thread, or in one of several; where there is one thread alone, its next chunk may wait at its door
  if (mode === "serial" && (setting.notSerial === undefined || count > 1)) return 1;
  return spec.window ?? openChunks(lanes, count, workload);
}

/** How many chunks are open on so many lanes of those that there are. */
export function openChunks(lanes: number, count: number, workload: Workload): number {
  return lanes < count ? lanes : lanes * (chunksOpenPerLane + onTheWayPerLane(workload));
}

/** A lane is done with several small chunks while another one is on its way to it. */
function onTheWayPerLane({ chunkUnits, msPerUnit, overheadMs }: Workload): number {
  // nothing was measured of a pilot that failed
  if (chunkUnits === undefined || msPerUnit === 0) return 0;
  return Math.min(mostOnTheWayPerLane, Math.floor(overheadMs / (chunkUnits * msPerUnit)));
}

/** Where it could run, and how fast it is there by the scores. */
function outlookOf({ setting, pilot, isLocal, localLanes }: PlanBasis): { scores: PlanScores; places: Place[] } {
  const { survey, notSerial } = setting;
  const { count, meanScore, leastScore } = survey.lanes(pilot.workload.busyRatio);
  const scores = { lanes: count, pilot: pilotScore(survey, pilot, meanScore), mean: meanScore, least: leastScore };
  const here = { speed: survey.scoreHere / meanScore };
  const slowest = Math.min(1, leastScore / meanScore);
  const places: Place[] = [];
  const threads = { startMs: localStartMs, overheadMs: localOverheadMs, ...here };
  if (notSerial === undefined) places.push({ mode: "serial", lanes: 1, startMs: 0, overheadMs: 0, ...here });
  else if (isLocal) places.push({ mode: "serial", lanes: 1, startMs: 0 });
  else if (localLanes > 0) places.push({ mode: "serial", lanes: 1, ...threads });
  if (localLanes > 0) places.push({ mode: "local", lanes: localLanes, ...threads });
  if (count > 0) places.push({ mode: isLocal ? "local" : "distributed", lanes: count, startMs: 0, slowest });
  return { scores, places };
}

function pilotScore(survey: PoolSurvey, { worker }: PilotReport, meanScore: number): number {
  if (worker === undefined) return meanScore;
  return worker === serialWorker ? survey.scoreHere : (survey.scoreOf(worker) ?? meanScore);
}
