/** The page of a suite: a row for each scenario, and the way to each failure. */

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { SuitePage, SuiteRow } from "../html/model.ts";
import { Copyable } from "./copy.tsx";

type Order = "as it ran" | "slowest first" | "worst first";

const signs: Readonly<Record<string, string>> = {
  "as expected": "✓",
  violation: "✗",
  "not found": "✗",
  inconclusive: "?",
  unknown: "?",
  known: "✗",
  interrupted: "…",
};

export function SuiteView({ page }: { readonly page: SuitePage }): JSX.Element {
  const { scenarios, notRun, timing, baseSeed, interrupted } = page;
  const [text, setText] = useState("");
  const [only, setOnly] = useState(false);
  const [order, setOrder] = useState<Order>("worst first");
  const rows = scenarios
    .map((row, i) => ({ row, wallMs: timing.wallMs[i] ?? 0, i }))
    .filter(
      ({ row }) =>
        `${row.name} ${row.protocol} ${row.mutant ?? ""} ${row.description}`.toLowerCase().includes(text.toLowerCase()) &&
        (!only || !row.good),
    );
  if (order === "slowest first") rows.sort((a, b) => b.wallMs - a.wallMs);
  if (order === "worst first") rows.sort((a, b) => Number(a.row.good) - Number(b.row.good) || a.i - b.i);
  const verdicts = [...Map.groupBy(scenarios, ({ verdict }) => verdict)].map(([verdict, all]) => `${all.length} ${verdict}`);
  const mutants = scenarios.filter(({ mutant, expects }) => mutant !== undefined && expects !== "valid");
  const found = mutants.filter(({ failures }) => failures.length > 0);
  const sum = (of: (row: SuiteRow) => number): number => scenarios.reduce((total, row) => total + of(row), 0);
  const never = scenarios.flatMap(({ name, goals }) =>
    goals.filter(({ runs }) => runs === 0).map((goal) => `${goal.name} (${name})`),
  );
  const idle = scenarios.flatMap(({ name, faults }) =>
    faults.filter(({ planned, effective }) => planned > 0 && effective === 0).map(({ id }) => `${id} (${name})`),
  );
  const dear = scenarios.flatMap(({ name, limits }) =>
    limits.filter(({ exceeded }) => exceeded).map((limit) => `${limit.name} (${name})`),
  );
  return (
    <main>
      <header class={scenarios.every(({ good }) => good) ? "valid" : "invalid"}>
        <p class="brand">seedquake</p>
        <h1>
          {page.title}: {verdicts.join(", ") || "nothing ran"}
          {notRun !== undefined && `, ${notRun.scenarios.length} not run`}
          {interrupted && " (interrupted)"}
        </h1>
      </header>
      <dl class="figures">
        <div>
          <dt>runs</dt>
          <dd>{sum(({ runs }) => runs)}</dd>
        </div>
        <div>
          <dt>events</dt>
          <dd>{sum(({ events }) => events)}</dd>
        </div>
        <div>
          <dt>virtual time</dt>
          <dd>{Math.round(sum(({ virtualUs }) => virtualUs) / 1_000_000)} s</dd>
        </div>
        <div>
          <dt>wall time</dt>
          <dd>{(timing.wallMs.reduce((a, b) => a + b, 0) / 1000).toFixed(1)} s</dd>
        </div>
        <div>
          <dt>mutants found</dt>
          <dd>
            {found.length} of {mutants.length}
          </dd>
        </div>
        <div>
          <dt>base seed</dt>
          <dd>{baseSeed}</dd>
        </div>
      </dl>
      {notRun !== undefined && (
        <details open>
          <summary>
            {notRun.scenarios.length} {notRun.scenarios.length === 1 ? "scenario" : "scenarios"} {notRun.why}
          </summary>
          <ul class="not-run">
            {notRun.scenarios.map(({ name, file, description }) => (
              <li key={name}>
                <strong>{name}</strong> {description} <span class="faint">{file}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {dear.length > 0 && (
        <details open>
          <summary>
            {dear.length} {dear.length === 1 ? "limit was" : "limits were"} exceeded
          </summary>
          <p>{dear.join(", ")}</p>
        </details>
      )}
      {idle.length > 0 && (
        <details>
          <summary>
            {idle.length} {idle.length === 1 ? "fault" : "faults"} never had an effect
          </summary>
          <p>{idle.join(", ")}</p>
        </details>
      )}
      {never.length > 0 && (
        <details>
          <summary>
            {never.length} {never.length === 1 ? "goal was" : "goals were"} never reached
          </summary>
          <p>{never.join(", ")}</p>
        </details>
      )}
      <div class="toolbar">
        <label>
          search <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <label>
          <input type="checkbox" checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} /> only what did not
          come out as expected
        </label>
        <label>
          order{" "}
          <select value={order} onChange={(event) => setOrder(event.currentTarget.value as Order)}>
            {(["worst first", "as it ran", "slowest first"] as const).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <span class="faint" aria-live="polite">
          {rows.length} of {scenarios.length}
        </span>
      </div>
      <div class="scroll">
        <table class="suite">
          <thead>
            <tr>
              <th scope="col">scenario</th>
              <th scope="col">verdict</th>
              <th scope="col">runs</th>
              <th scope="col">answered</th>
              <th scope="col">faults with an effect</th>
              <th scope="col">goals reached</th>
              <th scope="col">latency 95 %</th>
              <th scope="col">took</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ row, wallMs }) => (
              <Rows key={row.name} row={row} wallMs={wallMs} />
            ))}
          </tbody>
        </table>
      </div>
    </main>
  );
}

function Rows({ row, wallMs }: { readonly row: SuiteRow; readonly wallMs: number }): JSX.Element {
  const {
    name,
    file,
    description,
    protocol,
    mutant,
    verdict,
    good,
    reason,
    runs,
    invalid,
    unknown,
    answered,
    faults,
    goals,
    metrics,
    limits,
    beyond,
    failures,
    expects,
  } = row;
  const planned = faults.reduce((sum, fault) => sum + fault.planned, 0);
  const effective = faults.reduce((sum, fault) => sum + fault.effective, 0);
  const reached = goals.filter((goal) => goal.runs > 0).length;
  const p95 = metrics.latency.p95;
  return (
    <tr class={good ? "valid" : "invalid"}>
      <th scope="row">
        <strong>{name}</strong>
        <p>{description}</p>
        <p class="faint">
          {protocol}
          {mutant !== undefined && `, mutant ${mutant}`}, {file}
        </p>
        {failures.map((failure) => (
          <div key={failure.seed} class="failure">
            <a href={`./${failure.folder}/report.html`}>
              {failure.check} is violated (seed {failure.seed}, run {failure.foundAfter})
            </a>
            <p>{failure.sentence}</p>
            <p class="faint">
              {failure.sizes}
              {failure.otherSeeds > 0 && `; ${failure.otherSeeds} more seeds`};{" "}
              <a href={`./${failure.folder}/story.txt`}>story</a> <a href={`./${failure.folder}/timeline.txt`}>timeline</a>{" "}
              <a href={`./${failure.folder}/counterexample.yaml`}>scenario</a>
            </p>
            <Copyable what={`replay seed ${failure.seed}`} text={failure.replay} />
          </div>
        ))}
      </th>
      <td>
        <span class="verdict">
          <span aria-hidden="true">{signs[verdict] ?? ""}</span> {verdict}
        </span>
        <p class="faint">expects {expects}</p>
        {!good && failures.length === 0 && <p>{reason}</p>}
        {limits.map(({ name: figure, was, most, exceeded }) => (
          <p key={figure} class={exceeded ? "limit never" : "limit faint"}>
            {exceeded && <span aria-hidden="true">✗ </span>}
            {figure} {was ?? "had no value"}, limit {most}
            {exceeded && ": exceeded"}
          </p>
        ))}
        {beyond !== undefined && <p class="beyond">{beyond}</p>}
      </td>
      <td>
        {runs}
        {invalid > 0 && <p>{invalid} invalid</p>}
        {unknown > 0 && <p>{unknown} unknown</p>}
      </td>
      <td>{answered ?? ""}</td>
      <td>
        {planned === 0 ? "" : `${effective} of ${planned}`}
        {faults.length > 1 && (
          <details>
            <summary>each</summary>
            {faults.map(({ id, planned: all, effective: some }) => (
              <p key={id} class={some === 0 ? "never" : ""}>
                {id} {some} of {all}
              </p>
            ))}
          </details>
        )}
      </td>
      <td>
        {goals.length === 0 ? "" : `${reached} of ${goals.length}`}
        {goals.length > 0 && (
          <details>
            <summary>each</summary>
            {goals.map((goal) => (
              <p key={goal.name} class={goal.runs === 0 ? "never" : ""}>
                {goal.name}: {goal.runs === 0 ? "never" : `${goal.runs} runs`}
              </p>
            ))}
          </details>
        )}
      </td>
      <td>{p95 === undefined ? "" : `${Number((p95 / 1000).toPrecision(3))} ms`}</td>
      <td>{(wallMs / 1000).toFixed(1)} s</td>
    </tr>
  );
}
