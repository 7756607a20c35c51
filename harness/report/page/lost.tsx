/** The point of no return: how many of other futures fail, over the time of the run, and the event at which that jumps. */

import type { JSX } from "preact";
import type { FaultBand, Lost } from "../html/model.ts";
import { ms } from "../text.ts";
import { Bands, Times } from "./chart-marks.tsx";

interface Props {
  readonly lost: Lost;
  readonly faults: readonly FaultBand[];
  readonly endUs: number;
  readonly onStep: (n: number) => void;
}

const [wide, high, left, top, below] = [720, 130, 44, 8, 20] as const;

export function LostFigure({ lost, faults, endUs, onStep }: Props): JSX.Element {
  const { sentence, points, jump } = lost;
  const untilUs = Math.max(1, points.at(-1)?.atUs ?? endUs);
  const x = (us: number): number => left + (Math.min(us, untilUs) / untilUs) * (wide - left - 8);
  const y = (share: number): number => top + (1 - share) * (high - top - below);
  const shares = points.filter(({ of }) => of > 0).map(({ atUs, failed, of }) => ({ atUs, failed, of, share: failed / of }));
  const path = shares.map(({ atUs, share }, i) => `${i === 0 ? "M" : "L"}${x(atUs)} ${y(share)}`).join(" ");
  return (
    <figure class="chart futures">
      <figcaption>When it was lost: how many of other futures fail, from here on</figcaption>
      <p>{sentence}</p>
      <svg viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={sentence}>
        <Bands faults={faults.filter(({ fromUs }) => fromUs <= untilUs)} x={x} top={top} height={high - top - below} />
        <path class="axis" d={`M${left} ${top} V${high - below} H${wide}`} />
        {[0, 0.5, 1].map((share) => (
          <text key={share} x={left - 5} y={y(share) + 4} text-anchor="end">
            {share * 100} %
          </text>
        ))}
        <Times endUs={untilUs} x={x} y={high - 5} textOf={(us) => `${Math.round(us / 1000)} ms`} />
        {jump !== undefined && <path class="jump" d={`M${x(jump.atUs)} ${top} V${high - below}`} />}
        <path class="steps bad" d={path} />
        {shares.map(({ atUs, failed, of, share }, i) => (
          <circle key={i} class="bad" cx={x(atUs)} cy={y(share)} r={3}>
            <title>{`${failed} of ${of} futures fail from ${ms(atUs)} ms on`}</title>
          </circle>
        ))}
      </svg>
      {jump !== undefined && (
        <button type="button" onClick={() => onStep(jump.n)}>
          show the event at {ms(jump.atUs)} ms
        </button>
      )}
    </figure>
  );
}
