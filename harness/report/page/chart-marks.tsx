/** What charts over the time of a run have in common: bands of faults, times, short figures, and all of them as a table. */

import type { ComponentChildren, JSX } from "preact";
import type { FaultBand } from "../html/model.ts";

/** Faults, behind what is drawn over time. */
export function Bands({
  faults,
  x,
  top = 0,
  height,
}: {
  readonly faults: readonly FaultBand[];
  readonly x: (us: number) => number;
  readonly top?: number;
  readonly height: number;
}): JSX.Element {
  return (
    <>
      {faults.map(({ id, fromUs, toUs }) => (
        <rect
          key={`${id} ${fromUs}`}
          class="band"
          x={x(fromUs)}
          y={top}
          width={Math.max(1.5, x(toUs) - x(fromUs))}
          height={height}
        >
          <title>{id}</title>
        </rect>
      ))}
    </>
  );
}

/** Five moments from the start to the end, under what is drawn over time. */
export function Times({
  endUs,
  x,
  y,
  textOf = (us) => `${figure(us / 1_000_000)} s`,
}: {
  readonly endUs: number;
  readonly x: (us: number) => number;
  readonly y: number;
  readonly textOf?: (us: number) => string;
}): JSX.Element {
  return (
    <>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <text key={share} x={x(endUs * share)} y={y} text-anchor={share === 1 ? "end" : share === 0 ? "start" : "middle"}>
          {textOf(endUs * share)}
        </text>
      ))}
    </>
  );
}

/** What was drawn, in figures. */
export function AsTable({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return (
    <details>
      <summary>as a table</summary>
      <div class="scroll">
        <table>{children}</table>
      </div>
    </details>
  );
}

/** Three digits. */
export function figure(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(3)));
}
