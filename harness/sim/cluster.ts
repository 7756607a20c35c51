/** The world: runs the nodes in virtual time, applies their effects one by one, and lets faults have their way. */

import type {
  ClientContext,
  ClientPolicy,
  Context,
  FactSource,
  Invariant,
  Labels,
  Node,
  NodeId,
  Request,
  Selector,
} from "../protocol.ts";
import { finish, hashText, mix, type Roots } from "./chance.ts";
import { DefaultClient } from "./client.ts";
import { ContractError, NodeContext } from "./context.ts";
import { Digest } from "./digest.ts";
import type { DiskWrite } from "./disk.ts";
import { type Driver, Handlers } from "./driver.ts";
import { Effects, effectKind } from "./effects.ts";
import { AmbientError, entering, leaving } from "./guards.ts";
import { firing, type Moment, type MomentWord, momentOf, typeOf, type Watch } from "./moments.ts";
import { Monitors } from "./monitors.ts";
import { Network } from "./network.ts";
import { channelNames, channelNumber, type Scheduled, SimNode, scheduledKind, type Timer } from "./node.ts";
import { forgetHashes, freezeAndHash } from "./plain.ts";
import { EventQueue } from "./queue.ts";
import { siteOf } from "./sites.ts";
import { defaultStreamTimeoutUs, type News, type Outgoing, type Segment, Streams, type Unsent } from "./streams.ts";
import type { Sample, TraceRecord } from "./trace.ts";
import type { CutCondition, CutPlace, FaultId, Heard, Link, LinkChange, Weather, World } from "./world.ts";

/** Counted bounds on a run; never milliseconds. */
export interface Budgets {
  readonly events: number;
  /** Messages and timers under way at once. */
  readonly pending: number;
  /** Effects of one handler. */
  readonly effects: number;
}

export const defaultBudgets: Budgets = { events: 2_000_000, pending: 200_000, effects: 10_000 };

export interface ClusterOptions {
  readonly roots: Roots;
  readonly servers: readonly { readonly id: NodeId; readonly role: string }[];
  readonly clients: readonly NodeId[];
  readonly weather: Weather;
  readonly policy: ClientPolicy;
  /** What servers speak over; default: datagrams. */
  readonly transport?: "datagram" | "stream";
  /** How long a stream bears silence. */
  readonly streamTimeoutUs?: number;
  create(ctx: Context, node: NodeId): Node;
  /** Instead of `create`: nodes that are no class of handlers. */
  drive?(ctx: Context, node: NodeId): Driver;
  /** Instead of the default client. */
  createClient?(ctx: ClientContext): Node;
  readonly invariants: readonly Invariant[];
  readonly selectors: Readonly<Record<string, Selector>>;
  readonly goals: readonly string[];
  readonly budgets?: Budgets;
  /** Keep the trace. Changes nothing else. */
  readonly trace?: boolean;
  /** False: a trace without the lines of protocol code that its effects come from, which cost most of it. */
  readonly sites?: boolean;
  /** Told before each handler, for a watchdog in another thread: the event's number and the node's index. */
  readonly beat?: (event: number, node: number) => void;
}

/** An operation that clients were asked to do, in the making. */
export interface ClientOperation {
  readonly id: string;
  readonly client: SimNode;
  readonly process: number;
  readonly op: unknown;
  readonly request: Request;
  /** Positions in the order of all invocations and returns; -1 and Infinity until then. */
  invoked: number;
  returned: number;
  invokedAtUs: number;
  returnedAtUs: number;
  outcome: "open" | "ok" | "fail" | "info";
  output: unknown;
  reason: string | undefined;
}

interface ClientState {
  process: number;
  serial: number;
  open: ClientOperation | undefined;
  readonly backlog: { readonly id: string; readonly op: unknown }[];
}

/** What ended a run before its time. */
export interface Stop {
  readonly family: "invariant" | "contract" | "budget";
  readonly check: string;
  readonly sentence: string;
  readonly atUs: number;
  /** Of an error: the line of protocol code that it came from. */
  readonly where?: string;
}

const what = {
  start: 1,
  send: 2,
  lost: 3,
  cut: 4,
  deliver: 6,
  drop: 7,
  timer: 8,
  disk: 9,
  sync: 10,
  fact: 11,
  goal: 12,
  log: 13,
  crash: 14,
  restart: 15,
  wipe: 16,
  pause: 17,
  resume: 18,
  invoke: 19,
  done: 20,
  heal: 21,
  call: 22,
  jump: 23,
  rate: 24,
  connect: 25,
  disconnect: 26,
} as const;

const handlerKinds = ["start", "request", "message", "timer", "answer", "connect", "disconnect"] as const;

/** Between which effects of which handler a crash fell. */
interface Place {
  readonly handler: string;
  readonly after: number;
  readonly of: number;
}

/** Sentences about ctx used after its run was judged: nobody was there any more to read them. */
const late: string[] = [];

/** Hands over, once, what broke the contract after its run's end (code that was started and not waited for). */
export function lateBreaches(): readonly string[] {
  return late.splice(0);
}

type Bare<R> = R extends TraceRecord ? Omit<R, "n" | "atUs" | "node" | "cause" | "site"> : never;

export class Cluster implements World {
  nowUs = 0;
  readonly servers: readonly NodeId[];
  readonly clients: readonly NodeId[];
  /** The ctx whose handler is running. */
  active: NodeContext | undefined = undefined;
  readonly effects = new Effects();
  readonly mostEffects: number;
  readonly operations: ClientOperation[] = [];
  readonly trace: TraceRecord[] = [];
  readonly samples: Sample[] = [];
  readonly effectCounts = new Map<FaultId, number>();
  readonly goals = new Set<string>();
  stop: Stop | undefined = undefined;
  /** Set by the run when it has seen enough. */
  finished = false;
  events = 0;
  messages = 0;
  healed = false;
  /** Called when an operation has returned, outside any handler. */
  onReturn: ((operation: ClientOperation) => void) | undefined = undefined;

  private readonly options: ClusterOptions;
  private readonly budgets: Budgets;
  private readonly tracing: boolean;
  private readonly nodes: SimNode[];
  private readonly byName = new Map<NodeId, SimNode>();
  private readonly queue = new EventQueue<Scheduled>();
  private readonly network: Network<Scheduled>;
  /** Undefined on datagrams. */
  private readonly streams: Streams | undefined;
  private readonly digest = new Digest();
  private readonly monitors: Monitors;
  private readonly clientStates = new Map<SimNode, ClientState>();
  private readonly knownGoals: ReadonlySet<string>;
  private over = false;
  private watches: Watch[] = [];
  /** The node whose effects are being applied, and how far it has come: where a crash falls that begins at a moment. */
  private applying: { readonly node: SimNode; readonly cut: Place; readonly cause: number } | undefined = undefined;
  private order = 0;
  private position = 0;
  private handlerKind = 0;
  private handlerSubject: unknown = undefined;
  /** A handler whose call has returned, but whose node goes on: see Driver. */
  private open: { readonly node: SimNode; readonly cause: number } | undefined = undefined;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.budgets = options.budgets ?? defaultBudgets;
    this.mostEffects = this.budgets.effects;
    this.tracing = options.trace === true;
    this.servers = Object.freeze(options.servers.map((server) => server.id));
    this.clients = Object.freeze([...options.clients]);
    this.nodes = [
      ...options.servers.map(({ id, role }, i) => new SimNode(id, i, role, false)),
      ...options.clients.map((id, i) => new SimNode(id, options.servers.length + i, "client", true)),
    ];
    for (const node of this.nodes) this.byName.set(node.id, node);
    this.network = new Network(
      options.roots.weather,
      this.nodes.map((node) => node.id),
      options.weather,
    );
    this.streams =
      options.transport === "stream" ? this.makeStreams(options.streamTimeoutUs ?? defaultStreamTimeoutUs) : undefined;
    if (this.tracing && options.sites !== false) this.effects.sites = [];
    this.knownGoals = new Set(options.goals);
    const roles = new Map(options.servers.map(({ id, role }) => [id, role]));
    this.monitors = new Monitors(
      { nodes: this.servers, role: (node) => roles.get(node) ?? "client" },
      options.invariants,
      options.selectors,
      (check, sentence) => this.halt("invariant", check, sentence),
      (sentence) => this.halt("contract", "contract", sentence),
    );
    for (const [i, client] of this.nodes.slice(options.servers.length).entries()) {
      this.clientStates.set(client, { process: i, serial: 0, open: undefined, backlog: [] });
    }
    forgetHashes();
  }

  // The life of a run

  boot(): void {
    for (const node of this.nodes) this.start(node, true);
  }

  /** Handles events up to and including the given moment; stops early at a violation or when a budget is used up. */
  runUntil(untilUs: number): void {
    const { queue } = this;
    while (this.stop === undefined && !this.finished && queue.firstTime <= untilUs) {
      this.nowUs = queue.firstTime;
      this.dispatch(queue.pop());
    }
    if (this.stop === undefined && !this.finished && this.nowUs < untilUs) this.nowUs = untilUs;
  }

  /**
   * Handles one event up to the given moment; false when there is none. For nodes that go on after their handler has returned: let them
   * come to rest, then call it again. What they recorded takes effect first.
   */
  step(untilUs = Number.POSITIVE_INFINITY): boolean {
    if (this.open !== undefined) {
      this.settle(this.open);
      if (this.open !== undefined) return true;
    }
    const { queue } = this;
    if (this.stop !== undefined || this.finished || queue.firstTime > untilUs || queue.size === 0) return false;
    this.nowUs = queue.firstTime;
    this.dispatch(queue.pop());
    return true;
  }

  /** Ends all trouble: links up, nothing lost, everything restarted and resumed, rates 1. */
  heal(): void {
    this.healed = true;
    this.watches = [];
    this.network.calm();
    this.note(what.heal, 0, 0);
    if (this.tracing) this.record("", 0, { kind: "heal" });
    for (const { waiting } of this.network.healAll()) for (const message of waiting) this.push(this.nowUs, message);
    for (const node of this.nodes) {
      node.armed = [];
      node.slowBy.clear();
      if (node.driftBy.size > 0) {
        node.driftBy.clear();
        this.rate(node);
      }
      if (!node.up) this.start(node, false);
      else if (node.paused) {
        node.pausedBy.clear();
        this.resumed(node);
      }
    }
    this.streams?.heal();
    this.monitors.heal();
  }

  /** The run has been judged: whoever uses ctx from now on does so in a promise or a callback that outlived it. */
  close(): void {
    this.over = true;
  }

  /** The run went to its end: monitors judge what must have happened by now. */
  end(): void {
    if (this.stop === undefined) this.monitors.end();
  }

  digestText(): string {
    return this.digest.text();
  }

  pending(): number {
    return this.queue.size;
  }

  // Operations

  /** Asks a client for an operation, at a moment; it begins when the client is free. */
  offer(atUs: number, client: NodeId, id: string, op: unknown): void {
    const node = this.find(client, "a plan");
    this.call(atUs, () => {
      const state = this.clientStates.get(node)!;
      state.backlog.push({ id, op });
      this.nextOperation(node, state);
    });
  }

  /** Drops what clients were asked for and have not begun. */
  dropBacklog(): void {
    for (const state of this.clientStates.values()) state.backlog.length = 0;
  }

  /** What state the nodes are in, for reports. */
  inspect(): Readonly<Record<NodeId, unknown>> {
    const states: Record<NodeId, unknown> = {};
    for (const node of this.nodes) {
      if (node.isClient) continue;
      const { handler } = node;
      states[node.id] = handler === undefined ? null : handler.inspect();
    }
    return states;
  }

  wipedServers(): readonly NodeId[] {
    return this.nodes.filter((node) => node.wiped).map((node) => node.id);
  }

  private nextOperation(node: SimNode, state: ClientState): void {
    if (state.open !== undefined || !node.up) return;
    const next = state.backlog.shift();
    if (next === undefined) return;
    const serial = ++state.serial;
    const request: Request = { id: `${node.id}#${serial}`, client: node.id, serial, op: next.op };
    const hash = freezeAndHash(request);
    const operation: ClientOperation = {
      id: next.id,
      client: node,
      process: state.process,
      op: next.op,
      request,
      invoked: -1,
      returned: Number.POSITIVE_INFINITY,
      invokedAtUs: -1,
      returnedAtUs: Number.POSITIVE_INFINITY,
      outcome: "open",
      output: undefined,
      reason: undefined,
    };
    state.open = operation;
    this.arrive({
      kind: scheduledKind.deliver,
      node,
      from: node,
      channel: channelNumber.request,
      subject: request,
      hash,
      cause: 0,
    });
  }

  private invoked(node: SimNode, hash: number): number {
    const operation = this.clientStates.get(node)!.open!;
    operation.invoked = this.position++;
    operation.invokedAtUs = this.nowUs;
    this.operations.push(operation);
    this.note(what.invoke, node.key, hash);
    return this.tracing
      ? this.record(node.id, 0, { kind: "invoke", op: operation.id, process: operation.process, input: operation.op })
      : 0;
  }

  private returned(
    node: SimNode,
    outcome: "ok" | "fail" | "info",
    detail: unknown,
    hash: number,
    cause: number,
    site?: string,
  ): void {
    const state = this.clientStates.get(node)!;
    const operation = state.open;
    if (operation === undefined || operation.invoked < 0) return;
    state.open = undefined;
    operation.outcome = outcome;
    operation.returnedAtUs = this.nowUs;
    operation.returned = this.position++;
    if (outcome === "ok") operation.output = detail;
    else operation.reason = String(detail);
    // After an info the process is never used again, as in Jepsen: its operation may still be under way.
    if (outcome === "info") state.process += this.clients.length;
    this.note(what.done, node.key, mix(hash, hashText(outcome)));
    if (this.tracing) {
      const { id, process } = operation;
      this.record(
        node.id,
        cause,
        outcome === "ok"
          ? { kind: "return", op: id, process, outcome, output: detail }
          : { kind: "return", op: id, process, outcome },
        site,
      );
    }
    this.onReturn?.(operation);
    if (state.backlog.length > 0) this.call(this.nowUs, () => this.nextOperation(node, state));
  }

  // The event loop

  private push(timeUs: number, scheduled: Scheduled): void {
    this.queue.push(timeUs, this.order++, scheduled);
  }

  private call(atUs: number, action: () => void): void {
    this.push(Math.max(atUs, this.nowUs), {
      kind: scheduledKind.call,
      node: undefined,
      from: undefined,
      channel: 0,
      subject: action,
      hash: 0,
      cause: 0,
    });
  }

  /** Schedules an action of the run itself (a planned fault begins or ends, the plan's next step). */
  at(atUs: number, action: () => void): void {
    this.call(atUs, action);
  }

  private dispatch(event: Scheduled): void {
    switch (event.kind) {
      case scheduledKind.deliver:
        this.arrive(event);
        return;
      case scheduledKind.timer:
        this.timerUp(event);
        return;
      case scheduledKind.goOn: {
        const node = event.node!;
        // What it was busy with may be gone by now: with a crash, or because a resume has finished it.
        if (node.rest !== event.subject || node.paused) return;
        this.goOn(node);
        return;
      }
      case scheduledKind.segment:
        this.streams!.due(event.subject as Segment);
        return;
      case scheduledKind.news:
        // Of a connection of an incarnation that is no more.
        if (event.node!.up && event.node!.incarnation === (event.subject as News).incarnation) this.receive(event);
        return;
      default:
        this.events++;
        (event.subject as () => void)();
    }
  }

  private arrive(event: Scheduled): void {
    const node = event.node!;
    const from = event.from!;
    if (from !== node) {
      const link = this.network.index(from.index, node.index);
      if (this.network.isCut(link)) {
        for (const id of this.network.cutBy(link)) this.effect(id);
        this.dropped(event, "cut");
        return;
      }
      if (this.network.isHeld(link)) {
        for (const id of this.network.heldBy(link)) this.effect(id);
        this.network.wait(link, event);
        return;
      }
    }
    this.receive(event);
  }

  /** The links are behind it: it comes to the node, or to the end of its line. */
  private receive(event: Scheduled): void {
    const node = event.node!;
    if (node.handler === undefined) {
      this.dropped(event, "down");
      return;
    }
    if (node.paused) {
      for (const id of node.pausedBy) this.effect(id);
      node.waiting.push(event);
      return;
    }
    if (node.rest !== undefined || this.open !== undefined) {
      node.waiting.push(event);
      return;
    }
    if (event.kind === scheduledKind.news) this.hear(node, event);
    else this.deliver(node, event);
  }

  /** A connection stands, or is gone: the node hears it in its turn. */
  private hear(node: SimNode, event: Scheduled): void {
    const news = event.subject as News;
    const { gone, by } = news;
    const peer = event.from!;
    this.streams!.hears(news);
    this.note(gone === undefined ? what.connect : what.disconnect, way(peer, node), event.hash);
    const about = { peer: peer.id, connection: event.hash };
    const cause = this.tracing
      ? this.record(
          node.id,
          event.cause,
          gone === undefined
            ? { kind: "connect", ...about }
            : { kind: "disconnect", ...about, why: gone, ...(by.length === 0 ? {} : { by: [...by] }) },
        )
      : 0;
    this.enter(node, gone === undefined ? 5 : 6, peer.id);
    let result: unknown;
    try {
      result = gone === undefined ? node.handler!.connect(peer.id) : node.handler!.disconnect(peer.id);
    } catch (error) {
      this.threw(node, error);
    }
    this.leave(node, result, cause);
  }

  private dropped(event: Scheduled, why: "cut" | "down" | "broken"): void {
    this.events++;
    const node = event.node!;
    this.note(what.drop, node.key, event.hash);
    if (this.tracing) {
      this.record(node.id, event.cause, {
        kind: "drop",
        channel: channelNames[event.channel]!,
        from: event.from!.id,
        message: event.subject,
        why,
      });
    }
  }

  private deliver(node: SimNode, event: Scheduled): void {
    if (this.watches.length === 0) this.handle(node, event);
    else {
      const name = received(event);
      this.happen(node, "before", "receive", name);
      // A fault that began here has taken the node away, or stopped it: then the message meets it as it is now.
      if (node.up && !node.paused) {
        this.handle(node, event);
        this.happen(node, "after", "receive", name);
      } else this.arrive(event);
    }
  }

  private handle(node: SimNode, event: Scheduled): void {
    const { channel, subject, hash } = event;
    const handler = node.handler!;
    if (channel === channelNumber.message) {
      const from = event.from!;
      this.note(what.deliver, way(from, node), hash);
      const cause = this.tracing
        ? this.record(node.id, event.cause, { kind: "deliver", channel: "message", from: from.id, message: subject })
        : 0;
      this.enter(node, 2, subject);
      let result: unknown;
      try {
        result = handler.message(from.id, subject);
      } catch (error) {
        this.threw(node, error);
      }
      this.leave(node, result, cause);
      return;
    }
    let cause = 0;
    if (node.isClient && channel === channelNumber.request) cause = this.invoked(node, hash);
    else {
      this.note(what.deliver, way(event.from!, node), mix(hash, channel));
      if (this.tracing) {
        cause = this.record(node.id, event.cause, {
          kind: "deliver",
          channel: channelNames[channel]!,
          from: event.from!.id,
          message: subject,
        });
      }
    }
    let result: unknown;
    if (channel === channelNumber.request) {
      this.enter(node, 1, subject);
      try {
        result = handler.request(subject as Request);
      } catch (error) {
        this.threw(node, error);
      }
    } else {
      this.enter(node, 4, subject);
      try {
        result = handler.message(event.from!.id, subject);
      } catch (error) {
        this.threw(node, error);
      }
    }
    this.leave(node, result, cause);
  }

  private timerUp(event: Scheduled): void {
    const timer = event.subject as Timer;
    const node = event.node!;
    // A dead incarnation's timer, or an entry whose timer was moved forward and stands elsewhere by now.
    if (node.timers.get(timer.name) !== timer || timer.queuedUs !== this.nowUs || timer.queuedOrder !== event.hash) return;
    timer.queuedUs = -1;
    if (!timer.armed) return;
    if (timer.dueUs > this.nowUs || timer.order !== event.hash) {
      this.enqueueTimer(node, timer);
      return;
    }
    if (node.paused) {
      for (const id of node.pausedBy) this.effect(id);
      node.overdue.push(timer);
    } else if (node.rest !== undefined) node.waiting.push(event);
    else this.fire(node, timer);
  }

  private fire(node: SimNode, timer: Timer): void {
    if (this.watches.length > 0) {
      this.happen(node, "before", "timer", timer.name);
      if (!node.up) return;
      if (node.paused) {
        timer.armed = true;
        node.overdue.push(timer);
        return;
      }
    }
    timer.armed = false;
    this.note(what.timer, node.key, mix(hashText(timer.name), timer.hash));
    const cause = this.tracing
      ? this.record(
          node.id,
          timer.cause,
          timer.data === undefined ? { kind: "timer", name: timer.name } : { kind: "timer", name: timer.name, data: timer.data },
          timer.site,
        )
      : 0;
    const handler = node.handler!;
    this.enter(node, 3, timer.name);
    let result: unknown;
    try {
      result = handler.timer(timer.name, timer.data);
    } catch (error) {
      this.threw(node, error);
    }
    this.leave(node, result, cause);
  }

  private enqueueTimer(node: SimNode, timer: Timer): void {
    timer.queuedUs = timer.dueUs;
    timer.queuedOrder = timer.order;
    this.queue.push(timer.dueUs, timer.order, {
      kind: scheduledKind.timer,
      node,
      from: undefined,
      channel: 0,
      subject: timer,
      hash: timer.order,
      cause: 0,
    });
  }

  // Handlers

  private enter(node: SimNode, kind: number, subject: unknown): void {
    const events = ++this.events;
    if (events > this.budgets.events) {
      this.halt("budget", "events", `the run did not end within ${this.budgets.events} events; the last one was at ${node.id}`);
    } else if (this.queue.size > this.budgets.pending) {
      this.halt(
        "budget",
        "pending",
        `more than ${this.budgets.pending} messages and timers were under way at once; the last event was at ${node.id}`,
      );
    }
    this.options.beat?.(events, node.index);
    this.handlerKind = kind;
    this.handlerSubject = subject;
    this.effects.count = 0;
    this.active = node.context;
    entering();
  }

  private leave(node: SimNode, result: unknown, cause: number): void {
    leaving();
    if (node.goesOn && this.stop === undefined && result === undefined) {
      this.mustRest();
      this.open = { node, cause };
      return;
    }
    this.done(node, result, cause);
  }

  /** Only step() lets a node come to rest before the next event. */
  private mustRest(): void {
    if (this.open === undefined) return;
    throw new Error(
      `${this.open.node.id} goes on after its handlers have returned; run its world with step(), one event at a time`,
    );
  }

  /** The node is at rest now; then it is the turn of what waited meanwhile, of whatever node. */
  private settle({ node, cause }: { readonly node: SimNode; readonly cause: number }): void {
    this.open = undefined;
    try {
      node.handler?.settle?.();
    } catch (error) {
      this.threw(node, error);
    }
    if (this.active === node.context) this.done(node, undefined, cause);
    // Somebody took the node away while it was at it.
    else this.active = undefined;
    for (const other of this.nodes) this.drain(other);
  }

  private done(node: SimNode, result: unknown, cause: number): void {
    this.active = undefined;
    if (result !== undefined) this.returnedSomething(node, result);
    if (this.stop !== undefined) return;
    if (node.slowBy.size > 0) {
      for (const id of node.slowBy.keys()) this.effect(id);
      this.busy(node, this.effects.rest(0), cause, node.slowUs());
      return;
    }
    this.apply(node, this.effects, cause);
  }

  private returnedSomething(node: SimNode, result: unknown): void {
    const promise = typeof result === "object" && result !== null && typeof (result as { then?: unknown }).then === "function";
    // Its rejection is ours now: a Promise that nobody waits for must not end the process.
    if (promise) (result as PromiseLike<unknown>).then(undefined, () => undefined);
    this.broke(
      node,
      `${node.id} returned ${promise ? "a Promise" : `a ${typeof result}`} from ${this.handlerLabel()}; a handler runs to completion, synchronously, and returns nothing`,
    );
  }

  private threw(node: SimNode, error: unknown): void {
    leaving();
    if (error instanceof ContractError) return;
    const label = this.handlerLabel();
    if (error instanceof AmbientError) {
      this.broke(node, `${node.id}, in ${label}: ${error.message}`, siteOf(error));
      return;
    }
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (
      error instanceof TypeError &&
      /read only property|not extensible|Cannot delete property|Cannot add property|Cannot redefine property/.test(error.message)
    ) {
      this.broke(
        node,
        `${node.id} changed data that it had sent, received, written or stated before, in ${label} (${error.message}); such data is frozen: send a copy`,
        siteOf(error),
      );
      return;
    }
    this.broke(node, `${node.id} threw in ${label}: ${text}`, siteOf(error));
  }

  /** "message AppendEntries": which handler is running, as reports and cut places name it. */
  handlerLabel(): string {
    const kind = handlerKinds[this.handlerKind]!;
    if (this.handlerKind === 3 || this.handlerKind > 4) return `${kind} ${String(this.handlerSubject)}`;
    if (this.handlerKind !== 2) return kind;
    const subject = this.handlerSubject as { readonly type?: unknown } | null;
    const type = typeof subject === "object" ? subject?.type : subject;
    return typeof type === "string" ? `message ${type}` : "message";
  }

  /** Ends the run because the protocol broke its contract; returns the error to throw. */
  broke(_node: SimNode, sentence: string, where?: string): ContractError {
    if (this.over) late.push(sentence);
    this.halt("contract", "contract", sentence, where);
    return new ContractError(sentence);
  }

  private halt(family: Stop["family"], check: string, sentence: string, where?: string): void {
    if (this.stop !== undefined) return;
    this.stop = { family, check, sentence, atUs: this.nowUs, ...(where === undefined ? {} : { where }) };
    if (this.tracing) this.record("", this.trace.length, { kind: "violation", check, sentence });
  }

  // Effects

  private apply(node: SimNode, effects: Effects, cause: number): void {
    const count = effects.count;
    if (count === 0) return;
    let cutAt = -1;
    let armed = node.armed[0];
    if (armed !== undefined) {
      const place = this.placeToCut(node, effects);
      if (place === undefined) armed = undefined;
      else {
        armed = place.armed;
        cutAt = place.after;
      }
    }
    const { kinds, subjects, details, numbers, hashes, sites } = effects;
    const watched = this.watches.length > 0;
    for (let i = 0; i < count; i++) {
      const site = sites === undefined ? undefined : sites[i];
      if (i === cutAt) {
        this.cutHere(node, armed!.id, armed!.then, i, count, cause, site);
        return;
      }
      if (watched && !this.passes(node, effects, i, "before", cause)) return;
      const hash = hashes[i]!;
      switch (kinds[i]) {
        case effectKind.send:
          this.transmit(node, subjects[i] as SimNode, numbers[i]!, details[i], hash, cause, site);
          break;
        case effectKind.setTimer:
          this.armTimer(node, subjects[i] as string, details[i], numbers[i]!, hash, cause, site);
          break;
        case effectKind.cancelTimer: {
          const timer = node.timers.get(subjects[i] as string);
          if (timer !== undefined) timer.armed = false;
          break;
        }
        case effectKind.disk:
          this.written(node, subjects[i] as DiskWrite, hash, cause, site);
          break;
        case effectKind.sync:
          node.disk.sync();
          this.note(what.sync, node.key, 0);
          if (this.tracing) this.record(node.id, cause, { kind: "sync" }, site);
          break;
        case effectKind.fact: {
          const name = subjects[i] as string;
          this.note(what.fact, node.key, mix(hashText(name), hash));
          if (this.tracing) this.record(node.id, cause, { kind: "fact", name, data: details[i] }, site);
          this.monitors.fact(name, details[i], () => this.source(node));
          if (this.stop !== undefined) return;
          break;
        }
        case effectKind.goal:
          this.reached(node, subjects[i] as string, cause, site);
          break;
        case effectKind.log:
          this.note(what.log, node.key, mix(hashText(subjects[i] as string), hash));
          if (this.tracing) {
            const message = subjects[i] as string;
            this.record(
              node.id,
              cause,
              details[i] === undefined ? { kind: "log", message } : { kind: "log", message, data: details[i] },
              site,
            );
          }
          break;
        case effectKind.done:
          this.returned(node, subjects[i] as "ok" | "fail" | "info", details[i], hash, cause, site);
          break;
      }
      if (watched && !this.passes(node, effects, i, "after", cause)) return;
    }
  }

  /** Lets faults that wait for this moment begin; false when the node cannot go on with its effects. */
  private passes(node: SimNode, effects: Effects, i: number, at: "before" | "after", cause: number): boolean {
    const moment = momentOf(effects.kinds[i]!, effects.subjects[i], effects.details[i], effects.numbers[i]!);
    if (moment === undefined) return true;
    const { incarnation } = node;
    const next = at === "before" ? i : i + 1;
    this.applying = { node, cut: { handler: this.handlerLabel(), after: next, of: effects.count }, cause };
    this.happen(node, at, moment.what, moment.name);
    this.applying = undefined;
    if (this.stop !== undefined || node.incarnation !== incarnation || !node.up) return false;
    if (!node.paused) return true;
    // It stands still between two effects; at resume it goes on with the next.
    if (next < effects.count) this.busy(node, effects.rest(next), cause, 0);
    return false;
  }

  private happen(node: SimNode, at: "before" | "after", what: MomentWord, name: string): void {
    const now = firing(this.watches, at, what, name, node.id);
    if (now.length === 0) return;
    this.watches = this.watches.filter((watch) => !now.includes(watch));
    for (const { then } of now) then();
  }

  /** Waits for a moment of the nodes that `counts` accepts, and calls `then` there, once. Not called any more after the heal. */
  watch(id: FaultId, moment: Moment, counts: (node: NodeId) => boolean, then: () => void): void {
    this.watches.push({ id, moment, counts, then, seen: 0 });
  }

  private source(node: SimNode): FactSource {
    return { node: node.id, atMs: this.nowUs / 1000 };
  }

  private reached(node: SimNode, goal: string, cause: number, site: string | undefined): void {
    if (!this.knownGoals.has(goal)) {
      this.broke(
        node,
        `${node.id} called ctx.sometimes("${goal}"), which is not among the protocol's goals (${[...this.knownGoals].join(", ") || "it has none"})`,
      );
      return;
    }
    this.note(what.goal, node.key, hashText(goal));
    if (this.tracing && !this.goals.has(goal)) this.record(node.id, cause, { kind: "goal", name: goal }, site);
    this.goals.add(goal);
  }

  private written(node: SimNode, write: DiskWrite, hash: number, cause: number, site: string | undefined): void {
    node.disk.written(write);
    this.note(what.disk, node.key, mix(mix(hash, write.kind.length), hashText(write.name)));
    if (!this.tracing) return;
    if (write.kind === "write") this.record(node.id, cause, { kind: "write", record: write.name, value: write.value }, site);
    else if (write.kind === "append") {
      this.record(node.id, cause, { kind: "append", log: write.name, index: write.index, value: write.value }, site);
    } else this.record(node.id, cause, { kind: "truncate", log: write.name, length: write.length }, site);
  }

  private transmit(
    from: SimNode,
    to: SimNode,
    channel: number,
    message: unknown,
    hash: number,
    cause: number,
    site: string | undefined,
  ): void {
    this.messages++;
    const { network } = this;
    if (this.streams !== undefined && channel === channelNumber.message && from !== to && !from.isClient && !to.isClient) {
      this.streams.send({ from, to, message, hash, cause, site });
      return;
    }
    const link = network.index(from.index, to.index);
    const self = from === to;
    const fate = network.draw(link, this.nowUs, !self, channel === channelNumber.message && !from.isClient && !to.isClient);
    if (!self && network.isCut(link)) {
      const by = [...network.cutBy(link)];
      for (const id of by) this.effect(id);
      this.note(what.cut, way(from, to), hash);
      if (this.tracing) this.sent(from, to, channel, message, "cut", by, cause, site);
      return;
    }
    if (fate.by !== undefined) for (const id of fate.by) this.effect(id);
    if (fate.lost) {
      this.note(what.lost, way(from, to), hash);
      if (this.tracing) this.sent(from, to, channel, message, "lost", fate.by, cause, site);
      return;
    }
    this.note(what.send, way(from, to), hash);
    const doubled = fate.secondUs >= 0;
    const record = this.tracing
      ? this.sent(from, to, channel, message, doubled ? "doubled" : network.isHeld(link) ? "held" : "sent", fate.by, cause, site)
      : 0;
    const scheduled: Scheduled = { kind: scheduledKind.deliver, node: to, from, channel, subject: message, hash, cause: record };
    const secondUs = fate.secondUs;
    this.queue.push(this.nowUs + Math.max(1, fate.delayUs), this.order++, scheduled);
    if (doubled) this.queue.push(this.nowUs + Math.max(1, secondUs), this.order++, scheduled);
  }

  private sent(
    from: SimNode,
    to: SimNode,
    channel: number,
    message: unknown,
    fate: "sent" | "doubled" | "lost" | "cut" | "held",
    by: readonly string[] | undefined,
    cause: number,
    site: string | undefined,
    why?: Unsent,
  ): number {
    const bare = { kind: "send", channel: channelNames[channel]!, to: to.id, message, fate } as const;
    return this.record(
      from.id,
      cause,
      { ...bare, ...(by === undefined ? {} : { by: [...by] }), ...(why === undefined ? {} : { why }) },
      site,
    );
  }

  private makeStreams(timeoutUs: number): Streams {
    return new Streams(
      {
        now: () => this.nowUs,
        at: (atUs, action) => this.call(atUs, action),
        push: (atUs, event) => this.push(atUs, event),
        receive: (event) => this.receive(event),
        effect: (id) => this.effect(id),
        sent: ({ from, to, message, hash, cause, site }: Outgoing, fate, by, why) => {
          this.note(fate === "lost" ? what.lost : what.send, way(from, to), hash);
          return this.tracing ? this.sent(from, to, channelNumber.message, message, fate, by, cause, site, why) : 0;
        },
        gone: (event) => this.dropped(event, "broken"),
      },
      this.network,
      this.nodes.slice(0, this.servers.length),
      timeoutUs,
    );
  }

  private armTimer(
    node: SimNode,
    name: string,
    data: unknown,
    dueElapsedUs: number,
    hash: number,
    cause: number,
    site: string | undefined,
  ): void {
    let timer = node.timers.get(name);
    const dueUs = Math.max(this.nowUs, node.clock.trueAt(dueElapsedUs));
    const order = this.order++;
    if (timer === undefined) {
      timer = { name, data, armed: true, dueElapsedUs, dueUs, order, queuedUs: -1, queuedOrder: -1, cause, hash, site };
      node.timers.set(name, timer);
      this.enqueueTimer(node, timer);
      return;
    }
    timer.data = data;
    timer.armed = true;
    timer.dueElapsedUs = dueElapsedUs;
    timer.dueUs = dueUs;
    timer.order = order;
    timer.cause = cause;
    timer.site = site;
    timer.hash = hash;
    // It stands in the queue at an earlier place: leave it there, it will move itself on. Else put it at its new place.
    if (timer.queuedUs < 0 || timer.queuedUs > dueUs) this.enqueueTimer(node, timer);
    if (node.overdue.length > 0) node.overdue = node.overdue.filter((other) => other !== timer);
  }

  private placeToCut(node: SimNode, effects: Effects): { armed: SimNode["armed"][number]; after: number } | undefined {
    const { kinds, count } = effects;
    const label = this.handlerLabel();
    for (const armed of node.armed) {
      const { where } = armed;
      if (typeof where === "object") {
        if (where.handler === label && where.after < count) return { armed, after: where.after };
        continue;
      }
      if (count < 2) continue;
      if (where === "persists" && !kinds.slice(0, count).includes(effectKind.disk)) continue;
      if (where === "sends" && !kinds.slice(0, count).includes(effectKind.send)) continue;
      return { armed, after: 1 + (this.draw(armed.id, `cut ${label}`) % (count - 1)) };
    }
    return undefined;
  }

  private cutHere(
    node: SimNode,
    id: FaultId,
    then: () => void,
    after: number,
    of: number,
    cause: number,
    site: string | undefined,
  ): void {
    node.armed = node.armed.filter((other) => other.id !== id);
    const cut = { handler: this.handlerLabel(), after, of };
    this.fall(node, id, cause, cut, site);
    this.effect(id);
    then();
  }

  private busy(node: SimNode, rest: Effects, cause: number, forUs: number): void {
    node.rest = rest;
    node.busyUntilUs = this.nowUs + forUs;
    node.restCause = cause;
    node.restKind = this.handlerKind;
    node.restSubject = this.handlerSubject;
    this.push(node.busyUntilUs, {
      kind: scheduledKind.goOn,
      node,
      from: undefined,
      channel: 0,
      subject: rest,
      hash: 0,
      cause: 0,
    });
  }

  private goOn(node: SimNode): void {
    const rest = node.rest!;
    node.rest = undefined;
    this.handlerKind = node.restKind;
    this.handlerSubject = node.restSubject;
    this.apply(node, rest, node.restCause);
    this.drain(node);
  }

  /**
   * Handles what waited: what came while the node was busy or paused, in that order, then the timers that fell due in the pause.
   * (Timers of a busy node stand in line like messages, or one with more messages than it can handle would never see them.)
   */
  private drain(node: SimNode): void {
    while (this.stop === undefined && node.up && !node.paused && node.rest === undefined && this.open === undefined) {
      const next = node.waiting.shift();
      if (next !== undefined) {
        if (next.kind === scheduledKind.deliver) this.deliver(node, next);
        else if (next.kind === scheduledKind.news) this.hear(node, next);
        else {
          const timer = next.subject as Timer;
          if (timer.armed && timer.order === next.hash) this.fire(node, timer);
        }
        continue;
      }
      const timer = node.overdue.shift();
      if (timer === undefined) return;
      if (timer.armed) this.fire(node, timer);
    }
  }

  // Lives and deaths

  private start(node: SimNode, first: boolean): void {
    if (this.open !== undefined) {
      this.call(this.nowUs, () => {
        this.mustRest();
        if (!node.up) this.start(node, first);
      });
      return;
    }
    node.incarnation++;
    node.clock.boot(this.nowUs);
    const context = new NodeContext(this, node);
    node.context = context;
    this.note(first ? what.start : what.restart, node.key, node.incarnation);
    const cause = this.tracing ? this.record(node.id, 0, { kind: first ? "start" : "restart" }) : 0;
    if (!node.isClient) this.monitors.node(first ? "onStart" : "onRestart", node.id);
    this.handlerKind = 0;
    entering();
    try {
      node.handler = this.driverOf(node, context);
      node.goesOn = node.handler.settle !== undefined;
    } catch (error) {
      this.threw(node, error);
    }
    leaving();
    const { handler } = node;
    if (handler === undefined || this.stop !== undefined) return;
    this.enter(node, 0, undefined);
    let result: unknown;
    try {
      result = handler.start();
    } catch (error) {
      this.threw(node, error);
    }
    this.leave(node, result, cause);
    if (this.streams !== undefined && !node.isClient) this.streams.started(node);
    const state = this.clientStates.get(node);
    if (state !== undefined && state.backlog.length > 0) this.call(this.nowUs, () => this.nextOperation(node, state));
  }

  private driverOf(node: SimNode, context: NodeContext): Driver {
    const { options } = this;
    if (options.drive !== undefined && !node.isClient) return options.drive(context, node.id);
    const handlers = !node.isClient
      ? options.create(context, node.id)
      : options.createClient !== undefined
        ? options.createClient(context)
        : new DefaultClient(context, options.policy, this.serversFor(options.policy.role));
    return new Handlers(handlers as Node, (handler) => {
      throw this.broke(
        node,
        handler === "onRequest"
          ? `${node.id} got a request, but its node has no onRequest; a ${node.role} that clients talk to must have one`
          : `${node.id} set the timer "${String(this.handlerSubject)}", but its node has no onTimer`,
      );
    });
  }

  private fall(node: SimNode, by: FaultId, ledBy: number, cut?: Place, site?: string): void {
    const key = mix(mix(this.options.roots.disks, node.key), Math.floor(this.nowUs / 1000));
    const { lost, torn } = node.disk.crash((i) => finish(mix(key, i)));
    node.crashes++;
    node.handler = undefined;
    node.context = undefined;
    node.timers = new Map();
    node.rest = undefined;
    const unheard = node.waiting;
    node.waiting = [];
    node.overdue = [];
    node.pausedBy.clear();
    this.note(what.crash, node.key, mix(lost, torn));
    const cause = this.tracing
      ? this.record(node.id, ledBy, { kind: "crash", lost, torn, by, ...(cut === undefined ? {} : { cut }) }, site)
      : 0;
    if (this.streams !== undefined && !node.isClient) this.streams.crashed(node, by, cause);
    // A client's next operation waits in the same line, but it was never sent: the client keeps it.
    for (const event of unheard) {
      if (event.kind === scheduledKind.deliver && !(node.isClient && event.channel === channelNumber.request))
        this.dropped(event, "down");
    }
    if (!node.isClient) this.monitors.node("onCrash", node.id);
    else this.clientFell(node, cause);
  }

  private clientFell(node: SimNode, cause: number): void {
    const state = this.clientStates.get(node)!;
    const { open } = state;
    if (open === undefined) return;
    if (open.invoked >= 0) this.returned(node, "info", "the client crashed", 0, cause);
    else {
      // It was paused, and had not begun yet.
      state.open = undefined;
      state.backlog.unshift({ id: open.id, op: open.op });
    }
  }

  private resumed(node: SimNode): void {
    this.note(what.resume, node.key, 0);
    if (this.tracing) this.record(node.id, 0, { kind: "resume" });
    if (node.rest === undefined) this.drain(node);
    else if (node.busyUntilUs <= this.nowUs) this.goOn(node);
  }

  // What ctx asks

  find(name: NodeId, call: string): SimNode {
    const node = this.byName.get(name);
    if (node === undefined) {
      const { active } = this;
      throw this.broke(
        this.nodes[0]!,
        `${active?.id ?? "somebody"} named "${name}" in ${call}, but there is no such node; there are ${this.nodes.map((other) => other.id).join(", ")}`,
      );
    }
    return node;
  }

  /** Whether servers may send messages to clients: only to those that understand them. */
  get ownClients(): boolean {
    return this.options.createClient !== undefined;
  }

  peersOf(node: SimNode): readonly NodeId[] {
    return Object.freeze(this.servers.filter((server) => server !== node.id));
  }

  serversOf(role: string): readonly NodeId[] {
    return this.options.servers.filter((server) => server.role === role).map((server) => server.id);
  }

  private serversFor(role: string | undefined): readonly NodeId[] {
    return role === undefined ? this.serversOf(this.options.servers[0]!.role) : this.serversOf(role);
  }

  readWall(node: SimNode): number {
    this.skewRead(node, true);
    return node.clock.wallUs(this.nowUs);
  }

  readElapsed(node: SimNode): number {
    this.skewRead(node, false);
    return node.clock.elapsedUs(this.nowUs);
  }

  /** A metric, kept only beside a trace: it is no effect, has no place in the digest, and changes nothing. */
  sample(node: SimNode, kind: Sample["kind"], name: string, value: number, labels?: Labels): void {
    if (!this.tracing) return;
    this.samples.push({ atUs: this.nowUs, node: node.id, kind, name, value, ...(labels === undefined ? {} : { labels }) });
  }

  /** Counts a clock fault as effective when a skewed clock is really read (or a timer is set on one). */
  skewRead(node: SimNode, wall: boolean): void {
    if (node.driftBy.size > 0) for (const id of node.driftBy.keys()) this.effect(id);
    if (wall && node.jumpedBy.size > 0) for (const [id, us] of node.jumpedBy) if (us !== 0) this.effect(id);
  }

  /** A key of (seed, node, millisecond, how-manieth draw in it). */
  drawKey(node: SimNode): number {
    const ms = Math.floor(this.nowUs / 1000);
    if (node.drawMs !== ms) {
      node.drawMs = ms;
      node.draws = 0;
    }
    return mix(mix(mix(this.options.roots.nodes, node.key), ms), node.draws++);
  }

  // What faults do: the World

  role(node: NodeId): string {
    return this.byName.get(node)?.role ?? "";
  }

  select(selector: string): NodeId | undefined {
    return this.monitors.select(selector);
  }

  cut(id: FaultId, link: Link): void {
    this.network.setCut(id, this.linkOf(link), true);
    this.streams?.changed(this.find(link.from, "a fault"), this.find(link.to, "a fault"));
  }

  uncut(id: FaultId, link: Link): void {
    this.network.setCut(id, this.linkOf(link), false);
    this.streams?.changed(this.find(link.from, "a fault"), this.find(link.to, "a fault"));
  }

  hold(id: FaultId, link: Link): void {
    this.network.setHeld(id, this.linkOf(link), true);
  }

  release(id: FaultId, link: Link): void {
    for (const message of this.network.setHeld(id, this.linkOf(link), false)) this.push(this.nowUs, message);
  }

  worsen(id: FaultId, link: Link, change: LinkChange): void {
    this.network.setWorse(id, this.linkOf(link), change);
  }

  mend(id: FaultId, link: Link): void {
    this.network.setWorse(id, this.linkOf(link), undefined);
  }

  disconnect(id: FaultId, first: NodeId, second: NodeId, heard: Heard): void {
    this.streams?.disconnect(id, this.find(first, "a fault"), this.find(second, "a fault"), heard);
  }

  isUp(node: NodeId): boolean {
    return this.find(node, "a fault").up;
  }

  isPaused(node: NodeId): boolean {
    return this.find(node, "a fault").paused;
  }

  crash(id: FaultId, name: NodeId): boolean {
    const node = this.find(name, "a fault");
    if (!node.up) return false;
    const { applying } = this;
    if (applying?.node === node) this.fall(node, id, applying.cause, applying.cut);
    else this.fall(node, id, 0);
    this.effect(id);
    return true;
  }

  restart(_id: FaultId, name: NodeId): boolean {
    const node = this.find(name, "a fault");
    if (node.up) return false;
    this.start(node, false);
    return true;
  }

  wipe(id: FaultId, name: NodeId): void {
    const node = this.find(name, "a fault");
    if (node.up || node.disk.isEmpty) return;
    node.disk.wipe();
    node.wiped = true;
    this.note(what.wipe, node.key, 0);
    if (this.tracing) this.record(node.id, 0, { kind: "wipe" });
    this.monitors.node("onWipe", node.id);
    this.effect(id);
  }

  armCrash(id: FaultId, node: NodeId, where: CutCondition | CutPlace, then: () => void): void {
    this.find(node, "a fault").armed.push({ id, where, then });
  }

  disarmCrash(id: FaultId, name: NodeId): void {
    const node = this.find(name, "a fault");
    node.armed = node.armed.filter((armed) => armed.id !== id);
  }

  pause(id: FaultId, name: NodeId): void {
    const node = this.find(name, "a fault");
    if (!node.up) return;
    if (!node.paused) {
      this.note(what.pause, node.key, 0);
      if (this.tracing) this.record(node.id, 0, { kind: "pause" });
    }
    node.pausedBy.add(id);
  }

  resume(id: FaultId, name: NodeId): void {
    const node = this.find(name, "a fault");
    if (node.pausedBy.delete(id) && !node.paused && node.up) this.resumed(node);
  }

  slow(id: FaultId, node: NodeId, extraUs: number): void {
    this.find(node, "a fault").slowBy.set(id, extraUs);
  }

  unslow(id: FaultId, node: NodeId): void {
    this.find(node, "a fault").slowBy.delete(id);
  }

  jumpClock(id: FaultId, name: NodeId, byUs: number): void {
    const node = this.find(name, "a fault");
    node.clock.jump(byUs);
    node.jumpedBy.set(id, (node.jumpedBy.get(id) ?? 0) + byUs);
    this.note(what.jump, node.key, byUs);
  }

  drift(id: FaultId, name: NodeId, ppm: number): void {
    const node = this.find(name, "a fault");
    node.driftBy.set(id, ppm);
    this.rate(node);
  }

  undrift(id: FaultId, name: NodeId): void {
    const node = this.find(name, "a fault");
    if (node.driftBy.delete(id)) this.rate(node);
  }

  /** A changed rate moves every pending timer: they are due at a moment of the node's stop-watch, not of true time. */
  private rate(node: SimNode): void {
    let ppm = 0;
    for (const drift of node.driftBy.values()) ppm += drift;
    node.clock.setRate(this.nowUs, Math.max(-900_000, Math.min(9_000_000, ppm)));
    this.note(what.rate, node.key, ppm);
    for (const timer of node.timers.values()) {
      if (!timer.armed || node.overdue.includes(timer)) continue;
      timer.dueUs = Math.max(this.nowUs, node.clock.trueAt(timer.dueElapsedUs));
      if (timer.queuedUs < 0 || timer.queuedUs > timer.dueUs) this.enqueueTimer(node, timer);
    }
  }

  later(id: FaultId, afterUs: number, action: () => void): void {
    this.call(this.nowUs + afterUs, () => {
      if (!this.healed) action();
    });
    void id;
  }

  effect(id: FaultId): void {
    this.effectCounts.set(id, (this.effectCounts.get(id) ?? 0) + 1);
  }

  draw(id: FaultId, purpose: string): number {
    return finish(mix(mix(this.options.roots.faults, hashText(id)), hashText(purpose)));
  }

  /** A line in the trace for a planned fault that begins or ends. */
  faultRecord(id: FaultId, phase: "begin" | "end", description: string): void {
    this.note(what.call, hashText(id), phase.length);
    if (this.tracing) this.record("", 0, { kind: "fault", id, phase, what: description });
  }

  private linkOf({ from, to }: Link): number {
    return this.network.index(this.find(from, "a fault").index, this.find(to, "a fault").index);
  }

  // Digest and trace

  private note(kind: number, where: number, contents: number): void {
    this.digest.fold(kind, where, this.nowUs | 0, contents);
  }

  private record(node: NodeId, cause: number, bare: Bare<TraceRecord>, site?: string): number {
    const n = this.trace.length + 1;
    const common = { n, atUs: this.nowUs, node, cause };
    this.trace.push((site === undefined ? { ...common, ...bare } : { ...common, ...bare, site }) as TraceRecord);
    return n;
  }
}

/** A link in the digest. There and back are two links, so the names must not count alike. */
function way(from: SimNode, to: SimNode): number {
  return from.key ^ ((to.key << 7) | (to.key >>> 25));
}

/** What was received, as a moment names it. */
function received({ channel, subject }: Scheduled): string {
  if (channel === channelNumber.message) return typeOf(subject);
  return channel === channelNumber.request ? "request" : "answer";
}
