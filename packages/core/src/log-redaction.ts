/** Keeps secrets out of logs: options for pino that every log of the grid is made with. */

const secretNames = ["password", "passphrase", "secret", "token", "apiKey", "authorization", "cookie"];
const censor = "[secret]";

/** The text without what stands before the @ of a URL. */
export function withoutSecrets(text: string): string {
  return text.includes("@") ? text.replace(/(:\/\/)[^\s/@"'\\]+@/g, `$1${censor}@`) : text;
}

/** Values under names such as `password` (two levels deep), and user and password in any URL, wherever in a line it stands. */
export const logRedaction = {
  redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor },
  hooks: { streamWrite: withoutSecrets },
};
