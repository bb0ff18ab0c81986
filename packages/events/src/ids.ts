import { z } from 'zod';

/** The id of an event, task, workflow, approval or call: a uuid (version 7 for what a clock made). */
export const Id = z.uuid();
export type Id = z.infer<typeof Id>;

/** The SHA-256 of an artefact's bytes, in lower-case hex. */
export const ArtefactHash = z.string().regex(/^[0-9a-f]{64}$/);

/** A full git object name. */
export const Sha = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);

/** A moment as ISO 8601 in UTC with milliseconds. */
export const Time = z.iso.datetime();
