/** How messages travel over a connection: in order, what is lost tried again, until nothing has got through for too long. */

import {
  type Connection,
  deliver,
  nobody,
  type Outgoing,
  type Pair,
  type Segment,
  type StreamHost,
  segmentOf,
} from "./connections.ts";
import type { Network } from "./network.ts";
import type { Scheduled } from "./node.ts";
import type { FaultId } from "./world.ts";

/** Until what was lost is sent again; doubled from try to try. */
const retryUs = 200_000;

export class Lanes {
  private readonly host: StreamHost;
  private readonly network: Network<Scheduled>;
  private readonly timeoutUs: number;
  /** Nothing has got through for as long as the connection bears it. */
  private readonly timeOut: (connection: Connection, by: readonly FaultId[]) => void;

  constructor(
    host: StreamHost,
    network: Network<Scheduled>,
    timeoutUs: number,
    timeOut: (connection: Connection, by: readonly FaultId[]) => void,
  ) {
    this.host = host;
    this.network = network;
    this.timeoutUs = timeoutUs;
    this.timeOut = timeOut;
  }

  send(pair: Pair, outgoing: Outgoing): void {
    const { host } = this;
    const { from } = outgoing;
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
      this.under(connection, side, outgoing, cause).state = "waiting";
      return;
    }
    const { lost, delayUs, by } = this.network.draw(link, host.now(), true, false);
    for (const id of by ?? nobody) host.effect(id);
    // What the ordinary weather loses is sent again, and nobody sees it; what a fault loses is told.
    const late = this.network.isHeld(link) || (lost && by !== undefined);
    const cause = host.sent(outgoing, late ? "held" : "sent", by);
    this.carry(this.under(connection, side, outgoing, cause), lost, delayUs, by);
  }

  private under(connection: Connection, side: 0 | 1, outgoing: Outgoing, cause: number): Segment {
    const { from, to, message, hash, told } = outgoing;
    const event = deliver(from, to, message, hash, cause);
    if (told !== undefined) this.host.under(event, outgoing);
    return segmentOf(connection, side, event, this.host.now());
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

  /** What is in this state is sent once more, as if for the first time. */
  goOn(connection: Connection | undefined, state: "waiting" | "lost"): void {
    for (const lane of connection?.lanes ?? []) {
      for (const segment of lane) {
        if (segment.state !== state) continue;
        segment.sinceUs = this.host.now();
        segment.tries = 0;
        this.again(segment);
      }
    }
  }

  /** The faults that cut this pair's links, each counted as one that had an effect. */
  blame({ links }: Pair): readonly FaultId[] {
    const by = [...new Set([...this.network.cutBy(links[0]), ...this.network.cutBy(links[1])])];
    for (const id of by) this.host.effect(id);
    return by;
  }
}
