/** The page of a run: its verdict, and a section for each part that it has. */

import type { JSX } from "preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import type { RunPage } from "../html/model.ts";
import { clockAxis, eventAxis, type Window } from "./axis.ts";
import { causesOf, effectsOf, follow } from "./causes.ts";
import { DiagramSection } from "./diagram.tsx";
import { type Filter, nothingHidden } from "./filter.ts";
import { FollowSection } from "./follow.tsx";
import { HistorySection } from "./history.tsx";
import { MeasuresSection } from "./measures.tsx";
import { EventPanel, FlightPanel, StatesPanel } from "./panels.tsx";
import { statesOf } from "./states.ts";
import { StorySection } from "./story.tsx";
import type { Theme } from "./theme.ts";
import { loudness, viewOf } from "./view.ts";

const verdicts = { valid: "✓", invalid: "✗", unknown: "?" } as const;

export function RunView({ page, theme }: { readonly page: RunPage; readonly theme: Theme }): JSX.Element {
  const { diagram, history, story, faults, endUs } = page;
  const view = useMemo(() => (diagram === undefined ? undefined : viewOf(diagram)), [page]);
  const states = useMemo(() => (diagram === undefined ? [] : statesOf(diagram)), [page]);
  const operations = useMemo(() => new Map((history?.operations ?? []).map((operation) => [operation.id, operation])), [page]);
  const axes = useMemo(() => {
    if (view === undefined) return undefined;
    const moments = view.records.map((record) => ({ atUs: record.atUs, loud: loudness(record, view) }));
    return { events: eventAxis(moments), clock: clockAxis(view.records[0]?.atUs ?? 0, view.endUs) };
  }, [view]);
  const steps = useMemo(
    () =>
      (story?.steps ?? []).map((step) =>
        step.weight === "violation" && diagram?.violation !== undefined ? { ...step, n: diagram.violation } : step,
      ),
    [page],
  );
  const [cursor, setCursor] = useState(() => diagram?.violation ?? steps.at(-1)?.n ?? 0);
  const [pinned, setPinned] = useState(false);
  const [followed, setFollowed] = useState<string>();
  const [filter, setFilter] = useState<Filter>(nothingHidden);
  const found = useMemo(
    () => (view === undefined || followed === undefined ? undefined : follow(view, followed)),
    [view, followed],
  );
  const lit = useMemo<ReadonlySet<number> | undefined>(() => {
    if (view === undefined) return undefined;
    if (pinned) return new Set([...causesOf(view, cursor), cursor, ...effectsOf(view, cursor)]);
    return found === undefined ? undefined : new Set(found.records);
  }, [view, pinned, cursor, found]);
  const goTo = useCallback((n: number, pin?: boolean): void => {
    setCursor(n);
    if (pin !== undefined) setPinned(pin);
  }, []);
  const unpin = useCallback((): void => {
    setPinned(false);
    setFollowed(undefined);
  }, []);
  const start = useMemo((): Window => {
    if (axes === undefined) return { from: 0, to: 1 };
    const { total, at } = axes.events;
    const first = steps.find(({ n }) => n !== 0);
    const last = steps.at(-1);
    // The story's end, and as much before it as can be read at once.
    const to = last === undefined ? total : Math.min(total, at(last.atUs) + 150);
    const from = Math.max(0, first === undefined ? 0 : at(first.atUs) - 20, to - 1000);
    return { from: Math.min(from, Math.max(0, to - 300)), to };
  }, [axes]);
  const jump = (n: number): void => {
    goTo(n, false);
    document.getElementById("diagram")?.scrollIntoView({ behavior: "smooth", block: "start" });
  };
  return (
    <main>
      <header class={page.verdict}>
        <p class="brand">seedquake</p>
        <p class="where">{page.title}</p>
        <h1>
          <span aria-hidden="true">{verdicts[page.verdict]}</span> {page.headline}
        </h1>
        {page.sentence !== undefined && <p class="sentence">{page.sentence}</p>}
        {page.demands !== undefined && (
          <p>
            <strong>What must hold:</strong> {page.demands}
          </p>
        )}
        {page.description !== undefined && <p class="faint">The scenario: {page.description}</p>}
      </header>
      {story !== undefined && <StorySection page={{ ...page, story: { ...story, steps } }} cursor={cursor} onStep={jump} />}
      {view !== undefined && axes !== undefined && (
        <>
          <DiagramSection
            view={view}
            left={diagram!.left}
            axes={axes}
            faults={faults}
            operations={operations}
            steps={steps}
            lit={lit}
            cursor={cursor}
            theme={theme}
            onCursor={goTo}
            onUnpin={unpin}
            filter={filter}
            onFilter={setFilter}
            start={start}
            focus={found}
          />
          <div class="panels">
            <EventPanel view={view} operations={operations} cursor={cursor} onCursor={goTo} pinned={pinned} />
            <StatesPanel view={view} states={states} cursor={cursor} />
            <FlightPanel view={view} operations={operations} cursor={cursor} onCursor={goTo} />
          </div>
        </>
      )}
      {history !== undefined && (
        <HistorySection
          history={history}
          faults={faults}
          endUs={endUs}
          said={page.sentence}
          theme={theme}
          onFollow={
            view === undefined
              ? undefined
              : (op) => {
                  setPinned(false);
                  setFollowed(op);
                  document.getElementById("follow")?.scrollIntoView({ behavior: "smooth" });
                }
          }
        />
      )}
      {view !== undefined && history !== undefined && history.operations.length > 0 && (
        <FollowSection
          view={view}
          list={history.operations}
          operations={operations}
          found={found}
          cursor={cursor}
          onFollow={(op) => {
            setPinned(false);
            setFollowed(op);
          }}
          onCursor={(n) => goTo(n)}
        />
      )}
      {(page.metrics !== undefined || (history?.timed === true && history.operations.length > 0)) && (
        <MeasuresSection page={page} records={view?.records ?? []} />
      )}
    </main>
  );
}
