import type { Context } from '@hive/agent-kit';
import type { Workspace } from '@hive/workspace';

/** What a step of the reviewer works with. */
export type OwnContext = Context & { readonly own: Workspace };
