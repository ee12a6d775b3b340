const stages =
  'tokenizers|synthesis|sampling|scoring|clusters|preference|review|training|evaluation|inference|records|study';

module.exports = {
  forbidden: [
    {
      name: 'vscode-only-in-the-editor',
      comment: 'The method runs headless; only the editor layer knows VS Code.',
      severity: 'error',
      from: {
        pathNot: '^src/(editor/|(activate|extension)\\.ts$)|^test/(unit/editor|bench/extensions)/',
      },
      to: { path: '^vscode$|node_modules/(@types/)?vscode/' },
    },
    {
      name: 'webview-is-pure',
      comment: 'A webview has neither disk nor host: messages come from src/protocol.',
      severity: 'error',
      from: { path: '^webview/' },
      to: {
        pathNot:
          '^webview/|^src/(protocol|preference)/|node_modules/(@types/)?d3-[a-z-]+/|node_modules/@vscode/webview-ui-toolkit/',
      },
    },
    {
      name: 'toolkit-behind-one-module',
      comment: 'The toolkit is no longer developed; one module is easy to replace.',
      severity: 'error',
      from: { pathNot: '^webview/toolkit\\.ts$' },
      to: { path: 'node_modules/@vscode/webview-ui-toolkit/' },
    },
    {
      name: 'product-without-tests',
      severity: 'error',
      from: { path: '^(src|webview|scripts)/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-without-webview',
      comment: 'The host and its webviews share src/protocol and nothing else.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^webview/' },
    },
    {
      name: 'answers-only-for-evaluation',
      comment: 'No gold answer may reach sampling, scoring or the choice of pairs.',
      severity: 'error',
      from: { path: '^(src|webview)/', pathNot: '^src/(evaluation/|report)' },
      to: { path: '^src/evaluation/answers\\.ts$' },
    },
    {
      name: 'stages-below-editor-and-command',
      comment: 'The rooms of the method are called by the editor and the command, never call them.',
      severity: 'error',
      from: { path: `^src/(${stages})/` },
      to: { path: '^src/(editor|cli)/|^src/(activate|extension)\\.ts$' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Imports of types count as well: they are what ties one room to another.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'] },
  },
};
