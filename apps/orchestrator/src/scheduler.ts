import { findModel, spaceOf, type Context } from '@hive/agent-kit';
import { createArtefacts } from '@hive/core-db';
import { createFiring } from '@hive/front-desk';

/** Fires schedules beside everything else: what is handed in goes through the door, and that may take a while. */
export type Scheduler = { look(): void };

/** The scheduler of one queen. Several queens fire each moment once. */
export const createScheduler = ({ bus, config, log }: Context): Scheduler => {
  const firing = createFiring(bus, createArtefacts(config.home), {
    config,
    means: { model: (wanted) => findModel(config, wanted), space: () => spaceOf(config) },
  });
  let isLooking = false;
  return {
    look: () => {
      if (isLooking) return;
      isLooking = true;
      void firing
        .fireDue()
        .then((fired) => {
          if (fired > 0) log.info({ fired }, 'schedules fired');
        })
        .catch((error: unknown) => log.warn({ err: error }, 'schedules not fired; trying again'))
        .finally(() => (isLooking = false));
    },
  };
};
