import { plural, type Detail, type Row } from '../tree/row.ts';
import {
  cancellable,
  fetchable,
  sweepCounts,
  sweepState,
  sweepTitle,
  type JobSweep,
  type SweepState,
} from './jobSweep.ts';
import { dayAndTime, GO_ON_WITH_SWEEP } from './jobText.ts';

/** A row of the view of jobs that stands for a whole sweep. */
export function sweepRow(sweep: JobSweep, now: Date): Row {
  const { members, study } = sweep;
  const counts = sweepCounts(sweep);
  const steps = stepsText(sweep);
  const begun = dayAndTime(new Date(members[0]?.record.created_at ?? ''), now);
  const parts = [counts, ...(steps === '' ? [] : [steps])];
  const state = sweepState(sweep);
  return {
    label: sweepTitle(sweep),
    description: [...parts, begun].join(' · '),
    icon: ICONS[state],
    contextValue: [
      'sweep',
      ...(cancellable(sweep).length > 0 ? ['cancellable'] : []),
      ...(fetchable(sweep).length > 0 ? ['fetchable'] : []),
      ...(members.some(({ record }) => record.state === 'prepared') ? ['unsent'] : []),
    ].join(' '),
    spoken: `sweep ${sweepTitle(sweep)} of ${study}, ${plural(members.length, 'job')}, ${state}: ${parts.join(', ')}, begun ${begun}`,
    details: (): Detail[] => [
      { term: 'Sweep', value: sweep.name },
      { term: 'Study', value: study },
      { term: 'Where', value: sweep.cluster },
      { term: 'State', value: `${state}: ${counts}` },
      ...(state === 'prepared' && members.every(({ sending }) => !sending)
        ? [{ term: 'Next', value: GO_ON_WITH_SWEEP }]
        : []),
      ...(members.every(({ record }) => record.state === 'done')
        ? [
            {
              term: 'Adapters here',
              value: `${members.length - fetchable(sweep).length} of ${members.length}`,
            },
          ]
        : []),
      { term: 'Begun', value: begun },
    ],
  };
}

/** "step 120 of 400": of all members that have said how many they take. */
function stepsText({ members }: JobSweep): string {
  const known = members.flatMap(({ trainer }) => (trainer?.of ? [trainer] : []));
  if (known.length === 0) return '';
  const done = known.reduce((sum, { step }) => sum + step, 0);
  const of = known.reduce((sum, trainer) => sum + (trainer.of ?? 0), 0);
  // Of those that wait nobody knows yet how many steps they take.
  const all = known.length === members.length ? '' : ` of ${known.length} jobs`;
  return `step ${done.toLocaleString('en')} of ${of.toLocaleString('en')}${all}`;
}

const ICONS: Record<SweepState, Row['icon']> = {
  prepared: { id: 'circle-outline' },
  pending: { id: 'clock' },
  running: { id: 'run-all', color: 'charts.blue' },
  done: { id: 'pass', color: 'testing.iconPassed' },
  failed: { id: 'error', color: 'testing.iconFailed' },
  cancelled: { id: 'circle-slash' },
};
