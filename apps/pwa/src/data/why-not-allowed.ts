import type { Permission } from '@hive/events';

/** What a refused right is called; the verb stays in sight, so that a person knows whom to ask. */
export const whyNotAllowed = (right: Permission): string => `This device does not have the right “${right}”`;
