export const providerIds = ['lark', 'google', 'outlook', 'calendly'] as const;
export type ProviderId = (typeof providerIds)[number];

/** `{provider}:{18-character trainer id}`, or `calendly:organisation`. */
export type ConnectionId = `${ProviderId}:${string}`;

export const connectionStatuses = ['Not Connected', 'Connected', 'Needs Reconnect', 'On Hold'] as const;
/** Values of the picklist `Lark_Connection_Status__c` and `Trainer_Connection__c.Status__c`. */
export type ConnectionStatus = (typeof connectionStatuses)[number];

export function connectionIdOf(provider: ProviderId, trainerId: string): ConnectionId {
  return `${provider}:${trainerId}`;
}

export function trainerIdOf(connectionId: ConnectionId): string {
  return connectionId.slice(connectionId.indexOf(':') + 1);
}

export function providerOf(connectionId: ConnectionId): ProviderId {
  return connectionId.slice(0, connectionId.indexOf(':')) as ProviderId;
}
