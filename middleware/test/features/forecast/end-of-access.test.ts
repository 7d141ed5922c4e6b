import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfAccess, type Access } from '../../../src/features/forecast/end-of-access.ts';

const DAY_MS = 86_400_000;
const now = new Date('2027-02-10T12:00:00Z');
const inDays = (days: number) => new Date(now.getTime() + days * DAY_MS);

/** Connected half a year ago, renewed an hour ago, a week's window, consent for another half year. */
const healthy: Access = {
  provider: 'lark',
  status: 'Connected',
  connectedAt: inDays(-180),
  lastRefresh: inDays(-1 / 24),
  refreshExpiresAt: inDays(7),
  consentExpiresAt: inDays(185),
  failing: false,
};
const abandoned: Access = { ...healthy, failing: true, lastRefresh: inDays(-3), refreshExpiresAt: inDays(4) };

const consent = (days: number) => ({ endsAt: inDays(days), reason: 'consent' });
const window = (days: number) => ({ endsAt: inDays(days), reason: 'refresh-window' });

for (const [name, change, expected] of [
  ['healthy: the consent, however near the window is', healthy, consent(185)],
  ['healthy with a window that ends in an hour', { ...healthy, refreshExpiresAt: inDays(1 / 24) }, consent(185)],
  ['without consent and healthy: no end', { ...healthy, consentExpiresAt: undefined }, undefined],
  ['nothing known', { ...healthy, consentExpiresAt: undefined, refreshExpiresAt: undefined }, undefined],
  ['one failed exchange an hour after a success', { ...healthy, failing: true }, consent(185)],
  ['failing for just under two days', { ...abandoned, lastRefresh: inDays(-2 + 0.001) }, consent(185)],
  ['failing for exactly two days', { ...abandoned, lastRefresh: inDays(-2) }, window(4)],
  ['failing for three days', abandoned, window(4)],
  ['three days without an exchange, but none failed', { ...abandoned, failing: false }, consent(185)],
  ['failing, connected again yesterday', { ...abandoned, connectedAt: inDays(-1) }, consent(185)],
  ['failing, never renewed', { ...abandoned, lastRefresh: undefined, connectedAt: inDays(-3) }, window(4)],
  ['failing, nobody knows since when', { ...abandoned, lastRefresh: undefined, connectedAt: undefined }, window(4)],
  ['failing, consent ends first', { ...abandoned, consentExpiresAt: inDays(3) }, consent(3)],
  ['failing, both end at once', { ...abandoned, consentExpiresAt: inDays(4) }, consent(4)],
  ['failing, no consent', { ...abandoned, consentExpiresAt: undefined }, window(4)],
  ['failing, no window', { ...abandoned, refreshExpiresAt: undefined }, consent(185)],
  ['consent ended already', { ...healthy, consentExpiresAt: inDays(-1) }, consent(-1)],
  ['window ended already', { ...abandoned, refreshExpiresAt: inDays(-1) }, window(-1)],
  ['needs reconnect', { ...abandoned, status: 'Needs Reconnect' }, undefined],
  ['on hold', { ...healthy, status: 'On Hold' }, undefined],
  ['not connected', { ...healthy, status: 'Not Connected' }, undefined],
  [
    'a provider without rotation: no window, no consent end',
    { ...healthy, provider: 'google', refreshExpiresAt: undefined, consentExpiresAt: undefined, failing: true },
    undefined,
  ],
] as [string, Access, object | undefined][]) {
  test(`the end of access: ${name}`, () => {
    assert.deepEqual(endOfAccess(change, now), expected);
  });
}
