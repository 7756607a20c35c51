/** The space-time diagram with its filters, its keys and what there is to say of the event at the cursor. */

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TraceRecord } from "../../sim/trace.ts";
import type { FaultBand, StoryStep } from "../html/model.ts";
import { type Axes, carried, showing, type Window, zoomed } from "./axis.ts";
import { AxisButtons, Board, ZoomButtons } from "./board.tsx";
import { contentOf, recordOf } from "./causes.ts";
import { type Operations, rows, sentence } from "./describe.ts";
import { drawDiagram, layout } from "./draw.ts";
import { type Filter, groupNames, nothingHidden, shows, toggled } from "./filter.ts";
import type { Theme } from "./theme.ts";
import type { View } from "./view.ts";

interface Props {
  readonly view: View;
  readonly left: number;
  readonly axes: Axes;
  readonly faults: readonly FaultBand[];
  readonly operations: Operations;
  readonly steps: readonly StoryStep[];
  readonly lit: ReadonlySet<number> | undefined;
  readonly cursor: number;
  readonly theme: Theme;
  readonly onCursor: (n: number, pinned?: boolean) => void;
  readonly onUnpin: () => void;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly start: Window;
  /** What is to be seen next, when that changes. */
  readonly focus: { readonly fromUs: number; readonly toUs: number } | undefined;
}

export function DiagramSection(props: Props): JSX.Element {
  const { view, left, axes, faults, operations, steps, lit, cursor, theme, onCursor, onUnpin, filter, onFilter, start, focus } =
    props;
  const [axisName, setAxisName] = useState<keyof Axes>("events");
  const [shown, setShown] = useState<Window>(start);
  const axis = axes[axisName];
  const gutter = useMemo(() => Math.min(100, 14 + 7.5 * Math.max(2, ...view.lanes.map(({ id }) => id.length))), [view]);
  const numbers = useMemo(
    () => new Map(steps.flatMap(({ n, also = [] }, i) => [n, ...also].map((record) => [record, i + 1] as const))),
    [steps],
  );
  const { height } = layout(view, filter, faults);
  const scene = { view, axis, window: shown, faults, operations, filter, lit, cursor, steps: numbers, gutter };
  const current = recordOf(view, cursor);
  const seen = useRef(cursor);
  useEffect(() => {
    if (seen.current === cursor) return;
    seen.current = cursor;
    if (current !== undefined) setShown((before) => showing(before, axis.total, axis.at(current.atUs)));
  }, [cursor]);

  useEffect(() => {
    if (focus === undefined) return;
    const [from, to] = [axis.at(focus.fromUs) - 20, axis.at(focus.toUs) + 40];
    const middle = (from + to) / 2;
    const half = Math.max(to - from, 60) / 2;
    setShown(zoomed({ from: middle - half, to: middle + half }, axis.total, middle, 1));
  }, [focus]);

  const change = (name: keyof Axes): void => {
    setShown(carried(shown, axis, axes[name]));
    setAxisName(name);
  };
  const visible = (record: TraceRecord): boolean =>
    record.node !== "" && shows(filter, view, record) && (lit === undefined || lit.has(record.n) || record.n === cursor);
  const stepBy = (direction: 1 | -1, fits: (record: TraceRecord) => boolean = visible): void => {
    const place = view.placeOf.get(cursor) ?? 0;
    for (let i = place + direction; i >= 0 && i < view.records.length; i += direction) {
      const record = view.records[i]!;
      if (fits(record)) {
        onCursor(record.n);
        return;
      }
    }
  };
  const toStep = (direction: 1 | -1): void => stepBy(direction, ({ n }) => numbers.has(n));
  const alongLane = (direction: 1 | -1): void => {
    const lanes = view.lanes.map(({ id }) => id).filter((id) => !filter.nodes.has(id));
    const at = lanes.indexOf(current?.node ?? "");
    const next = lanes[Math.max(0, Math.min(lanes.length - 1, at + direction))];
    const near = view.records.reduce<TraceRecord | undefined>((best, record) => {
      if (record.node !== next || !visible(record)) return best;
      const far = Math.abs(record.atUs - (current?.atUs ?? 0));
      return best === undefined || far < Math.abs(best.atUs - (current?.atUs ?? 0)) ? record : best;
    }, undefined);
    if (near !== undefined) onCursor(near.n);
  };
  const key = (event: KeyboardEvent): boolean => {
    const action = {
      ArrowRight: () => stepBy(1),
      ArrowLeft: () => stepBy(-1),
      ArrowUp: () => alongLane(-1),
      ArrowDown: () => alongLane(1),
      "]": () => toStep(1),
      "[": () => toStep(-1),
      Enter: () => onCursor(cursor, true),
      Escape: onUnpin,
    }[event.key];
    action?.();
    return action !== undefined;
  };
  const isHidden = filter.nodes.size + filter.names.size + filter.groups.size > 0;
  return (
    <section id="diagram" aria-labelledby="diagram-title">
      <h2 id="diagram-title">Space and time</h2>
      <div class="toolbar">
        <ZoomButtons window={shown} total={axis.total} onWindow={setShown} />
        <fieldset class="group" aria-label="step through">
          <button type="button" aria-label="previous step of the story" onClick={() => toStep(-1)}>
            &laquo; story
          </button>
          <button type="button" aria-label="previous event" onClick={() => stepBy(-1)}>
            &lsaquo; back
          </button>
          <button type="button" aria-label="next event" onClick={() => stepBy(1)}>
            step &rsaquo;
          </button>
          <button type="button" aria-label="next step of the story" onClick={() => toStep(1)}>
            story &raquo;
          </button>
        </fieldset>
        <AxisButtons axis={axisName} onAxis={change} />
        {lit !== undefined && (
          <button type="button" onClick={onUnpin}>
            show everything again
          </button>
        )}
      </div>
      <Board
        label="Space-time diagram. Left and right: from event to event; up and down: from node to node; Enter: pin; Escape: unpin; plus and minus: zoom; square brackets: steps of the story."
        height={height}
        gutter={gutter}
        total={axis.total}
        window={shown}
        theme={theme}
        onWindow={setShown}
        draw={(surface) => drawDiagram(scene, surface)}
        tip={(n) => <Tip record={recordOf(view, n)!} view={view} operations={operations} />}
        onPick={(n) => (n === undefined ? onUnpin() : onCursor(n, true))}
        onKey={key}
        version={[filter, lit, cursor, axisName].map(identity).join(" ")}
      />
      {left > 0 && (
        <p>
          The first {left} events are not drawn: a page has room for the last {view.records.length}. trace.jsonl has them all.
        </p>
      )}
      <Legend />
      <fieldset class="filters">
        <legend>
          show{" "}
          {isHidden && (
            <button type="button" onClick={() => onFilter(nothingHidden)}>
              all of it
            </button>
          )}
        </legend>
        <Chips
          name="nodes"
          items={view.lanes.map(({ id }) => ({ id, text: id }))}
          hidden={filter.nodes}
          onToggle={(id) => onFilter({ ...filter, nodes: toggled(filter.nodes, id) })}
        />
        <Chips
          name="messages"
          items={view.names.map(({ name, count }) => ({ id: name, text: `${name} ${count}` }))}
          hidden={filter.names}
          onToggle={(id) => onFilter({ ...filter, names: toggled(filter.names, id) })}
          onOnly={(id) =>
            onFilter({ ...filter, names: new Set(view.names.map(({ name }) => name).filter((name) => name !== id)) })
          }
        />
        <Chips
          name="also"
          items={groupNames.map((id) => ({ id, text: id }))}
          hidden={filter.groups}
          onToggle={(id) => onFilter({ ...filter, groups: toggled(filter.groups, id) })}
        />
      </fieldset>
    </section>
  );
}

const known = new WeakMap<object, number>();
let next = 0;

/** Tells objects apart, so that a canvas is drawn when it must be, and only then. */
function identity(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  if (!known.has(value)) known.set(value, next++);
  return `#${known.get(value)}`;
}

interface ChipsProps<T extends string> {
  readonly name: string;
  readonly items: readonly { readonly id: T; readonly text: string }[];
  readonly hidden: ReadonlySet<T>;
  readonly onToggle: (id: T) => void;
  readonly onOnly?: (id: T) => void;
}

function Chips<T extends string>({ name, items, hidden, onToggle, onOnly }: ChipsProps<T>): JSX.Element {
  return (
    <fieldset class="chips" aria-label={name}>
      <span class="name">{name}</span>
      {items.map(({ id, text }) => (
        <button
          key={id}
          type="button"
          aria-pressed={!hidden.has(id)}
          title={onOnly === undefined ? undefined : "double-click: only this one"}
          onClick={() => onToggle(id)}
          onDblClick={() => onOnly?.(id)}
        >
          {text}
        </button>
      ))}
    </fieldset>
  );
}

function Tip({
  record,
  view,
  operations,
}: {
  readonly record: TraceRecord;
  readonly view: View;
  readonly operations: Operations;
}): JSX.Element {
  return (
    <>
      <strong>{record.atUs / 1000} ms</strong> {sentence(record, view, operations)}
      <Contents content={contentOf(record)} most={8} />
    </>
  );
}

export function Contents({ content, most = 100 }: { readonly content: unknown; readonly most?: number }): JSX.Element | null {
  const all = rows(content);
  if (all.length === 0) return null;
  return (
    <table class="contents">
      <tbody>
        {all.slice(0, most).map(([name, value]) => (
          <tr key={name}>
            {name !== "" && <th scope="row">{name}</th>}
            <td>{most < 100 && value.length > 120 ? `${value.slice(0, 120)}...` : value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The looks, drawn as they are in the diagram. */
function Legend(): JSX.Element {
  const arrow = (name: string, cls: string, end: JSX.Element): JSX.Element => (
    <span class="sign">
      <svg width="46" height="14" viewBox="0 0 46 14" aria-hidden="true" class={cls}>
        {end}
      </svg>
      {name}
    </span>
  );
  const tip = <path d="M44 7 L36 3 L36 11 Z" />;
  return (
    <div class="legend" role="note" aria-label="what the signs mean">
      {arrow(
        "delivered",
        "message",
        <>
          <path d="M1 7 H38" />
          {tip}
        </>,
      )}
      {arrow(
        "late",
        "late",
        <>
          <path d="M1 7 H38" stroke-dasharray="12 3" />
          {tip}
        </>,
      )}
      {arrow(
        "held back",
        "held",
        <>
          <path d="M1 7 H38" stroke-dasharray="2 4" />
          <path d="M16 3 h8 v8 h-8 Z" />
          {tip}
        </>,
      )}
      {arrow(
        "doubled",
        "doubled",
        <>
          <path d="M1 5 H38 M1 9 H38" />
          {tip}
        </>,
      )}
      {arrow(
        "lost",
        "lost",
        <>
          <path d="M1 7 H26" stroke-dasharray="6 4" />
          <path d="M24 3 l8 8 M24 11 l8 -8" />
        </>,
      )}
      {arrow(
        "cut off",
        "lost",
        <>
          <path d="M1 7 H26" stroke-dasharray="6 4" />
          <path d="M28 1 V13" stroke-width="2.5" />
        </>,
      )}
      {arrow(
        "nobody there",
        "lost",
        <>
          <path d="M1 7 H36" />
          <path d="M32 3 l8 8 M32 11 l8 -8" />
        </>,
      )}
      {arrow("fact", "fact", <path d="M23 1 L29 7 L23 13 L17 7 Z" />)}
      {arrow("timer", "faint", <path d="M23 3 a4 4 0 1 0 0.1 0 M23 7 v-3 M23 7 h2" fill="none" />)}
      {arrow("disk", "server", <path d="M20 4 h6 v6 h-6 Z" />)}
      {arrow(
        "crash, down",
        "bad",
        <>
          <path d="M3 2 l10 10 M3 12 l10 -10" stroke-width="2.5" />
          <path d="M16 7 H44" stroke-dasharray="2 6" />
        </>,
      )}
      {arrow(
        "asleep",
        "held",
        <>
          <path d="M4 2 v10 M9 2 v10" stroke-width="2.5" />
          <path d="M14 7 H44" stroke-dasharray="8 4" />
        </>,
      )}
      {arrow("restart", "good", <path d="M23 1 L29 12 L17 12 Z" />)}
      {arrow("answered", "good bar", <path d="M4 3 h38 v8 h-38 Z" />)}
      {arrow("nobody knows", "info bar", <path d="M42 3 H4 V11 H42" stroke-dasharray="4 3" />)}
    </div>
  );
}
