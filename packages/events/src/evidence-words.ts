import type { Evidence, Reviewer } from './evidence.ts';

/** One reviewer in words. Rules are named as rules: they pass, they do not review. */
export const reviewerWords = ({ kind, agent, model }: Reviewer): string => {
  switch (kind) {
    case 'rules':
      return 'rules passed';
    case 'model':
      return `reviewed by ${model ?? agent}`;
    case 'human':
      return `reviewed by ${agent}`;
  }
};

/** What was red before and what is green after, counted in runs of checks: `red 1 → green 2`. */
export const proofWords = (evidence: Evidence): string => {
  const ran = evidence.commands.filter((command) => command.infra === undefined);
  const red = ran.filter((command) => command.on !== 'head' && command.exit !== 0).length;
  const onHead = ran.filter((command) => command.on === 'head');
  const failing = onHead.filter((command) => command.exit !== 0).length;
  const after = failing > 0 ? `still red ${failing}` : `green ${onHead.length}`;
  return evidence.redBefore === 'not_needed' ? `${after}, no red needed` : `red ${red} → ${after}`;
};
