/** Two scenarios and ten seeds of each, whose digests are pinned in digests.test.ts and compared across threads and processes. */

export const pinnedSeeds: readonly number[] = Array.from({ length: 10 }, (_, i) => i * 1_000 + 1);

export const pinned: Readonly<Record<string, string>> = {
  "raft under faults": `
protocol: raft
nodes: 5
clients: 3
workload: { key-value: { operations: 30, within: 4s, keys: 2 } }
network: { latency: { heavy-tail: { min: 1ms, median: 6ms, max: 400ms } }, loss: 1%, duplicate: 2% }
faults:
  - { partition: leader, with: one client, at: 500ms..2s, for: 1s }
  - { crash: any, between: persists, every: 1s..2s, back-after: 50ms..500ms }
  - { clock-drift: any, at: 1s, for: 1s }
`,
  "abd, calm": `
protocol: abd-register
nodes: 3
workload: { register: { operations: 20, within: 2s, mix: { read: 1, write: 1 } } }
`,
};
