/** Charts of the measures, each with the faults behind it and its figures as a table. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TraceRecord } from "../../sim/trace.ts";
import type { FaultBand, RunPage } from "../html/model.ts";
import { type Slot, silences, slotsOf } from "./measures.ts";

interface Series {
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

function Chart({ title, unit, series, faults, endUs, slotUs }: ChartProps): JSX.Element | null {
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
        {faults.map(({ id, fromUs, toUs }) => (
          <rect
            key={`${id} ${fromUs}`}
            class="band"
            x={x(fromUs)}
            y={0}
            width={Math.max(1.5, x(toUs) - x(fromUs))}
            height={high - below}
          >
            <title>{id}</title>
          </rect>
        ))}
        <path class="axis" d={`M${left} 0 V${high - below} H${wide}`} />
        <text x={left - 4} y={10} text-anchor="end">
          {figure(top)}
        </text>
        <text x={left - 4} y={high - below} text-anchor="end">
          0
        </text>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text
            key={share}
            x={x(endUs * share)}
            y={high - 5}
            text-anchor={share === 1 ? "end" : share === 0 ? "start" : "middle"}
          >
            {figure((endUs * share) / 1_000_000)} s
          </text>
        ))}
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
      <details>
        <summary>as a table</summary>
        <div class="scroll">
          <table>
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
          </table>
        </div>
      </details>
    </figure>
  );
}

/** Three digits. */
function figure(value: number | undefined): string {
  return value === undefined ? "" : String(Number(value.toPrecision(3)));
}

export function MeasuresSection({
  page,
  records,
}: {
  readonly page: RunPage;
  readonly records: readonly TraceRecord[];
}): JSX.Element {
  const { history, faults, endUs, metrics, samples = [] } = page;
  const operations = history?.operations ?? [];
  const slots = useMemo(() => slotsOf(operations, records, endUs), [page, records]);
  const slotUs = slots[0]!.toUs;
  const common = { faults, endUs, slotUs };
  const per = (value: (slot: Slot) => number | undefined): Series["points"] =>
    slots.flatMap((slot) => {
      const found = value(slot);
      return found === undefined ? [] : [{ atUs: slot.fromUs, value: found }];
    });
  const answers = operations.flatMap(({ outcome, fromUs, toUs }) =>
    outcome === "ok" && toUs !== null ? [{ atUs: toUs, value: (toUs - fromUs) / 1000 }] : [],
  );
  const silent = useMemo(() => silences(operations, endUs, endUs / 50), [page]);
  const gauges = useMemo(
    () =>
      Map.groupBy(
        samples.filter(({ kind }) => kind === "gauge"),
        ({ name }) => name,
      ),
    [page],
  );
  const rates = useMemo(() => Object.entries(metrics?.facts ?? {}), [page]);
  const perAnswer = metrics === undefined || answers.length === 0 ? undefined : metrics.messages.sent / answers.length;
  return (
    <section id="measures" aria-labelledby="measures-title">
      <h2 id="measures-title">Measures</h2>
      <p class="faint">{page.diagram === undefined ? "As it was recorded" : "In virtual time"}; bands are faults.</p>
      <dl class="figures">
        <Figure
          name="answered"
          value={`${operations.filter(({ outcome }) => outcome === "ok").length} of ${operations.length}`}
        />
        {metrics?.latency.p50 !== undefined && (
          <Figure name="latency, half of them" value={`${figure(metrics.latency.p50 / 1000)} ms`} />
        )}
        {metrics?.latency.p95 !== undefined && <Figure name="latency, 95 %" value={`${figure(metrics.latency.p95 / 1000)} ms`} />}
        {metrics?.latency.max !== undefined && <Figure name="latency, all" value={`${figure(metrics.latency.max / 1000)} ms`} />}
        {metrics !== undefined && <Figure name="longest without an answer" value={`${figure(metrics.unavailable / 1000)} ms`} />}
        {metrics !== undefined && <Figure name="messages" value={String(metrics.messages.sent)} />}
        {perAnswer !== undefined && <Figure name="messages an answer" value={figure(perAnswer)} />}
        {metrics !== undefined && <Figure name="lost or cut off" value={String(metrics.messages.lost + metrics.messages.cut)} />}
        {metrics !== undefined && <Figure name="asked again" value={String(metrics.requests.again)} />}
        {metrics !== undefined && <Figure name="redirected" value={String(metrics.requests.redirected)} />}
      </dl>
      <div class="charts">
        <Chart
          {...common}
          title="latency of answers"
          unit="ms"
          series={[
            { name: "each answer", cls: "dot", look: "dots", points: answers },
            {
              name: "half are below",
              cls: "one",
              look: "steps",
              points: per(({ p50 }) => (p50 === undefined ? undefined : p50 / 1000)),
            },
            {
              name: "95 % are below",
              cls: "two",
              look: "steps",
              points: per(({ p95 }) => (p95 === undefined ? undefined : p95 / 1000)),
            },
          ]}
        />
        <Chart
          {...common}
          title="throughput"
          unit="answers a second"
          series={[
            {
              name: "answers",
              cls: "one",
              look: "bars",
              points: per(({ ok, fromUs, toUs }) => (ok * 1_000_000) / (toUs - fromUs)),
            },
          ]}
        />
        <Chart
          {...common}
          title="availability"
          unit="% of what ended was answered"
          series={[
            {
              name: "answered",
              cls: "one",
              look: "bars",
              points: per(({ ok, ended }) => (ended === 0 ? undefined : (ok * 100) / ended)),
            },
          ]}
        />
        <Chart
          {...common}
          title="messages"
          unit="a second"
          series={[
            {
              name: "sent",
              cls: "one",
              look: "steps",
              points: per(({ messages, fromUs, toUs }) => (messages * 1_000_000) / (toUs - fromUs)),
            },
            {
              name: "lost or cut off",
              cls: "two",
              look: "steps",
              points: per(({ lost, fromUs, toUs }) => (lost * 1_000_000) / (toUs - fromUs)),
            },
          ]}
        />
        <Chart
          {...common}
          title="messages an answer"
          unit="messages"
          series={[
            {
              name: "messages",
              cls: "one",
              look: "bars",
              points: per(({ messages, ok }) => (ok === 0 ? undefined : messages / ok)),
            },
          ]}
        />
        {slots.some(({ retries, redirects }) => retries + redirects > 0) && (
          <Chart
            {...common}
            title="asked again"
            unit="times"
            series={[
              {
                name: "the same server or another",
                cls: "one",
                look: "bars",
                points: per(({ retries }) => retries || undefined),
              },
              { name: "redirected", cls: "two", look: "dots", points: per(({ redirects }) => redirects || undefined) },
            ]}
          />
        )}
        {[...gauges].map(([name, all]) => (
          <Chart
            key={name}
            {...common}
            title={name}
            unit="as nodes said"
            series={[...Map.groupBy(all, ({ node }) => node)].map(([node, own], i) => ({
              name: node,
              cls: ["one", "two", "three"][i % 3]!,
              look: "dots",
              points: own.map(({ atUs, value }) => ({ atUs, value })),
            }))}
          />
        ))}
      </div>
      {page.held !== undefined && <Holders held={page.held} faults={faults} endUs={endUs} />}
      {silent.length > 0 && (
        <p>
          Nobody was answered, though somebody asked:{" "}
          {silent.map(({ fromUs, toUs }) => `${figure(fromUs / 1000)} to ${figure(toUs / 1000)} ms`).join("; ")}.
        </p>
      )}
      {rates.length > 0 && (
        <details>
          <summary>how often each fact was stated</summary>
          <dl class="figures">
            {rates.map(([name, times]) => (
              <Figure key={name} name={name} value={String(times)} />
            ))}
          </dl>
        </details>
      )}
    </section>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const [rowHigh, nameWide] = [22, 60];

/** Whom the protocol's selectors pointed at: a row each, a block for each node in its turn. */
function Holders({
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
    <figure class="chart holders">
      <figcaption>
        who it was <span class="faint">({told})</span>
      </figcaption>
      <svg viewBox={`0 0 ${all} ${tall}`} role="img" aria-label={`who it was over time; ${told}`}>
        {faults.map(({ id, fromUs, toUs }) => (
          <rect
            key={`${id} ${fromUs}`}
            class="band"
            x={x(fromUs)}
            y={0}
            width={Math.max(1.5, x(toUs) - x(fromUs))}
            height={tall - below}
          >
            <title>{id}</title>
          </rect>
        ))}
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
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <text
            key={share}
            x={x(endUs * share)}
            y={tall - 5}
            text-anchor={share === 1 ? "end" : share === 0 ? "start" : "middle"}
          >
            {figure((endUs * share) / 1_000_000)} s
          </text>
        ))}
      </svg>
      <details>
        <summary>as a table</summary>
        <div class="scroll">
          <table>
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
          </table>
        </div>
      </details>
    </figure>
  );
}

/** "3 changes, none for 412 ms" */
function changes(spans: NonNullable<RunPage["held"]>): string {
  const times = spans.filter(({ node }, i) => i > 0 && spans[i - 1]!.node !== node).length;
  const gaps = spans.reduce((sum, { fromUs }, i) => sum + Math.max(0, fromUs - (spans[i - 1]?.toUs ?? 0)), 0);
  return `${times === 0 ? "no change" : times === 1 ? "1 change" : `${times} changes`}${gaps === 0 ? "" : `, none for ${figure(gaps / 1000)} ms`}`;
}
