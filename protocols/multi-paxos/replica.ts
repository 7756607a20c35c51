/** The replica of a server: executes decided commands in the order of their slots, each as soon as all before it are decided. */

import type { Context, NodeId, Request } from "../../harness/protocol.ts";
import type { Acceptor } from "./acceptor.ts";
import type { CatchUp, CaughtUp, Command, Decided, Message, Op, Slot } from "./messages.ts";
import { initial, perform, resultOf, type Standing, type State, standing } from "./state.ts";

/** How many decisions one message may carry. */
const batch = 64;

export class Replica {
  protected readonly ctx: Context<Message>;
  private readonly acceptor: Acceptor;
  /** How many slots there are between two checkpoints. */
  private readonly every: number;
  state: State = initial;
  /** What is known to be decided behind the last checkpoint. */
  protected readonly decisions = new Map<Slot, Command>();
  /** Requests of clients that asked this server, by id. */
  private readonly pending = new Map<string, Request<Op>>();

  constructor(ctx: Context<Message>, acceptor: Acceptor, every: number) {
    this.ctx = ctx;
    this.acceptor = acceptor;
    this.every = every;
  }

  recover(state: State): void {
    this.state = state;
  }

  /** The first slot of which nothing is known, or nothing can be done with what is known. */
  get next(): Slot {
    return this.state.slot + 1;
  }

  knows(slot: Slot): boolean {
    return slot <= this.state.slot || this.decisions.has(slot);
  }

  // ---- Clients --------------------------------------------------------------------------------------------------

  standing(request: Request<Op>): Standing {
    return standing(this.state, request);
  }

  answer(request: Request<Op>): void {
    this.ctx.reply(request, resultOf(this.state, request.client));
  }

  /** Who waits; false when it waits already. */
  remember(request: Request<Op>): boolean {
    if (this.pending.has(request.id)) return false;
    this.pending.set(request.id, request);
    return true;
  }

  /** Nobody knows what becomes of their requests: they will ask again, perhaps another server. */
  forgetClients(): void {
    this.pending.clear();
  }

  // ---- Decisions ------------------------------------------------------------------------------------------------

  learn({ slot, command }: Decided): void {
    if (this.knows(slot)) return;
    this.decisions.set(slot, command);
    for (let next = this.decided(this.next); next !== undefined; next = this.decided(this.next)) this.perform(next.command);
    if (this.state.slot - this.acceptor.checkpoint >= this.every) this.checkpoint();
  }

  protected decided(slot: Slot): Decided | undefined {
    const command = this.decisions.get(slot);
    return command === undefined ? undefined : { slot, command };
  }

  private perform(command: Command): void {
    if (command !== null && this.standing(command) !== "new") this.ctx.sometimes("command decided in two slots");
    this.state = this.execute(command);
    this.ctx.fact("performed", { slot: this.state.slot, request: command?.id ?? null });
    if (command === null || !this.pending.delete(command.id)) return;
    if (this.standing(command) === "answered") this.answer(command);
  }

  protected execute(command: Command): State {
    return perform(this.state, command);
  }

  // ---- Checkpoints ----------------------------------------------------------------------------------------------

  private checkpoint(): void {
    this.acceptor.collect(this.state);
    for (const slot of [...this.decisions.keys()]) if (slot <= this.state.slot) this.decisions.delete(slot);
  }

  /** A state that others have come to. */
  install(state: State): void {
    if (!this.isAhead(state)) return;
    this.state = state;
    this.ctx.fact("installed", { state });
    this.checkpoint();
  }

  /** A state that comes late is behind. */
  protected isAhead({ slot }: State): boolean {
    return slot > this.state.slot;
  }

  // ---- Catching up ----------------------------------------------------------------------------------------------

  catchUpWith(leader: NodeId): void {
    this.ctx.send(leader, { type: "catch-up", from: this.next });
  }

  onCatchUp(from: NodeId, { from: first }: CatchUp): void {
    const kept = first > this.acceptor.checkpoint;
    const decisions: Decided[] = [];
    for (let slot = kept ? first : this.next; decisions.length < batch; slot += 1) {
      const decided = this.decided(slot);
      if (decided === undefined) break;
      decisions.push(decided);
    }
    this.ctx.send(from, { type: "caught-up", state: kept ? null : this.state, decisions });
  }

  onCaughtUp({ state, decisions }: CaughtUp): void {
    const before = this.state.slot;
    if (state !== null) this.install(state);
    if (this.state.slot > before) this.ctx.sometimes("caught up by a checkpoint");
    const behind = this.state.slot;
    for (const decided of decisions) this.learn(decided);
    if (this.state.slot > behind) this.ctx.sometimes("caught up by decisions");
  }
}
