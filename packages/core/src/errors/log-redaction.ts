/** Keeps secrets out of logs and messages: the one function for every text that may hold a URL, and options for pino made of it. */

const secretNames = ["password", "passphrase", "secret", "token", "apiKey", "authorization", "cookie"];
const censor = "[secret]";

/** The text between scheme and `@`, where special characters are encoded as they should be. */
const login = /(:\/\/)[^\s/"'\\]*@/g;
/**
 * The same of a Redis, where they are not: up to the last `@` of the word, with or without `//`. Of other schemes a path may hold one.
 * A quote ends the word, unless it is escaped as in JSON.
 */
const looseLogin = /\b(rediss?(?:[+-](?:cluster|sentinel))?:(?:\/\/)?)(?:\\.|[^\s"\\]){0,1000}@/gi;
/** A variable that is to hold a URL, and holds a login without a scheme. */
const variableLogin = /(\bCALLGRID_(?:PARENT_)?URL["']?\s*[=:]\s*["']?)(?![a-z][a-z+-]*:\/\/)[^\s"'\\]*@/g;
const parameter = /([?&;](?:\w+_)?(?:password|passphrase|secret|token|apikey)=)[^&\s"'#\\]+/gi;
const variable = /(\b[A-Z][A-Z0-9_]*(?:PASSWORD|PASSPHRASE|SECRET|TOKEN|API_KEY|AUTH)=)[^\s"'\\]+/g;

/** The text without logins of URLs, and without the values of parameters and variables that are named as secrets are. */
export function withoutSecrets(text: string): string {
  // most texts hold neither, and logs are long
  if (!text.includes("@") && !text.includes("=")) return text;
  return text
    .replace(login, `$1${censor}@`)
    .replace(looseLogin, `$1${censor}@`)
    .replace(variableLogin, `$1${censor}@`)
    .replace(parameter, `$1${censor}`)
    .replace(variable, `$1${censor}`);
}

/** Values under names such as `password` (two levels deep), and what {@link withoutSecrets} finds, anywhere in a line. */
export const logRedaction = {
  redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor },
  hooks: { streamWrite: withoutSecrets },
};
