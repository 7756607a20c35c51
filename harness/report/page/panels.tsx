/** Beside the diagram: the event at the cursor with its causes and effects, the state of every node then, and what is under way. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { NodeState } from "../../sim/trace.ts";
import { causesOf, contentOf, effectsOf, recordOf } from "./causes.ts";
import { long, type Operations, sentence } from "./describe.ts";
import { Contents } from "./diagram.tsx";
import { nodesAt } from "./states.ts";
import type { View } from "./view.ts";

interface Props {
  readonly view: View;
  readonly operations: Operations;
  readonly cursor: number;
  readonly onCursor: (n: number, pinned?: boolean) => void;
}

/** So many causes and effects are listed. */
const most = 12;

export function EventPanel({ view, operations, cursor, onCursor, pinned }: Props & { readonly pinned: boolean }): JSX.Element {
  const record = recordOf(view, cursor);
  const causes = useMemo(() => causesOf(view, cursor).slice(0, most), [view, cursor]);
  const effects = useMemo(() => effectsOf(view, cursor), [view, cursor]);
  if (record === undefined) return <section class="panel" aria-label="the event" />;
  const item = (n: number): JSX.Element => {
    const other = recordOf(view, n)!;
    return (
      <li key={n}>
        <button type="button" onClick={() => onCursor(n, pinned)}>
          <span class="time">{other.atUs / 1000} ms</span> {sentence(other, view, operations)}
        </button>
      </li>
    );
  };
  return (
    <section class="panel" id="event" aria-labelledby="event-title">
      <h3 id="event-title">
        {record.atUs / 1000} ms{pinned ? ", pinned" : ""}
      </h3>
      <p aria-live="polite" class="said">
        {sentence(record, view, operations)}
      </p>
      <Contents content={contentOf(record)} />
      {record.site !== undefined && <p class="faint">{record.site}</p>}
      <h4>because</h4>
      {causes.length === 0 ? (
        <p class="faint">nothing before it in the trace led to it</p>
      ) : (
        <ol class="links">{causes.map(item)}</ol>
      )}
      <h4>and so {effects.length > most ? `(the first ${most} of ${effects.length})` : ""}</h4>
      {effects.length === 0 ? <p class="faint">it led to nothing</p> : <ul class="links">{effects.slice(0, most).map(item)}</ul>}
    </section>
  );
}

export function StatesPanel({
  view,
  states,
  cursor,
}: Pick<Props, "view" | "cursor"> & { readonly states: readonly NodeState[] }): JSX.Element {
  const servers = useMemo(() => view.lanes.filter(({ kind }) => kind !== "client").map(({ id }) => id), [view]);
  const nodes = useMemo(() => nodesAt(servers, states, view.records, cursor), [servers, states, view, cursor]);
  const names = [...new Set(nodes.flatMap(({ fields }) => fields.map(({ name }) => name)))];
  const record = recordOf(view, cursor);
  return (
    <section class="panel" id="states" aria-labelledby="states-title">
      <h3 id="states-title">The nodes at {(record?.atUs ?? 0) / 1000} ms</h3>
      <div class="scroll">
        <table class="states">
          <thead>
            <tr>
              <th scope="col">field</th>
              {nodes.map(({ node, life }) => (
                <th key={node} scope="col" class={node === record?.node ? "here" : ""}>
                  {node}
                  {life !== "up" && <em> {life}</em>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {nodes.map(({ node, fields }) => {
                  const field = fields.find((other) => other.name === name);
                  if (field === undefined) return <td key={node} />;
                  return (
                    <td key={node} class={field.changedFrom === undefined ? "" : "changed"}>
                      {field.changedFrom !== undefined && (
                        <>
                          <span class="hidden">changed from </span>
                          <del>{long(field.changedFrom.value)}</del> <span aria-hidden="true">&rarr; </span>
                          <span class="hidden">to </span>
                        </>
                      )}
                      {long(field.value)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function FlightPanel({ view, operations, cursor, onCursor }: Props): JSX.Element {
  const record = recordOf(view, cursor);
  const atUs = record?.atUs ?? 0;
  const under = view.messages.filter(
    ({ send, arrivals, look }) =>
      send.n <= cursor &&
      look !== "lost" &&
      look !== "cut" &&
      (arrivals.length === 0 ? look === "flying" || look === "held" : arrivals.some(({ n }) => n > cursor)),
  );
  return (
    <section class="panel" aria-labelledby="flight-title">
      <h3 id="flight-title">Under way: {under.length}</h3>
      <ul class="links">
        {under.slice(0, 30).map(({ send, arrivals, look }) => {
          const last = arrivals.at(-1);
          return (
            <li key={send.n}>
              <button type="button" onClick={() => onCursor(send.n)}>
                {sentence(send, view, operations)}
                <span class="faint">
                  {" "}
                  ({(atUs - send.atUs) / 1000} ms ago,{" "}
                  {last === undefined
                    ? look === "held"
                      ? "held to the end"
                      : "never seen again"
                    : `${last.taken ? "arrives" : "comes to nobody"} in ${(last.atUs - atUs) / 1000} ms`}
                  )
                </span>
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
