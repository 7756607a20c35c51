/** Charts of the measures, each with the faults behind it and its figures as a table. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { TraceRecord } from "../../sim/trace.ts";
import type { RunPage } from "../html/model.ts";
import { Chart, type Series } from "./chart.tsx";
import { figure } from "./chart-marks.tsx";
import { Holders } from "./holders.tsx";
import { type Slot, silences, slotsOf } from "./measures.ts";

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
