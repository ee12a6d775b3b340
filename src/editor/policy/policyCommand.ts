import * as vscode from 'vscode';
import * as z from 'zod';
import { PolicyPreview, type PolicyPreviewSummary } from '../../preference/policyPreview.ts';
import { DROPPED, REJECTED_RULES, pairPolicySchema, type PairPolicy } from '../../study/config.ts';
import { applySettings } from '../../study/loadConfig.ts';
import { changeConfig } from '../configFile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { hiddenByBlind } from '../hiddenByBlind.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';
import { requireTrust } from '../trust.ts';
import {
  REJECTED_WORDS,
  policyLines,
  previewHeadline,
  previewLines,
  type SidesSubEm,
} from './policyText.ts';

export interface PolicyCommandPorts {
  slices: TimeSlices;
  /** What the `pairs` stage says of another policy, in a worker: it alone reads gold answers. */
  compare: (study: OpenStudy, policy: PairPolicy) => Promise<object | undefined>;
}

const sides = z.object({ chosen: z.number().nullable(), rejected: z.number().nullable() });
const comparisonSchema = z.object({
  sub_em: z.object({ before: sides, after: sides }).nullable(),
});

interface Line extends vscode.QuickPickItem {
  change?: () => Promise<PairPolicy | undefined>;
  action?: 'write' | 'subEm';
}

/** Lets the user try another pair policy, with what it does to the pairs at once, before it is written. */
export async function changePolicy(study: OpenStudy, ports: PolicyCommandPorts): Promise<void> {
  const { config } = study;
  if (!config) throw cancelledByUser();
  if (study.blind) throw hiddenByBlind(study, 'what a policy takes, and what comes of it, is');
  const present = config.pairs;
  let policy = present;
  let subEm: { before: SidesSubEm; after: SidesSubEm } | null | undefined;
  for (;;) {
    const preview = await previewOf(study, policy, ports.slices);
    const isOther = JSON.stringify(policy) !== JSON.stringify(present);
    const picked = await vscode.window.showQuickPick(linesOf({ policy, preview, subEm, isOther }), {
      title: `Pair policy of ${study.name}: ${previewHeadline(preview)}`,
      placeHolder: isOther
        ? 'Tried, not written yet. Decisions of reviewers stay as they are.'
        : 'Pick what to change; its effect is shown before anything is written',
      matchOnDescription: true,
      // What was tried is not lost with the focus.
      ignoreFocusOut: true,
    });
    if (!picked) throw cancelledByUser();
    if (picked.action === 'write') {
      await writePolicy(study, policy);
      return;
    }
    if (picked.action === 'subEm') {
      const said = comparisonSchema.safeParse(await ports.compare(study, policy));
      subEm = said.success ? said.data.sub_em : undefined;
      continue;
    }
    const changed = await picked.change?.();
    if (!changed) continue;
    policy = changed;
    // It was of the policy before.
    subEm = undefined;
  }
}

function linesOf(of: {
  policy: PairPolicy;
  preview: PolicyPreviewSummary;
  subEm: { before: SidesSubEm; after: SidesSubEm } | null | undefined;
  isOther: boolean;
}): Line[] {
  const { policy, preview, subEm, isOther } = of;
  return [
    ...policyLines(policy).map(({ key, label, value }): Line => ({
      label: `$(edit) ${label}`,
      description: value,
      change: () => askFor(key, policy),
    })),
    { label: 'What it does', kind: vscode.QuickPickItemKind.Separator },
    ...previewLines(preview, subEm).map(({ label, value }): Line => ({
      label,
      description: value,
    })),
    ...(subEm === undefined
      ? [
          {
            label: '$(beaker) SubEM...',
            description: 'where there are gold answers; reads the texts of all pairs',
            action: 'subEm' as const,
          },
        ]
      : subEm === null
        ? [{ label: 'SubEM', description: 'the study has no gold answers' }]
        : []),
    ...(isOther
      ? [
          { label: '', kind: vscode.QuickPickItemKind.Separator },
          { label: '$(save) Write it to sealong.json', action: 'write' as const },
        ]
      : []),
  ];
}

async function previewOf(
  study: OpenStudy,
  policy: PairPolicy,
  slices: TimeSlices,
): Promise<PolicyPreviewSummary> {
  const preview = new PolicyPreview(policy);
  for (const id of study.index.questions.keys()) {
    await slices.pause();
    preview.add(study.passingState(id));
  }
  return preview.summary();
}

async function writePolicy(study: OpenStudy, policy: PairPolicy): Promise<void> {
  requireTrust('Changing the pair policy');
  await changeConfig(study, (text) => {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return `${JSON.stringify(applySettings(json, [{ path: ['pairs'], value: policy }]), null, 2)}\n`;
  });
}

async function askFor(key: keyof PairPolicy, policy: PairPolicy): Promise<PairPolicy | undefined> {
  switch (key) {
    case 'rejected':
      return askRejected(policy);
    case 'drop':
      return askDropped(policy);
    case 'quantile':
      return askNumber(policy, 'quantile', 'Quantile of the scores: 0 the lowest, 0.5 the middle');
    case 'min_margin':
      return askNumber(policy, 'min_margin', 'Smallest margin of a pair; empty for any');
    case 'max_length_ratio':
      return askNumber(
        policy,
        'max_length_ratio',
        'How many times longer than the other one side may be, from 1; empty for any',
      );
    case 'per_question':
      return askNumber(policy, 'per_question', 'Pairs a question: the same chosen with several');
    case 'seed':
      return askNumber(policy, 'seed', 'Seed of what is drawn at random');
  }
}

async function askRejected(policy: PairPolicy): Promise<PairPolicy | undefined> {
  const picked = await vscode.window.showQuickPick(
    REJECTED_RULES.map((rule) => ({
      label: REJECTED_WORDS[rule],
      ...(rule === policy.rejected ? { description: 'now' } : {}),
      rule,
    })),
    { title: 'How the rejected one is taken', ignoreFocusOut: true },
  );
  if (!picked) return undefined;
  const changed = { ...without(policy, 'quantile'), rejected: picked.rule };
  return picked.rule === 'quantile'
    ? askNumber(changed, 'quantile', 'Quantile of the scores: 0 the lowest, 0.5 the middle')
    : changed;
}

async function askDropped(policy: PairPolicy): Promise<PairPolicy | undefined> {
  const picked = await vscode.window.showQuickPick(
    DROPPED.map((what) => ({ label: what, picked: policy.drop?.includes(what) === true, what })),
    {
      title: 'Trajectories that the policy passes over',
      canPickMany: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) return undefined;
  return picked.length === 0
    ? without(policy, 'drop')
    : { ...policy, drop: picked.map(({ what }) => what) };
}

function without(policy: PairPolicy, key: 'quantile' | 'drop'): PairPolicy {
  return pairPolicySchema.parse({ ...policy, [key]: undefined });
}

async function askNumber(
  policy: PairPolicy,
  key: 'quantile' | 'min_margin' | 'max_length_ratio' | 'per_question' | 'seed',
  prompt: string,
): Promise<PairPolicy | undefined> {
  const tried = (text: string) =>
    pairPolicySchema.safeParse({
      ...policy,
      [key]: text.trim() === '' ? undefined : Number(text.replace(',', '.')),
    });
  const text = await vscode.window.showInputBox({
    title: 'Pair policy',
    ignoreFocusOut: true,
    prompt,
    value: String(policy[key] ?? ''),
    validateInput: (written) => tried(written).error?.issues[0]?.message,
  });
  return text === undefined ? undefined : tried(text).data;
}
