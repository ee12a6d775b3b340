/** The study and the question that a new panel was opened for, as the editor wrote them into its page. */
export function seededState(): unknown {
  const meta = document.querySelector('meta[name="sealong-state"]');
  const content = meta?.getAttribute('content') ?? null;
  return content === null ? null : (JSON.parse(content) as unknown);
}
