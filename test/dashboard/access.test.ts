/** Who may see and do what on a dashboard, over real HTTP: what a browser is kept from, and what a role is. */
import { randomUUID } from "node:crypto";
import { request as send } from "node:http";
import { text } from "node:stream/consumers";
import { openRedisSource, type RunningDashboard, type ServeOptions, serveDashboard } from "@callgrid/dashboard";
import { afterEach, describe, expect, inject, it } from "vitest";
import { dashboardWords } from "../../packages/cli/src/dashboards/dashboard-words.ts";

const viewerToken = "viewer-token-1";
const operatorToken = "operator-token-1";

const ends: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A dashboard of a grid of its own. */
async function serve(options: Partial<ServeOptions> = {}): Promise<RunningDashboard> {
  const grid = randomUUID();
  const source = await openRedisSource({ url: inject("redisUrl"), grid, words: dashboardWords(grid) });
  ends.push(() => source.close());
  const usual = { port: 0, host: "127.0.0.1", hosts: [], tokens: {}, hidesValues: false };
  const dashboard = await serveDashboard(source, { ...usual, ...options });
  ends.push(() => dashboard.stop());
  return dashboard;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** As `fetch`, which refuses to send another Host. */
async function ask({ url }: RunningDashboard, { method = "GET", path = "api/me", headers = {} }: Sent = {}) {
  const { port } = new URL(url);
  const request = send(`http://127.0.0.1:${port}/${path}`, { method, headers, agent: false });
  const response = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    request.on("response", resolve).on("error", reject).end();
  });
  const body = await text(response);
  return { status: response.statusCode, headers: response.headers, body };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a dashboard on a loopback address", () => {
  it("lets anyone look, and shows no page of another site anything", async () => {
    const dashboard = await serve();
    expect(JSON.parse((await ask(dashboard)).body)).toMatchObject({ role: "viewer" });
    for (const headers of [
      { host: "evil.example" },
      { origin: "http://evil.example" },
      { "sec-fetch-site": "cross-site" },
    ])
      for (const path of ["", "api/me", "api/overview", "api/stream", "page.js"])
        expect(await ask(dashboard, { path, headers })).toMatchObject({ status: 403 });
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("refuses %s from a viewer everywhere", async (method) => {
    const dashboard = await serve({ tokens: { viewer: viewerToken } });
    for (const path of [
      "api/me",
      "api/overview",
      "api/pools/pool",
      "api/pools/pool/request",
      "api/stream",
      "api/runs",
      "api/x",
    ]) {
      const headers = { "content-type": "application/json", ...bearer(viewerToken) };
      expect(await ask(dashboard, { method, path, headers })).toMatchObject({ status: 403 });
      expect(await ask(dashboard, { method, path })).toMatchObject({ status: 401 });
    }
    expect(await ask(dashboard, { method, path: "" })).toMatchObject({ status: 404 });
  });

  it("lets nothing run, be framed or be kept but its own files", async () => {
    const { headers } = await ask(await serve(), { path: "" });
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:/);
    expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
  });

  it("serves no other files", async () => {
    const dashboard = await serve();
    for (const path of ["..%2findex.js", "constructor", "index.js", "%00", "page/../index.js"])
      expect(await ask(dashboard, { path })).toMatchObject({ status: 404 });
  });
});

describe("a dashboard on another address", () => {
  it("makes a token, and shows nothing without it", async () => {
    const dashboard = await serve({ host: "0.0.0.0" });
    const token = String(dashboard.madeToken);
    expect(token.length).toBeGreaterThanOrEqual(32);
    expect(await ask(dashboard)).toMatchObject({ status: 401 });
    expect(await ask(dashboard, { headers: bearer(`${token}x`) })).toMatchObject({ status: 401 });
    expect(await ask(dashboard, { headers: bearer(token) })).toMatchObject({ status: 200 });
    expect(await ask(dashboard, { headers: { ...bearer(token), host: "evil.example" } })).toMatchObject({
      status: 403,
    });
  });

  it("takes a token from the address into a cookie that other sites do not send", async () => {
    const dashboard = await serve({ host: "0.0.0.0" });
    const signIn = await ask(dashboard, { path: `?token=${dashboard.madeToken}` });
    expect(signIn).toMatchObject({ status: 302, headers: { location: "./" } });
    const [cookie = ""] = signIn.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(await ask(dashboard, { headers: { cookie: cookie.split(";")[0] ?? "" } })).toMatchObject({ status: 200 });
    expect(await ask(dashboard, { path: "?token=wrong" })).toMatchObject({ status: 401 });
  });
});

describe("the role", () => {
  it("is that of the token, and never more than the token says", async () => {
    const dashboard = await serve({ tokens: { viewer: viewerToken, operator: operatorToken } });
    const roleOf = async (token: string) => JSON.parse((await ask(dashboard, { headers: bearer(token) })).body).role;
    expect(await roleOf(viewerToken)).toBe("viewer");
    expect(await roleOf(operatorToken)).toBe("operator");
    expect(await ask(dashboard)).toMatchObject({ status: 401 });
  });

  it("lets an operator send nothing that a form of a foreign page could send", async () => {
    const dashboard = await serve({ tokens: { operator: operatorToken } });
    const headers = { ...bearer(operatorToken), "content-type": "text/plain" };
    expect(await ask(dashboard, { method: "POST", path: "api/x", headers })).toMatchObject({ status: 415 });
  });
});

describe("arguments", () => {
  const path = `api/pools/pool/request?request=${encodeURIComponent('["ratio",7]')}`;

  it("are refused where the dashboard hides them", async () => {
    const dashboard = await serve({ hidesValues: true });
    expect(await ask(dashboard, { path: `${path}&arguments=shown` })).toMatchObject({ status: 403 });
    expect(await ask(dashboard, { path })).toMatchObject({ status: 200 });
  });

  it("that are not a request are refused with the reason", async () => {
    const answer = await ask(await serve(), { path: "api/pools/pool/request?request=ratio" });
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.parse(answer.body)).toMatchObject({ code: "INVALID_REQUEST" });
  });
});
