/** The profiles of the local org. Everything beyond them comes from permission sets. */
export interface Profile {
  name: string;
  /** View and Modify All Data, Manage Users, API Enabled. Field permissions are still needed for custom fields. */
  administrator: boolean;
}

export const PROFILES: readonly Profile[] = [
  { name: 'System Administrator', administrator: true },
  { name: 'Minimum Access - Salesforce', administrator: false },
  { name: 'Minimum Access - API Only Integrations', administrator: false },
];
