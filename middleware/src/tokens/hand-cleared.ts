import type { Head } from './head.ts';
import type { SavedTokens } from './saved-row.ts';

/**
 * Did somebody clear the tokens of this connection in Salesforce? Then it stays disconnected, whatever arrived since:
 * a pair that was on its way, or one that waits to be saved. Whoever connects again afterwards is connected again.
 * @param saved of a generation that is not newer than the head's
 */
export function wasClearedByHand(head: Head, saved: SavedTokens): boolean {
  const hasTokens = head.state === 'connected' || head.state === 'needs-reconnect';
  return hasTokens && saved.blank && heldTokens(head, saved) && !wasConnectedSince(head, saved);
}

/** What is blank there was not always blank, and it was not this program that emptied it. */
function heldTokens(head: Head, saved: SavedTokens): boolean {
  const savedTokens = head.saved_state === 'connected' || head.saved_state === 'needs-reconnect';
  return (
    saved.saysTokens ||
    // A generation has tokens for ever or never; this one has.
    saved.generation === head.generation ||
    // The generation may have been emptied with the tokens, or the whole row deleted. A greater one than the saved one is
    // a disconnect of ours whose answer was lost.
    (savedTokens && saved.generation <= head.saved_generation)
  );
}

/** Somebody connected after the fields were cleared: connecting is the later word. */
function wasConnectedSince(head: Head, saved: SavedTokens): boolean {
  if (head.connected_at === null || head.generation <= head.saved_generation) return false;
  if (saved.generation === head.generation) return false;
  const connected = seconds(head.connected_at);
  const changed = saved.changedAt === undefined ? -Infinity : seconds(saved.changedAt);
  const isNewestPair = head.refreshed_at?.getTime() === head.connected_at.getTime();
  if (isNewestPair) return connected >= changed;
  // The pair was renewed since: only a row that is certainly older than the connection may be written over.
  const before = saved.head.connected_at;
  const isSameConnection = before != null && seconds(before) === connected;
  return !isSameConnection && saved.changedAt !== undefined && connected > changed;
}

/** Salesforce keeps no smaller unit. */
function seconds(instant: Date): number {
  return Math.floor(instant.getTime() / 1000);
}
