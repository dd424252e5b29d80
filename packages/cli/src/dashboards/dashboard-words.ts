/** What the dashboard says in words: the same as the commands `status` and `why`. */
import { functionNameOf } from "@callgrid/core";
import type { DashboardWords, RequestStory } from "@callgrid/dashboard";
import type { RequestState } from "@callgrid/statekeeper";
import { explainRequest, type RequestSituation } from "../pools/request-explanation.ts";
import { lookAtRequest } from "../pools/request-look.ts";
import { stallReasons } from "../pools/stall-reasons.ts";
import { parseRequestOrId } from "../requests/request-text.ts";

/** For the pools of one grid. */
export function dashboardWords(grid: string): DashboardWords {
  return {
    reasons: (state) => stallReasons({ state, grid, otherGrids: [], poolsLike: [] }),
    explain: async (keeper, text, { showsArguments }) => {
      const situation = await lookAtRequest(keeper, parseRequestOrId(text));
      return storyOf(showsArguments ? situation : withoutArguments(situation));
    },
  };
}

function storyOf(situation: RequestSituation): RequestStory {
  const { request } = situation;
  return {
    ...{ id: situation.id, ...explainRequest(situation) },
    ...(request === undefined ? {} : { request: request.payload, state: request.state }),
    waitsFor: situation.waitsFor.map(({ id, request: child }) => {
      if (child === undefined) return { id };
      const { payload, state, owner } = child;
      return { id, request: payload, state, ...(owner === undefined ? {} : { owner }) };
    }),
  };
}

function withoutArguments(situation: RequestSituation): RequestSituation {
  const { request, waitsFor } = situation;
  return {
    ...situation,
    request: request && nameAlone(request),
    waitsFor: waitsFor.map(({ id, request: child }) => ({ id, request: child && nameAlone(child) })),
  };
}

/** A done request has no payload any more. */
function nameAlone(request: RequestState): RequestState {
  return request.payload === "" ? request : { ...request, payload: `["${functionNameOf(request.payload)}",…]` };
}
