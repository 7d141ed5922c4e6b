/** Everything that a log could print about an error. */
export function printed(error: Error): string {
  const cause = error.cause instanceof Error ? printed(error.cause) : JSON.stringify(error.cause ?? null);
  return `${error.stack ?? ''} ${JSON.stringify(error)} ${cause}`;
}
