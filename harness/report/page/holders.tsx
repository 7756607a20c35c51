/** Whom the selectors of a protocol pointed at (its leader, the holder of its lock) over the time of a run. */

import type { JSX } from "preact";
import type { FaultBand, RunPage } from "../html/model.ts";
import { AsTable, Bands, figure, Times } from "./chart-marks.tsx";

const [rowHigh, nameWide, below] = [22, 60, 18];

/** A row for each selector, a block for each node in its turn. */
export function Holders({
  held,
  faults,
  endUs,
}: {
  readonly held: NonNullable<RunPage["held"]>;
  readonly faults: readonly FaultBand[];
  readonly endUs: number;
}): JSX.Element {
  const rows = [...Map.groupBy(held, ({ selector }) => selector)];
  const nodes = [...new Set(held.map(({ node }) => node))].sort();
  const all = 920;
  const tall = rows.length * rowHigh + below;
  const x = (us: number): number => nameWide + (us / Math.max(1, endUs)) * (all - nameWide);
  const told = rows.map(([selector, spans]) => `${selector}: ${changes(spans)}`).join("; ");
  return (
    <figure class="chart">
      <figcaption>
        who it was <span class="faint">({told})</span>
      </figcaption>
      <svg viewBox={`0 0 ${all} ${tall}`} role="img" aria-label={`who it was over time; ${told}`}>
        <Bands faults={faults} x={x} height={tall - below} />
        {rows.map(([selector, spans], row) => (
          <g key={selector}>
            <text x={nameWide - 6} y={row * rowHigh + 15} text-anchor="end">
              {selector}
            </text>
            {spans.map(({ node, fromUs, toUs }) => {
              const wide = Math.max(1.5, x(toUs) - x(fromUs));
              const look = ["one", "two", "three"][nodes.indexOf(node) % 3]!;
              return (
                <g key={`${node} ${fromUs}`}>
                  <rect class={look} x={x(fromUs)} y={row * rowHigh + 3} width={wide} height={rowHigh - 6}>
                    <title>{`${node}, ${figure(fromUs / 1000)} to ${figure(toUs / 1000)} ms`}</title>
                  </rect>
                  {wide > 7 * node.length && (
                    <text class="inside" x={x(fromUs) + wide / 2} y={row * rowHigh + 15} text-anchor="middle">
                      {node}
                    </text>
                  )}
                </g>
              );
            })}
          </g>
        ))}
        <Times endUs={endUs} x={x} y={tall - 5} />
      </svg>
      <AsTable>
        <thead>
          <tr>
            <th scope="col">from</th>
            <th scope="col">to</th>
            <th scope="col">who</th>
          </tr>
        </thead>
        <tbody>
          {held.map(({ selector, node, fromUs, toUs }) => (
            <tr key={`${selector} ${fromUs}`}>
              <td>{figure(fromUs / 1000)} ms</td>
              <td>{figure(toUs / 1000)} ms</td>
              <th scope="row">
                {selector}: {node}
              </th>
            </tr>
          ))}
        </tbody>
      </AsTable>
    </figure>
  );
}

/** "3 changes, none for 412 ms" */
function changes(spans: NonNullable<RunPage["held"]>): string {
  const times = spans.filter(({ node }, i) => i > 0 && spans[i - 1]!.node !== node).length;
  const gaps = spans.reduce((sum, { fromUs }, i) => sum + Math.max(0, fromUs - (spans[i - 1]?.toUs ?? 0)), 0);
  return `${times === 0 ? "no change" : times === 1 ? "1 change" : `${times} changes`}${gaps === 0 ? "" : `, none for ${figure(gaps / 1000)} ms`}`;
}
