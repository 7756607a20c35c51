/**
 * Streams: one connection between each two servers, whose messages arrive in order, each once, until it breaks.
 *
 * A connection breaks when nothing gets through for as long as its time-out (a cut link, a message that is lost on every try), when
 * one end crashes, or when a fault says so. An end that has not heard of it is half-open: what it sends is lost, until its
 * keep-alive, the same time-out, tells it. Only when both ends are free do they connect again.
 */

import { below } from "./chance.ts";
import type { Network } from "./network.ts";
import { channelNumber, type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import type { FaultId, Heard } from "./world.ts";

/** How long an end hears nothing before it gives a connection up. */
export const defaultStreamTimeoutUs = 3_000_000;
/** Until what was lost is sent again; doubled from try to try. */
const retryUs = 200_000;
/** Until two ends without a connection try to connect; a link's delay comes on top. */
const backOffUs = 100_000;

/** Why an end gives its connection up: the other end crashed, nothing was heard for too long, or a fault cut it off. */
export type Break = "crash" | "time-out" | "fault";

/** What one end of a connection is told, in its node's line of messages. */
export interface News {
  readonly end: End;
  readonly connection: Connection;
  /** Undefined: it stands. */
  readonly gone: Break | undefined;
  readonly by: readonly FaultId[];
  readonly incarnation: number;
}

/** One node's end of a pair. */
export interface End {
  readonly node: SimNode;
  /** What its machine holds to be connected: dead when it is half-open. */
  attached: Connection | undefined;
  /** What the node itself has heard of, and sends over. */
  heard: Connection | undefined;
}

export interface Connection {
  readonly pair: Pair;
  /** Counts the connections of a pair, for the trace. */
  readonly number: number;
  alive: boolean;
  /** The faults that killed it: they have an effect on all that is sent over it afterwards. */
  killedBy: readonly FaultId[];
  /** The record of the crash that killed it, else 0. */
  killedIn: number;
  /** What is under way from the first end to the second, and back, in the order sent. */
  readonly lanes: readonly [Segment[], Segment[]];
}

export interface Pair {
  readonly ends: readonly [End, End];
  /** From the first to the second, and back. */
  readonly links: readonly [number, number];
  /** Since when a link is cut; -1 when none is. */
  stalledSinceUs: number;
  connecting: boolean;
  connections: number;
}

/** One message on its way. */
export interface Segment {
  readonly connection: Connection;
  readonly side: 0 | 1;
  readonly message: Scheduled;
  /** Since when it has been tried, without a cut between. */
  sinceUs: number;
  tries: number;
  state: "under way" | "lost" | "waiting" | "arrived";
  /** When its event in the queue is meant, as one may be left over there; -1 when it waits at a held link. */
  dueUs: number;
  /** Itself, as the event queue takes it. */
  readonly event: Scheduled;
}

/** What streams ask of the world. */
export interface StreamHost {
  now(): number;
  /** An event of the world. */
  at(atUs: number, action: () => void): void;
  push(atUs: number, event: Scheduled): void;
  /** Puts it in the node's line, behind what waits there. */
  receive(event: Scheduled): void;
  effect(id: FaultId): void;
  /** A message was sent; returns its record in the trace. */
  sent(message: Outgoing, fate: "sent" | "held" | "lost", by: readonly FaultId[] | undefined, why?: Unsent): number;
  /** A message was under way when its connection broke. */
  gone(message: Scheduled): void;
}

/** Why a message never left. */
export type Unsent = "unconnected" | "half-open";

export interface Outgoing {
  readonly from: SimNode;
  readonly to: SimNode;
  readonly message: unknown;
  readonly hash: number;
  readonly cause: number;
  readonly site: string | undefined;
}

const nobody: readonly FaultId[] = [];

export class Streams {
  private readonly host: StreamHost;
  private readonly network: Network<Scheduled>;
  private readonly timeoutUs: number;
  /** By the indexes of both ends, either way round. */
  private readonly pairs: (Pair | undefined)[] = [];
  private readonly all: Pair[] = [];
  private readonly size: number;

  constructor(host: StreamHost, network: Network<Scheduled>, servers: readonly SimNode[], timeoutUs: number) {
    this.host = host;
    this.network = network;
    this.timeoutUs = timeoutUs;
    this.size = servers.length;
    for (const [i, a] of servers.entries()) {
      for (const b of servers.slice(i + 1)) {
        const pair: Pair = {
          ends: [
            { node: a, attached: undefined, heard: undefined },
            { node: b, attached: undefined, heard: undefined },
          ],
          links: [network.index(a.index, b.index), network.index(b.index, a.index)],
          stalledSinceUs: -1,
          connecting: false,
          connections: 0,
        };
        this.all.push(pair);
        this.pairs[a.index * this.size + b.index] = pair;
        this.pairs[b.index * this.size + a.index] = pair;
      }
    }
  }

  // Messages

  send(outgoing: Outgoing): void {
    const { host } = this;
    const { from, to, message, hash } = outgoing;
    const pair = this.pairOf(from, to)!;
    const side = pair.ends[0].node === from ? 0 : 1;
    const connection = pair.ends[side].heard;
    if (connection === undefined || !connection.alive) {
      const by = connection === undefined ? nobody : connection.killedBy;
      for (const id of by) host.effect(id);
      host.sent(outgoing, "lost", by.length === 0 ? undefined : by, connection === undefined ? "unconnected" : "half-open");
      return;
    }
    const link = pair.links[side];
    if (pair.stalledSinceUs >= 0) {
      const by = this.blame(pair);
      const cause = host.sent(outgoing, "held", by);
      segmentOf(connection, side, deliver(from, to, message, hash, cause), host.now()).state = "waiting";
      return;
    }
    const { lost, delayUs, by } = this.network.draw(link, host.now(), true, false);
    for (const id of by ?? nobody) host.effect(id);
    // What the ordinary weather loses is sent again, and nobody sees it; what a fault loses is told.
    const late = this.network.isHeld(link) || (lost && by !== undefined);
    const cause = host.sent(outgoing, late ? "held" : "sent", by);
    const segment = segmentOf(connection, side, deliver(from, to, message, hash, cause), host.now());
    this.carry(segment, lost, delayUs, by);
  }

  /** A segment's moment has come: it arrives, or is tried again. */
  due(segment: Segment): void {
    const { connection, side, event } = segment;
    const { pair } = connection;
    if (!connection.alive || (segment.dueUs >= 0 && segment.dueUs !== this.host.now())) return;
    if (pair.stalledSinceUs >= 0) {
      this.blame(pair);
      segment.state = "waiting";
      return;
    }
    if (segment.state === "lost") {
      this.again(segment);
      return;
    }
    const link = pair.links[side];
    if (this.network.isHeld(link)) {
      for (const id of this.network.heldBy(link)) this.host.effect(id);
      segment.dueUs = -1;
      this.network.wait(link, event);
      return;
    }
    segment.state = "arrived";
    const lane = connection.lanes[side];
    // What is received may break the connection.
    while (connection.alive && lane[0]?.state === "arrived") this.host.receive(lane.shift()!.message);
  }

  private again(segment: Segment): void {
    const { connection, side } = segment;
    const { lost, delayUs, by } = this.network.draw(connection.pair.links[side], this.host.now(), true, false);
    for (const id of by ?? nobody) this.host.effect(id);
    this.carry(segment, lost, delayUs, by);
  }

  private carry(segment: Segment, lost: boolean, delayUs: number, by: readonly FaultId[] | undefined): void {
    const { host } = this;
    const nowUs = host.now();
    if (!lost) {
      segment.state = "under way";
      this.schedule(segment, nowUs + Math.max(1, delayUs));
      return;
    }
    segment.state = "lost";
    const nextUs = nowUs + retryUs * 2 ** segment.tries++;
    const lastUs = segment.sinceUs + this.timeoutUs;
    if (nextUs < lastUs) {
      this.schedule(segment, nextUs);
      return;
    }
    const { tries } = segment;
    const blamed = by ?? nobody;
    host.at(lastUs, () => {
      if (segment.state === "lost" && segment.tries === tries) this.timeOut(segment.connection, blamed);
    });
  }

  private schedule(segment: Segment, atUs: number): void {
    segment.dueUs = atUs;
    this.host.push(atUs, segment.event);
  }

  // What happens to links and nodes

  /** A link was cut, or is no longer. */
  changed(a: SimNode, b: SimNode): void {
    const pair = this.pairOf(a, b);
    if (pair === undefined) return;
    const stalled = this.network.isCut(pair.links[0]) || this.network.isCut(pair.links[1]);
    if (stalled === pair.stalledSinceUs >= 0) return;
    if (!stalled) {
      pair.stalledSinceUs = -1;
      this.goOn(pair, "waiting");
      return;
    }
    const sinceUs = this.host.now();
    pair.stalledSinceUs = sinceUs;
    this.host.at(sinceUs + this.timeoutUs, () => {
      const connection = aliveIn(pair);
      if (pair.stalledSinceUs === sinceUs && connection !== undefined) this.timeOut(connection, this.blame(pair));
    });
  }

  /** What is in this state is sent once more, as if for the first time. */
  private goOn(pair: Pair, state: "waiting" | "lost"): void {
    for (const lane of aliveIn(pair)?.lanes ?? []) {
      for (const segment of lane) {
        if (segment.state !== state) continue;
        segment.sinceUs = this.host.now();
        segment.tries = 0;
        this.again(segment);
      }
    }
    this.connectSoon(pair);
  }

  started(node: SimNode): void {
    for (const pair of this.all) if (pair.ends[0].node === node || pair.ends[1].node === node) this.connectSoon(pair);
  }

  /** Its machine closes what it held: the others hear of it, if the link lets them. */
  crashed(node: SimNode, id: FaultId, record: number): void {
    const { host, network } = this;
    for (const pair of this.all) {
      const side = pair.ends[0].node === node ? 0 : 1;
      const own = pair.ends[side];
      if (own.node !== node) continue;
      const connection = own.attached;
      own.attached = undefined;
      own.heard = undefined;
      if (connection === undefined || !connection.alive) continue;
      const other = pair.ends[1 - side]!;
      const link = pair.links[side];
      this.kill(connection, [id]);
      connection.killedIn = record;
      host.at(host.now() + network.delay(link, host.now(), "reset"), () => {
        for (const cut of network.cutBy(link)) host.effect(cut);
        if (!network.isCut(link) && !network.isHeld(link)) this.tell(other, connection, "crash", [id]);
      });
      this.keepAlive(other, connection, [id]);
    }
  }

  /** A fault breaks the connection between two nodes, if there is one. */
  disconnect(id: FaultId, first: SimNode, second: SimNode, heard: Heard): void {
    const pair = this.pairOf(first, second);
    const connection = pair === undefined ? undefined : aliveIn(pair);
    if (pair === undefined || connection === undefined) return;
    this.host.effect(id);
    this.kill(connection, [id]);
    for (const end of pair.ends) {
      if (heard === "both" || (heard === "one" && end.node === first)) {
        this.host.at(this.host.now(), () => this.tell(end, connection, "fault", [id]));
      } else this.keepAlive(end, connection, [id]);
    }
  }

  /** Every link is whole again, and every node runs: what was lost is sent again, and whoever is half-open learns it. */
  heal(): void {
    const { host, network } = this;
    for (const pair of this.all) {
      if (pair.stalledSinceUs >= 0) this.changed(pair.ends[0].node, pair.ends[1].node);
      for (const [side, end] of pair.ends.entries()) {
        const connection = end.attached;
        if (connection === undefined || connection.alive) continue;
        const soonUs = host.now() + network.delay(pair.links[1 - side]!, host.now(), "reset");
        host.at(soonUs, () => this.tell(end, connection, "time-out", connection.killedBy));
      }
      this.goOn(pair, "lost");
    }
  }

  /** The node hears the news now: what it sends from here on goes over this connection, or over none. */
  hears({ end, connection, gone }: News): void {
    end.heard = gone === undefined ? connection : undefined;
  }

  // How connections come and go

  private connectSoon(pair: Pair): void {
    if (pair.connecting || !isReady(pair)) return;
    const { host, network } = this;
    pair.connecting = true;
    host.at(host.now() + backOffUs + network.delay(pair.links[0], host.now(), "connect"), () => {
      pair.connecting = false;
      if (isReady(pair)) this.connect(pair);
    });
  }

  private connect(pair: Pair): void {
    const connection: Connection = {
      pair,
      number: ++pair.connections,
      alive: true,
      killedBy: nobody,
      killedIn: 0,
      lanes: [[], []],
    };
    for (const end of pair.ends) end.attached = connection;
    const first = below(this.network.chance(pair.links[0], this.host.now(), "first"), 2);
    this.news(pair.ends[first]!, connection, undefined, nobody);
    this.news(pair.ends[1 - first]!, connection, undefined, nobody);
  }

  /** Nothing was heard for too long: both ends notice it, each by its own clock. */
  private timeOut(connection: Connection, by: readonly FaultId[]): void {
    if (!connection.alive) return;
    this.kill(connection, by);
    for (const end of connection.pair.ends) {
      this.host.at(this.host.now() + this.lag(end, connection), () => this.tell(end, connection, "time-out", by));
    }
  }

  /** From now on nothing is heard from the other end: the keep-alive finds out. */
  private keepAlive(end: End, connection: Connection, by: readonly FaultId[]): void {
    const sinceUs = connection.pair.stalledSinceUs >= 0 ? connection.pair.stalledSinceUs : this.host.now();
    this.host.at(sinceUs + this.timeoutUs + this.lag(end, connection), () => this.tell(end, connection, "time-out", by));
  }

  /** What an end heard last was under way for a while: so two ends do not give up at the same moment. */
  private lag(end: End, { pair }: Connection): number {
    return this.network.delay(pair.links[pair.ends[0] === end ? 1 : 0], this.host.now(), "keep-alive");
  }

  private kill(connection: Connection, by: readonly FaultId[]): void {
    connection.alive = false;
    connection.killedBy = by;
    for (const lane of connection.lanes) for (const { message } of lane.splice(0)) this.host.gone(message);
  }

  private tell(end: End, connection: Connection, gone: Break, by: readonly FaultId[]): void {
    if (end.attached !== connection) return;
    end.attached = undefined;
    this.news(end, connection, gone, by);
    this.connectSoon(connection.pair);
  }

  /** As an event of its own: it may be a handler of this very node that brought it about. */
  private news(end: End, connection: Connection, gone: Break | undefined, by: readonly FaultId[]): void {
    const { ends } = connection.pair;
    const peer = ends[0] === end ? ends[1] : ends[0];
    const subject: News = { end, connection, gone, by, incarnation: end.node.incarnation };
    this.host.push(this.host.now(), {
      kind: scheduledKind.news,
      node: end.node,
      from: peer.node,
      channel: 0,
      subject,
      hash: connection.number,
      cause: gone === undefined ? 0 : connection.killedIn,
    });
  }

  private pairOf(a: SimNode, b: SimNode): Pair | undefined {
    return a.isClient || b.isClient ? undefined : this.pairs[a.index * this.size + b.index];
  }

  /** The faults that cut this pair's links, each counted as one that had an effect. */
  private blame({ links }: Pair): readonly FaultId[] {
    const by = [...new Set([...this.network.cutBy(links[0]), ...this.network.cutBy(links[1])])];
    for (const id of by) this.host.effect(id);
    return by;
  }
}

/** The connection that both ends hold. */
function aliveIn({ ends }: Pair): Connection | undefined {
  const connection = ends[0].attached;
  return connection?.alive === true ? connection : undefined;
}

function isReady({ ends, stalledSinceUs }: Pair): boolean {
  return stalledSinceUs < 0 && ends.every(({ node, attached }) => node.up && attached === undefined);
}

function segmentOf(connection: Connection, side: 0 | 1, message: Scheduled, sinceUs: number): Segment {
  const event = { ...message, kind: scheduledKind.segment, subject: undefined as unknown };
  const segment: Segment = { connection, side, message, sinceUs, tries: 0, state: "under way", dueUs: -1, event };
  event.subject = segment;
  connection.lanes[side].push(segment);
  return segment;
}

function deliver(from: SimNode, to: SimNode, message: unknown, hash: number, cause: number): Scheduled {
  return { kind: scheduledKind.deliver, node: to, from, channel: channelNumber.message, subject: message, hash, cause };
}
