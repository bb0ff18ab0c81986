import type { TaskView } from '@hive/events';
import { untrusted, type Part } from '@hive/llm';

/** What was said about the attempt before: findings, which are data, and the note of a person, who may tell the author what to do. */
export type Said = { readonly findings: readonly string[]; readonly note: string | null };

/** What an author has to hear of the attempts before this one. */
export const saidOf = ({ findings, note }: Pick<TaskView, 'findings' | 'note'>): Said => ({
  findings: findings.map(({ file, line, message }) => {
    const place = file === undefined ? '' : line === undefined ? file : `${file}:${line}`;
    // Most findings name their file already.
    return place === file && message.startsWith(place) ? message : place === '' ? message : `${place} ${message}`;
  }),
  note,
});

/** The parts of a prompt that say it. Only the note stands outside of a fence: it comes from whoever gave the task. */
export const saidParts = ({ findings, note }: Said): readonly Part[] => [
  ...(findings.length === 0
    ? []
    : [{ text: untrusted('What was found against the attempt before', findings.join('\n\n')) }]),
  ...(note === null ? [] : [{ text: `A person who has looked at this task says to you:\n${note}` }]),
];
