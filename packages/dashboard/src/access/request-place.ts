/**
 * Where a request to the dashboard was sent and which page sent it. A page of another site cannot set these headers, so a name that leads
 * here by its own DNS (rebinding) and a foreign page that posts here are refused, whatever cookie the browser adds. Pure.
 */
import { isIP } from "node:net";

/** The headers that name the place. */
export interface PlaceHeaders {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `sec-fetch-site`, which current browsers send. */
  readonly site: string | undefined;
}

/** Under which names the dashboard is served. */
export interface ServedPlace {
  /** Whether only this machine reaches it. */
  readonly isLoopback: boolean;
  /** Names that it may be asked by, besides `localhost` and addresses. */
  readonly hosts: readonly string[];
}

/** Why the request is refused; undefined where it is not. */
export function placeProblem({ host, origin, site }: PlaceHeaders, served: ServedPlace): string | undefined {
  if (host === undefined) return "the request has no Host";
  const name = hostName(host);
  if (name === undefined || !isServed(name, served)) return `the dashboard is not served as ${JSON.stringify(host)}`;
  if (origin !== undefined && originHost(origin) !== host.toLowerCase()) return "the request comes from another origin";
  if (site !== undefined && site !== "same-origin" && site !== "none") return "the request comes from another site";
  return undefined;
}

function isServed(name: string, { isLoopback, hosts }: ServedPlace): boolean {
  if (isLoopbackName(name) || hosts.some((host) => host.toLowerCase() === name)) return true;
  return !isLoopback && isIP(name) !== 0;
}

/** Whether an address or a name leads to this machine alone. */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Without the port and the brackets of IPv6. */
function hostName(host: string): string | undefined {
  try {
    return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, "").toLowerCase();
  } catch {
    return undefined;
  }
}

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
