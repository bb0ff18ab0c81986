import { expect, test } from 'vitest';
import type { Delivery } from '../port.ts';

/** A place with a repository around it: commits that follow each other, and what stands there. */
export type PlaceUnderTest = {
  /** Three commits, each on top of the one before; the first is where the branch began. */
  readonly line: readonly [string, string, string];
  /** A commit that is on no line of Hive's. */
  readonly foreign: string;
  /** Hands a part of the line over, as a merge does. */
  deliver(part: Pick<Delivery, 'from' | 'to'>): Promise<string>;
  /** The commit that stands there; null: nothing. */
  standsAt(): Promise<string | null>;
  /** Somebody else puts a commit there. */
  put(commit: string): Promise<void>;
  /** All of the user's that no delivery may touch: files, index, HEAD, configuration, hooks. */
  untouched(): unknown;
};

/** What every place that merges are handed to has to keep, a pull request too. */
export const deliveryContract = (name: string, open: () => Promise<PlaceUnderTest>): void => {
  const [first, second, third] = [0, 1, 2] as const;

  test(`${name}: what is delivered stands there, nothing else is touched, and once more changes nothing`, async () => {
    const { line, deliver, standsAt, untouched } = await open();
    const before = untouched();
    const part = { from: line[first], to: line[second] };
    for (let time = 0; time < 2; time++) {
      expect(await deliver(part)).toBe('moved');
      expect(await standsAt()).toBe(line[second]);
    }
    expect(untouched()).toEqual(before);
  });

  test(`${name}: an earlier delivery that is repeated takes nothing of a later one back`, async () => {
    const { line, deliver, standsAt } = await open();
    const earlier = { from: line[first], to: line[second] };
    await deliver(earlier);
    await deliver({ from: line[second], to: line[third] });
    expect(await deliver(earlier)).toBe('moved');
    expect(await standsAt()).toBe(line[third]);
  });

  test(`${name}: what was never delivered comes with what follows it`, async () => {
    const { line, deliver, standsAt } = await open();
    expect(await deliver({ from: line[second], to: line[third] })).toBe('moved');
    expect(await standsAt()).toBe(line[third]);
  });

  test(`${name}: what somebody else put there is left alone and told`, async () => {
    const { line, foreign, deliver, standsAt, put } = await open();
    await deliver({ from: line[first], to: line[second] });
    await put(foreign);
    const told = await deliver({ from: line[second], to: line[third] }).catch((error: Error) => error.message);
    expect(told).not.toBe('moved');
    expect(told).not.toBe('');
    expect(await standsAt()).toBe(foreign);
  });
};
