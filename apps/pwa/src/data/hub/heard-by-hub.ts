import { matchesTypes, type HiveEvent } from '@hive/events';
import { isObject, isPosition, mostTypes, type LiveFilter, type ToHub } from './hub-messages.ts';

const isShort = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= 100;

const isFilter = (value: unknown): boolean =>
  value === null ||
  (isObject(value) &&
    (value['types'] === undefined ||
      (Array.isArray(value['types']) && value['types'].length <= mostTypes && value['types'].every(isShort))) &&
    (value['correlationId'] === undefined || isShort(value['correlationId'])));

/** Whether this is something that a tab of this very build says; anything else on a port is passed over. */
export const isToHub = (value: unknown): value is ToHub => {
  if (!isObject(value)) return false;
  if (value['hive'] === 'leave' || value['hive'] === 'ping') return true;
  return (
    value['hive'] === 'join' &&
    typeof value['visible'] === 'boolean' &&
    (value['after'] === null || isPosition(value['after'])) &&
    isFilter(value['filter'])
  );
};

/** Whether an event gets through. */
export const letsThrough = (filter: LiveFilter | null, event: Pick<HiveEvent, 'type' | 'correlationId'>): boolean =>
  filter === null ||
  ((filter.types === undefined || matchesTypes(event.type, filter.types)) &&
    (filter.correlationId === undefined || filter.correlationId === event.correlationId));
