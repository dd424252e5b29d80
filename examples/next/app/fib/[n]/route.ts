import { isGridError } from "callgrid/client";
import { grid } from "../../../grid";

const statuses: Partial<Record<string, number>> = { CANCELLED: 499, POOL_FULL: 503, GRID_CLOSED: 503, TIMEOUT: 504 };

export async function GET(request: Request, { params }: { params: Promise<{ n: string }> }): Promise<Response> {
  const { n } = await params;
  const options = { timeoutMs: 30_000, signal: request.signal };
  try {
    return Response.json({ value: await (await grid()).enqueue("pool", ["fib", Number(n)], options) });
  } catch (error) {
    if (!isGridError(error)) throw error;
    return Response.json({ code: error.code }, { status: statuses[error.code] ?? 500 });
  }
}
