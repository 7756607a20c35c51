/** Follow one operation: every message, timer and disk write that one request of a client caused. */

import type { JSX } from "preact";
import type { PageOperation } from "../html/model.ts";
import { ms } from "../text.ts";
import { type Followed, recordOf } from "./causes.ts";
import { type Operations, sentence } from "./describe.ts";
import type { View } from "./view.ts";

interface Props {
  readonly view: View;
  readonly list: readonly PageOperation[];
  readonly operations: Operations;
  readonly found: Followed | undefined;
  readonly cursor: number;
  readonly onFollow: (op: string | undefined) => void;
  readonly onCursor: (n: number) => void;
}

/** More lines than this are counted, not shown. */
const most = 400;

export function FollowSection({ view, list, operations, found, cursor, onFollow, onCursor }: Props): JSX.Element {
  return (
    <section id="follow" aria-labelledby="follow-title">
      <h2 id="follow-title">Follow one operation</h2>
      <label>
        operation{" "}
        <select value={found?.op ?? ""} onChange={(event) => onFollow(event.currentTarget.value || undefined)}>
          <option value="">none</option>
          {list.map(({ id, client, told, fromUs }) => (
            <option key={id} value={id}>
              {ms(fromUs)} ms {client}: {told.length > 70 ? `${told.slice(0, 70)}...` : told}
            </option>
          ))}
        </select>
      </label>
      {found !== undefined && (
        <>
          <p>
            {found.messages} messages, {found.writes} disk writes, {found.records.length} events at {found.nodes.join(", ")}, from{" "}
            {ms(found.fromUs)} to {ms(found.toUs)} ms. The diagram shows nothing else now.
          </p>
          <ol class="links followed">
            {found.records.slice(0, most).map((n) => {
              const record = recordOf(view, n)!;
              return (
                <li key={n}>
                  <button type="button" aria-current={n === cursor ? "true" : undefined} onClick={() => onCursor(n)}>
                    <span class="time">{ms(record.atUs)} ms</span> {sentence(record, view, operations)}
                  </button>
                </li>
              );
            })}
          </ol>
          {found.records.length > most && <p class="faint">and {found.records.length - most} more</p>}
        </>
      )}
    </section>
  );
}
