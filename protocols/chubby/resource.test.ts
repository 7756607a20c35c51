import { expect, it } from "vitest";
import type { Context } from "../../harness/protocol.ts";
import { Seat } from "../lock-consensus/testing/seat.ts";
import { server } from "./nodes.ts";
import { options } from "./testing/master.ts";

function resource(sequencers = true): Seat {
  return new Seat("resource", ["server1", "resource"], (ctx) => server(ctx as Context, { ...options, sequencers }));
}

function write(seat: Seat, generation: number, file = "f1"): string | undefined {
  const sequencer = { file, generation };
  return seat
    .hears("c1", { type: "write", id: `${generation}`, session: "s1", sequencer, value: 7 })
    .told()
    .at(-1);
}

it("refuses an older sequencer than it has seen under the same lock, also after a restart", () => {
  const seat = resource();
  expect(write(seat, 2)).toBe("c1 <- accepted id=2");
  expect(write(seat, 1)).toBe("c1 <- refused id=1");
  expect(write(seat, 1, "f2")).toBe("c1 <- accepted id=1");
  expect(write(seat.restarted(), 1)).toBe("c1 <- refused id=1");
});

it("lets a holder write again, whose answer may have been lost", () => {
  const seat = resource();
  write(seat, 2);
  expect(write(seat, 2)).toBe("c1 <- accepted id=2");
});

it("takes everything where sequencers are not checked", () => {
  const seat = resource(false);
  write(seat, 2);
  expect(write(seat, 1)).toBe("c1 <- accepted id=1");
});
