import type { Quality } from '../../sampling/quality.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { qualityDetails } from './qualityDetails.ts';
import { oneLine, plural, type Detail, type Row } from './row.ts';
import type { PairCounts, StudyCounts } from './studyCounts.ts';

/** What of a study its view shows. */
export interface ShownPart {
  title: string;
  shown: number;
  audit: number;
  /** Questions whose final answers are still being read, where the view looks at answers. */
  unread: number;
}

export function studyRow(
  study: OpenStudy,
  counts: StudyCounts | undefined,
  part: ShownPart | undefined,
): Row {
  const questions = study.index.questions.size;
  const inView = part && partWords(part, questions);
  const pairs =
    counts?.pairs && counts.pairs.scored > 0 && !study.blind
      ? plural(counts.pairs.pairs, 'pair')
      : undefined;
  const parts = inView === undefined ? [plural(questions, 'question')] : [inView];
  if (counts && questions > 0) {
    parts.push(`${counts.trajectories}/${questions * study.expected}`);
    if (pairs !== undefined) parts.push(pairs);
    if (study.blind) parts.push('blind');
  }
  if (study.configError !== undefined) parts.push('sealong.json has errors');
  const words = [
    'study',
    ...(study.loading ? ['loading'] : []),
    ...(study.problems.length > 0 ? ['problems'] : []),
    ...(part ? ['viewed'] : []),
  ];
  return {
    label: study.name,
    description: parts.join(' · '),
    icon:
      study.configError === undefined
        ? { id: 'beaker' }
        : { id: 'warning', color: 'charts.yellow' },
    contextValue: words.join(' '),
    spoken: `study ${study.name}, ${[
      inView ?? plural(questions, 'question'),
      ...(counts ? [`${counts.trajectories} of ${questions * study.expected} trajectories`] : []),
      ...(pairs === undefined ? [] : [pairs]),
      ...(study.blind ? ['reviewed blind'] : []),
      ...(study.configError === undefined ? [] : ['sealong.json has errors']),
      ...(study.loading ? ['loading'] : []),
    ].join(', ')}`,
  };
}

function partWords({ title, shown, audit, unread }: ShownPart, questions: number): string {
  const mixed = audit > 0 ? `, ${audit} of them at random` : '';
  const reading = unread > 0 ? `, answers of ${unread} still being read` : '';
  return `${shown} of ${questions} in "${oneLine(title, 60)}"${mixed}${reading}`;
}

export function problemsRow(count: number): Row {
  const label = plural(count, 'problem');
  return {
    label,
    description: 'lines or files that are left out',
    icon: { id: 'warning', color: 'charts.yellow' },
    contextValue: 'problems',
    spoken: `${label}: lines or files that are left out; open to see them`,
  };
}

export function loadingRow(): Row {
  return {
    label: 'Reading…',
    description: '',
    icon: { id: 'loading~spin' },
    contextValue: 'loading',
    spoken: 'The study is being read.',
  };
}

/** For its tooltip. */
export function studyDetails(
  study: OpenStudy,
  counts: PairCounts | undefined,
  quality: Quality,
): Detail[] {
  const { sampling, scoring } = study.config ?? {};
  return [
    { term: 'Folder', value: study.dir },
    ...(sampling
      ? [
          { term: 'Model', value: sampling.model },
          {
            term: 'Sampling',
            value: `${sampling.n} × ${sampling.strategy}, temperature ${sampling.temperature}`,
          },
        ]
      : []),
    ...(scoring ? [{ term: 'Scorer', value: scoring.scorer }] : []),
    ...(counts
      ? [
          { term: 'Scored', value: plural(counts.scored, 'question') },
          // How many pairs there are, and how many are overridden, tells of the other reviewers.
          ...(study.blind
            ? [{ term: 'Review', value: 'blind: scores, policy and other reviewers are hidden' }]
            : [{ term: 'Pairs', value: `${counts.pairs}, ${counts.overridden} overridden` }]),
        ]
      : []),
    ...qualityDetails(quality),
    ...(study.selection.otherSampling
      ? [
          {
            term: 'Note',
            value: 'sealong.json now has other sampling parameters than these trajectories.',
          },
        ]
      : []),
    ...(study.configError === undefined ? [] : [{ term: 'Error', value: study.configError }]),
  ];
}
