/** The HTML reports: a page of each failure in its folder, and one of the whole suite. */

import type { PageParts, Reporter, RunFile } from "../reporter.ts";
import { htmlDocument } from "./document.ts";
import { type RecordedHistory, recordedPage } from "./recorded-page.ts";
import { runPage } from "./run-page.ts";
import { suitePage } from "./suite-page.ts";

export const htmlFile: RunFile = {
  name: "report.html",
  render: (told, setting) => htmlDocument(runPage(told, setting), setting.page),
};

export const htmlReporter: Reporter = {
  name: "html",
  doc: "every scenario on one page, with the way to each failure's own",
  file: "index.html",
  render: (suite, setting) => htmlDocument(suitePage(suite, setting), setting.page),
};

/** The page of a history that was recorded anywhere. */
export function historyHtml(history: RecordedHistory, parts: PageParts): string {
  return htmlDocument(recordedPage(history), parts);
}
