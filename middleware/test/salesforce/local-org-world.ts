import { generateKeyPairSync } from 'node:crypto';
import { createMovableClock } from '../../../standins/kit/clock.ts';
import {
  INTEGRATION_USER,
  ORG_WIDE_ADDRESS,
  startLocalOrg,
  type LocalOrgOptions,
} from '../../../standins/salesforce/index.ts';
import { createSalesforce, type SalesforceConfig } from '../../src/salesforce/connection.ts';
import { createKeptLog } from '../providers/kept-log.ts';

const CLIENT_ID = 'the-client';
const CLIENT_SECRET = 'the-client-secret';

/** The adapter against the local org, both on one movable clock, logging in both ways. */
export async function startLocalOrgWorld(
  options: Pick<LocalOrgOptions, 'sample'> & Partial<SalesforceConfig> & { flow?: 'jwt' | 'client_credentials' } = {},
) {
  const { sample, flow, ...config } = options;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const clock = createMovableClock();
  const org = await startLocalOrg({
    clock,
    sample: sample ?? 'users',
    clients: [{ id: CLIENT_ID, secret: CLIENT_SECRET, runAs: INTEGRATION_USER, publicKey }],
  });
  const salesforce = createSalesforce(
    {
      loginUrl: org.url,
      orgId: org.orgId,
      auth:
        flow === 'jwt'
          ? { kind: 'jwt', clientId: CLIENT_ID, username: INTEGRATION_USER, privateKey }
          : { kind: 'client_credentials', clientId: CLIENT_ID, clientSecret: CLIENT_SECRET },
      mailSender: ORG_WIDE_ADDRESS,
      ...config,
    },
    { now: () => clock.now(), log: createKeptLog() },
  );
  return {
    clock,
    org,
    salesforce,
    async [Symbol.asyncDispose]() {
      org.faults.release();
      await salesforce.close();
      await org.close();
    },
  };
}
