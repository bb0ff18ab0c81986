import type { Check, Finding, TaskView } from '@hive/events';
import { outsideOf } from '@hive/workspace';

/** What the rules know of a change: its task with the evidence, the paths of its patch, and the checks that had to run. */
export type Reviewed = {
  readonly task: TaskView;
  readonly paths: readonly string[];
  readonly checks: readonly Check[];
};

/** What speaks against a change by rule: paths outside of the declared ones, evidence that is missing, incomplete or not of this change. Pure. */
export const findingsOf = ({ task, paths, checks }: Reviewed): Finding[] => {
  const { evidence } = task;
  if (evidence === null) return [finding('evidence.missing', 'There is no evidence for this change')];
  const findings: Finding[] = [];
  const outside = task.spec.paths ? outsideOf([...paths], task.spec.paths) : [];
  for (const path of outside)
    findings.push({ ...finding('paths.outside', `touches ${path}, which was not declared`), file: path });
  if (evidence.head !== task.commit || evidence.base !== task.base || evidence.patch !== task.patch)
    findings.push(finding('evidence.other', 'The evidence is of another change'));
  for (const check of checks)
    if (
      !evidence.dropped?.includes(check.name) &&
      !evidence.commands.some((command) => command.name === check.name && command.on === 'head')
    )
      findings.push(finding('evidence.incomplete', `The check ${check.name} did not run on the change`));
  if (!evidence.greenAfter) findings.push(finding('checks.red', task.reason ?? 'A check is red with the change'));
  if (evidence.redBefore === 'not_red')
    findings.push(finding('evidence.not_red', task.reason ?? 'Nothing failed without the change'));
  // Whatever else the check found to be wrong with the proof, mutants that nobody noticed for example.
  if (findings.length === 0 && task.code?.startsWith('evidence.'))
    findings.push(finding(task.code, task.reason ?? task.code));
  return findings;
};

const finding = (rule: string, message: string): Finding => ({ rule, message, severity: 'error' });
