import { createKeptTexts, csrfName } from '../data/kept-texts.ts';
import { createOutbox } from '../data/outbox.ts';
import { roomDb } from '../data/room-db.ts';
import { sendDecision } from '../data/send-decision.ts';

/** Sends the decisions that wait, in the name of the session that a page kept. Rejects while some still wait. */
export const sendDecisions = async (): Promise<void> => {
  const open = roomDb();
  const csrf = await createKeptTexts(open).get(csrfName);
  const outbox = createOutbox({ open, send: (decision) => sendDecision(decision, { csrf }) });
  const waiting = await outbox.flush();
  if (waiting > 0) throw new Error(`${waiting} decisions wait for Hive`);
};
