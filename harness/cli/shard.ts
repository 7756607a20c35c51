/** --shard: which of several machines this one is, said or taken from what the CI server has set. */

import type { Shard } from "../run/slices.ts";
import { UsageError } from "./usage.ts";

interface Server {
  readonly index: string;
  readonly of: string;
  /** What the server counts from. */
  readonly from: 0 | 1;
}

/** GitLab (`parallel: 4`); Kubernetes (an indexed Job sets the index only: hand its `completions` over as JOB_COMPLETIONS); others. */
const servers: readonly Server[] = [
  { index: "CI_NODE_INDEX", of: "CI_NODE_TOTAL", from: 1 },
  { index: "JOB_COMPLETION_INDEX", of: "JOB_COMPLETIONS", from: 0 },
  { index: "CIRCLE_NODE_INDEX", of: "CIRCLE_NODE_TOTAL", from: 0 },
  { index: "BUILDKITE_PARALLEL_JOB", of: "BUILDKITE_PARALLEL_JOB_COUNT", from: 0 },
];

/** "2/4", or "auto". @throws UsageError */
export function readShard(text: string, env: Readonly<Record<string, string | undefined>>): Shard {
  if (text === "auto") return ofServer(env);
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? [];
  return checked(Number(index), Number(of), `--shard ${text}: expected which of how many, such as 2/4, or auto, found "${text}"`);
}

function ofServer(env: Readonly<Record<string, string | undefined>>): Shard {
  const server = servers.find(({ index }) => env[index] !== undefined);
  if (server === undefined) {
    const names = servers.map(({ index }) => index).join(", ");
    throw new UsageError(
      `--shard auto: expected one of ${names} in the environment, found none; write which of how many, such as 2/4`,
    );
  }
  const [index, of] = [env[server.index]!, env[server.of]];
  if (of === undefined || of === "")
    throw new UsageError(
      `--shard auto: ${server.index} is ${index}, but ${server.of} is not set; set it to the number of machines, or write which of how many, such as 2/4`,
    );
  const said = `--shard auto: expected ${server.index} and ${server.of} to say which of how many (from ${server.from}), found "${index}" and "${of}"`;
  return checked(/^\d+$/.test(index) ? Number(index) - server.from + 1 : Number.NaN, Number(of), said);
}

function checked(index: number, of: number, otherwise: string): Shard {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(of) || index < 1 || of < 1 || index > of)
    throw new UsageError(otherwise);
  return { index, of };
}
