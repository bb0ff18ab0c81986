/** The tag of the sync by which the browser wakes the service worker when there is a network again. */
export const decisionsTag = 'hive-decisions';
