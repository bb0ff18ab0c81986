import { hasCode, type Code } from '@hive/errors';
import type { Context, StepInHand } from '../agent.ts';
import { chooseModel } from './choose-model.ts';
import { nextRecorded } from './replay/answer-from-recording.ts';
import { liveWanted } from './take-turn.ts';
import { toolsLearnt } from './tools-learnt.ts';
import type { Wanted } from './wanted.ts';

/**
 * What of a model decides how it is asked. `contextTokens`: what it can read and write at once; null: it does not say. `lacksTools`: why it is not to
 * be given tools; null: it is.
 */
export type Abilities = { readonly lacksTools: string | null; readonly contextTokens: number | null };

const askMs = 30_000;

/** What the model can do that a step would ask now, by its server and by what was learnt of it; in a replay what the recorded one was asked with. Throws {@link chooseModel}'s errors. */
export const abilitiesOf = async (wanted: Wanted, step: StepInHand, ctx: Context): Promise<Abilities> => {
  const recorded = await nextRecorded(wanted.role, step, ctx);
  if (recorded) {
    const lacksTools = recorded.request.tools === undefined ? 'it was in the recording' : null;
    return { lacksTools, contextTokens: recorded.contextTokens };
  }
  if (step.workflow.submission.replay?.beyond === 'refuse') return unknown;
  const { model } = await chooseModel(liveWanted(wanted, step), step, ctx);
  try {
    const { tools, contextTokens } = await model.capabilities({
      signal: step.signal,
      deadline: new Date(Date.now() + askMs),
      idleMs: askMs,
      correlationId: step.workflow.id,
      callId: step.workflow.id,
    });
    if (!tools) return { lacksTools: 'its server says that it knows no tools', contextTokens };
    const learnt = await toolsLearnt(model.ref, ctx);
    return { lacksTools: learnt?.calls === false ? `${learnt.because} (${learnt.at})` : null, contextTokens };
  } catch (error) {
    // Either the call itself is refused as well, and recorded, so that the next model has its turn; or the server just does not tell.
    if (telling.some((code) => hasCode(error, code))) return unknown;
    throw error;
  }
};

const telling: readonly Code[] = ['model.auth', 'model.billing', 'model.unknown'];

const unknown: Abilities = { lacksTools: null, contextTokens: null };
