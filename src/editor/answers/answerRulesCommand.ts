import * as vscode from 'vscode';
import {
  listedRules,
  ruleWords,
  switchedRule,
  withRule,
  withoutRule,
  type ListedRule,
} from '../../clusters/answerRuleList.ts';
import { answerRuleSchema, type AnswerRule } from '../../study/config.ts';
import { applySettings } from '../../study/loadConfig.ts';
import { studyPaths } from '../../study/study.ts';
import { isolatedText, visibleText } from '../../protocol/hiddenCharacters.ts';
import { changeConfig } from '../configFile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { requireTrust } from '../trust.ts';

/** The question that is looked at while rules are. */
export interface ShownAnswers {
  questionId: string;
  samples: number;
  /** Samples in which a rule found the answer, by its name. */
  byRule: ReadonlyMap<string, number>;
}

export interface AnswerRulesPorts {
  /** Reads what was written, so that tree and clusters go by it at once. */
  refresh: (dir: string) => Promise<void>;
  /** Answers of the question that is open now; undefined where there is none. */
  shown: (dir: string) => Promise<ShownAnswers | undefined>;
}

interface Line extends vscode.QuickPickItem {
  listed?: ListedRule;
  add?: boolean;
  open?: boolean;
}

/**
 * The rules that find final answers, with what each found in the question that is open: they are changed in sealong.json
 * from here, and the list comes back with what they find then.
 *
 * @param name of the rule to begin at.
 */
export async function showAnswerRules(
  study: OpenStudy,
  ports: AnswerRulesPorts,
  name?: string,
): Promise<void> {
  let at = name;
  for (;;) {
    const own = study.config?.review.answer_rules;
    if (!own) throw cancelledByUser();
    const picked = await pickLine(linesOf(own, await ports.shown(study.dir)), study.name, at);
    if (picked.open === true) return openRules(study);
    const changed = picked.listed
      ? await changedRule(study, own, picked.listed)
      : await addedRule(own);
    if (changed === 'opened') return;
    at = picked.listed?.rule.name ?? changed?.[0]?.name;
    if (!changed) continue;
    await writeRules(study, changed);
    await ports.refresh(study.dir);
  }
}

function linesOf(own: readonly AnswerRule[], shown: ShownAnswers | undefined): Line[] {
  return [
    ...listedRules(own).map((listed, place): Line => {
      const { rule, source } = listed;
      const found = shown?.byRule.get(rule.name) ?? 0;
      const off = rule.off === true;
      const name = isolatedText(rule.name);
      return {
        label: off ? `$(circle-slash) ${name}` : `${place + 1} ${name}`,
        description: [
          off ? 'switched off' : SOURCE_WORDS[source],
          ...(found > 0 && shown
            ? [`${found} of ${shown.samples} samples of ${isolatedText(shown.questionId)}`]
            : []),
        ].join(' \u00b7 '),
        detail: visibleText(ruleWords(rule)),
        listed,
      };
    }),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: '$(add) New rule of the study...', add: true },
    { label: '$(go-to-file) Open sealong.json', open: true },
  ];
}

const SOURCE_WORDS: Record<ListedRule['source'], string> = {
  study: 'of the study',
  built_in: 'built in',
  changed: 'built in, changed by the study',
};

/** @throws an abort where nothing is picked. */
function pickLine(lines: Line[], study: string, name: string | undefined): Promise<Line> {
  const pick = vscode.window.createQuickPick<Line>();
  pick.title = `Answer rules of ${study}: the first that fits finds a sample's answer`;
  pick.placeholder = 'Pick a rule to change it; nothing is changed before';
  pick.matchOnDetail = true;
  pick.items = lines;
  pick.activeItems = lines.filter(({ listed }) => listed && listed.rule.name === name);
  return new Promise<Line>((resolve, reject) => {
    pick.onDidAccept(() => {
      const [line] = pick.selectedItems;
      if (line) resolve(line);
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      reject(cancelledByUser());
    });
    pick.show();
  });
}

/** @returns undefined where nothing is to change; `opened` where the user goes on in the file. */
async function changedRule(
  study: OpenStudy,
  own: readonly AnswerRule[],
  { rule, source }: ListedRule,
): Promise<AnswerRule[] | 'opened' | undefined> {
  const { name } = rule;
  const choices = [
    {
      label: `$(edit) Write it out in sealong.json`,
      detail: 'Phrases and marks are changed there; every save is shown at once',
      run: async () => {
        if (source === 'built_in') await writeRules(study, withRule(own, rule));
        await openRules(study, name);
        return 'opened' as const;
      },
    },
    {
      label: rule.off === true ? '$(circle-filled) Switch it on' : '$(circle-slash) Switch it off',
      run: () => Promise.resolve(switchedRule(own, name)),
    },
    ...(source === 'built_in'
      ? []
      : [
          {
            label:
              source === 'changed'
                ? '$(discard) As it comes with SeaLong'
                : '$(trash) Take it out of the study',
            run: () => Promise.resolve(withoutRule(own, name)),
          },
        ]),
  ];
  const picked = await vscode.window.showQuickPick(choices, {
    title: visibleText(`Rule ${name}: ${ruleWords(rule)}`),
  });
  return picked?.run();
}

async function addedRule(own: readonly AnswerRule[]): Promise<AnswerRule[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'New answer rule',
    ignoreFocusOut: true,
    prompt:
      'The phrase that the answer follows, as "Verdict:"; or two marks with "..." between, as "<final>...</final>"',
    validateInput: (written) => (ruleOf(written) ? undefined : 'Write a phrase of some letters.'),
  });
  const rule = text === undefined ? undefined : ruleOf(text);
  if (!rule) return undefined;
  const names = new Set(listedRules(own).map(({ rule: { name } }) => name));
  const name = await vscode.window.showInputBox({
    title: 'New answer rule',
    ignoreFocusOut: true,
    prompt: `What to call the rule that finds ${ruleWords(rule)}. It is tried before the others.`,
    value: rule.name,
    validateInput: (written) =>
      names.has(written.trim())
        ? 'There is a rule of that name.'
        : answerRuleSchema.shape.name.safeParse(written.trim()).error?.issues[0]?.message,
  });
  return name === undefined ? undefined : withRule(own, { ...rule, name: name.trim() });
}

function ruleOf(text: string): AnswerRule | undefined {
  const marks = text.trim().split('...');
  const name = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')
    .slice(0, 40);
  const rule =
    marks.length === 2
      ? { name: name || 'marks', between: marks }
      : { name: name || 'phrase', after: [text.trim()] };
  return answerRuleSchema.safeParse(rule).data;
}

async function writeRules(study: OpenStudy, rules: readonly AnswerRule[]): Promise<void> {
  requireTrust('Changing the answer rules');
  await changeConfig(study, (text) => {
    const json: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    const path = ['review', 'answer_rules'];
    return `${JSON.stringify(applySettings(json, [{ path, value: rules }]), null, 2)}\n`;
  });
}

/** Opens sealong.json where the rule of that name stands, or where the rules begin. */
async function openRules({ dir }: OpenStudy, name?: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(studyPaths(dir).config);
  const text = document.getText();
  const rules = text.indexOf('"answer_rules"');
  const named = name === undefined ? -1 : text.indexOf(JSON.stringify(name), Math.max(0, rules));
  const at = document.positionAt(Math.max(0, named >= 0 ? named : rules));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}
