import { openEvidenceKey } from '@hive/core-db';
import { hiveVersion } from '@hive/config';
import { HiveError } from '@hive/errors';
import { shortId, type SignedStatement, type Why } from '@hive/events';
import { seal } from './envelope.ts';
import { statementOf } from './statement.ts';

/**
 * What the log says of a merge, signed with the key of this home, which is made at the first use. Throws `input.state` for whatever was not merged:
 * there is nothing to stand for.
 */
export const signStatement = (home: string, { task, evidence }: Pick<Why, 'task' | 'evidence'>): SignedStatement => {
  if (task.commit === null || evidence === null || task.status !== 'merged')
    throw new HiveError(
      'input.state',
      `Only a merge has evidence to sign: task ${shortId(task.id)} (${task.key}) is ${task.status}`,
    );
  const tree = evidence.batch?.changes.find((change) => change.task === task.id)?.tree ?? evidence.tree;
  const statement = statementOf({ commit: task.commit, tree, evidence, version: hiveVersion });
  return seal(JSON.stringify(statement), openEvidenceKey(home));
};
