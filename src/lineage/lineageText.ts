import type { Lineage } from './lineage.ts';
import type { DecisionLineage, PairLineage, SideLineage } from './pairLineage.ts';

/** The way back from an adapter, for people: a block a step, then a block a pair. */
export function lineageText(lineage: Lineage): string {
  const { adapter, job, export: exported, study, pairs, problems } = lineage;
  const blocks = [
    adapter
      ? [
          `Adapter ${adapter.folder}`,
          `  sha256 ${adapter.sha256}`,
          ...(adapter.base_model === null ? [] : [`  base model ${adapter.base_model}`]),
        ]
      : ['Adapter: none here (fetch it to see its hash)'],
    [
      `Job ${job.id}, ${job.state.replaceAll('_', ' ')}, sent ${job.created_at}`,
      `  ${job.cluster === null ? 'on this machine' : `cluster ${job.cluster}, scheduler's id ${job.scheduler_id ?? 'unknown'}`}`,
      ...job.starts.map(
        ({ at, node, scheduler_id: id }) =>
          `  ran on ${node}${at === '' ? '' : ` from ${at}`}${id === null ? '' : ` as ${id}`}`,
      ),
      ...(job.sweep === null ? [] : [`  ${job.sweep.member} of the sweep ${job.sweep.name}`]),
      ...(job.extends === null ? [] : [`  goes on from job ${job.extends}`]),
      `  trainer ${job.trainer.version ?? 'of unknown version'}${job.trainer.sha256 === null ? '' : `, sha256 ${job.trainer.sha256}`}`,
      ...(job.environment === null
        ? ['  environment not recorded']
        : [
            `  environment sha256 ${job.environment.sha256}`,
            ...job.environment.about.map((line) => `    ${line}`),
          ]),
    ],
    [
      `Recipe`,
      ...JSON.stringify(lineage.recipe, null, 2)
        .split('\n')
        .map((line) => `  ${line}`),
    ],
    [
      `Export ${exported.name}, ${exported.created_at}, by SeaLong ${exported.sealong ?? '?'}`,
      `  manifest sha256 ${exported.manifest_sha256}`,
      `  pairs sha256 ${exported.pairs_sha256}`,
      `  sampling ${exported.sampling}, scorer ${exported.scorer}, policy ${JSON.stringify(exported.policy)}`,
      `  counts ${JSON.stringify(exported.counts)}`,
      ...(exported.subset === null ? [] : [`  a part: ${JSON.stringify(exported.subset)}`]),
    ],
    [
      `Study ${study.name} (${study.folder})`,
      study.config_as_exported
        ? '  its parameters are as they were at the export'
        : '  its parameters are other than at the export: sealong.json was changed since, or overridden then',
    ],
    ...(problems.length === 0 ? [] : [['Problems', ...problems.map((line) => `  ${line}`)]]),
    [`${pairs.length} pairs`],
    ...pairs.map(pairBlock),
  ];
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

function pairBlock(pair: PairLineage): string[] {
  const { rejected, margin } = pair;
  return [
    `Question ${pair.question_id}: ${pair.question ?? '(the study no longer has it)'}`,
    `  chosen ${sideText(pair.chosen)}`,
    ...(rejected === null ? [] : [`  rejected ${sideText(rejected)}`]),
    ...(margin === null ? [] : [`  margin ${margin.toFixed(4)}`]),
    ...(pair.decisions.length === 0
      ? ['  no decision: the policy alone']
      : pair.decisions.map((decision) => `  ${decisionText(decision)}`)),
  ];
}

function sideText({ index, score, model, seed, sampled_at: at }: SideLineage): string {
  const scored = score === null ? 'no score' : `score ${score.toFixed(4)}`;
  if (index === null) return `text of no trajectory, ${scored}`;
  return `#${index}, ${scored}, ${model ?? '?'}, sampled ${at ?? '?'}${seed === null ? '' : ` with seed ${seed}`}`;
}

function decisionText(decision: DecisionLineage): string {
  const { kind, reviewer, at, chosen, rejected, reason, note } = decision;
  const sides = [
    ...(chosen === null ? [] : [`chosen #${chosen}`]),
    ...(rejected === null ? [] : [`rejected #${rejected}`]),
  ].join(', ');
  const why = [reason, note].filter((text) => text !== null).join('; ');
  return `${reviewer} at ${at}: ${kind.replaceAll('_', ' ')}${sides === '' ? '' : ` (${sides})`}${why === '' ? '' : `: ${why}`}${decision.in_force ? '' : ' (taken back)'}`;
}
