/** A chart of values over the time of a run, with the faults behind it and its figures as a table. */

import type { JSX } from "preact";
import type { FaultBand } from "../html/model.ts";
import { AsTable, Bands, figure, Times } from "./chart-marks.tsx";

export interface Series {
  readonly name: string;
  readonly cls: string;
  readonly points: readonly { readonly atUs: number; readonly value: number }[];
  /** Points alone, or joined as steps. */
  readonly look: "dots" | "steps" | "bars";
}

interface ChartProps {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly Series[];
  readonly faults: readonly FaultBand[];
  readonly endUs: number;
  readonly slotUs: number;
}

const [wide, high, left, below] = [460, 120, 46, 18];

export function Chart({ title, unit, series, faults, endUs, slotUs }: ChartProps): JSX.Element | null {
  const values = series.flatMap(({ points }) => points.map(({ value }) => value));
  if (values.every((value) => value === 0)) return null;
  const top = Math.max(...values, 1e-9);
  const x = (us: number): number => left + (us / Math.max(1, endUs)) * (wide - left);
  const y = (value: number): number => 4 + (1 - value / top) * (high - below - 8);
  return (
    <figure class="chart">
      <figcaption>
        {title} <span class="faint">({unit})</span>
      </figcaption>
      <svg viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={`${title}, ${unit}; at most ${figure(top)}`}>
        <Bands faults={faults} x={x} height={high - below} />
        <path class="axis" d={`M${left} 0 V${high - below} H${wide}`} />
        <text x={left - 4} y={10} text-anchor="end">
          {figure(top)}
        </text>
        <text x={left - 4} y={high - below} text-anchor="end">
          0
        </text>
        <Times endUs={endUs} x={x} y={high - 5} />
        {series.map(({ name, cls, points, look }) =>
          look === "dots" ? (
            points.map(({ atUs, value }, i) => <circle key={i} class={cls} cx={x(atUs)} cy={y(value)} r={2} />)
          ) : look === "bars" ? (
            points.map(({ atUs, value }, i) => (
              <rect
                key={i}
                class={cls}
                x={x(atUs)}
                y={y(value)}
                width={Math.max(1, x(slotUs) - left - 1)}
                height={Math.max(0, high - below - y(value))}
              >
                <title>{`${name} ${figure(value)}`}</title>
              </rect>
            ))
          ) : (
            <path
              key={name}
              class={`steps ${cls}`}
              d={points
                .map(({ atUs, value }, i) => {
                  const joined = i > 0 && atUs - points[i - 1]!.atUs <= slotUs;
                  return `${joined ? "L" : "M"}${x(atUs)} ${y(value)} H${x(Math.min(endUs, atUs + slotUs))}`;
                })
                .join(" ")}
            />
          ),
        )}
      </svg>
      {series.length > 1 && (
        <p class="faint">
          {series.map(({ name, cls }) => (
            <span key={name} class={`key ${cls}`}>
              {name}
            </span>
          ))}
        </p>
      )}
      <AsTable>
        <thead>
          <tr>
            <th scope="col">at</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...new Set(series.flatMap(({ points }) => points.map(({ atUs }) => atUs)))]
            .sort((a, b) => a - b)
            .slice(0, 200)
            .map((atUs) => (
              <tr key={atUs}>
                <th scope="row">{figure(atUs / 1000)} ms</th>
                {series.map(({ name, points }) => (
                  <td key={name}>{figure(points.find((point) => point.atUs === atUs)?.value)}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </AsTable>
    </figure>
  );
}
