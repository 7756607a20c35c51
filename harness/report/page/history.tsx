/** The history of the clients: who asked what when, what they were told, and whether one order explains it. */

import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { FaultBand, PageHistory } from "../html/model.ts";
import { ms } from "../text.ts";
import { type Axes, carried, clockAxis, eventAxis, showing, type Window } from "./axis.ts";
import { AxisButtons, Board, ZoomButtons } from "./board.tsx";
import { drawHistory, historyHeight } from "./draw-history.ts";
import { historyRows, orderPoints, partsOf } from "./history-rows.ts";
import type { Theme } from "./theme.ts";

interface Props {
  readonly history: PageHistory;
  readonly faults: readonly FaultBand[];
  readonly endUs: number;
  /** What the page says at its head, and need not say again. */
  readonly said: string | undefined;
  readonly theme: Theme;
  readonly onFollow: ((op: string) => void) | undefined;
}

/** A canvas has an end somewhere. */
const mostRows = 600;
/** So much of the axis can be read at once. */
const readable = 500;

export function HistorySection({ history, faults, endUs, said, theme, onFollow }: Props): JSX.Element {
  const { operations, judged, timed } = history;
  const parts = useMemo(() => partsOf(history), [history]);
  const [part, setPart] = useState<string | undefined>(judged?.part);
  const axes = useMemo(() => {
    const ends = [
      ...operations.flatMap(({ fromUs, toUs }) => (toUs === null ? [fromUs] : [fromUs, toUs])),
      ...faults.flatMap(({ fromUs, toUs }) => [fromUs, toUs]),
    ];
    const moments = ends.sort((a, b) => a - b).map((atUs) => ({ atUs, loud: 2 as const }));
    return { events: eventAxis(moments), clock: clockAxis(moments[0]?.atUs ?? 0, Math.max(endUs, moments.at(-1)?.atUs ?? 1)) };
  }, [history]);
  const [axisName, setAxisName] = useState<keyof Axes>("events");
  const axis = axes[axisName];
  const around = (place: number): Window =>
    showing({ from: 0, to: Math.min(axis.total, readable) }, axis.total, axis.at(operations[place]!.fromUs));
  const [shown, setShown] = useState<Window>(() =>
    judged?.culprit === undefined || axis.total < 3 * readable ? { from: 0, to: axis.total } : around(judged.culprit),
  );
  const [cursor, setCursor] = useState<number | undefined>(judged?.culprit);
  const all = useMemo(() => historyRows(history, part), [history, part]);
  const rows = all.slice(0, mostRows);
  const points = useMemo(() => orderPoints(history, part), [history, part]);
  const change = (name: keyof Axes): void => {
    setShown(carried(shown, axis, axes[name]));
    setAxisName(name);
  };
  const goTo = (place: number): void => {
    setCursor(place);
    setShown(around(place));
  };
  const stepBy = (direction: 1 | -1): void => {
    const order = rows.flatMap((row) => row.operations).sort((a, b) => operations[a]!.fromUs - operations[b]!.fromUs);
    const next = order[Math.max(0, Math.min(order.length - 1, (cursor === undefined ? -1 : order.indexOf(cursor)) + direction))];
    if (next === undefined) return;
    setCursor(next);
    setShown(showing(shown, axis.total, axis.at(operations[next]!.fromUs)));
  };
  const key = (event: KeyboardEvent): boolean => {
    if (event.key === "ArrowRight") stepBy(1);
    else if (event.key === "ArrowLeft") stepBy(-1);
    else if (event.key === "Escape") setCursor(undefined);
    else return false;
    return true;
  };
  const gutter = Math.min(110, 14 + 6.4 * Math.max(4, ...rows.map(({ name }) => name.length)));
  const current = cursor === undefined ? undefined : operations[cursor];
  return (
    <section id="history" aria-labelledby="history-title">
      <h2 id="history-title">What the clients saw</h2>
      {judged !== undefined && operations.length > 0 && judged.reason !== said && (
        <p class={judged.verdict}>
          {judged.verdict === "valid"
            ? `One order explains every answer (model: ${judged.model}): follow the line from tick to tick.`
            : judged.verdict === "unknown"
              ? `Undecided: ${judged.reason}`
              : `${judged.reason} (model: ${judged.model})`}
        </p>
      )}
      {operations.length === 0 ? (
        <p class="faint">No client asked for anything.</p>
      ) : (
        <>
          <div class="toolbar">
            <ZoomButtons window={shown} total={axis.total} onWindow={setShown} />
            <AxisButtons axis={axisName} onAxis={change} />
            {parts.length > 1 && (
              <label>
                key{" "}
                <select value={part ?? ""} onChange={(event) => setPart(event.currentTarget.value || undefined)}>
                  <option value="">all</option>
                  {parts.map((name) => (
                    <option key={name} value={name}>
                      {name}
                    </option>
                  ))}
                </select>
              </label>
            )}
            {judged?.culprit !== undefined && (
              <button type="button" onClick={() => goTo(judged.culprit!)}>
                what cannot be explained
              </button>
            )}
          </div>
          <div class="tall">
            <Board
              label="History. A row for each process, a bar for each operation. Left and right: from operation to operation; plus and minus: zoom."
              height={historyHeight(rows, faults)}
              gutter={gutter}
              total={axis.total}
              window={shown}
              theme={theme}
              onWindow={setShown}
              draw={(surface) => drawHistory({ history, rows, points, faults, axis, window: shown, gutter, cursor }, surface)}
              tip={(place) => <Told history={history} place={place} />}
              onPick={setCursor}
              onKey={key}
              version={`${axisName} ${part} ${cursor}`}
            />
          </div>
          {all.length > mostRows && (
            <p>
              The first {mostRows} of {all.length} processes are drawn.
            </p>
          )}
          <p class="faint">
            A filled bar was answered, a dashed one failed, a dashed one open to the right nobody knows of.
            {judged !== undefined &&
              judged.order.length > 0 &&
              " Ticks joined by a line: where each may have taken effect, one after the other."}
            {judged?.verdict === "invalid" && " Red with a cross: what cannot be placed. Red and dashed: what it contradicts."}
          </p>
          <div aria-live="polite" class="panel">
            {current === undefined ? (
              <p class="faint">Choose an operation to read it here.</p>
            ) : (
              <>
                <Told history={history} place={cursor!} />
                {onFollow !== undefined && (
                  <button type="button" onClick={() => onFollow(current.id)}>
                    follow it through the cluster
                  </button>
                )}
              </>
            )}
          </div>
          {judged !== undefined && judged.core.length > 0 && (
            <>
              <h3>
                {judged.core.length === 1
                  ? "This answer cannot be right"
                  : `These ${judged.core.length} operations cannot all be right`}
              </h3>
              <ol class="links">
                {judged.core.map((place) => (
                  <li key={place}>
                    <button type="button" onClick={() => goTo(place)}>
                      <Told history={history} place={place} />
                    </button>
                  </li>
                ))}
              </ol>
            </>
          )}
        </>
      )}
      {!timed && <p>The history has no times: its order stands in their place.</p>}
    </section>
  );
}

function Told({ history, place }: { readonly history: PageHistory; readonly place: number }): JSX.Element {
  const { client, process, told, fromUs, toUs, id } = history.operations[place]!;
  const point = history.judged?.order.findIndex(({ operation }) => operation === place) ?? -1;
  const time = (us: number): string => (history.timed ? `${ms(Math.round(us))} ms` : `event ${us}`);
  return (
    <span>
      <strong>{told}</strong>{" "}
      <span class="faint">
        {client ?? `process ${process}`}, {time(fromUs)} to {toUs === null ? "the end" : time(toUs)}, {id}
        {point >= 0 && `; number ${point + 1} in the order, and then the state is ${history.judged!.order[point]!.state}`}
        {place === history.judged?.culprit && "; no order gets past it"}
      </span>
    </span>
  );
}
