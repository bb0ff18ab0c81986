import { Permission, type Role } from '@hive/events';

/** What each role may do. Deciding is apart from administration: who hands out rights cannot use this one. */
const rights: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ['read'],
  operator: ['read', 'work', 'stop'],
  approver: ['read', 'stop', 'decide'],
  admin: ['read', 'work', 'stop', 'admit'],
  owner: Permission.options,
};

/** `anyone`: without a token. `self`: whoever was let in, about themselves. */
export type Demand = Permission | 'anyone' | 'self';

/**
 * Every route below `/api/v1` and what it takes to ask for it. What is not in here is refused, even where a handler was registered for it.
 */
const demands: Readonly<Record<string, Demand>> = {
  'POST /pair': 'anyone',
  'POST /pair/codes': 'admit',
  'GET /session': 'self',
  'GET /devices': 'self', // who may not let others in sees their own only
  'POST /devices/{id}/rename': 'self', // likewise
  'POST /devices/{id}/revoke': 'self', // likewise
  'GET /tokens': 'admit',
  'POST /tokens': 'admit',
  'POST /tokens/{id}/revoke': 'admit',
  'GET /openapi.json': 'read',

  'POST /workflows': 'work',
  'POST /example': 'work',
  'GET /choices': 'read',
  'GET /repos/look': 'work', // it tells what lies in a folder of this machine
  'GET /workflows': 'read',
  'GET /workflows/{id}': 'read',
  'POST /workflows/{id}/cancel': 'stop',
  'POST /workflows/{id}/pause': 'stop',
  'POST /workflows/{id}/resume': 'work',
  'POST /workflows/{id}/replay': 'work',
  'GET /workflows/{id}/comparison': 'read',
  'GET /tasks': 'read',
  'GET /tasks/counts': 'read',
  'GET /tasks/cards': 'read',
  'GET /tasks/{id}': 'read',
  'POST /tasks/{id}/retry': 'work',
  'POST /tasks/{id}/cancel': 'stop',
  'GET /why/{id}': 'read',
  'GET /why/{id}/statement': 'read', // signs what the log says, and never anything that is asked
  'GET /approvals': 'read',
  'GET /approvals/{id}': 'read',
  'POST /approvals/{id}/decide': 'decide',
  'GET /notifications': 'self',
  'POST /notifications/subscribe': 'self',
  'POST /notifications/unsubscribe': 'self',
  'POST /notifications/test': 'self',
  'POST /notifications/decide': 'anyone', // asks for the cookie and a grant of its own, since a service worker has no page's proof
  'GET /traces': 'read',
  'GET /traces/{id}': 'read',
  'GET /events': 'read',
  'GET /events/{id}': 'read',
  'GET /stream': 'read',
  'GET /artefacts/{hash}': 'read',
  'GET /report': 'read',
  'GET /agents': 'read',
  'POST /agents/{id}/pause': 'stop',
  'POST /agents/{id}/resume': 'work',
  'GET /limits': 'read',
  'GET /budget': 'read',
  'GET /boxes': 'read',
  'POST /boxes/{id}/quiet': 'work',
  'POST /boxes/{id}/tools': 'work',
  'GET /dead-letters': 'read',
  'GET /dead-letters/{id}': 'read',
  'POST /dead-letters/redrive': 'work',
  'POST /dead-letters/discard': 'stop',
  'POST /schedules': 'work',
  'GET /schedules': 'read',
  'GET /schedules/{id}': 'read',
  'POST /schedules/{id}/remove': 'stop',
  'POST /remotes': 'admit',
  'GET /system/health': 'read',
  'GET /system/figures': 'read',
  'POST /system/pause': 'stop',
  'POST /system/resume': 'work',
  'POST /system/alerts/acknowledge': 'work',
  'GET /metrics': 'read',
};

/** What a route asks for; undefined for one that nobody thought about. `route` is `METHOD /path/{id}`. */
export const demandOf = (route: string): Demand | undefined =>
  Object.hasOwn(demands, route) ? demands[route] : undefined;

/** True when a role has a right. */
export const may = (role: Role, right: Permission): boolean => rights[role].includes(right);

/** All that a role may do. */
export const rightsOf = (role: Role): readonly Permission[] => rights[role];

/** Nobody hands out a right that they do not have. */
export const mayGrant = (giver: Role, role: Role): boolean =>
  may(giver, 'admit') && rights[role].every((right) => may(giver, right));
