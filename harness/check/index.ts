/** The public names of this room: histories in, verdicts out. */

export type { History, Operation } from "./history.ts";
export { checkLinearizable, type LinearizabilityBudget, type LinearizabilityResult } from "./linearizable.ts";
export type { Model } from "./model.ts";
export { models } from "./models/registry.ts";
export {
  type CasRegisterInput,
  casRegister,
  type KeyValueInput,
  keyValue,
  type RegisterInput,
  register,
  type Scalar,
} from "./models.ts";
export { HistoryError } from "./order.ts";
export { type Asked, DidNotHappen, type HistoryEvent, HistoryRecorder, type OpenOperation } from "./recorder.ts";
