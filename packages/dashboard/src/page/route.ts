/** Which view is open: all of it is in the address, behind `#`, so that a link or a reload opens the same. */
import { computed, signal } from "@preact/signals";

/** What the address says. */
export interface Route {
  /** Such as `pools`, or `pools/pool/workers`; each part decoded. */
  readonly parts: readonly string[];
  readonly query: ReadonlyMap<string, string>;
}

const hash = signal(location.hash);

export const route = computed<Route>(() => readRoute(hash.value));

/** The address of a view. Parameters that are empty are left out. */
export function hrefOf(parts: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(given).toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** The address of the open view with other parameters. */
export function hrefWith(changes: Readonly<Record<string, string>>): string {
  const { parts, query } = route.value;
  return hrefOf(parts, { ...Object.fromEntries(query), ...changes });
}

export function goTo(href: string): void {
  location.hash = href;
}

/** Changes the address without a step in the history, as for text that is being typed. */
export function amend(changes: Readonly<Record<string, string>>): void {
  history.replaceState(undefined, "", hrefWith(changes));
  hash.value = location.hash;
}

addEventListener("hashchange", () => {
  hash.value = location.hash;
});

function readRoute(text: string): Route {
  const [path = "", query = ""] = text.replace(/^#\/?/, "").split("?", 2);
  const parts = path === "" ? ["pools"] : path.split("/").map(decodeURIComponent);
  return { parts, query: new Map(new URLSearchParams(query)) };
}
