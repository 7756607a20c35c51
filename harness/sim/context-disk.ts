/** ctx.disk: reads at once, writes as effects. */

import type { Disk, Log, Torn } from "../protocol.ts";
import type { NodeContext } from "./context.ts";
import type { DiskWrite } from "./disk.ts";
import type { Disks } from "./disks.ts";
import { effectKind } from "./effects.ts";
import type { Handling } from "./handling.ts";
import type { SimNode } from "./node.ts";
import type { Parts } from "./parts.ts";

export class ContextDisk implements Disk {
  private readonly context: NodeContext;
  private readonly handling: Handling;
  private readonly disks: Disks;
  private readonly node: SimNode;
  private readonly logs = new Map<string, ContextLog>();

  constructor(context: NodeContext, parts: Parts, node: SimNode) {
    this.context = context;
    this.handling = parts.handling;
    this.disks = parts.disks;
    this.node = node;
  }

  read<T>(name: string): T | undefined {
    this.context.check("disk.read");
    const { disk } = this.node;
    if (disk.sound) return disk.read(name) as T | undefined;
    this.disks.reads(this.node, name);
    return this.disks.whole(disk.read(name), name) as T | undefined;
  }

  write(name: string, value: unknown): void {
    this.context.check("disk.write");
    const hash = this.context.plain(value, `ctx.disk.write("${name}")`, "value");
    this.record({ kind: "write", name, value }, hash);
  }

  log<Entry>(name: string): Log<Entry> {
    let log = this.logs.get(name);
    if (log === undefined) {
      log = new ContextLog(this.context, this, this.disks, this.node, name);
      this.logs.set(name, log);
    }
    return log as unknown as Log<Entry>;
  }

  sync(): void {
    this.context.check("disk.sync");
    this.handling.effects.add(effectKind.sync, undefined, undefined, 0, 0);
  }

  record(write: DiskWrite, hash: number): void {
    if (!this.node.disk.sound && write.kind !== "truncate") this.disks.writes(this.node, write.name);
    if (this.handling.effects.add(effectKind.disk, write, undefined, 0, hash)) this.node.disk.see(write);
  }
}

class ContextLog implements Log {
  private readonly context: NodeContext;
  private readonly disk: ContextDisk;
  private readonly disks: Disks;
  private readonly node: SimNode;
  private readonly name: string;

  constructor(context: NodeContext, disk: ContextDisk, disks: Disks, node: SimNode, name: string) {
    this.context = context;
    this.disk = disk;
    this.disks = disks;
    this.node = node;
    this.name = name;
  }

  get length(): number {
    this.context.check("disk.log.length");
    return this.node.disk.log(this.name).length;
  }

  get(index: number): unknown | Torn | undefined {
    this.context.check("disk.log.get");
    const { disk } = this.node;
    if (disk.sound) return disk.log(this.name)[index];
    this.disks.reads(this.node, this.name);
    return this.disks.whole(disk.log(this.name)[index], this.name, index);
  }

  entries(): (unknown | Torn)[] {
    this.context.check("disk.log.entries");
    const { disk } = this.node;
    if (disk.sound) return disk.log(this.name).slice();
    this.disks.reads(this.node, this.name);
    return disk.log(this.name).map((entry, i) => this.disks.whole(entry, this.name, i));
  }

  append(entry: unknown): void {
    this.context.check("disk.log.append");
    const hash = this.context.plain(entry, `ctx.disk.log("${this.name}").append`, "entry");
    this.disk.record({ kind: "append", name: this.name, index: this.node.disk.log(this.name).length, value: entry }, hash);
  }

  truncate(length: number): void {
    this.context.check("disk.log.truncate");
    if (!(Number.isSafeInteger(length) && length >= 0)) {
      this.context.break(`called ctx.disk.log("${this.name}").truncate(${length}); expected how many entries to keep, 0 or more`);
    }
    this.disk.record({ kind: "truncate", name: this.name, length }, length);
  }
}
