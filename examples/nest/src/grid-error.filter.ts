/** Answers errors of the grid with a status, and the code that says what happened. */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from "@nestjs/common";
import { BaseExceptionFilter } from "@nestjs/core";
import { GridError } from "callgrid";

const statuses: Partial<Record<string, number>> = { CANCELLED: 499, POOL_FULL: 503, GRID_CLOSED: 503, TIMEOUT: 504 };

@Catch(GridError)
export class GridErrorFilter extends BaseExceptionFilter implements ExceptionFilter<GridError> {
  override catch({ code }: GridError, host: ArgumentsHost): void {
    super.catch(new HttpException({ code }, statuses[code] ?? 500), host);
  }
}
