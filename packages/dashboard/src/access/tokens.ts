/** Who a request to the dashboard comes from, by the token that it shows. Tokens are compared in constant time. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** What one may do: look; act on requests and runs; all. */
export type Role = "viewer" | "operator" | "admin";

/** From the least to the most. */
const roles: readonly Role[] = ["viewer", "operator", "admin"];

/** The tokens in force; a role without one cannot be had by token. */
export type RoleTokens = { readonly [Of in Role]?: string | undefined };

/** Whether the role allows what needs the other one. */
export function allows(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** The highest role that the token grants; undefined for a token that grants none. */
export function roleOfToken(tokens: RoleTokens, token: string): Role | undefined {
  return roles.findLast((role) => {
    const expected = tokens[role];
    return expected !== undefined && timingSafeEqual(digestOf(expected), digestOf(token));
  });
}

/** A token that is not to be guessed. */
export function makeToken(): string {
  return randomBytes(24).toString("base64url");
}

/** Of one length, as the comparison needs it. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
