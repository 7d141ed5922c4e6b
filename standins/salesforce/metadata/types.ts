/** How components of one type lie in a package. */
export interface MetadataType {
  name: string;
  folder: string;
  /** Ending of the file without its dot; empty for bundles. */
  suffix: string;
  /** `code`: the metadata stand beside a file of their own; `bundle`: a folder of files. */
  shape: 'plain' | 'code' | 'bundle';
  /** Components lie in folders that are components themselves. */
  inFolders: boolean;
}

const plain = (name: string, folder: string, suffix: string): MetadataType => ({
  name,
  folder,
  suffix,
  shape: 'plain',
  inFolders: false,
});

const TYPES: readonly MetadataType[] = [
  plain('CustomObject', 'objects', 'object'),
  plain('CustomApplication', 'applications', 'app'),
  { ...plain('AuraDefinitionBundle', 'aura', ''), shape: 'bundle' },
  { ...plain('ApexClass', 'classes', 'cls'), shape: 'code' },
  plain('CspTrustedSite', 'cspTrustedSites', 'cspTrustedSite'),
  plain('CustomMetadata', 'customMetadata', 'md'),
  plain('CustomPermission', 'customPermissions', 'customPermission'),
  { ...plain('Dashboard', 'dashboards', 'dashboard'), inFolders: true },
  { ...plain('EmailTemplate', 'email', 'email'), shape: 'code', inFolders: true },
  plain('ExternalClientApplication', 'externalClientApps', 'eca'),
  plain('ExternalCredential', 'externalCredentials', 'externalCredential'),
  plain('ExtlClntAppGlobalOauthSettings', 'extlClntAppGlobalOauthSets', 'ecaGlblOauth'),
  plain('ExtlClntAppOauthConfigurablePolicies', 'extlClntAppOauthPolicies', 'ecaOauthPlcy'),
  plain('ExtlClntAppOauthSettings', 'extlClntAppOauthSettings', 'ecaOauth'),
  plain('ExtlClntAppConfigurablePolicies', 'extlClntAppPolicies', 'ecaPlcy'),
  plain('FlexiPage', 'flexipages', 'flexipage'),
  plain('Flow', 'flows', 'flow'),
  plain('Group', 'groups', 'group'),
  plain('CustomLabels', 'labels', 'labels'),
  plain('Layout', 'layouts', 'layout'),
  { ...plain('LightningComponentBundle', 'lwc', ''), shape: 'bundle' },
  plain('NamedCredential', 'namedCredentials', 'namedCredential'),
  plain('PathAssistant', 'pathAssistants', 'pathAssistant'),
  plain('PermissionSet', 'permissionsets', 'permissionset'),
  plain('QuickAction', 'quickActions', 'quickAction'),
  plain('RemoteSiteSetting', 'remoteSiteSettings', 'remoteSite'),
  plain('ReportType', 'reportTypes', 'reportType'),
  { ...plain('Report', 'reports', 'report'), inFolders: true },
  plain('Settings', 'settings', 'settings'),
  plain('SharingRules', 'sharingRules', 'sharingRules'),
  { ...plain('StaticResource', 'staticresources', 'resource'), shape: 'code' },
  plain('CustomTab', 'tabs', 'tab'),
  plain('Translations', 'translations', 'translation'),
];

export interface ChildType {
  name: string;
  /** Folder of the source format. */
  folder: string;
  suffix: string;
  /** Element inside the `.object` file of the Metadata API. */
  element: string;
}

/** What an object's file holds beside the object itself. */
export const OBJECT_CHILDREN: readonly ChildType[] = [
  { name: 'CustomField', folder: 'fields', suffix: 'field', element: 'fields' },
  { name: 'ValidationRule', folder: 'validationRules', suffix: 'validationRule', element: 'validationRules' },
  { name: 'ListView', folder: 'listViews', suffix: 'listView', element: 'listViews' },
  { name: 'CompactLayout', folder: 'compactLayouts', suffix: 'compactLayout', element: 'compactLayouts' },
  { name: 'WebLink', folder: 'webLinks', suffix: 'webLink', element: 'webLinks' },
];

const BY_FOLDER = new Map(TYPES.map((type) => [type.folder, type]));
const BY_NAME = new Map(TYPES.map((type) => [type.name, type]));

export const typeOfFolder = (folder: string): MetadataType | undefined => BY_FOLDER.get(folder);
export const typeNamed = (name: string): MetadataType | undefined => BY_NAME.get(name);
export const metadataTypes = (): readonly MetadataType[] => TYPES;

/** Types whose members stand in the package manifest though they are parts of another type's file. */
export const CHILD_TYPES: readonly string[] = [
  ...OBJECT_CHILDREN.map(({ name }) => name),
  'CustomLabel',
  'SharingCriteriaRule',
];
