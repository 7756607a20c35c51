/** What the world is made of: each part does one thing, and finds the others here. */

import type { Applying } from "./applying.ts";
import type { Blame } from "./blame.ts";
import type { Calls } from "./calls.ts";
import type { Roots } from "./chance.ts";
import type { Disks } from "./disks.ts";
import type { Handling } from "./handling.ts";
import type { Journal } from "./journal.ts";
import type { Line } from "./line.ts";
import type { Lives } from "./lives.ts";
import type { Loop } from "./loop.ts";
import type { Watches } from "./moments.ts";
import type { Monitors } from "./monitors.ts";
import type { Operations } from "./operations.ts";
import type { Post } from "./post.ts";
import type { Roster } from "./roster.ts";
import type { ClusterOptions } from "./setup.ts";
import type { Skews } from "./skews.ts";
import type { States } from "./states.ts";
import type { Timers } from "./timers.ts";

/** An event's way: loop -> post -> line -> calls -> handling -> (the node's handler) -> applying -> post and timers -> loop. */
export interface Parts {
  readonly options: ClusterOptions;
  readonly roots: Roots;
  readonly loop: Loop;
  readonly journal: Journal;
  /** Only where somebody will look at them. */
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
}
