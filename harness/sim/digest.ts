/** The digest of a run: two lanes of 32 bits that fold in everything that happens, in order. */

import { finish, mix } from "./chance.ts";

export class Digest {
  private a = 0x243f6a88;
  private b = 0x85a308d3;

  /** What happened, where (a hash of the node's name), when, and a hash of its contents. */
  fold(what: number, where: number, atUs: number, contents: number): void {
    const head = mix(where, what);
    this.a = mix(mix(this.a, head ^ atUs), contents);
    this.b = (Math.imul((this.b << 5) | (this.b >>> 27), 0x9e3779b1) + head + Math.imul(contents, 0x85ebca77)) ^ atUs;
  }

  /** 16 hexadecimal digits. */
  text(): string {
    return hex(finish(this.a)) + hex(finish(mix(this.b, this.a)));
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, "0");
}
