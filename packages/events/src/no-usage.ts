import type { Usage } from './workflow.ts';

/** What nothing costs. */
export const noUsage: Usage = { input: 0, output: 0, cached: 0, costUsd: 0, calls: 0 };
