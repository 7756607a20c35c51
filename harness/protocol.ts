/**
 * The contract between a protocol and the world it is tested in. Types and prose; whoever writes a protocol reads this page.
 *
 * ## A node
 * A node is an object with event handlers, as papers are written ("upon receiving ..."). The world calls one handler at a
 * time; it runs to completion, synchronously, and returns nothing. A handler that returns anything (a Promise!) or throws
 * is itself a violation, and `ctx` used outside the handler it was given to throws.
 *
 *     boot        create(ctx, options), then onStart()
 *     onRequest   a client asks for an operation          answer now or later: ctx.reply / ctx.fail / ctx.redirect
 *     onMessage   a message from another node             one `switch` that only dispatches and ends in never(message)
 *     onTimer     a timer set with ctx.setTimer is due
 *     onOrder     the operator tells this node to do something (add a server, hand over): one of the protocol's `orders`
 *     crash       the object is dropped: volatile state is exactly its fields; its timers are gone, messages to it are lost
 *     restart     create(ctx, options) again, then onStart(), which reads ctx.disk; the constructor itself only keeps ctx
 *
 * ## Effects
 * send, broadcast, reply, fail, redirect, setTimer, cancelTimer, disk writes, sync, fact, sometimes and log are *recorded* while the
 * handler runs and take effect **in the order written, once it has returned; a crash may fall between any two of them**. So
 * "persist before you tell" is the order of lines in your source, and having it wrong is a bug that will be found.
 * A broadcast is one send per receiver, in an order drawn for that broadcast, each with a crash point before it. now, elapsed,
 * random and disk reads are immediate. A node handles nothing else until its last effect has been applied.
 *
 * ## Data
 * Messages, disk records, facts, timer data and results are plain data: null, booleans, finite numbers, strings, bigints, arrays
 * and plain objects of these (a field that is undefined counts as absent). They are frozen when you pass them; anything else
 * (Map, class instance, typed array, function) is refused with its path. Changing afterwards what you sent throws: send a copy.
 *
 * ## Links
 * `transport` says on which of two a protocol stands. **Datagrams**: each message may be lost, doubled, delayed and overtaken on its
 * own. **Streams**: between two servers stands a connection; its messages arrive in order, each once, and none is lost until the
 * connection breaks (a partition longer than the stream's time-out, a crash, a fault). What the network loses is sent again, and late. A break is heard by both ends, by one, or by none
 * (`onDisconnect`), and what was under way is gone without a word. Connections come up by themselves, at the start and again and again
 * after a break; each end hears `onConnect`, and what is sent while there is none is lost. Messages to oneself take the same road but
 * are neither lost nor doubled, and no partition cuts them.
 *
 * ## Disk
 * Named records and append-only logs. Reads see this node's own writes at once. Only what was written before a `sync()` whose
 * turn among the effects has come is sure to survive a crash; of the rest **any subset survives** that keeps the order of writes to one
 * record or log. A named record is replaced as a whole (as by a rename): old or new, never half. An append that was under way
 * may be left torn: it reads as TORN. So a log may come back with holes, a torn entry or without a truncation that was not
 * synced: number your entries, and on recovery keep what is whole and in sequence. A wiped disk (a fault of its own) is empty.
 *
 * ## Disk errors
 * A disk may fail, by faults of their own: what lies on it no longer fits its checksum ("damaged": by bit rot, or a named record torn
 * in a crash), a read fails ("unreadable"), a write or an append finds no room ("full"). ctx.disk throws a DiskError then, at the call.
 * **A handler that lets it escape makes the process die, as a real one panics**: what it recorded before the throw takes effect, as before
 * a crash at that line; it is started again after 500ms to 1s, and again, as long as the disk fails. That is no breach of this contract.
 * A handler may catch the error and do better: answer "fail", or write a damaged record anew from what its peers know (a write
 * replaces it, a truncate drops it). The heal ends errors; what is damaged stays so. A disk may also lose what was synced without a word (a
 * sync that lied, a backup that was put back): no error tells of that. `tolerates` says on how many servers a protocol bears such
 * losses, and faults keep to that. A sync may take its time, and the node is busy until it is done.
 *
 * ## Lies
 * Some faults make a server lie: it tells some of the others something else than the rest, sends old messages again, or what it sends has a
 * field changed on the way. Only a protocol that says so under `bears` has to bear them; elsewhere a scenario must say `beyond: true`.
 *
 * ## Time
 * ctx.now() is the wall clock of this node, in ms: it has an offset, drifts, and jumps. ctx.elapsed() is its stop-watch, in ms since some
 * moment: it drifts, a fault may stop it, but it never jumps, and keeps running while the process is paused; timers run on it. Both carry microseconds
 * as fractions and differ between nodes. A node that was paused gets, at resume, first the messages in order of arrival, then the timers
 * that are overdue. Never compare two nodes' clocks unless your protocol says how far apart they may be.
 *
 * ## Chance
 * ctx.random is this node's own, repeatable chance. Date, Math.random, timers, randomUUID and the like throw inside a handler and say what
 * to use. Keep no state outside the node object: module-level state leaks from one run into the next, and is caught.
 *
 * ## Facts, invariants, goals
 * ctx.fact("leader", { term }) states something that happened; write it *after* the effect that makes it true: it is lost when a
 * crash falls before it. onStart states again what the disk holds, as nobody heard it if the crash fell between. **Invariants are
 * monitors over facts**, never over node fields. ctx.sometimes("second leader elected") marks a state that a good suite reaches.
 *
 * ## Spares
 * A role that says `spares: true` may be given servers that run from the start and are members of nothing (`spare: 2`): for protocols
 * whose group changes while it runs. They are named on after the members (n6, n7), and stand in neither ctx.peers nor ctx.nodes(),
 * but in ctx.spares; a spare's own ctx.peers are the members. What becomes of them is the protocol's affair. Clients ask
 * members only, but follow a redirect to a spare. To faults a spare is a server like others.
 *
 * ## Orders
 * What an operator may tell a running node ("add-server", "hand-over") stands in the protocol's `orders`, and a scenario gives one with
 * `operate: leader, order: add-server`. It comes as an event of its own, to a node that is up; a paused one hears it at resume, one that is
 * down never. An order has no answer: state a fact about what came of it.
 *
 * ## Clients
 * Clients are nodes too, named c1, c2 ...; `peers` and broadcast mean servers only. The default client sends each operation to one server,
 * waits, follows redirects, retries with the same request id where told to, and gives up after a while with the outcome "info"
 * (nobody knows). `request.client` and `request.serial` tell a retry from a new operation: serials of one client only grow. Its requests
 * and their answers are lost and delayed like messages, but never doubled: clients speak over a connection, retries are their own. Only
 * the fault `resubmit` sends one a second time, while the first is under way or after its answer: `retry: true` says that the protocol bears it.
 *
 * A protocol whose clients do more than ask (take a lock, hold it, write) brings its own client, `createClient`: a node like others, with
 * handlers, timers and clocks. Its onRequest gets the workload's operations; it talks to servers with ctx.send, and they to it,
 * through onMessage; ctx.reply, ctx.fail and ctx.giveUp write the operation's outcome ("ok", "fail", "info") into the history. Its last
 * argument is the policy: the protocol's, with what the scenario says otherwise under `clients:`; what it makes of it is its own affair.
 *
 * ## Measures
 * ctx.count, ctx.gauge and ctx.observe are metrics in virtual time; every fact counts for nothing. They are kept only when somebody
 * reads them, and change nothing.
 */

/** "n1", "coordinator", "participant2", "c1". */
export type NodeId = string;

/** Virtual milliseconds; microseconds stand behind the point. */
export type Ms = number;

/** A client's operation, as a server sees it. Plain frozen data: keep it, send it to another server, answer it later. */
export interface Request<Op = unknown> {
  /** Unique in a run; the same on every retry of the same operation. */
  readonly id: string;
  readonly client: NodeId;
  /** Counts the operations of this client, from 1; a retry keeps its serial. */
  readonly serial: number;
  readonly op: Op;
}

/** What the world calls. Only `onMessage` must be there. */
export interface Node<Msg = unknown, Op = unknown> {
  /** At boot and after every restart: the first moment at which the node may act. */
  onStart?(): void;
  /** A client's operation. Answer with ctx.reply, ctx.fail or ctx.redirect, now or in a later handler, or never. */
  onRequest?(request: Request<Op>): void;
  onMessage(from: NodeId, message: Msg): void;
  onTimer?(name: string, data?: unknown): void;
  /** One of the protocol's orders, from the operator. */
  onOrder?(order: string): void;
  /** On streams: a connection to this server stands. */
  onConnect?(peer: NodeId): void;
  /** On streams: the connection is gone, as far as this end has heard. */
  onDisconnect?(peer: NodeId): void;
  /** What the state is, for reports and coverage, as plain data. Default: the object's own fields. Never judged. */
  inspect?(): unknown;
}

/** What a node may do. All of it only inside a handler. */
export interface Context<Msg = unknown, Result = unknown> {
  readonly id: NodeId;
  readonly role: string;
  /** All other servers, in the order of their names' declaration; spares are not among them. */
  readonly peers: readonly NodeId[];
  /** All servers of a role, oneself included; without a role, all servers. Spares are not among them. */
  nodes(role?: string): readonly NodeId[];
  /** Servers that run, but are no members from the start; oneself included, when one is a spare. */
  readonly spares: readonly NodeId[];
  readonly disk: Disk;
  readonly random: Random;

  /** Wall clock of this node. Immediate. */
  now(): Ms;
  /** Stop-watch of this node, on which its timers run. Immediate. */
  elapsed(): Ms;

  send(to: NodeId, message: Msg): void;
  /** One send to each (default: all peers), in an order drawn for this broadcast. */
  broadcast(message: Msg, to?: readonly NodeId[]): void;
  /** The operation happened, and this is its result. */
  reply(request: Request, result: Result): void;
  /** The operation surely did not and will not happen. If you are not sure, stay silent: the client will record "info". */
  fail(request: Request, reason: string): void;
  /** Not me: ask `to`, or anybody else when it is not given. The operation did not happen through this request. */
  redirect(request: Request, to?: NodeId): void;

  /** One timer a name: setting it again replaces it. Fires once, `afterMs` of this node's elapsed time from now. */
  setTimer(name: string, afterMs: Ms, data?: unknown): void;
  cancelTimer(name: string): void;

  /** A line for the run's log. Costs nothing when nobody reads it. */
  log(message: string, data?: unknown): void;
  /** Something that happened, for the monitors. */
  fact(name: string, data?: object): void;
  /** A state that a good suite reaches at least once. Must be listed in the protocol's `goals`. */
  sometimes(goal: string): void;

  /** Adds to a counter. */
  count(name: string, by?: number, labels?: Labels): void;
  /** Sets a level: a queue's length, a term. */
  gauge(name: string, value: number, labels?: Labels): void;
  /** One measured value: a latency, a size. */
  observe(name: string, value: number, labels?: Labels): void;
}

/** What tells apart several metrics of one name. */
export type Labels = Readonly<Record<string, string | number>>;

/** ctx of a client that a protocol brings itself. */
export interface ClientContext<Msg = unknown, Result = unknown> extends Context<Msg, Result> {
  /** The outcome is "info": nobody knows whether the operation happened, or will. */
  giveUp(request: Request, reason: string): void;
}

/** A node's own repeatable chance. Immediate. */
export interface Random {
  /** Uniform in min..max, both included. */
  integer(min: number, max: number): number;
  /** Uniform in [0, 1). */
  real(): number;
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
}

/** A node's disk. Reads are immediate and see own writes; writes and sync are effects. */
export interface Disk {
  /** The named record, or undefined when it was never written (or is gone with a wiped disk). */
  read<T = unknown>(name: string): T | undefined;
  write(name: string, value: unknown): void;
  log<Entry = unknown>(name: string): Log<Entry>;
  /** Everything written before is durable once this effect has been applied. */
  sync(): void;
}

/** An append-only log on a disk. Indexes count from 0. */
export interface Log<Entry = unknown> {
  readonly length: number;
  get(index: number): Entry | Torn | undefined;
  /** All entries, a copy. After a crash some may be TORN or missing: see "Disk" above. */
  entries(): (Entry | Torn)[];
  append(entry: Entry): void;
  /** Keeps the first `length` entries. */
  truncate(length: number): void;
}

/** What ctx.disk throws when the disk fails: see "Disk errors" above. */
export class DiskError extends Error {
  readonly kind: "damaged" | "unreadable" | "full";
  /** The name of the record or log. */
  readonly record: string;
  /** Which entry, when one of a log is damaged. */
  readonly index: number | undefined;

  constructor(kind: DiskError["kind"], record: string, index?: number) {
    const what = index === undefined ? `"${record}"` : `entry ${index} of the log "${record}"`;
    const why = {
      damaged: "does not fit its checksum",
      unreadable: "cannot be read",
      full: "cannot be written, as the disk is full",
    };
    super(`${what} ${why[kind]}`);
    this.name = "DiskError";
    this.kind = kind;
    this.record = record;
    this.index = index;
  }
}

/** What an append reads as when a crash fell into it. */
export interface Torn {
  readonly torn: true;
}
export const TORN: Torn = Object.freeze({ torn: true });

/** Ends a `switch` over all kinds of messages: the compiler complains when one is missing, the run when one arrives. */
export function never(message: never): never {
  const text = JSON.stringify(message, (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
  throw new Error(`no handler for ${text}`);
}

/** What a monitor or a selector may know of the cluster. */
export interface ClusterView {
  /** All servers that are members from the start; clients are not among them. */
  readonly nodes: readonly NodeId[];
  /** Servers that run from the start and are no members. */
  readonly spares: readonly NodeId[];
  role(node: NodeId): string;
}

/** Where and when a fact was stated. */
export interface FactSource {
  readonly node: NodeId;
  /** True virtual time, which no node can see. */
  readonly atMs: Ms;
}

/** What became of a client's operation, as the client was told it. */
export interface Returned {
  readonly client: NodeId;
  /** As in its `Request`; a client that asks again asks under the same id. */
  readonly request: string;
  readonly op: unknown;
  /** "info": nobody knows whether it took place. */
  readonly outcome: "ok" | "fail" | "info";
  /** The answer, when it is "ok". */
  readonly output: unknown;
  /** True virtual time, which no node can see. */
  readonly atMs: Ms;
}

/** Hears what happens, in order. Every method is optional. */
export interface Monitor {
  /** By the fact's name. `data` is what the node passed ({} when nothing). */
  readonly facts?: Readonly<Record<string, (data: never, source: FactSource) => void>>;
  onStart?(node: NodeId): void;
  onCrash?(node: NodeId): void;
  onRestart?(node: NodeId): void;
  onClientCrash?(client: NodeId): void;
  onClientRestart?(client: NodeId): void;
  /**
   * A client has its answer. What it was told must hold from here on; a fact that a server states beside its reply may be lost in a crash
   * that the reply has survived.
   */
  onReturn?(returned: Returned): void;
  /** The server's disk was emptied (it is down at that moment). */
  onWipe?(node: NodeId): void;
  /** All faults are over; from here on everything asked must be answered. */
  onHeal?(atMs: Ms): void;
  /**
   * The run is over: judge what must have happened by now. It comes when the scenario's `settle` has passed since the heal, however soon
   * the clients were answered: a run that some monitor wants to judge at its end goes on until then, any other ends with its last
   * answer. Never called in a run that ends at a violation or out of its budget.
   */
  end?(atMs: Ms): void;
}

/** A theorem of the paper, by its name, as a monitor over facts. */
export interface Invariant {
  readonly name: string;
  /** The theorem in one sentence. */
  readonly states: string;
  /** Called once a run; `fail` ends the run with this sentence as the violation. */
  monitor(cluster: ClusterView, fail: (sentence: string) => void): Monitor;
}

/** A name that faults may aim at ("leader"), tracked over facts. */
export interface Selector {
  readonly states: string;
  track(cluster: ClusterView): Monitor & { current(): NodeId | undefined };
}

/**
 * An option of a protocol, set in a scenario under `options:`. The default tells the kind: a boolean; a number (an integer);
 * a duration as text ("100ms", handed over as a number of ms); a range of durations ("300ms..600ms", handed over as { min, max } in
 * ms); any other text is one of `choices`.
 */
export interface OptionSpec {
  readonly default: boolean | number | string;
  readonly doc: string;
  readonly choices?: readonly string[];
  /** Smallest allowed integer; default 0. */
  readonly min?: number;
}

/** A value of an option as `create` receives it. */
export type OptionValue = boolean | number | string | { readonly min: Ms; readonly max: Ms };
export type Options = Readonly<Record<string, OptionValue>>;

/** A deliberately wrong variant: one changed decision. */
export interface Mutant {
  /** Descriptive, with dashes: "vote-not-persisted". */
  readonly name: string;
  /** Its row in the catalogue of known bugs ("R02"), usable as an alias. */
  readonly id?: string;
  /** One sentence: what it does wrong and where that was seen. */
  readonly breaks: string;
  /** Instead of the protocol's own. */
  create(ctx: Context, options: Options): Node;
  /** Where the mistake is in the client. */
  createClient?(ctx: ClientContext, options: Options, settings: unknown, policy: ClientPolicy): Node;
  /** A scenario of its own (path from the scenarios folder), when the protocol's general harsh one does not find it, and why. */
  readonly needs?: { readonly scenario: string; readonly why: string };
}

/** What an operator may tell a node: see "Orders" above. */
export interface Order {
  readonly doc: string;
  /** Each such order may leave the group one server smaller, which then bears what so many bear. */
  readonly shrinks?: true;
}

/** Nodes of one kind. The first role's nodes are n1, n2 ... when it is the only one; else they carry the role's name. */
export interface Role {
  readonly name: string;
  readonly default: number;
  readonly min: number;
  readonly max?: number;
  /** A scenario may give it spares: see "Spares" above. */
  readonly spares?: boolean;
}

/** How the default client behaves; a scenario may say otherwise under `clients:`. */
export interface ClientPolicy {
  /** "any": a server drawn for each try. "sticky": the same until it fails. "leader": whoever answered or was named last. */
  readonly target: "any" | "sticky" | "leader";
  /** How long one try may take before the next one, or the end, in ms of the client's elapsed time. */
  readonly tryMs: Ms;
  /** After this long the outcome is "info". */
  readonly timeoutMs: Ms;
  /** Ask again with the same request id after `tryMs`. Only for protocols that apply a request once that comes twice. */
  readonly retry: boolean;
  /** The role that clients talk to; default: the first. */
  readonly role?: string;
}

/** On how many servers durable state may be destroyed, and all is as stated. */
export interface Tolerance {
  /** Emptied. */
  readonly wiped: number;
  /** Back at an older state, and not aware of it: a backup was put back, or syncs had lied. Default: as `wiped`. */
  readonly forgets?: number;
  /** Damaged in a way that a checksum shows: whoever does not repair it dies of it, and stays dead. Default: as `wiped`. */
  readonly damaged?: number;
}

/**
 * How a server may lie: it tells some of the others something else than the rest (equivocate), sends old messages again (replay), or what it
 * sends has a field changed on the way (corrupt).
 */
export type Byzantine = "equivocate" | "replay" | "corrupt";

/** What a protocol folder exports, and protocols/index.ts lists. */
export interface Protocol {
  readonly name: string;
  readonly description: string;
  /** The paper, with its link or its title and year. */
  readonly paper: string;
  /** The fault model it is proved for, in a sentence: what messages, clocks, disks and nodes may do, and how many of them. */
  readonly assumes?: string;
  /** Lies of servers that it bears; default: none. A scenario with another one is refused, unless the fault says `beyond: true`. */
  readonly bears?: readonly Byzantine[];
  readonly transport: "datagram" | "stream";
  readonly roles: readonly Role[];
  /** The workloads it serves, by name; the first is the one its contract test uses. */
  readonly workloads: readonly string[];
  readonly client: ClientPolicy;
  readonly options?: Readonly<Record<string, OptionSpec>>;
  /** What an operator may tell its nodes, by the order's name. */
  readonly orders?: Readonly<Record<string, Order>>;
  /** What may be lost for good, of this many servers: faults keep to it unless told otherwise, and beyond it liveness is excused. */
  tolerates(servers: number): Tolerance;
  /** Called at boot and at every restart. Keeps `ctx`; acts first in onStart. */
  create(ctx: Context, options: Options): Node;
  /** A client of the protocol's own, instead of the default one. `settings` are the workload's, as the scenario states them. */
  createClient?(ctx: ClientContext, options: Options, settings: unknown, policy: ClientPolicy): Node;
  readonly invariants: readonly Invariant[];
  readonly selectors?: Readonly<Record<string, Selector>>;
  /** Every goal that ctx.sometimes may name. */
  readonly goals?: readonly string[];
  readonly mutants: readonly Mutant[];
}
