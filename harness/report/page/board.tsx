/** A canvas with an axis of time: drawn when something changed, moved and zoomed by mouse, touch, wheel and keys. */

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Axes, moved, type Window, zoomed } from "./axis.ts";
import { type Colours, colours, type Theme } from "./theme.ts";

export interface Surface {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
}

/** What lies at a point of what was drawn. */
export type Pick<T> = (x: number, y: number) => T | undefined;

interface Props<T> {
  readonly label: string;
  readonly height: number;
  /** Left of it stand names. */
  readonly gutter: number;
  readonly total: number;
  readonly window: Window;
  readonly theme: Theme;
  readonly onWindow: (window: Window) => void;
  readonly draw: (surface: Surface) => Pick<T>;
  readonly tip: (found: T) => JSX.Element | string;
  readonly onPick: (found: T | undefined) => void;
  /** True when the key was used. */
  readonly onKey: (event: KeyboardEvent) => boolean;
  /** Whatever it depends on what is drawn. */
  readonly version: unknown;
}

const zoomStep = 1.5;

export function Board<T>(props: Props<T>): JSX.Element {
  const { label, height, gutter, total, window: shown, theme, onWindow, draw, tip, onPick, onKey, version } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const pick = useRef<Pick<T>>(() => undefined);
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<{ readonly found: T; readonly x: number; readonly y: number }>();
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  const pointers = useRef(new Map<number, { x: number; y: number }>());
  const dragged = useRef(0);

  useLayoutEffect(() => {
    const element = canvas.current!;
    const measure = (): void => setWidth(element.parentElement!.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element.parentElement!);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const changed = (): void => setDark(scheme.matches);
    scheme.addEventListener("change", changed);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", changed);
    };
  }, []);

  useLayoutEffect(() => {
    const element = canvas.current!;
    if (width === 0) return;
    const request = requestAnimationFrame(() => {
      const ratio = devicePixelRatio || 1;
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
      const pen = element.getContext("2d")!;
      pen.scale(ratio, ratio);
      pick.current = draw({ pen, width, height, colours: colours() });
      // For whoever tests the page: what is to be seen now.
      element.dataset["window"] = `${shown.from} ${shown.to}`;
    });
    return () => cancelAnimationFrame(request);
  }, [width, height, shown.from, shown.to, total, theme, dark, version]);

  const place = (x: number): number => shown.from + ((x - gutter) / Math.max(1, width - gutter)) * (shown.to - shown.from);

  // Preact listens passively to the wheel; zooming must keep the page where it is.
  useEffect(() => {
    const element = canvas.current!;
    const turn = (event: WheelEvent): void => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!event.ctrlKey && !event.metaKey && !sideways) return;
      event.preventDefault();
      if (sideways) onWindow(moved(shown, total, (event.deltaX / Math.max(1, width - gutter)) * (shown.to - shown.from)));
      else onWindow(zoomed(shown, total, place(event.offsetX), event.deltaY > 0 ? 1.2 : 1 / 1.2));
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  });

  const down = (event: PointerEvent): void => {
    pointers.current.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    dragged.current = 0;
    canvas.current!.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    const { offsetX: x, offsetY: y, pointerId } = event;
    const before = pointers.current.get(pointerId);
    if (before === undefined) {
      const found = pick.current(x, y);
      setHover(found === undefined ? undefined : { found, x, y });
      return;
    }
    const others = [...pointers.current].filter(([id]) => id !== pointerId).map(([, at]) => at);
    pointers.current.set(pointerId, { x, y });
    dragged.current += Math.abs(x - before.x) + Math.abs(y - before.y);
    const other = others[0];
    if (other === undefined) {
      if (dragged.current > 3)
        onWindow(moved(shown, total, ((before.x - x) / Math.max(1, width - gutter)) * (shown.to - shown.from)));
    } else {
      const spread = Math.max(10, Math.abs(x - other.x));
      onWindow(zoomed(shown, total, place((x + other.x) / 2), Math.max(10, Math.abs(before.x - other.x)) / spread));
    }
    setHover(undefined);
  };
  const up = (event: PointerEvent): void => {
    if (!pointers.current.delete(event.pointerId)) return;
    if (dragged.current <= 3) onPick(pick.current(event.offsetX, event.offsetY));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const width = shown.to - shown.from;
    const middle = (shown.from + shown.to) / 2;
    if (onKey(event)) event.preventDefault();
    else if (event.key === "+" || event.key === "=") onWindow(zoomed(shown, total, middle, 1 / zoomStep));
    else if (event.key === "-") onWindow(zoomed(shown, total, middle, zoomStep));
    else if (event.key === "0") onWindow({ from: 0, to: total });
    else if (event.key === "PageDown" || event.key === "PageUp") {
      onWindow(moved(shown, total, event.key === "PageDown" ? width * 0.8 : -width * 0.8));
      event.preventDefault();
    }
  };
  const leftHalf = hover !== undefined && hover.x < width / 2;
  return (
    <div class="board" role="application" aria-label={label}>
      <canvas
        ref={canvas}
        tabIndex={0}
        aria-label={label}
        onKeyDown={key}
        style={{ width: "100%", height: `${height}px` }}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={(event) => pointers.current.delete(event.pointerId)}
        onPointerLeave={() => setHover(undefined)}
        onDblClick={(event) => onWindow(zoomed(shown, total, place(event.offsetX), 1 / 2.5))}
      />
      {hover !== undefined && (
        <div
          class="tip"
          style={{
            top: `${hover.y + 14}px`,
            ...(leftHalf ? { left: `${hover.x + 12}px` } : { right: `${width - hover.x + 12}px` }),
          }}
        >
          {tip(hover.found)}
        </div>
      )}
    </div>
  );
}

/** The buttons that every board has: to move it, and to choose its axis. */
export function ZoomButtons({
  window: shown,
  total,
  onWindow,
}: {
  readonly window: Window;
  readonly total: number;
  readonly onWindow: (window: Window) => void;
}): JSX.Element {
  const middle = (shown.from + shown.to) / 2;
  const step = (shown.to - shown.from) * 0.5;
  return (
    <fieldset class="group" aria-label="zoom and move">
      <button type="button" aria-label="zoom in" onClick={() => onWindow(zoomed(shown, total, middle, 1 / zoomStep))}>
        +
      </button>
      <button type="button" aria-label="zoom out" onClick={() => onWindow(zoomed(shown, total, middle, zoomStep))}>
        -
      </button>
      <button type="button" aria-label="earlier" onClick={() => onWindow(moved(shown, total, -step))}>
        &larr;
      </button>
      <button type="button" aria-label="later" onClick={() => onWindow(moved(shown, total, step))}>
        &rarr;
      </button>
      <button type="button" onClick={() => onWindow({ from: 0, to: total })}>
        all
      </button>
    </fieldset>
  );
}

export function AxisButtons({
  axis,
  onAxis,
}: {
  readonly axis: keyof Axes;
  readonly onAxis: (axis: keyof Axes) => void;
}): JSX.Element {
  return (
    <fieldset class="group" aria-label="axis of time">
      <button type="button" aria-pressed={axis === "events"} onClick={() => onAxis("events")}>
        by events
      </button>
      <button type="button" aria-pressed={axis === "clock"} onClick={() => onAxis("clock")}>
        by the clock
      </button>
    </fieldset>
  );
}
