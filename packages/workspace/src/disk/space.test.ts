import { expect, test } from 'vitest';
import { lackOfRoom } from './space.ts';

test.each([
  [4.04e9, 5e9, 'Only 4.0 GB are free at /h, and below 5.0 GB nothing new starts'],
  [0, 1e6, 'Only 0 B are free at /h, and below 1.0 MB nothing new starts'],
  [640_000, 1e6, 'Only 640 kB are free at /h, and below 1.0 MB nothing new starts'],
])('%i bytes free are told in a unit that shows a number', (freeBytes, floorBytes, said) => {
  expect(lackOfRoom('/h', { freeBytes, totalBytes: 1e12 }, floorBytes)).toContain(said);
});
