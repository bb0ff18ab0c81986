import type { TestProject } from 'vitest/node';
import { openPostgresDoor } from './postgres-door.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file asks for a PostgreSQL; it is started when the first one asks. */
    postgresDoor: string;
  }
}

/** A server for each file that runs at a time, and only when one asks. Its databases go with it, or are dropped where the server stays. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  const door = await openPostgresDoor();
  project.provide('postgresDoor', door.url);
  return door.close;
};
