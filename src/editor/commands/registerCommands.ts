import * as vscode from 'vscode';
import type { ErrorReporter } from '../errorReporter.ts';
import { COMMANDS, commandId, type CommandName } from './commandTable.ts';

/** What a command does. Arguments come from menus, links and other extensions, so they are checked before use. */
export type CommandHandler = (target: unknown) => unknown;
export type CommandHandlers = Record<CommandName, CommandHandler>;

/** The one wrapper around every command: a line in the log, and its errors reported. */
export function registerCommands(
  handlers: CommandHandlers,
  errors: ErrorReporter,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const registered = names().map((name) =>
    vscode.commands.registerCommand(commandId(name), async (target: unknown) => {
      log.debug(`Command ${name}`);
      try {
        return await handlers[name](target);
      } catch (error) {
        errors.report(error, COMMANDS[name].title);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

function names(): CommandName[] {
  return Object.keys(COMMANDS).filter((name): name is CommandName => name in COMMANDS);
}
