/** Which errors are told in their own sentence: the user's mistakes. Any other is our own fault. */

import { BaselineError } from "../report/baseline.ts";
import { SummaryError } from "../report/summary-schema.ts";
import { TrendError } from "../report/trend.ts";
import { ReportError } from "../report/write.ts";
import { HistoryFileError } from "../run/histories.ts";
import { LoadError } from "../run/load.ts";
import { OwnError } from "../run/own.ts";
import { ScenarioError } from "../scenario/index.ts";

const told = [LoadError, OwnError, HistoryFileError, ScenarioError, ReportError, BaselineError, SummaryError, TrendError];

export function isTold(error: unknown): error is Error {
  return told.some((kind) => error instanceof kind);
}
