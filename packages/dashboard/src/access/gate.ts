/** The one gate of the dashboard: all requests pass {@link checkPlace}, and those for data and actions also pass {@link checkRole}. */
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { placeProblem, type ServedPlace } from "./request-place.ts";
import { allows, type Role, type RoleTokens, roleOfToken } from "./tokens.ts";

/** Who may do what. */
export interface AccessRules {
  /** What someone without a token may do; undefined: nothing. */
  readonly openRole: Role | undefined;
  readonly tokens: RoleTokens;
  readonly place: ServedPlace;
  /** A host program's own answer, instead of tokens; undefined: no access. */
  readonly roleOf?: RoleOf | undefined;
}

/** The role of the sender of a request, by the host program. */
export type RoleOf = (request: Request) => Role | undefined | Promise<Role | undefined>;

/** What routes find in the context. */
export interface GateVariables {
  Variables: { role: Role };
}

const readMethods: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const signInHelp =
  "a token is needed: open the address that callgrid dashboard printed, or send it as Authorization: Bearer <token>";

/** Refuses requests that come from foreign origins, or to foreign hosts. */
export function checkPlace({ place }: AccessRules): MiddlewareHandler {
  return async ({ req, json }, next) => {
    const problem = placeProblem(
      {
        host: req.header("host"),
        origin: req.header("origin"),
        // a link on another page may lead here: what it opens is the page alone
        site: req.header("sec-fetch-mode") === "navigate" ? undefined : req.header("sec-fetch-site"),
      },
      place,
    );
    return problem === undefined ? next() : json({ error: problem }, 403);
  };
}

/** Refuses requests that the role of their sender does not allow. All methods but GET and HEAD count as actions. */
export function checkRole(rules: AccessRules): MiddlewareHandler<GateVariables> {
  return async (context, next) => {
    const role = await roleOf(context, rules);
    if (role === undefined) return context.json({ error: signInHelp }, 401);
    if (!readMethods.has(context.req.method)) {
      if (!allows(role, "operator")) return context.json({ error: `the role ${role} may look and not act` }, 403);
      // a form of a foreign page cannot send that
      if (!/^application\/json\b/.test(context.req.header("content-type") ?? ""))
        return context.json({ error: "the body must be application/json" }, 415);
    }
    context.set("role", role);
    return next();
  };
}

/** The token goes from the address into a cookie that no script and no other site sees, so that it stays in no history. */
export function signIn(context: Context, { tokens }: AccessRules, token: string): Response {
  if (roleOfToken(tokens, token) === undefined) {
    deleteCookie(context, cookieName(context));
    return context.json({ error: "the token is not valid" }, 401);
  }
  setCookie(context, cookieName(context), token, { httpOnly: true, sameSite: "Strict", path: "/" });
  return context.redirect("./");
}

async function roleOf(context: Context, { roleOf: ask, tokens, openRole }: AccessRules): Promise<Role | undefined> {
  if (ask !== undefined) return ask(context.req.raw);
  const bearer = /^Bearer (\S+)$/.exec(context.req.header("authorization") ?? "")?.[1];
  const token = bearer ?? getCookie(context, cookieName(context));
  return (token === undefined ? undefined : roleOfToken(tokens, token)) ?? openRole;
}

/** Cookies know no ports, and two dashboards of one machine have different tokens. */
function cookieName({ req }: Context): string {
  const port = /:(\d+)$/.exec(req.header("host") ?? "")?.[1] ?? "";
  return `callgrid-dashboard${port}`;
}
