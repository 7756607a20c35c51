/** All workloads: a new one is a file and a line here. */

import { bank } from "./bank.ts";
import { files } from "./files.ts";
import { keyValue } from "./key-value.ts";
import { lease } from "./lease.ts";
import { lock } from "./lock.ts";
import { propose } from "./propose.ts";
import { register } from "./register.ts";
import { requests } from "./requests.ts";
import type { Workload } from "./workload.ts";

export const workloads: readonly Workload[] = [bank, files, keyValue, lease, lock, propose, register, requests];
