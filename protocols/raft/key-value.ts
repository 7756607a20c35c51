/** The key-value state machine: read, write and compare-and-set on keys; a key that was never written holds null. */

import { never } from "../../harness/protocol.ts";
import type { StateMachine } from "./state-machine.ts";

export type Value = null | boolean | number | string;

/** `key` is absent when there is only a single register. */
export type KeyValueOp =
  | { readonly f: "read"; readonly key?: string }
  | { readonly f: "write"; readonly key?: string; readonly value: Value }
  | { readonly f: "cas"; readonly key?: string; readonly from: Value; readonly to: Value };

export type Store = ReadonlyMap<string | undefined, Value>;

export const keyValue: StateMachine<Store, KeyValueOp> = {
  init: new Map(),
  apply(store, op) {
    switch (op.f) {
      case "read":
        return [store, store.get(op.key) ?? null];
      case "write":
        return [new Map(store).set(op.key, op.value), null];
      case "cas":
        if ((store.get(op.key) ?? null) !== op.from) return [store, false];
        return [new Map(store).set(op.key, op.to), true];
      default:
        return never(op);
    }
  },
  isRead: (op) => op.f === "read",
  save: (store) => [...store].map(([key, value]) => (key === undefined ? { value } : { key, value })),
  load: (saved) =>
    new Map((saved as readonly { readonly key?: string; readonly value: Value }[]).map(({ key, value }) => [key, value])),
};
