import { Evidence } from '@hive/events';

/** The record in the text of a note; null for a text that is none. */
export const parseNote = (note: string): Evidence | null => {
  try {
    return Evidence.safeParse(JSON.parse(note)).data ?? null;
  } catch {
    return null; // no JSON
  }
};
