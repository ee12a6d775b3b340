import { isTraining } from '../../training/jobRecord.ts';
import { hasEnded, type JobState } from '../../training/jobState.ts';
import { oneLine, type Detail, type Row } from '../tree/row.ts';
import { fetchedAt, isOpen, isUnsent, type Job } from './job.ts';
import { dayAndTime, jobTitle, placeText, progressParts, stateWords } from './jobText.ts';

/**
 * A row of the view of jobs: state by icon and by word, then how far it is.
 *
 * @param endpoint address at which a server answers here.
 */
export function jobRow(job: Job, now: Date, endpoint?: string): Row {
  const { record } = job;
  const state = stateWords(job);
  const parts = [
    state,
    ...(endpoint === undefined ? [] : [`answers at ${endpoint}`]),
    ...progressParts(job, now),
  ];
  const begun = dayAndTime(new Date(record.created_at), now);
  return {
    label: jobTitle(record),
    description: oneLine([...parts, begun].join(' · '), 200),
    icon: iconOf(job, endpoint),
    contextValue: contextWords(job, endpoint).join(' '),
    spoken: `${isTraining(record) ? 'training job' : 'server'} ${jobTitle(record)} of ${job.study}, ${parts.join(', ')}, begun ${begun}${fetchedAt(job) === undefined ? '' : ', adapter fetched'}`,
    details: () => jobDetails(job, now),
  };
}

function iconOf({ cutOff, record }: Job, endpoint: string | undefined): Row['icon'] {
  if (cutOff) return STATE_ICONS.stopped;
  return endpoint === undefined ? STATE_ICONS[record.state] : { id: 'plug', color: 'charts.green' };
}

const STATE_ICONS: Record<JobState, Row['icon']> = {
  prepared: { id: 'circle-outline' },
  submitted: { id: 'arrow-up' },
  pending: { id: 'clock' },
  running: { id: 'play-circle', color: 'charts.blue' },
  checkpointing: { id: 'save', color: 'charts.blue' },
  completing: { id: 'play-circle', color: 'charts.blue' },
  requeued: { id: 'debug-restart' },
  suspended: { id: 'debug-pause' },
  done: { id: 'pass', color: 'testing.iconPassed' },
  stopped: { id: 'debug-pause' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  cancelled: { id: 'circle-slash' },
  timed_out: { id: 'watch', color: 'testing.iconFailed' },
  out_of_memory: { id: 'error', color: 'testing.iconFailed' },
  node_failed: { id: 'error', color: 'testing.iconFailed' },
  preempted: { id: 'debug-restart' },
  lost: { id: 'question', color: 'testing.iconFailed' },
};

/** States in which a job can be put back into the queue. */
const RUNNING = new Set<JobState>(['running', 'checkpointing', 'suspended']);

/** What menus go by. */
function contextWords(job: Job, endpoint: string | undefined): string[] {
  const { record } = job;
  const onCluster = record.place.kind === 'cluster';
  const over = hasEnded(record.state);
  const words = (condition: boolean, ...named: string[]) => (condition ? named : []);
  const open = onCluster && isOpen(job) && record.state !== 'prepared';
  const trains = isTraining(record);
  return [
    trains ? 'job' : 'server',
    onCluster ? 'cluster' : 'local',
    ...words(open && trains, 'cancellable', 'extendable'),
    ...words(open && trains && RUNNING.has(record.state), 'requeueable'),
    ...words(onCluster && trains && over, 'extendable'),
    ...words(open && !trains, 'stoppable'),
    ...words(open && !trains && endpoint === undefined, 'connectable'),
    ...words(open, 'followable'),
    ...words(
      onCluster && trains && record.state === 'done' && fetchedAt(job) === undefined,
      'fetchable',
    ),
    ...words(
      isUnsent(job) || (onCluster && trains && over && record.state !== 'done'),
      'resumable',
    ),
    ...words(onCluster && over, 'cleanable'),
  ];
}

function jobDetails(job: Job, now: Date): Detail[] {
  const { record, trainer } = job;
  const { place } = record;
  const last = job.metrics.at(-1);
  const detail = (term: string, value: string | number | null | undefined): Detail[] =>
    value === undefined || value === null || value === '' ? [] : [{ term, value: String(value) }];
  return [
    ...detail('Job', record.id),
    ...detail('Study', job.study),
    ...detail('Where', placeText(record)),
    ...(place.kind === 'cluster'
      ? [
          ...detail(place.scheduler === 'slurm' ? 'Slurm job' : 'Process', place.scheduler_id),
          ...detail('Node', place.node),
          ...detail('Folder there', place.folder),
        ]
      : []),
    ...detail('State', [stateWords(job), ...progressParts(job, now)].join(', ')),
    ...detail('Phase', trainer?.phase),
    ...detail('Problem', job.problem),
    ...detail('Margin', last?.margin?.toPrecision(3)),
    ...detail('Accuracy', last?.accuracy?.toPrecision(3)),
    ...detail('Exit status', record.exit_code),
    ...detail('Attempt', record.attempt > 1 ? record.attempt : undefined),
    ...detail('Goes on from', isTraining(record) ? record.extends?.job : undefined),
    ...(isTraining(record)
      ? [
          ...detail('Sweep', record.sweep && `${record.sweep.name}: ${record.sweep.member}`),
          ...detail('Export', record.export.name),
        ]
      : [
          ...detail('Model', record.server.model),
          ...detail('Adapter', record.server.adapter?.from ?? record.server.adapter?.path),
          ...detail('Answers as', record.server.served_model),
        ]),
    ...detail('Adapter fetched', fetchedAt(job)),
    ...record.history.map(({ at, state, reason }) => ({
      term: dayAndTime(new Date(at), now),
      value: `${state.replaceAll('_', ' ')}${reason === undefined ? '' : ` (${reason})`}`,
    })),
  ];
}
