/** Where one request is, as `callgrid why` says: asked for on demand, and its arguments only when that is wanted. */
import { useEffect, useState } from "preact/hooks";
import type { ChildRequest, RequestStory } from "../model/documents.ts";
import { visibleText } from "../model/units.ts";
import { ask, me, overview } from "./live.ts";
import { Notice } from "./notice.tsx";
import { goTo, hrefOf, hrefWith, route } from "./route.ts";
import { type Column, Table } from "./table.tsx";

type Answer = { readonly value: RequestStory } | { readonly error: string };

export function RequestView() {
  const { query } = route.value;
  const pool = query.get("pool") ?? firstPool();
  const request = query.get("request") ?? "";
  const shows = query.get("arguments") === "shown";
  const [answer, setAnswer] = useState<Answer | undefined>(undefined);
  const [count, setCount] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    setAnswer(undefined);
    if (pool === "" || request === "") return;
    void ask<RequestStory>(storyPath(pool, request, shows)).then((found) => {
      if (isCurrent) setAnswer(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [pool, request, shows, count]);
  return (
    <>
      <h1>Request</h1>
      <RequestForm pool={pool} request={request} onRepeat={() => setCount(count + 1)} />
      {request === "" && (
        <p class="empty">
          Enter a request as JSON, such as <code>["ratio",7]</code>, or its id of 22 characters, which logs and{" "}
          <code>callgrid why</code> show.
        </p>
      )}
      {answer !== undefined && "error" in answer && <Notice kind="bad" text={answer.error} />}
      {answer !== undefined && "value" in answer && <Story story={answer.value} pool={pool} shows={shows} />}
    </>
  );
}

interface FormProps {
  readonly pool: string;
  readonly request: string;
  readonly onRepeat: () => void;
}

function RequestForm({ pool, request, onRepeat }: FormProps) {
  const pools = Object.keys(overview.value?.pools ?? {});
  const submit = (form: HTMLFormElement): void => {
    const fields = new FormData(form);
    const next = hrefOf(["request"], {
      pool: String(fields.get("pool") ?? ""),
      request: String(fields.get("request") ?? ""),
    });
    if (next === location.hash) onRepeat();
    else goTo(next);
  };
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        submit(event.currentTarget);
      }}
    >
      <label>
        pool{" "}
        <select name="pool" value={pool}>
          {[...new Set([...pools, ...(pool === "" ? [] : [pool])])].map((name) => (
            <option value={name}>{visibleText(name)}</option>
          ))}
        </select>
      </label>
      <label class="wide">
        request or id <input name="request" type="search" value={request} spellcheck={false} autocomplete="off" />
      </label>
      <button type="submit">Look</button>
    </form>
  );
}

interface StoryProps {
  readonly story: RequestStory;
  readonly pool: string;
  readonly shows: boolean;
}

function Story({ story, pool, shows }: StoryProps) {
  return (
    <section class="story">
      <p>
        <code>{visibleText(story.id)}</code> {story.state !== undefined && <strong>{story.state}</strong>}
      </p>
      {story.request !== undefined && story.request !== "" && (
        <p>
          <code class="long">{visibleText(story.request)}</code>
        </p>
      )}
      {!shows && me.value?.hidesValues === false && story.request !== undefined && story.request !== "" && (
        <p>
          <a href={hrefWith({ arguments: "shown" })}>Show its arguments</a>
        </p>
      )}
      <p>{visibleText(story.where)}</p>
      <ul>
        {story.facts
          .filter((fact) => !fact.startsWith(" "))
          .map((fact) => (
            <li>{visibleText(fact)}</li>
          ))}
      </ul>
      <p>
        <strong>{visibleText(story.next)}</strong>
      </p>
      {story.waitsFor.length > 0 && (
        <Table
          label="requests it waits for"
          columns={childColumns(pool)}
          rows={story.waitsFor.map((child) => [child.id, child])}
          empty=""
        />
      )}
      <p class="note">
        In a shell:{" "}
        <code>
          callgrid why {visibleText(pool)} {visibleText(story.id)}
        </code>
      </p>
    </section>
  );
}

function childColumns(pool: string): ReadonlyArray<Column<ChildRequest>> {
  return [
    {
      head: "waits for",
      value: ({ id }) => id,
      show: ({ id }) => (
        <a href={hrefOf(["request"], { pool, request: id })}>
          <code>{visibleText(id)}</code>
        </a>
      ),
    },
    { head: "state", value: ({ state }) => state ?? "unknown to the pool" },
    { head: "worker", value: ({ owner }) => owner },
    { head: "request", value: ({ request }) => request },
  ];
}

function firstPool(): string {
  return Object.keys(overview.value?.pools ?? {})[0] ?? "";
}

function storyPath(pool: string, request: string, shows: boolean): string {
  const query = new URLSearchParams({ request, ...(shows ? { arguments: "shown" } : {}) });
  return `api/pools/${encodeURIComponent(pool)}/request?${query}`;
}
