/**
 * Streams: one connection between each two servers, whose messages arrive in order, each once, until it breaks.
 *
 * A connection breaks when nothing gets through for as long as its time-out (a cut link, a message that is lost on every try), when
 * one end crashes, or when a fault says so. An end that has not heard of it is half-open: what it sends is lost, until its
 * keep-alive, the same time-out, tells it. Only when both ends are free do they connect again.
 */

import { below } from "./chance.ts";
import {
  aliveIn,
  type Break,
  type Connection,
  type End,
  isReady,
  type News,
  nobody,
  type Outgoing,
  type Pair,
  type Segment,
  type StreamHost,
} from "./connections.ts";
import { Lanes } from "./lanes.ts";
import type { Network } from "./network.ts";
import { type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import type { FaultId, Heard } from "./world.ts";

/** How long an end hears nothing before it gives a connection up. */
export const defaultStreamTimeoutUs = 3_000_000;
/** Until two ends without a connection try to connect; a link's delay comes on top. */
const backOffUs = 100_000;

export class Streams {
  private readonly host: StreamHost;
  private readonly network: Network<Scheduled>;
  private readonly timeoutUs: number;
  private readonly lanes: Lanes;
  /** By the indexes of both ends, either way round. */
  private readonly pairs: (Pair | undefined)[] = [];
  private readonly all: Pair[] = [];
  private readonly size: number;

  constructor(host: StreamHost, network: Network<Scheduled>, servers: readonly SimNode[], timeoutUs: number) {
    this.host = host;
    this.network = network;
    this.timeoutUs = timeoutUs;
    this.lanes = new Lanes(host, network, timeoutUs, (connection, by) => this.timeOut(connection, by));
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

  send(outgoing: Outgoing): void {
    this.lanes.send(this.pairOf(outgoing.from, outgoing.to)!, outgoing);
  }

  /** A segment's moment has come. */
  due(segment: Segment): void {
    this.lanes.due(segment);
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
      if (pair.stalledSinceUs === sinceUs && connection !== undefined) this.timeOut(connection, this.lanes.blame(pair));
    });
  }

  private goOn(pair: Pair, state: "waiting" | "lost"): void {
    this.lanes.goOn(aliveIn(pair), state);
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
}
