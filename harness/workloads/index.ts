/** All workloads: a new one is a file and a line here. */

import { keyValue } from "./key-value.ts";
import { register } from "./register.ts";
import type { Workload } from "./workload.ts";

export const workloads: readonly Workload[] = [keyValue, register];
