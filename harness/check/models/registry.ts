/** The models by name: what `check --model` knows. */

import type { Model } from "../model.ts";
import { type CasRegisterInput, casRegister, register, type Scalar } from "../models.ts";
import { fifoQueue, priorityQueue, stack } from "./containers.ts";
import { counter, fetchAdd, uniqueIds } from "./counters.ts";
import { consensus, writeOnce } from "./decisions.ts";
import { lock, mutex } from "./locks.ts";
import { log } from "./log.ts";
import { kv, multiRegister } from "./maps.ts";
import { growOnlySet, set } from "./sets.ts";
import { byKey, type Keyed } from "./shared.ts";

/** A history may be about several registers, by key. */
function keyed(model: Model<Scalar, CasRegisterInput>): Model<Scalar, CasRegisterInput & Keyed> {
  return { ...model, partition: byKey };
}

const all = [
  keyed(register as Model<Scalar, CasRegisterInput>),
  keyed(casRegister),
  kv,
  multiRegister,
  fifoQueue,
  stack,
  priorityQueue,
  set,
  growOnlySet,
  counter,
  fetchAdd,
  writeOnce,
  uniqueIds,
  mutex,
  lock,
  log,
  consensus,
];

/** Every model that has a name of its own, by that name. */
export const models: Readonly<Record<string, Model>> = Object.fromEntries(all.map((model) => [model.name, model as Model]));
