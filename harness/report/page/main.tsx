/** Where the browser enters: reads the page's data and draws it. */

import { type JSX, render } from "preact";
import { useState } from "preact/hooks";
import { type Page, pageFormat } from "../html/model.ts";
import { RunView } from "./run.tsx";
import { SuiteView } from "./suite.tsx";
import type { Theme } from "./theme.ts";

const sections = [
  ["story", "story"],
  ["diagram", "diagram"],
  ["history", "history"],
  ["follow", "follow"],
  ["measures", "measures"],
] as const;

function Whole({ page }: { readonly page: Page }): JSX.Element {
  const [theme, setTheme] = useState<Theme>("system");
  const choose = (next: Theme): void => {
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
    setTheme(next);
  };
  const has: Readonly<Record<string, boolean>> =
    page.page === "suite"
      ? {}
      : {
          story: page.story !== undefined,
          diagram: page.diagram !== undefined,
          history: page.history !== undefined,
          follow: page.diagram !== undefined && (page.history?.operations.length ?? 0) > 0,
          measures: page.metrics !== undefined || (page.history?.timed === true && page.history.operations.length > 0),
        };
  return (
    <>
      <nav aria-label="parts of this page">
        {sections.flatMap(([id, name]) =>
          has[id] === true
            ? [
                <a key={id} href={`#${id}`}>
                  {name}
                </a>,
              ]
            : [],
        )}
        <label class="theme">
          <span class="hidden">colours</span>
          <select value={theme} onChange={(event) => choose(event.currentTarget.value as Theme)}>
            <option value="system">as the system</option>
            <option value="light">light</option>
            <option value="dark">dark</option>
          </select>
        </label>
      </nav>
      {page.page === "suite" ? <SuiteView page={page} /> : <RunView page={page} theme={theme} />}
    </>
  );
}

const page = JSON.parse(document.getElementById("data")!.textContent!) as Page;
const root = document.getElementById("page")!;
if (page.format === pageFormat) render(<Whole page={page} />, root);
else root.textContent = `expected a page of format ${pageFormat}, found ${page.format}`;
