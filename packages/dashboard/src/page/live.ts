/** The documents that the page shows, kept current by one stream of changes. */
import { computed, effect, signal } from "@preact/signals";
import type { Me, Overview, PoolDocument, RunFigures } from "../model/documents.ts";
import { type Fields, patched } from "../model/merge-patch.ts";
import { noteSample } from "./history.ts";
import { route } from "./route.ts";

/** How the page and its server get on. */
export type Connection = "connecting" | "live" | "lost";

/** The runs of the grid, by kind and id. */
export interface Runs {
  readonly atMs: number;
  readonly runs: Readonly<Record<string, RunFigures>>;
  readonly problem?: string;
}

export const me = signal<Me | undefined>(undefined);
/** Why the page shows nothing, such as a token that is missing. */
export const refusal = signal<string | undefined>(undefined);
export const connection = signal<Connection>("connecting");
const documents = signal<Fields>({});
const noAnswer = "the dashboard's server does not answer";
const retryMs = 2_000;

export const overview = computed(() => documents.value["overview"] as Overview | undefined);
export const runs = computed(() => documents.value["runs"] as Runs | undefined);
/** The pool that the address names. */
export const pool = computed(() => documents.value[`pool ${shownPool.value}`] as PoolDocument | undefined);

const shownPool = computed(() => (route.value.parts[0] === "pools" ? route.value.parts[1] : undefined));
const showsRuns = computed(() => route.value.parts[0] === "runs");

interface StreamMessage {
  readonly topic: string;
  readonly kind: "whole" | "patch";
  readonly data: Fields;
}

/** Asks who looks, and follows from then on what the address names. */
export async function startLive(): Promise<void> {
  const answer = await ask<Me>("api/me");
  if ("error" in answer) {
    refusal.value = answer.error;
    return;
  }
  me.value = answer.value;
  effect(() => follow(shownPool.value, showsRuns.value));
}

/** Reads JSON from the server; why that failed comes as text. */
export async function ask<Value>(path: string): Promise<{ value: Value } | { error: string }> {
  try {
    const response = await fetch(path, { headers: { accept: "application/json" } });
    const body = (await response.json()) as Value & { readonly error?: string };
    return response.ok ? { value: body } : { error: body.error ?? response.statusText };
  } catch {
    return { error: noAnswer };
  }
}

/** Opens the stream; returns what closes it. The browser opens a stream again by itself when it breaks, but not one that was refused. */
function follow(poolName: string | undefined, hasRuns: boolean): () => void {
  const query = new URLSearchParams({
    ...(poolName === undefined ? {} : { pool: poolName }),
    ...(hasRuns ? { runs: "" } : {}),
  });
  let stream: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const open = (): void => {
    stream = new EventSource(`api/stream?${query}`);
    stream.onopen = () => noteConnection("live");
    stream.onmessage = ({ data }: MessageEvent<string>) => take(JSON.parse(data) as StreamMessage);
    stream.onerror = () => {
      noteConnection("lost");
      if (stream?.readyState === EventSource.CLOSED) retry = setTimeout(() => void openAgain(), retryMs);
    };
  };
  const openAgain = async (): Promise<void> => {
    const answer = await ask(poolName === undefined ? "api/me" : `api/pools/${encodeURIComponent(poolName)}`);
    if (isOver) return;
    if ("error" in answer && answer.error !== noAnswer) refusal.value = answer.error;
    open();
  };
  open();
  return () => {
    isOver = true;
    clearTimeout(retry);
    stream?.close();
  };
}

function noteConnection(now: Connection): void {
  connection.value = now;
  if (now === "live") refusal.value = undefined;
}

function take({ topic, kind, data }: StreamMessage): void {
  const known = documents.value[topic] as Fields | undefined;
  documents.value = { ...documents.value, [topic]: kind === "whole" ? data : patched(known ?? {}, data) };
  if (topic === "overview" && overview.value !== undefined) noteSample(overview.value);
}
