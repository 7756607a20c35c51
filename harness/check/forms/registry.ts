/** Which closed form decides histories of which model. */

import type { Model } from "../model.ts";
import { fifoQueue, priorityQueue, stack } from "../models/containers.ts";
import { counter, fetchAdd, uniqueIds } from "../models/counters.ts";
import { consensus, writeOnce } from "../models/decisions.ts";
import { lock, mutex } from "../models/locks.ts";
import { log } from "../models/log.ts";
import { kv } from "../models/maps.ts";
import { set } from "../models/sets.ts";
import { casRegister } from "../models.ts";
import { counterForm, fetchAddForm, uniqueIdsForm } from "./counters.ts";
import { consensusForm, writeOnceForm } from "./decisions.ts";
import type { Form } from "./form.ts";
import { lockForm, mutexForm } from "./locks.ts";
import { logForm } from "./log.ts";
import { priorityQueueForm } from "./priority-queue.ts";
import { queueForm } from "./queue.ts";
import { setForm } from "./set.ts";
import { stackForm } from "./stack.ts";
import { zones } from "./zones.ts";

const of = (model: { readonly step: unknown; readonly init: unknown }, form: Form, anyInit = false) =>
  [model.step, { form, init: anyInit ? undefined : model.init }] as const;

/**
 * By step, which is what a form stands for: a model with another name or other hints is decided alike, one with another step is
 * not. With another initial state only where the form knows what to make of it (`init` undefined).
 */
const forms = new Map<unknown, { readonly form: Form; readonly init: unknown }>([
  of(casRegister, zones, true),
  of(kv, zones, true),
  of(fifoQueue, queueForm),
  of(stack, stackForm),
  of(priorityQueue, priorityQueueForm),
  of(set, setForm),
  of(counter, counterForm, true),
  of(fetchAdd, fetchAddForm, true),
  of(uniqueIds, uniqueIdsForm),
  of(mutex, mutexForm),
  of(lock, lockForm),
  of(log, logForm),
  of(consensus, consensusForm),
  of(writeOnce, writeOnceForm),
]);

/** The closed form for a model, if there is one. */
export function formOf(model: Model): Form | undefined {
  const known = forms.get(model.step);
  if (known === undefined || (known.init !== undefined && known.init !== model.init && !isEmpty(model.init))) return undefined;
  return known.form;
}

function isEmpty(state: unknown): boolean {
  return (Array.isArray(state) && state.length === 0) || (state instanceof Set && state.size === 0);
}
