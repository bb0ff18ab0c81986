import { HiveError } from '@hive/errors';
import type { AgentRow, ClaimQuery, EventRow, StepRow, Write } from './port.ts';

/** What no database keeps in a text, and what claims put between the texts that they answer. */
const control = /[\u0000-\u0008]/;

const mayBe = (name: string): boolean => name.isWellFormed() && !control.test(name);

/**
 * Refuses control characters and halves of characters in names, given as one text: not every store keeps them, and in what a step asks for they
 * would end everybody's claims. A line each, because two halves beside each other are a whole.
 */
export const checkNames = (lines: string): void => {
  if (mayBe(lines)) return;
  const name = lines.split('\n').find((it) => !mayBe(it));
  throw new HiveError(
    'event.invalid',
    `${JSON.stringify(name)} has a control character or half of a character, which no name may have; leave it out`,
  );
};

/** All texts of a write but its JSON and the words of an error. */
export const namesOfWrite = ({ events, heads, ...rest }: Write): string => {
  let lines = '';
  for (const it of events) lines += namesOfEvent(it);
  for (const { head } of heads)
    lines += `${head.stream}\n${head.id}\n${head.correlationId}\n${head.state}\n${head.lastEventId}\n`;
  for (const { event, step, unless } of rest.starts ?? [])
    lines += `${namesOfEvent(event)}${namesOfStep(step)}${unless.stream}\n${unless.state}\n`;
  for (const it of rest.insertSteps ?? []) lines += namesOfStep(it);
  for (const { id, expect, set } of rest.changeSteps ?? [])
    lines += `${id}\n${expect.holder}\n${set.lastEventId}\n${set.becomes}\n${set.due?.join('\n')}\n${set.runAt}\n${namesOfAgents(set)}`;
  for (const { workflowId, stream } of rest.endSteps ?? []) lines += `${workflowId}\n${stream}\n`;
  if (rest.cursor) lines += `${rest.cursor.name}\n`;
  if (rest.deadLetter) lines += `${rest.deadLetter.subscription}\n${rest.deadLetter.eventId}\n`;
  for (const { subscription, eventId } of rest.takeDeadLetters ?? []) lines += `${subscription}\n${eventId}\n`;
  return lines;
};

const namesOfEvent = (it: EventRow): string =>
  `${it.id}\n${it.type}\n${it.stream}\n${it.correlationId}\n${it.causationId}\n${it.commandId}\n${it.actor}\n${it.at}\n`;

const namesOfStep = (it: StepRow): string => {
  const limits = it.limits.length === 0 ? '' : it.limits.map(({ key }) => key).join('\n');
  const own = `${it.id}\n${it.stream}\n${it.taskId}\n${it.workflowId}\n${it.becomes}\n${it.lastEventId}\n${it.runAt}\n`;
  return `${own}${it.capabilities.join('\n')}\n${limits}\n${it.due.join('\n')}\n${namesOfAgents(it)}`;
};

const namesOfAgents = (it: Partial<StepRow>): string =>
  `${it.onlyAgent}\n${it.avoidAgent}\n${it.holder}\n${it.holderAgent}\n${it.leaseUntil}\n`;

/** All texts of whoever claims. */
export const namesOfClaim = (it: ClaimQuery): string =>
  `${it.agent}\n${it.incarnation}\n${it.actor}\n${it.capabilities.join('\n')}`;

/** All texts of an agent but its figures. */
export const namesOfAgent = (it: Omit<AgentRow, 'beatAt'>): string =>
  `${it.incarnation}\n${it.agent}\n${it.role}\n${it.host}\n${it.version}\n${it.startedAt}\n${it.capabilities.join('\n')}`;
