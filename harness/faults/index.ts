/** All faults, in the order of their words: a new one is a file and a line here. */

import { clockDrift } from "./clock-drift.ts";
import { clockJump } from "./clock-jump.ts";
import { clockOffset } from "./clock-offset.ts";
import { crash } from "./crash.ts";
import { disconnect } from "./disconnect.ts";
import { duplicate } from "./duplicate.ts";
import type { Fault } from "./fault.ts";
import { halfOpen } from "./half-open.ts";
import { hold } from "./hold.ts";
import { loss } from "./loss.ts";
import { operate } from "./operate.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { resubmit } from "./resubmit.ts";
import { slow } from "./slow.ts";
import { slowLink } from "./slow-link.ts";

export const faults: readonly Fault[] = [
  clockDrift,
  clockJump,
  clockOffset,
  crash,
  disconnect,
  duplicate,
  halfOpen,
  hold,
  loss,
  operate,
  partition,
  pause,
  resubmit,
  slow,
  slowLink,
];
