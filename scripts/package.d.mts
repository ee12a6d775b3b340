/** What is wrong with a VSIX made for `target` (`linux-x64`, say), one line each. */
export function packageProblems(file: string, target: string): string[];
