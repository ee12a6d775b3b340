import * as vscode from 'vscode';
import type { Node } from './nodes.ts';
import { inertText, type Detail, type Row } from './row.ts';

/** A row as VS Code wants it. Tooltips are made later, when one is looked at. */
export function treeItem(node: Node, row: Row, expanded: boolean): vscode.TreeItem {
  const item = itemOf(row, idOf(node));
  item.collapsibleState = collapsibleState(node, expanded);
  const command = COMMANDS[node.type];
  if (command) item.command = { ...command, arguments: [node] };
  return item;
}

/** @param id keeps what is expanded and selected over refreshes and reloads. */
export function itemOf(row: Row, id: readonly (string | number)[]): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label);
  item.id = JSON.stringify(id);
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(
    row.icon.id,
    row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color),
  );
  item.contextValue = row.contextValue;
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

/** Values come from files and models: they are shown as text, whatever they hold. */
export function markdownOf(details: readonly Detail[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  for (const { term, value } of details)
    markdown.appendMarkdown(`**${term}:** `).appendText(inertText(value)).appendMarkdown('\n\n');
  return markdown;
}

const COMMANDS: Partial<Record<Node['type'], { command: string; title: string }>> = {
  question: { command: 'sealong.openQuestion', title: 'Open Question' },
  trajectory: { command: 'sealong.openTrajectory', title: 'Open Trajectory' },
  problems: { command: 'sealong.showProblems', title: 'Show Problems' },
};

function collapsibleState(node: Node, expanded: boolean): vscode.TreeItemCollapsibleState {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  if (node.type === 'study') return expanded ? Expanded : Collapsed;
  if (node.type === 'range') return node.start === 0 ? Expanded : Collapsed;
  return node.type === 'question' ? Collapsed : None;
}

function idOf(node: Node): (string | number)[] {
  const { type, dir } = node;
  return [
    ...[type, dir],
    ...('questionId' in node ? [node.questionId] : []),
    ...('index' in node ? [node.index] : []),
    ...('start' in node ? [node.start] : []),
  ];
}
