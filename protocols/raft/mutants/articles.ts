/** Raft as articles print it; what they leave out is taken from the right one. */

import type { Mutant } from "../../../harness/protocol.ts";
import type { Entry } from "../messages.ts";
import { Wrong, wrong } from "./wrong.ts";

/**
 *     def append_entries(self, term, previous_log_term, entries):        def commit(self):
 *         for entry in entries:                                              if self.log[self.commit_index] == self.current_term.value:
 *             self.log.append(entry)                                             self.commit_index += 1
 */
class Article extends Wrong {
  protected override isOutdated(): boolean {
    return false;
  }
  protected override matches(): boolean {
    return true;
  }
  protected override store(_prevLogIndex: number, entries: readonly Entry[]): void {
    this.append(entries.map((entry, i) => ({ ...entry, index: this.log.lastIndex + 1 + i })));
  }
  protected override append(entries: readonly Entry[]): void {
    super.append(entries);
    if (this.isLeader) this.advanceCommit();
  }
  /** No server is asked whether it has a copy. */
  protected override advanceCommit(): void {
    let index = this.commitIndex;
    while (this.log.termAt(index + 1) === this.currentTerm) index += 1;
    if (index === this.commitIndex) return;
    this.ctx.fact("committed", { index, term: this.currentTerm });
    this.learnCommitted(index);
  }
}

/**
 *     def elect(self, n):                     def commit(self, n, f):
 *         if not self.isLeader(n):                if not self.isCommitted(n, f):
 *             self.leader = n                         self.committed[n] = f
 *             return self.follow(n)                   return True
 */
class SecondArticle extends Wrong {
  /** Whoever wants to lead, leads. */
  protected override votesOf(servers: readonly string[]): number {
    return servers.length;
  }
  /** One server's word is a decision. */
  protected override mayCommit(): boolean {
    return true;
  }
  protected override quorum(): number {
    return 1;
  }
}

const articles = {
  scenario: "raft-articles.yaml",
  why: "the harsh scenario finds it at once; this one with hardly anything going wrong",
};

export const articleMutants: readonly Mutant[] = [
  wrong(
    "seed-article",
    undefined,
    "A follower appends whatever it gets, whoever sent it and whatever stands before it, and a leader commits an entry of its own term without asking whether anybody has a copy (a Raft class as articles print it).",
    Article,
    articles,
  ),
  wrong(
    "seed-article-2",
    undefined,
    "Whoever wants to lead, leads, without a vote, and an entry is committed as soon as one server has it (a Raft class as articles print it).",
    SecondArticle,
    articles,
  ),
];
