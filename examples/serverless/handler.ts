/** A function of AWS Lambda, or of a service like it, as one file: it asks workers that run elsewhere. */
import { connect, isGridError } from "callgrid/client";

const statuses: Partial<Record<string, number>> = { POOL_FULL: 503, TIMEOUT: 504, CONNECTION_FAILED: 503 };

interface HttpEvent {
  readonly queryStringParameters?: Readonly<Record<string, string>>;
}

interface HttpResult {
  readonly statusCode: number;
  readonly body: string;
}

/** Connects for each request: an instance may be frozen after it has answered, and a frozen one would lose its connections. */
export async function handler({ queryStringParameters }: HttpEvent): Promise<HttpResult> {
  try {
    await using grid = await connect();
    const value = await grid.enqueue("pool", ["fib", Number(queryStringParameters?.["n"])], { timeoutMs: 20_000 });
    return { statusCode: 200, body: JSON.stringify({ value }) };
  } catch (error) {
    if (!isGridError(error)) throw error;
    return { statusCode: statuses[error.code] ?? 500, body: JSON.stringify({ code: error.code }) };
  }
}
