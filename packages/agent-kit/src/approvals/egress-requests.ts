import { ApprovalDocument, type ApprovalView } from '@hive/events';
import type { Context, StepInHand } from '../agent.ts';

const many = 1000;

/** A request about what may leave or be reached, and what a person was shown. */
export type EgressRequest = { readonly view: ApprovalView; readonly document: ApprovalDocument };

/** The requests of kind `egress` of the workflow of a step that fit, newest first, with what was shown. */
export const egressRequests = async (
  { workflow }: Pick<StepInHand, 'workflow'>,
  { bus, artefacts }: Pick<Context, 'bus' | 'artefacts'>,
  fits: (view: ApprovalView) => boolean = () => true,
): Promise<readonly EgressRequest[]> => {
  const heads = await bus.store.listHeads({ kind: 'approval', correlationId: workflow.id, limit: many });
  const views = heads.map(({ view }) => view as ApprovalView).filter((it) => it.kind === 'egress' && fits(it)); // heads of kind approval
  return Promise.all(
    views.map(async (view) => {
      const bytes = await artefacts.get(view.actionHash);
      return { view, document: ApprovalDocument.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))) };
    }),
  );
};
