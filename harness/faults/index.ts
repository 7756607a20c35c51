/** All faults, in the order of their words: a new one is a file and a line here. */

import { bandwidth } from "./bandwidth.ts";
import { bias } from "./bias.ts";
import { bitRot } from "./bit-rot.ts";
import { clockDrift } from "./clock-drift.ts";
import { clockFreeze } from "./clock-freeze.ts";
import { clockJump } from "./clock-jump.ts";
import { clockOffset } from "./clock-offset.ts";
import { corrupt } from "./corrupt.ts";
import { crash } from "./crash.ts";
import { crashLoop } from "./crash-loop.ts";
import { disconnect } from "./disconnect.ts";
import { duplicate } from "./duplicate.ts";
import { equivocate } from "./equivocate.ts";
import type { Fault } from "./fault.ts";
import { fullDisk } from "./full-disk.ts";
import { halfOpen } from "./half-open.ts";
import { hold } from "./hold.ts";
import { jam } from "./jam.ts";
import { loss } from "./loss.ts";
import { lostSync } from "./lost-sync.ts";
import { oldDisk } from "./old-disk.ts";
import { operate } from "./operate.ts";
import { partition } from "./partition.ts";
import { pause } from "./pause.ts";
import { readError } from "./read-error.ts";
import { reorder } from "./reorder.ts";
import { replay } from "./replay.ts";
import { resubmit } from "./resubmit.ts";
import { rollingRestart } from "./rolling-restart.ts";
import { slow } from "./slow.ts";
import { slowLane } from "./slow-lane.ts";
import { slowLink } from "./slow-link.ts";
import { slowSync } from "./slow-sync.ts";
import { swizzle } from "./swizzle.ts";
import { tornWrite } from "./torn-write.ts";

export const faults: readonly Fault[] = [
  bandwidth,
  bias,
  bitRot,
  clockDrift,
  clockFreeze,
  clockJump,
  clockOffset,
  corrupt,
  crash,
  crashLoop,
  disconnect,
  duplicate,
  equivocate,
  fullDisk,
  halfOpen,
  hold,
  jam,
  loss,
  lostSync,
  oldDisk,
  operate,
  partition,
  pause,
  readError,
  reorder,
  replay,
  resubmit,
  rollingRestart,
  slow,
  slowLane,
  slowLink,
  slowSync,
  swizzle,
  tornWrite,
];
