import type { Row } from '../mutant.ts';
import { claims } from './claims.ts';
import { others } from './effects.ts';
import { log } from './log.ts';

/** Every planted bug, row by row of the list of bugs that a harness has to catch. */
export const rows: readonly Row[] = [...claims, ...log, ...others];
