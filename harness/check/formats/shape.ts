/** What the values of a recorded history mean: the inputs and outputs that each model by name understands. */

/** How one kind of operation is written down, and what a model makes of it. */
export interface OperationShape {
  /** Ends the sentence "expected the value of a cas to be ...". */
  readonly takes: string;
  /** The input that the value of an invocation stands for; undefined when it stands for none. */
  input(value: unknown, key: string | undefined, process: number): unknown;
  /** Ends the sentence "expected the answer to a read to be ...". */
  readonly answers: string;
  /** The output that the value of an ok stands for; undefined when it stands for none. */
  output(value: unknown, input: unknown): unknown;
  /** The input once it is answered, when the answer says more of it than the invocation did. */
  amended?(input: unknown, value: unknown): unknown;
  /** Without a key it has no meaning. Elsewhere operations without one are about one and the same object. */
  readonly needsKey?: boolean;
}

/** The operations of one model, by their name in the file. */
export type Shape = ReadonlyMap<string, OperationShape>;

type Scalar = null | boolean | number | string;

const ONE = "one value (a number, a string, a boolean or null)";

function isScalar(value: unknown): value is Scalar {
  if (typeof value === "number") return !Number.isInteger(value) || Number.isSafeInteger(value);
  return value === null || typeof value === "string" || typeof value === "boolean";
}

const scalar = (value: unknown): unknown => (isScalar(value) ? value : undefined);
const number = (value: unknown): unknown => (typeof value === "number" && isScalar(value) ? value : undefined);
const boolean = (value: unknown): unknown => (typeof value === "boolean" ? value : undefined);
const whatever = (): unknown => null;

function scalars(value: unknown): unknown {
  return Array.isArray(value) && value.every(isScalar) ? value : undefined;
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** The answer true or false when it is one; a value that is echoed says nothing. */
function told(value: unknown, input: unknown): unknown {
  return typeof value === "boolean" && typeof (input as { readonly value: unknown }).value !== "boolean" ? value : null;
}

/** An operation that takes nothing: what its invocation carries does not matter. */
function asks(f: string, answers: string, output: OperationShape["output"]): OperationShape {
  const bare = { f };
  return { takes: "anything", input: (_value, key) => (key === undefined ? bare : { f, key }), answers, output };
}

/** An operation that takes a value. */
function takesValue(
  f: string,
  answers = "anything",
  output: OperationShape["output"] = whatever,
  takes = ONE,
  taken: (value: unknown) => unknown = scalar,
): OperationShape {
  return {
    takes,
    input(given, key) {
      const value = taken(given);
      if (value === undefined) return undefined;
      return key === undefined ? { f, value } : { f, key, value };
    },
    answers,
    output,
  };
}

const takesNumber = (f: string, answers?: string, output?: OperationShape["output"]): OperationShape =>
  takesValue(f, answers, output, "a number", number);

const cas: OperationShape = {
  takes: "[from, to]",
  input(value, key) {
    if (!Array.isArray(value) || value.length !== 2) return undefined;
    const [from, to] = value as readonly unknown[];
    if (!isScalar(from) || !isScalar(to)) return undefined;
    return key === undefined ? { f: "cas", from, to } : { f: "cas", key, from, to };
  },
  answers: "anything, for an ok says that it compared equal",
  output: () => true,
};

/** [element, true or false], or true or false alone when the invocation named the element. */
const contains: OperationShape = {
  ...takesValue("contains"),
  answers: "[element, true or false]",
  output: (value) => boolean(Array.isArray(value) && value.length === 2 ? value[1] : value),
  amended: (input, value) => (Array.isArray(value) && isScalar(value[0]) ? { ...(input as object), value: value[0] } : input),
};

/** The offset may be known from the answer only. */
const logRead: OperationShape = {
  takes: "an offset (a whole number)",
  input(value, key) {
    const offset = Array.isArray(value) ? value[0] : (value ?? 0);
    if (!isNatural(offset)) return undefined;
    return key === undefined ? { f: "read", offset } : { f: "read", key, offset };
  },
  answers: "[offset, values]",
  output: (value) => (Array.isArray(value) && value.length === 2 && isNatural(value[0]) ? scalars(value[1]) : undefined),
  amended: (input, value) => ({ ...(input as object), offset: (value as readonly unknown[])[0] }),
};

const text = (value: unknown): unknown => (typeof value === "string" ? value : undefined);
const get: OperationShape = { ...asks("get", "a string", text), needsKey: true };
const change = (f: "put" | "append"): OperationShape => ({
  ...takesValue(f, undefined, undefined, "a string", text),
  needsKey: true,
});

/** The owner's token, or the process where none is written down. A number that is not the owner's is a fencing token. */
function owned(f: "acquire" | "release"): OperationShape {
  return {
    takes: "the owner's token (a string or a number), or null",
    input(value, key, process) {
      const owner = value ?? process;
      if (typeof owner !== "string" && typeof owner !== "number") return undefined;
      return key === undefined ? { f, owner } : { f, key, owner };
    },
    answers: "anything",
    output: (value, input) =>
      typeof value === "number" && value !== (input as { readonly owner: unknown }).owner ? value : null,
  };
}

/** [["read", key, null], ["write", key, value]], several at once, all or nothing. */
const transaction: OperationShape = {
  takes: '[["read", key, null], ["write", key, value], ...]',
  input: (value) => (areSteps(value) ? { f: "txn", value } : undefined),
  answers: "the same steps, with what the reads found",
  output: (value) => (areSteps(value) ? value : undefined),
};

function areSteps(value: unknown): boolean {
  const isStep = (step: unknown): boolean =>
    Array.isArray(step) &&
    step.length === 3 &&
    (step[0] === "read" || step[0] === "write") &&
    isScalar(step[1]) &&
    isScalar(step[2]);
  return Array.isArray(value) && value.every(isStep);
}

/** Any value but true and false (the one written, for instance) says that it was written. */
const writeOnce = takesValue("write", "true, false or the value", (value, input) => told(value, input) ?? true);

const read = asks("read", ONE, scalar);
const write = takesValue("write");
const readAll = asks("read", "an array of values", scalars);
const add = takesValue("add", undefined, told);
const remove = takesValue("remove", undefined, told);
const insert = takesNumber("insert");
const take = (f: string): OperationShape => asks(f, `${ONE}; null when it was empty`, scalar);
const minimum = asks("delete-min", "a number, or null when it was empty", (value) => (value === null ? null : number(value)));
const offset = (value: unknown): unknown => (value === null || isNatural(value) ? value : undefined);

function shape(operations: Readonly<Record<string, OperationShape>>): Shape {
  return new Map(Object.entries(operations));
}

/** By the name of the model. */
export const shapes: ReadonlyMap<string, Shape> = new Map([
  ["register", shape({ read, write })],
  ["cas-register", shape({ read, write, cas })],
  ["write-once", shape({ read, write: writeOnce })],
  ["kv", shape({ get, put: change("put"), append: change("append") })],
  ["multi-register", shape({ txn: transaction })],
  ["fifo-queue", shape({ enqueue: takesValue("enqueue"), dequeue: take("dequeue") })],
  ["stack", shape({ push: takesValue("push"), pop: take("pop") })],
  ["priority-queue", shape({ insert, "delete-min": minimum })],
  ["set", shape({ add, remove, contains, read: readAll })],
  ["g-set", shape({ add, read: readAll })],
  ["counter", shape({ add: takesNumber("add"), read: asks("read", "a number", number) })],
  ["fetch-add", shape({ "fetch-add": takesNumber("fetch-add", "a number, the sum before it", number) })],
  ["unique-ids", shape({ generate: asks("generate", ONE, scalar) })],
  ["mutex", shape({ acquire: asks("acquire", "anything", whatever), release: asks("release", "anything", whatever) })],
  ["lock", shape({ acquire: owned("acquire"), release: owned("release") })],
  ["log", shape({ append: takesValue("append", "its offset (a whole number), or null", offset), read: logRead })],
  ["consensus", shape({ propose: takesValue("propose", ONE, scalar) })],
]);

/** For a model that is the user's own: `{ f, value }`, and the key when the event has one; any answer as it stands. */
export function ownShape(f: string): OperationShape {
  return {
    takes: "anything",
    input: (value, key) => (key === undefined ? { f, value } : { f, key, value }),
    answers: "anything",
    output: (value) => value,
  };
}
