/** The world: what it is made of, what runs and faults may ask of it, and where each event goes. */

import type { NodeId, Tolerance } from "../protocol.ts";
import { Applying } from "./applying.ts";
import { Blame } from "./blame.ts";
import { Calls } from "./calls.ts";
import { hashText, type Roots } from "./chance.ts";
import type { News } from "./connections.ts";
import { Disks } from "./disks.ts";
import { Handling } from "./handling.ts";
import { Journal, what } from "./journal.ts";
import { Line } from "./line.ts";
import { Lives } from "./lives.ts";
import { Loop } from "./loop.ts";
import { type Moment, Watches } from "./moments.ts";
import { Monitors } from "./monitors.ts";
import type { MutationSeen } from "./mutating.ts";
import { type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import { type ClientOperation, Operations } from "./operations.ts";
import type { Parts } from "./parts.ts";
import { forgetHashes } from "./plain.ts";
import { Post } from "./post.ts";
import { Roster } from "./roster.ts";
import { type ClusterOptions, defaultBudgets, type Stop } from "./setup.ts";
import { Skews } from "./skews.ts";
import { States } from "./states.ts";
import { Timers } from "./timers.ts";
import type { NodeState, Sample, TraceRecord } from "./trace.ts";
import type { Ailment, Clocks, CutCondition, CutPlace, FaultId, Gate, Heard, Lie, Link, LinkChange, World } from "./world.ts";

export class Cluster implements World, Parts {
  readonly options: ClusterOptions;
  roots: Roots;
  readonly loop: Loop;
  readonly journal: Journal;
  readonly states: States | undefined;
  readonly blame: Blame;
  readonly roster: Roster;
  readonly post: Post;
  readonly line: Line;
  readonly calls: Calls;
  readonly handling: Handling;
  readonly applying: Applying;
  readonly timers: Timers;
  readonly skews: Skews;
  readonly disks: Disks;
  readonly asked: Operations;
  readonly watches: Watches;
  readonly monitors: Monitors;
  readonly lives: Lives;
  healed = false;

  constructor(options: ClusterOptions) {
    this.options = options;
    this.roots = options.roots;
    this.loop = new Loop(options.budgets ?? defaultBudgets);
    this.journal = new Journal(this.loop, options.trace === true);
    this.states = options.trace === true && options.states !== false ? new States(this.journal) : undefined;
    this.blame = new Blame(this.loop);
    this.roster = new Roster(this, options);
    this.post = new Post(this);
    this.line = new Line(this);
    this.calls = new Calls(this);
    this.handling = new Handling(this, options.trace === true && options.sites !== false);
    this.applying = new Applying(this, options.goals);
    this.timers = new Timers(this);
    this.skews = new Skews(this);
    this.disks = new Disks(this);
    this.asked = new Operations(
      this,
      this.roster.nodes.filter(({ isClient }) => isClient),
    );
    this.watches = new Watches();
    this.lives = new Lives(this);
    const { members, spares } = this.roster;
    const roles = new Map(options.servers.map(({ id, role }) => [id, role]));
    this.monitors = new Monitors(
      { nodes: members, spares, role: (node) => roles.get(node) ?? "client" },
      options.invariants,
      options.selectors,
      (check, sentence) => this.journal.halt("invariant", check, sentence),
      (sentence) => this.journal.halt("contract", "contract", sentence),
    );
    forgetHashes();
  }

  // The life of a run

  boot(): void {
    for (const node of this.roster.nodes) this.lives.start(node, true);
  }

  /** Handles events up to and including the given moment; stops early at a violation or when a budget is used up. */
  runUntil(untilUs: number): void {
    this.loop.run(untilUs, (event) => this.dispatch(event));
  }

  /**
   * Handles one event up to the given moment; false when there is none. For nodes that go on after their handler has returned: let them
   * come to rest, then call it again. What they recorded takes effect first.
   */
  step(untilUs = Number.POSITIVE_INFINITY): boolean {
    if (!this.handling.settle()) return true;
    const event = this.loop.next(untilUs);
    if (event !== undefined) this.dispatch(event);
    return event !== undefined;
  }

  private dispatch(event: Scheduled): void {
    switch (event.kind) {
      case scheduledKind.deliver:
        this.post.arrive(event);
        return;
      case scheduledKind.timer:
        this.line.timerUp(event);
        return;
      case scheduledKind.goOn:
        this.line.busyNoMore(event);
        return;
      case scheduledKind.segment:
        this.post.due(event);
        return;
      case scheduledKind.news:
        // Of a connection of an incarnation that is no more.
        if (event.node!.up && event.node!.incarnation === (event.subject as News).incarnation) this.line.receive(event);
        return;
      case scheduledKind.order:
        if (event.node!.up) this.line.receive(event);
        return;
      default:
        this.loop.events++;
        (event.subject as () => void)();
    }
  }

  /** Ends all trouble: links up, nothing lost, everything restarted and resumed, rates 1. */
  heal(): void {
    this.healed = true;
    this.watches.clear();
    this.post.calm();
    this.journal.note(what.heal, 0, 0);
    if (this.journal.tracing) this.journal.record("", 0, { kind: "heal" });
    this.post.healLinks();
    this.lives.heal();
    this.post.healStreams();
    this.monitors.heal(this.loop.nowUs / 1000);
  }

  /** The run went to its end: monitors judge what must have happened by now. */
  end(): void {
    if (this.loop.stop === undefined) this.monitors.end(this.loop.nowUs / 1000);
  }

  /** The run has been judged. */
  close(): void {
    this.handling.close();
  }

  /** Schedules an action of the run itself (a planned fault begins or ends, the plan's next step). */
  at(atUs: number, action: () => void): void {
    this.loop.call(atUs, action);
  }

  /** Waits for a moment of the nodes that `counts` accepts, and calls `then` there, once. Not called any more after the heal. */
  watch(id: FaultId, moment: Moment, counts: (node: NodeId) => boolean, then: () => void): void {
    this.watches.add({ id, moment, counts, then, seen: 0 });
  }

  /** A line in the trace for a planned fault that begins or ends. */
  faultRecord(id: FaultId, phase: "begin" | "end", description: string): void {
    this.journal.note(what.call, hashText(id), phase.length);
    if (this.journal.tracing) this.journal.record("", 0, { kind: "fault", id, phase, what: description });
  }

  /** Asks a client for an operation, at a moment; it begins when the client is free. */
  offer(atUs: number, client: NodeId, id: string, op: unknown): void {
    this.asked.offer(atUs, this.roster.find(client, "a plan"), id, op);
  }

  /** Another chance from here on: what is drawn later is drawn from other roots. What is under way stays as it is. */
  reroot(roots: Roots): void {
    this.roots = roots;
    this.post.reroot(roots.weather);
  }

  /** Drops what clients were asked for and have not begun. */
  dropBacklog(): void {
    this.asked.dropBacklog();
  }

  /** Called when an operation has returned, outside any handler. */
  set onReturn(heard: (operation: ClientOperation) => void) {
    this.asked.onReturn = heard;
  }

  /** The run has seen enough. */
  finish(): void {
    this.loop.finished = true;
  }

  // What came of it

  get nowUs(): number {
    return this.loop.nowUs;
  }
  get stop(): Stop | undefined {
    return this.loop.stop;
  }
  get operations(): readonly ClientOperation[] {
    return this.asked.all;
  }
  get events(): number {
    return this.loop.events;
  }
  get messages(): number {
    return this.post.messages;
  }
  /** What became of them; those that are still under way are none of the three. */
  get fates(): { readonly delivered: number; readonly lost: number; readonly cut: number } {
    const { counts } = this.journal;
    return { delivered: counts[what.deliver]!, lost: counts[what.lost]!, cut: counts[what.cut]! + counts[what.drop]! };
  }
  get trace(): readonly TraceRecord[] {
    return this.journal.trace;
  }
  get nodeStates(): readonly NodeState[] {
    return this.states?.all ?? [];
  }
  get samples(): readonly Sample[] {
    return this.journal.samples;
  }
  /** What became of the mutation, in a world with one. */
  get mutationSeen(): MutationSeen | undefined {
    return this.handling.mutating?.seen;
  }
  get goals(): ReadonlySet<string> {
    return this.applying.goals;
  }
  get effectCounts(): ReadonlyMap<FaultId, number> {
    return this.blame.counts;
  }

  /** Whether somebody will judge what has happened by the end. */
  get judgesEnd(): boolean {
    return this.monitors.judgesEnd;
  }

  /** Events that are still to come. */
  pending(): number {
    return this.loop.queue.size;
  }

  /** Which servers lost durable state, where they are more than these: "1 server with a wiped disk (n2), where it bears 0". */
  destroyedBeyond(bears: Tolerance): string | undefined {
    return this.disks.exceeding(bears);
  }

  /** What state the servers are in, for reports. */
  inspect(): Readonly<Record<NodeId, unknown>> {
    return this.roster.inspect();
  }

  digestText(): string {
    return this.journal.digestText();
  }

  // What faults do: the World

  get servers(): readonly NodeId[] {
    return this.roster.servers;
  }
  get clients(): readonly NodeId[] {
    return this.roster.clients;
  }

  role(node: NodeId): string {
    return this.roster.role(node);
  }

  select(selector: string): NodeId | undefined {
    return this.monitors.select(selector);
  }

  cut(id: FaultId, { from, to }: Link): void {
    this.post.setCut(id, this.find(from), this.find(to), true);
  }

  uncut(id: FaultId, { from, to }: Link): void {
    this.post.setCut(id, this.find(from), this.find(to), false);
  }

  hold(id: FaultId, { from, to }: Link): void {
    this.post.hold(id, this.find(from), this.find(to));
  }

  release(id: FaultId, { from, to }: Link): void {
    this.post.release(id, this.find(from), this.find(to));
  }

  worsen(id: FaultId, { from, to }: Link, change: LinkChange): void {
    this.post.setWorse(id, this.find(from), this.find(to), change);
  }

  mend(id: FaultId, { from, to }: Link): void {
    this.post.setWorse(id, this.find(from), this.find(to), undefined);
  }

  gate(id: FaultId, { from, to }: Link, gate: Gate): void {
    this.post.setGate(id, this.find(from), this.find(to), gate);
  }

  ungate(id: FaultId, { from, to }: Link): void {
    this.post.setGate(id, this.find(from), this.find(to), undefined);
  }

  disconnect(id: FaultId, first: NodeId, second: NodeId, heard: Heard): void {
    this.post.disconnect(id, this.find(first), this.find(second), heard);
  }

  isUp(node: NodeId): boolean {
    return this.find(node).up;
  }

  isPaused(node: NodeId): boolean {
    return this.find(node).paused;
  }

  crash(id: FaultId, node: NodeId): boolean {
    return this.lives.crash(id, this.find(node));
  }

  restart(_id: FaultId, node: NodeId): boolean {
    return this.lives.restart(this.find(node));
  }

  wipe(id: FaultId, node: NodeId, beyond = false): void {
    this.disks.wipe(id, this.find(node), beyond);
  }

  ail(id: FaultId, node: NodeId, ailment: Ailment): void {
    this.disks.ail(id, this.find(node), ailment);
  }

  cure(id: FaultId, node: NodeId): void {
    this.disks.cure(id, this.find(node));
  }

  rot(id: FaultId, node: NodeId, beyond: boolean, record?: string): void {
    this.disks.rot(id, this.find(node), beyond, record);
  }

  rollBack(id: FaultId, node: NodeId, ageUs: number, beyond: boolean): boolean {
    return this.lives.rollBack(id, this.find(node), ageUs, beyond);
  }

  rememberDisks(): void {
    for (const { disk } of this.roster.nodes) disk.remember();
  }

  armCrash(id: FaultId, node: NodeId, where: CutCondition | CutPlace, then: () => void): void {
    this.lives.arm(id, this.find(node), where, then);
  }

  disarmCrash(id: FaultId, node: NodeId): void {
    this.lives.disarm(id, this.find(node));
  }

  pause(id: FaultId, node: NodeId): void {
    this.lives.pause(id, this.find(node));
  }

  resume(id: FaultId, node: NodeId): void {
    this.lives.resume(id, this.find(node));
  }

  operate(id: FaultId, node: NodeId, order: string): void {
    this.lives.operate(id, this.find(node), order);
  }

  slow(id: FaultId, node: NodeId, extraUs: number): void {
    this.find(node).slowBy.set(id, extraUs);
  }

  unslow(id: FaultId, node: NodeId): void {
    this.find(node).slowBy.delete(id);
  }

  lie(id: FaultId, node: NodeId, lie: Lie): void {
    this.post.setLie(id, this.find(node), lie);
  }

  unlie(id: FaultId, node: NodeId): void {
    this.post.setLie(id, this.find(node), undefined);
  }

  jumpClock(id: FaultId, node: NodeId, byUs: number): void {
    this.skews.jump(id, this.find(node), byUs);
  }

  drift(id: FaultId, node: NodeId, ppm: number): void {
    this.skews.drift(id, this.find(node), ppm);
  }

  undrift(id: FaultId, node: NodeId): void {
    this.skews.undrift(id, this.find(node));
  }

  freeze(id: FaultId, node: NodeId, clocks: Clocks): void {
    this.skews.freeze(id, this.find(node), clocks);
  }

  thaw(id: FaultId, node: NodeId): void {
    this.skews.thaw(id, this.find(node));
  }

  later(afterUs: number, action: () => void): void {
    this.loop.call(this.loop.nowUs + afterUs, () => {
      if (!this.healed) action();
    });
  }

  effect(id: FaultId): void {
    this.blame.effect(id);
  }

  draw(id: FaultId, purpose: string): number {
    return this.lives.draw(id, purpose);
  }

  private find(node: NodeId): SimNode {
    return this.roster.find(node, "a fault");
  }
}
