/** What happened, told: the property, what was found, the steps, the parts that it needs, and how to see it again. */

import type { JSX } from "preact";
import type { RunPage } from "../html/model.ts";
import { ms } from "../text.ts";
import { Copyable } from "./copy.tsx";
import { LostFigure } from "./lost.tsx";

interface Props {
  readonly page: RunPage;
  /** The record that is looked at. */
  readonly cursor: number;
  readonly onStep: (n: number) => void;
}

const words = { violation: "violation", fault: "fault", operation: "client", fact: "node", message: "message" } as const;

export function StorySection({ page, cursor, onStep }: Props): JSX.Element {
  const { story, faults, necessity, commands, yaml, about } = page;
  return (
    <section id="story" aria-labelledby="story-title">
      <h2 id="story-title">What happened</h2>
      {story !== undefined && story.steps.length > 0 && (
        <>
          <ol class="steps">
            {story.steps.map(({ n, atUs, who, text, aside, weight }, i) => (
              <li key={i} class={weight}>
                <button type="button" aria-current={n === cursor && n !== 0 ? "step" : undefined} onClick={() => onStep(n)}>
                  <span class="number">{i + 1}</span>
                  <span class="time">{ms(atUs)} ms</span>
                  <span class="who">{weight === "violation" ? "" : who}</span>
                  <span class="text">
                    <span class="hidden">{words[weight]}: </span>
                    {text}
                    {aside !== undefined && <span class="faint"> {aside}</span>}
                  </span>
                </button>
              </li>
            ))}
          </ol>
          {story.left > 0 && (
            <p class="faint">{story.left} more events are in the diagram below. A step leads to its place there.</p>
          )}
        </>
      )}
      {faults.length > 0 && page.diagram !== undefined && (
        <div class="scroll">
          <table class="necessity">
            <caption>The faults</caption>
            <thead>
              <tr>
                <th scope="col">fault</th>
                <th scope="col">what it is</th>
                <th scope="col">where</th>
                <th scope="col">when</th>
                <th scope="col">effects</th>
              </tr>
            </thead>
            <tbody>
              {faults.map(({ id, what, means, where, fromUs, toUs, effects }) => (
                <tr key={`${id} ${fromUs}`}>
                  <th scope="row">{id}</th>
                  <td>
                    {what}
                    {means !== undefined && <p class="faint">{means}</p>}
                  </td>
                  <td>{where}</td>
                  <td>
                    {ms(fromUs)}
                    {toUs > fromUs && ` to ${ms(toUs)}`} ms
                  </td>
                  <td>{effects}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {necessity !== undefined && necessity.length > 0 && (
        <div class="scroll">
          <table class="necessity">
            <caption>What it takes: each part left out on its own</caption>
            <thead>
              <tr>
                <th scope="col">part</th>
                <th scope="col">what it is</th>
                <th scope="col">needed</th>
                <th scope="col">without it</th>
              </tr>
            </thead>
            <tbody>
              {necessity.map(({ part, what, needed, without }) => (
                <tr key={part}>
                  <th scope="row">{part}</th>
                  <td>{what}</td>
                  <td>{needed ? "yes" : "no"}</td>
                  <td>{without}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {page.noReturn !== undefined && <LostFigure lost={page.noReturn} faults={faults} endUs={page.endUs} onStep={onStep} />}
      {commands.map(({ what, command }) => (
        <div key={command} class="command">
          <h3>{what}</h3>
          <Copyable what={what} text={command} />
        </div>
      ))}
      <details>
        <summary>about this run</summary>
        <dl>
          {about.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      {yaml !== undefined && (
        <details>
          <summary>the scenario that repeats it (counterexample.yaml)</summary>
          <Copyable what="the scenario" text={yaml} block />
        </details>
      )}
    </section>
  );
}
