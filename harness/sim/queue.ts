/** The event queue: a 4-ary heap over typed keys (time, then order of scheduling), because ties decide what a seed means. */

/** What waits in the queue. `order` is drawn when the event is scheduled; the queue only compares. */
export class EventQueue<T> {
  private times = new Float64Array(1024);
  private orders = new Float64Array(1024);
  /** As long as the heap was at its longest: making an array shorter at every pop costs more than what it keeps alive. */
  private readonly items: (T | undefined)[] = [];
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Time of the first event, Infinity when there is none. */
  get firstTime(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[0]!;
  }

  push(time: number, order: number, item: T): void {
    if (this.count === this.times.length) this.grow();
    const { times, orders } = this;
    const items = this.items;
    let at = this.count++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent]!;
      if (parentTime < time || (parentTime === time && orders[parent]! < order)) break;
      times[at] = parentTime;
      orders[at] = orders[parent]!;
      items[at] = items[parent];
      at = parent;
    }
    times[at] = time;
    orders[at] = order;
    items[at] = item;
  }

  /** Takes the first event. Must not be called on an empty queue. */
  pop(): T {
    const { times, orders, items } = this;
    const first = items[0] as T;
    const last = --this.count;
    const time = times[last]!;
    const order = orders[last]!;
    const item = items[last];
    items[last] = undefined;
    if (last === 0) return first;
    let at = 0;
    for (;;) {
      const child = at * 4 + 1;
      if (child >= last) break;
      let least = child;
      let leastTime = times[child]!;
      let leastOrder = orders[child]!;
      const end = Math.min(child + 4, last);
      for (let other = child + 1; other < end; other++) {
        const otherTime = times[other]!;
        if (otherTime < leastTime || (otherTime === leastTime && orders[other]! < leastOrder)) {
          least = other;
          leastTime = otherTime;
          leastOrder = orders[other]!;
        }
      }
      if (time < leastTime || (time === leastTime && order < leastOrder)) break;
      times[at] = leastTime;
      orders[at] = leastOrder;
      items[at] = items[least];
      at = least;
    }
    times[at] = time;
    orders[at] = order;
    items[at] = item;
    return first;
  }

  private grow(): void {
    const times = new Float64Array(this.times.length * 2);
    times.set(this.times);
    this.times = times;
    const orders = new Float64Array(this.orders.length * 2);
    orders.set(this.orders);
    this.orders = orders;
  }
}
