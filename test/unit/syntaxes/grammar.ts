import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate, { type IGrammar, type IOnigLib } from 'vscode-textmate';

const SCOPE = /^text\.sealong\.([a-z]+)$/;
let engine: Promise<IOnigLib> | undefined;

/** A grammar of syntaxes/ in the engine that VS Code uses. */
export async function loadGrammar(scopeName: string): Promise<IGrammar> {
  engine ??= startEngine();
  const registry = new textmate.Registry({
    onigLib: engine,
    loadGrammar: async (name) => {
      const file = `sealong-${SCOPE.exec(name)?.[1] ?? ''}.tmLanguage.json`;
      const url = new URL(`../../../syntaxes/${file}`, import.meta.url);
      return textmate.parseRawGrammar(await readFile(url, 'utf8'), file);
    },
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (!grammar) throw new Error(`No grammar for ${scopeName}.`);
  return grammar;
}

/** Each line with its marked parts below: `  "Step 1" keyword.control.step`. Parts without a scope are left out. */
export function tokensText(grammar: IGrammar, text: string): string {
  let stack = textmate.INITIAL;
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    stack = ruleStack;
    out.push(`> ${line}`);
    for (const { startIndex, endIndex, scopes } of tokens) {
      const part = line.slice(startIndex, endIndex);
      const marked = scopes.slice(1).map((scope) => scope.replaceAll('.sealong', ''));
      if (marked.length > 0 && part.trim() !== '')
        out.push(`  ${JSON.stringify(part)} ${marked.join(' | ')}`);
    }
  }
  return out.join('\n');
}

async function startEngine(): Promise<IOnigLib> {
  const wasm = fileURLToPath(new URL('onig.wasm', import.meta.resolve('vscode-oniguruma')));
  await oniguruma.loadWASM(await readFile(wasm));
  return {
    createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
    createOnigString: (text) => new oniguruma.OnigString(text),
  };
}
