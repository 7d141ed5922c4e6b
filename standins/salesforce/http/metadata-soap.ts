import type { Actor } from '../access/actor.ts';
import { describeTypes, isKnownType, retrieve, type Retrieved } from '../deploy/retrieve.ts';
import { SalesforceError } from '../errors.ts';
import { ofType } from '../metadata/component.ts';
import { metadataTypes } from '../metadata/types.ts';
import type { Org } from '../org.ts';
import { recordId } from '../store/ids.ts';
import { deployOptions } from './deploy-options.ts';
import { asList, asObject, asText, type SoapCall } from './soap.ts';

/** Retrieved packages until they are fetched, by org. */
const waiting = new WeakMap<Org, Map<string, Retrieved>>();

/**
 * One operation of the Metadata API; work is done when it is asked for, so that asking for its state finds it finished.
 * @throws SalesforceError
 */
export async function metadataCall(org: Org, actor: Actor, call: SoapCall, version: string): Promise<unknown> {
  const { given } = call;
  if (!actor.administrator) {
    throw new SalesforceError('INSUFFICIENT_ACCESS', 'use of the Metadata API requires Modify Metadata', 403);
  }
  switch (call.operation) {
    case 'deploy': {
      const zip = Buffer.from(asText(given['ZipFile']), 'base64');
      const result = await org.deployments.deploy(actor, zip, deployOptions(asObject(given['DeployOptions'])));
      return { done: false, id: result.id, state: 'Queued' };
    }
    case 'checkDeployStatus':
      return org.deployments.result(asText(given['asyncProcessId']));
    case 'cancelDeploy':
      org.deployments.result(asText(given['String'] ?? given['id']));
      throw new SalesforceError('INVALID_ID_FIELD', 'Deployment already completed');
    case 'describeMetadata':
      return {
        metadataObjects: describeTypes(metadataTypes()),
        organizationNamespace: '',
        partialSaveAllowed: true,
        testRequired: false,
      };
    case 'listMetadata':
      return asList(given['queries']).flatMap((query) => listOf(org, asText(asObject(query)['type']), actor));
    case 'retrieve': {
      const asked = asObject(asObject(given['retrieveRequest'] ?? given['request'])['unpackaged']);
      const manifest = new Map(
        asList(asked['types']).map((type) => [
          asText(asObject(type)['name']),
          asList(asObject(type)['members']).map(asText),
        ]),
      );
      const id = recordId('09S', org.store.nextNumber('retrievals'));
      const retrieved = await retrieve(org.components(), manifest, version);
      // Another retrieval may have come meanwhile.
      const kept = waiting.get(org) ?? new Map<string, Retrieved>();
      waiting.set(org, kept.set(id, retrieved));
      return { done: false, id, state: 'Queued' };
    }
    case 'checkRetrieveStatus': {
      const id = asText(given['asyncProcessId'] ?? given['id']);
      const retrieved = waiting.get(org)?.get(id);
      if (!retrieved) throw new SalesforceError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
      waiting.get(org)?.delete(id);
      const fileProperties = retrieved.fileProperties.map((one) => ({ ...about(org, actor), ...one }));
      return { done: true, id, status: 'Succeeded', success: true, ...retrieved, fileProperties };
    }
    default:
      throw new SalesforceError('INVALID_OPERATION', `This org does not answer ${call.operation}`);
  }
}

function listOf(org: Org, type: string, actor: Actor) {
  if (!isKnownType(type))
    throw new SalesforceError('INVALID_TYPE', `INVALID_TYPE: Cannot use: ${type} in this organization`);
  return ofType(org.components(), type).map(({ name, file }) => ({
    ...about(org, actor),
    fileName: file,
    fullName: name,
    id: '',
    type,
  }));
}

function about(org: Org, actor: Actor) {
  const at = org.now().toISOString();
  return {
    createdById: actor.userId,
    createdByName: actor.username,
    createdDate: at,
    lastModifiedById: actor.userId,
    lastModifiedByName: actor.username,
    lastModifiedDate: at,
    namespacePrefix: '',
  };
}
