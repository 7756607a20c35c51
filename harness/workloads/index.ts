/** All workloads: a new one is a file and a line here. */

import { bank } from "./bank.ts";
import { keyValue } from "./key-value.ts";
import { lock } from "./lock.ts";
import { register } from "./register.ts";
import { requests } from "./requests.ts";
import type { Workload } from "./workload.ts";

export const workloads: readonly Workload[] = [bank, keyValue, lock, register, requests];
