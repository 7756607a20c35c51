/** The way of a message: over a datagram's link or a stream, lost, cut, held, doubled, and at last at the other end. */

import type { News, Outgoing, Segment, Unsent } from "./connections.ts";
import { Ends } from "./ends.ts";
import { way, what } from "./journal.ts";
import { Lies, type Told } from "./lies.ts";
import { type Fate, Network } from "./network.ts";
import { channelNames, channelNumber, type Scheduled, type SimNode, scheduledKind } from "./node.ts";
import type { Parts } from "./parts.ts";
import { defaultStreamTimeoutUs, Streams } from "./streams.ts";
import type { FaultId, Gate, Heard, Lie, LinkChange } from "./world.ts";

export class Post {
  messages = 0;
  /** Undefined until a fault makes a node lie, or copies messages. */
  lies: Lies | undefined = undefined;
  private calmed = false;
  private readonly ends: Ends;
  private readonly parts: Parts;
  private readonly network: Network<Scheduled>;
  /** Undefined on datagrams. */
  private readonly streams: Streams | undefined;

  constructor(parts: Parts) {
    this.parts = parts;
    const { roots, roster, options } = parts;
    this.network = new Network(
      roots.weather,
      roster.nodes.map((node) => node.id),
      options.weather,
    );
    this.ends = new Ends(parts, this.network, (event) => this.dropped(event, "full"));
    this.streams =
      options.transport === "stream" ? this.makeStreams(options.streamTimeoutUs ?? defaultStreamTimeoutUs) : undefined;
  }

  /** Another weather from here on. */
  reroot(root: number): void {
    this.network.reroot(root);
  }

  private makeStreams(timeoutUs: number): Streams {
    const { loop, journal, blame, roster } = this.parts;
    return new Streams(
      {
        now: () => loop.nowUs,
        at: (atUs, action) => loop.call(atUs, action),
        push: (atUs, event) => loop.push(atUs, event),
        receive: (event) => this.parts.line.receive(event),
        effect: (id) => blame.effect(id),
        sent: ({ from, to, message, hash, cause, site, told }: Outgoing, fate, by, why) => {
          journal.note(fate === "lost" ? what.lost : what.send, way(from, to), hash);
          return journal.tracing ? this.sent(from, to, channelNumber.message, message, fate, by, cause, site, why, told) : 0;
        },
        under: (event, { told }) => this.lies!.mark(event, told!.by),
        gone: (event) => this.dropped(event, "broken"),
      },
      this.network,
      roster.nodes.slice(0, roster.servers.length),
      timeoutUs,
    );
  }

  transmit(
    from: SimNode,
    to: SimNode,
    channel: number,
    message: unknown,
    hash: number,
    cause: number,
    site: string | undefined,
    told?: Told,
  ): void {
    if (this.lies !== undefined && told === undefined && this.lies.takes(from, to, channel, message, hash, cause, site)) return;
    this.messages++;
    const { network, streams } = this;
    const { loop, journal, blame } = this.parts;
    const between = channel === channelNumber.message && !from.isClient && !to.isClient;
    if (streams !== undefined && between && from !== to) {
      streams.send({ from, to, message, hash, cause, site, told });
      return;
    }
    const link = network.index(from.index, to.index);
    const self = from === to;
    const fate = network.draw(link, loop.nowUs, !self, between);
    if (!self && network.isCut(link)) {
      const by = [...network.cutBy(link)];
      blame.all(by);
      journal.note(what.cut, way(from, to), hash);
      if (journal.tracing) this.sent(from, to, channel, message, "cut", by, cause, site, undefined, told);
      return;
    }
    if (fate.by !== undefined) blame.all(fate.by);
    if (fate.lost) {
      journal.note(what.lost, way(from, to), hash);
      if (journal.tracing) this.sent(from, to, channel, message, "lost", fate.by, cause, site, undefined, told);
      return;
    }
    journal.note(what.send, way(from, to), hash);
    const { secondUs } = fate;
    const doubled = secondUs >= 0;
    let record = 0;
    if (journal.tracing) {
      const held = !doubled && network.isHeld(link);
      const by = held ? [...(fate.by ?? []), ...network.heldBy(link)] : fate.by;
      const copied = doubled || fate.copies !== undefined;
      record = this.sent(
        from,
        to,
        channel,
        message,
        copied ? "doubled" : held ? "held" : "sent",
        by,
        cause,
        site,
        undefined,
        told,
      );
    }
    const scheduled: Scheduled = { kind: scheduledKind.deliver, node: to, from, channel, subject: message, hash, cause: record };
    loop.push(loop.nowUs + Math.max(1, fate.delayUs), scheduled);
    if (doubled) loop.push(loop.nowUs + Math.max(1, secondUs), scheduled);
    if (told !== undefined) this.lies!.mark(scheduled, told.by);
    if (fate.copies !== undefined) this.copy(scheduled, fate.copies);
  }

  /** Copies are on their own: those that come after the heal are not delivered any more, and each counts when it is handled. */
  private copy(scheduled: Scheduled, copies: NonNullable<Fate["copies"]>): void {
    const { loop } = this.parts;
    const lies = this.lying();
    for (const { by, delayUs } of copies) {
      loop.call(loop.nowUs + Math.max(1, delayUs), () => {
        if (this.calmed) return;
        const again = { ...scheduled };
        lies.mark(again, [by]);
        this.arrive(again);
      });
    }
  }

  private lying(): Lies {
    this.lies ??= new Lies(this.parts);
    return this.lies;
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
    told?: Told,
  ): number {
    const bare = { kind: "send", channel: channelNames[channel]!, to: to.id, message, fate } as const;
    const all = told === undefined || told.by.length === 0 ? by : [...told.by, ...(by ?? [])];
    const { meant, again } = told ?? {};
    const more = {
      ...(all === undefined ? {} : { by: [...all] }),
      ...(why === undefined ? {} : { why }),
      ...(meant === undefined ? {} : { meant }),
      ...(again === undefined ? {} : { again }),
    };
    return this.parts.journal.record(from.id, cause, { ...bare, ...more }, site);
  }

  /** The end of its link. */
  arrive(event: Scheduled): void {
    const { network, parts } = this;
    const node = event.node!;
    const from = event.from!;
    if (from !== node) {
      const link = network.index(from.index, node.index);
      if (network.isCut(link)) {
        parts.blame.all(network.cutBy(link));
        this.dropped(event, "cut");
        return;
      }
      if (network.isHeld(link)) {
        parts.blame.all(network.heldBy(link));
        network.wait(link, event);
        this.ends.came(link);
        return;
      }
    }
    parts.line.receive(event);
  }

  /** On streams: a segment's moment has come. */
  due(event: Scheduled): void {
    this.streams!.due(event.subject as Segment);
  }

  dropped(event: Scheduled, why: "cut" | "down" | "broken" | "full"): void {
    const { loop, journal } = this.parts;
    loop.events++;
    const node = event.node!;
    journal.note(what.drop, node.key, event.hash);
    if (!journal.tracing) return;
    const channel = channelNames[event.channel]!;
    journal.record(node.id, event.cause, { kind: "drop", channel, from: event.from!.id, message: event.subject, why });
  }

  // What becomes of the ends

  started(node: SimNode): void {
    this.streams?.started(node);
  }

  crashed(node: SimNode, by: FaultId, cause: number): void {
    this.streams?.crashed(node, by, cause);
  }

  hears(news: News): void {
    this.streams!.hears(news);
  }

  // What faults do

  setCut(id: FaultId, from: SimNode, to: SimNode, on: boolean): void {
    this.network.setCut(id, this.link(from, to), on);
    this.streams?.changed(from, to);
  }

  hold(id: FaultId, from: SimNode, to: SimNode): void {
    this.network.setHeld(id, this.link(from, to), true);
  }

  release(id: FaultId, from: SimNode, to: SimNode): void {
    const { loop } = this.parts;
    for (const message of this.network.setHeld(id, this.link(from, to), false)) loop.push(loop.nowUs, message);
  }

  /** Without a gate: as it was. */
  setGate(id: FaultId, from: SimNode, to: SimNode, gate: Gate | undefined): void {
    const { loop } = this.parts;
    for (const message of this.network.setGate(id, this.link(from, to), gate)) loop.push(loop.nowUs, message);
  }

  /** Without a lie: no longer. */
  setLie(id: FaultId, node: SimNode, lie: Lie | undefined): void {
    this.lying().set(id, node, lie);
  }

  /** Without a change: as it was. */
  setWorse(id: FaultId, from: SimNode, to: SimNode, change: LinkChange | undefined): void {
    this.network.setWorse(id, this.link(from, to), change);
  }

  disconnect(id: FaultId, first: SimNode, second: SimNode, heard: Heard): void {
    this.streams?.disconnect(id, first, second, heard);
  }

  /** From here on nothing is lost or doubled by chance. */
  calm(): void {
    this.calmed = true;
    this.lies?.heal();
    this.network.calm();
  }

  /** Every link is whole again, and what waited at one goes on. */
  healLinks(): void {
    const { loop } = this.parts;
    for (const { waiting } of this.network.healAll()) for (const message of waiting) loop.push(loop.nowUs, message);
  }

  /** When every node runs again: what was lost is sent again, and whoever is half-open learns it. */
  healStreams(): void {
    this.streams?.heal();
  }

  private link(from: SimNode, to: SimNode): number {
    return this.network.index(from.index, to.index);
  }
}
