import type { CommandSpec } from '../command.ts';
import { agents } from './agents.ts';
import { approvals } from './approvals.ts';
import { approve } from './approve.ts';
import { backup } from './backup.ts';
import { boxes } from './boxes.ts';
import { cancel } from './cancel.ts';
import { chaos } from './chaos.ts';
import { deadLetters } from './dead-letters.ts';
import { deny } from './deny.ts';
import { devices } from './devices.ts';
import { df } from './df.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { down } from './down.ts';
import { egress } from './egress.ts';
import { events } from './events.ts';
import { fork } from './fork.ts';
import { gc } from './gc.ts';
import { init } from './init.ts';
import { install } from './install.ts';
import { logs } from './logs.ts';
import { ls } from './ls.ts';
import { open } from './open.ts';
import { pair } from './pair.ts';
import { pause } from './pause.ts';
import { prove } from './prove.ts';
import { rebuild } from './rebuild.ts';
import { recheck } from './recheck.ts';
import { remote } from './remote.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { restore } from './restore.ts';
import { resume } from './resume.ts';
import { retry } from './retry.ts';
import { run } from './run.ts';
import { schedules } from './schedules.ts';
import { show } from './show.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { submit } from './submit.ts';
import { tasks } from './tasks.ts';
import { tokens } from './tokens.ts';
import { trace } from './trace.ts';
import { up } from './up.ts';
import { verify } from './verify.ts';
import { wait } from './wait.ts';
import { watch } from './watch.ts';
import { why } from './why.ts';

/** Every command of `hive`, in the order of its help. */
export const commands: readonly CommandSpec[] = [
  up,
  down,
  open,
  pair,
  devices,
  tokens,
  start,
  run,
  submit,
  remote,
  init,
  prove,
  status,
  report,
  ls,
  tasks,
  agents,
  boxes,
  events,
  logs,
  egress,
  show,
  trace,
  why,
  recheck,
  diff,
  watch,
  wait,
  pause,
  resume,
  cancel,
  retry,
  approvals,
  approve,
  deny,
  replay,
  fork,
  deadLetters,
  schedules,
  verify,
  chaos,
  backup,
  restore,
  rebuild,
  df,
  gc,
  doctor,
  install,
];
